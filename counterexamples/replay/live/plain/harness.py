"""What a plain test file needs of this project, again, in as few lines as will do: it is copied there piece by piece.

Nothing in here imports spillproof. Each piece does what the part of the same name does in `properties/live/`.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ContextDecorator, ExitStack, contextmanager
from pathlib import Path
from pickle import PickleBuffer
from threading import Thread
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch


class Adapter:
    """A running memory manager, as the test sees it."""

    measure: Any
    faults: Any = frozenset()
    excused: Any = ()
    refuses: Any = ()

    def reachable(self) -> int:
        """The bytes that are in memory, measured."""
        return int(self.measure.reachable())

    def unclaimed(self) -> int:
        """What the manager is documented to hold beyond its account."""
        return 0


def content(number: int, size: int) -> bytes:
    """What is in the value of that number."""
    word = f"<{number:06}>".encode()
    return (word * (size // len(word) + 1))[:size]


def total(*values: Any) -> int:
    """The bytes of the values that the client keeps, each counted once."""
    return sum(map(len, {id(value): value for value in values}.values()))


# Objects


class Ledger:
    """Follows each value to its death, by weak references."""

    unit = 1024
    latest: Any = None

    def __init__(self) -> None:
        Ledger.latest = self
        self.alive: dict[int, tuple[Any, int]] = {}
        self.when_pickled: Callable[[], None] | None = None

    def born(self, value: Any, size: int) -> None:
        """Follow an object, which must allow weak references."""
        key, alive = id(value), self.alive
        alive[key] = weakref.ref(value, lambda _dead: alive.pop(key, None)), size

    def value(self, number: int, size: int, *, poisoned: bool = False) -> Payload:
        """Make a value."""
        return Payload(content(number, size), poisoned=poisoned)

    def reachable(self) -> int:
        """The bytes of the objects that are alive."""
        return sum(size for _, size in self.alive.values())


class Buffer(bytearray):
    """The bytes of a value, which a view of them keeps."""


class Payload:
    """A value; pickled and unpickled it is another one, which is followed as well."""

    beside = 5  # the protocol from which on its bytes may go beside the pickle, as those of an array of numbers

    def __init__(self, data: bytes, *, poisoned: bool = False) -> None:
        self.bytes, self.poisoned = Buffer(data), poisoned
        Ledger.latest.born(self.bytes, len(self.bytes))

    def __len__(self) -> int:
        return len(self.bytes)

    def __sizeof__(self) -> int:
        return len(self.bytes)

    def __reduce_ex__(self, protocol: Any) -> Any:
        ledger = Ledger.latest
        happens, ledger.when_pickled = ledger.when_pickled, None
        if happens is not None:
            happens()
        if self.poisoned:
            raise TypeError("this value cannot be pickled")
        if protocol < self.beside or len(self) % 8:
            return Payload, (bytes(self.bytes),)
        return Payload, (PickleBuffer(memoryview(self.bytes).cast("d")),)


# Bytes


class Traced:
    """Counts what Python has allocated since it was made, in whole units."""

    unit = 64 * 1024

    def __init__(self) -> None:
        tracemalloc.start()
        self.before = tracemalloc.get_traced_memory()[0]

    def value(self, number: int, size: int) -> bytes:
        """Make a value."""
        return content(number, size)

    def reachable(self) -> int:
        """What was allocated and not given back; bookkeeping is less than a unit."""
        grown = tracemalloc.get_traced_memory()[0] - self.before
        return max(0, (grown + self.unit // 4) // self.unit * self.unit)


# Steps, and tables


def step(method: Any = None, **_terms: bool) -> Any:
    """A step of an adapter's own."""
    return method if method is not None else lambda given: given


def entries(manager: Any, folder: Path) -> int:
    """How many objects and entries of tables a manager has, and files."""
    seen, found, waiting = {id(manager.measure)}, 0, [vars(manager)]
    while waiting:
        each = waiting.pop()
        if id(each) not in seen and not isinstance(each, (str, int, float, type, type(gc))):
            seen.add(id(each))
            found += 1 + (len(each) if isinstance(each, (dict, list, set, deque)) else 0)
            waiting += [] if callable(each) else gc.get_referents(each)
    return found + sum(1 for file in folder.rglob("*") if file.is_file())


# Time, and what else is outside of the manager


class Clock:
    """Seconds that stand still until they are told to go on."""

    def __init__(self) -> None:
        self.now = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now

    def go_on(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.now += seconds


def stand_in(clock: Clock) -> Any:
    """What takes the place of the module `time`: the same, but for the clock."""
    clocks = {"time": clock, "monotonic": clock, "monotonic_ns": lambda: int(clock() * 1e9)}
    return SimpleNamespace(**{**vars(time), **clocks})


class Outside(ExitStack, ContextDecorator):
    """Puts back, when a run ends, what it has changed outside of the manager."""


OUTSIDE = Outside()


def until_end() -> ExitStack:
    """What is closed when the run ends."""
    return OUTSIDE


def instead(owner: Any, name: str, value: Any) -> None:
    """Have a module or a class give a value under a name, until the run ends."""
    until_end().enter_context(patch.object(owner, name, value))


# Disk, and threads


def folder_size(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond 512 B: an `OSError` follows, as from any full disk."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def second_thread(ledger: Any, work: Callable[[], object]) -> Iterator[None]:
    """Do some work in a second thread while the first pickles a value; after it, where none was pickled."""
    errors: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - which one is for the test to say
            errors.append(error)

    second = Thread(target=run, daemon=True)

    def meanwhile() -> None:
        second.start()
        second.join(0.1)  # it may wait for a lock that this thread has

    ledger.when_pickled = meanwhile
    try:
        yield
    finally:
        ledger.when_pickled = None
        if second.ident is None:
            second.start()
        second.join(10)
    assert not second.is_alive(), "the second thread waits for ever"
    if errors:
        raise errors.pop()
