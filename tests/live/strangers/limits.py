"""Managers that are opened again, leave things behind, refuse and drop. Each right, and each with a planted fault."""

from __future__ import annotations

import pickle
from collections import defaultdict
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from spillproof.properties.live import Adapter, step
from tests.live.strangers.books import KIB, Books, OnShelf, Plain, Shelf
from tests.live.strangers.turns import loaded

# Opened again


class Journal(Shelf):
    """Everything on disk, and one counter of it, made anew when it is opened."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.total = 0
        self.open()

    def open(self) -> None:
        self.total = 0
        self.recount()

    def recount(self) -> None:
        for file in self.folder.iterdir():
            self.sizes[file.name] = file.stat().st_size
            self.total += self.sizes[file.name]

    def put(self, key: str, value: Any) -> None:
        self.total -= self.sizes.get(key, 0)
        super().put(key, value)
        self.total += self.sizes[key]

    def delete(self, key: str) -> None:
        self.total -= self.sizes[key]
        super().delete(key)


class JournalAddsUp(Journal):
    def open(self) -> None:
        self.recount()


class Reopened(OnShelf):
    manager: ClassVar[Any] = Journal

    @step
    def reopen(self) -> None:
        self.store.open()

    def disk_accounted(self) -> int:
        return int(self.store.total)


class ReopenedAndAdded(Reopened):
    manager = JournalAddsUp


class Through(Books):
    """Writes each value through to disk, and has all of them in memory again after a crash."""

    def put(self, key: str, value: Any) -> None:
        super().put(key, value)
        (self.folder / key).write_bytes(pickle.dumps(value))

    def delete(self, key: str) -> None:
        super().delete(key)
        (self.folder / key).unlink(missing_ok=True)

    def warm_up(self) -> None:
        for file in self.folder.iterdir():
            self.values[file.name] = loaded(file)
        self.count()

    def count(self) -> None:
        self.used = sum(map(len, self.values.values()))


class ThroughUncounted(Through):
    def count(self) -> None:
        """Forgotten."""


class Crashing(Plain):
    manager: ClassVar[Any] = Through

    @step
    def crash(self) -> None:
        folder = self.store.folder
        self.store = self.manager(folder)
        self.store.warm_up()


class CrashingUncounted(Crashing):
    manager = ThroughUncounted


# What is left behind


class Locks(Books):
    """A lock for each key."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.locks: defaultdict[str, Any] = defaultdict(Lock)

    def put(self, key: str, value: Any) -> None:
        with self.locks[key]:
            Books.delete(self, key)
            self.values[key] = value
            self.used += len(value)

    def delete(self, key: str) -> None:
        with self.locks[key]:
            super().delete(key)
        self.forget(key)

    def forget(self, key: str) -> None:
        del self.locks[key]


class LocksStay(Locks):
    def forget(self, key: str) -> None:
        """Forgotten."""


class WithLocks(Plain):
    manager = Locks


class WithLocksThatStay(Plain):
    manager = LocksStay


class Notes(Shelf):
    """A second file for each key says when it was written."""

    def put(self, key: str, value: Any) -> None:
        super().put(key, value)
        (self.folder / f"{key}.note").write_text("now")

    def delete(self, key: str) -> None:
        super().delete(key)
        self.forget(key)

    def forget(self, key: str) -> None:
        (self.folder / f"{key}.note").unlink()


class NotesStay(Notes):
    def forget(self, key: str) -> None:
        """Forgotten."""


class WithNotes(OnShelf):
    manager = Notes

    def disk_used(self) -> int:
        return sum(file.stat().st_size for file in self.store.folder.iterdir() if not file.suffix)


class WithNotesThatStay(WithNotes):
    manager = NotesStay


# Refused with room


def slab(size: int) -> int:
    """Return the next power of two."""
    return 1 << (size - 1).bit_length()


class Slabs(Books):
    """Each value takes a slab, of a size that is a power of two."""

    limit = 6 * KIB

    def put(self, key: str, value: Any) -> None:
        taken = sum(slab(len(each)) for other, each in self.values.items() if other != key)
        if taken + slab(len(value)) > self.limit:
            raise MemoryError
        super().put(key, value)


class InSlabs(Plain):
    """Says nothing of slabs, so that it refuses what would fit."""

    manager: ClassVar[Any] = Slabs
    refuses = (MemoryError,)

    def keys(self) -> list[str]:
        return list(self.store.values)

    def capacity_of_pool(self) -> int:
        return int(self.store.limit)


class InSlabsAsItSays(InSlabs):
    def fits(self, key: str, size: int) -> bool:
        taken = sum(slab(len(each)) for other, each in self.store.values.items() if other != key)
        return bool(taken + slab(size) <= self.store.limit)


class Queue(Books):
    """What waits to be taken counts against what else is taken."""

    limit = 6 * KIB

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.wanted = 0

    def put(self, key: str, value: Any) -> None:
        self.wanted += len(value)
        if self.used - len(self.values.get(key, ())) + self.wanted > self.limit:
            self.refuse(value)
            raise MemoryError
        super().put(key, value)
        self.wanted -= len(value)

    def refuse(self, value: Any) -> None:
        self.wanted -= len(value)


class QueueStays(Queue):
    def refuse(self, value: Any) -> None:
        """Forgotten."""


class Queued(InSlabs):
    manager = Queue


class QueuedForEver(InSlabs):
    manager = QueueStays


# Dropped with room


class Flushed(Books):
    """Drops everything else where a value does not fit."""

    limit = 5 * KIB

    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        if len(value) > self.limit:
            return
        if self.is_full(len(value)):
            self.values.clear()
            self.used = 0
        super().put(key, value)

    def is_full(self, size: int) -> bool:
        return self.used + size > self.limit


class FlushedTooEarly(Flushed):
    def is_full(self, size: int) -> bool:
        return self.used + size > self.limit - 2 * KIB


class Flushing(Plain):
    manager: ClassVar[Any] = Flushed
    drops = True

    def keys(self) -> list[str]:
        return list(self.store.values)

    def capacity_of_pool(self) -> int:
        return int(self.store.limit)


class FlushingTooEarly(Flushing):
    manager = FlushedTooEarly


class Shards(Adapter):
    """Two caches of half the size, by the last letter of the key. Says nothing of it."""

    drops = True

    def begin(self, folder: Path) -> None:
        del folder
        self.shards: tuple[dict[str, Any], dict[str, Any]] = ({}, {})

    def _shard(self, key: str) -> dict[str, Any]:
        return self.shards[ord(key[-1]) % 2]

    def put(self, key: str, value: Any) -> None:
        shard = self._shard(key)
        shard.pop(key, None)
        if len(value) > self.capacity_of_pool() // 2:
            return
        while sum(map(len, shard.values())) + len(value) > self.capacity_of_pool() // 2:
            del shard[next(iter(shard))]
        shard[key] = value

    def get(self, key: str) -> Any:
        return self._shard(key)[key]

    def delete(self, key: str) -> None:
        del self._shard(key)[key]

    def keys(self) -> list[str]:
        return [*self.shards[0], *self.shards[1]]

    def accounted(self) -> int:
        return sum(len(each) for shard in self.shards for each in shard.values())

    def capacity_of_pool(self) -> int:
        return 6 * KIB


class ShardsAsItSays(Shards):
    def fits(self, key: str, size: int) -> bool:
        used = sum(len(each) for other, each in self._shard(key).items() if other != key)
        return used + size <= self.capacity_of_pool() // 2
