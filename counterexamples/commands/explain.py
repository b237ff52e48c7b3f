"""`spillproof explain`: explain a counterexample."""

from __future__ import annotations

from pathlib import Path

import click

from spillproof.counterexamples import completion, screen
from spillproof.counterexamples.group import Command
from spillproof.counterexamples.options import JSON, ON, TRACE, trace_of


@click.command("explain", cls=Command)
@TRACE
@ON
@click.option(
    "--against",
    metavar="MODEL",
    default="",
    help="The repaired model. [default: found in the catalogue]",
    shell_complete=completion.models,
)
@JSON
def explain(*, file: Path, on: str, against: str, as_json: bool) -> int:
    """Explain the counterexample in TRACE, a file that `spillproof check --out` wrote.

    Which step is guilty, which references keep the bytes that are counted free, which of them to cut, what the
    accountant believes beside what is true, why each step is needed, and how the repaired model differs.
    """
    from spillproof.counterexamples import variants
    from spillproof.counterexamples.explain.explanation_text import tell

    explained = variants.explained(trace_of(file, on), on, against)
    screen.answer(tell, variants.as_json, explained, as_json=as_json)
    return 0
