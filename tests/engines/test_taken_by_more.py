"""A run of two consumers is taken by more of them: as it stands, with steps taken again, or not at all."""

from __future__ import annotations

import pytest

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.catalogue import NO_EXCEPTION
from spillproof.properties.claims import Claim, always, sometimes
from spillproof.properties.engines.limits import UNLIMITED, Limits, OutOfTime
from spillproof.properties.engines.network.several import Several, several_of
from spillproof.properties.engines.network.taken_by_more import _Attempt, taken_by_more
from spillproof.properties.engines.question import Question
from spillproof.properties.engines.run import Run, Step, replay
from spillproof.properties.engines.verdict import Holds, Report, Result
from tests.engines.stores import Stores


class Worker(HeapObject):
    """Can be filled, and then fired."""

    filled: bool = False


class Workers(Model):
    """Read together when each was filled; whoever is fired after it was filled raises."""

    held: Bytes

    def begin(self, capacity: Bytes, workers: int = 2) -> None:
        self.held = capacity
        self.read_ = False
        self.workers: Bag[Worker] = Bag(Worker() for _ in range(workers))

    @action
    def fill(self, worker: Worker, size: Bytes) -> None:
        """Fill one that is empty."""
        require(not worker.filled)
        worker.filled = True
        self.held += size

    @action
    def fire(self, worker: Worker) -> None:
        """Raise, if it was filled."""
        require(not self.read_)
        if worker.filled:
            raise ValueError("filled")

    @action
    def read(self) -> None:
        """Read all."""
        require(all(each.filled for each in self.workers))
        self.read_ = True


@always
def nothing_is_read(now: Workers) -> bool:
    """Nothing is read."""
    return not now.read_


@sometimes(beside=nothing_is_read)
def all_is_read(now: Workers) -> bool:
    """All is read, and seven bytes are held."""
    return now.read_ and now.held == 7


def run(*steps: Step, capacity: int = 3) -> Run:
    """A run of two workers: the model is object 0, and they come next."""
    return Run(Workers(), (capacity,), steps)


FIRED = run(Step("fill", (1, 2)), Step("fire", (1,)))
ALL = run(Step("fill", (1, 2)), Step("fill", (2, 2)), Step("read", ()))


@pytest.mark.parametrize("more", [1, 3])
def test_a_run_that_raises(more: int) -> None:
    """The last step raises among five as well, in as many steps; before the last one no step may."""
    found = taken_by_more(Workers(workers=2 + more), FIRED, NO_EXCEPTION, more)

    assert found is not None
    assert ([each.action for each in found.steps], replay(found)[-1].raised[:10]) == (["fill", "fire"], "ValueError")
    goes_on = run(Step("fill", (1, 2)), Step("fire", (1,)), Step("fill", (2, 2)))
    assert taken_by_more(Workers(workers=2 + more), goes_on, NO_EXCEPTION, more) is None


def test_steps_that_others_take_as_well() -> None:
    """All are read when each was filled: the one more is filled, too, by the same action with the same size."""
    found = taken_by_more(Workers(workers=3), ALL, nothing_is_read, 1)

    assert found is not None
    assert [each.action for each in found.steps] == ["fill", "fill", "fill", "read"]
    assert {each.arguments[1] for each in found.steps[:3]} == {2}
    assert len({each.arguments[0] for each in found.steps[:3]}) == 3
    assert taken_by_more(Workers(workers=5), ALL, nothing_is_read, 1) is None  # each fills two, and one is left


@pytest.mark.parametrize(("workers", "length"), [(2, 3), (3, None)])
def test_a_run_that_shows_a_witness(workers: int, length: int | None) -> None:
    """Seven bytes of three and twice two are held by two; by three there are nine, and nothing is shown."""
    found = taken_by_more(Workers(workers=workers), ALL, all_is_read, workers - 2)

    assert (None if found is None else len(found)) == length


def test_a_beginning_that_is_another() -> None:
    """What the scope leaves open is as it was in the run."""
    found = taken_by_more(Workers(workers=3), run(*ALL.steps, capacity=5), nothing_is_read, 1)

    assert found is not None
    assert found.opening == (5,)


def several(claims: list[Claim], limits: Limits = UNLIMITED) -> tuple[Several, list[list[str]]]:
    """A question about four stores, and which claims were asked otherwise."""
    asked: list[list[str]] = []

    def answer(question: Question, _limits: Limits) -> Report:
        asked.append([each.name for each in question.claims])
        return Report(question.model, [Result(each, Holds("some"), "other", 1.0) for each in question.claims])

    question = Question(Stores(stores=4), claims, [], [], each_action=False)
    return Several(question, "stores", limits, answer, lambda *_: {}), asked


@always
def first(now: Stores) -> bool:
    """Nothing is free below 0."""
    return now.free >= 0


@always
def second(now: Stores) -> bool:
    """Nothing is free above all."""
    return now.free <= now.capacity


def test_what_is_left_is_asked_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the time for any number was up before anything was known, everything; else what is not known."""
    asking, asked = several([first, second])
    known = Report(asking.model, [Result(first, Holds("any number"), "network", 1.0)])
    monkeypatch.setattr(Several, "known", lambda _self: known)
    assert [(each.claim, each.verdict) for each in asking.answered().results] == [
        (first, Holds("any number")), (second, Holds("some")),
    ]  # fmt: skip
    assert asked == [["second"]]

    def too_late(_self: Several) -> Report:
        raise OutOfTime

    monkeypatch.setattr(Several, "known", too_late)
    assert [each.claim for each in asking.answered().results] == [first, second]
    assert asked == [["second"], ["first", "second"]]


def test_how_many_consumers_are_several() -> None:
    """So many as were named, or more; a scope that is no number is none."""
    assert several_of(Stores(stores=4), 3) == several_of(Stores(stores=3), 3) == "stores"
    assert several_of(Stores(stores=2), 3) is None


def test_what_was_tried_is_not_tried_again() -> None:
    """Of five workers, alike but for being filled, four can be filled in two steps taken twice, in whatever order.

    There are five states with 0 to 4 of them filled, at most three steps to be next and two that may be taken again:
    fewer than thirty places, from each of which at most five steps are tried.
    """
    attempt = _Attempt(Workers(workers=5), ALL, nothing_is_read, 1)

    assert list(attempt.runs()) == []
    assert len(attempt.met) < 30
    assert attempt.tried < 150
