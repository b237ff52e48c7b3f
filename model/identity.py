"""Which object of one state is which of another: what `is` means in a claim about the state before and after a step.

A state cannot be two states at once, so that an object of the heap is one Python object before a step and another after
it. Whoever asks a claim about both says which are the same object of the heap; while the claim is asked, `is`, `==`,
`in`, `id` and sets of heap objects go by that.

Everything else has no identity that a claim could ask for: numbers and text are the same or not as Python pleases, a
container is part of the object that holds it, and the state itself is another one after each step.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, NoReturn

from spillproof.model.errors import ModelError, model_line

Pairs = Iterable[tuple[object, object]]
"""Each an object of the state after a step, and the object that it was before."""


class Identity:
    """Which objects of the state after a step are which of the state before; all others are new."""

    def __init__(self, pairs: Pairs = ()) -> None:
        self.before: dict[int, object] = {}
        self.pairs: list[tuple[object, object]] = []
        """Kept, so that no other object gets the id of one of them."""
        self.add(pairs)

    def add(self, pairs: Pairs) -> None:
        """Take note of more of them."""
        for pair in pairs:
            self.before[id(pair[0])] = pair[1]
            self.pairs.append(pair)

    def of(self, each: object) -> object:
        """Return the Python object that stands for an object of the heap in both states."""
        return self.before.get(id(each), each)


def numbered(before: Mapping[int, object], after: Mapping[int, object]) -> Identity:
    """Return which objects are the same, given the objects of both states by a number that an object keeps."""
    return Identity((each, before[number]) for number, each in after.items() if number in before)


_asked: Identity | None = None
"""What holds while a claim about a step is asked."""


class known:  # noqa: N801 - it is used as a function is; a generator would take three times as long
    """Let heap objects be compared as `identity` says while the block runs."""

    __slots__ = ("before", "identity")

    def __init__(self, identity: Identity) -> None:
        self.identity = identity

    def __enter__(self) -> None:
        global _asked  # `is` and `==` have no argument to pass it in
        self.before, _asked = _asked, self.identity

    def __exit__(self, *_error: object) -> None:
        global _asked  # noqa: PLW0603 - likewise
        _asked = self.before


def same(one: object, other: object) -> bool:
    """Return whether two Python objects stand for one object of the heap."""
    return one is other or (_asked is not None and _asked.of(one) is _asked.of(other))


def token(each: object) -> int:
    """Return a number that an object of the heap has in both states, and no other object has."""
    return id(each if _asked is None else _asked.of(each))


# What a claim's own code is made to call


def is_same(one: object, other: object) -> bool:
    """Return `one is other`; in a claim, as the heap sees it. Raises `ModelError` where it means nothing."""
    if _asked is None:
        return one is other
    if one is not other or _has_value(one):
        _refuse_meaningless(one, other)
    return same(one, other)


def is_not_same(one: object, other: object) -> bool:
    """Return `one is not other`, as `is_same` does."""
    return not is_same(one, other)


def instead_of(function: Any) -> Any:
    """Return what to call instead of a function that compares by identity; any other value as it is."""
    return next((ours for theirs, ours in _INSTEAD if function is theirs), function)


_INSTEAD: tuple[tuple[Callable[..., object], Callable[..., object]], ...] = (
    (id, token),
    (operator.is_, is_same),
    (operator.is_not, is_not_same),
)


def _has_value(each: object) -> bool:
    return not isinstance(each, (bool, Enum)) and (
        isinstance(each, (int, float, str, bytes)) or type(each).__name__ == "Linear"
    )


def _refuse_meaningless(one: object, other: object) -> None:
    """Raise `ModelError` where `is` between two different Python objects says nothing about the model."""
    from spillproof.model.heap import CONTAINERS  # it asks `same`
    from spillproof.model.system import Model

    if _has_value(one) and _has_value(other):
        _refuse("numbers or text by `is`", "two equal ones may be one object or not, as Python pleases; write ==")
    if type(one) in CONTAINERS and type(other) in CONTAINERS:
        _refuse("containers by `is`", "a container has no identity of its own; compare what is in them")
    if isinstance(one, Model) and isinstance(other, Model):
        refuse_states()


def refuse_states() -> NoReturn:
    """Raise `ModelError` for a claim that compares the state before a step with the state after as a whole."""
    _refuse("two states with each other", "a state is another one after each step; compare what they hold")


def _refuse(what: str, instead: str) -> NoReturn:
    message = f"{model_line()}: a claim compares {what}: {instead}"
    raise ModelError(message)


def is_asked() -> bool:
    """Return whether a claim about a step is being asked."""
    return _asked is not None
