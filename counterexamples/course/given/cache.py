"""Lesson 1: one page, one reader. Is a page that was evicted free?"""

from __future__ import annotations

from spillproof import Bytes, HeapObject, Model, action, require


class Page(HeapObject):
    """Bytes that were acquired."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class Cache(Model):
    """A cache of one page, and one reader of it. A reader keeps its page until it finishes."""

    used: Bytes
    page: Page | None
    reading: Page | None

    def begin(self) -> None:
        self.used, self.page, self.reading = 0, None, None

    @action
    def load(self, size: Bytes) -> None:
        """The cache acquires a page."""
        require(self.page is None)
        self.page = Page(size)
        self.used += size

    # Your turn: something in the three steps below is wrong. They keep their names and arguments; all else is yours.

    @action
    def read(self) -> None:
        """The reader begins to read the page."""
        require(self.page is not None and self.reading is None)
        self.reading = self.page

    @action
    def finish(self) -> None:
        """The reader is done."""
        require(self.reading is not None)
        self.reading = None

    @action
    def evict(self) -> None:
        """The cache gives the page up."""
        require(self.page is not None)
        self.used -= self.page.size
        self.page = None

    # To here.

    def accounted(self) -> Bytes:
        return self.used
