"""Where a hunt ends, which sizes a way out is looked for with, and how seldom garbage is looked for meanwhile."""

from __future__ import annotations

import gc
from math import inf
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action
from spillproof.properties.engines.challenge import traps
from spillproof.properties.engines.challenge.challenge import Challenge
from spillproof.properties.engines.challenge.scratch import Allowance
from spillproof.properties.engines.garbage import THRESHOLDS, looked_for_seldom
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.engines.verdict import Holds, Never, Proved, Report, Unknown, Verdict, Violated


class Below(Model):
    """Counts down, below 0, and raises at the third step."""

    left: Bytes
    steps: int

    def begin(self) -> None:
        self.left, self.steps = 3, 0

    @action
    def take(self, size: Bytes) -> None:
        """Take some."""
        self.left -= size
        self.steps += 1
        if self.steps > 2:
            raise RuntimeError("thrice")


@pytest.mark.parametrize(
    ("sizes", "ended"), [((), False), ((1,), False), ((3,), False), ((4,), True), ((1, 3), True), ((1, 1, 1), True)]
)
def test_where_nobody_goes_on(sizes: tuple[int, ...], *, ended: bool) -> None:
    """Where a counter is below 0, and where a step raised."""
    challenge = Challenge(Report(Below()), Allowance(1000))
    (taken,) = challenge.ends(Run(Below(), (), tuple(Step("take", (size,)) for size in sizes)))

    assert challenge.hunt.meet(taken, None) is ended


THRICE = Run(Below(), (), (Step("take", (1,)),) * 3)


@pytest.mark.parametrize(
    ("verdict", "steps", "sizes"),
    [
        (Proved("all", None), inf, ()),
        (Holds("sizes up to 3 and at most 5 steps"), inf, (1, 2, 3)),
        (Holds("runs of at most 5 steps"), 5, ()),
        (Holds("anything else"), -1, ()),
        (Violated(THRICE, 1, 1, "minimal"), 2, ()),
        (Violated(THRICE, 1, 1), -1, ()),
        (Unknown("why", 4), 4, ()),
        (Unknown("why"), -1, ()),
        (Never("all"), -1, ()),
    ],
)
def test_how_far_a_verdict_speaks(verdict: Verdict, steps: float, sizes: tuple[int, ...]) -> None:
    """A proof of every run; bounds of those within; a shortest run of shorter ones; else of none, nor the first."""
    assert traps._speaks_of(verdict) == (steps, sizes)


def test_sizes_that_a_trap_suggests(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones, what there is and all of it, large ones, those next to what there is, and twice as much."""
    monkeypatch.setattr(traps, "FIRST", (1, 2))
    monkeypatch.setattr(traps, "LARGE", (50, 1000))
    monkeypatch.setattr(traps, "MOST_SIZES", 99)
    objects = [SimpleNamespace(used=50, name="x", below=-5, empty=0, whole=True), SimpleNamespace(used=7)]
    taken: Any = SimpleNamespace(spelling=SimpleNamespace(objects=objects))
    claim: Any = SimpleNamespace(function=lambda now: now.used == 0)
    assert traps._suggested(taken, claim) == (1, 2, 50, 7, 57, 1000, 49, 51, 6, 8, 56, 58, 114)
    monkeypatch.setattr(traps, "MOST_SIZES", 4)
    assert traps._suggested(taken, claim) == (1, 2, 50, 7)
    empty: Any = SimpleNamespace(spelling=SimpleNamespace(objects=[]))
    monkeypatch.setattr(traps, "MOST_SIZES", 99)
    assert traps._suggested(empty, claim) == (1, 2, 50, 1000)


def test_sizes_that_stand_in_the_code_are_suggested() -> None:
    """Of the claim, of classes, and of a module where they ask it for one; the largest of them."""

    class Pool:
        quantum = 512

        def grow(self, size: int) -> bool:
            return size >= 2**64 or size > LIMIT

    taken: Any = SimpleNamespace(spelling=SimpleNamespace(objects=[Pool()]))
    claim: Any = SimpleNamespace(function=lambda now: now.used < 2)

    assert traps._suggested(taken, claim)[4:] == (512, 513, LIMIT, LIMIT + 1, 2**64, 2**64 + 1)
    large: Any = SimpleNamespace(function=lambda now: now.used < 2**70)
    assert traps._suggested(taken, large)[-2:] == (2**70, 2**70 + 1)


LIMIT = 4_096


@pytest.mark.usefixtures("thawed")
@pytest.mark.parametrize("frozen", [False, True])
def test_garbage_is_looked_for_seldom(*, frozen: bool) -> None:
    """And not in what was there, unless somebody has seen to that; afterwards all is as it was."""
    before = gc.get_threshold()
    if frozen:
        gc.freeze()
    with looked_for_seldom():
        assert gc.get_threshold() == THRESHOLDS
        assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == before
    assert (gc.get_freeze_count() > 0) is frozen
