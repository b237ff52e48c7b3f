"""An answer that is a model: every claim is proved of it, and every witness seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from spillproof.counterexamples.course.exercise import Judged
from spillproof.model.system import Model
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.story.counterexample_text import counterexample, stories
from spillproof.properties.engines.story.report_text import word
from spillproof.properties.engines.verdict import Never, Report, Result, Violated

SECONDS = 120.0
"""For one check. A course's models take less than two; a machine that a whole class shares takes many times as long."""


@dataclass(frozen=True)
class ByClaims:
    """Judges a model by claims that the student does not see."""

    wants: str
    claims: tuple[Claim, ...]
    """What must be proved, and what must be seen: the order is that of the hints."""
    scope: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, answer: ModuleType) -> Judged:
        """Return what came of the model in a file. Raises `ModelError` where it cannot be asked."""
        from spillproof.properties.engines.check import (
            check,
        )  # a browser has no solver, and asks an exercise for its claims only

        kind: type[Model] = getattr(answer, self.wants)
        return judged(check(kind(**self.scope), self.claims, time_limit=SECONDS))


def judged(report: Report) -> Judged:
    """Return what a student is told of a report: what is wrong by its sentence, and how much is right."""
    accepted = report.exit_status() == 0
    wrong = sorted((each for each in report.results if each.verdict.word != "proved"), key=_urgency)
    if any(each.verdict.word == "violated" for each in wrong):
        wrong = [each for each in wrong if each.verdict.word != "holds"]  # it would be proved, but for the rest
    hint = "" if accepted else hint_of(report, wrong)
    claims = [each for each in report.results if each.claim.mode is not Mode.SOMETIMES]
    lines = [f"{MARKS[each.verdict.word]} {word(each)}: {each.claim.sentence}" for each in (wrong or claims)]
    seen = [each for each in report.results if each.claim.mode is Mode.SOMETIMES]
    lines.append(_count(seen, "witnesses are seen"))
    if wrong:
        lines.insert(-1, _count(claims, "claims are proved"))
    return Judged(accepted, tuple(lines), hint)


def _urgency(result: Result) -> tuple[int, int]:
    """Return what is told first: short runs, then what is never seen, then what is not known."""
    if isinstance(result.verdict, Violated):
        return 0, len(result.verdict.run)
    return (1 if isinstance(result.verdict, Never) else 2), 0


MARKS = {"proved": "✓", "violated": "✗", "disputed": "✗", "refused": "✗"} | dict.fromkeys(("unknown", "holds"), "?")


def _count(results: list[Result], what: str) -> str:
    good = sum(each.verdict.word == "proved" for each in results)
    return f"{'✓' if good == len(results) else '–'} {good} of {len(results)} {what}"


def hint_of(report: Report, wrong: list[Result]) -> str:
    """Return the shortest counterexample; where there is none what is never seen, or else what is not known."""
    if told := sorted(stories(report), key=lambda story: len(story.run)):
        lines = counterexample(told[0])
        return "\n".join(lines[: lines.index("  To take it again:") - 1])
    if never := [each for each in wrong if isinstance(each.verdict, Never)]:
        return f"In no run at all: {never[0].claim.sentence}\nA model in which this never happens proves nothing."
    return "\n".join(f"{each.claim.name}: {each.verdict.sentence()}" for each in wrong)
