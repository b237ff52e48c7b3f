"""Who stores a reference: each field that is set, each bag that is added to, and nothing once it is over."""

from __future__ import annotations

import pytest

from spillproof.model.heap import Bag, HeapObject
from spillproof.properties.engines.evidence import stores
from spillproof.properties.engines.evidence.stores import Stores, listening


class Node(HeapObject):
    """Refers to another, and to some."""

    next: Node | None = None
    many: Bag[Node] | None = None
    name: str = ""


def test_who_stores_a_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last line that did, by holder, field and target; of a bag that is set, each member; text is no reference."""
    lines = iter(range(1, 99))
    monkeypatch.setattr(stores, "model_line", lambda: f"line {next(lines)}")
    found: Stores = {}
    kept: list[object] = []
    holder, first, second = Node(), Node(), Node()
    bag = Bag([second])
    with listening(found, kept):
        holder.next = first
        holder.name = "x"
        holder.next = second
        holder.next = first
        holder.many = bag
        bag.add(first)

    assert found == {
        (id(holder), "next", id(first)): "line 3",
        (id(holder), "next", id(second)): "line 2",
        (id(bag), "", id(second)): "line 4",
        (id(bag), "", id(first)): "line 5",
    }
    assert (holder.next, holder.name, [*bag]) == (first, "x", [second, first])
    assert all(any(each is one for one in kept) for each in (holder, first, second, bag))


def test_nobody_listens_afterwards() -> None:
    """Also where what was listened to has failed."""
    setting, adding = HeapObject.__setattr__, Bag.add
    listened = listening({}, [])
    listened.__enter__()
    assert HeapObject.__setattr__ is not setting
    assert not listened.__exit__(RuntimeError, RuntimeError(), None)

    assert (HeapObject.__setattr__, Bag.add) == (setting, adding)
    assert "__setattr__" not in vars(HeapObject)
