"""Steps of one's own: `@step` makes a method of an adapter a step that random runs may take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Any, TypeVar, overload

from spillproof.model.errors import ModelError

Method = TypeVar("Method", bound=Callable[..., Any])

MARK = "__spillproof_step__"

TAKEN = ("key", "value", "size", "handle")
"""What a step may ask for: a key is a string, a value is new, a size is in bytes, and a handle was issued."""


@dataclass(frozen=True)
class Terms:
    """What a step of one's own does to what the manager ought to hold."""

    opens: bool = False
    closes: bool = False
    deletes: bool = False
    loses: bool = False
    issues: bool = False
    alone: bool = False


@overload
def step(method: Method) -> Method: ...


@overload
def step(
    *,
    opens: bool = False,
    closes: bool = False,
    deletes: bool = False,
    loses: bool = False,
    issues: bool = False,
    alone: bool = False,
) -> Callable[[Method], Method]: ...


def step(method: Any = None, **terms: bool) -> Any:
    """Make a method of an adapter a step: `@step def cancel(self, key)`, also `async`.

    It may ask for `key`, `value`, `size` (bytes) and `handle`, by these names. What the manager ought to hold stays as
    it is, unless the step hands a `value` over, or says otherwise:

    - `opens`: what it begins with a key is open, such as a reservation, until a step that `closes` it is taken;
      nothing is held to be empty as long as something is open.
    - `closes`: it is about a key that is open, such as `cancel` or `commit`.
    - `deletes`: what is under its key is gone after it.
    - `loses`: what there was may be gone after it, as after a crash; `keys` says what is left.
    - `issues`: what it returns is a handle, as of `issue`.
    - `alone`: it is taken only where the client holds nothing, and beside no other thread. So is one that `loses`, but
      for threads.
    """
    if method is None:
        return lambda given: _marked(given, Terms(**terms))
    return _marked(method, Terms())


def _marked(method: Method, terms: Terms) -> Method:
    wrong = [name for name in list(signature(method).parameters)[1:] if name not in TAKEN]
    if wrong:
        raise ModelError(
            f"{method.__qualname__} asks for {wrong[0]!r}; a step may ask for {', '.join(TAKEN)}, by these names"
        )
    vars(method)[MARK] = terms
    return method


def terms_of(kind: type, name: str) -> Terms | None:
    """Return on what terms a method of an adapter is a step of its own; None where it is none."""
    return getattr(getattr(kind, name, None), MARK, None)


def own_steps(kind: type) -> list[str]:
    """Return the names of an adapter's own steps, in the order in which they are written."""
    names = dict.fromkeys(name for each in reversed(kind.__mro__) for name in vars(each))
    return [name for name in names if terms_of(kind, name) is not None]


def asks_for(kind: type, name: str) -> tuple[str, ...]:
    """Return what a step of its own asks for, in order."""
    return tuple(signature(getattr(kind, name)).parameters)[1:]
