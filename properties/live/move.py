"""A step on running code, as data: a list of moves is a run that can be taken again on a new manager."""

from __future__ import annotations

from dataclasses import dataclass

Script = tuple["Move", ...]


@dataclass(frozen=True)
class Move:
    """A step: what is done, to which key, with how many units; and the name of the handle or value that it is about."""

    action: str
    key: str = ""
    units: int = 0
    name: str = ""
    other: str = ""
    """Of two steps at once, the key of the first."""
    at: int = 0
    """How far the first of two steps has come when the second is taken; or where a step is cancelled."""
