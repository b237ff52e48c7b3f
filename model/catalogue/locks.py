"""Threads that meet at locks."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.catalogue.entry import Entry, of_spark
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.releases import since
from spillproof.model.spark.scenario.lock_orders import LockOrders, Meeting

MEETINGS = {
    Meeting.MAP_ADVANCES: "map-advances",
    Meeting.SORTER_LOADS: "sorter-loads",
    Meeting.SORTER_CLEANS_UP: "sorter-cleans-up",
}
"""For each meeting of threads, what to call it."""


def locks() -> Iterator[Entry]:
    """Each meeting, before its fix and after."""
    for meeting, word in MEETINGS.items():
        for release in since("2.0.0"):
            yield of_spark(
                f"spark:locks-{word}@{release}",
                f"Two threads of a task of Spark {release}: one acquires memory while {meeting.value}.",
                LockOrders,
                {"meeting": meeting, "fixes": fixes_of(release)},
            )
