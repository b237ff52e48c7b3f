"""The rules of Spark's accounting that take more than a comparison."""

from __future__ import annotations

from collections.abc import Sequence

from spillproof.counterexamples.audit.books import LoggedConsumer
from spillproof.counterexamples.audit.interval import Interval, spell


def asked(estimate: Interval, threshold: Interval) -> Interval:
    """Return what a Spillable asks for: `2 * currentMemory - myMemoryThreshold`."""
    return estimate.times(2).less(threshold)


def wrong_victim(need: Interval, given: Interval, others: Sequence[LoggedConsumer]) -> str:
    """Return why another should have been spilled first, or nothing; only where rounding leaves no doubt."""
    for each in others:
        if each.used.lo >= need.hi and each.used.hi < given.lo:
            return f"{spell(need)} were needed; {each.label} with {spell(each.used)} is smaller, and enough"
        if given.hi < need.lo and each.used.lo > given.hi:
            return f"{spell(need)} were needed; it was not enough, and {each.label} with {spell(each.used)} is larger"
    return ""
