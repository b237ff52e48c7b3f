"""DataFusion beside the model of its external sorter: batches below a limit, and the files that a sort writes.

What the pool holds cannot be asked from Python, nor can a sort be looked at while it runs. So each step sorts all
batches so far anew, and what its metrics say at the end is compared: how often it had to spill, and how many rows.
"""

from __future__ import annotations

from typing import Any

from spillproof.model.datafusion.external_sorter import KEEP_FOR_THE_LAST_MERGE, Phase, Sorting
from spillproof.properties.engines.run import Moment, Step
from tests.live.beside.beside import Sight

ROWS = 4096
"""Of eight bytes: so many are a byte of the model. Twice as much is reserved of a batch as it has (since 46.0.0)."""

LARGEST = 3
"""A batch has no more bytes of the model; neither has one that is read from a file again."""

FILES = 4
"""So many at most: a merge of more writes some of them once more, which the model leaves out."""


def model() -> Sorting:
    """Return the model as DataFusion 55 is."""
    return Sorting(fixes=frozenset({KEEP_FOR_THE_LAST_MERGE.name}))


class DataFusionDriver:
    """A sort of one column. Half a byte of the model more is allowed than the model has, for what surrounds a batch."""

    def __init__(self, pool_size: int, workspace: int) -> None:
        self.pool_size, self.workspace = pool_size, workspace
        self.batches: list[int] = []
        self.waiting = 0
        """Of the batch for which there was no room."""
        self.spilled = 0
        """Bytes of the model in files."""
        self.spills = 0
        self.held = 0
        """What was in memory when it began to be spilled."""

    def takes(self, step: Step, before: Moment) -> bool:
        """Return whether it is a batch. Others of the same pool there are none, and the end comes after each step."""
        return step.action == "insert" and before.state.sorter.phase is Phase.BUFFERING and self.spills < FILES

    def take(self, step: Step, before: Moment) -> None:
        """Remember a batch: with the next look, all that there are are sorted."""
        self.batches.append(step.arguments[0])
        self.held = before.state.sorter.batches.size

    def follows(self, step: Step, after: Moment) -> Step | None:
        """Return that what there is no room for is taken when the others were merged into a file."""
        sorter = after.state.sorter
        if sorter.phase is Phase.SPILLING and sorter.cursors.size == 0:
            self.waiting = step.arguments[0]
            return Step("merge", ())
        if sorter.phase is Phase.SPILLING:
            self.spills, self.spilled = self.spills + 1, self.spilled + self.held
            return Step("merged", ())
        size, self.waiting = self.waiting, 0
        return Step("insert", (size,)) if size else None

    def of_model(self, now: Moment) -> Sight:
        """Return what a sort would have written that ends here: what is left is written, too, if anything was."""
        rest = now.state.sorter.batches.size if self.spills else 0
        return {"spills": self.spills + (rest > 0), "rows spilled": (self.spilled + rest) * ROWS, "fails": False}

    def of_engine(self) -> Sight:
        """Return the same of DataFusion."""
        import numpy as np
        import pyarrow as pa
        from datafusion import RuntimeEnvBuilder, SessionConfig, SessionContext

        byte = 2 * 8 * ROWS
        limit = self.pool_size * byte + byte // 2
        runtime = RuntimeEnvBuilder().with_disk_manager_os().with_greedy_memory_pool(limit)
        config = SessionConfig().with_target_partitions(1)
        for name, value in (
            ("sort_spill_reservation_bytes", self.workspace * byte),
            ("sort_in_place_threshold_bytes", 0),
            ("batch_size", LARGEST * ROWS),
        ):
            config = config.set(f"datafusion.execution.{name}", str(value))
        context: Any = SessionContext(config, runtime)
        chance = np.random.default_rng(0)
        made = [
            pa.record_batch({"v": pa.array(chance.integers(0, 1 << 60, size * ROWS), pa.int64())})
            for size in self.batches
        ]
        context.register_record_batches("t", [made])
        plan = context.sql("SELECT v FROM t ORDER BY v").execution_plan()
        try:
            for _ in context.execute(plan, 0):
                pass
        except Exception as error:  # noqa: BLE001 - it has no class of its own
            return {"spills": 0, "rows spilled": 0, "fails": str(error)}
        found = [metrics for name, metrics in plan.collect_metrics() if "Sort" in name]
        return {"spills": found[0].spill_count or 0, "rows spilled": found[0].spilled_rows or 0, "fails": False}
