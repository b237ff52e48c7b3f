"""`spillproof export`: write a run, or a whole model, in a format of another tool."""

from __future__ import annotations

from pathlib import Path

import click

from spillproof.counterexamples import completion, screen
from spillproof.counterexamples.export import FORMATS, MODEL_FORMATS
from spillproof.counterexamples.group import Command
from spillproof.counterexamples.options import FORCE, Place, trace_of

FORMATS_TOLD = "\b\n" + "\n".join(
    [
        "Formats of a run:",
        *(f"  {each.name:<10} {each.sentence}" for each in FORMATS.values()),
        "Formats of a model:",
        *(f"  {each.name:<10} {each.sentence}" for each in MODEL_FORMATS.values()),
    ]
)


@click.command("export", cls=Command, epilog=FORMATS_TOLD)
@click.argument("file", metavar="TRACE|MODEL", type=Place(path_type=Path), shell_complete=completion.models)
@click.option(
    "--format",
    "name",
    metavar="FORMAT",
    type=click.Choice([*FORMATS, *MODEL_FORMATS]),
    help="See below. [default: what the suffix of --out says]",
)
@click.option("--out", type=Place(path_type=Path), metavar="FILE", help="Write it there. [default: print it]")
@click.option("--step", type=int, metavar="N", help="A run: the step to show. [default: the guilty one]")
@click.option("--claim", "claims", metavar="CLAIM", multiple=True, help="A model: this claim only. May be repeated.")
@click.option(
    "--set", "settings", metavar="NAME=VALUE", multiple=True, help="A model: set an argument of `begin`: places=3."
)
@FORCE
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

    MODEL is a name that `spillproof list` shows, or path/to/file.py:Class; other checkers take it as tla, promela,
    quint or chc. Nothing that a TRACE names is executed or opened. Nothing is overwritten without --force.
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
