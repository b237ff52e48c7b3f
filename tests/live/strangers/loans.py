"""Managers that lend: cursors, views, maps, pins. Each right, and each with one planted fault."""

from __future__ import annotations

import mmap
import pickle
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakSet

import numpy as np

from spillproof.properties.live import Adapter
from tests.live.strangers.books import KIB, Books, Plain

# Iterators


class Cursor:
    """Reads a value in memory, or what was spilled of it."""

    def __init__(self, key: str, value: Any) -> None:
        self.key = key
        self.file: Path | None = None
        self.source: Any = lambda: value.bytes[:8]

    def read(self) -> bytes:
        if self.file is not None:
            return self.file.read_bytes()[:8] if self.file.exists() else b""
        return bytes(self.source()) if self.source is not None else b""

    def move(self, file: Path) -> None:
        self.file, self.source = file, None

    def close(self) -> None:
        self.file = self.source = None


class MovedCursor(Cursor):
    """Reads the file from now on, and still knows how to read the value."""

    def move(self, file: Path) -> None:
        self.file = file


class Cursors(Books):
    """Spills what is being read: its cursors read on from the file."""

    cursor = Cursor

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.open: WeakSet[Cursor] = WeakSet()

    def read(self, key: str) -> Cursor:
        made = self.cursor(key, self.get(key))
        self.open.add(made)
        return made

    def get(self, key: str) -> Any:
        if key not in self.values:
            return pickle.loads((self.folder / key).read_bytes())  # noqa: S301 - it is our own file
        return self.values[key]

    def delete(self, key: str) -> None:
        for cursor in [each for each in self.open if each.key == key]:
            cursor.close()
        super().delete(key)
        (self.folder / key).unlink(missing_ok=True)

    def spill(self) -> int:
        for key, value in list(self.values.items())[:1]:
            file = self.folder / key
            file.write_bytes(pickle.dumps(value))
            for cursor in [each for each in self.open if each.key == key]:
                cursor.move(file)
            super().delete(key)
            return len(value)
        return 0


class CursorsThatKeep(Cursors):
    cursor = MovedCursor


class Reading(Plain):
    manager: ClassVar[Any] = Cursors

    def spill(self) -> int:
        return int(self.store.spill())

    def issue(self, key: str) -> Any:
        if key not in self.store.values:
            made = Cursor(key, None)
            made.move(self.store.folder / key)
            return made
        return self.store.read(key)

    def pull(self, handle: Any) -> None:
        handle.read()


class ReadingAndKeeping(Reading):
    manager = CursorsThatKeep


class Borrow:
    """A value that is borrowed."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Counted(Books):
    """A value is accounted as long as it is in the table, or borrowed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.borrowed: dict[int, int] = {}
        self.dead: set[int] = set()

    def borrow(self, key: str) -> Borrow:
        value = self.values[key]
        self.borrowed[id(value)] = self.borrowed.get(id(value), 0) + 1
        return Borrow(value)

    def delete(self, key: str) -> None:
        if key not in self.values:
            return
        value = self.values.pop(key)
        if id(value) in self.borrowed:
            self.dead.add(id(value))
        else:
            self.used -= len(value)

    def give_back(self, borrow: Borrow) -> None:
        value = borrow.value
        self.borrowed[id(value)] -= 1
        if not self.borrowed[id(value)]:
            del self.borrowed[id(value)]
            if id(value) in self.dead:
                self.dead.remove(id(value))
                self.used -= len(value)


class CountedAndListed(Counted):
    """Has a list of all that was ever borrowed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.cursors: list[Borrow] = []

    def borrow(self, key: str) -> Borrow:
        self.cursors.append(super().borrow(key))
        return self.cursors[-1]


class Lent(Plain):
    manager: ClassVar[Any] = Counted

    def issue(self, key: str) -> Any:
        return self.store.borrow(key)

    def drop(self, handle: Any) -> None:
        self.store.give_back(handle)


class LentAndListed(Lent):
    manager = CountedAndListed


# Views


class Columns(Books):
    """Gives out the first and the last bytes of a value, as columns."""

    def columns(self, key: str) -> dict[str, Any]:
        every = np.frombuffer(self.values[key].bytes, dtype=np.uint8)
        return {"head": every[:8].copy(), "tail": every[-8:].reshape(2, 4).T.copy()}


class ColumnsOfTheWhole(Columns):
    def columns(self, key: str) -> dict[str, Any]:
        every = np.frombuffer(self.values[key].bytes, dtype=np.uint8)
        return {"head": every[:8].copy(), "tail": every[-8:].reshape(2, 4).T}


class InColumns(Plain):
    manager: ClassVar[Any] = Columns

    def issue(self, key: str) -> Any:
        return self.store.columns(key)


class InColumnsOfTheWhole(InColumns):
    manager = ColumnsOfTheWhole


class Previews(Books):
    """Has the first bytes of each value at hand."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.previews: dict[str, memoryview] = {}

    def put(self, key: str, value: Any) -> None:
        super().put(key, value)
        self.previews[key] = self.preview(value)

    def preview(self, value: Any) -> memoryview:
        return memoryview(bytes(value.bytes[:8]))

    def delete(self, key: str) -> None:
        self.previews.pop(key, None)
        super().delete(key)


class PreviewsStay(Previews):
    def preview(self, value: Any) -> memoryview:
        return memoryview(value.bytes)[:8]

    def delete(self, key: str) -> None:
        Books.delete(self, key)


