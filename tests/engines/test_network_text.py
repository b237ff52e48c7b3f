"""What is said of a step that the rest cannot do: who does it, with which sizes, and what it changes."""

from __future__ import annotations

from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes, Linear
from spillproof.model.rest import Rest
from spillproof.model.system import Model, action
from spillproof.properties.engines.automaton.shapes import Edge, Move
from spillproof.properties.engines.exploration.walk import _check
from spillproof.properties.engines.network.folded_step import Unmatched
from spillproof.properties.engines.network.network_text import _changes, _step, refusal
from spillproof.properties.engines.network.ways import Image
from tests.engines.stores import Store

Q0, Q1 = Linear({0: 1}), Linear({1: 1})

fake: Any = SimpleNamespace


class How(Enum):
    """Is told by its name."""

    AT_ONCE = 1


class Stocked(Model):
    """A store is filled, for some reason, with a size, at the expense of the rest."""

    capacity: Bytes

    def begin(self, capacity: Bytes, is_large: bool) -> None:  # noqa: FBT001 - what a scope leaves open
        self.capacity, self.is_large = capacity, is_large
        self.stores: Bag[Store] = Bag()

    @action
    def fill(self, into: Store, size: Bytes, other: Store, how: How) -> None:
        """Nothing is done here."""


def unmatched(source: int = 0, sizes: tuple[int, ...] = (6, 4), target: Image | None = None) -> Unmatched:
    """A step of a store that is folded, at the expense of another, of the size q1 + 1."""
    edge = Edge(0, source, Move("fill", (1, None, 2, How.AT_ONCE)), (), 0, (), 1, 2, (1,))
    return Unmatched(edge, frozenset({1}), sizes, Image(0, (Q0, 5)), target)


LARGER: Any = fake(model=Stocked(), shapes=[fake(objects=[None, Store(), Store(), Rest()])])
SMALLER: Any = fake(shapes=[fake(slots=[fake(where="others.used"), fake(where="free")])])


def test_the_step_that_is_named() -> None:
    """The consumer that is in the rest, another one, a size as it is given, and anything else as it is."""
    assert _step(unmatched(), LARGER) == "fill(the Store, 5, another Store, AT_ONCE)"
    assert _step(unmatched(sizes=()), LARGER) == "fill(the Store, any size, another Store, AT_ONCE)"
    assert _step(unmatched(source=-1), LARGER) == "the beginning"
    with_rest: Any = fake(model=LARGER.model, shapes=[fake(objects=[None, Store(), Rest()])])
    assert _step(unmatched(), with_rest) == "fill(the Store, 5, the rest, AT_ONCE)"


def test_what_a_step_changes() -> None:
    """The sizes that are other ones then, and what would have to be 0; with no sizes known, that is not found out."""
    assert _changes(unmatched(target=Image(0, (Q1, 5))), SMALLER) == "others.used goes from 6 to 4"
    assert _changes(unmatched(target=Image(0, (Q0, Q1))), SMALLER) == "free goes from 5 to 4"
    assert _changes(unmatched(target=Image(0, (Q0, 5))), SMALLER) == "no size changes"
    assert _changes(unmatched(target=Image(0, (Q0, 5), (Q0 - Q1, Q0 - 6))), SMALLER).endswith(
        "perhaps) goes from 0 to 2"
    )
    assert _changes(unmatched(target=Image(-1, ())), SMALLER) == "others.used goes from 6 to 0, free goes from 5 to 0"


@pytest.mark.parametrize(
    ("sizes", "target", "said"),
    [
        ((6, 4), None, "what there is after it is no state of the model with one consumer and the rest"),
        ((), Image(0, (Q1, 5)), "it was not found out whether 2 steps can do it"),
        (
            (6, 4),
            Image(0, (Q1, 5)),
            "others.used goes from 6 to 4; 2 steps of one consumer and the rest cannot",
        ),
    ],
)
def test_why_a_rest_is_refused(sizes: tuple[int, ...], target: Image | None, said: str) -> None:
    """It is said of which step, and why."""
    found = refusal(unmatched(sizes=sizes, target=target), SMALLER, LARGER)

    assert found.startswith("the rest cannot do what a consumer can: fill(the Store, ")
    assert f"; with that consumer in the rest, {said}" in found


@pytest.mark.parametrize(
    ("largest", "opening", "said"),
    [
        (1, {"capacity": 1}, None),
        (1, {}, None),
        (0, {}, "largest is 0; use at least 1"),
        (1, {"capacity": 0}, "the open size 'capacity' must be at least 1, not 0"),
        (1, {"is_large": 1}, "Stocked leaves no size 'is_large' open; available: capacity"),
    ],
)
def test_sizes_that_fit_a_model(largest: int, opening: dict[str, int], said: str | None) -> None:
    """Those that it leaves open, at least 1; what else it leaves open is no size."""
    if said is None:
        _check(Stocked(), largest, opening)
        return
    with pytest.raises(Exception, match=said):
        _check(Stocked(), largest, opening)
