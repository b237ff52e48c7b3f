"""Managers whose account is to be followed: slots, reservations, logs, packing. Each right, and each with one fault."""

from __future__ import annotations

import pickle
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from spillproof.properties.live import Adapter, step
from tests.live.strangers.books import KIB, Books, Plain

# Released before it is unlinked


class Slots:
    """An arena of slots, and a list of those that are free."""

    def __init__(self, folder: Path) -> None:
        del folder
        self.slots: list[Any] = [None] * 4
        self.free = [3, 2, 1, 0]
        self.where: dict[str, int] = {}
        self.used = 0

    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        self.where[key] = slot = self.free.pop()
        self.slots[slot] = value
        self.used += len(value)

    def get(self, key: str) -> Any:
        return self.slots[self.where[key]]

    def delete(self, key: str) -> None:
        if key in self.where:
            slot = self.where.pop(key)
            self.used -= len(self.slots[slot])
            self.free.append(slot)
            self.clear(slot)

    def clear(self, slot: int) -> None:
        self.slots[slot] = None


class SlotsAreLeft(Slots):
    """What is in a free slot is overwritten some day."""

    def clear(self, slot: int) -> None:
        del slot


class InSlots(Plain):
    manager: ClassVar[Any] = Slots


class InSlotsThatAreLeft(InSlots):
    manager = SlotsAreLeft


# Released twice on the way of an error


class WriteThrough(Books):
    """Writes each value to disk before it takes it; what it needs is reserved first."""

    @contextmanager
    def reserved(self, size: int) -> Iterator[None]:
        self.used += size
        try:
            yield
        except OSError:
            self.used -= size
            raise

    def put(self, key: str, value: Any) -> None:
        data = pickle.dumps(value)
        with self.reserved(len(value)):
            self.write(self.folder / f"{key}.new", data)
        (self.folder / f"{key}.new").rename(self.folder / key)
        self.used -= len(self.values.get(key, ()))
        self.values[key] = value

    def write(self, file: Path, data: bytes) -> None:
        try:
            file.write_bytes(data)
        except OSError:
            file.unlink(missing_ok=True)
            self.tell(len(data))
            raise

    def tell(self, size: int) -> None:
        """Nothing to do: the context gives the room back."""

    def delete(self, key: str) -> None:
        super().delete(key)
        (self.folder / key).unlink(missing_ok=True)


class WriteThroughTwice(WriteThrough):
    def put(self, key: str, value: Any) -> None:
        self.size = len(value)
        super().put(key, value)

    def tell(self, size: int) -> None:
        self.used -= self.size


class WritingThrough(Plain):
    manager: ClassVar[Any] = WriteThrough
    faults = frozenset({"full_disk", "unpicklable"})
    excused = (OSError,)

    def keys(self) -> list[str]:
        return list(self.store.values)


class WritingThroughTwice(WritingThrough):
    manager = WriteThroughTwice


# Re-entrancy


class Pressed(Books):
    """Asks somebody to make room where there is none."""

    limit = 6 * KIB
    pressure: Callable[[], object] | None = None

    def put(self, key: str, value: Any) -> None:
        if self.used + len(value) > self.limit and self.pressure is not None:
            self.pressure()
        super().put(key, value)

    def get(self, key: str) -> Any:
        if key in self.values:
            return self.values[key]
        return pickle.loads((self.folder / key).read_bytes())  # noqa: S301 - it is our own file

    def delete(self, key: str) -> None:
        super().delete(key)
        (self.folder / key).unlink(missing_ok=True)

    def spill(self) -> int:
        before = self.used
        for key, value in list(self.values.items()):
            (self.folder / key).write_bytes(pickle.dumps(value))
            Books.delete(self, key)
        return before - self.used


class PressedWithAnOldSum(Pressed):
    def put(self, key: str, value: Any) -> None:
        used = self.used - len(self.values.get(key, ())) + len(value)
        if self.used + len(value) > self.limit and self.pressure is not None:
            self.pressure()
        Pressed.delete(self, key)
        self.values[key] = value
        self.used = used


class UnderPressure(Plain):
    manager: ClassVar[Any] = Pressed

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.store.pressure = self.store.spill

    def accounts(self) -> list[int]:
        return [len(each) for each in self.store.values.values()]


class UnderPressureWithAnOldSum(UnderPressure):
    manager = PressedWithAnOldSum


# Opened again


class Log(Books):
    """A log of what was put and deleted, which is read when it is opened; the newest of a key counts."""

    def put(self, key: str, value: Any) -> None:
        super().put(key, value)
        self.append((key, value))

    def delete(self, key: str) -> None:
        if key in self.values:
            super().delete(key)
            self.append((key, None))

    def append(self, record: tuple[str, Any]) -> None:
        with (self.folder / "log").open("ab") as file:
            pickle.dump(record, file)

    def read(self) -> Iterator[tuple[str, Any]]:
        if not (self.folder / "log").exists():
            return
        with (self.folder / "log").open("rb") as file:
            while file.peek(1):
                yield pickle.load(file)  # noqa: S301 - it is our own file

    def open(self) -> None:
        for key, value in self.read():
            self.bury(key)
            if value is not None:
                self.values[key] = value
                self.used += len(value)

    def bury(self, key: str) -> None:
        Books.delete(self, key)


class LogForgetsWhatIsBuried(Log):
    def bury(self, key: str) -> None:
        self.values.pop(key, None)


class Logged(Plain):
    """The log itself grows with each step; it is not counted."""

    manager: ClassVar[Any] = Log

    @step
    def reopen(self) -> None:
        folder = self.store.folder
        self.store = self.manager(folder)
        self.store.open()


