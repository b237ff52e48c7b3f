"""Managers in styles of their own, each right and with planted faults: tables, room, and counting.

A method whose results are cached, extents, a doorkeeper, an arena of chunks.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, ClassVar

from spillproof.properties.live import Adapter

KIB = 1024

# A method whose results are cached: residue


class Hashed(Adapter):
    """Keeps values under the hashes of their keys."""

    def begin(self, folder: Path) -> None:
        del folder
        self.values: dict[str, Any] = {}

    def digest(self, key: str) -> str:
        return blake2b(key.encode(), digest_size=8).hexdigest()

    def put(self, key: str, value: Any) -> None:
        self.values[self.digest(key)] = value

    def get(self, key: str) -> Any:
        return self.values[self.digest(key)]

    def delete(self, key: str) -> None:
        del self.values[self.digest(key)]

    def accounted(self) -> int:
        return sum(len(value) for value in self.values.values())


class HashedOnce(Hashed):
    """Remembers each hash, of as many keys as ever come."""

    @lru_cache(maxsize=None)  # noqa: B019, UP033 - the planted fault
    def digest(self, key: str) -> str:  # pyright: ignore[reportIncompatibleMethodOverride] # as it is planted
        return super().digest(key)


# Extents: refusal with room


class Extents(Adapter):
    """A pool of six units. What is free is a list of places and lengths, of which the first that is enough is taken."""

    refuses = (MemoryError,)

    def begin(self, folder: Path) -> None:
        del folder
        self.free = [(0, 6 * KIB)]
        self.taken: dict[str, tuple[int, int]] = {}
        self.values: dict[str, Any] = {}

    def put(self, key: str, value: Any) -> None:
        if key in self.values:
            self.delete(key)
        place = next((each for each in self.free if each[1] >= len(value)), None) or self.compacted(len(value))
        self.free.remove(place)
        if place[1] > len(value):
            self.free.append((place[0] + len(value), place[1] - len(value)))
        self.taken[key], self.values[key] = (place[0], len(value)), value

    def compacted(self, size: int) -> tuple[int, int]:
        """Move all that is taken to the front."""
        at = 0
        for key, (_, length) in self.taken.items():
            self.taken[key] = (at, length)
            at += length
        self.free = [(at, 6 * KIB - at)] if at < 6 * KIB else []
        if not self.free or self.free[0][1] < size:
            raise MemoryError
        return self.free[0]

    def get(self, key: str) -> Any:
        return self.values[key]

    def delete(self, key: str) -> None:
        self.free.append(self.taken.pop(key))
        del self.values[key]

    def keys(self) -> list[str]:
        return list(self.values)

    def accounted(self) -> int:
        return sum(size for _, size in self.taken.values())

    def capacity_of_pool(self) -> int:
        return 6 * KIB


class ExtentsThatStayApart(Extents):
    """Has places side by side that are free, and does not see that they are one."""

    def compacted(self, size: int) -> tuple[int, int]:
        raise MemoryError(size)


# A doorkeeper: drop with room


class Doorkeeper(OrderedDict[str, Any]):
    """A cache. Where it is full, a key is let in when it comes for the second time."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.seen: str | None = None

    def used(self) -> int:
        return sum(len(value) for value in self.values())

    def is_full(self, more: int) -> bool:
        return self.used() + more > self.most

    def offer(self, key: str, value: Any) -> None:
        old = self.pop(key, None)
        if old is None and self.is_full(len(value)) and self.seen != key:
            self.seen = key
            return
        while self and self.used() + len(value) > self.most:
            self.popitem(last=False)
        if len(value) <= self.most:
            self[key] = value


class DoorkeeperToAll(Doorkeeper):
    """Asks who comes for the first time to come again, whether it is full or not."""

    def is_full(self, more: int) -> bool:
        del more
        return True


class AtTheDoor(Adapter):
    """A cache with a doorkeeper."""

    drops = True
    manager: ClassVar[type[Doorkeeper]] = Doorkeeper

    def begin(self, folder: Path) -> None:
        del folder
        self.cache = self.manager(6 * KIB)

    def put(self, key: str, value: Any) -> None:
        self.cache.offer(key, value)

    def get(self, key: str) -> Any:
        return self.cache[key]

    def delete(self, key: str) -> None:
        del self.cache[key]

    def keys(self) -> list[str]:
        return list(self.cache)

    def accounted(self) -> int:
        return self.cache.used()

    def capacity_of_pool(self) -> int:
        return 6 * KIB


class AtTheDoorToAll(AtTheDoor):
    manager = DoorkeeperToAll


# An arena of chunks: over-count


class Arena(Adapter):
    """Charges whole chunks of two units, and documents it: what a chunk is more than its value is charged too."""

    chunk = 2 * KIB

    def begin(self, folder: Path) -> None:
        del folder
        self.values: dict[str, Any] = {}
        self.charged = 0

    def rounded(self, size: int) -> int:
        return -(-size // self.chunk) * self.chunk

    def put(self, key: str, value: Any) -> None:
        if key in self.values:
            self.delete(key)
        self.values[key] = value
        self.charged += self.rounded(len(value))

    def get(self, key: str) -> Any:
        return self.values[key]

    def delete(self, key: str) -> None:
        self.charged -= self.back(len(self.values.pop(key)))

    def back(self, size: int) -> int:
        return self.rounded(size)

    def accounted(self) -> int:
        return self.charged


class ArenaThatGivesBackLess(Arena):
    """Gives back what the value had, and not what it was charged."""

    def back(self, size: int) -> int:
        return size
