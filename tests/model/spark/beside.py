"""The other consumer of a task with raw records, where the scope does not say how many there are."""

from __future__ import annotations

from spillproof.model.spark.scenario.raw_task import OtherConsumer, RawTask


def other_of(task: RawTask) -> OtherConsumer:
    """Return the only other consumer of a task that has not ended."""
    (other,) = task.beside()
    return other
