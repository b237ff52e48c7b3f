"""The `spillproof` command, thin: it parses, calls, prints.

Exit status: 0 all hold, 1 something is violated, 2 what was asked cannot be done, 3 nothing is violated but something
is unknown, refused or not asked (`Report.exit_status` says it exactly), 70 a defect of spillproof itself. Ctrl-C and
SIGTERM end a check with what is known so far, and with 1 or 3; before anything is known, or the second time, with 130
and 143 (docs/reference/exit-status.md).

Everything heavier than click is imported by the command that needs it: `--help` must not wait for a solver.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Sequence
from math import isinf
from pathlib import Path
from typing import Any, NoReturn

import click

from spillproof.counterexamples import completion, files, interrupts, screen
from spillproof.counterexamples.export import FORMATS, MODEL_FORMATS
from spillproof.counterexamples.options import ANY, ON, OUT, TRACE, number_or_any, seconds, trace_of, whole
from spillproof.model.names import unknown

USAGE, DEFECT = 2, 70

ENGINES = ("simulate", "bounded", "prove", "explore")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and exit. A signal ends it as `interrupts.py` says."""
    with interrupts.Signals():
        try:
            status = run(arguments)
            interrupts.hold()
        except KeyboardInterrupt:  # while the last words were said
            status = interrupts.status()
    status = screen.close(status)
    sys.stdout = sys.stderr  # for what a model prints at the very end
    sys.exit(status)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status. What is wrong is said in one line on stderr."""
    from spillproof.model.errors import ModelError

    try:
        given = sys.argv[1:] if arguments is None else list(arguments)
        status = cli.main(given or ["--help"], prog_name="spillproof", standalone_mode=False)
        return int(status or 0) if given else USAGE
    except click.MissingParameter as error:
        path = error.ctx.command_path if error.ctx else "spillproof"
        return _refuse(f"{error.format_message().rstrip('.')}; `{path} --help` says what it takes")
    except click.ClickException as error:
        return _refuse(error.format_message())
    except ModelError as error:
        return _refuse(str(error))
    except (click.Abort, KeyboardInterrupt):
        interrupts.hold()
        screen.complain("interrupted before anything was known")
        return interrupts.status()
    except SystemExit:  # by click, when whoever read its help has gone away
        return 0
    except BaseException as error:  # noqa: BLE001 - whatever it is, it must not look like a violation to a script
        if isinstance(error, OSError) and files.is_full(error):  # below what click itself prints
            screen.mute()
            return _refuse(f"standard output: {error.strerror}")
        traceback.print_exc()
        return DEFECT


def _refuse(message: str) -> int:
    screen.complain(message)
    return USAGE


class Command(click.Command):
    """A command whose standard output is its answer, and nothing that a model prints."""

    def invoke(self, ctx: click.Context) -> Any:
        with screen.aside():
            return super().invoke(ctx)

    def get_help(self, ctx: click.Context) -> str:
        ctx.default_map = None  # the help is there whatever is wrong with a project's file
        return super().get_help(ctx)


class Group(click.Group):
    """The command and its groups."""

    command_class = Command
    group_class = type

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            words = " or ".join(f"`{ctx.command_path} {each}`" for each in sorted(self.commands))
            ctx.fail(f"which one? write {words}")
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self.commands and not args[0].startswith("-") and not ctx.resilient_parsing:
            ctx.fail(unknown("command", args[0], sorted(self.commands)))
        return super().resolve_command(ctx, args)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(package_name="spillproof", message="%(package)s %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Check memory accounting: every byte that is counted free ought to be unreachable."""
    from spillproof.counterexamples.defaults import Defaults

    context.default_map = {"check": Defaults(check, Path.cwd())}


