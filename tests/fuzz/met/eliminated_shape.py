"""Spacer eliminated a shape and spelled it `true`: what it invented did not rule out that the pool is full."""

from dataclasses import field

from spillproof.model import Bytes, HeapObject, Model, action, choose, require
from spillproof.model.heap import reachable_from

NEVER = ("the_pool_is_full",)
"""It has 1 byte, and from then on twice as many or four times."""


class Page(HeapObject):
    size: Bytes = 0
    kept: list[HeapObject] = field(default_factory=list)

    def shallow_size(self) -> Bytes:
        return self.size


class M(Model):
    a: Bytes

    def begin(self) -> None:
        self.a = 1
        self.pair: tuple[Page | None, Page | None] = (None, None)

    def accounted(self) -> Bytes:
        return self.a

    def capacity_of_pool(self) -> Bytes:
        return 3

    @action
    def touch(self, page: Page, really: bool) -> None:  # noqa: FBT001 - an argument of an action
        require(2 * self.a >= self.a)
        page.kept = [page]

    @action
    def double(self, size: Bytes) -> None:
        require(len(reachable_from(each.target for each in self.roots())) < 3)
        self.pair = (Page(2), self.pair[0])
        self.a += self.a
        if size <= self.a < size // 3:
            self.a += min(3, self.a)
        self.a += choose((0, self.a))
