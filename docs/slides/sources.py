"""What live pages and transcripts on the slides are made from."""

from __future__ import annotations

from functools import cache

from docs.pages.gallery import EVERY_STORY
from docs.pages.stories import GALLERY
from spillproof import check, find
from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.explorer.explore import explored
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.export.html import html
from spillproof.counterexamples.question import Question
from spillproof.counterexamples.variants import explained
from spillproof.properties.engines.story.report_text import tell

MOST_LINES = 15


@cache
def live(source: str) -> str:
    """Return a page that runs: of a story to step through, or of a model to explore."""
    kind, _, name = source.partition(" ")
    if kind == "explore":
        return explored([Question.of(name)])
    explanation = _explained(name)
    return html(explanation.trace, explanation)


def words(source: str) -> str:
    """Return what the gallery says about a story, to be said."""
    name = source.partition(" ")[2]
    story = next(each for each in EVERY_STORY if each.folder == name)
    return story.told(_explained(name))


@cache
def transcript(source: str) -> str:
    """Return what the command prints of a model: a line for each claim, and the last one."""
    name = source.partition(" ")[2]
    lines = tell(check(find(name).build()), name).splitlines()
    return "\n".join([f"$ spillproof check {name}", *lines[:MOST_LINES], "…", lines[-1]])


@cache
def _explained(story: str) -> Explanation:
    """Return the explanation of the run that the gallery keeps."""
    return explained(itf.read(GALLERY / story / "run.itf.json"))