@cli.command(short_help="Check the claims about a model.")
@click.argument("name", metavar="MODEL", shell_complete=completion.models)
@click.option(
    "--claim",
    "claims",
    metavar="CLAIM",
    multiple=True,
    help="Check this claim only. May be repeated.",
    shell_complete=completion.claims,
)
@click.option("--engine", type=click.Choice(ENGINES), help="Who gives the verdicts. [default: whichever can]")
@click.option(
    "--consumers",
    callback=number_or_any,
    metavar="N|any",
    help="How many consumers share the pool. any: what is proved is proved of every number.",
)
@click.option(
    "--capacity", callback=whole(1), metavar="BYTES", help="The size of the pool. Without it: every size at once."
)
@click.option(
    "--set",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="Set an argument of `begin`: places=3. May be repeated.",
    shell_complete=completion.settings,
)
@click.option(
    "--with",
    "added",
    metavar="FIX",
    multiple=True,
    help="Add a fix to the release. May be repeated.",
    shell_complete=completion.fixes,
)
@click.option(
    "--without",
    "removed",
    metavar="FIX",
    multiple=True,
    help="Take a fix out of it. May be repeated.",
    shell_complete=completion.fixes,
)
@click.option(
    "--max-steps",
    callback=whole(1),
    metavar="N",
    help="Search runs of at most so many steps; extract no more of a model that is not small.",
)
@click.option(
    "--time-limit", callback=seconds, metavar="SECONDS", default="60", help="For the whole check.  [default: 60]"
)
@click.option("--seed", callback=whole(0), metavar="N", help="For runs at random. The verdicts do not depend on it.")
@click.option("--certify/--no-certify", help="Have cvc5 confirm every proof as well. Needs the extra certify.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with traces in ITF.")
@OUT
@click.option("--force/--no-force", help="Let --out overwrite.")
def check(
    *,
    name: str,
    claims: tuple[str, ...],
    engine: str | None,
    consumers: int | str | None,
    capacity: int | None,
    settings: tuple[str, ...],
    added: tuple[str, ...],
    removed: tuple[str, ...],
    max_steps: int | None,
    time_limit: float,
    seed: int | None,
    certify: bool,
    as_json: bool,
    out: Path | None,
    force: bool,
) -> int:
    """Check the claims about MODEL: a name that `spillproof list` shows, or path/to/file.py:Class.

    Exit status: 0 all hold, 1 something is violated, 2 what was asked cannot be done, 3 nothing is violated but
    something is unknown, or a claim is refused or not asked, 70 the engines disagree. Ctrl-C or SIGTERM ends the check
    with what is known so far.
    """
    from spillproof.counterexamples import answer, question

    started = time.monotonic()
    short = {"consumers": consumers, "capacity": capacity}
    words = [f"{key}={value}" for key, value in short.items() if isinstance(value, int)]
    asked = question.Question(name, {}, added, removed).at([*words, *settings])
    model = asked.model()
    wanted = question.select(model, claims, name)
    folder = _folder(out, [claim.name for claim in wanted.claims], force=force)
    deadline = None if isinf(time_limit) else started + time_limit
    chosen = {key: value for key, value in (("engine", engine), ("seed", seed)) if value is not None}
    report = answer.checked(
        model, wanted, deadline, max_steps=max_steps, certify=certify, any_number=consumers == ANY, **chosen
    )
    took = None if as_json else time.monotonic() - started
    if folder is None:
        answer.show(report, asked, took)
    else:
        answer.keep(report, asked, took, folder)
    return report.exit_status()


def _folder(out: Path | None, claims: Sequence[str] = (), *, force: bool) -> Path | None:
    """Make the folder to keep things in, before anything is computed that might be lost."""
    if out is None:
        return None
    from spillproof.counterexamples import record

    try:
        return record.folder(out, claims, force=force)
    except OSError as error:
        raise click.ClickException(f"--out {out}: {error.strerror}") from None


