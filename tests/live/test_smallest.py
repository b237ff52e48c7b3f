"""Which of the smallest runs are taken: with which keys, and which sizes."""

from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

from spillproof.properties.live import Adapter, check_live
from spillproof.properties.live.move import Move
from spillproof.properties.live.own import step
from spillproof.properties.live.session import Session
from spillproof.properties.live.sizes import extremes_of
from spillproof.properties.live.verdicts import Falsified


class Asked(Adapter):
    """Room for two values of one unit. What was asked for least is dropped, and what is only asked for counts."""

    drops, most, oversized = True, 1, False
    faults: ClassVar = frozenset({"missing"})

    def begin(self, folder: Path) -> None:
        del folder
        self.values: dict[str, Any] = {}
        self.asked: Counter[str] = Counter()

    def put(self, key: str, value: Any) -> None:
        if key not in self.values and len(self.values) == 2:
            least = min(self.asked, key=lambda each: self.asked[each])
            self.values.pop(least, None)
            del self.asked[least]
        self.values[key] = value
        self.asked[key] = 1

    def get(self, key: str) -> Any:
        self.asked[key] += 1
        return self.values.get(key)

    def keys(self) -> list[str]:
        return list(self.values)

    def accounted(self) -> int:
        return sum(map(len, self.values.values()))

    def capacity_of_pool(self) -> int:
        return 2 * 1024


def test_a_key_that_was_asked_for_is_another_than_one_that_was_not() -> None:
    """So that values are put under it, and under others."""
    with Session(Asked) as playing:
        playing.take(Move("get_missing", "a"))

        assert [move.key for move in playing.possible([1]) if move.action == "put"] == ["a", "b"]


def test_keys_of_which_no_step_was_are_alike() -> None:
    """The first of them stands for all."""
    with Session(Asked) as playing:
        assert [move.key for move in playing.possible([1]) if move.action == "put"] == ["a"]


def test_what_was_only_asked_for_is_dropped_in_the_place_of_a_value() -> None:
    """No random run is needed: it is among the smallest."""
    verdict = check_live(Asked, ["acquired_can_be_allocated"], examples=20).of("acquired_can_be_allocated")

    assert isinstance(verdict, Falsified)
    assert [step.spelled for step in verdict.steps[1:]] == [
        "get_missing(a)",
        "put(b, 1024)",
        "put(c, 1024)",
        "put(a, 1024)",
    ]
    assert verdict.minimal


class Spilling(Adapter):
    """Has no capacity that is told; what is large goes another way."""

    larger = (7,)

    def begin(self, folder: Path) -> None:
        del folder

    def put(self, key: str, value: Any) -> None:
        del key, value

    def accounted(self) -> int:
        return 0

    def spill(self) -> int:
        return 0


def test_the_smallest_and_the_largest_are_tried_apart_from_the_others() -> None:
    """Where there is no capacity to fill; and the largest of those that may stay. Of two sizes none can be left out."""
    assert extremes_of(Spilling) == (1, 4, 7)
    assert extremes_of(Asked) == ()


class Racing(Adapter):
    """Notices it where another puts meanwhile; and cannot read where there are two."""

    faults: ClassVar = frozenset({"second_thread"})
    most = 1

    def begin(self, folder: Path) -> None:
        del folder
        self.values: dict[str, Any] = {}

    def put(self, key: str, value: Any) -> None:
        before = len(self.values)
        self.values[key] = value
        if len(self.values) > before + 1:
            raise RuntimeError("met")

    def get(self, key: str) -> Any:
        if len(self.values) > 1:
            raise RuntimeError("two")
        return self.values[key]

    def accounted(self) -> int:
        return sum(map(len, self.values.values()))


def test_beside_a_run_of_two_threads_one_without_them_is_told() -> None:
    """It is longer, and shows another defect."""
    verdict = check_live(Racing, ["no_exception"], examples=20).of("no_exception")

    assert isinstance(verdict, Falsified)
    assert "and" in verdict.script[-1].action
    assert ["put", "put", "get"] in [[move.action for move in each.script] for each in verdict.also]


class FailingInManyWays(Adapter):
    """Four steps of its own fail, each in its own way."""

    def begin(self, folder: Path) -> None:
        del folder
        self.values: dict[str, Any] = {}

    def put(self, key: str, value: Any) -> None:
        self.values[key] = value

    @step
    def one(self) -> None:
        raise RuntimeError("the first")

    @step
    def two(self) -> None:
        raise RuntimeError("the second")

    @step
    def three(self) -> None:
        raise RuntimeError("the third")

    @step
    def four(self) -> None:
        raise RuntimeError("the fourth")

    def accounted(self) -> int:
        return sum(map(len, self.values.values()))


def test_each_step_that_breaks_a_claim_is_told_of() -> None:
    """With what it raises: behind each may be another defect, which would be hidden by the others."""
    report = check_live(FailingInManyWays, ["no_exception"], examples=1)
    verdict = report.of("no_exception")

    assert isinstance(verdict, Falsified)
    assert {each.script[-1].action for each in (verdict, *verdict.also)} == {"one", "two", "three", "four"}
    assert all(f"the {word}" in str(report) for word in ("first", "second", "third", "fourth"))
