"""Runs of the automaton on integers: which object is which, and bags in the order of the shape."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.heap import Bag
from spillproof.properties.engines.automaton import concrete
from spillproof.properties.engines.automaton.concrete import _arrange, _Chain
from spillproof.properties.engines.network import taken_by_more
from spillproof.properties.engines.network.taken_by_more import _Attempt

fake: Any = SimpleNamespace


@pytest.mark.parametrize(
    ("there", "found", "known"),
    [("abc", None, "abc"), ("ab", None, "abb"), ("abcd", None, "abc"), ("abc", "cab", "cab")],
)
def test_which_object_is_which(there: str, found: str | None, known: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what they are; where the two states differ, by their order, of which the end may stand for several."""
    shape = [fake(), fake(), fake()]
    monkeypatch.setattr(concrete, "fill", lambda *_: None)
    monkeypatch.setattr(concrete, "snapshot", lambda *_: fake(objects=there))
    monkeypatch.setattr(concrete, "correspondence", lambda *_: found and dict(zip(map(id, shape), found, strict=True)))
    self = fake(state=None, sizes=[], automaton=fake(shapes=[fake(template=fake(copy=lambda: shape))], sliced=None))
    objects, same = _Chain.known(self, 0)

    assert objects is shape
    assert [same[id(each)] for each in shape] == [*known]


@pytest.mark.parametrize(
    ("of_shape", "there", "arranged"),
    [("ab", "ba", "ab"), ("abc", "cba", "abc"), ("ab", "bac", "bac"), ("abc", "ba", "ba"), ("ad", "ba", "ba")],
)
def test_bags_in_the_order_of_the_shape(of_shape: str, there: str, arranged: str) -> None:
    """If both have the same members; and nothing else is touched."""
    shape, state, copies = ({name: fake(name=name) for name in "abcd"} for _ in range(3))
    owner, owner_there, owner_copied = fake(), fake(), fake()
    owner.bag, owner.list, owner.gone = Bag(shape[each] for each in of_shape), [shape["a"]], Bag()
    owner_copied.bag, owner_copied.list = Bag(copies[each] for each in there), [copies["b"]]
    known: Any = {id(shape[each]): state[each] for each in "abcd"} | {id(owner): owner_there}
    twins: Any = {id(state[each]): copies[each] for each in "abcd"} | {id(owner_there): owner_copied}
    _arrange([owner, fake(bag=Bag())], known, twins)

    assert "".join(each.name for each in owner_copied.bag.members) == arranged
    assert [each.name for each in owner_copied.list] == ["b"]


def test_so_many_ways_to_take_a_step_again_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """In all, over all steps of a run."""
    monkeypatch.setattr(taken_by_more, "MOST_TRIED", 4)
    monkeypatch.setattr(taken_by_more, "_ranges", lambda *_: [(1, 2), (3, 4, 5)])
    monkeypatch.setattr(taken_by_more, "snapshot", lambda _: fake(objects=[]))
    self = fake(actions={"go": "action"}, tried=0, walk=fake(take=lambda *given: [given[-1]]))

    tried: list[list[Any]] = [[*_Attempt.like(self, None, fake(action="go"))] for _ in range(2)]
    assert tried == [[(1, 3), (1, 4), (1, 5), (2, 3)], []]
