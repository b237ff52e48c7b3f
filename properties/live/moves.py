"""A step on running code, as data: a list of moves is a run that can be taken again on a new manager."""

from __future__ import annotations

from dataclasses import dataclass, replace

Script = tuple["Move", ...]


@dataclass(frozen=True)
class Move:
    """A step: what is done, to which key, with how many units; and the name of the handle or value that it is about."""

    action: str
    key: str = ""
    units: int = 0
    name: str = ""


NEEDS: dict[str, tuple[str, ...]] = {
    "put": ("put",),
    "get": ("get",),
    "issue": ("issue",),
    "spill": ("spill",),
    "pull": ("issue", "pull"),
    "drop": ("issue",),
    "delete": ("delete",),
    "fill_disk": ("keys",),
    "free_disk": ("keys",),
    "limit_spill": ("limit_spilled", "disk_accounted", "keys"),
    "lift_limit": ("limit_spilled", "disk_accounted", "keys"),
    "put_unpicklable": ("put", "keys"),
    "keep": ("get",),
    "forget": ("get",),
    "spill_and_get": ("spill", "get", "keys"),
    "spill_and_put": ("spill", "put", "keys"),
    "spill_and_delete": ("spill", "delete", "keys"),
    "close": ("close",),
}
"""The methods that an adapter must have for a step to be possible.

Of the shortest runs the one that comes first in this order is reported.
"""

FAULTS = {
    "put_unpicklable": "unpicklable",
    "fill_disk": "full_disk",
    "free_disk": "full_disk",
    "limit_spill": "spill_limit",
    "lift_limit": "spill_limit",
    "keep": "kept",
    "forget": "kept",
    "spill_and_get": "second_thread",
    "spill_and_put": "second_thread",
    "spill_and_delete": "second_thread",
}
"""The steps that are taken only where an adapter lists the fault."""

ONLY_A_LEDGER = ("unpicklable", "second_thread")
"""The faults that lie in a value itself, which must be an object: bytes have none."""

AND = "spill_and_"
"""A step with this before its name is taken by a second thread, while the first is inside pickling in `spill`."""

PUTS = frozenset({"put", "put_unpicklable", "spill_and_put"})
"""The steps that hand over a new value."""

LAST = frozenset({"close"})
"""Taken at the end of a run only."""


def spelled(move: Move, unit: int) -> str:
    """Return a step as a person writes it, with sizes in bytes: `put(a, 1024)`."""
    if move.action.startswith(AND):
        return f"spill() ‖ {spelled(replace(move, action=move.action.removeprefix(AND)), unit)}"
    words = [word for word in (move.key, str(move.units * unit) if move.units else "") if word]
    if move.name and move.action in ("issue", "keep"):
        return f"{move.action}({', '.join(words)}) as {move.name}"
    return f"{move.action}({', '.join([*words, *([move.name] if move.name else [])])})"


def renamed(script: Script) -> Script:
    """Return a script with its keys, handles and kept values named in the order in which they appear."""
    keys: dict[str, str] = {}
    names: dict[str, str] = {}
    found = []
    for move in script:
        key = keys.setdefault(move.key, "abcdefghijklmnopqrstuvwxyz"[len(keys)]) if move.key else ""
        letter = "h" if move.action in ("issue", "pull", "drop") else "k"
        count = 1 + sum(1 for each in names.values() if each.startswith(letter))
        name = names.setdefault(move.name, f"{letter}{count}") if move.name else ""
        found.append(replace(move, key=key, name=name))
    return tuple(found)
