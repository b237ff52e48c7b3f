"""The chief claim asked of a manager in a test of one's own, without an adapter: after each call of a public method.

What the manager, and whatever it has handed out, leads to is walked through, and every buffer on the way counted once.
"""

from __future__ import annotations

import functools
import gc
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from inspect import iscoroutinefunction
from threading import get_ident
from types import FunctionType
from typing import Any

from spillproof.model.errors import ModelError
from spillproof.properties.live.holders import ATOMS, MOST, Chain, Link, references

ASKED_AFTER = ("__setitem__", "__getitem__", "__delitem__", "__call__", "__enter__", "__exit__")
"""What is a public method though its name begins with an underscore."""


class CountedFreeError(AssertionError):
    """After a call, more bytes are reachable through a manager than it accounts for."""

    def __init__(self, call: str, number: int, seen: tuple[int, int], paths: tuple[Chain, ...]) -> None:
        reachable, accounted = seen
        held = "".join(f"\n  {path}  ({path.size:,} B)" for path in paths)
        super().__init__(
            f"after call {number}, {call}: {reachable:,} B are reachable through the manager, and {accounted:,} B are "
            f"accounted; held, the likeliest first:{held}"
        )
        self.call, self.number = call, number
        self.reachable, self.accounted, self.paths = reachable, accounted, paths


def size_of(value: Any) -> int:
    """Return the bytes of a buffer; 0 for whatever else, and for a view, whose bytes belong to another."""
    if isinstance(value, (bytes, bytearray)):
        return len(value)
    if isinstance(value, memoryview) or getattr(value, "base", None) is not None:
        return 0
    if type(value).__name__ == "mmap":
        return 0 if value.closed else len(value)
    found = getattr(value, "nbytes", 0)
    return found if isinstance(found, int) else 0


@dataclass(eq=False)
class _Call:
    """A call that no other one makes."""

    thread: int


