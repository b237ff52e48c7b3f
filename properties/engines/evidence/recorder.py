"""What a claim reads when it is asked: every attribute of the states and of what they lead to, in the order of reading.

While a claim is asked, the classes of the objects in its states answer attributes through a hook, so that every object
stays itself: `is`, `isinstance`, `in` mean what they mean. What a method or a property of the model reads to give its
answer is told apart from what the claim reads itself.
"""

from __future__ import annotations

import dis
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from itertools import pairwise
from types import CodeType, FrameType, MethodType
from typing import Any

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.system import Model
from spillproof.properties.engines.run import Moment

STATE = 0
"""The number of the state itself among the objects of a moment."""

CALLED = "()"

FOLLOWS = frozenset({"LOAD_ATTR", "LOAD_METHOD", "GET_ITER"})
"""Instructions of Python that look into what was just read."""


@dataclass(frozen=True)
class Key:
    """A value of a state, found again in every other state of the run."""

    number: int
    """The object from which it is read, by the number that it keeps throughout the run."""
    chain: tuple[str | int, ...]
    """Fields as `.name`, calls as `()`, members of a container by their place."""

    def then(self, *links: str | int) -> Key:
        """Return the key of something that is read of this."""
        return Key(self.number, (*self.chain, *links))


@dataclass(frozen=True)
class Read:
    """One act of reading."""

    key: Key
    value: object
    inner: bool


class Recorder:
    """Records what is read of the states of some moments while a claim is asked of them."""

    def __init__(self, moments: Sequence[Moment]) -> None:
        self.thread = threading.get_ident()
        self.keys: dict[int, Key] = {}
        self.kept: list[object] = []
        """Whatever has a key, so that nothing else gets its id."""
        self.levels: list[list[Read]] = [[]]
        """What is read by the claim, then by each method of the model that is running."""
        self.hooked: dict[type, Callable[[Any, str], Any]] = {}
        for moment in moments:
            self._know(moment.state, Key(STATE, ()))
            for each, number in zip(moment.objects, moment.numbers, strict=True):
                self._know(each, Key(number, ()))

    @property
    def reads(self) -> list[Read]:
        """Return what was read."""
        return self.levels[0]

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Record what is read while the block runs."""
        try:
            for each in self.kept:
                self._hook(type(each))
            yield
        finally:
            for cls in self.hooked:
                del cls.__getattribute__
            self.hooked.clear()

    def _know(self, each: object, key: Key) -> None:
        if id(each) not in self.keys:
            self.keys[id(each)] = key
            self.kept.append(each)

    def _hook(self, cls: type) -> None:
        if cls in self.hooked or "__getattribute__" in vars(cls):
            return
        original: Callable[[Any, str], Any] = getattr(cls, "__getattribute__")  # noqa: B009 - of the class, unbound
        if any(known in cls.__mro__ for known in self.hooked):  # a hook is inherited: what it wraps is what is wanted
            original = next(self.hooked[known] for known in cls.__mro__ if known in self.hooked)

        def read(each: Any, name: str) -> Any:
            return self._read(each, name, original)

        try:
            cls.__getattribute__ = read  # type: ignore[method-assign,assignment] # pyright: ignore[reportAttributeAccessIssue] # undone by `listening`
        except (TypeError, AttributeError):  # a class of Python itself
            return
        self.hooked[cls] = original

    def _read(self, each: Any, name: str, original: Callable[[Any, str], Any]) -> Any:
        key = self.keys.get(id(each))
        if key is None or name.startswith("__") or threading.get_ident() != self.thread:
            return original(each, name)
        if isinstance(getattr(type(each), name, None), (property, cached_property)):
            return self._answered(key.then(f".{name}"), lambda: original(each, name))
        value = original(each, name)
        if isinstance(value, MethodType):
            return self._listening_to(value, key.then(f".{name}", CALLED))
        if _is_followed(value, sys._getframe(2)):  # noqa: SLF001 - who reads: the hook was called from there
            self._enter(value, key.then(f".{name}"))
            return value
        return self._took(key.then(f".{name}"), value, ())

    def _listening_to(self, method: MethodType, key: Key) -> Callable[..., Any]:
        def called(*given: Any, **named: Any) -> Any:
            if given or named:
                return method(*given, **named)  # no other state can be asked the same
            return self._answered(key, method)

        return called

    def _answered(self, key: Key, answer: Callable[[], Any]) -> Any:
        """Return an answer of the model, and record it; what it is made of only where it says little by itself."""
        self.levels.append([])
        try:
            value = answer()
        finally:
            made_of = self.levels.pop()
        if len(self.levels) > 1:
            self.levels[-1] += made_of
            return value
        return self._took(key, value, made_of if _says_little(value) else ())

    def _took(self, key: Key, value: Any, made_of: Sequence[Read]) -> Any:
        self._enter(value, key)
        self.levels[-1].append(Read(key, value, inner=len(self.levels) > 1))
        self.levels[-1] += made_of
        return value

    def _enter(self, value: Any, key: Key) -> None:
        """Take note of what a value leads to, so that what is read of that has a key as well."""
        if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
            for place, each in enumerate(value):
                self._enter(each, key.then(place))
        elif not isinstance(value, (dict, set, frozenset, Bag)) and not is_plain(
            value
        ):  # objects in these have numbers
            self._know(value, key)
            self._hook(type(value))


def _is_followed(value: object, frame: FrameType) -> bool:
    """Return whether a field is read only to read something of what it refers to: `self.cache.held`, `for … in`."""
    return _next(frame.f_code).get(frame.f_lasti, "") in FOLLOWS and any(True for _ in members(value))


@cache
def _next(code: CodeType) -> dict[int, str]:
    """Return for each instruction of a function, by its place, the name of the next."""
    return {each.offset: after.opname for each, after in pairwise(dis.get_instructions(code))}


def is_plain(value: object) -> bool:
    """Return whether a value has no fields of its own to read."""
    return value is None or isinstance(value, (int, float, str, bytes, Enum, type)) or callable(value)


def members(value: object) -> Iterator[object]:
    """Yield the objects that a value is or holds."""
    if isinstance(value, (list, tuple, set, frozenset, Bag)) and not hasattr(value, "_fields"):
        for each in value:
            yield from members(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from members(each)
    elif not is_plain(value):
        yield value


def _says_little(value: object) -> bool:
    """Return whether an answer does not explain itself: yes or no, or objects rather than numbers."""
    return isinstance(value, bool) or any(isinstance(each, (HeapObject, Model)) for each in members(value))


def value_of(key: Key, moment: Moment) -> object:
    """Return what a state has under a key. Raises whatever there is to raise where it has nothing there."""
    value: Any = moment.state
    if key.number != STATE:
        value = moment.objects[moment.numbers.index(key.number)]
    for link in key.chain:
        value = value[link] if isinstance(link, int) else value() if link == CALLED else getattr(value, link[1:])
    return value
