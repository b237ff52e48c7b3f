"""A state with several consumers is read as one with fewer, which the rest has taken over."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.clone import clone
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes, Linear
from spillproof.model.rest import Rest, WithRest
from spillproof.model.state import NOTHING, snapshot
from spillproof.model.system import Model, action
from spillproof.properties.engines.network.fold import CannotFold, Parts, _named, _targets, blank, fold


class Page(HeapObject):
    """What a cache holds."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class Cache(HeapObject):
    """A consumer, with pages of its own, one it looks at, and a disk that all share."""

    disk: Disk
    pages: list[Page]
    used: Bytes = 0
    current: Page | None = None


class Disk(HeapObject):
    """What all caches refer to."""

    written: Bytes = 0


class Caches(Model):
    """Caches in a bag, in a list and in a dict."""

    capacity: Bytes

    def begin(self, capacity: Bytes, number: int = 2) -> None:
        self.capacity = capacity
        self.disk = Disk()
        made = [Cache(self.disk, []) for _ in range(number)]
        self.caches: Bag[Cache] = Bag(made)
        self.order = list(made)
        self.named: dict[int, Cache] = dict(enumerate(made))
        self.number = number

    @action
    def nothing(self) -> None:
        """Change nothing."""


class ManyCaches(WithRest, Caches):
    """With a rest."""

    alike, counted_by = Cache, "number"


def begun(*used: tuple[int, list[int]]) -> tuple[Any, list[Any]]:
    """A state whose caches are accounted for so much, and have pages of such sizes; and its caches."""
    state: Any = ManyCaches(number=len(used)).start(capacity=100)
    for cache, (size, pages) in zip(state.order, used, strict=True):
        cache.used = size
        cache.pages = [Page(each) for each in pages]
        cache.current = cache.pages[0] if cache.pages else None
    return state, list(state.order)


def parts(state: Any) -> tuple[list[Any], Parts]:
    """The objects of a state, and which belong together."""
    objects = snapshot(state).objects
    return objects, Parts(objects, Cache)


def test_what_belongs_together() -> None:
    """A cache and its pages are a part; the model, the disk and the rest are shared."""
    state, caches = begun((5, [2, 3]), (1, [1]))
    objects, found = parts(state)

    assert sorted(type(objects[each]).__name__ for each in found.shared) == ["Disk", "ManyCaches", "Rest"]
    assert sorted(type(objects[each]).__name__ for each in found.consumers) == ["Cache", "Cache"]
    place = next(each for each in found.consumers if objects[each] is caches[0])
    assert {id(objects[each]) for each in found.of([place])} == {id(caches[0]), *map(id, caches[0].pages)}
    assert found.of([]) == found.of(found.shared) == frozenset()
    assert len(found.of(found.consumers)) == 5


def test_what_two_consumers_share_hangs_together() -> None:
    """A page that both have, whichever is looked at first, makes one part of the two."""
    state, caches = begun((5, [2]), (1, []), (1, [1]))
    caches[1].pages = [caches[0].pages[0]]
    objects, found = parts(state)
    place = [next(each for each in found.consumers if objects[each] is cache) for cache in caches]

    assert found.of([place[0]]) == found.of([place[1]])
    assert len(found.of([place[0]])) == 3
    assert len(found.of([place[2]])) == 2


@pytest.mark.parametrize("which", [0, 1])
def test_the_rest_takes_a_consumer_over(which: int) -> None:
    """What it is accounted for, and what it holds beyond; it is gone from the bag, the list and the dict."""
    state, caches = begun((5, [2, 4]), (3, [3]))
    objects, found = parts(state)
    folded = found.of(each for each in found.consumers if objects[each] is caches[which])
    made: Any = fold(state, objects, folded)

    assert (made.others.used, made.others.kept) == [(5, 1), (3, 0)][which]
    left = made.order[0]
    assert [each.used for each in (*made.caches, *made.order, *made.named.values())] == [[3, 5][which]] * 3
    assert list(made.named) == [1 - which]
    assert [*map(id, made.caches.members)] == [id(left)]
    assert (made.reachable(), made.number) == (state.reachable(), 1)
    assert [each.used for each in state.order] == [5, 3]


def test_the_rest_takes_all_consumers_over() -> None:
    """The sums of both; where nobody is taken over, the state is as it was, but for its number."""
    state, _ = begun((5, [2, 4]), (3, [3]))
    objects, found = parts(state)
    all_: Any = fold(state, objects, found.of(found.consumers))
    none: Any = fold(state, objects, frozenset())

    assert (all_.others.used, all_.others.kept, len(all_.caches), all_.order, all_.named) == (8, 1, 0, [], {})
    assert (none.others.used, [each.used for each in none.order], none.number) == (0, [5, 3], 1)
    sliced = frozenset({(Rest, "kept"), (Cache, "used")})
    of_all = fold(state, objects, found.of(found.consumers), sliced).others
    assert (of_all.used, of_all.kept) == (8, 0)


def test_a_number_that_is_another() -> None:
    """A field that has the scope's name, and something else in it, is left alone."""
    state, _ = begun((5, []), (3, []))
    state.number = 7

    made: Any = fold(state, snapshot(state).objects, frozenset())
    assert made.number == 7


