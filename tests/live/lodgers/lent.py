"""Managers in styles of their own, each right and with planted faults: what is lent, pinned, shared and reopened.

A generator, arrays, memoryviews, maps, a weak set of pins, locks by key, a journal.
"""

from __future__ import annotations

import json
import mmap
import pickle
from collections import Counter, OrderedDict
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakSet

import numpy

from spillproof.properties.live import Adapter, step

KIB = 1024


class Shelf(Adapter):
    """Values in a dictionary."""

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.values: dict[str, Any] = {}

    def put(self, key: str, value: Any) -> None:
        self.values[key] = value

    def get(self, key: str) -> Any:
        return self.values[key]

    def delete(self, key: str) -> None:
        del self.values[key]

    def keys(self) -> list[str]:
        return list(self.values)

    def accounted(self) -> int:
        return sum(len(value) for value in self.values.values())


# A generator: iterator


class Scanned(Shelf):
    """Walks over sizes, and looks each value up when it is asked for the next."""

    def scan(self) -> Iterator[int]:
        for key in list(self.values):
            if key in self.values:
                yield len(self.values[key])

    def issue(self, key: str) -> Any:
        del key
        return self.scan()

    def pull(self, handle: Any) -> None:
        next(handle, None)


class ScannedAsItWas(Scanned):
    """Walks over a copy of what was there when the walk began."""

    def scan(self) -> Iterator[int]:
        for value in list(self.values.values()):
            yield len(value)


# Arrays: view, and under-count


class Arrays(Shelf):
    """Values are arrays of words; who asks for a header gets a copy of it."""

    def put(self, key: str, value: Any) -> None:
        self.values[key] = numpy.frombuffer(value.bytes, dtype=numpy.int64)

    def issue(self, key: str) -> Any:
        return self.header(self.values[key])

    def header(self, array: Any) -> Any:
        return array[:4].copy()

    def pull(self, handle: Any) -> None:
        assert handle.sum()

    def accounted(self) -> int:
        return sum(int(array.nbytes) for array in self.values.values())


class ArraysOfWhichHeadersAreLent(Arrays):
    """Believes that four words are little."""

    def header(self, array: Any) -> Any:
        return array[:4]


class ArraysThatAreCounted(Arrays):
    """Counts words, and calls them bytes."""

    def accounted(self) -> int:
        return sum(len(array) for array in self.values.values())


# Memoryviews: view


class Titles(Shelf):
    """Keeps the first bytes of everything that there was for a while, to show them."""

    histories = ("titles",)

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.titles: list[Any] = []

    def put(self, key: str, value: Any) -> None:
        super().put(key, value)
        self.titles = [*self.titles[-4:], self.title(value)]

    def title(self, value: Any) -> Any:
        return bytes(memoryview(value.bytes)[:8])


class TitlesOfTheWhole(Titles):
    """Copies nothing, as views are cheap."""

    def title(self, value: Any) -> Any:
        return memoryview(value.bytes)[:8]


# Maps


class Maps(Adapter):
    """Each value is copied into a map of its own, which is closed when another takes its place."""

    def begin(self, folder: Path) -> None:
        del folder
        self.maps: dict[str, mmap.mmap] = {}
        self.retired: list[mmap.mmap] = []

    def put(self, key: str, value: Any) -> None:
        new = mmap.mmap(-1, len(value))
        new[:] = bytes(value.bytes)
        self.measure.born(new, len(value))  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue] # of the ledger
        old = self.maps.pop(key, None)
        self.maps[key] = new
        if old is not None:
            self.retire(old)

    def retire(self, old: mmap.mmap) -> None:
        old.close()

    def get(self, key: str) -> bytes:
        return self.maps[key][:]

    def delete(self, key: str) -> None:
        self.maps.pop(key).close()

    def accounted(self) -> int:
        return sum(len(each) for each in self.maps.values())


class MapsInRetirement(Maps):
    """Lets a map be that may still be read, and never looks whether it is."""

    def retire(self, old: mmap.mmap) -> None:
        self.retired.append(old)


# A weak set: pin


