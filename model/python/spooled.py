"""`tempfile.SpooledTemporaryFile`, of CPython: bytes in memory until there are too many, then a file on disk.

One file; what was handed out by `iter` is the object in memory itself (cpython issue 87034).
"""

from __future__ import annotations

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require


class InMemory(HeapObject):
    """`io.BytesIO`."""

    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size


class Iterator(HeapObject):
    """What `iter(file)` returns, while somebody has it. Repaired, it asks the file, and refers to nothing."""

    source: InMemory | None


class SpooledFile(Model):
    """A spooled file, and a client that writes to it and iterates over it."""

    max_size: Bytes
    written: Bytes

    def begin(self, max_size: Bytes, repaired: bool = False, iterators: int = 2) -> None:  # noqa: FBT001, FBT002 - scope
        self.max_size = max_size
        self.repaired = repaired
        self.most = iterators
        self.file: InMemory | None = InMemory()
        self.iterators: Bag[Iterator] = Bag()
        self.written = 0

    @action
    def put(self, size: Bytes) -> None:
        """`write`: rolls over when the file has become larger than it may be, and not before."""
        if self.file is not None:
            self.file.size += size
            self.written += size
            if self.file.size > self.max_size:
                self.roll_over()

    @action
    def issue(self) -> None:
        """`iter(file)`."""
        require(len(self.iterators) < self.most)
        self.iterators.add(Iterator(None if self.repaired else self.file))

    @action
    def drop(self, iterator: Iterator) -> None:
        """The client is done with an iterator."""
        self.iterators.discard(iterator)

    @action
    def spill(self) -> None:
        """`rollover`, or `fileno`, which does the same."""
        self.roll_over()

    def roll_over(self) -> None:
        """Write to disk what is in memory, and forget it."""
        self.file = None
        self.written = 0

    def accounted(self) -> Bytes:
        """Return what is in memory as the documentation has it: all until the rollover, and nothing after."""
        return self.written

    def capacity_of_pool(self) -> Bytes:
        """Return what may be in memory."""
        return self.max_size
