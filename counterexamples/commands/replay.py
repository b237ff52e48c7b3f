"""`spillproof replay`: replay a counterexample, on a model or on real Spark."""

from __future__ import annotations

from pathlib import Path

import click

from spillproof.counterexamples import completion, screen
from spillproof.counterexamples.group import Command
from spillproof.counterexamples.options import JSON, TRACE, trace_of


@click.command("replay", cls=Command)
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
@JSON
def replay(*, file: Path, on: str, evidence: bool, heap: str | None, allocate: bool, as_json: bool) -> int:
    """Replay the run in TRACE on its own model, on another or on real Spark, and say where the two diverge.

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
    screen.answer(replay_text.tell, replay_text.as_json, found, as_json=as_json)
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
    screen.answer(spark_text.tell, spark_text.as_json, taken, as_json=as_json)
    return taken.exit_status()
