"""The kinds of steps on running code, one class each. A new kind is a class, and a place in the order below.

Offering, playing, random runs, shrinking, traces and plain tests ask the class, and none of them knows its name.
"""

from __future__ import annotations

from dataclasses import replace

from spillproof.properties.live.move import Script
from spillproof.properties.live.operations.disk import FillDisk, FreeDisk, LiftLimit, LimitSpill
from spillproof.properties.live.operations.handles import Drop, Forget, Issue, Keep, Pull
from spillproof.properties.live.operations.operation import Operation
from spillproof.properties.live.operations.values import (
    Close,
    Delete,
    Get,
    Missing,
    Pin,
    Put,
    PutUnpicklable,
    Spill,
    Unpin,
)

_ORDER = (
    Put(),
    Get(),
    Issue(),
    Spill(),
    Pull(),
    Drop(),
    Delete(),
    Pin(),
    Unpin(),
    Missing("delete"),
    Missing("get"),
    FillDisk(),
    FreeDisk(),
    LimitSpill(),
    LiftLimit(),
    PutUnpicklable(),
    Keep(),
    Forget(),
    Close(),
)

OPERATIONS: dict[str, Operation] = {each.name: each for each in _ORDER}
"""Every kind of step by name, but for own steps and for two at once. Of the shortest runs the one whose kinds come
first in this order is reported."""

AT_ONCE = ("spill", "put", "get", "delete")
"""What may be taken by two threads at once, in this order; own steps that ask for nothing come after."""

MAY_WAIT = ("put", "get", "delete", "spill")
"""What may be cancelled, where an adapter does it in a coroutine."""


def renamed(script: Script, letters: dict[str, str]) -> Script:
    """Return a script with its keys, handles and kept values named in the order in which they appear.

    `letters` says for each kind of step what the names of its handles or values begin with.
    """
    keys: dict[str, str] = {}
    names: dict[str, str] = {}
    found = []
    for move in script:
        other, key = (
            keys.setdefault(each, "abcdefghijklmnopqrstuvwxyz"[len(keys)]) if each else ""
            for each in (move.other, move.key)
        )
        letter = letters.get(move.action, "k")
        count = 1 + sum(1 for each in names.values() if each.startswith(letter))
        name = names.setdefault(move.name, f"{letter}{count}") if move.name else ""
        found.append(replace(move, key=key, name=name, other=other))
    return tuple(found)
