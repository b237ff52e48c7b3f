"""What a shape's state answers when it is asked without arguments, worked out once and rewritten for each edge.

A claim over steps asks the state after a step the same few things (`reachable()`, `accounted()`) for every edge that
arrives in a shape. The answer is an expression over the shape's sizes; for an edge they are replaced by its update.
Whatever cannot be answered so is asked of the state itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

from spillproof.model import oracle
from spillproof.model.errors import ModelError, place_of
from spillproof.model.quantity import Linear, Opaque, is_natural
from spillproof.model.slips import a
from spillproof.model.state import Size
from spillproof.properties.catalogue import CLAIMS, WITNESSES
from spillproof.properties.engines.automaton.linear import substitute


class Answers:
    """The answers of one shape's state, by the name of the method.

    Natural sizes settle some comparisons: `size >= 0` is true of them. Where a size may be negative after a step, the
    same is asked of a state in which each is the difference of two unknowns, of which no comparison is settled.
    """

    def __init__(self, state: Any, sizes: int, copy: Callable[[list[Size]], Any]) -> None:
        """Take the state, how many sizes it has, and what returns a copy of it with other sizes."""
        self.state = state
        self.sizes = sizes
        self.copy = copy
        self.known: dict[str, Any] = {}
        self.known_of_any: dict[str, Any] = {}

    def to(self, name: str) -> Any:
        """Return what the method returns, or `NotImplemented` where that is more than sizes or takes a comparison."""
        if name not in self.known:
            self.known[name] = _asked(self.state, name)
        return self.known[name]

    def to_any(self, name: str) -> Any:
        """Return the same, as it is whatever whole numbers the sizes are."""
        if name not in self.known_of_any:
            self.known_of_any[name] = _rewritten(_asked(self.signed, name), dict.fromkeys(self.taken_off, 0))
        return self.known_of_any[name]

    @cached_property
    def signed(self) -> Any:
        return self.copy([Linear({size: 1, off: -1}) for size, off in enumerate(self.taken_off)])

    @property
    def taken_off(self) -> range:
        """Return the unknowns that are taken from the sizes."""
        return range(self.sizes, 2 * self.sizes)


def _asked(state: Any, name: str) -> Any:
    silent = _Silent()
    try:
        with oracle.consulting(silent):
            answer = getattr(state, name)()
    except (ModelError, TypeError, AttributeError):
        return NotImplemented
    return answer if silent.ended_by is None and _is_plain(answer) else NotImplemented


class After:
    """The state after a step, as far as claims ask for it; the whole state is built only if they ask for more.

    Without an update, the state before it.
    """

    def __init__(self, answers: Answers, update: tuple[Size, ...] | None, build: Callable[[], Any]) -> None:
        self._answers = answers
        self._update: dict[int, Size] | None = None if update is None else dict(enumerate(update))
        self._build = build
        self._built: Any = None
        self._is_natural = all(map(is_natural, update or ()))

    @property  # type: ignore[misc] # mypy takes `__class__` for a variable
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride] # likewise
        """Return the model's class, so that `isinstance(after, M)` and `case M():` answer as for the state."""
        return type(self._answers.state)

    def __getattr__(self, name: str) -> Any:
        if self._built is None and callable(getattr(type(self._answers.state), name, None)):
            answer = self._answers.to(name) if self._is_natural else self._answers.to_any(name)
            if answer is not NotImplemented:
                return lambda *arguments, **named: (
                    getattr(self._state(), name)(*arguments, **named)
                    if arguments or named
                    else _as_asked(type(self._answers.state), name, _rewritten(answer, self._update or {}))
                )
            if name in sizes_asked():
                return lambda: _as_asked(type(self._answers.state), name, getattr(self._state(), name)())
        return getattr(self._state(), name)

    def _state(self) -> Any:
        if self._built is None:
            self._built = self._build()
        return self._built


class Once:
    """A state on integers that works out but once what it answers without arguments. For claims that only look."""

    def __init__(self, state: Any) -> None:
        self._state = state

    @property  # type: ignore[misc] # as above
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride] # likewise
        """Return the model's class, as `After` does."""
        return type(self._state)

    def __getattr__(self, name: str) -> Any:
        found, model = getattr(self._state, name), type(self._state)
        if callable(getattr(model, name, None)):
            found = vars(self)[name] = _answering_once(model, name, found)
        return found


def _answering_once(model: type, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """Return what works out a method's answer without arguments but once, if that is plain."""
    known: list[Any] = []

    def ask(*arguments: Any, **named: Any) -> Any:
        if arguments or named:
            return _as_asked(model, name, method(*arguments, **named))
        if known:
            return known[0]
        answer = _as_asked(model, name, method())
        if _is_plain(answer):
            known.append(answer)
        return answer

    return ask


class Later:
    """A state that is made when it is first asked for anything."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Any:
        return self._make()

    @property  # type: ignore[misc] # as above
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride] # likewise
        """Return the class of what is made."""
        found: type = self._made.__class__
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made, name)


@cache
def sizes_asked() -> frozenset[str]:
    """Return the methods that our claims ask for a size."""
    kinds = {kind for claim in (*CLAIMS, *WITNESSES) for kind in claim.subject.kinds()}
    every = [each for kind in kinds for ancestor in kind.__mro__ for each in vars(ancestor).items()]
    return frozenset(name for name, each in every if getattr(each, "__annotations__", {}).get("return") == "Bytes")


def _as_asked(model: type, name: str, answer: Any) -> Any:
    """Return an answer. Raises `ModelError` where it is to be a size and is none: True would count as 1."""
    if name not in sizes_asked() or type(answer) in (int, Linear, Opaque):
        return answer
    shown = repr(answer) if isinstance(answer, (bool, int, float, str, type(None))) else a(type(answer).__name__)
    place = place_of(getattr(model, name))
    raise ModelError(f"{place}: {model.__name__}.{name} answers {shown}, where it is to answer a whole number")


class _Silent(oracle.Oracle):
    """Decides nothing."""


def _is_plain(answer: Any) -> bool:
    if type(answer) in (list, tuple):
        return all(map(_is_plain, answer))
    return type(answer) in (int, bool, Linear, type(None))


def _rewritten(answer: Any, update: dict[int, Size]) -> Any:
    if type(answer) is Linear:
        return substitute(answer, update)
    if type(answer) in (list, tuple):
        return type(answer)(_rewritten(each, update) for each in answer)
    return answer
