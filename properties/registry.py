"""Which claims a module has made, so that one that is not asked can be named.

Only those count that are made while their module runs: whoever makes a claim later, in a test or in a function of their
own, also asks it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spillproof.properties.claims import Claim

OURS = "spillproof.properties"
"""The package whose claims are known to ask systems by their methods only."""


@dataclass
class _Made:
    """The claims of one module."""

    code: CodeType
    """Of the module: another one when it is run again."""
    claims: list[Claim] = field(default_factory=list)


_made: dict[int, _Made] = {}
"""By the id of the module's globals, which its claims keep alive."""


def keep(claim: Claim) -> None:
    """Take note of a claim, if it is made while its module runs."""
    names = claim.function.__globals__
    code = next((each.f_code for each in _frames() if each.f_globals is names and _is_a_module(each)), None)
    if code is None:
        return
    made = _made.get(id(names))
    if made is None or made.code is not code:
        made = _made[id(names)] = _Made(code)
    made.claims.append(claim)


def made_in(names: Mapping[str, Any]) -> list[Claim]:
    """Return the claims that a module has made, given its globals."""
    return list(_made[id(names)].claims) if id(names) in _made else []


def names_of_caller(function: Callable[..., Any]) -> Mapping[str, Any]:
    """Return the local names where a claim is made, by which its annotations may be written."""
    frame = next((each for each in _frames() if each.f_code.co_filename == function.__code__.co_filename), None)
    return {} if frame is None or frame.f_locals is frame.f_globals else dict(frame.f_locals)


def is_own(function: Callable[..., Any]) -> bool:
    """Return whether a function is one of this package's claims."""
    return f"{function.__module__}.".startswith(f"{OURS}.")


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the documented way to read who calls
    while frame is not None:
        yield frame
        frame = frame.f_back


def _is_a_module(frame: FrameType) -> bool:
    return frame.f_code.co_name == "<module>"
