"""The smallest runs of a running manager, in their order, and random ones; which claims they break."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from spillproof.properties.claims import Claim
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.calibration import calibrate, warm_up
from spillproof.properties.live.frontier import Frontier, Hit
from spillproof.properties.live.machine import LiveMachine, machine_of
from spillproof.properties.live.measure import frozen
from spillproof.properties.live.move import Script
from spillproof.properties.live.offers import operations_of
from spillproof.properties.live.residue import emptied
from spillproof.properties.live.session import Session, false_at
from spillproof.properties.live.sizes import extremes_of, sizes_of
from spillproof.properties.live.unheard import warn_of_unheard

STEPS = 20
"""How many steps a random run has at most, beside those that end it."""

SMALL = 250
"""So many of the smallest runs are taken, in order, before those at random, with values of one unit, and again with
values of every size that is tried: they depend on no chance."""

FULL = 500
"""So many of the smallest runs, where there is a capacity, with values of one unit and such as fill it: what needs a
full manager after a few other steps is deeper than the others come."""

EACH = 12
"""No more than so many for each run at random: where few of these are wanted, the check is to be short."""

AT_ONCE = 600
"""So many of them, with values of one unit, where two steps may be taken at once."""

PARTED = 20
"""So often random runs are begun again where the manager does not do the same twice."""

SUSPECTS = 5
"""So many scripts that broke a claim are kept, in case that one of them does not break it again."""


@contextmanager
def measuring(adapter: type[Adapter]) -> Iterator[None]:
    """Let an adapter's measure work, undisturbed by the collector, as long as this lasts."""
    operations_of(adapter)  # refuses an adapter that no run could be taken on
    with adapter.measured_by.at_work():
        warm_up(adapter)
        with frozen():
            yield


@dataclass
class Search:
    """What runs have shown."""

    narrow: Frontier
    """The smallest, in order, with values of one unit."""
    frontier: Frontier
    """The smallest, in order, with values of every size that is tried."""
    full: Frontier
    """The smallest, in order, with values of one unit and such as fill the capacity, or are the largest."""
    deep: Frontier
    """The smallest, in order, with values of one unit and no two steps at once, where `narrow` has such."""
    runs: int = 0
    """At random."""
    steps: int = 0
    parted: int = 0
    """How often Hypothesis had to be begun again, as a run did not go as it had gone before."""
    found: dict[Hit, list[Script]] = field(default_factory=dict)
    """For each claim, and the step that broke it, some random scripts, the shortest first."""
    counts: dict[str, int] = field(default_factory=dict)
    emptied: list[Script] = field(default_factory=list)
    """Random runs, each with what empties the manager after it."""

    @property
    def adapter(self) -> type[Adapter]:
        return self.frontier.kind

    @property
    def frontiers(self) -> tuple[Frontier, ...]:
        return self.narrow, self.frontier, self.full, self.deep

    def smallest(self, claim: Claim) -> list[Script]:
        """Return those of the smallest runs that broke a claim, the shortest first."""
        return sorted((script for each in self.frontiers for script in each.scripts(claim)), key=len)

    def note(self, claim: Claim, script: Script) -> None:
        """Keep a script that breaks a claim, or shows it, if it is among the shortest."""
        self.counts[claim.name] = self.counts.get(claim.name, 0) + 1
        known = self.found.setdefault((claim.name, script[-1].action), [])
        known.append(script)
        known.sort(key=len)
        del known[SUSPECTS:]

    def every(self, claim: Claim) -> list[Script]:
        """Return all scripts that broke a claim."""
        return [*self.smallest(claim), *self.scripts(claim)]

    def shown(self, claim: Claim) -> int:
        """Return how many runs broke a claim, or showed it."""
        counts = self.counts, *(each.counts for each in self.frontiers)
        return sum(each.get(claim.name, 0) for each in counts)

    def certifies(self, length: int) -> str:
        """Return in words that no run of fewer steps breaks a claim; nothing where that is not known."""
        words = self.frontier.certifies(length)
        if not words or "second_thread" not in self.adapter.faults:
            return words
        return f"{words}; two steps at once with values of 1 unit" if self.narrow.certifies(length) else ""

    def scripts(self, claim: Claim) -> list[Script]:
        """Return the random scripts that broke a claim, and those that did when they were ended, the shortest first."""
        found = [each for (name, _), some in self.found.items() if name == claim.name for each in some]
        later = [each for (name, _), each in self.narrow.later.items() if name == claim.name]
        return sorted([*found, *later], key=len)