def test_what_cannot_be_taken_over() -> None:
    """A consumer that the shared part refers to by a field; and one where no rest is."""
    state, caches = begun((5, []), (3, []))
    state.disk.last = caches[0]
    objects = snapshot(state).objects
    number = next(place for place, each in enumerate(objects) if each is caches[0])
    with pytest.raises(CannotFold, match=r"Disk\.last refers to a consumer"):
        fold(state, objects, frozenset({number}))
    del state.disk.last
    del state.others
    objects = snapshot(state).objects
    number = next(place for place, each in enumerate(objects) if each is caches[0])
    with pytest.raises(CannotFold, match="Cache is still reachable where there is no rest"):
        fold(state, objects, frozenset({number}))


def test_sizes_are_blanked() -> None:
    """Also those that are 0: two states that differ in sizes alone have the same shape, and their sizes beside it."""
    one, other = begun((5, [2]))[0], begun((0, [7]))[0]
    first, second = blank(one, NOTHING), blank(other, NOTHING)

    assert first.key == second.key
    assert sorted(map(int, map(str, first.sizes))) == [0, 0, 0, 2, 5, 100]
    assert sorted(map(int, map(str, second.sizes))) == [0, 0, 0, 0, 7, 100]
    without = blank(begun((5, [2]))[0], frozenset({(Cache, "used")}))
    assert 5 not in without.sizes
    assert blank(begun((5, [2, 1]))[0], NOTHING).key != first.key


def test_unknown_sizes_are_blanked() -> None:
    """What stands there is kept beside the shape, an expression as well."""
    state, caches = begun((5, []))
    caches[0].used = Linear({0: 1}, 2)

    found = blank(state, NOTHING)
    assert [(each.terms, each.constant) for each in found.sizes if isinstance(each, Linear)] == [({0: 1}, 2)]


def test_a_consumer_that_is_shared() -> None:
    """One that everything hangs on is none that could be left out."""
    among: Any = SimpleNamespace(shared={0}, objects=[1, 1, "a"], alike=int)

    assert [Parts._is_consumer(among, number) for number in range(3)] == [False, True, False]


def test_what_is_shared_at_second_hand() -> None:
    """What the disk refers to is shared as it is, once, though that refers back to it."""
    state, _ = begun((5, [2]))
    further: Any = Disk()
    state.disk.next, further.next = further, state.disk
    objects, found = parts(state)

    assert sorted(type(objects[each]).__name__ for each in found.shared) == ["Disk", "Disk", "ManyCaches", "Rest"]


def test_what_an_object_refers_to() -> None:
    """What is in a bag, or one of those that are alike, is not shared by that; what is anywhere else is."""
    disk, page, cache = Disk(), Page(1), Cache(Disk(), [])
    kept = {"a": disk, "b": Bag([page]), "c": [page, cache, 3], "d": {1: disk, 2: [page]}, "e": 7}
    kept |= {"f": Bag([disk, cache]), "g": ((cache,), page)}
    holder: Any = SimpleNamespace(**kept)

    assert [(each, by_bag) for each, by_bag in _targets(holder, Cache)] == [
        (disk, False), (page, True), (page, False), (cache, True), (disk, False), (page, False),
        (disk, True), (cache, True), (cache, True), (page, False),
    ]  # fmt: skip


def test_what_a_consumer_leaves_is_taken_over() -> None:
    """A page that no cache has is kept and not accounted for; one that stands before its cache counts as that's."""
    state, caches = begun((5, [2, 4]), (3, []))
    state.a_list = Bag([*caches[0].pages, Page(9)])
    objects, found = parts(state)
    idle = next(number for number, each in enumerate(objects) if isinstance(each, Page) and each.size == 9)
    first = found.of(number for number in found.consumers if objects[number] is caches[0])
    assert min(first) < min(number for number in found.consumers if objects[number] is caches[0])

    left, taken = (fold(state, objects, folded).others for folded in (found.of([idle]), first))
    assert (left.used, left.kept, taken.used, taken.kept) == (0, 9, 5, 1)


def test_nobody_is_taken_over_by_no_rest() -> None:
    """Where the rest is gone, and the number of consumers is not kept, nothing has to be found to be copied."""
    state, _ = begun((5, []))
    del state.others, state.number

    made: Any = fold(state, snapshot(state).objects, frozenset())
    assert made.order[0].used == 5


class Table(HeapObject):
    """Sizes in a list, in a dict, and one that may be missing."""

    rows: list[Bytes]
    by_name: dict[str, Bytes]
    last: Bytes | None = None


def test_sizes_in_containers_are_blanked() -> None:
    """Each beside the shape, in which nothing is said of them but that they are there."""
    state, _ = begun((5, []))
    found = []
    for rows, by_name, last in (([3, 4], {"a": 6}, None), ([0, 8], {"a": 0}, None), ([3, 4], {"a": 6}, 9)):
        state.table = Table(rows, by_name, last)
        found.append(blank(clone(state), NOTHING))

    assert [sorted(map(str, each.sizes)) for each in found] == [
        sorted(("0", "0", "0", "100", "5", *more)) for more in ("346", "080", "3469")
    ]
    assert found[0].key == found[1].key != found[2].key


def test_who_is_named() -> None:
    """In the order in which they stand, whatever the order of a set."""
    assert _named([*range(8), "a", 0.5], frozenset({9, 8, 1})) == "int, str, float"
