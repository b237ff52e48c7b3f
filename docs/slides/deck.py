"""From a lecture to one file: the slides, what shows them, the pages that run on them; nothing is loaded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from markupsafe import Markup

from docs.slides import sources
from docs.slides.plan import Lecture, Slide
from spillproof.counterexamples.export.standalone import template

HERE = Path(__file__).parent
STYLES = ("reset.css", "reveal.css")
SCRIPTS = ("reveal.js", "plugin/markdown.js", "plugin/notes.js")


@dataclass(frozen=True)
class Reveal:
    """What shows the slides: https://revealjs.com."""

    css: str
    js: str

    @classmethod
    def installed(cls, at: Path = HERE / "node_modules" / "reveal.js") -> Self | None:
        """Return what npm installed; None where it did not."""
        folder = at / "dist"
        if not folder.is_dir():
            return None
        css, js = (
            "\n".join((folder / each).read_text(encoding="utf-8") for each in names) for names in (STYLES, SCRIPTS)
        )
        return cls(css, js)


def deck(lecture: Lecture, reveal: Reveal) -> str:
    """Return the slides of a lecture as one HTML page."""
    slides = [_filled(each) for each in lecture.slides]
    pages = {each.source: sources.live(each.source) for each in lecture.slides if each.kind == "live"}
    return template(_own("deck.html.jinja")).render(
        title=f"Counted free, and still there: a lecture of {lecture.minutes} minutes",
        slides=slides,
        css=Markup(f"{reveal.css}\n{_own('deck.css')}"),  # noqa: S704 - files that we chose
        js=Markup(f"{reveal.js}\n{_own('deck.js')}".replace("</script", "<\\/script")),  # noqa: S704 - likewise
        pages=Markup(_json(pages)),  # noqa: S704 - ASCII, and no <, > or &
    )


def _filled(slide: Slide) -> dict[str, Any]:
    """Return a slide with what is made for it."""
    found = dict(vars(slide))
    if slide.source.startswith("told "):
        found |= {"notes": f"{slide.notes}\n\n{sources.words(slide.source)}".strip()}
    if slide.kind == "checked":
        found |= {"text": f"```console\n{sources.transcript(slide.source)}\n```"}
    return found


def _own(name: str) -> str:
    return (HERE / "theme" / name).read_text(encoding="utf-8")


def _json(pages: dict[str, str]) -> str:
    return json.dumps(pages).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
