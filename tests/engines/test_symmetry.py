"""Lists whose order costs shapes: which they are, and how many a Bag would have."""

from __future__ import annotations

from math import comb
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.engines.automaton import symmetry
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.symmetry import MANY, fewer_shapes
from spillproof.properties.engines.check import check
from spillproof.properties.engines.proof.solver import Feasibility

PHASES, READERS = 7, 3


class Reader(HeapObject):
    phase: int = 0
    held: Bytes = 0


class Readers(Model):
    """Each reader goes through its phases by itself."""

    def begin(self) -> None:
        self.readers: list[Reader] | Bag[Reader] = [Reader() for _ in range(READERS)]

    @action
    def go_on(self, reader: Reader) -> None:
        require(reader.phase < PHASES - 1)
        reader.phase += 1


class ReadersInABag(Readers):
    """The same, and nobody is first."""

    def begin(self) -> None:
        self.readers = Bag(Reader() for _ in range(READERS))


def hints(model: Model) -> list[str]:
    """What is said of a model."""
    return [*fewer_shapes(extract(model, (), Feasibility(), needed=frozenset()))]


def test_a_list_of_alike_objects_is_asked_about() -> None:
    """7 × 7 × 7 shapes; without an order, as many as there are multisets of three of seven: 9 over 3."""
    as_list, as_bag = PHASES**READERS, comb(PHASES + READERS - 1, READERS)
    assert as_list > MANY
    (hint,) = hints(Readers())

    assert hint.startswith("Readers.readers is a list of alike objects")
    assert hint.endswith(f"a Bag has {as_bag} shapes instead of {as_list}")
    assert len(extract(ReadersInABag(), (), Feasibility(), needed=frozenset()).shapes) == as_bag


def test_a_bag_and_a_small_model_are_not_asked_about() -> None:
    """There is nothing to gain."""

    class Few(Readers):
        def begin(self) -> None:
            self.readers = [Reader(), Reader()]

    assert hints(ReadersInABag()) == hints(Few()) == []


@pytest.mark.parametrize(
    ("shapes", "bags", "asked"),
    [
        (MANY - 1, 1, None),
        (MANY, MANY // 2, f"{MANY // 2} shapes instead of {MANY}"),
        (MANY, MANY // 2 + 1, None),
        (2_000, 7, "7 shapes instead of the first 1,000"),
    ],
)
def test_when_a_bag_is_worth_it(shapes: int, bags: int, asked: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are many shapes, and half as many would do; of very many some are counted."""
    automaton: Any = SimpleNamespace(shapes=range(shapes), sliced=())
    monkeypatch.setattr(symmetry, "_lists", lambda _: {(Readers, "readers")})
    monkeypatch.setattr(symmetry, "_with_bags", lambda shape, *_: min(shape, bags - 1))

    assert [each.partition("a Bag has ")[2] for each in fewer_shapes(automaton)] == [asked] * (asked is not None)


def test_numbers_in_a_list_keep_their_order() -> None:
    """Objects that are alike have none then."""

    def shape(*readers: Any) -> tuple[int, ...]:
        state: Any = Readers().start()
        state.readers = list(readers)
        made: Any = SimpleNamespace(state=state)
        return symmetry._with_bags(made, (Readers, "readers"), frozenset())

    assert shape(Reader(1), Reader(2)) == shape(Reader(2), Reader(1))
    assert shape(1, 2) != shape(2, 1)


def test_the_report_asks() -> None:
    """Below the verdicts."""
    report = check(Readers(), ["no_exception"], witnesses=False)

    assert "Smaller: Readers.readers is a list of alike objects" in " ".join(str(report).split())
