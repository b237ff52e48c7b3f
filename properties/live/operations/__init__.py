"""The kinds of steps on running code, one class each. A new kind is a class, and a place in the order below.

Offering, playing, random runs, shrinking, traces and plain tests ask the class, and none of them knows its name.
"""

from __future__ import annotations

from dataclasses import replace

from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.operations.disk import FillDisk, FreeDisk, LiftLimit, LimitSpill
from spillproof.properties.live.operations.handles import Drop, Forget, Issue, Keep, Pull
from spillproof.properties.live.operations.operation import Operation
from spillproof.properties.live.operations.threads import SpillAnd
from spillproof.properties.live.operations.values import Close, Delete, Get, Put, PutUnpicklable, Spill

_ORDER = (
    Put(),
    Get(),
    Issue(),
    Spill(),
    Pull(),
    Drop(),
    Delete(),
    FillDisk(),
    FreeDisk(),
    LimitSpill(),
    LiftLimit(),
    PutUnpicklable(),
    Keep(),
    Forget(),
    SpillAnd(Get()),
    SpillAnd(Put()),
    SpillAnd(Delete()),
    Close(),
)

OPERATIONS: dict[str, Operation] = {each.name: each for each in _ORDER}
"""Every kind of step by name. Of the shortest runs the one whose kinds come first in this order is reported."""


def spelled(move: Move, unit: int) -> str:
    """Return a step as a person writes it, with sizes in bytes: `put(a, 1024)`."""
    return OPERATIONS[move.action].spelled(move, unit)


def renamed(script: Script) -> Script:
    """Return a script with its keys, handles and kept values named in the order in which they appear."""
    keys: dict[str, str] = {}
    names: dict[str, str] = {}
    found = []
    for move in script:
        key = keys.setdefault(move.key, "abcdefghijklmnopqrstuvwxyz"[len(keys)]) if move.key else ""
        letter = OPERATIONS[move.action].letter
        count = 1 + sum(1 for each in names.values() if each.startswith(letter))
        name = names.setdefault(move.name, f"{letter}{count}") if move.name else ""
        found.append(replace(move, key=key, name=name))
    return tuple(found)
