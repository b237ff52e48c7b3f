"""Decorators that make a key of all that a function is given: calls that read alike are others, and each is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.diskcache_cache import SMALL
from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.own import step

Call = tuple[tuple[Any, ...], dict[str, Any]]

CALLS: tuple[Call, ...] = (
    ((1,), {}),
    (("1",), {}),
    (((1,),), {}),
    ((None,), {}),
    (("None",), {}),
    ((1, 2), {}),
    (((1, 2),), {}),
    ((1,), {"y": 2}),
    ((1,), {"y": "2"}),
    ((1, "y", 2), {}),
    ((1, ("y", 2)), {}),
    (("1, 2",), {}),
    (("1", "2"), {}),
    ((1,), {"z": 2}),
)
"""What a function is given, in ways of which none is another."""


def by_name(a: Any, b: Any = 1, *rest: Any, c: Any = 2, d: Any, **more: Any) -> Any:
    """Return what was given, of each sort that there is: one that is asked for by name only follows a default."""
    return a, b, rest, c, d, sorted(more.items())


def defaults(a: Any = None, b: Any = ()) -> Any:
    """Return what was given, or the defaults."""
    return a, b


class Own:
    """An object that has a number."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __hash__(self) -> int:
        return self.number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own) and other.number == self.number

    def __repr__(self) -> str:
        return f"Own({self.number})"

    def told(self, more: int) -> Any:
        """Return its number, and what was given."""
        return self.number, more


def nothing() -> Any:
    """Return nothing, which is a result."""


ERRORS = (KeyError, IndexError, AttributeError, TypeError, ValueError, OSError, RuntimeError, TimeoutError)

SHAPES: tuple[tuple[Callable[..., Any], tuple[Call, ...]], ...] = (
    (by_name, (((1,), {"d": 3}), ((1, 5, 6), {"d": 3}), ((1,), {"d": 3, "b": 5}), ((1,), {"c": 4, "d": 3, "e": 5}))),
    (defaults, (((), {}), ((None,), {}), ((), {"b": 1}), ((), {"a": 1}), ((1,), {}), ((1, 2), {}))),
    (nothing, (((), {}), ((), {}))),
    (len, ((((1, 2),), {}),)),
)
"""Functions, and what each is given."""


