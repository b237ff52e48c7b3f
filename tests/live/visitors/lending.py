"""Managers that lend what they have: iterators, views, maps, pins. Each right, and each with one planted fault."""

from __future__ import annotations

import ctypes
import mmap
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from spillproof.properties.live import Adapter
from tests.live.strangers.books import KIB, Plain
from tests.live.strangers.books import Books as Values

# Iterators


class ByteByByte(Plain):
    """Issues an iterator over a copy of the first bytes."""

    manager: ClassVar[Any] = Values

    def issue(self, key: str) -> Iterator[int]:
        return iter(memoryview(bytes(self.store.get(key).bytes[:16])))

    def pull(self, handle: Any) -> None:
        next(handle, None)


class ByteByByteOfTheWhole(ByteByByte):
    """The iterator of a view of the bytes themselves."""

    def issue(self, key: str) -> Iterator[int]:
        return iter(memoryview(self.store.get(key).bytes))


# Views


class InC(Plain):
    """Issues what a library in C would be given."""

    manager: ClassVar[Any] = Values

    def issue(self, key: str) -> Any:
        return (ctypes.c_char * 16).from_buffer_copy(self.store.get(key).bytes)


class InCWithoutACopy(InC):
    def issue(self, key: str) -> Any:
        return (ctypes.c_char * 16).from_buffer(self.store.get(key).bytes)


# Maps


class Versions(Adapter):
    """A file is mapped anew for each version; the old map is closed."""

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.maps: dict[str, mmap.mmap] = {}
        self.versions: dict[str, list[mmap.mmap]] = {}

    def put(self, key: str, value: Any) -> None:
        (self.folder / key).unlink(missing_ok=True)  # what is mapped of it stays as it is
        with (self.folder / key).open("w+b") as file:
            file.write(value.bytes)
            file.flush()
            made = mmap.mmap(file.fileno(), len(value))
        measure: Any = self.measure
        measure.born(made, len(value))
        if key in self.maps:
            self.replace(key, self.maps[key])
        self.maps[key] = made

    def replace(self, key: str, old: mmap.mmap) -> None:
        del key
        old.close()

    def get(self, key: str) -> bytes:
        return self.maps[key][:]

    def delete(self, key: str) -> None:
        del self.maps[key]
        self.versions.pop(key, None)
        (self.folder / key).unlink()

    def accounted(self) -> int:
        return sum(map(len, self.maps.values()))


class VersionsStay(Versions):
    def replace(self, key: str, old: mmap.mmap) -> None:
        self.versions.setdefault(key, []).append(old)


# Pins


class Recent:
    """Drops what was used the longest ago and is not pinned; a use moves an entry to the end."""

    limit = 5 * KIB

    def __init__(self) -> None:
        self.entries: OrderedDict[str, tuple[Any, int]] = OrderedDict()

    def used(self) -> int:
        return sum(len(value) for value, _ in self.entries.values())

    def put(self, key: str, value: Any) -> None:
        rest = self.used() - (len(self.entries[key][0]) if key in self.entries else 0)
        victims = [other for other, (_, pins) in self.entries.items() if not pins and other != key]
        found = []
        while rest + len(value) > self.limit:
            if not victims:
                raise MemoryError
            found.append(victims.pop(0))
            rest -= len(self.entries[found[-1]][0])
        for victim in found:
            del self.entries[victim]
        self.entries.pop(key, None)
        self.entries[key] = value, 0

    def get(self, key: str) -> Any:
        self.entries.move_to_end(key)
        return self.entries[key][0]

    def delete(self, key: str) -> None:
        del self.entries[key]

    def pin(self, key: str, more: int) -> None:
        value, pins = self.entries[key]
        self.entries[key] = value, max(0, pins + more)


class RecentForgetsThePin(Recent):
    def get(self, key: str) -> Any:
        value, _ = self.entries.pop(key)
        self.entries[key] = value, 0
        return value


class UsedRecently(Adapter):
    manager: ClassVar[type[Recent]] = Recent
    drops = True
    refuses = (MemoryError,)

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
        return list(self.cache.entries)

    def pin(self, key: str) -> None:
        self.cache.pin(key, 1)

    def unpin(self, key: str) -> None:
        self.cache.pin(key, -1)

    def accounted(self) -> int:
        return self.cache.used()

    def capacity_of_pool(self) -> int:
        return self.cache.limit


class UsedRecentlyAndForgotten(UsedRecently):
    manager = RecentForgetsThePin
