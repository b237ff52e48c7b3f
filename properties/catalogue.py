"""Every claim that this project comes with, and the three that every engine checks of every model."""

from __future__ import annotations

import sys
from typing import Any

from spillproof.model.system import Model
from spillproof.properties import accounting, data, disk, failure, fairness, progress, spilling, waiting
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
    accounting.accounted_is_held,
    accounting.accounting_lags_as_far_as_it_says,
    accounting.transient_peaks_are_accounted,
    data.no_record_lost_or_repeated,
    disk.disk_is_accounted,
    progress.no_request_goes_short_of_spills,
    progress.no_more_is_spilled_than_needed,
    progress.nobody_is_asked_in_vain,
    progress.a_failure_strands_no_bytes,
    progress.a_kill_is_no_shortage,
    accounting.no_account_outlives_its_task,
    fairness.nobody_waits_in_vain,
    fairness.a_share_is_not_exceeded,
    fairness.half_a_share_is_ensured,
    failure.failure_leaves_accounting_unchanged,
    failure.pools_add_up,
    failure.nothing_stays_locked,
    progress.a_satisfiable_request_is_satisfied,
    spilling.no_use_after_free,
    spilling.no_allocation_in_spill,
    spilling.a_spill_reports_what_it_freed,
    spilling.no_file_outlives_its_task,
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
    accounting.something_held_is_released,
    accounting.accounting_lags,
    accounting.something_is_rebuilt,
    data.a_record_is_delivered,
    disk.something_is_on_disk,
    progress.a_request_goes_short,
    progress.several_are_spilled_for_one,
    progress.somebody_is_asked,
    progress.a_request_is_abandoned,
    progress.a_task_is_killed,
    accounting.an_account_is_kept,
    fairness.somebody_waits,
    fairness.a_share_is_full,
    fairness.a_sharer_is_refused,
    failure.a_request_fails,
    failure.a_pool_grows,
    failure.a_lock_is_given_back,
    progress.a_request_is_refused,
    spilling.a_page_is_in_use,
    spilling.a_consumer_spills,
    spilling.a_spill_happens,
    spilling.a_file_is_written,
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
