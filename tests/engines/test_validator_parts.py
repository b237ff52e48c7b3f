"""Parts of the validation by themselves: when it is done, what is taken together, what is drawn, how far one walks."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.limits import Limits
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.validation import validator
from spillproof.properties.engines.validation.pattern import Difference
from spillproof.properties.engines.validation.trial import TrialChoices
from spillproof.properties.engines.validation.validator import AT_ONCE, Validator
from spillproof.properties.engines.validation.walks import Walks

fake: Any = SimpleNamespace
"""Something with these attributes, in the stead of an engine's own."""


@pytest.fixture(scope="module")
def automaton() -> Automaton:
    """A small one, of which all is done in a moment."""
    return extract(find("lesson:pool").build(), [], Feasibility())


class Drawn(random.Random):
    """Draws what it is told: the last of a range for 1, the first for 0."""

    def __init__(self, *kinds: int, last: bool = True) -> None:
        super().__init__()
        self.kinds, self.last, self.ranges = [*kinds], last, list[int]()

    def randrange(self, stop: int, *_: Any) -> int:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # it has one argument
        self.ranges.append(stop)
        if stop == 3 and self.kinds:
            return self.kinds.pop(0)
        return stop - 1 if self.last else 0

    def choice(self, seq: Sequence[Any]) -> Any:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # likewise
        return seq[-1 if self.last else 0]


# How far it goes


@pytest.mark.parametrize(("edges", "once", "owed"), [
    (4000, False, True), (4001, False, False), (12, True, True), (13, True, False),
])  # fmt: skip # a table
def test_what_is_done_whatever_it_takes(edges: int, automaton: Automaton, *, once: bool, owed: bool) -> None:
    """Everything once, of what is not large; and all of what is very small."""
    validating = Validator(automaton)
    validating.automaton = fake(edges=[None] * edges)
    validating.once = once

    assert validating.is_owed() is owed


def test_how_long_it_goes_on(automaton: Automaton, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few pieces of work at once, until the time is up, or all was done once, or all is done."""

    def work(validating: Validator, pieces: int, once: int) -> Iterator[None]:
        for place in range(pieces):
            validating.once = place >= once
            done.append(place)
            yield

    def made(*, owed: bool, limits: Limits | None = None) -> Validator:
        done.clear()
        monkeypatch.setattr(Validator, "is_owed", lambda _: owed)
        validating = Validator(automaton, limits or Limits())
        validating.left = work(validating, 3 * AT_ONCE, AT_ONCE)
        return validating

    done: list[int] = []
    seconds = itertools.count()
    monkeypatch.setattr(time, "process_time", lambda: float(next(seconds)))
    assert (made(owed=False).go_on(0.0), len(done)) == (False, 0)
    assert (made(owed=False).go_on(only_once=True), len(done)) == (False, 2 * AT_ONCE)
    assert (made(owed=True).go_on(0.0), len(done)) == (True, 3 * AT_ONCE)
    validating = made(owed=False)
    assert (validating.go_on(), validating.go_on(), len(done)) == (True, True, 3 * AT_ONCE)
    assert validating.seconds > 0
    late = made(owed=False, limits=Limits(0.0))
    assert (late.go_on(5.0), len(done)) == (False, 0)


# What is refused together


@pytest.mark.parametrize(
    ("refused", "differs", "together", "apart"),
    [
        ((True, True), False, 2, 0),
        ((True, True), True, 2, 2),  # one has changed the state
        ((True, False), False, 1, 2),
        ((False, True), False, 0, 2),
        ((), False, 0, 0),
    ],
)
def test_steps_that_are_refused_in_one_state(  # noqa: PLR0917 - a table
    refused: tuple[bool, ...], differs: bool, together: int, apart: int, automaton: Automaton,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """All are tried in one; where one is not refused after all, or changes it, each is tried in its own."""
    alone: list[Any] = []
    answers = iter(refused)

    def instance(_: Validator, each: Any, *__: Any) -> Iterator[None]:
        alone.append(each)
        yield

    pattern = fake(build=lambda _: [None], find=lambda *_: Difference("a", "1", "2") if differs else [0])
    monkeypatch.setattr(Validator, "is_refused", lambda *_: next(answers))
    monkeypatch.setattr(Validator, "instance", instance)
    validating = Validator(automaton)
    validating.records = fake(pattern=lambda _: pattern)
    several: list[Any] = [fake(source=0, width=0) for _ in refused]

    assert len([*validating.refused(several)]) == together + apart
    assert alone == several[:apart]


def test_a_step_that_is_something_else() -> None:
    """It made other choices, or was not refused, or was, other than it is recorded."""
    assert validator._strays(fake(picks=(1,), says=None), fake(record=1), (2,))
    assert not validator._strays(fake(picks=(1,), says=None), fake(record=1), (1,))
    assert validator._strays(fake(picks=(), says=None), fake(record=None), ())


# What is drawn


@pytest.mark.parametrize(("steps", "each", "runs"), [(5, 3, 2), (6, 3, 2), (7, 3, 3), (5, 0, 5), (1, 9, 1), (0, 9, 0)])
def test_so_many_steps_are_walked(steps: int, each: int, runs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In as many runs as they need; but in no more than there are steps, where runs come to nothing."""
    taken: list[int] = []

    def run(walks: Walks) -> Iterator[None]:
        walks.steps += each
        taken.append(each)
        yield

    monkeypatch.setattr(Walks, "run", run)
    walks = Walks(fake(automaton=None), fake(), random.Random(0))
    for again in (1, 2):
        assert len([*walks.go(steps)]) == runs
        assert len(taken) == again * runs


@pytest.mark.parametrize(
    ("chance", "values", "size"),
    [
        (Drawn(0), [5], 7),
        (Drawn(0, last=False), [5], 0),
        (Drawn(1), [], 7),  # there is none in the state
        (Drawn(1, 0), [4, 5], 5),
        (Drawn(1, 2), [4, 5], 3),
        (Drawn(1, 2), [1], 0),
        (Drawn(2), [5], (1 << 33) - 1),
        (Drawn(2), [], (1 << 33) - 1),
    ],
)
def test_sizes_that_are_drawn(chance: Drawn, values: list[int], size: int) -> None:
    """Small ones, those of the state or just below, and large ones."""
    assert Walks(fake(automaton=None), fake(), chance).size(values) == size


def test_choices_of_a_script() -> None:
    """As long as it lasts, where they are possible; then any; heuristics count unless they are left open."""
    choices = TrialChoices((2, 5, 1), Drawn(last=False), "load", any_preference=False)
    assert [choices.choose(3), choices.choose(3), choices.prefer(3, lambda: [1, 2]), choices.choose(3)] == [2, 0, 1, 0]
    assert choices.picks == [2, 0, 1, 0]
    for wide, pick in ((True, 0), (False, 1)):
        assert TrialChoices((0,), Drawn(last=False), "load", any_preference=wide).prefer(3, lambda: [1, 2]) == pick
