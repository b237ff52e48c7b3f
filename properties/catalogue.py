"""Every claim that this project comes with, and the three that every engine checks of every model."""

from __future__ import annotations

import sys
from typing import Any

from spillproof.model.system import Model
from spillproof.properties import accounting, data, disk, progress, spilling, waiting
from spillproof.properties.claims import Claim, Mode, applicable


def _no_exception(_now: Any) -> bool:
    """No exception: an action either is refused by its guard or succeeds."""
    return True


def _never_negative(_now: Any) -> bool:
    """No counter is ever negative."""
    return True


NO_EXCEPTION = Claim("no_exception", Mode.ALWAYS, _no_exception)
"""Seen by the engines while they take a step, not by looking at a state."""

NEVER_NEGATIVE = Claim("counters_never_negative", Mode.ALWAYS, _never_negative)
"""Seen by the engines in every field that holds a size."""

BUILT_IN = (NO_EXCEPTION, NEVER_NEGATIVE)

CLAIMS: tuple[Claim, ...] = (
    accounting.free_is_unreachable,
    accounting.release_frees_what_it_says,
    accounting.acquired_can_be_allocated,
    accounting.counters_balance,
    accounting.nothing_left_at_end,
    data.no_record_lost_or_repeated,
    disk.disk_is_accounted,
    progress.a_satisfiable_request_is_satisfied,
    spilling.no_use_after_free,
    spilling.no_allocation_in_spill,
    spilling.a_spill_reports_what_it_freed,
    waiting.no_deadlock,
    *BUILT_IN,
)
"""The `always` claims, chief claim first."""

WITNESSES: tuple[Claim, ...] = (
    accounting.something_is_released,
    accounting.something_becomes_unreachable,
    accounting.the_pool_is_full,
    accounting.an_account_is_open,
    accounting.the_task_ends_in_use,
    data.a_record_is_delivered,
    disk.something_is_on_disk,
    progress.a_request_is_refused,
    spilling.a_page_is_in_use,
    spilling.a_consumer_spills,
    spilling.a_spill_happens,
    waiting.a_thread_waits,
)
"""The `sometimes` claims. That each action is taken in some run is asked of every model besides."""


def claims_about(model: type[Model]) -> tuple[list[Claim], list[Claim]]:
    """Return the `always` and the `sometimes` claims about a model: those above, and those in the model's own module.

    A claim in the model's module is about it if its argument is annotated with the model's class, or with a protocol
    that it offers.
    """
    module = vars(sys.modules.get(model.__module__)) if model.__module__ in sys.modules else {}
    own = [each for each in module.values() if isinstance(each, Claim) and not each.is_about_anything()]
    every = applicable(dict.fromkeys((*CLAIMS, *WITNESSES, *own)), model)
    return (
        [claim for claim in every if claim.mode is Mode.ALWAYS],
        [claim for claim in every if claim.mode is Mode.SOMETIMES],
    )
