"""Threads that meet at locks."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.catalogue.entry import Entry
from spillproof.model.claim_names import NO_DEADLOCK
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.fixes.unsafe import SPARK_26265, SPARK_27338, SPARK_39283
from spillproof.model.spark.releases import since
from spillproof.model.spark.scenario.lock_orders import LockOrders, Meeting

MEETINGS = {
    Meeting.MAP_ADVANCES: ("map-advances", SPARK_26265),
    Meeting.SORTER_LOADS: ("sorter-loads", SPARK_27338),
    Meeting.SORTER_CLEANS_UP: ("sorter-cleans-up", SPARK_39283),
}
"""For each meeting of threads, what to call it, and the fix that lets them pass."""


def locks() -> Iterator[Entry]:
    """Each meeting, before its fix and after."""
    for meeting, (word, fix) in MEETINGS.items():
        for release in since("2.0.0"):
            fixes = fixes_of(release)
            yield Entry(
                f"spark:locks-{word}@{release}",
                f"Two threads of a task of Spark {release}: one acquires memory while {meeting.value}.",
                LockOrders,
                {"meeting": meeting, "fixes": fixes},
                knows_fixes=True,
                violated=frozenset() if fix in fixes else frozenset({NO_DEADLOCK}),
            )
