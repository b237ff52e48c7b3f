"""`spillproof explore`: write a page in which the runs of a model can be taken."""

from __future__ import annotations

from pathlib import Path

import click

from spillproof.counterexamples import screen
from spillproof.counterexamples.group import Command
from spillproof.counterexamples.options import MODEL, WITH, WITHOUT, Place, whole


@click.command("explore", cls=Command)
@MODEL
@click.option("--against", metavar="MODEL", default="", help="Another model beside it, which takes the same steps.")
@click.option("--consumers", callback=whole(1), metavar="N", help="How many consumers share the pool.")
@click.option(
    "--capacity", callback=whole(1), metavar="BYTES", help="The size of the pool. [default: asked on the page]"
)
@WITH
@WITHOUT
@click.option(
    "--out",
    type=Place(path_type=Path),
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
