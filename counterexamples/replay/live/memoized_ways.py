"""Decorators that tell of themselves, are of methods, or have their results on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from inspect import signature
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.diskcache_cache import SMALL
from spillproof.counterexamples.replay.live.mapped import NOBODY, Stranger, ought
from spillproof.counterexamples.replay.live.memoized import Memoized, first, last
from spillproof.counterexamples.replay.live.memoized_of import BoltonsCached, CacheboxCached, CachetoolsCached
from spillproof.properties.live.own import step


class Informed(Memoized):
    """A function that tells how often its cache had what was asked for, and can empty it."""

    cache: Any

    def told(self) -> Any:
        """Return what it tells."""
        call: Any = self.call
        return call.cache_info()

    @step
    def count(self) -> None:
        """Ask for what is not there, and again: it is counted as missed once, and as had once."""
        self.failed += 1
        key = f"{NOBODY} {self.failed}"
        before, self.fresh[key] = self.told(), Stranger()
        self.call(key)
        self.call(key)
        after = self.told()
        counted = (after.hits - before.hits, after.misses - before.misses)
        ought(counted == (1, 1), f"one was had and one missed, and {counted} are counted")
        ought(len(self.cache) == self.size(after), "another number is told than are there")
        self.forget(key)

    def size(self, told: Any) -> int:
        """Return how many are told of."""
        return int(told.currsize)

    @step(loses=True)
    def empty(self) -> None:
        """Empty the cache, which goes on, and counts from nothing."""
        call: Any = self.call
        call.cache_clear()
        told = self.told()
        ought((told.hits, told.misses, self.size(told)) == (0, 0, 0), f"it was emptied, and {told} is told")


class CachetoolsInformed(Informed, CachetoolsCached):
    """`cachetools.cached`, without a lock, which tells of itself."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        import cachetools

        self.cache: Any = cachetools.LRUCache(self.values)
        named: Any = lambda key: function(key)  # noqa: E731, PLW0108 - a function, that has a name
        call: Any = cachetools.cached(self.cache, key=str, info=True, **self.more())(named)
        return call  # type: ignore[no-any-return]

    def more(self) -> dict[str, Any]:
        """Return what else it is given."""
        return {}


class CachetoolsInformedLocked(CachetoolsInformed):
    """The same, with a lock."""

    def more(self) -> dict[str, Any]:
        from threading import RLock

        return {"lock": RLock()}


class CachetoolsInformedTogether(CachetoolsInformed):
    """The same, where one asks and others wait, since 6.0."""

    def more(self) -> dict[str, Any]:
        from threading import Condition

        return {"condition": Condition()}


class CacheboxInformed(Informed, CacheboxCached):
    """`cachebox.cached`, which tells of itself."""

    def size(self, told: Any) -> int:
        return int(told.length)


