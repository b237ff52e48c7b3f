"""The pages that run in the browser: a run to step through for each story, and models whose steps a reader takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

from docs.pages.gallery import EVERY_STORY
from docs.pages.live_stories import LiveStory
from docs.pages.stories import Story
from docs.site.staging import Staged
from spillproof.counterexamples.explorer.explore import beside, explored
from spillproof.counterexamples.export.html import html
from spillproof.counterexamples.question import Question

LIVE = "live.html"


@dataclass(frozen=True)
class Explored:
    """A page of the explorer."""

    file: str
    models: tuple[str, ...]
    words: str


LESSONS = (
    Explored(
        "lesson-release", ("lesson:release",), "A release that forgets a reference. The fault is three steps away."
    ),
    Explored("lesson-pool", ("lesson:pool",), "Consumers of one pool. Who may take what?"),
    Explored("lesson-grant", ("lesson:grant",), "A grant may be smaller than what was asked for."),
    Explored(
        "spark-2.3.4",
        ("spark@2.3.4",),
        "Two maps of Spark share a pool. Three clicks lead to SPARK-22713; which?",
    ),
    Explored(
        "spark-2.3.4-beside-2.4.0",
        ("spark@2.3.4", "spark@2.4.0"),
        "The same steps in the release before the repair, and in the one after it.",
    ),
    Explored("python-spooled-file", ("python:spooled-file",), "A temporary file of Python's standard library."),
    Explored("pytorch", ("pytorch",), "A caching allocator, as PyTorch has one."),
    Explored("rocksdb", ("rocksdb",), "Write buffers that share a limit, as in RocksDB."),
)
"""What the page of the explorer lists; every model of the gallery has a page besides."""

OF_THE_COURSE = {
    1: "lesson-release",
    2: "python-spooled-file",
    3: "lesson-grant",
    4: "spark-2.3.4",
    5: "spark-2.3.4-beside-2.4.0",
    6: "lesson-pool",
    7: "python-spooled-file",
    8: "incident",
}
"""Whose steps the reader of a lesson takes at its end."""


STUB = b"<!DOCTYPE html>\n<title>A page that runs</title>\n"
"""In the place of a page that takes a second to make, where only links are looked at."""


def add_live_pages(staged: Staged, *, stubs: bool = False) -> None:
    """Add a page to step through to each story, a page of the explorer for each model, and links to them.

    With `stubs` there is nothing on these pages.
    """
    explore = (lambda _: STUB) if stubs else _explored
    for each in LESSONS:
        staged.files[f"explore/{each.file}.html"] = explore(each.models)
    for story in EVERY_STORY:
        staged.files[f"gallery/{story.folder}/{LIVE}"] = STUB if stubs else _stepped(story)
        page = f"gallery/{story.folder}/README.md"
        staged.pages[page] = under_the_title(staged.pages[page], " ".join(_buttons(staged, story, explore)))
    for page, text in _lessons(staged):
        staged.pages[page] = text
    staged.pages["explore/index.md"] = _index()
    staged.pages["gallery/README.md"] = with_cards(staged.pages["gallery/README.md"])


_ROW = re.compile(
    r"^\| \[(?P<title>.+?)\]\((?P<folder>[\w.-]+)/README\.md\) \| `(?P<model>[^`]+)` \| `(?P<claim>\w+)` "
    r"\| (?P<steps>\d+) \|",
    re.MULTILINE,
)
"""A row of the gallery's table."""


def with_cards(text: str) -> str:
    """Return the page of the gallery with a picture for each story above the table, which leads to the story."""
    cards = [
        f'<a href="{row["folder"]}/index.html"><img src="{row["folder"]}/heap.svg" alt="" loading="lazy">'
        f"<strong>{escape(row['title'].replace('`', ''))}</strong>"
        f"<span>{escape(row['model'])}, {row['steps']} {'step' if row['steps'] == '1' else 'steps'}</span></a>"
        for row in _ROW.finditer(text)
    ]
    shown = "\n".join(['<div class="cards">', *cards, "</div>"])
    return text.replace("## Stories\n", f"## Stories\n\n{shown}\n", 1)


def under_the_title(text: str, words: str) -> str:
    """Return a page with a paragraph right under its title."""
    title, _, body = text.partition("\n")
    return f"{title}\n\n{words}\n{body}"


def _stepped(story: Story) -> bytes:
    explanation = story.explained()
    return html(explanation.trace, explanation).encode()


def _buttons(staged: Staged, story: Story, explore: Callable[[tuple[str, ...]], bytes]) -> Iterator[str]:
    yield f"[Step through this run]({LIVE}){{ .md-button .md-button--primary }}"
    if isinstance(story, LiveStory):
        return
    file = next((each.file for each in LESSONS if each.models == (story.model,)), story.folder)
    place = f"explore/{file}.html"
    if place not in staged.files:
        staged.files[place] = explore((story.model,))
    yield f"[Take the steps yourself](../../{place}){{ .md-button }}"


def _lessons(staged: Staged) -> list[tuple[str, str]]:
    """Return each lesson with a page of the explorer behind it."""
    found = []
    for lesson, file in OF_THE_COURSE.items():
        (page,) = (each for each in staged.pages if each.startswith(f"course/{lesson}-"))
        place = f"explore/{file}.html"
        assert place in staged.files, place
        found.append((page, f"{staged.pages[page]}\n[Take the steps yourself](../{place}){{ .md-button }}\n"))
    return found


def _explored(models: tuple[str, ...]) -> bytes:
    first, *others = (Question.of(each) for each in models)
    return explored([first, *(beside(each.title(), {}) for each in others)]).encode()


def _index() -> str:
    rows = [f"- [`{'` beside `'.join(each.models)}`]({each.file}.html)<br>{each.words}" for each in LESSONS]
    words = (
        "Every run of a model can be taken on these pages: each step that is possible now is a button, the heap is "
        "drawn, and all claims are live. They compute in the browser and load nothing. In *challenge* mode the step "
        "that breaks a claim is not marked."
    )
    own = "[How to make such a page of your own model](../how-to/explore-a-model.md)."
    return "\n".join(["# Take the steps yourself", "", words, "", *rows, "", own, ""])