class RandomMachine(LiveMachine):
    """Takes random steps, and goes on when a claim is false: others may be, later in the run."""

    search: ClassVar[Search]

    def __init__(self) -> None:
        super().__init__()
        self.search.runs += 1
        self.told: set[str] = set()

    def hit(self, claim: Claim) -> None:
        if claim.name in self.told:
            return
        self.told.add(claim.name)
        self.search.note(claim, tuple(self.script))

    def teardown(self) -> None:
        if script := emptied(self.playing, tuple(self.script)):
            self.search.emptied.append(script)
        super().teardown()
        self.search.steps += len(self.script)


def searched(
    adapter: type[Adapter],
    claims: list[Claim],
    profile: settings,
    *,
    steps: int = STEPS,
    seed: int | None = 0,
    given: Iterable[Script] = (),
    smallest: bool = True,
) -> Search:
    """Take the smallest runs, which no seed changes, those that are given, and some at random."""
    warn_of_unheard(adapter)
    calibrate(adapter)
    narrow = Frontier(adapter, claims, (1,), at_once=True)
    wide, full = (Frontier(adapter, claims, each) for each in (sizes_of(adapter), extremes_of(adapter)))
    search = Search(narrow, wide, full, Frontier(adapter, claims, (1,)))
    if smallest:
        _take_smallest(search, min(SMALL, EACH * profile.max_examples))
    for script in given:
        _take(search, claims, script)
    go_on_at_random(search, claims, profile, steps=steps, seed=seed)
    return search


def go_on_at_random(search: Search, claims: list[Claim], profile: settings, *, steps: int, seed: int | None) -> None:
    """Take as many random runs as a profile says; where one does not go as before, others with another seed."""
    machine: Any = machine_of(search.adapter, claims, RandomMachine)
    machine.search = search
    wanted = search.runs + profile.max_examples
    for again in range(PARTED if Phase.generate in profile.phases else 0):
        left_over = settings(profile, max_examples=wanted - search.runs)
        if _taken_at_random(machine, left_over, steps, seed if not again else (seed or 0) + again):
            break
        search.parted += 1
        if search.runs >= wanted:
            break
    gc.collect()
    gc.freeze()  # what Hypothesis keeps need not be looked at again


def _take_smallest(search: Search, small: int) -> None:
    has_pairs = "second_thread" in search.adapter.faults
    search.narrow.go_on(AT_ONCE if has_pairs else small)
    search.frontier.go_on(small)
    if search.full.sizes:
        search.full.go_on(min(FULL * (len(search.full.sizes) - 1), 3 * small))
    if has_pairs:
        search.deep.go_on(small)


def _take(search: Search, claims: list[Claim], script: Script) -> None:
    """Take a script that is given, as far as it can be taken."""
    told: set[str] = set()
    with Session(search.adapter, claims, alone=True) as playing:
        for place, move in enumerate(script):
            if not playing.can(move) or playing.steps[-1].raised:
                return
            playing.take(move)
            for claim in claims:
                if claim.name not in told and false_at(claim, playing.steps) is not None:
                    told.add(claim.name)
                    search.note(claim, script[: place + 1])


def _taken_at_random(machine: Any, profile: settings, steps: int, seed: int | None) -> bool:
    """Take random runs; return False where one went another way than it had before, so that Hypothesis gave up.

    A manager with threads need not do the same twice. What was found until then counts, and is taken again anyway.
    """
    try:
        run_state_machine_as_test(
            machine if seed is None else hypothesis.seed(seed)(machine),
            settings=settings(
                profile,
                stateful_step_count=steps,
                phases=[Phase.generate],
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType] # its metaclass hides them
            ),
        )
    except Flaky:
        return False
    return True
