"""`distributed.spill.SpillBuffer`: what a Dask worker keeps its data in, unless it is told otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.counterexamples.replay.live.worker_data import WorkerData
from spillproof.properties.live.measure import Ledger, folder_size
from spillproof.properties.live.own import step


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


class DaskSpillMapped(DaskSpillBuffer):
    """The same on a disk that is never full, where values come in other ways, and what it tells of itself is asked."""

    larger = (7,)
    faults = frozenset({"kept", "missing"})

    @step
    def put_many(self, key: str, value: Any) -> None:
        """Put a value with `update`."""
        self.sizes[key] = len(value)
        self.buffer.update({key: value})

    @step
    def look(self) -> None:
        """Look at the keys, which are in memory or on disk, and at what is told of as spilled, in bytes of memory."""
        keys, total = list(self.buffer), self.buffer.spilled_total
        ought(len(self.buffer) == len(keys), f"{len(self.buffer)} are said to be there, and {len(keys)} are")
        ought({*keys} == {*self.buffer.fast, *self.buffer.slow}, "there are other keys than in memory and on disk")
        ought(not {*self.buffer.fast} & {*self.buffer.slow}, "one is in memory and on disk")
        spilled = sum(self.sizes[key] for key in self.buffer.slow)
        ought(getattr(total, "memory", spilled) == spilled, f"{total} is told of, and {spilled} B are spilled")
