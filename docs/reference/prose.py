"""Paragraphs, lists and links of the pages about modelled classes."""  # noqa: INP001 - beside a script, and no package

from __future__ import annotations

from collections.abc import Iterable
from textwrap import TextWrapper
from types import ModuleType

import modelled

WIDTH = 120


def wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Return a paragraph or an item of a list in lines that are not too long."""
    wrapper = TextWrapper(
        WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
    return wrapper.fill(text)


def item(text: str, depth: int = 0) -> str:
    """Return an item of a list."""
    return wrapped(text, "  " * depth + "- ", "  " * depth + "  ")


def titled(title: str, items: Iterable[str]) -> list[str]:
    """Return a list under a bold title, or nothing if there are no items."""
    items = list(items)
    return [f"**{title}**", "", *items, ""] if items else []


def link(cls: type) -> str:
    """Return a link to where a class is described, from any page."""
    if not modelled.is_ours(cls):
        return f"`{cls.__name__}`"
    anchor = "" if modelled.is_main(cls) else f"#{cls.__name__.lower()}"
    return f"[`{cls.__name__}`]({cls.__module__.rpartition('.')[2]}.md{anchor})"


def title_of(module: ModuleType) -> str:
    """Return the name of the class that a module is called after, or else its own in words."""
    main = next((each for each in modelled.classes_of(module) if modelled.is_main(each)), None)
    return main.__name__ if main else modelled.stem(module).replace("_", " ").capitalize()


def listed(title: str, items: list[str]) -> list[str]:
    """Return a list under a heading, or nothing if there are no items."""
    return [f"## {title}", "", *map(item, items), ""] if items else []
