"""`aiocache.SimpleMemoryCache`: values in a dictionary, each until a timer of the event loop removes it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from spillproof.counterexamples.replay.live.expiring import LIFE, Expiring
from spillproof.counterexamples.replay.live.mapped import NOBODY, ought
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step


class AioMemory(Adapter):
    """A cache of one key, so that `clear` is what deletes it. It has no account; its values are taken as one."""

    packages = ("aiocache",)
    faults = frozenset({"missing"})
    keys_used: ClassVar[tuple[str, ...]] = ("a",)

    def begin(self, folder: Path) -> None:
        from aiocache import SimpleMemoryCache

        self.loop: Any = asyncio.new_event_loop()
        self.cache: Any = SimpleMemoryCache()

    def put(self, key: str, value: Any) -> None:
        self.loop.run_until_complete(self.cache.set(key, value, ttl=LIFE))

    def get(self, key: str) -> Any:
        return self.loop.run_until_complete(self.cache.get(key))

    def delete(self, key: str) -> None:
        self.loop.run_until_complete(self.cache.clear())

    def keys(self) -> Iterable[str]:
        return [] if self.cache is None else list(self.cache._cache)

    def close(self) -> None:
        """Let go of the cache, as its program does: what it has goes with it."""
        self.loop.run_until_complete(self.cache.close())
        self.loop.close()
        self.cache = self.loop = None

    def accounted(self) -> int:
        return 0 if self.cache is None else sum(map(len, self.cache._cache.values()))

    def capacity_of_pool(self) -> int:
        return 100 * Ledger.unit


class AioMemoryKeys(AioMemory):
    """A cache of several keys, each deleted by itself. It is used for locks as well."""

    keys_used = ("a", "b", "c")

    def delete(self, key: str) -> None:
        self.loop.run_until_complete(self.cache.delete(key))

    @step
    def put_falsy(self, key: str, value: Any) -> None:
        """Put a value for which `if value` is false."""
        value.falsy = True
        self.put(key, value)

    @step
    def lock(self, key: str) -> None:
        """Take the lock of a key, and give it back."""
        self.loop.run_until_complete(self.locked(key))

    async def locked(self, key: str) -> None:
        """Hold a lock for a moment."""
        from aiocache.lock import RedLock

        async with RedLock(self.cache, key, lease=LIFE):
            pass


class AioMemoryTtl(Expiring, AioMemoryKeys):
    """The same, where values have their time: the clock of the event loop goes on with a step."""

    drops = True

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.loop.time = self.clock

    def expire(self) -> None:
        """Have the loop do what is due."""
        for _ in range(2):
            self.loop.run_until_complete(asyncio.sleep(0))

    def has(self, key: str) -> bool:
        """Return nothing: what is due goes when the loop is next run."""
        return False


class AioMapped(AioMemoryKeys):
    """The same, where all is done with it that it can."""

    def do(self, work: Any) -> Any:
        """Have the loop do something."""
        return self.loop.run_until_complete(work)

    @step
    def put_many(self, key: str, value: Any) -> None:
        """Put a value with `multi_set`."""
        self.do(self.cache.multi_set([(key, value)], ttl=LIFE))

    @step
    def put_for_ever(self, key: str, value: Any) -> None:
        """Put a value that has no time."""
        self.do(self.cache.set(key, value))

    @step
    def add(self, key: str, value: Any) -> None:
        """Put a value with `add`, where nothing is under its key."""
        there = self.do(self.cache.exists(key))
        self.do((self.cache.set if there else self.cache.add)(key, value, ttl=LIFE))

    @step
    def add_again(self, key: str) -> None:
        """Add a value where one is already, which stays."""
        try:
            self.do(self.cache.add(key, 7))
        except ValueError:
            return
        raise AssertionError(f"{key} is there, and another is taken")

    @step
    def ask_with_default(self) -> None:
        """Ask for what is not there: the default is given."""
        ought(self.do(self.cache.get(NOBODY, default=7)) == 7, "another than the default is given")  # noqa: PLR2004
        ought(not self.do(self.cache.exists(NOBODY)), "what is not there is said to be there")
        ought(not self.do(self.cache.expire(NOBODY, LIFE)), "what is not there is given time")
        ought(self.do(self.cache.multi_get([NOBODY])) == [None], "something is given")

    @step
    def count(self) -> None:
        """Count under a key of its own, which is then deleted."""
        counted = [self.do(self.cache.increment(NOBODY, each)) for each in (2, -1)]
        ought(counted == [2, 1], "it is counted wrongly")
        ought(self.do(self.cache.delete(NOBODY)) == 1, "what was counted cannot be deleted")

    @step
    def give_time(self, key: str) -> None:
        """Give a value its whole time, and then time without end."""
        for time in (LIFE, 0):
            ought(self.do(self.cache.expire(key, time)), f"{key} is there, and is given no time")
