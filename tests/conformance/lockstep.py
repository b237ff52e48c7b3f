"""A model and real Spark taken in lockstep: a step in both, and then what one can see of both is compared."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from spillproof.counterexamples.replay.real.comparison import differences
from spillproof.counterexamples.replay.real.driver import Driver
from spillproof.counterexamples.replay.real.expectation import After, Reading
from spillproof.counterexamples.replay.real.units import units_of
from spillproof.counterexamples.replay.real.worker import Worker
from spillproof.model.state import snapshot
from spillproof.model.system import Model
from spillproof.properties.engines.run import Moment, Playing, Script, Step

T = TypeVar("T")

LOOK = "look"
"""What a driver of threads is told where it is only to wait until they rest, and say again what it sees."""

LOOKS = 5
"""How often it is looked again. A thread that was woken counts as one that waits until it runs."""


def in_time(see: Callable[[str], T], what: str, is_possible: Callable[[T], bool]) -> T:
    """Do something on Spark, and return what is seen of it: perhaps only at a later look.

    On a busy machine a thread may not have run yet; and a frame of Java may hold what it needs no more.
    """
    seen = see(what)
    for _ in range(LOOKS):
        if is_possible(seen):
            break
        time.sleep(0.2)
        seen = see(LOOK)
    return seen


class Choosing(Script):
    """Makes choices by number among those that are equally good, the first where nobody said; and notes how many."""

    def __init__(self, wanted: Sequence[int], doing: str) -> None:
        super().__init__((), doing)
        self.wanted = list(wanted)
        self.open: list[int] = []
        self.made: list[int] = []

    def choose(self, options: int) -> int:
        return self._pick(range(options))

    def prefer(self, options: int, best: Callable[[], Sequence[int]]) -> int:
        return self._pick(best())

    def _pick(self, equal: Sequence[int]) -> int:
        place = self.wanted[len(self.open)] if len(self.open) < len(self.wanted) else 0
        self.open.append(len(equal))
        self.made.append(equal[place])
        return self.made[-1]


def next_choice(made: Choosing) -> list[int] | None:
    """Return the choices to try after these, or None when all were tried."""
    digits = [*made.wanted, *([0] * (len(made.open) - len(made.wanted)))][: len(made.open)]
    while digits:
        if digits[-1] + 1 < made.open[len(digits) - 1]:
            return [*digits[:-1], digits[-1] + 1]
        digits.pop()
    return None


class Lockstep:
    """A run of a model of maps or sorters, and the same on Spark."""

    def __init__(self, worker: Worker, model: Model, capacity: int, *, looking: bool) -> None:
        self.model = model
        self.playing = Playing(model)
        self.moments: list[Moment] = [self.playing.begin((capacity,))]
        self.driver = Driver(worker, units_of(capacity, [1]), looking=looking)
        self.driver.begin()
        self.numbers = [
            number
            for each, number in zip(self.moments[0].objects, self.moments[0].numbers, strict=True)
            if getattr(each, "short_name", "") in ("E", "S")
        ]
        """Of the consumers, in the order in which the model made them."""
        self.taken: list[Step] = []

    @property
    def ended(self) -> bool:
        """Return whether nothing can follow."""
        return bool(self.moments[-1].raised) or self.playing.state.ended

    def consumer(self, which: int) -> Any:
        """Return a consumer, as it is in the present state."""
        return self.playing.numbering.kept[self.numbers[which % len(self.numbers)]]

    def iterators(self) -> list[Any]:
        """Return the iterators that the application may pull."""
        downstream = self.playing.state.downstream
        held = downstream.rdd_iterators if hasattr(downstream, "rdd_iterators") else downstream.iterators
        return [each for each in held if downstream.pulls(each)]

    def step(self, action: str, target: Any = None, *arguments: int) -> bool:
        """Take a step in both; return whether it could be taken. Raises `AssertionError` where they part."""
        objects = [id(each) for each in snapshot(self.playing.state).objects]
        given = () if target is None else (objects.index(id(target)),) if id(target) in objects else None
        if given is None:
            return False
        step = Step(action, (*given, *arguments))
        script = Choosing((), action)
        moment = self.playing.take(step, script)
        if moment.refused:
            self.go_back()
            return False
        after = self.expect(moment)
        assert after.deed is not None
        seen = self.driver.take(after.deed)
        while words := list(differences(after, seen, self.driver.units)):
            other = next_choice(script)
            assert other is not None, self.told(moment, words)
            self.moments.pop()
            self.go_back()
            script = Choosing(other, action)
            moment = self.playing.take(step, script)
            after = self.expect(moment)
        self.taken.append(replace(step, picks=tuple(script.made)))
        return True

    def expect(self, moment: Moment) -> After:
        """Return what the model says of Spark after a step."""
        self.moments.append(moment)
        return Reading(self.moments).after(len(self.moments) - 1)

    def go_back(self) -> None:
        """Undo the last step of the model: take again what was taken before."""
        self.playing = Playing(self.model)
        self.playing.begin((self.moments[0].state.task_memory_manager.pool.pool_size,))
        for step in self.taken:
            self.playing.take(step)

    def told(self, moment: Moment, words: Sequence[str]) -> str:
        """Return the run and how the two part at its end."""
        steps = [each.spelled for each in self.moments[:-1]]
        return "\n".join([*steps, f"{moment.spelled}  ◀ here the two part:", *(f"  {each}" for each in words)])


def fits(consumer: Any, size: int) -> int:
    """Return a size that a consumer of Spark can ask for: at least as much as it has."""
    return max(size, int(consumer.used))