class Watcher:
    """What was seen of a manager so far."""

    def __init__(self, manager: Any, accounted: Callable[[], int], sizeof: Callable[[Any], int], allowed: int) -> None:
        self.manager, self.accounted, self.sizeof, self.allowed = manager, accounted, sizeof, allowed
        self.calls = 0
        self.within: ContextVar[_Call | None] = ContextVar("within", default=None)
        """The call that this is part of: another in each thread, and in each task of a loop."""
        self.running: set[_Call] = set()
        self.is_owed = False
        """Whether the claim was not asked after a call, as another thread was in the middle of one."""
        self.handles: list[weakref.ref[Any]] = []
        self.first: dict[int, tuple[str, ...]] = {}
        """By the id of a buffer, the shape of the chain by which it was reached first."""

    def called(self, name: str, method: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Call a method; where it is not called by another one, ask the claim after it."""
        with self.calling() as is_own:
            result = method(self.manager, *given, **named)
        if is_own:
            self.returned(name, result, given, named)
        return result

    async def awaited(self, name: str, method: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Do the same with a method that is a coroutine: the claim is asked when it is done."""
        with self.calling() as is_own:
            result = await method(self.manager, *given, **named)
        if is_own:
            self.returned(name, result, given, named)
        return result

    @contextmanager
    def calling(self) -> Iterator[bool]:
        """Note that a method is being called; yield whether it is not by another one.

        A task or a thread that a method begins is part of its call, and no longer when that is over.
        """
        if self.within.get() in self.running:
            yield False
            return
        call = _Call(get_ident())
        before = self.within.set(call)
        self.running.add(call)
        try:
            yield True
        finally:
            self.running.discard(call)
            self.within.reset(before)

    def returned(self, name: str, result: Any, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Ask the claim after a call, unless another thread is in the middle of one: it may hold a lock, and be right
        when it is done.
        """
        self.keep(result)
        self.calls += 1
        words = [*map(spelled, given), *(f"{key}={spelled(value)}" for key, value in named.items())]
        self.is_owed = any(each.thread != get_ident() for each in [*self.running])
        if not self.is_owed:
            self.ask(f"{name}({', '.join(words)})")

    def keep(self, result: Any) -> None:
        """Look into what was handed out as well, as long as it lives. A buffer itself is the client's.

        Of a table what is in it is looked into: nobody can hear whether the table itself lives.
        """
        if isinstance(result, (dict, list, tuple, set)):
            for each in result.values() if isinstance(result, dict) else result:
                self.keep(each)
            return
        if self.sizeof(result) == 0 and not isinstance(result, (memoryview, *ATOMS)):
            try:
                self.handles.append(weakref.ref(result))
            except TypeError:
                return

    def ask(self, call: str) -> None:
        """Raise `CountedFreeError` where the claim is false."""
        found, accounted = self.paths(), int(self.accounted())
        if sum(path.size for path in found) > accounted + self.allowed:
            gc.collect()
            found = self.paths()
        reachable = sum(path.size for path in found)
        if reachable > accounted + self.allowed:
            raise CountedFreeError(
                call, self.calls, (reachable, accounted), self.likeliest(found, reachable - accounted)
            )

    def likeliest(self, found: list[Chain], gap: int) -> tuple[Chain, ...]:
        """Return chains that cover the gap: those of another shape than at first, then the others."""
        told = []
        for path in sorted(found, key=lambda each: self.first.get(each.number, ()) == each.shape):
            if gap <= 0:
                break
            told.append(path)
            gap -= path.size
        return tuple(told)

    def paths(self) -> list[Chain]:
        """Return a shortest chain to each buffer."""
        alive = [(f"handle {place + 1}", each) for place, each in enumerate(ref() for ref in self.handles)]
        roots = [(type(self.manager).__mro__[1].__name__, self.manager), *alive]
        waiting: deque[tuple[Any, tuple[Link, ...]]] = deque((each, (Link(name, ""),)) for name, each in roots)
        seen, found = {id(self), id(vars(self))}, []
        while waiting and len(seen) < MOST:
            each, hops = waiting.popleft()
            if id(each) in seen or isinstance(each, ATOMS):
                continue
            seen.add(id(each))
            if (size := self.sizeof(each)) > 0:
                found.append(Chain(hops, size, type(each).__name__, id(each)))
                self.first.setdefault(id(each), found[-1].shape)
                continue
            waiting.extend((target, (*hops, Link(word, type(target).__name__))) for word, target in references(each))
        return found


def spelled(value: Any) -> str:
    """Return an argument in a few words."""
    size = size_of(value)
    if size:
        return f"{type(value).__name__} of {size:,} B"
    return text if len(text := repr(value)) < 40 else f"a {type(value).__name__}"  # noqa: PLR2004 - a line


@contextmanager
def watch(
    manager: Any, *, accounted: Callable[[], int], sizeof: Callable[[Any], int] = size_of, unclaimed: int = 0
) -> Iterator[Watcher]:
    """Ask after each call of a public method of `manager` whether more is reachable through it than it accounts for.

    `accounted` returns what the manager believes to be in memory, in bytes. `sizeof` returns the bytes of an object
    that counts, and 0 for every other; without it, buffers count: bytes, arrays, maps. `unclaimed` is what the manager
    may hold beyond its account. Raises `CountedFreeError`, an `AssertionError`, out of the call after which the claim
    is false, with the chains that hold the bytes; and `ModelError` where the class of the manager cannot be watched.
    Sees what Python can see: not what is held in C, nor the client's own variables.
    """
    kind, watcher = type(manager), Watcher(manager, accounted, sizeof, unclaimed)
    members = {name: _watched(watcher, name, method) for name, method in _public(kind)}
    try:
        manager.__class__ = type(kind.__name__, (kind,), {**members, "__slots__": ()})
    except TypeError as error:
        message = f"a {kind.__name__} cannot be watched: {error}; write an adapter instead"
        raise ModelError(message) from None
    try:
        yield watcher
        if watcher.is_owed:
            watcher.ask("the last one")
    finally:
        manager.__class__ = kind


def _public(kind: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the public methods of a class, as they are called."""
    for name in dir(kind):
        member = getattr(kind, name)
        if isinstance(member, FunctionType) and (not name.startswith("_") or name in ASKED_AFTER):
            yield name, member


def _watched(watcher: Watcher, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    if iscoroutinefunction(method):

        @functools.wraps(method)
        async def wait(_self: Any, *given: Any, **named: Any) -> Any:
            return await watcher.awaited(name, method, *given, **named)

        return wait

    @functools.wraps(method)
    def call(_self: Any, *given: Any, **named: Any) -> Any:
        return watcher.called(name, method, *given, **named)

    return call
