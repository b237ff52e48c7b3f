"""The page over all that a check kept: every counterexample with its picture, every claim, and the file of each.

It is one file beside the others, has no script, and may load nothing. Its data is `Found`; who kept the files fills it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from spillproof.counterexamples.export import timeline
from spillproof.counterexamples.export.picture import printable
from spillproof.counterexamples.export.standalone import inline, policy, template
from spillproof.counterexamples.export.svg import shipped
from spillproof.counterexamples.trace import Trace
from spillproof.model.errors import ModelError
from spillproof.properties.engines.story.phrases import steps

MOST_STEPS = 12
"""So many steps of a run are listed; its own page has them all."""

File = tuple[str, str]
"""What a file is, in a word or two, and its name."""


@dataclass(frozen=True)
class ClaimRow:
    """A claim, the verdict on it, and the files about it."""

    name: str
    sentence: str
    mark: str
    word: str
    reach: str
    """How far the verdict goes."""
    files: tuple[File, ...] = ()

    @property
    def tone(self) -> str:
        """Return the class of the verdict's colour."""
        return {
            "violated": "tone said",
            "never": "tone said",
            "proved": "tone mended",
            "holds": "tone mended",
            "seen": "tone mended",
        }.get(self.word, "tone")


@dataclass(frozen=True)
class Counterexample:
    """A run, and the claims that it violates."""

    trace: Trace
    claims: tuple[ClaimRow, ...]

    @property
    def length(self) -> str:
        """Return how many steps it has."""
        return steps(len(self.trace.states) - 1)

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Return the first steps, each with whether the claim is false after it for the first time."""
        shown = self.trace.states[: MOST_STEPS + 1]
        return [{"words": state.spelled, "guilty": at == self.trace.guilty} for at, state in enumerate(shown)]

    @property
    def more(self) -> int:
        """Return how many steps are not listed."""
        return max(0, len(self.trace.states) - 1 - MOST_STEPS)

    @property
    def picture(self) -> Markup | None:
        """Return accounted and reachable bytes over the steps; None for a run that is too long to draw."""
        try:
            drawn = timeline.drawn(self.trace)
        except ModelError:
            return None
        return inline(drawn)


@dataclass(frozen=True)
class Found:
    """All that a check found."""

    title: str
    scope: str
    nothing: str
    """What is said where there is no counterexample."""
    counterexamples: tuple[Counterexample, ...] = ()
    claims: tuple[ClaimRow, ...] = ()
    unasked: tuple[Any, ...] = ()
    left_out: dict[str, list[str]] = field(default_factory=dict)
    """What could not be kept, by why."""


def index(found: Found) -> str:
    """Return the page."""
    css = shipped("picture.css") + shipped("page.css") + shipped("index.css")
    made = template(shipped("index.html.jinja"))
    text = made.render({**vars(found), "css": Markup(css), "policy": policy(css)})  # noqa: S704 - our own files
    return printable(text) + "\n"