@cli.command(short_help="Explain a counterexample.")
@TRACE
@ON
@click.option(
    "--against",
    metavar="MODEL",
    default="",
    help="The repaired model. [default: found in the catalogue]",
    shell_complete=completion.models,
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def explain(*, file: Path, on: str, against: str, as_json: bool) -> int:
    """Explain the counterexample in TRACE, a file that `spillproof check --out` wrote.

    Which step is guilty, which references keep the bytes that are counted free, which of them to cut, what the
    accountant believes beside what is true, why each step is needed, and how the repaired model differs.
    """
    from spillproof.counterexamples import variants
    from spillproof.counterexamples.explain.explanation_text import tell

    explained = variants.explained(trace_of(file, on), on, against)
    if as_json:
        screen.show(json.dumps(variants.as_json(explained), ensure_ascii=False))
    else:
        screen.show(tell(explained))
    return 0


@cli.command(short_help="Take the run of a counterexample again.")
@TRACE
@click.option(
    "--on",
    metavar="MODEL",
    default="",
    help="A model (a name, or path/to/file.py:Class), or real Spark: pyspark==2.3.4, or jars of your own.",
    shell_complete=completion.models,
)
@click.option(
    "--evidence",
    is_flag=True,
    help="Real Spark: show what keeps what was released, and dump the heap of that moment here.",
)
@click.option("--heap", metavar="SIZE", help="Real Spark: the size of Java's heap, such as 300m.  [default: 512m]")
@click.option("--allocate", is_flag=True, help="Real Spark: let consumers really allocate what they were granted.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def replay(*, file: Path, on: str, evidence: bool, heap: str | None, allocate: bool, as_json: bool) -> int:
    """Take the run in TRACE again, on its own model, on another or on real Spark, and say where the two part.

    Exit status: 0 the claim holds there, 1 it is violated there as well, 2 what was asked cannot be done, 3 the run
    could not be taken to its end, and the claim holds as far as it went; or real Spark did not do what its model says.
    """
    from spillproof.counterexamples.explorer import link
    from spillproof.counterexamples.replay import replay_text
    from spillproof.counterexamples.replay.real.build import is_real

    if is_real(on):
        return _replay_on_spark(file, on, as_json=as_json, evidence=evidence, allocate=allocate, heap=heap)
    if evidence or heap is not None or allocate:
        raise click.UsageError("--evidence, --heap and --allocate are about real Spark: add --on pyspark==2.3.4")
    trace = trace_of(file, on)
    found = replay_text.replayed(trace, on)
    if names := link.renamed(str(file), trace):
        screen.complain(
            f"names follow the run here: {', '.join(f'{page} of the page is {name}' for page, name in names.items())}"
        )
    screen.show(json.dumps(replay_text.as_json(found), ensure_ascii=False) if as_json else replay_text.tell(found))
    return found.exit_status()


def _replay_on_spark(file: Path, on: str, *, as_json: bool, heap: str | None, **how: bool) -> int:
    from spillproof.counterexamples.replay.real import session, spark_text
    from spillproof.counterexamples.replay.real.build import build_of
    from spillproof.counterexamples.replay.real.worker import HEAP

    trace, spark = trace_of(file), build_of(on)
    dump = session.dump_file(spark, Path.cwd()) if how["evidence"] and not how["allocate"] else None
    wanted = session.Wanted(spark, heap or HEAP, dump=dump, **how)
    with screen.Progress() as progress:
        taken = session.take(trace, wanted, progress)
    screen.show(json.dumps(spark_text.as_json(taken), ensure_ascii=False) if as_json else spark_text.tell(taken))
    return taken.exit_status()


@cli.command(short_help="Say which models' claims a build of Spark keeps.")
@click.option(
    "--on",
    metavar="SPARK",
    required=True,
    help="Jars of your own (a folder, a dist/, several separated as in a class path), or pyspark==3.5.9.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def conformance(*, on: str, as_json: bool) -> int:
    """Take every run that breaks a claim in some release of Spark on the one that --on names, and compare.

    First it says which of the modelled methods differ from the release that it is nearest to. Exit status: 0 it does in
    every run what the models of that release say, 1 it does not in some, 2 what was asked cannot be done.
    """
    from spillproof.counterexamples.replay.real import conformance_text
    from spillproof.counterexamples.replay.real.build import build_of
    from spillproof.counterexamples.replay.real.conformance import conformance as compared

    spark = build_of(on)
    with screen.Progress() as progress:
        found = compared(spark, progress)
    screen.show(
        json.dumps(conformance_text.as_json(found), ensure_ascii=False) if as_json else conformance_text.tell(found)
    )
    return found.exit_status()


@cli.command(short_help="Take the steps of a model yourself, in a page.")
@click.argument("name", metavar="MODEL", shell_complete=completion.models)
@click.option("--against", metavar="MODEL", default="", help="Another model beside it, which takes the same steps.")
@click.option("--consumers", callback=whole(1), metavar="N", help="How many consumers share the pool.")
@click.option(
    "--capacity", callback=whole(1), metavar="BYTES", help="The size of the pool. [default: asked on the page]"
)
@click.option("--with", "added", metavar="FIX", multiple=True, help="Add a fix to the release. May be repeated.")
@click.option("--without", "removed", metavar="FIX", multiple=True, help="Take a fix out of it. May be repeated.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write it there. [default: MODEL.html, in this folder]",
)
@click.option("--force", is_flag=True, help="Let --out overwrite what is no such page.")
@click.option("--open/--no-open", "opens", default=None, help="Open it in the browser. [default: on a terminal]")
def explore(
    *,
    name: str,
    against: str,
    consumers: int | None,
    capacity: int | None,
    added: tuple[str, ...],
    removed: tuple[str, ...],
    out: Path | None,
    force: bool,
    opens: bool | None,
) -> int:
    """Write a page in which every run of MODEL can be taken, step by step, and open it.

    MODEL is a name that `spillproof list` shows, or path/to/file.py:Class. The page is one file, and loads nothing.
    """
    from spillproof.counterexamples.explorer import explore as explorer
    from spillproof.counterexamples.question import Question

    scope = {key: value for key, value in {"consumers": consumers, "capacity": capacity}.items() if value is not None}
    asked = [Question(name, scope, added, removed)]
    asked += [explorer.beside(against, scope)] if against else []
    with screen.Progress() as progress:
        text = explorer.explored(asked, progress)
    path = explorer.save(text, out or explorer.default_file(asked), force=force)
    screen.show(f"Wrote {path}\n  {len(text.encode()) / 1000:,.0f} kB, which load nothing")
    if screen.is_terminal() if opens is None else opens:
        click.launch(path.resolve().as_uri())
    return 0


FORMATS_TOLD = "\b\n" + "\n".join(
    [
        "Formats of a run:",
        *(f"  {each.name:<10} {each.sentence}" for each in FORMATS.values()),
        "Formats of a model:",
        *(f"  {each.name:<10} {each.sentence}" for each in MODEL_FORMATS.values()),
    ]
)


@cli.command(short_help="Compare two models by what one can observe.")
@click.argument("one", metavar="A", shell_complete=completion.models)
@click.argument("other", metavar="B", shell_complete=completion.models)
@click.option("--observe", multiple=True, metavar="EVENT", help="Listen to this alone: release. May be repeated.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set an argument of both models' begin.")
@click.option("--sizes", callback=whole(1), default="2", metavar="K", help="Sizes are 1 up to K.  [default: 2]")
@click.option("--max-steps", callback=whole(0), metavar="N", help="Compare runs of at most so many steps.")
@click.option("--time-limit", callback=seconds, default="60", metavar="SECONDS", help="For it all.  [default: 60]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def compare(
    *,
    one: str,
    other: str,
    observe: tuple[str, ...],
    settings: tuple[str, ...],
    sizes: int,
    max_steps: int | None,
    time_limit: float | None,
    as_json: bool,
) -> int:
    """Find the shortest run of model B that A does not have, as far as one can observe it.

    Observed are the actions with their arguments, what is raised, and what the models announce: acquire, release,
    spill. Exit status: 0 every run of B with such sizes is one of A, 1 a run tells them apart, 3 not all was compared.
    """
    from spillproof.counterexamples import comparison
    from spillproof.counterexamples.question import Question
    from spillproof.properties.engines.limits import Limits
    from spillproof.properties.engines.refinement.refinement import refinement

    models = [Question.of(name).at(settings).model() for name in (one, other)]
    deadline = None if time_limit is None or isinf(time_limit) else time.monotonic() + time_limit
    with screen.Progress() as progress:
        found = refinement(
            *models,
            largest=sizes,
            observed=observe,
            max_steps=float("inf") if max_steps is None else max_steps,
            limits=Limits(deadline, None, progress),
        )
    told = comparison.json(found, one, other) if as_json else comparison.tell(found, one, other)
    screen.show(json.dumps(told) if as_json else str(told))
    return comparison.status(found)


@cli.command(short_help="Ask many questions, and write one table.")
@click.argument("names", metavar="MODEL...|FILE.toml", nargs=-1, required=True, shell_complete=completion.models)
@click.option("--claim", "claims", multiple=True, metavar="CLAIM", help="Check this claim only. May be repeated.")
@click.option(
    "--set", "scope", multiple=True, metavar="NAME=VALUE", help="Set an argument of `begin`; of several values each."
)
@click.option("--engine", type=click.Choice(ENGINES), help="Who gives the verdicts. [default: whichever can]")
@click.option("--seeds", callback=whole(1), metavar="N", help="Ask with each of so many seeds, 0 and up.")
@click.option("--max-steps", callback=whole(1), metavar="N", help="Search runs of at most so many steps.")
@click.option("--time-limit", callback=seconds, metavar="SECONDS", help="For each question.  [default: 60]")
@click.option("--workers", callback=whole(1), metavar="N", help="Processes here. [default: one a processor]")
@click.option("--dask", default="", metavar="ADDRESS", help="Ask on the Dask cluster with that scheduler instead.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The table: .md, .html or .json."
)
@click.option("--format", "form", metavar="FORMAT", help="markdown, html or json. [default: by the suffix]")
@click.option("--times", is_flag=True, help="Say how long each took: then no two tables are the same.")
@click.option("--force", is_flag=True, help="Let --out overwrite what is not of a survey.")
def survey(
    *,
    names: tuple[str, ...],
    claims: tuple[str, ...],
    scope: tuple[str, ...],
    engine: str | None,
    seeds: int | None,
    max_steps: int | None,
    time_limit: float | None,
    form: str | None,
    **rest: Any,
) -> int:
    """Check each MODEL, or ask the questions in FILE.toml, several at a time, and write one table.

    MODEL may be a pattern, such as 'spark@*'. Each answer is kept at once, beside the table: the same command goes on
    where it was ended, and asks nothing that was answered. An error costs its question. Exit status: 0 all hold, 1
    something is violated, 2 nothing that was asked can be done, 3 something was not found out.
    """
    from spillproof.counterexamples.survey import command as surveys
    from spillproof.counterexamples.survey.plan import of_words

    given = {"claims": list(claims), "scope": of_words(scope), "engine": engine, "seeds": seeds, "max-steps": max_steps}
    options = {name: value for name, value in given.items() if value}
    return surveys.run(names, options, surveys.Wanted(format=form, seconds=time_limit, **rest))


@cli.command(short_help="Write a counterexample, or a model, for other tools.", epilog=FORMATS_TOLD)
@click.argument("file", metavar="TRACE|MODEL", type=click.Path(path_type=Path), shell_complete=completion.models)
@click.option(
    "--format",
    "name",
    metavar="FORMAT",
    type=click.Choice([*FORMATS, *MODEL_FORMATS]),
    help="See below. [default: what the suffix of --out says]",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write it there. [default: print it]")
@click.option("--step", type=int, metavar="N", help="A run: the step to show. [default: the guilty one]")
@click.option("--claim", "claims", metavar="CLAIM", multiple=True, help="A model: this claim only. May be repeated.")
@click.option(
    "--set", "settings", metavar="NAME=VALUE", multiple=True, help="A model: set an argument of `begin`: places=3."
)
@click.option("--force", is_flag=True, help="Let --out overwrite.")
def export(
    *,
    file: Path,
    name: str | None,
    out: Path | None,
    step: int | None,
    claims: tuple[str, ...],
    settings: tuple[str, ...],
    force: bool,
) -> int:
    """Write the run in TRACE, a file that `spillproof check --out` wrote, in another format; or a whole MODEL.

    MODEL is a name that `spillproof list` shows, or path/to/file.py:Class; other checkers take it as tla, promela or
    chc. Nothing that a TRACE names is executed or opened. Nothing is overwritten without --force.
    """
    from spillproof.counterexamples import output
    from spillproof.counterexamples.export.checkers import request

    if (wanted_model := output.model_format(name, out)) is not None:
        if step is not None:
            raise click.UsageError("--step is about a run, and a model is asked for")
        with screen.Progress() as progress:
            text = request.exported(str(file), wanted_model, out, progress, settings=settings, claims=claims)
    else:
        if claims or settings:
            raise click.UsageError(f"--claim and --set are about a model: say --format {', '.join(MODEL_FORMATS)}")
        if not file.exists():
            request.refuse_model(str(file), name)
        wanted = output.chosen(name, out)
        trace = trace_of(file)
        output.fits(trace, wanted, step)
        explanation, lacks = output.explained(trace, briefly=not wanted.needed) if wanted.explained else (None, "")
        if lacks:
            screen.complain(lacks)
        text = output.exported(trace, wanted, explanation, step)
    if out is None:
        screen.write(text)
    else:
        output.save(text, out, force=force)
    return 0


@cli.command(short_help="Hold an executor's log against the model.")
@click.argument("logs", metavar="LOG...", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--release", metavar="RELEASE", default="", help="The Spark that wrote it. [default: what the log tells]")
@click.option("--histogram", type=click.Path(path_type=Path), metavar="FILE", help="What jmap -histo wrote.")
@click.option("--dominators", type=click.Path(path_type=Path), metavar="FILE", help="A dominator tree of MAT, as CSV.")
@click.option("--whole", is_flag=True, help="No line is missing from the log: hold it to its sums.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with the trace in ITF.")
@OUT
@click.option("--force", is_flag=True, help="Let --out overwrite.")
def audit(
    *,
    logs: tuple[Path, ...],
    release: str,
    whole: bool,
    histogram: Path | None,
    dominators: Path | None,
    as_json: bool,
    out: Path | None,
    force: bool,
) -> int:
    """Read the LOG of a Spark executor, rebuild what its accounting believed, and hold it against the model.

    Folders, archives, packed and rolled files are read as they are, in whatever wrapping; - is standard input. Exit
    status: 0 nothing was found, 1 bytes were counted free that may have been held, or a line contradicts the rules, 2
    this is no log of Spark's, 3 nothing can be concluded, or something that died of memory stays unexplained.
    """
    from dataclasses import replace

    from spillproof.counterexamples.audit.audit_text import tell
    from spillproof.counterexamples.audit.record import recorded
    from spillproof.counterexamples.audit.request import audited, keep

    folder = _folder(out, force=force)
    with screen.Progress() as progress:
        made, beside = audited(logs, release, histogram, dominators, progress, whole=whole)
    if folder is not None and (path := keep(made, beside, folder)) is not None:
        beside = replace(beside, written=str(path))
    screen.show(json.dumps(recorded(made, beside), ensure_ascii=True) if as_json else tell(made, beside))
    return made.exit_status()


@cli.command(short_help="Ask a heap dump what is counted free and still held.")
@click.argument("dump", metavar="DUMP", type=click.Path(path_type=Path))
@click.argument("logs", metavar="[LOG]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--accountant",
    default="",
    metavar="FILE",
    help="Who accounts, in TOML, or a name such as spark.  [default: by the heap]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@OUT
@click.option("--force", is_flag=True, help="Let --out overwrite.")
def heap(*, dump: Path, logs: tuple[Path, ...], accountant: str, as_json: bool, out: Path | None, force: bool) -> int:
    """Read DUMP, a heap dump of Java (.hprof), and ask each memory manager in it what it believes and what is true.

    With a LOG of the same process, both are shown side by side. Exit status: 0 nothing was found, 1 bytes are counted
    free and still held, 2 this is not a heap dump, 3 nobody in it accounts for memory, or the dump is not whole.
    """
    from spillproof.counterexamples.folder import Folder
    from spillproof.counterexamples.heap.heap_text import tell
    from spillproof.counterexamples.heap.inquiry import asked, kept
    from spillproof.counterexamples.heap.record import recorded

    folder = _folder(out, force=force)
    with screen.Progress() as progress:
        found = asked(dump, accountant, progress)
        if logs:
            from spillproof.counterexamples.audit.request import audited
            from spillproof.counterexamples.heap.beside import joined

            found = joined(found, audited(logs, "", None, None, progress)[0])
    written = kept(found, Folder(folder)) if folder is not None else ""
    screen.show(json.dumps(recorded(found, written), ensure_ascii=True) if as_json else tell(found, written))
    return found.exit_status()


@cli.group(short_help="Write a file to start from.")
def new() -> None:
    """Write a file to start from."""


@new.command(short_help="Write an adapter for a memory manager of your own.")
@click.argument("name", metavar="NAME")
def adapter(*, name: str) -> int:
    """Write test_NAME.py here: an adapter for a running memory manager, and a test for each claim about it."""
    from spillproof.counterexamples import template

    path = template.write(name, Path())
    screen.show(f"Wrote {path}. Put your manager into it, and run: pytest {path}")
    return 0


@new.command(short_help="Write a model of a memory manager of your own.")
@click.argument("name", metavar="NAME")
def model(*, name: str) -> int:
    """Write test_NAME.py here: a model of a small pool to fill in, and a test that checks every claim about it."""
    from spillproof.counterexamples import template

    path = template.write_model(name, Path())
    screen.show(
        f"Wrote {path}. Put what your manager does into it, and run: spillproof check {path}:{name}, or pytest {path}"
    )
    return 0


@new.command(short_help="Write the file with holes of an exercise of the course.")
@click.argument("name", metavar="NAME")
def exercise(*, name: str) -> int:
    """Write NAME.py here: an exercise of the course, to fill in. NAME is one that the lesson's page says."""
    from spillproof.counterexamples.course import grader

    first, *others = grader.give(name, Path())
    beside = f", and {' and '.join(map(str, others))} beside it" if others else ""
    screen.show(f"Wrote {first}{beside}. {grader.named(name).task} Then run: spillproof grade {first}")
    return 0


@cli.command(short_help="Grade an answer to an exercise of the course.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def grade(*, file: Path) -> int:
    """Grade the answer in FILE: by claims, and not by its looks.

    Every claim has to be proved and every witness to be seen; if not, the shortest counterexample is the hint. Exit
    status: 0 accepted, 1 not yet, 2 it is no answer to an exercise, or cannot be asked.
    """
    from spillproof.counterexamples.course import grader

    with screen.Progress():
        grade = grader.grade(file)
    screen.show(str(grade))
    return 0 if grade.accepted else 1


@cli.command(name="list", short_help="List the models, the claims and the fixes.")
@click.argument("what", metavar="[WHAT]", default="", shell_complete=completion.anything)
@click.option("--fixes", is_flag=True, help="What each fix carries: the claim that is violated without it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_(*, what: str, fixes: bool, as_json: bool) -> int:
    """List the models, the claims, and the fixes that --with and --without take.

    WHAT is models, claims or fixes; or a word that is in their names, such as spark; or one model, of which the scope,
    the steps and the claims are shown.
    """
    from spillproof.counterexamples import about, listing

    one = about.about(what) if about.is_model(what) and not fixes else None
    found = listing.Listing() if one else listing.fixes_of(what) if fixes else listing.listing(what)
    if as_json:
        told = (
            about.as_json(one) if one else (listing.bearings_as_json(found.fixes) if fixes else listing.as_json(found))
        )
        screen.show(json.dumps(told, ensure_ascii=False))
    elif one:
        screen.show(about.tell(one))
    else:
        screen.show(listing.bearings(found.fixes) if fixes else listing.tell(found))
    return 0
