"""The page: one file with the automaton as data and the script that follows it, which loads nothing.

Names come from a model that anybody may have written: they are data, which the script sets as text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from spillproof.counterexamples.explorer.table import table
from spillproof.counterexamples.export.picture import printable
from spillproof.counterexamples.export.standalone import policy, template
from spillproof.counterexamples.export.svg import shipped as of_the_viewer
from spillproof.properties.engines.automaton.shapes import Automaton

GENERATOR = "spillproof explore"
"""By this a page is known for one that may be written anew."""

SCRIPTS = ("core.js", "layout.js", "drawing.js", "facts.js", "page.js")


@dataclass(frozen=True)
class ShownModel:
    """A model on the page."""

    title: str
    """What it is called: a name of the catalogue with what was changed, or `path/to/file.py:Class`."""
    asked: Mapping[str, object]
    """The scope that was asked for, such as `consumers`."""
    is_file: bool
    automaton: Automaton


def page(sides: Sequence[ShownModel]) -> str:
    """Return the text of the page for one model, or for two that take the same steps."""
    css = of_the_viewer("picture.css") + of_the_viewer("page.css") + shipped("explorer.css")
    js = "".join(of_the_viewer(name) if name == "facts.js" else shipped(name) for name in SCRIPTS)
    first = sides[0].automaton
    text = template(shipped("page.html.jinja")).render(
        title=" beside ".join(side.title for side in sides),
        generator=GENERATOR,
        policy=policy(css, js),
        css=Markup(css),  # noqa: S704 - our own file
        js=Markup(js),  # noqa: S704 - likewise
        data=Markup(_embedded({"sides": [_side(each) for each in sides]})),  # noqa: S704 - ASCII, and no <, > or &
        sides=[{"title": each.title} for each in sides],
        scope=", ".join(f"{name}={_spelled(value)}" for name, value in sorted(first.model.scope.items())) or "No scope",
        count=f"{len(first.shapes):,} shapes of the heap, {len(first.edges):,} steps between them",
    )
    return printable(text) + "\n"


def shipped(name: str) -> str:
    """Return the text of a file of the page, which comes with the package."""
    return files("spillproof.counterexamples.explorer").joinpath("page", name).read_text(encoding="utf-8")


def _side(side: ShownModel) -> dict[str, Any]:
    return {"title": side.title, "asked": side.asked, "file": side.is_file, "table": table(side.automaton)}


def _embedded(data: Any) -> str:
    """Return data as JSON, in ASCII and without what HTML might take for its own."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _spelled(value: object) -> str:
    from spillproof.counterexamples.trace import constant

    plain = constant(value)
    return " + ".join(plain) if isinstance(plain, tuple) else str(plain)
