"""`distributed.spill.SpillBuffer`: what a Dask worker keeps its data in, unless it is told otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.worker_data import WorkerData
from spillproof.properties.live.measure import Ledger, folder_size


class DaskSpillBuffer(WorkerData):
    """The data of a Dask worker, in memory up to a target, beyond it on disk."""

    packages = ("distributed", "zict")
    larger = (7,)
    faults = frozenset({"unpicklable", "full_disk", "spill_limit", "kept"})
    """Nothing is excused but a value's own fault: otherwise `__setitem__` does not raise, and `evict` never does."""

    def make(self, folder: Path) -> Any:
        from distributed.spill import SpillBuffer

        return SpillBuffer(str(folder), target=6 * Ledger.unit)

    def spill(self) -> int:
        if hasattr(self.buffer, "evict"):
            return super().spill()
        return int(self.buffer.fast.evict()[2]) if self.buffer.fast else 0  # as a worker did before 2022.2.1

    def limit_spilled(self, most: int | None) -> None:
        slow: Any = getattr(self.buffer.slow, "data", self.buffer.slow)  # what has the limit in older releases
        slow.max_weight = False if most is None else most

    def accounted(self) -> int:
        return 0 if self.buffer is None else int(self.buffer.fast.total_weight)

    def accounts(self) -> list[int]:
        return [] if self.buffer is None else [int(each) for each in self.buffer.fast.weights.values()]

    def disk_accounted(self) -> int:
        total: Any = 0 if self.buffer is None else self.buffer.spilled_total
        return int(getattr(total, "disk", total))  # one number before 2022.2.1

    def disk_used(self) -> int:
        return 0 if self.buffer is None else folder_size(self.folder)
