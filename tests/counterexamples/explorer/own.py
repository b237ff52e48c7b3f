"""Models for the tests of the explorer, with what a page may meet: choices, quotients, values, errors, debts."""

from __future__ import annotations

from enum import Enum

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.oracle import announce, choose
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.claims import always


class Where(Enum):
    """Where a page goes."""

    HEAP = 1
    DISK = 2


class Page(HeapObject):
    """Some bytes."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class Shelf(Model):
    """A shelf for two pages. Half a page is kept as a spare; a page is dropped at random, and perhaps remembered."""

    used: Bytes
    owed: Bytes

    def begin(self, capacity: Bytes, lean: bool) -> None:  # noqa: FBT001 - a switch that the scope leaves open
        self.used, self.owed, self.lean = 0, 0, lean
        self.pages: Bag[Page] = Bag()
        self.last: Page | None = None
        self.limit = Limit(capacity)

    @action
    def load(self, size: Bytes, where: Where) -> None:
        """Load a page, if it fits; its bytes are rounded up to pairs."""
        rounded = (size + 1) // 2 * 2
        require(len(self.pages) < 2)
        require(self.used + rounded <= self.limit.size)
        if where is Where.HEAP:
            page = Page(rounded)
            self.pages.add(page)
            self.used += rounded
            announce("acquire", consumer=page, size=rounded)

    @action
    def drop(self) -> None:
        """Drop a page, whichever."""
        page = choose(list(self.pages))
        self.pages.discard(page)
        self.used -= page.size
        announce("release", consumer=page, size=page.size)
        if not self.lean:
            self.last = page

    @action
    def borrow(self, page: Page, size: Bytes) -> None:
        """Take from what a page has, which may be too much."""
        self.owed = page.size - size

    @action
    def fail(self, page: Page) -> None:
        """Fail, if the page is the shelf's only one."""
        if len(self.pages) == 1:
            raise KeyError(page.__class__.__name__)

    def accounted(self) -> Bytes:
        return self.used

    def capacity_of_pool(self) -> Bytes:
        return self.limit.size


class Limit(HeapObject):
    """How much there may be."""

    size: Bytes


@always
def no_page_is_large(now: Shelf) -> bool:
    """No page has more than three bytes."""
    return all(page.size <= 3 for page in now.pages)
