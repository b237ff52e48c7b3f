"""One line of the table of what each fix carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Break:
    """A claim that is violated with a fix, in so many steps, and proved without."""

    claim: str
    steps: int
    beside: str = ""
    """A later fix that is there in both cases, where a defect of its own would hide the difference."""


@dataclass(frozen=True)
class Bearing:
    """A claim that is violated without a fix, in so many steps, and proved with it."""

    fix: str
    model: str
    """The name of the entry of the catalogue that has the fix."""
    claim: str
    steps: int
    run: str
    """The shortest run, in words."""
    scope: Mapping[str, object] = field(default_factory=dict)
    """The least scope that shows it, where it is not the entry's own."""
    breaks: tuple[Break, ...] = ()
    beside: tuple[str, ...] = ()
    """Later fixes that are left out in both cases, because they hide the defect."""
