"""Decorators of coroutines: whoever asks may be cancelled, and others may ask for the same meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from spillproof.counterexamples.replay.live.mapped import NOBODY, Stranger, WeighingError, ought
from spillproof.counterexamples.replay.live.memoized import Memoized, first, given_to_memoize, last, result_of
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step

SOON = 1.0
"""Seconds in which whoever asks is to be answered; nothing here takes any time."""


LONG = 9
"""So often a function gives way whose callers are cancelled, which takes them some time."""


class Awaited(Memoized):
    """A coroutine of a key, which gives way once."""

    faults: ClassVar[frozenset[str]] = frozenset({"cancelled"})
    values = 2

    def begin(self, folder: Path) -> None:
        self.failed = 0
        fresh: dict[str, Any] = {}
        heard: list[str] = []
        self.fresh, self.heard = fresh, heard

        async def named(key: str) -> Any:
            heard.append("begun")
            for _ in range(LONG if key.startswith(NOBODY) else 1):
                await asyncio.sleep(0)
            heard.append("done")
            return fresh[key] if key.startswith(NOBODY) and key in fresh else result_of(fresh, key)

        self.call = self.decorated(named)

    async def put(self, key: str, value: Any) -> None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # a coroutine
        await self.forgotten(key)
        self.fresh[key] = value
        del value
        try:
            await self.call(key)
        finally:
            self.fresh.pop(key, None)  # who is cancelled does not hand it over
            self.heard.clear()

    async def get(self, key: str) -> Any:
        return await self.call(key)

    async def delete(self, key: str) -> None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # a coroutine
        await self.forgotten(key)

    def forget(self, key: str) -> Any:
        """Have the cache forget a result; it may be a coroutine that does."""
        raise NotImplementedError

    async def forgotten(self, key: str) -> None:
        """Have the cache forget a result."""
        forgetting = self.forget(key)
        if isinstance(forgetting, Awaitable):
            await forgetting

    async def clean(self, key: str) -> None:
        """Leave nothing of a key that only one step is about."""
        self.fresh.pop(key, None)
        self.heard.clear()
        await self.forgotten(key)

    def stranger(self) -> str:
        """Return a key that nobody has asked for: what is left of it is then one more each time."""
        self.failed += 1
        return f"{NOBODY} {self.failed}"

    @step
    async def fail(self) -> None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # a coroutine
        """Ask twice for what the function fails for: each time it fails, and nobody waits for ever. Then it works."""
        key = self.stranger()
        for _ in range(2):
            try:
                await asyncio.wait_for(self.call(key), SOON)
            except WeighingError:
                continue
            raise AssertionError("the function fails, and something is given")
        self.fresh[key] = Stranger()
        found = await asyncio.wait_for(self.call(key), SOON)
        ought(isinstance(found, Stranger), "the function works again, and something else is given")
        await self.clean(key)
        with suppress(WeighingError):
            await asyncio.wait_for(self.call(f"{key} once"), SOON)

    @step
    async def meet(self) -> None:
        """Have two ask for the same at once: both get it."""
        key = self.stranger()
        self.fresh[key] = Stranger()
        both = await asyncio.wait_for(asyncio.gather(self.call(key), self.call(key), return_exceptions=True), SOON)
        await self.clean(key)
        wrong = [each for each in both if not isinstance(each, Stranger)]
        ought(not wrong, f"two ask at once, and one of them is given {wrong}")

    @step
    async def leave(self) -> None:
        """Have two ask for the same at once, of whom the first is cancelled: the other gets it."""
        key = self.stranger()
        self.fresh[key] = Stranger()
        one, other = (asyncio.ensure_future(self.call(key)) for _ in range(2))
        await asyncio.sleep(0)
        one.cancel()
        (found,) = await asyncio.wait_for(asyncio.gather(other, return_exceptions=True), SOON)
        await self.clean(key)
        ought(isinstance(found, Stranger), f"another is cancelled, and who asked as well is given {found!r}")

    @step
    async def leave_alone(self) -> None:
        """Have two ask for the same at once, who are both cancelled: nobody waits for it, and the function ends."""
        key = self.stranger()
        self.fresh[key] = Stranger()
        self.heard.clear()
        both = [asyncio.ensure_future(self.call(key)) for _ in range(2)]
        while not self.heard:  # noqa: ASYNC110 - who waits for an event is woken later
            await asyncio.sleep(0)
        for each in both:
            each.cancel()
        await asyncio.gather(*both, return_exceptions=True)
        for _ in range(LONG):
            await asyncio.sleep(0)
        is_done = "done" in self.heard
        await self.clean(key)
        ought(not is_done, "all who asked are cancelled, and the function goes on")

    async def close(self) -> None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # a coroutine
        for key in list(self.keys()):
            await self.forgotten(key)


class CacheboxAwaited(Awaited):
    """`cachebox.cached`, in front of a cache of few results."""

    packages = ("cachebox",)

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        import cachebox

        self.cache: Any = cachebox.LRUCache(self.values)
        call: Any = cachebox.cached(self.cache, key_maker=first)(function)
        return call  # type: ignore[no-any-return]

    def forget(self, key: str) -> None:
        self.cache.pop(key, None)

    def keys(self) -> Iterable[str]:
        return list(self.cache)


class AioAwaited(Awaited):
    """`aiocache.cached`."""

    packages = ("aiocache",)
    values = 100

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        call: Any = self.decorator()(function)
        self.cache: Any = call.cache
        return call  # type: ignore[no-any-return]

    def decorator(self) -> Any:
        """Return what decorates."""
        from aiocache import cached

        return cached(key_builder=last)

    def forget(self, key: str) -> Any:
        return self.cache.delete(key)

    def keys(self) -> Iterable[str]:
        return list(self.cache._cache)


class AioStampede(AioAwaited):
    """`aiocache.cached_stampede`, where one asks, with a lock, and others wait."""

    def decorator(self) -> Any:
        from aiocache import cached_stampede

        return cached_stampede(lease=1_000, key_builder=last)


class CacheoutAwaited(Awaited):
    """`memoize` of cacheout, in front of a cache of few results."""

    packages = ("cacheout",)

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        import cacheout

        self.cache: Any = cacheout.LRUCache(maxsize=self.values)
        call: Any = self.cache.memoize()(function)
        self.key: Any = call.cache_key
        return call  # type: ignore[no-any-return]

    def forget(self, key: str) -> None:
        self.cache.delete(self.key(key))

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if self.key(key) in self.cache]


class TheineCancelled(Awaited):
    """`theine.Memoize`, which keeps what is waited for."""

    packages = ("theine",)

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        from theine import Memoize

        call: Any = Memoize(*given_to_memoize(self.values))(function)
        call.key(lambda key: key)
        self.cache: Any = call._cache
        return call  # type: ignore[no-any-return]

    def forget(self, key: str) -> None:
        self.cache.delete(key)

    def keys(self) -> Iterable[str]:
        found = {key: self.cache.get(key) for key in self.keys_used}
        return [key for key, each in found.items() if (each[1] if isinstance(each, tuple) else each is not None)]

    async def close(self) -> None:  # type: ignore[override] # a coroutine
        await super().close()
        if hasattr(self.cache, "close"):
            self.cache.close()


class MokaAwaited(Awaited):
    """`moka_py.cached`, whose cache is found where its function has it."""

    packages = ("moka-py",)
    options: ClassVar[dict[str, Any]] = {}

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        import moka_py

        call: Any = moka_py.cached(self.values, policy="lru", **self.options)(function)
        kept = [cell.cell_contents for cell in call.__closure__]
        self.cache: Any = next(each for each in kept if isinstance(each, moka_py.Moka))
        return call  # type: ignore[no-any-return]

    async def put(self, key: str, value: Any) -> None:  # type: ignore[override] # a coroutine
        try:
            await super().put(key, value)
        finally:
            self.settle()

    def forget(self, key: str) -> None:
        self.cache.remove(key)
        self.settle()

    def settle(self) -> None:
        """Have it do what is pending."""
        for _ in range(3):
            self.cache.run_pending_tasks()

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if self.cache.get(key) is not None]


class MokaTogether(MokaAwaited):
    """The same, where one asks and others wait for it. That it keeps what a function failed with is documented."""

    options: ClassVar[dict[str, Any]] = {"wait_concurrent": True}

    @step
    async def fail(self) -> None:  # type: ignore[override] # a coroutine
        """Ask once for what the function fails for: it fails."""
        key = self.stranger()
        with suppress(WeighingError):
            await asyncio.wait_for(self.call(key), SOON)
            raise AssertionError("the function fails, and something is given")
        await self.clean(key)


class AsyncLru(Awaited):
    """`async_lru.alru_cache`, where one asks and others wait for it."""

    packages = ("async-lru",)

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        from async_lru import alru_cache

        call: Any = alru_cache(maxsize=self.values)(function)
        return call  # type: ignore[no-any-return]

    def forget(self, key: str) -> None:
        call: Any = self.call
        call.cache_invalidate(key)

    def accounted(self) -> int:
        """Return what it tells of itself."""
        call: Any = self.call
        return int(call.cache_info().currsize) * Ledger.unit

    def keys(self) -> Iterable[str]:
        cache: Any = getattr(self.call, "_LRUCacheWrapper__cache", None) or getattr(self.call, "_cache", {})
        return [key for key in self.keys_used if any(key in (each, *_parts(each)) for each in list(cache))]

    @step(loses=True)
    def empty(self) -> None:
        """Empty the cache, which goes on."""
        call: Any = self.call
        call.cache_clear()
        ought(call.cache_info().currsize == 0, "there is something where it was emptied")


def _parts(key: Any) -> Iterable[Any]:
    return tuple(key) if isinstance(key, list | tuple) else ()
