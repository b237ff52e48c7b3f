"""Decorators of coroutines that more ask at once than there is room for, that count, and whose results have a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import signature
from typing import Any, ClassVar

from spillproof.counterexamples.replay.live.expiring import LIFE
from spillproof.counterexamples.replay.live.mapped import Stranger, ought
from spillproof.counterexamples.replay.live.memoized import first
from spillproof.counterexamples.replay.live.memoized_awaited import (
    SOON,
    AioAwaited,
    AsyncLru,
    Awaited,
    CacheboxAwaited,
    CacheoutAwaited,
    MokaAwaited,
)
from spillproof.properties.live.own import step

CROWD = 4
"""So many ask at once."""


class Crowded(Awaited):
    """A coroutine that nobody cancels."""

    faults: ClassVar[frozenset[str]] = frozenset()
    leave: Any = None
    leave_alone: Any = None
    cache: Any

    @step(loses=True)
    async def crowd(self) -> None:
        """Have more ask at once than there is room for, each for another: each gets its own."""
        keys = [self.stranger() for _ in range(CROWD)]
        given = {key: Stranger() for key in keys}
        self.fresh.update(given)
        found = await asyncio.wait_for(asyncio.gather(*map(self.call, keys), return_exceptions=True), SOON)
        for key in keys:
            await self.clean(key)
        ought(list(map(id, found)) == list(map(id, given.values())), f"several ask at once, and are given {found}")

    @step(loses=True)
    async def empty_meanwhile(self) -> None:
        """Empty the cache while the function works: who asked is answered, and it works as before."""
        key = self.stranger()
        self.fresh[key] = Stranger()
        asking = asyncio.ensure_future(self.call(key))
        while not self.heard:  # noqa: ASYNC110 - who waits for an event is woken later
            await asyncio.sleep(0)
        await self.emptied()
        found = await asyncio.wait_for(asking, SOON)
        ought(isinstance(found, Stranger), f"the cache is emptied meanwhile, and {found!r} is given")
        await self.clean(key)

    async def emptied(self) -> None:
        """Empty the cache."""
        emptying: Any = (getattr(self.call, "cache_clear", None) or self.cache.clear)()
        if isinstance(emptying, Awaitable):
            await emptying


class Telling(Crowded):
    """It tells of itself how often its cache had what was asked for."""

    @step
    async def count(self) -> None:
        """Ask for what is not there, and again: it is counted as missed once, and as had once."""
        key, call = self.stranger(), self.call
        before, self.fresh[key] = call.cache_info(), Stranger()  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess] # of what is decorated
        await call(key)
        await call(key)
        after = call.cache_info()  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess] # as above
        await self.clean(key)
        counted = (after.hits - before.hits, after.misses - before.misses)
        ought(counted == (1, 1), f"one was had and one missed, and {counted} are counted")


class CacheboxTelling(Telling, CacheboxAwaited):
    """`cachebox.cached`."""


class CacheboxTellingFree(CacheboxTelling):
    """The same without a lock, where a release has one."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        import cachebox

        self.cache: Any = cachebox.LRUCache(self.values)
        free = {"lock": False} if "lock" in signature(cachebox.cached).parameters else {}
        call: Any = cachebox.cached(self.cache, key_maker=first, **free)(function)
        return call  # type: ignore[no-any-return]

    meet: Any = None


class AsyncLruTelling(Telling, AsyncLru):
    """`async_lru.alru_cache`."""


class AsyncLruTimed(AsyncLruTelling):
    """The same, where results have a time, which nobody waits for."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        from async_lru import alru_cache

        call: Any = alru_cache(maxsize=self.values, ttl=LIFE)(function)
        return call  # type: ignore[no-any-return]


class AioCrowded(Crowded, AioAwaited):
    """`aiocache.cached`."""

    meet: Any = None  # it is asked twice, as is documented


class CacheoutCrowded(Crowded, CacheoutAwaited):
    """`memoize` of cacheout."""

    meet: Any = None  # as above


class MokaCrowded(Crowded, MokaAwaited):
    """`moka_py.cached`."""

    meet: Any = None  # as above
