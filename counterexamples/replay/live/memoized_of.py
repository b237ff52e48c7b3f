"""Decorators of the packages that have caches: functions whose results are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from spillproof.counterexamples.replay.live.memoized import Memoized, first, given_to_memoize, last


class CachetoolsCached(Memoized):
    """`cachetools.cached`, in front of a cache of few results, with a lock and what it tells of itself."""

    packages = ("cachetools",)
    values = 2

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        from threading import RLock

        import cachetools

        self.cache: Any = cachetools.LRUCache(self.values)
        named: Any = lambda key: function(key)  # noqa: E731, PLW0108 - a function, that has a name
        call: Any = cachetools.cached(self.cache, key=str, lock=RLock())(named)
        return call  # type: ignore[no-any-return]

    def forget(self, key: str) -> None:
        self.cache.pop(key, None)

    def keys(self) -> Iterable[str]:
        return list(self.cache)


class CacheboxCached(CachetoolsCached):
    """`cachebox.cached`, in front of a cache of few results."""

    packages = ("cachebox",)

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        import cachebox

        self.cache: Any = cachebox.LRUCache(self.values)
        named: Any = lambda key: function(key)  # noqa: E731, PLW0108 - a function, that has a name
        call: Any = cachebox.cached(self.cache, key_maker=first)(named)
        return call  # type: ignore[no-any-return]


class BoltonsCached(CachetoolsCached):
    """`boltons.cacheutils.cached`, in front of a cache of few results."""

    packages = ("boltons",)

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        from boltons.cacheutils import LRU, cached

        self.cache: Any = LRU(self.values)
        named: Any = lambda key: function(key)  # noqa: E731, PLW0108 - a function, that has a name
        call: Any = cached(self.cache, key=named_by)(named)
        return call  # type: ignore[no-any-return]

    def keys(self) -> Iterable[str]:
        return list(self.cache)


def named_by(given: tuple[Any, ...], _named: dict[str, Any], **_more: Any) -> Any:
    """Return what a function was given."""
    return given[0]


class MokaCached(Memoized):
    """`Moka.get_with`, where one asks and others wait."""

    packages = ("moka-py",)

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        from moka_py import Moka

        self.cache: Any = Moka(self.values)
        return lambda key: self.cache.get_with(key, partial(function, key))

    def forget(self, key: str) -> None:
        self.cache.remove(key)
        for _ in range(3):
            self.cache.run_pending_tasks()

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if self.cache.get(key) is not None]


class TheineCached(Memoized):
    """`theine.Memoize`, where one asks and others wait."""

    packages = ("theine",)

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        from theine import Memoize

        named: Any = lambda key: function(key)  # noqa: E731, PLW0108 - a function, that has a name
        call: Any = Memoize(*given_to_memoize(self.values))(named)
        call.key(lambda key: key)
        self.cache: Any = call._cache
        return call  # type: ignore[no-any-return]

    def forget(self, key: str) -> None:
        self.cache.delete(key)

    def keys(self) -> Iterable[str]:
        found = {key: self.cache.get(key) for key in self.keys_used}
        return [key for key, each in found.items() if (each[1] if isinstance(each, tuple) else each is not None)]

    def close(self) -> None:
        super().close()
        if hasattr(self.cache, "close"):
            self.cache.close()


class TheineAwaited(TheineCached):
    """The same, of a coroutine."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:

        from theine import Memoize

        async def answer(key: str) -> Any:
            return function(key)

        call: Any = Memoize(*given_to_memoize(self.values))(answer)
        call.key(lambda key: key)
        self.cache = call._cache
        self.loop: Any = asyncio.new_event_loop()
        return lambda key: self.loop.run_until_complete(call(key))

    def close(self) -> None:
        super().close()
        self.loop.close()


class AioCached(Memoized):
    """`aiocache.cached`, of a coroutine."""

    packages = ("aiocache",)

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:

        from aiocache import cached

        self.loop: Any = asyncio.new_event_loop()

        async def answer(key: str) -> Any:
            return function(key)

        call: Any = cached(key_builder=last)(answer)
        self.cache: Any = call.cache
        return lambda key: self.loop.run_until_complete(call(key))

    def forget(self, key: str) -> None:
        self.loop.run_until_complete(self.cache.delete(key))

    def keys(self) -> Iterable[str]:
        return list(self.cache._cache)

    def close(self) -> None:
        super().close()
        self.loop.close()
        vars(self).update(call=None, loop=None)


class CacheoutCached(CachetoolsCached):
    """`memoize` of cacheout, in front of a cache of few results."""

    packages = ("cacheout",)

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        import cacheout

        self.cache: Any = cacheout.LRUCache(maxsize=self.values)

        def named(key: str) -> Any:
            return function(key)

        call: Any = self.cache.memoize()(named)
        self.key: Any = call.cache_key
        return call  # type: ignore[no-any-return]

    def forget(self, key: str) -> None:
        self.cache.delete(self.key(key))

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if self.key(key) in self.cache]
