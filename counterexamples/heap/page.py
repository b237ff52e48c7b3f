"""What was found in a dump, as one page: a single file that needs no network, has no script, and may load nothing.

Names come from a dump that anybody may have made: the template escapes them, and what could move text is replaced.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from markupsafe import Markup

from spillproof.counterexamples.export.picture import printable
from spillproof.counterexamples.export.standalone import policy, template
from spillproof.counterexamples.export.svg import shipped
from spillproof.counterexamples.heap.heap_text import signed, simple, verdict
from spillproof.counterexamples.heap.result import Branch, Result


def page(result: Result) -> str:
    """Return the page."""
    css = shipped("picture.css") + shipped("page.css") + _own("page.css")
    text = template(_own("page.html.jinja"), spell=signed, simple=simple).render(
        result=result, verdict=verdict(result), css=Markup(css), policy=policy(css),  # noqa: S704 - our own files
        tree=list(_rows(result.tree)), rest=list(_rows(result.rest)), most=_most(result),
    )  # fmt: skip
    return printable(text) + "\n"


def _own(name: str) -> str:
    return (Path(__file__).with_name("page") / name).read_text(encoding="utf-8")


def _rows(branches: tuple[Branch, ...], depth: int = 0) -> Iterator[tuple[int, Branch]]:
    for each in branches:
        yield depth, each
        yield from _rows(each.below, depth + 1)


def _most(result: Result) -> int:
    """Return the size that the longest bar stands for."""
    sizes = [max(each.accounted or 0, each.held) for account in result.accounts for each in account.consumers]
    return max([*sizes, *(max(each.accounted, each.held, each.capacity) for each in result.pools), 1])
