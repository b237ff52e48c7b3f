"""Ways to measure what is really reachable, each with what it is blind to.

Nothing here guesses. A ledger knows the objects that it made; tracemalloc knows what Python's allocators gave out. The
resident size of the process is no measure: allocators keep what they were given back.
"""

from __future__ import annotations

import gc
import itertools
import tracemalloc
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from pickle import PickleBuffer
from typing import Any, ClassVar, SupportsIndex

from spillproof.model.errors import ModelError

TOKENS = itertools.count()

BESIDE = 5
"""The protocol of pickle from which on a buffer may go beside the pickle."""

WORD = 8
"""Bytes of the numbers of which a value is an array, for who takes its buffer: it has fewer of them than bytes."""


class Measure(ABC):
    """Makes values, and measures how many of their bytes are reachable."""

    unit: ClassVar[int]
    """Every value is a multiple of this many bytes long."""
    exact: ClassVar[bool]
    """Whether it tells the manager's values from everything else, so that others' garbage does not matter."""
    sound_for: ClassVar[str]
    blind_to: ClassVar[str]

    @abstractmethod
    def value(self, number: int, size: int) -> Any:
        """Return a new value, whose content follows from its number. Whoever gets it is its only holder."""

    @abstractmethod
    def reachable(self) -> int:
        """Return the bytes of values that are reachable now."""

    @abstractmethod
    def content(self, value: Any) -> bytes:
        """Return what is in a value that a manager gave back."""

    def size_of(self, value: Any) -> int:
        """Return the bytes of a value that a client keeps."""
        return len(self.content(value))

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look at what the manager does, as long as this lasts; what is allocated outside of it does not count."""
        yield

    @classmethod
    @contextmanager
    def at_work(cls) -> Iterator[None]:
        """Measure, as long as this lasts."""
        yield


def content(number: int, size: int) -> bytes:
    """Return the content of the value of that number: no two are alike, and nobody needs to keep one to compare."""
    word = f"<{number:06}>".encode()
    return (word * (size // len(word) + 1))[:size]


# Objects


class Buffer(bytearray):
    """The bytes of a value: what a memoryview or an array of them keeps alive when the value itself is gone."""

    number = 0

    def __repr__(self) -> str:
        return f"value {self.number}"


class Payload:
    """A value that a ledger follows. Pickled and unpickled it is another object, which the ledger follows as well.

    Its `bytes` are followed, not the object around them: a view of them keeps them in memory.
    """

    def __init__(self, ledger: Ledger, number: int, data: bytes, *, poisoned: bool = False) -> None:
        self.token = ledger.token
        self.number = number
        self.size = len(data)
        self.poisoned = poisoned
        self.falsy = False
        """Whether it is taken for nothing where somebody asks `if value`. A step of an adapter may set it."""
        self.bytes = Buffer(data)
        self.bytes.number = number
        ledger.born(self.bytes, self.size)

    def __len__(self) -> int:
        return self.size

    def __bool__(self) -> bool:
        return not self.falsy

    def __sizeof__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        return f"value {self.number}"

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        """Pickle as an array of numbers does: from protocol 5 on, the bytes may go beside the pickle, as words.

        A buffer of a memoryview would end Python where it is collected in a circle.
        """
        from numpy import frombuffer

        ledger = LEDGERS.get(self.token)
        if ledger is not None:
            ledger.reached("pickling")
        if self.poisoned:
            message = "this value cannot be pickled"
            raise TypeError(message)
        beside = int(protocol) >= BESIDE and self.size % WORD == 0
        words: Any = frombuffer(self.bytes) if beside else None
        data: Any = PickleBuffer(words) if beside else bytes(self.bytes)
        return restored, (f"ledger:{self.token:08}", data)

    def __buffer__(self, _flags: int) -> memoryview:
        """Return a view of the bytes: from Python 3.12 on, `memoryview(value)`."""
        return memoryview(self.bytes)


LEDGERS: weakref.WeakValueDictionary[int, Ledger] = weakref.WeakValueDictionary()
"""The ledgers that are alive, by token: an unpickled value finds its own."""


def restored(token: str, buffer: Any) -> Payload:
    """Return a value that was read back. Its content is what was read."""
    data = memoryview(buffer).tobytes()
    ledger, number = LEDGERS.get(int(token.rpartition(":")[2])), int(data[1:7])
    if ledger is None:
        message = f"value {number} is read back after its run has ended"
        raise ModelError(message)
    ledger.reached("unpickling")
    return Payload(ledger, number, data)


class Ledger(Measure):
    """Follows each value, from its making or unpickling to its death, by a weak reference."""

    unit = 1024
    exact = True
    sound_for = "the death of values and of all views of them, exactly, as soon as nothing refers to them"
    blind_to = "a manager that keeps copies of their bytes"

    def __init__(self) -> None:
        with suppress(ImportError):  # a page of the course has none, and pickles nothing
            import numpy  # noqa: F401 - loaded before anything is measured, and not by the first value that is pickled
        self.token = next(TOKENS)
        LEDGERS[self.token] = self
        self.total = 0
        self.when_reached: Callable[[str], None] | None = None
        """What hears that a value is being pickled or unpickled, while it is."""
        self.alive: dict[int, weakref.ref[Any]] = {}
        self.sizes: dict[int, int] = {}
        """By the id of a live object, its bytes."""

    def born(self, value: Any, size: int) -> None:
        """Follow an object, which must allow weak references. An adapter may follow objects of its own making."""
        key = id(value)
        me: weakref.ref[Ledger] = weakref.ref(self)
        self.alive[key] = weakref.ref(value, lambda _dead: _buried(me, key))
        self.sizes[key] = size
        self.total += size

    def reached(self, point: str) -> None:
        """Hear that a value is being pickled or unpickled."""
        if self.when_reached is not None:
            self.when_reached(point)

    def values(self) -> list[Any]:
        """Return the objects that are alive, in the order of their making."""
        return [value for value in (reference() for reference in self.alive.values()) if value is not None]

    def value(self, number: int, size: int, *, poisoned: bool = False) -> Payload:
        return Payload(self, number, content(number, size), poisoned=poisoned)

    def reachable(self) -> int:
        return self.total

    def content(self, value: Any) -> bytes:
        return bytes(value.bytes) if isinstance(value, Payload) else bytes(value)


def _buried(whose: weakref.ref[Ledger], key: int) -> None:
    ledger = whose()
    if ledger is not None and ledger.alive.pop(key, None) is not None:
        ledger.total -= ledger.sizes.pop(key)


# Bytes


class Traced(Measure):
    """Counts the bytes that Python has allocated since the run began, in whole units.

    Values are bytes. What a manager allocates for its own bookkeeping is less than a unit, and does not count.
    """

    unit = 64 * 1024
    exact = False
    sound_for = "buffers, copies and views of bytes that Python's allocators gave out"
    blind_to = "mmap, allocators of other libraries, and anything smaller than a unit"

    def __init__(self) -> None:
        if not tracemalloc.is_tracing():
            message = "Traced measures with tracemalloc, which is not tracing; make it inside Traced.at_work()"
            raise ModelError(message)
        self.grown = 0

    def value(self, number: int, size: int) -> bytes:
        return content(number, size)

    def reachable(self) -> int:
        return max(0, self.rounded(self.grown))

    @classmethod
    def rounded(cls, size: int) -> int:
        """Return what so many bytes are measured as: whole units, of which the last is nearly full."""
        return (size + cls.unit // 4) // cls.unit * cls.unit

    @classmethod
    def ahead(cls, size: int) -> int:
        """Return by how much a `BytesIO` of so many bytes may be measured as more.

        One that grows allocates up to an eighth and six bytes ahead (`resize_buffer` in CPython's `bytesio.c`).
        """
        return cls.rounded(size + size // 8 + 6) - size

    @contextmanager
    def watching(self) -> Iterator[None]:
        before = tracemalloc.get_traced_memory()[0]
        try:
            yield
        finally:
            self.grown += tracemalloc.get_traced_memory()[0] - before

    def content(self, value: Any) -> bytes:
        return bytes(value)

    @classmethod
    @contextmanager
    def at_work(cls) -> Iterator[None]:
        """Trace, one frame deep: deeper is slower and no use here."""
        already = tracemalloc.is_tracing()
        if not already:
            tracemalloc.start(1)
        try:
            yield
        finally:
            if not already:
                tracemalloc.stop()


# Disk, and garbage


def folder_size(folder: Path) -> int:
    """Return the bytes of all files below a folder, hidden ones included, as their lengths say."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


@contextmanager
def frozen() -> Iterator[None]:
    """Keep what exists now out of every collection, and let none run by itself: it is asked for on suspicion only.

    Collecting can only lower what is reachable, so that a claim which is true without it is true. Who has frozen what
    there is before finds it frozen afterwards.
    """
    was_enabled, was_frozen = gc.isenabled(), gc.get_freeze_count() > 0
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        if not was_frozen:
            gc.unfreeze()
        if was_enabled:
            gc.enable()
