"""Spacer eliminated a shape and spelled it `false`, though what it said of the one before led there."""

from spillproof.model import Bag, Bytes, Count, HeapObject, Model, action, require

NEVER = ("something_is_released",)
"""What is accounted for is nothing at first, and then as much as it ever is."""


class Page(HeapObject):
    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size


class M(Model):
    a: Count
    b: Bytes

    def begin(self) -> None:
        self.a = self.b = 1
        self.bag = Bag([Page()])

    def accounted(self) -> Bytes:
        return abs(self.b - self.a)

    @action
    def clear(self) -> None:
        require(self.a == 2)
        self.bag.clear()

    @action
    def grow(self) -> None:
        self.a = 10**9