class Previewing(Plain):
    manager = Previews


class PreviewingForEver(Plain):
    manager = PreviewsStay


# Maps


class Mapped(Adapter):
    """Each value is a file, and mapped by numpy."""

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.maps: dict[str, Any] = {}

    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        (self.folder / key).write_bytes(bytes(value.bytes))
        self.maps[key] = np.memmap(self.folder / key, dtype=np.uint8, mode="r")
        measure: Any = self.measure
        measure.born(self.maps[key]._mmap, len(value))

    def get(self, key: str) -> bytes:
        return bytes(self.maps[key])

    def delete(self, key: str) -> None:
        if key in self.maps:
            del self.maps[key]
            (self.folder / key).unlink()

    def issue(self, key: str) -> Any:
        return self.maps[key][2:8].tobytes()

    def accounted(self) -> int:
        return sum(len(each) for each in self.maps.values())


class MappedAndLent(Mapped):
    def issue(self, key: str) -> Any:
        return [self.maps[key][2:8][::2]]


class Segments(Adapter):
    """Values are in segments of their own, outside of Python's heap."""

    def begin(self, folder: Path) -> None:
        del folder
        self.segments: dict[str, mmap.mmap] = {}
        self.spare: list[mmap.mmap] = []

    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        made = mmap.mmap(-1, len(value))
        made.write(value.bytes)
        measure: Any = self.measure
        measure.born(made, len(value))
        self.segments[key] = made

    def get(self, key: str) -> bytes:
        return self.segments[key][:]

    def delete(self, key: str) -> None:
        if key in self.segments:
            self.retire(self.segments.pop(key))

    def retire(self, segment: mmap.mmap) -> None:
        segment.close()

    def accounted(self) -> int:
        return sum(map(len, self.segments.values()))


class SegmentsAreSpared(Segments):
    """The last one is kept, so that it could be used again."""

    def retire(self, segment: mmap.mmap) -> None:
        self.spare[:] = [segment]


# Pins


class Pinned:
    """Drops the oldest that is not pinned, and refuses where there is none."""

    limit = 4 * KIB

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.pins: dict[str, int] = {}

    def used(self) -> int:
        return sum(map(len, self.values.values()))

    def put(self, key: str, value: Any) -> None:
        room = self.limit - len(value) + len(self.values.get(key, ()))
        for victim in self.victims(self.used() - room, key):
            del self.values[victim]
        self.values[key] = value

    def victims(self, wanted: int, key: str) -> list[str]:
        found: list[str] = []
        for other in self.values:
            if wanted <= 0:
                break
            if other != key and other not in self.pins:
                found.append(other)
                wanted -= len(self.values[other])
        if wanted > 0:
            raise MemoryError
        return found

    def delete(self, key: str) -> None:
        del self.values[key]

    def pin(self, key: str) -> None:
        self.pins[key] = self.pins.get(key, 0) + 1

    def unpin(self, key: str) -> None:
        self.pins[key] = self.pins.get(key, 0) - 1
        if self.pins[key] <= 0:
            del self.pins[key]


class PinnedUntilADelete(Pinned):
    def delete(self, key: str) -> None:
        super().delete(key)
        self.pins.clear()


class Clock(Pinned):
    """Goes round, and takes what was not used since the last round. A pin is a use that lasts."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: dict[str, int] = {}

    def put(self, key: str, value: Any) -> None:
        super().put(key, value)
        self.marks = {other: self.marks.get(other, 0) for other in self.values}

    def delete(self, key: str) -> None:
        super().delete(key)
        self.marks.pop(key, None)

    def pin(self, key: str) -> None:
        super().pin(key)
        self.marks[key] = 2

    def victims(self, wanted: int, key: str) -> list[str]:
        for _ in range(3):
            free = [other for other in self.values if other != key and self.is_free(other)]
            if sum(len(self.values[other]) for other in free) >= wanted:
                return self.enough(free, wanted)
            self.marks = {other: max(0, mark - 1) for other, mark in self.marks.items()}
        raise MemoryError

    def enough(self, free: list[str], wanted: int) -> list[str]:
        found: list[str] = []
        while wanted > 0:
            found.append(free.pop(0))
            wanted -= len(self.values[found[-1]])
        return found

    def is_free(self, key: str) -> bool:
        return not self.marks[key] and key not in self.pins


class ClockWearsPinsOff(Clock):
    def is_free(self, key: str) -> bool:
        return not self.marks[key]


class Pinning(Adapter):
    """A cache with pins."""

    manager: ClassVar[type[Pinned]] = Pinned
    drops = True
    refuses = (MemoryError,)

    def begin(self, folder: Path) -> None:
        del folder
        self.cache = self.manager()

    def put(self, key: str, value: Any) -> None:
        self.cache.put(key, value)

    def get(self, key: str) -> Any:
        return self.cache.values[key]

    def delete(self, key: str) -> None:
        self.cache.delete(key)

    def keys(self) -> list[str]:
        return list(self.cache.values)

    def pin(self, key: str) -> None:
        self.cache.pin(key)

    def unpin(self, key: str) -> None:
        self.cache.unpin(key)

    def accounted(self) -> int:
        return self.cache.used()

    def capacity_of_pool(self) -> int:
        return self.cache.limit


class PinningUntilADelete(Pinning):
    manager = PinnedUntilADelete


class PinningByAClock(Pinning):
    manager = Clock


class PinningByAClockThatWears(Pinning):
    manager = ClockWearsPinsOff
