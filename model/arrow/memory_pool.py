"""`MemoryPool`, the `Buffer`s that are allocated of it, and arrays: each holds a buffer and shows a part of it.

Source: what ARROW-11855 says that it changed in `cpp/src/arrow/python/arrow_to_pandas.cc`; what #26685 describes was
observed in pyarrow 26.0.1, where a slice of 8 bytes of 800,000 is pickled as 800,163. What is not modelled: allocators
below the pool, which may keep what they were given back.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

DROP_CONVERTED = Repair(
    "ARROW-11855",
    "What a struct array in chunks is turned into on its way to pandas is dropped; it stayed allocated for ever.",
    ("4.0.0",),
    issue="ARROW-11855",
    claim="accounted_is_held",
    steps=2,
    run="An array is made, and converted.",
)
PICKLE_THE_SLICE = Repair(
    "arrow-26685",
    "A slice is pickled as what it shows; it is as all of its buffers.",
    issue="apache/arrow#26685",
    claim="disk_is_accounted",
    steps=3,
    run="An array of two bytes is made; a byte of it is sliced, and pickled, which writes both.",
)


class Buffer(HeapObject):
    """Bytes of the pool."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class Array(HeapObject):
    """An array, or a slice of one: how many bytes of its buffer it shows."""

    buffer: Buffer
    length: Bytes


class MemoryPool(HeapObject):
    """Counts what is allocated."""

    bytes_allocated: Bytes = 0


class Sharing(Model):
    """A program with a few arrays, and a file that it pickles them into."""

    pool: MemoryPool
    shown: Bytes
    written: Bytes

    def begin(self, arrays: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.pool = MemoryPool()
        self.arrays: list[Array] = []
        self.most, self.fixes = arrays, fixes
        self.shown = self.written = 0

    @action
    def make(self, size: Bytes) -> None:
        """An array is made, with a buffer of its own."""
        require(len(self.arrays) < self.most)
        self.pool.bytes_allocated += size
        self.arrays.append(Array(Buffer(size), size))

    @action
    def slice(self, array: Array, length: Bytes) -> None:
        """A part of it is another array, and nothing is copied."""
        require(len(self.arrays) < self.most and length < array.length)
        self.arrays.append(Array(array.buffer, length))

    @action
    def drop(self, array: Array) -> None:
        """An array is gone, and its buffer with the last one that holds it."""
        self.arrays = [each for each in self.arrays if each is not array]
        if all(each.buffer is not array.buffer for each in self.arrays):
            self.pool.bytes_allocated -= array.buffer.size

    @action
    def to_pandas(self, array: Array) -> None:
        """A struct array in chunks is converted, by way of arrays that are dropped at the end."""
        self.pool.bytes_allocated += array.length
        if DROP_CONVERTED.name in self.fixes:
            self.pool.bytes_allocated -= array.length

    @action
    def pickle(self, array: Array) -> None:
        """An array is written to a file, or sent to another process."""
        self.shown += array.length
        self.written += array.length if PICKLE_THE_SLICE.name in self.fixes else array.buffer.size

    def accounted(self) -> Bytes:
        """Return `bytes_allocated`."""
        return self.pool.bytes_allocated

    def unused(self) -> Bytes:
        """Return 0: what is allocated, some array holds."""
        return 0

    def disk_accounted(self) -> Bytes:
        """Return what the arrays showed that were pickled: their `nbytes`."""
        return self.shown

    def disk_used(self) -> Bytes:
        """Return what was written, without what says how to read it."""
        return self.written
