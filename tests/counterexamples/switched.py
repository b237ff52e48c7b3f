"""A model with a switch, which prints whatever it does."""

from __future__ import annotations

from enum import Enum

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

print("imported")  # noqa: T201 - as a debugging author would


class Mode(Enum):
    """What evicting a page does to who reads it."""

    LEAK = 1
    CLEAN = 2


class Page(HeapObject):
    """Where the bytes are."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class Cache(Model):
    """One page, which may be read while it is evicted."""

    used: Bytes

    def begin(self, places: int = 1, mode: Mode = Mode.CLEAN, *, loud: bool = False) -> None:
        print("begun")  # noqa: T201
        self.used = 0
        self.page: Page | None = None
        self.reading: Page | None = None
        self.mode = mode

    @action
    def load(self, size: Bytes) -> None:
        """A page is loaded."""
        require(self.page is None)
        self.page = Page(size)
        self.used += size

    @action
    def read(self, page: Page) -> None:
        """Somebody reads it."""
        self.reading = page

    @action
    def evict(self, mode: Mode) -> None:
        """It is evicted, and left to its reader where both say so."""
        require(self.page is not None)
        if self.page is not None:
            self.used -= self.page.size
        self.page = None
        if mode is Mode.CLEAN or self.mode is Mode.CLEAN:
            self.reading = None

    def accounted(self) -> Bytes:
        """Return what is counted."""
        return self.used


class Other(Cache):
    """The same under another name."""
