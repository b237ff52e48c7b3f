"""The model with other numbers of consumers, on plain integers: what is false there is not true of any number.

The theorem is about steps of consumers. A claim may count them (`len(now.stores) <= 2`), a step may raise where there
are three, and a rest may have methods instead of those of the model that it is about: none of that is a step of the
model with a rest. So the model is taken as it stands, with some other numbers of consumers. The explorer that
challenges every verdict looks for runs that contradict what is proved, and all consumers do the same in turn. With very
many of them a few long runs at random are taken, as there are claims that count further (`now.stores <= 9`). That none
finds one proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from math import inf
from typing import Any

from spillproof.model.names import counted
from spillproof.model.system import Action, Model
from spillproof.properties.claims import Claim
from spillproof.properties.engines.challenge.challenge import LEAST_SECONDS, SHARE, challenge
from spillproof.properties.engines.challenge.turns import AMPLE
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.run import Run, replay
from spillproof.properties.engines.simulate import RandomWalk
from spillproof.properties.engines.verdict import Disputed, Proved, Report, Result
from spillproof.properties.engines.walker import LARGEST, Draw

MOSTLY = 3
"""How many times the work of a challenge a number has at which something is likely."""

NUMBERS = {3: MOSTLY, 1: 1, 4: 1, 5: 1, 6: 1, 12: 1}
"""How many consumers there are, and how many times the work of a challenge each number has. Two were challenged before
in most models, and what counts consumers mostly shows at three."""

CROWDS = {50: (2, 60), 200: (1, 0)}
"""How many consumers there are besides, how many runs at random are taken of them, and of how many steps."""

TRIES = 8
"""So many of them, or sizes, are tried for an action in such a run."""

MOST_TOLD = 12
"""Steps of a run that are told each by itself."""


def other_numbers(own: object, as_they_are: Mapping[int, int | None]) -> dict[int, int]:
    """Return the numbers that are tried where a model has its `own`: two in the stead of that, which was challenged.

    Those that were looked at `as_they_are` are challenged less where that was in runs that are not long, and not at all
    where it was in all runs.
    """
    others = {2 if number == own else number: times for number, times in NUMBERS.items()}
    return {
        number: 1 if number in as_they_are else times
        for number, times in others.items()
        if as_they_are.get(number, 0) is not None
    }


def contradicted(
    model: Model,
    counted_by: str,
    claims: list[Claim],
    limits: Limits,
    seconds: float,
    *,
    numbers: Mapping[int, int],
) -> dict[str, str]:
    """Return for the name of each claim that is false with another number of consumers how it is.

    `seconds` is the processor time that the proof took: all numbers together get the share of it that a challenge gets,
    if that is long.
    """
    least = max(LEAST_SECONDS / SHARE, seconds / max(1, sum(numbers.values())))
    deadline = inf if limits.deadline is None else limits.deadline
    found: dict[str, str] = {}
    for number in (*numbers, *CROWDS):
        limits.check()
        limits.progress(f"{counted_by}={number}: looking for runs that contradict what is proved")
        left = [claim for claim in claims if claim.name not in found]
        try:
            larger = type(model)(**{**model.scope, counted_by: number})
            if number in numbers:
                false = _false(larger, left, numbers[number] * least, deadline, number)
            else:
                false = _false_in_a_crowd(larger, left, *CROWDS[number])
            found |= {name: f"with {counted_by}={number} it is false: {run}" for name, run in false.items()}
        except OutOfTime:
            raise
        except Exception as error:  # noqa: BLE001 - `begin` may raise whatever it likes, or refuse the number
            why = f"with {counted_by}={number} it does not begin: {_told(error)}"
            found |= {claim.name: why for claim in left}
    return found


def _false(model: Model, claims: list[Claim], work: float, deadline: float, number: int) -> dict[str, str]:
    """Return for the name of each claim that is false of a model with so many consumers a run that shows it."""
    report = Report(model, [Result(claim, Proved("", None), "", 0.0) for claim in claims])
    challenge(report, work, deadline=deadline, in_turn=number if number > 1 else 0)  # one by itself takes no turns
    return {
        result.claim.name: ", ".join(result.verdict.run) or result.verdict.why
        for result in report.results
        if isinstance(result.verdict, Disputed)
    }


def _false_in_a_crowd(model: Model, claims: list[Claim], runs: int, steps: int) -> dict[str, str]:
    """Return the same of a model with so many consumers that nothing but runs at random can be taken."""
    walk = _Crowd(model, claims, seed=0)
    for _ in range(runs):
        walk.take(steps)
    return {name: _in_short(run) for name, run in walk.result.found.items() if run is not None}


class _Crowd(RandomWalk):
    """Runs that begin with room for all, or for few, and do not look for long for somebody who can."""

    def sizes(self) -> list[int]:
        return [LARGEST, AMPLE] if self.state is None else super().sizes()

    def candidates(self, action: Action, draw: Draw) -> Iterator[tuple[Any, ...]]:
        return islice(super().candidates(action, draw), TRIES)


def _in_short(run: Run) -> str:
    spelled = [moment.spelled for moment in replay(run)]
    return ", ".join(spelled if len(spelled) < MOST_TOLD else [spelled[0], f"and {counted(len(run), 'random step')}"])


def _told(error: Exception) -> str:
    said = str(error)
    return f"{type(error).__name__}{f': {said}' if said else ''}"