class LoggedAndBuried(Logged):
    manager = LogForgetsWhatIsBuried


# What is left behind


class Hits(Books):
    """Counts how often each key was asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.hits: Counter[str] = Counter()

    def get(self, key: str) -> Any:
        self.hits[key] += 1
        return super().get(key)

    def delete(self, key: str) -> None:
        super().delete(key)
        self.forget(key)

    def forget(self, key: str) -> None:
        self.hits.pop(key, None)


class HitsStay(Hits):
    def forget(self, key: str) -> None:
        """Forgotten."""


class CountingHits(Plain):
    manager: ClassVar[Any] = Hits


class CountingHitsForEver(CountingHits):
    manager = HitsStay


# Refused with room


class Pending(Books):
    """What is deleted is given back at the next flush, or where room is needed."""

    limit = 6 * KIB

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.pending = 0

    def put(self, key: str, value: Any) -> None:
        if self.used + self.pending + len(value) > self.limit:
            self.make_room()
        if self.used + self.pending + len(value) > self.limit:
            raise MemoryError
        super().put(key, value)

    def make_room(self) -> None:
        self.pending = 0

    def delete(self, key: str) -> None:
        if key in self.values:
            self.pending += len(self.values[key])
        super().delete(key)

    def flush(self) -> None:
        self.pending = 0


class PendingUntilAFlush(Pending):
    def make_room(self) -> None:
        """Forgotten."""


class Flushed(Plain):
    manager: ClassVar[Any] = Pending
    refuses = (MemoryError,)

    @step
    def flush(self) -> None:
        self.store.flush()

    def keys(self) -> list[str]:
        return list(self.store.values)

    def capacity_of_pool(self) -> int:
        return int(self.store.limit)


class FlushedTooLate(Flushed):
    manager = PendingUntilAFlush


# Dropped with room


class Generations:
    """Two generations: where the young one has grown to half of the room, the old one is dropped if there is need."""

    limit = 6 * KIB

    def __init__(self) -> None:
        self.young: dict[str, Any] = {}
        self.old: dict[str, Any] = {}

    def used(self) -> int:
        return sum(len(each) for some in (self.young, self.old) for each in some.values())

    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        if len(value) > self.limit:
            return
        while self.used() + len(value) > self.limit:
            oldest = self.old or self.young
            del oldest[next(iter(oldest))]
        self.young[key] = value
        self.turn()

    def turn(self) -> None:
        if sum(map(len, self.young.values())) >= self.limit // 2:
            self.old |= self.young
            self.young = {}

    def get(self, key: str) -> Any:
        return self.young[key] if key in self.young else self.old[key]

    def delete(self, key: str) -> None:
        self.young.pop(key, None)
        self.old.pop(key, None)


class GenerationsPass(Generations):
    def turn(self) -> None:
        if sum(map(len, self.young.values())) >= self.limit // 2:
            self.old, self.young = self.young, {}


class InGenerations(Adapter):
    manager: ClassVar[type[Generations]] = Generations
    drops = True

    def begin(self, folder: Path) -> None:
        del folder
        self.cache = self.manager()

    def put(self, key: str, value: Any) -> None:
        self.cache.put(key, value)

    def get(self, key: str) -> Any:
        return self.cache.get(key)

    def delete(self, key: str) -> None:
        self.cache.delete(key)

    def keys(self) -> list[str]:
        return [*self.cache.young, *self.cache.old]

    def accounted(self) -> int:
        return self.cache.used()

    def capacity_of_pool(self) -> int:
        return self.cache.limit


class InGenerationsThatPass(InGenerations):
    manager = GenerationsPass


# Counted too much


class Packs(Books):
    """A value can be packed; what is packed is counted as what it takes."""

    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        self.values[key] = value
        self.used += len(value)

    def pack(self, key: str) -> None:
        value = self.values[key]
        if not isinstance(value, bytes):
            small = zlib.compress(bytes(value.bytes))
            self.values[key] = small
            self.used += len(small)
            self.unload(value)

    def unload(self, value: Any) -> None:
        self.used -= len(value)

    def get(self, key: str) -> Any:
        value = self.values[key]
        return zlib.decompress(value) if isinstance(value, bytes) else value


class PacksOnTop(Packs):
    def unload(self, value: Any) -> None:
        """Forgotten."""


class Packing(Plain):
    manager: ClassVar[Any] = Packs

    @step
    def pack(self, key: str) -> None:
        self.store.pack(key)


class PackingOnTop(Packing):
    manager = PacksOnTop


# Counted too little


class Snapshots(Books):
    """A snapshot of a key has its value as it was, until it is given up."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.snapshots: dict[str, Any] = {}

    def take(self, key: str) -> None:
        self.snapshots[key] = self.values.get(key)

    def give_up(self, key: str) -> None:
        del self.snapshots[key]

    def total(self) -> int:
        every = {id(each): each for each in (*self.values.values(), *self.snapshots.values()) if each is not None}
        return sum(map(len, every.values()))


class SnapshotsForNothing(Snapshots):
    def total(self) -> int:
        return self.used


class WithSnapshots(Plain):
    manager: ClassVar[Any] = Snapshots

    @step(opens=True)
    def snapshot(self, key: str) -> None:
        self.store.take(key)

    @step(closes=True)
    def give_up(self, key: str) -> None:
        self.store.give_up(key)

    def accounted(self) -> int:
        return int(self.store.total())


class WithSnapshotsForNothing(WithSnapshots):
    manager = SnapshotsForNothing
