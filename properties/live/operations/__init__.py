"""The kinds of steps on running code, one class each. A new kind is a class, and a place in the order below.

Offering, playing, random runs, shrinking, traces and plain tests ask the class, and none of them knows its name.
"""

from __future__ import annotations

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