class Entry:
    """A value, which can be pinned."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Board(Adapter):
    """What was used least recently goes, unless its key is pinned."""

    drops = True
    refuses = (MemoryError,)
    pins_keys = True

    def begin(self, folder: Path) -> None:
        del folder
        self.entries: OrderedDict[str, Entry] = OrderedDict()
        self.pins: Any = Counter()

    def put(self, key: str, value: Any) -> None:
        pinned = sum(len(each.value) for name, each in self.entries.items() if self.is_pinned(name) and name != key)
        if pinned + len(value) > self.capacity_of_pool():
            raise MemoryError
        self.entries[key] = Entry(value)
        self.entries.move_to_end(key)
        while self.accounted() > self.capacity_of_pool():
            del self.entries[next(name for name in self.entries if not self.is_pinned(name) and name != key)]

    def is_pinned(self, key: str) -> bool:
        return bool(self.pins[key]) if key in self.pins else False

    def pin(self, key: str) -> None:
        self.pins[key] += 1

    def unpin(self, key: str) -> None:
        self.pins[key] -= 1
        self.pins += Counter()

    def get(self, key: str) -> Any:
        self.entries.move_to_end(key)
        return self.entries[key].value

    def delete(self, key: str) -> None:
        del self.entries[key]

    def keys(self) -> list[str]:
        return list(self.entries)

    def accounted(self) -> int:
        return sum(len(entry.value) for entry in self.entries.values())

    def capacity_of_pool(self) -> int:
        return 6 * KIB


class BoardOfEntries(Board):
    """Pins the entry that is there now; another that takes its place is not pinned."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.pins = WeakSet()

    def is_pinned(self, key: str) -> bool:
        return self.entries[key] in self.pins

    def pin(self, key: str) -> None:
        self.pins.add(self.entries[key])

    def unpin(self, key: str) -> None:
        if key in self.entries:
            self.pins.discard(self.entries[key])


# Locks by key: two threads


class Striped(Shelf):
    """Each key has a lock of its own, and the sum has one."""

    faults = frozenset({"second_thread"})

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.locks = {key: Lock() for key in self.keys_used}
        self.sum_lock = Lock()
        self.used = 0

    def put(self, key: str, value: Any) -> None:
        with self.locks[key]:
            more = len(value) - len(self.values.get(key, ()))
            self.values[key] = value
            self.add(more)

    def add(self, more: int) -> None:
        with self.sum_lock:
            self.used += more

    def delete(self, key: str) -> None:
        with self.locks[key]:
            self.add(-len(self.values.pop(key)))

    def accounted(self) -> int:
        return self.used


class StripedWithoutASumLock(Striped):
    """Locks keys, and not what they share."""

    def add(self, more: int) -> None:
        used = self.used
        used += more
        self.used = used


class Recent(Shelf):
    """What was read last is last."""

    faults = frozenset({"second_thread"})

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.values = OrderedDict()
        self.lock = Lock()

    def get(self, key: str) -> Any:
        with self.lock:
            return self.touch(key)

    def touch(self, key: str) -> Any:
        value = self.values.pop(key)
        self.values[key] = value
        return value


class RecentWithoutALock(Recent):
    """Takes a value out and puts it in again, which takes no time."""

    def get(self, key: str) -> Any:
        return self.touch(key)


# A journal: reopen


class Journal(Adapter):
    """Each file has a line in a journal, from which a store begins."""

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.memory: dict[str, Any] = {}
        self.sizes: dict[str, int] = {}
        (folder / "journal").touch()

    def note(self, key: str, size: int) -> None:
        """Note the size of a file; 0 where it has gone."""
        with (self.folder / "journal").open("a") as file:
            file.write(json.dumps([key, size]) + "\n")

    @step
    def reopen(self) -> None:
        """Write everything, and begin with what the journal says."""
        while self.memory:
            self.spill()
        lines = (self.folder / "journal").read_text().splitlines()
        sizes = dict(json.loads(line) for line in lines)
        self.sizes = {key: size for key, size in sizes.items() if size}

    def put(self, key: str, value: Any) -> None:
        if key in self.memory or key in self.sizes:
            self.delete(key)
        self.memory[key] = value

    def get(self, key: str) -> Any:
        if key in self.memory:
            return self.memory[key]
        return pickle.loads((self.folder / f"{key}.bin").read_bytes())  # noqa: S301 - our own

    def delete(self, key: str) -> None:
        self.memory.pop(key, None)
        if key in self.sizes:
            (self.folder / f"{key}.bin").unlink()
            self.forget(key)

    def forget(self, key: str) -> None:
        del self.sizes[key]
        self.note(key, 0)

    def spill(self) -> int:
        if not self.memory:
            return 0
        key = next(iter(self.memory))
        self.sizes[key] = (self.folder / f"{key}.bin").write_bytes(pickle.dumps(self.memory[key]))
        self.note(key, self.sizes[key])
        return len(self.memory.pop(key))

    def accounted(self) -> int:
        return sum(len(value) for value in self.memory.values())

    def disk_accounted(self) -> int:
        return sum(self.sizes.values())

    def disk_used(self) -> int:
        return sum(file.stat().st_size for file in self.folder.glob("*.bin"))


class JournalOfWhatComes(Journal):
    """Writes down what comes, and not what goes."""

    def forget(self, key: str) -> None:
        del self.sizes[key]
