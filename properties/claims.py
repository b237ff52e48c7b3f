"""What a claim is: a plain function of a state, or of the states before and after a step.

A claim's docstring is its sentence. The annotation of its argument says what a system must offer for the claim to be
about it (a protocol, such as `Accounting`); a system that does not offer it is not asked. The same function runs on
plain integers, on unknown sizes, and on a real system.

`always` claims must be true in every state (or step). `sometimes` claims must be true in some run: they are the proof
that a model is not vacuous, and each names the `always` claim beside which it stands.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, get_type_hints

from spillproof.model.errors import ModelError


class Mode(Enum):
    """How often a claim ought to be true."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"


@dataclass(frozen=True)
class Claim:
    """A sentence about every state, or every step, of a system; callable as the function that it was made from."""

    name: str
    mode: Mode
    function: Callable[..., Any] = field(compare=False)
    about: type = object
    """The protocol that a system must offer."""
    over_steps: bool = False
    """Whether it relates the state before a step to the state after."""
    beside: str = ""
    """For a `sometimes` claim, the name of the `always` claim that it keeps from being vacuous."""

    @property
    def sentence(self) -> str:
        """Return what is claimed, in a sentence."""
        return " ".join((self.function.__doc__ or self.name.replace("_", " ")).split("\n\n")[0].split())

    def __call__(self, *states: Any) -> Any:
        """Return whether the claim is true; on unknown sizes, perhaps a condition that is not decided yet."""
        return self.function(*states)

    def applies_to(self, system: type) -> bool:
        """Return whether a system is what the claim is about: of that class, or with what the protocol names."""
        if self.is_about_anything() or getattr(self.about, "_is_protocol", False):
            return all(callable(getattr(system, name, None)) for name in _offers(self.about))
        return issubclass(system, self.about)

    def is_about_anything(self) -> bool:
        """Return whether the annotation leaves open what the claim is about."""
        return self.about in (object, Any)


def always(function: Callable[..., Any]) -> Claim:
    """Make a claim that must be true in every state, or in every step if it has two arguments."""
    return _claim(function, Mode.ALWAYS, "")


def sometimes(beside: Claim) -> Callable[[Callable[..., Any]], Claim]:
    """Make a claim that must be true in some run, to stand beside an `always` claim."""
    return lambda function: _claim(function, Mode.SOMETIMES, beside.name)


def applicable(claims: Iterable[Claim], system: type) -> list[Claim]:
    """Return the claims that are about this system."""
    return [claim for claim in claims if claim.applies_to(system)]


def _claim(function: Callable[..., Any], mode: Mode, beside: str) -> Claim:
    arguments = list(inspect.signature(function).parameters)
    if len(arguments) not in (1, 2):
        message = f"the claim {function.__name__} takes {len(arguments)} arguments; write (now) or (before, after)"
        raise ModelError(message)
    about = get_type_hints(function).get(arguments[-1], object)
    return Claim(function.__name__, mode, function, about, len(arguments) == 2, beside)  # noqa: PLR2004 - before and after


def _offers(protocol: type) -> frozenset[str]:
    return frozenset(getattr(protocol, "__protocol_attrs__", None) or _members(protocol))


def _members(protocol: type) -> Iterable[str]:
    if not getattr(protocol, "_is_protocol", False):
        return ()
    return {
        name
        for ancestor in protocol.__mro__
        for name in vars(ancestor)
        if not name.startswith("_") and getattr(ancestor, "_is_protocol", False)
    }
