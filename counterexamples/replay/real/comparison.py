"""A run of a model beside the same on real Spark: where the two part, if they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spillproof.counterexamples.replay.real.driver import Driver, Seen
from spillproof.counterexamples.replay.real.expectation import After
from spillproof.counterexamples.replay.real.units import Units

ATTEMPTS = 20
"""How often a run is taken in which Spark chose another of several equal victims: it goes by identity hashes."""


@dataclass(frozen=True)
class Compared:
    """Both runs, and the first step at which they part."""

    model: tuple[After, ...]
    real: tuple[Seen, ...]
    units: Units
    parted: int | None = None
    words: tuple[str, ...] = ()
    """How they part."""


def compare(driver: Driver, run: Sequence[After]) -> Compared:
    """Take a run on real Spark; where the model chose among equal victims, until Spark chooses alike."""
    found = _compare(driver, run)
    for _ in range(ATTEMPTS - 1):
        if found.parted is None or not _chosen(run, found.parted):
            break
        found = _compare(driver, run)
    return found


def _chosen(run: Sequence[After], until: int) -> bool:
    return any(each.deed is not None and each.deed.tie for each in run[: until + 1])


def _compare(driver: Driver, run: Sequence[After]) -> Compared:
    taken: list[Seen] = []
    for expected, seen in zip(run, driver.drive(run), strict=False):
        taken.append(seen)
        if words := tuple(differences(expected, seen, driver.units)):
            return Compared(tuple(run), tuple(taken), driver.units, len(taken) - 1, words)
    return Compared(tuple(run), tuple(taken), driver.units)


def differences(expected: After, seen: Seen, units: Units) -> Iterator[str]:
    """Yield how real Spark is not as the model says after a step, each in a few words."""
    if kind_of(expected.raised) != kind_of(seen.raised):
        yield f"the model raises {expected.raised or 'nothing'}, Spark {seen.raised or 'nothing'}"
        return
    if expected.raised:
        return  # in the middle of a step there is nothing to hold against each other
    if not units.same(expected.pool, seen.pool):
        yield f"the pool has granted {expected.pool} = {units.of(expected.pool):,} by the model, {seen.pool:,} on Spark"
    for name, each in expected.consumers.items():
        yield from _of_consumer(name, each.used, each.held, seen, units)
    if expected.deed is not None and expected.deed.action == "pull" and expected.deed.delivers != (seen.delivered > 0):
        yield f"{expected.deed.consumer} delivers {'a' if expected.deed.delivers else 'no'} record by the model only"


def _of_consumer(name: str, used: int, held: int, seen: Seen, units: Units) -> Iterator[str]:
    if not units.same(used, seen.used.get(name, 0)):
        yield f"{name} uses {used} = {units.of(used):,} by the model, {seen.used.get(name, 0):,} on Spark"
    if seen.alive is not None and (held > 0) != units.counts(seen.held(name)):
        yield (f"of {name}, {held} is released and reachable by the model" + f", {seen.held(name):,} on Spark")


def kind_of(raised: str) -> str:
    """Return the class of an exception without its package and its message."""
    return raised.partition(":")[0].partition(" ")[0].rpartition(".")[2]
