"""A guess that was false in the beginning was kept, as the last shape's equations were asked about it: rejected."""

from spillproof.model import Bytes, HeapObject, Model, action, require
from spillproof.model.heap import reachable_from
from spillproof.properties.claims import always

PROVED = ("step", "no_exception", "counters_never_negative")


class Page(HeapObject):
    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size


class Block(Page):
    def shallow_size(self) -> Bytes:
        return 2 * self.size


class M(Model):
    a: Bytes

    def begin(self, capacity: Bytes, *, fast: bool) -> None:
        require(capacity > 1)
        self.a = capacity
        self.on = fast
        self.named: dict[object, Page] = {}

    def population(self) -> int:
        return len(reachable_from(each.target for each in self.roots()))

    def accounted(self) -> Bytes:
        return 3

    def capacity_of_pool(self) -> Bytes:
        return self.a

    @action
    def put(self, size: Bytes) -> None:
        require(self.population() < 3)
        self.named["b"] = Page(size)
        require(self.population() < 3)
        self.named[True] = Block(size)

    @action
    def empty(self, page: Block) -> None:
        require(any(page.size <= page.size + each.size for each in self.named.values()))
        self.a -= self.a

    @action
    def double(self, page: Block) -> None:
        require(page.size <= 0)
        page.size += page.size


@always
def state(now: M) -> bool:
    """A claim."""
    return not (now.reachable() < now.a + now.reachable()) or (now.a <= now.reachable() < now.reachable())


@always
def step(before: M, after: M) -> bool:
    """A claim."""
    return bool(not before.on or after.on)
