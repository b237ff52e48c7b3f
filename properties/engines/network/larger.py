"""The model with other numbers of consumers, on plain integers: what is false there is not true of any number.

The theorem is about steps of consumers. A claim may count them (`len(now.stores) <= 2`), a step may raise where there
are three, and a rest may have methods instead of those of the model that it is about: none of that is a step of the
model with a rest. So the model is taken as it stands, with some other numbers of consumers. The explorer that
challenges every verdict looks for runs that contradict what is proved, and all consumers do the same in turn. That
neither finds one proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from spillproof.model.system import Model
from spillproof.properties.claims import Claim
from spillproof.properties.engines.challenge.challenge import LEAST_SECONDS, SHARE, challenge
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.verdict import Disputed, Proved, Report, Result

NUMBERS = {3: 3, 1: 1, 4: 1, 5: 1, 6: 1}
"""How many consumers there are, and how many times the work of a challenge each number has. Two were challenged before
in most models, and what counts consumers mostly shows at three."""


def other_numbers(own: object) -> dict[int, int]:
    """Return the numbers that are tried where a model has its `own`: two in the stead of that, which was challenged."""
    return {2 if number == own else number: times for number, times in NUMBERS.items()}


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
    least = max(LEAST_SECONDS / SHARE, seconds / sum(numbers.values()))
    found: dict[str, str] = {}
    for number, times in numbers.items():
        limits.check()
        limits.progress(f"{counted_by}={number}: looking for runs that contradict what is proved")
        left = [claim for claim in claims if claim.name not in found]
        try:
            larger = type(model)(**{**model.scope, counted_by: number})
            false = _false(larger, left, times * least, inf if limits.deadline is None else limits.deadline, number)
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
    challenge(report, work, deadline=deadline, in_turn=number)
    return {
        result.claim.name: ", ".join(result.verdict.run) or result.verdict.why
        for result in report.results
        if isinstance(result.verdict, Disputed)
    }


def _told(error: Exception) -> str:
    said = str(error)
    return f"{type(error).__name__}{f': {said}' if said else ''}"
