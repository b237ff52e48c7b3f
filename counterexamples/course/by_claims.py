"""An answer that is a model: every claim is proved of it, and every witness seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from spillproof.counterexamples.course.exercise import Judged
from spillproof.model.system import Model
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.check import check
from spillproof.properties.engines.story.report_text import counterexample, stories
from spillproof.properties.engines.verdict import Never, Report, Result

SECONDS = 30.0
"""For one check. A course's models take less than two."""


@dataclass(frozen=True)
class ByClaims:
    """Judges a model by claims that the student does not see."""

    wants: str
    claims: tuple[Claim, ...]
    """What must be proved, and what must be seen: the order is that of the hints."""
    scope: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, answer: ModuleType) -> Judged:
        """Return what came of the model in a file. Raises `ModelError` where it cannot be asked."""
        kind: type[Model] = getattr(answer, self.wants)
        return judged(check(kind(**self.scope), self.claims, time_limit=SECONDS))


def judged(report: Report) -> Judged:
    """Return what a student is told of a report: the claims by name, and of what is wrong the first thing."""
    accepted = report.exit_status() == 0
    wrong = [each for each in report.results if each.verdict.word != "proved"]
    hint = "" if accepted else hint_of(report, wrong)
    return Judged(accepted, tuple(_line(each) for each in report.results), hint)


def _line(result: Result) -> str:
    sentence = result.claim.sentence
    if result.claim.mode is Mode.SOMETIMES:
        return f"{'✗ never' if result.verdict.word == 'violated' else _marked(result, 'seen')}: {sentence}"
    return f"{_marked(result, 'proved')}: {sentence}"


def _marked(result: Result, good: str) -> str:
    if result.verdict.word == "proved":
        return f"✓ {good}"
    return f"{'✗' if result.verdict.word == 'violated' else '?'} {result.verdict.word}"


def hint_of(report: Report, wrong: list[Result]) -> str:
    """Return the shortest counterexample; where there is none what is never seen, or else what is not known."""
    if told := sorted(stories(report), key=lambda story: len(story.run)):
        lines = counterexample(told[0])
        return "\n".join(lines[: lines.index("  To take it again:") - 1])
    if never := [each for each in wrong if isinstance(each.verdict, Never)]:
        return f"In no run at all: {never[0].claim.sentence}\nA model in which this never happens proves nothing."
    return "\n".join(f"{each.claim.name}: {each.verdict.sentence()}" for each in wrong)
