"""`diskcache.Cache` with a limit: when it is reached, values go, in the order that its policy says."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

from spillproof.counterexamples.replay.live.diskcache_cache import DiskCache
from spillproof.counterexamples.replay.live.mapped import NOBODY, ought
from spillproof.counterexamples.replay.live.ordered import Ordered
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step
from spillproof.properties.live.surroundings import instead

ROOM = 6 * Ledger.unit
"""What the limit leaves beside the table."""

BESIDE = 256
"""What a pickle has at most beside its value."""


class DiskLimited(DiskCache):
    """A cache with a limit."""

    faults: ClassVar[frozenset[str]] = frozenset({"missing"})
    drops = True
    at_once = 10
    stored: ClassVar[str] = "least-recently-stored"

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.limit = self.cache.volume() + ROOM
        self.cache.reset("size_limit", self.limit)

    def options(self) -> dict[str, Any]:
        return {"eviction_policy": self.stored, "cull_limit": self.at_once}

    def fits(self, key: str, size: int) -> bool:
        """Return whether the limit is not reached with this value."""
        return bool(self.cache.volume() + size + BESIDE < self.limit)

    @step(loses=True)
    def cull(self) -> None:
        """Have the cache remove what is too much: nothing, as it has done so."""
        before = len(self.cache)
        ought(self.cache.cull() == before - len(self.cache), "another number is said to have gone than has")
        ought(self.cache.volume() <= self.limit, "more is there than may be")


class DiskCulled(DiskLimited):
    """As much as its limit says: what is above it goes when something is put, ten values at once."""

    def capacity_of_disk(self) -> int:
        """Return what the limit leaves for values: where it is reached, all go, as they are few."""
        return ROOM


class DiskCulledUsed(Ordered, DiskLimited):
    """The same, one value at a time: what was used least recently goes first."""

    at_once = 1
    stored = "least-recently-used"

    def begin(self, folder: Path) -> None:
        import diskcache.core

        super().begin(folder)
        ticks = count(1_000_000_000)  # no two things are done at the same time
        instead(diskcache.core, "time", SimpleNamespace(time=lambda: float(next(ticks)), sleep=None))


class DiskRecipes(DiskCache):
    """What is built of a cache: locks, a semaphore, a mean. What they leave in it is not looked at."""

    faults: ClassVar[frozenset[str]] = frozenset()
    most = 1

    def keys(self) -> list[str]:
        return [key for key in self.keys_used if key in self.cache]

    @step
    def lock(self) -> None:
        """Take a lock, and give it back."""
        from diskcache import Lock

        lock = Lock(self.cache, NOBODY)
        with lock:
            ought(not hasattr(lock, "locked") or lock.locked(), "a lock is taken, and said to be free")
        ought(NOBODY not in self.cache, "a lock is given back, and there")

    @step
    def lock_twice(self) -> None:
        """Take a lock twice, and give it back as often, and not once more."""
        from diskcache import RLock

        lock = RLock(self.cache, f"{NOBODY} 2")
        with lock, lock:
            pass
        try:
            lock.release()
        except AssertionError:
            return
        raise AssertionError("a lock that nobody has is given back")

    @step
    def share(self) -> None:
        """Take a semaphore of two twice, and give it back as often, and not once more."""
        from diskcache import BoundedSemaphore

        semaphore = BoundedSemaphore(self.cache, f"{NOBODY} 3", value=2)
        with semaphore, semaphore:
            pass
        try:
            semaphore.release()
        except AssertionError:
            return
        raise AssertionError("a semaphore that nobody has is given back")

    @step
    def mean(self) -> None:
        """Have a mean of two numbers."""
        from diskcache import Averager

        mean = Averager(self.cache, NOBODY)
        mean.add(1)
        mean.add(3)
        ought([mean.get(), mean.pop(), mean.get()] == [2, 2, None], "it is another mean")

    @step
    def restore(self) -> None:
        """Pickle the cache, and go on with what is read back."""
        import pickle

        other = pickle.loads(pickle.dumps(self.cache))  # noqa: S301 - our own
        self.cache.close()
        self.cache = other

    @step
    def tell(self) -> None:
        """Have the cache count what it had and missed."""
        self.cache.stats(enable=True, reset=True)
        self.cache.get(NOBODY)
        had = sum(self.cache.get(key) is not None for key in self.keys())
        ought(self.cache.stats(enable=False, reset=True) == (had, 1), "it is counted otherwise")

    def close(self) -> None:
        self.cache.clear()
        self.cache.close()
