"""The kinds of steps on running code, one class each: a new kind is a class in one of these modules, and no more.

Offering, playing, random runs, shrinking, traces and plain tests ask the class, and none of them knows its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from spillproof.properties.live.operations import disk, handles, values
from spillproof.properties.live.operations.operation import Operation

FIRST = (
    "put",
    "get",
    "issue",
    "spill",
    "pull",
    "drop",
    "delete",
    "pin",
    "unpin",
    "delete_missing",
    "get_missing",
    "fill_disk",
    "free_disk",
    "limit_spill",
    "lift_limit",
    "put_unpicklable",
    "keep",
    "forget",
)
"""Of the shortest runs the one whose kinds come first in this order is reported; other kinds come behind these."""


def _operations(module: ModuleType) -> Iterator[Operation]:
    """Yield the kinds of steps that a module defines; a class without a name of its own is what several share."""
    for each in vars(module).values():
        if isinstance(each, type) and issubclass(each, Operation) and "name" in vars(each):
            yield each()


def _place(operation: Operation) -> tuple[bool, int]:
    return operation.ends, FIRST.index(operation.name) if operation.name in FIRST else len(FIRST)


OPERATIONS: dict[str, Operation] = {
    each.name: each
    for each in sorted((each for module in (values, handles, disk) for each in _operations(module)), key=_place)
}
"""Every kind of step by name, but for own steps and for two at once."""

AT_ONCE = ("spill", "put", "get", "delete")
"""What may be taken by two threads at once, in this order; own steps that ask for nothing come after."""

MAY_WAIT = ("put", "get", "delete", "spill")
"""What may be cancelled, where an adapter does it in a coroutine."""
