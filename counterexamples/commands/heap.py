"""`spillproof heap`: ask a heap dump what is counted free and still held."""

from __future__ import annotations

from pathlib import Path

import click

from spillproof.counterexamples import screen
from spillproof.counterexamples.group import Command
from spillproof.counterexamples.options import FORCE, JSON, OUT, Place, folder_of


@click.command("heap", cls=Command)
@click.argument("dump", metavar="DUMP", type=Place(path_type=Path))
@click.argument("logs", metavar="[LOG]...", nargs=-1, type=Place(path_type=Path))
@click.option(
    "--accountant",
    default="",
    metavar="FILE",
    help="Who accounts, in TOML, or a name such as spark.  [default: by the heap]",
)
@JSON
@OUT
@FORCE
def heap(*, dump: Path, logs: tuple[Path, ...], accountant: str, as_json: bool, out: Path | None, force: bool) -> int:
    """Read DUMP, a heap dump of Java (.hprof), and ask each memory manager in it what it believes and what is true.

    With a LOG of the same process, both are shown side by side. Exit status: 0 nothing was found, 1 bytes are counted
    free and still held, 2 this is not a heap dump, 3 nobody in it accounts for memory, or the dump is not whole.
    """
    from spillproof.counterexamples.folder import Folder
    from spillproof.counterexamples.heap.heap_text import tell
    from spillproof.counterexamples.heap.inquiry import asked, kept
    from spillproof.counterexamples.heap.record import recorded

    folder = folder_of(out, force=force)
    with screen.Progress() as progress:
        found = asked(dump, accountant, progress)
        if logs:
            from spillproof.counterexamples.audit.request import audited
            from spillproof.counterexamples.heap.beside import joined

            found = joined(found, audited(logs, "", None, None, progress)[0])
    written = kept(found, Folder(folder)) if folder is not None else ""
    screen.answer(tell, recorded, found, written, as_json=as_json, ascii_only=True)
    return found.exit_status()
