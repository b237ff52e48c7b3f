"""What the smallest sizes show of an answer, where no solver is at hand: a counterexample, or that none was met.

It asks what `spillproof grade` asks of an exercise, and proves nothing: only that command does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType

from spillproof.counterexamples.course.by_claims import ByClaims
from spillproof.counterexamples.course.by_induction import ByInduction, questions
from spillproof.counterexamples.course.by_mutants import ByMutants
from spillproof.counterexamples.course.exercise import Exercise
from spillproof.counterexamples.course.rules import broken
from spillproof.model.system import Model
from spillproof.properties.catalogue import claims_about
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.exploration.explore import explore
from spillproof.properties.engines.exploration.layers import Exploration
from spillproof.properties.engines.run import Run
from spillproof.properties.engines.small import SIZES, Few
from spillproof.properties.engines.story.phrases import steps

FEW, MANY = 150, 1200
"""States of one search: of a mutant, and of the answer itself."""


@dataclass(frozen=True)
class Trial:
    """What came of looking."""

    words: str
    lines: tuple[str, ...] = ()
    """What was looked at, a line each."""
    run: Run | None = None
    """A run that shows what is wrong."""
    takes: bool = True
    """Whether the run is one of the model that is written: from its beginning, and by its own steps."""


def tried(module: ModuleType, kind: type[Model], exercise: Exercise | None, text: str) -> Trial:
    """Return what small sizes show of a model, with the claims of an exercise if it answers one.

    Raises `ModelError` as an engine does.
    """
    if exercise and (rules := [*dict.fromkeys(broken(text, exercise))]):
        return Trial(OUTSIDE, tuple(f"✗ {each}" for each in rules))
    judge = exercise.judge if exercise else None
    if isinstance(judge, ByInduction):
        return _by_induction(getattr(module, judge.wants), kind)
    claims = judge.claims if isinstance(judge, ByClaims) else [claim for each in claims_about(kind) for claim in each]
    found = _by_claims(kind, claims)
    return _by_mutants(judge, kind, claims) if isinstance(judge, ByMutants) and found.run is None else found


OUTSIDE = "What is outside of the holes is the question, and stays as it is."

NO_PROOF = "That is no proof: `spillproof grade` gives one, or `spillproof check`."


def _by_claims(kind: type[Model], claims: Iterable[Claim]) -> Trial:
    asked = [each for each in claims if each.mode is not Mode.RECOVERABLE]
    names = [each.name for each in asked]
    seen = list(_searches(kind(), asked, MANY))
    violated = [(name, run) for each in seen for name, run in each.violations.items()]
    if violated:
        name, run = min(violated, key=lambda each: (len(each[1]), names.index(each[0])))
        sentence = asked[names.index(name)].sentence
        return Trial(f"A run of {steps(len(run))} breaks a claim.", (f"✗ violated: {sentence}",), run)
    met = {name for each in seen for name in each.witnesses}
    if never := [each.sentence for each in asked if each.mode is Mode.SOMETIMES and each.name not in met]:
        words = "Something that ought to happen was not met: a model in which it never happens proves nothing."
        return Trial(words, tuple(f"✗ never: {each}" for each in never))
    count = sum(each.mode is not Mode.SOMETIMES for each in asked)
    return Trial(f"No run breaks one of {count} claims, and all that ought to happen does: {_reach(seen)}. {NO_PROOF}")


def _by_induction(invariant: object, kind: type[Model]) -> Trial:
    found: list[str] = []
    for claim, start, words in questions(invariant):
        seen = explore(start(kind)(), [claim], Few(3, depth=None if start(kind) is kind else 1, most=MANY))
        if (run := seen.violations.get(claim.name)) is not None:  # one of no steps is falsy
            lines = [f"{place} {line}" for place, line in enumerate(_told(run))]
            return Trial(words, (f"✗ {claim.sentence}", *found, *lines), run, takes=start(kind) is kind)
        found.append(f"✓ {claim.sentence}")
    return Trial(f"With sizes from 1 to 3 it is an invariant, and strong enough. {NO_PROOF}", tuple(found))


def _told(run: Run) -> Iterator[str]:
    for moment in run.moments:
        yield f"{moment.spelled}: accounted {moment.state.accounted()}, reachable {moment.state.reachable()}"


def _by_mutants(judge: ByMutants, kind: type[Model], claims: Iterable[Claim]) -> Trial:
    asked = [each for each in claims if each.function.__module__ == kind.__module__]
    alive = [each for each in judge.mutants if not _is_noticed(each.of(kind), asked)]
    count = f"{len(judge.mutants) - len(alive)} of {len(judge.mutants)} mutants break a claim"
    lines = tuple(f"✗ not noticed: {each.says}" for each in alive)
    return Trial(f"{count}, with sizes 1 and 2. {'' if alive else NO_PROOF}".strip(), lines)


def _is_noticed(mutant: type[Model], claims: list[Claim]) -> bool:
    seen = list(_searches(mutant(), claims, FEW))
    witnesses = {each.name for each in claims if each.mode is Mode.SOMETIMES}
    return any(each.violations for each in seen) or not witnesses <= {name for each in seen for name in each.witnesses}


def _searches(model: Model, claims: list[Claim], most: int) -> Iterator[Exploration]:
    """Yield what is seen with sizes up to 1, then up to 2; there only shorter runs, where a claim is false already."""
    depth = None
    for largest in SIZES:
        seen = explore(model, claims, Few(largest, depth=depth, until_decided=True, most=most))
        yield seen
        depth = min((len(run) - 1 for run in seen.violations.values()), default=None)


def _reach(seen: list[Exploration]) -> str:
    states = f"{seen[-1].states:,} states with sizes 1 and 2"
    return f"all {states} were looked at" if seen[-1].complete else f"{states} were looked at, the nearest ones"