class Called(Adapter):
    """A function of anything, which says what it was given. No value of a measure is kept: what is, is asked for."""

    has_memory = False
    keys_used = ("a",)
    most = 1

    def begin(self, folder: Path) -> None:
        self.folder, self.asked = folder, 0
        self.call: Callable[..., Any] = self.decorated(self.named())

    def named(self) -> Callable[..., Any]:
        """Return the function."""

        def told(*given: Any, **more: Any) -> Any:
            self.asked += 1
            return repr((given, sorted(more.items())))

        return told

    def decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, decorated."""
        raise NotImplementedError

    def answer(self, call: Call) -> Any:
        """Return what it says of a call."""
        return self.call(*call[0], **call[1])

    def put(self, key: str, value: Any) -> None:
        """Do nothing with a value: the steps are below."""

    def accounted(self) -> int:
        return 0

    @step
    async def tell_apart(self) -> None:
        """Ask for all, and again: each is given what it was given before, and the function is not asked again."""
        for again in (False, True):
            for given, more in CALLS:
                before, found = self.asked, self.answer((given, more))
                found = await found if isinstance(found, Awaitable) else found
                ought(found == repr((given, sorted(more.items()))), f"{given} and {more} are given {found}")
                ought(not again or self.asked == before, f"{given} and {more} are asked for again")

    @step
    async def ask_for_errors(self) -> None:
        """Ask for what fails, by each kind of error: the function is asked once, and its error is told."""
        for kind in ERRORS:
            asked: list[Any] = []
            call = self.decorated(self.failing(kind, asked))
            try:
                found = call()
                found = await found if isinstance(found, Awaitable) else found
            except kind:
                ought(len(asked) == 1, f"a function raises {kind.__name__}, and is asked {len(asked)} times")
                continue
            raise AssertionError(f"a function raises {kind.__name__}, and {found!r} is given")

    def failing(self, kind: type[Exception], asked: list[Any]) -> Callable[[], Any]:
        """Return a function that fails."""

        def fails() -> Any:
            asked.append(kind)
            raise kind

        return fails

    @step
    def ask_shapes(self) -> None:
        """Ask functions of each shape, twice: each answers what it answers undecorated."""
        for function, calls in SHAPES:
            call = self.decorated(function)
            for given, more in (*calls, *calls):
                found, wanted = call(*given, **more), function(*given, **more)
                ought(found == wanted, f"{function.__name__} of {given} and {more} is given {found}")

    @step
    def ask_methods(self) -> None:
        """Ask methods of two objects, by one name and by two: each answers for its own object."""
        told = self.decorated(Own.told)
        for one in (Own(1), Own(2), Own(1)):
            ought(told(one, 5) == (one.number, 5), "a method answers for another object")


class Coroutine(Called):
    """The same, of a coroutine."""

    ask_shapes: Any = None
    ask_methods: Any = None

    def failing(self, kind: type[Exception], asked: list[Any]) -> Callable[[], Any]:
        async def fails() -> Any:
            asked.append(kind)
            raise kind

        return fails

    def named(self) -> Callable[..., Any]:
        async def told(*given: Any, **more: Any) -> Any:
            self.asked += 1
            return repr((given, sorted(more.items())))

        return told


class CachetoolsCalls(Called):
    """`cachetools.cached`."""

    packages = ("cachetools",)

    def decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        import cachetools

        call: Any = cachetools.cached(cachetools.LRUCache(100))(function)
        return call  # type: ignore[no-any-return]


class CachetoolsTyped(Called):
    """`cachetools.func.lru_cache`, which tells types apart as well."""

    packages = ("cachetools",)

    def decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        from cachetools.func import lru_cache

        call: Any = lru_cache(100, typed=True)(function)
        return call  # type: ignore[no-any-return]


class CacheboxCalls(Called):
    """`cachebox.cached`."""

    packages = ("cachebox",)

    def decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        import cachebox

        call: Any = cachebox.cached(cachebox.LRUCache(100))(function)
        return call  # type: ignore[no-any-return]


class CacheboxHeard(CacheboxCalls):
    """The same, which tells somebody of each call."""

    def decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        import cachebox

        self.fails, self.heard = False, 0
        call: Any = cachebox.cached(cachebox.LRUCache(100), callback=self.hear)(function)
        return call  # type: ignore[no-any-return]

    def hear(self, *_: Any) -> None:
        """Be told of a call, which may fail."""
        self.heard += 1
        if self.fails:
            raise KeyError

    @step
    def hear_in_vain(self) -> None:
        """Ask for what is known, where who is told of it fails: he is told once, and nobody else is asked."""
        asked: list[int] = []
        call = self.decorated(lambda: asked.append(1))
        call()
        self.fails = True
        with suppress(KeyError):
            call()
        self.fails = False
        ought(len(asked) == 1, "who is told of a call fails, and the function is asked again")
        ought(self.heard == 2, f"of two calls is told {self.heard} times")  # noqa: PLR2004


class CacheboxCoroutine(CacheboxCalls, Coroutine):
    """The same, of a coroutine."""


class BoltonsCalls(Called):
    """`boltons.cacheutils.cached`."""

    packages = ("boltons",)

    def decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        from boltons.cacheutils import LRU, cached

        call: Any = cached(LRU(100))(function)
        return call  # type: ignore[no-any-return]


class MokaCalls(Called):
    """`moka_py.cached`."""

    packages = ("moka-py",)

    def decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        import moka_py

        call: Any = moka_py.cached(100)(function)
        return call  # type: ignore[no-any-return]


class CacheoutCalls(Called):
    """`memoize` of cacheout."""

    packages = ("cacheout",)

    def decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        import cacheout

        call: Any = cacheout.Cache(maxsize=100).memoize(typed=True)(function)
        return call  # type: ignore[no-any-return]


class AioCalls(Coroutine):
    """`aiocache.cached`."""

    packages = ("aiocache",)

    def decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        from aiocache import cached

        call: Any = cached()(function)
        return call  # type: ignore[no-any-return]


class AsyncLruCalls(Coroutine):
    """`async_lru.alru_cache`."""

    packages = ("async-lru",)

    def decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        from async_lru import alru_cache

        call: Any = alru_cache(maxsize=100)(function)
        return call  # type: ignore[no-any-return]


class DiskCalls(Called):
    """`memoize` of diskcache."""

    packages = ("diskcache",)

    def decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        import diskcache

        self.cache: Any = diskcache.Cache(str(self.folder), **SMALL)
        call: Any = self.cache.memoize(typed=True)(function)
        return call  # type: ignore[no-any-return]

    def close(self) -> None:
        self.cache.close()


class JoblibCalls(Called):
    """`joblib.Memory.cache`."""

    packages = ("joblib",)

    def decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        import joblib

        call: Any = joblib.Memory(str(self.folder), verbose=0).cache(function)
        return call  # type: ignore[no-any-return]
