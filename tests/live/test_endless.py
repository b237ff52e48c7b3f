"""Managers that go round in a circle: the step is broken off, and told of, and the check goes on."""

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from spillproof.properties.live import Adapter, check_live, endless
from spillproof.properties.live.meanwhile import meet
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.verdicts import Falsified


class Circle(Adapter):
    """Looks for a free place, and has two; with both taken it looks for ever."""

    keys_used = ("a", "b", "c")
    most = 1

    def begin(self, folder: Path) -> None:
        del folder
        self.places: list[Any] = [None, None]

    def put(self, key: str, value: Any) -> None:
        del key
        at = 0
        while self.places[at] is not None:
            at = (at + 1) % len(self.places)
        self.places[at] = value

    def accounted(self) -> int:
        return sum(map(len, filter(None, self.places)))


@pytest.fixture(autouse=True)
def _brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endless, "LONG", 0.2)
    monkeypatch.setattr(endless, "SHORT", 0.1)
    monkeypatch.setattr(endless, "LIMITS", {})


def test_a_step_that_does_not_end_is_an_exception_of_the_manager() -> None:
    """With the shortest run, and nothing else is said of it."""
    report = check_live(Circle, ["no_exception"], examples=2)
    verdict = report.of("no_exception")

    assert isinstance(verdict, Falsified)
    assert len(verdict.script) == 3
    assert verdict.steps[-1].raised == "DoesNotEnd: the step works, and does not end"


@pytest.mark.parametrize("is_first", [True, False])
def test_one_of_two_steps_at_once_is_broken_off(*, is_first: bool) -> None:
    """Whichever of the two threads it is; both can be used again."""
    circle = Circle()
    circle.measure = Ledger()
    circle.begin(Path())
    circle.places = [b"1", b"2"]

    def turns() -> None:
        circle.put("a", b"3")

    works = (turns, lambda: None) if is_first else (lambda: None, turns)
    errors = meet(*works, 1, circle).errors

    assert isinstance(errors[0 if is_first else 1], endless.DoesNotEnd)
    assert errors[1 if is_first else 0] is None
    assert meet(lambda: 1, lambda: 2, 1, circle).results == [1, 2]


def test_what_is_caught_is_broken_off_sooner_the_next_time() -> None:
    """A task of a loop keeps the error for itself, so that nothing is raised here."""
    with endless.bounded(Circle), suppress(endless.DoesNotEnd):
        while True:
            pass

    assert endless.limit_of(Circle) == endless.SHORT


def test_the_timer_of_somebody_else_is_left_alone() -> None:
    """And so is another thread's; what is done there is not bounded."""
    done: list[int] = []

    def works() -> None:
        with endless.bounded(Circle):
            done.append(sum(range(10)))

    thread = threading.Thread(target=works)
    thread.start()
    thread.join()

    assert done == [45]
