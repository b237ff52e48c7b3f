"""A release that forgets a reference: the account is settled, and a reader still holds the page.

The smallest model of SPARK-22713. With `forgets=False`, the reader lets go of the page before it is released.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require


class Page(HeapObject):
    """Bytes that were acquired."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class Reader(HeapObject):
    """Reads a page, and so refers to it."""

    page: Page | None = None


class ReleaseThatForgetsAReference(Model):
    """An owner has a page, and perhaps a reader of it; when the owner is done it releases the page."""

    used: Bytes

    def begin(self, *, forgets: bool = True) -> None:
        self.forgets = forgets
        self.used = 0
        self.page: Page | None = None
        self.reader = Reader()

    @action
    def acquire(self, size: Bytes) -> None:
        """The owner acquires a page."""
        require(self.page is None)
        self.used += size
        self.page = Page(size)

    @action
    def read(self) -> None:
        """Somebody begins to read the page."""
        require(self.page is not None)
        self.reader.page = self.page

    @action
    def release(self) -> None:
        """The owner drops its page and releases what it holds to be the page's bytes."""
        require(self.page is not None)
        self.page = None
        if not self.forgets:
            self.reader.page = None
        self.used = 0

    def accounted(self) -> Bytes:
        """Return what the owner has acquired and not released."""
        return self.used
