"""`spillproof audit`: check the log of an executor."""

from __future__ import annotations

from pathlib import Path

import click

from spillproof.counterexamples import screen
from spillproof.counterexamples.group import Command
from spillproof.counterexamples.options import FORCE, OUT, Place, folder_of, json_with


@click.command("audit", cls=Command)
@click.argument("logs", metavar="LOG...", nargs=-1, required=True, type=Place(path_type=Path, allow_dash=True))
@click.option("--release", metavar="RELEASE", default="", help="The Spark that wrote it. [default: what the log tells]")
@click.option("--histogram", type=Place(path_type=Path), metavar="FILE", help="What jmap -histo wrote.")
@click.option("--dominators", type=Place(path_type=Path), metavar="FILE", help="A dominator tree of MAT, as CSV.")
@click.option("--whole", is_flag=True, help="No line is missing from the log: hold it to its sums.")
@json_with("the trace in ITF")
@OUT
@FORCE
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
    """Read the LOG of a Spark executor, rebuild what its accounting believed, and check it against the model.

    Folders, archives, packed and rolled files are read as they are, in whatever wrapping; - is standard input. Exit
    status: 0 nothing was found, 1 bytes were counted free that may have been held, or a line contradicts the rules, 2
    this is no log of Spark's, 3 nothing can be concluded, or something that died of memory stays unexplained.
    """
    from dataclasses import replace

    from spillproof.counterexamples.audit.audit_text import tell
    from spillproof.counterexamples.audit.record import recorded
    from spillproof.counterexamples.audit.request import audited, keep

    folder = folder_of(out, force=force)
    with screen.Progress() as progress:
        made, beside = audited(logs, release, histogram, dominators, progress, whole=whole)
    if folder is not None and (path := keep(made, beside, folder)) is not None:
        beside = replace(beside, written=str(path))
    screen.answer(tell, recorded, made, beside, as_json=as_json, ascii_only=True)
    return made.exit_status()