class CacheboxInformedFree(CacheboxInformed):
    """The same without a lock, where a release has one."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        import cachebox

        self.cache: Any = cachebox.LRUCache(self.values)
        named: Any = lambda key: function(key)  # noqa: E731, PLW0108 - a function, that has a name
        free = {"lock": False} if "lock" in signature(cachebox.cached).parameters else {}
        call: Any = cachebox.cached(self.cache, key_maker=first, **free)(named)
        return call  # type: ignore[no-any-return]


class CachedMethod(Memoized):
    """A method, of an object that has the cache. The object may go, and another takes its place."""

    owner: Any
    function: Callable[[str], Any]

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        self.function = function
        self.kind = self.kind_of(function)
        self.owner = self.kind()
        return lambda key: self.owner.named(key)  # noqa: PLW0108 - another owner has another method

    def kind_of(self, function: Callable[[str], Any]) -> Any:
        """Return a class with the method, decorated; its objects have a `cache`."""
        raise NotImplementedError

    def forget(self, key: str) -> None:
        self.owner.cache.pop(key, None)

    def keys(self) -> Iterable[str]:
        return list(self.owner.cache)

    @step(loses=True)
    def renew(self) -> None:
        """Let go of the object, with its results."""
        self.owner = None
        self.owner = self.kind()


class CachetoolsMethod(CachedMethod, CachetoolsCached):
    """`cachetools.cachedmethod`."""

    def kind_of(self, function: Callable[[str], Any]) -> Any:
        from threading import RLock

        import cachetools

        values, lock = self.values, RLock()

        class Owner:
            def __init__(self) -> None:
                self.cache: Any = cachetools.LRUCache(values)

            def named(self, key: str) -> Any:
                return function(key)

        decorate: Any = cachetools.cachedmethod(lambda owner: owner.cache, key=last, lock=lambda _: lock)
        named: Any = decorate(Owner.named)
        if hasattr(named, "__set_name__"):
            named.__set_name__(Owner, "named")
        Owner.named = named  # type: ignore[method-assign]
        return Owner


class CacheboxMethod(CachedMethod, CacheboxCached):
    """`cachebox.cached` of a method, and `cachedmethod` of older releases."""

    def kind_of(self, function: Callable[[str], Any]) -> Any:
        import cachebox

        values, shared = self.values, cachebox.LRUCache(self.values)
        older: Any = getattr(cachebox, "cachedmethod", None)  # all objects have one cache there
        decorate = (
            cachebox.cached(lambda owner: owner.cache, key_maker=first) if older is None else older(shared, first)
        )

        class Owner:
            def __init__(self) -> None:
                self.cache: Any = shared if older else cachebox.LRUCache(values)

            @decorate  # type: ignore[untyped-decorator, unused-ignore]
            def named(self, key: str) -> Any:
                return function(key)

        return Owner


class BoltonsMethod(CachedMethod, BoltonsCached):
    """`boltons.cacheutils.cachedmethod`."""

    def kind_of(self, function: Callable[[str], Any]) -> Any:
        from boltons.cacheutils import LRU, cachedmethod

        values = self.values

        class Owner:
            def __init__(self) -> None:
                self.cache: Any = LRU(values)

            @cachedmethod(lambda owner: owner.cache, key=named_last)  # type: ignore[untyped-decorator, unused-ignore]
            def named(self, key: str) -> Any:
                return function(key)

        return Owner


def named_last(given: tuple[Any, ...], _named: dict[str, Any], **_more: Any) -> Any:
    """Return what a method was given last."""
    return given[-1]


class DiskMemoized(Memoized):
    """`memoize` of diskcache: results in files."""

    packages = ("diskcache",)
    faults = frozenset()

    def begin(self, folder: Path) -> None:
        self.folder = getattr(self, "folder", folder)
        super().begin(folder)

    def make(self) -> Any:
        """Return a cache."""
        import diskcache

        return diskcache.Cache(str(self.folder), **SMALL)

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        self.cache: Any = self.make()

        def named(key: str) -> Any:
            return function(key)

        call: Any = self.cache.memoize()(named)
        self.key: Any = call.__cache_key__
        return call  # type: ignore[no-any-return]

    def forget(self, key: str) -> None:
        self.cache.pop(self.key(key), None)

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if self.key(key) in self.cache]

    def close(self) -> None:
        self.cache.clear()
        self.cache.close()

    def accounted(self) -> int:
        return 0

    def disk_accounted(self) -> int:
        return int(self.cache._sql("SELECT COALESCE(SUM(size), 0) FROM Cache").fetchall()[0][0])

    def disk_used(self) -> int:
        return sum(file.stat().st_size for file in self.folder.rglob("*.val"))


class DiskStampede(DiskMemoized):
    """`memoize_stampede` of diskcache, which computes a result again before its time is over, and not here."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        import diskcache

        self.cache: Any = self.make()

        def named(key: str) -> Any:
            return function(key)

        call: Any = diskcache.memoize_stampede(self.cache, expire=1_000_000, beta=0)(named)
        self.key: Any = call.__cache_key__
        return call  # type: ignore[no-any-return]


class MokaDecorated(Memoized):
    """`moka_py.cached`, whose cache is found where its function has it."""

    packages = ("moka-py",)

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        import moka_py

        named: Any = lambda key: function(key)  # noqa: E731, PLW0108 - a function, that has a name
        call: Any = moka_py.cached(100, wait_concurrent=True)(named)
        kept = [cell.cell_contents for cell in call.__closure__]
        self.cache: Any = next(each for each in kept if isinstance(each, moka_py.Moka))
        return call  # type: ignore[no-any-return]

    def forget(self, key: str) -> None:
        self.cache.remove(key)
        for _ in range(3):
            self.cache.run_pending_tasks()

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if self.cache.get(key) is not None]
