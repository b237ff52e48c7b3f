"""The gallery as files: for each story a folder with its page, its trace and its pictures, and a page for all of them.

`make gallery` writes them; a test makes them anew, and fails where a committed one differs.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from docs.pages.live_stories import live_story
from docs.pages.stories import GALLERY, Story, written
from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.export.markdown import markdown
from spillproof.counterexamples.export.svg import svg
from spillproof.counterexamples.export.timeline import timeline


def stories() -> list[Story]:
    """Return every story, in the order in which to tell them."""
    read = [(written(each.parent)[0], each.parent) for each in GALLERY.glob("*/story.md")]
    ordered = sorted(read, key=lambda each: int(each[0]["number"]))
    return [live_story(folder) if "target" in said else story(folder) for said, folder in ordered]


def story(folder: Path) -> Story:
    """Return the story of a folder that is about a model."""
    said, words = written(folder)
    return Story(folder.name, said["title"], said["model"], said["claim"], words, said["what"])


EVERY_STORY = stories()
"""Of models, and then of running code."""

INDEX = """
Each of these is a run that breaks a claim. Those of models are the shortest there are, found by `spillproof check`;
those of maintained Python packages were found by random runs, and judged. The words are written by hand; the numbers,
the pictures and everything under "The run" are computed from the trace beside them, which any reader of ITF can open.
`spillproof explain` says more about each, `spillproof replay` takes one of a model again on any variant, and
`spillproof export --format html` makes a page to step through.
"""

WORDS = """
## Words

Six words are enough to read any story:

- *accounted*: the bytes that a program has written down as in use; a number, from which anybody can subtract;
- *reachable*: the bytes of objects that something still refers to; memory that is reachable cannot be used again;
- *pool*: the bytes that there are for all *consumers*, who *acquire* some before they use them, then *release* them;
- *spill*: to write to disk what is in memory, and to release its bytes;
- *claim*: a sentence that has to be true after every step, such as: reachable ≤ accounted;
- *guilty step*: the first after which a claim is false. It is marked ▶.

Each story says first what the program is, then what happens, and takes less than three minutes to read; what comes
after the pictures is for those who want to know more.
"""


LOOK = """
Two pictures: what refers to what after the step that breaks the claim, with the path to bytes that are counted free in
red; and what is *accounted* (a line) beside what is *reachable* (an area), step by step.
[What these words mean](../README.md#words).
"""


def files(story: Story, explanation: Explanation) -> dict[str, str]:
    """Return the files of a story by their names in its folder."""
    step = None if explanation.guilty is None else explanation.guilty.step
    return {
        "README.md": page(story, explanation),
        "run.itf.json": itf.dumps(explanation.trace),
        "heap.svg": svg(explanation.trace, explanation, step),
        "timeline.svg": timeline(explanation.trace, explanation),
    }


def page(story: Story, explanation: Explanation) -> str:
    """Return the page of a story: its words, its pictures, and the run as an export tells it."""
    _, _, body = markdown(explanation.trace, explanation).partition("\n")
    parts = [
        f"# {story.titled(explanation)}",
        _filled(story.what),
        story.told(explanation),
        _filled(LOOK),
        f"![The heap after the guilty step]({'heap.svg'})",
        f"![Accounted and reachable bytes, step by step]({'timeline.svg'})",
        *story.aside(explanation),
        "## The run",
        body.strip().replace("\n## ", "\n### "),
    ]
    return "\n\n".join(parts) + "\n"


def index(told: Sequence[tuple[Story, Explanation]]) -> str:
    """Return the page that lists the stories."""
    words = textwrap.fill(" ".join(INDEX.split()), 120, break_on_hyphens=False)
    table = ["| story | model | violates | steps | to cut |", "| --- | --- | --- | --- | --- |", *map(_row, told)]
    return "\n".join(["# The gallery", "", words, *WORDS.splitlines(), "", "## Stories", "", *table, ""])


def _filled(words: str) -> str:
    return textwrap.fill(" ".join(words.split()), 120, break_on_hyphens=False)


def _row(told: tuple[Story, Explanation]) -> str:
    story, explanation = told
    cut = () if explanation.cut is None else explanation.cut.edges
    cells = [
        f"[{story.titled(explanation)}]({story.folder}/README.md)",
        f"`{story.subject}`",
        f"`{story.claim}`",
        str(len(explanation.trace.states) - 1),
        ", ".join(f"`{edge.words}`" for edge in cut) or "–",
    ]
    return f"| {' | '.join(cells)} |"


def everything() -> Iterator[tuple[Path, str]]:
    """Yield every file of the gallery, with where it stands."""
    told = [(story, story.explained()) for story in EVERY_STORY]
    yield GALLERY / "README.md", index(told)
    for story, explanation in told:
        yield from ((GALLERY / story.folder / name, text) for name, text in files(story, explanation).items())
