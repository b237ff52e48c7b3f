"""Whether a measure sees a manager at all, and sees all of it: asked before any run.

A ledger that is told of objects while the manager keeps pickled copies would call every spill honest. So one large
value is put, with tracemalloc beside the measure.
"""

from __future__ import annotations

import tracemalloc
from contextlib import ExitStack
from functools import cache

from spillproof.model.errors import ModelError
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger, Traced
from spillproof.properties.live.move import Move
from spillproof.properties.live.session import Session

LARGE = 64
"""Units of the one value: large beside what any manager needs for bookkeeping."""


def warm_up(adapter: type[Adapter]) -> None:
    """Take each step once, so that what is imported and cached on first use is not counted later."""
    with Session(adapter) as playing:
        own = [name for name, each in playing.operations.items() if not each.needs]
        for action in ("put", "get", "issue", "pull", "drop", "spill", "get", *own, "delete", "put", "spill"):
            move = next((each for each in playing.possible([1]) if each.action == action), None)
            if move is not None and not playing.take(move).raised:
                continue


def calibrate(adapter: type[Adapter]) -> None:
    """Raise `ModelError`, in one line, where the measure is wrong for the manager."""
    size = LARGE * adapter.measured_by.unit
    with ExitStack() as stack:
        stack.enter_context(Traced.at_work())
        playing = stack.enter_context(Session(adapter))
        before = tracemalloc.get_traced_memory()[0]
        step = playing.take(Move("put", adapter.keys_used[0], LARGE))
        grown = tracemalloc.get_traced_memory()[0] - before
        if step.unanswered is not None:
            raise step.unanswered
        reachable, accounted = playing.adapter.measure.reachable(), int(step.now.seen["accounted"])
    if step.raised or accounted == 0:
        return  # it went to disk at once, or was refused: nothing can be said
    believed, seen = int(step.now.seen["reachable"]), max(reachable, grown)
    if believed > seen + size // 2:
        message = (
            f"{adapter.__name__}.reachable() says {believed:,} B after one value of {size:,} B, and no more than "
            f"{seen:,} B can be seen: what it adds up overlaps; every byte is to be counted once, by one measure"
        )
        raise ModelError(message)
    name, measure = adapter.__name__, adapter.measured_by
    if issubclass(measure, Ledger) and reachable < size // 2 < grown:
        message = (
            f"{name} measures with {measure.__name__}, which sees {reachable} B of a value of {size} B, and Python "
            f"allocated {grown:,} B for it: the manager keeps copies, to which it is blind; measure with Traced"
        )
        raise ModelError(message)
    if issubclass(measure, Traced) and reachable < size // 2:
        message = (
            f"{name} measures with {measure.__name__}, which sees {reachable} B of a value of {size} B that the "
            f"manager accounts for: its memory is not Python's ({measure.blind_to}); use a Ledger of its objects"
        )
        raise ModelError(message)


@cache
def is_only_on_disk(adapter: type[Adapter]) -> bool:
    """Return whether a manager accounts for what it has on disk, and neither accounts for nor holds it in memory."""
    if not hasattr(adapter, "disk_accounted"):
        return False
    with Session(adapter) as playing:
        for key in adapter.keys_used:
            if playing.take(Move("put", key, 1)).raised:
                return False
        seen = [step.now.seen for step in playing.steps]
    return seen[-1]["disk_accounted"] > 0 and not any(each["accounted"] or each["reachable"] for each in seen)
