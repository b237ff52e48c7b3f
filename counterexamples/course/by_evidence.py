"""An answer that is a judgement of an incident: what the log and the dump say, and what a model says of a repair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from spillproof.counterexamples.course.by_claims import SECONDS, hint_of
from spillproof.counterexamples.course.exercise import Judged
from spillproof.counterexamples.explain.explanation import WithoutReference
from spillproof.model.errors import ModelError
from spillproof.properties.accounting import free_is_unreachable
from spillproof.properties.data import no_record_lost_or_repeated
from spillproof.properties.loader import find

RELEASE = "2.2.1"
"""The one that wrote the log of the exercise."""

CLAIMS = (free_is_unreachable, no_record_lost_or_repeated)
"""What a repair has to keep."""


@dataclass(frozen=True)
class Fact:
    """What is to be read off the log or the dump."""

    name: str
    right: object
    where: str
    """Where to look, for who has something else."""


READ = (
    Fact("SPILLED", "E1", "Look for `force spilling` in the log, and for who releases right after it, and for whom."),
    Fact(
        "ACCOUNTED",
        40,
        "Add up what each consumer acquired, and take off what it released, to the last line: `spillproof audit "
        "incident.log` does.",
    ),
    Fact(
        "STILL_HELD",
        88,
        "The dump has two tables. Which of them was counted free? `spillproof audit incident.log --dominators "
        "incident.csv` shows both beside the account.",
    ),
    Fact("MODEL", f"spark@{RELEASE}", "The first line of the log says the release."),
)


@dataclass(frozen=True)
class ByEvidence:
    """Judges an incident's answers in order, and ends with the first that is wrong."""

    facts: tuple[Fact, ...] = READ

    def __call__(self, answer: ModuleType) -> Judged:
        """Return what came of the answers in a file. Raises `ModelError` for a model that there is not."""
        found: list[str] = []
        for name, hint in self._judged(answer):
            if hint:
                return Judged(False, (f"✗ {name} = {getattr(answer, name, None)!r} is not so", *found), hint)
            found.append(f"✓ {name} = {getattr(answer, name)!r}")
        return Judged(True, tuple(found))

    def _judged(self, answer: ModuleType) -> Iterator[tuple[str, str]]:
        """Yield each question, and a hint where its answer is wrong."""
        for fact in self.facts:
            said = getattr(answer, fact.name, None)
            is_right = type(said) is type(fact.right) and said == fact.right
            yield fact.name, "" if is_right else fact.where
        yield "CUT", _of_cut(answer.CUT, answer.MODEL)
        yield "REPAIRED", _of_repair(answer.REPAIRED)


def _of_cut(said: Any, model: str) -> str:
    """Return what is left where a reference alone is cut; nothing where that is enough."""
    from spillproof.counterexamples.explain.source import explain  # as in `ByClaims`
    from spillproof.properties.engines.check import check

    found = explain(check(find(model).build(), [free_is_unreachable], time_limit=SECONDS, witnesses=False)).cut
    alone: tuple[WithoutReference, ...] = found.alone if found else ()
    named = [each for each in alone if each.edge.words == said]
    if not named:
        return (
            f"No path to the bytes goes by {said!r}. `spillproof check {model} --out found`, and then `spillproof "
            "explain\nfound/free_is_unreachable.itf.json`, shows the paths that do."
        )
    return "" if named[0].enough else f"With {said} cut the bytes are still held, by\n\n  {named[0].other_path}"


def _of_repair(said: Any) -> str:
    """Return the shortest counterexample of a model that is no repair; nothing for one that is."""
    if not isinstance(said, str) or not said.startswith("spark@"):
        return "A name that `spillproof list` shows, and that begins with spark@."
    try:
        model = find(said).build()
    except ModelError as error:
        return str(error)
    from spillproof.properties.engines.check import check  # as in `ByClaims`

    report = check(model, CLAIMS, time_limit=SECONDS, witnesses=False)
    if report.exit_status() == 0:
        return ""
    return hint_of(report, [each for each in report.results if each.verdict.word != "proved"])
