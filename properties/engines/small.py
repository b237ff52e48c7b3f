"""Violations at the smallest sizes, where every state can be looked at, however deep: a bound for whoever certifies.

What is found is shortest at these sizes; whether a run with larger ones is shorter, this does not say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from spillproof.model.errors import ModelError
from spillproof.model.system import Model
from spillproof.properties.claims import Claim, ClaimError
from spillproof.properties.engines.exploration.explore import explore
from spillproof.properties.engines.exploration.layers import Bounds
from spillproof.properties.engines.limits import UNLIMITED, Limits, OutOfTime
from spillproof.properties.engines.run import Run, false_at, replay, sizes_of

SIZES = (1, 2)
"""The largest sizes, one search for each."""

MOST_STATES = 400
"""States of one search: a second or two."""

MOST_STEPS = 60
"""Longer runs are not shortened, as each attempt replays one."""


def small_runs(model: Model, claims: Iterable[Claim], limits: Limits = UNLIMITED) -> dict[str, Run]:
    """Return for each claim, by its name, the shortest run at the smallest sizes that violates it, if one was found.

    Ends after so many states, the same ones on every machine. Raises `OutOfTime` at the deadline, and `ClaimError` for
    a claim that cannot be asked.
    """
    found: dict[str, Run] = {}
    left = list(claims)
    for largest in SIZES:
        bounds = Few(largest, depth=limits.max_steps, deadline=limits.deadline, until_decided=True)
        found |= explore(model, left, bounds).violations if left else {}
        left = [claim for claim in left if claim.name not in found]
        limits.check()
    return found


@dataclass(frozen=True)
class Few(Bounds):
    """Bounds that end a search after so many states."""

    most: int = MOST_STATES
    expanded: list[None] = field(default_factory=list)

    def check_time(self) -> None:
        super().check_time()
        self.expanded.append(None)
        if len(self.expanded) > self.most:
            raise OutOfTime


def trimmed(run: Run, claim: Claim) -> Run:
    """Return a run that violates a claim as this one does, without steps that it does not need.

    No step of what is returned can be left out by itself; that there is no shorter run is not said.
    """
    place = 0
    while place < len(run) <= MOST_STEPS:
        shorter = _cut(replace(run, steps=(*run.steps[:place], *run.steps[place + 1 :])), claim)
        if shorter is None:
            place += 1
        else:
            run = shorter
    return run


def _cut(run: Run, claim: Claim) -> Run | None:
    """Return a run up to where it violates a claim; None where it does not, or cannot be taken."""
    try:
        moments = replay(run)
        at = false_at(claim, moments)
    except ClaimError:
        raise
    except ModelError:
        return None
    if at is None or any(size < 0 for moment in moments[:at] for size in sizes_of(moment.state)):
        return None
    return replace(run, steps=run.steps[:at])
