"""`distributed.spill.SpillBuffer`: what a Dask worker keeps its data in.

`evict` and `fast` are the documented protocol `ManualEvictProto`; any container of that protocol, for
`Worker(data=…)`, can be checked by a subclass that makes another `buffer`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measuring import Ledger, Payload, folder_size


class DaskSpillBuffer(Adapter):
    """The data of a Dask worker, in memory up to a target, beyond it on disk."""

    packages = ("distributed", "zict")
    faults = frozenset({"unpicklable", "full_disk", "kept"})
    """Nothing is excused but a value's own fault: otherwise `__setitem__` does not raise, and `evict` never does."""

    def begin(self, folder: Path) -> None:
        from dask.sizeof import sizeof
        from distributed.spill import SpillBuffer

        sizeof.register(Payload, len)  # type: ignore[no-untyped-call]
        self.folder = folder
        self.buffer: Any = SpillBuffer(str(folder), target=6 * Ledger.unit)

    def put(self, key: str, value: Any) -> None:
        self.buffer[key] = value

    def get(self, key: str) -> Any:
        return self.buffer[key]

    def delete(self, key: str) -> None:
        del self.buffer[key]

    def keys(self) -> Iterable[str]:
        return list(self.buffer)

    def spill(self) -> int:
        return max(0, self.buffer.evict()) if self.buffer.fast else 0

    def close(self) -> None:
        self.buffer.close()
        self.buffer = None

    def accounted(self) -> int:
        return 0 if self.buffer is None else int(self.buffer.fast.total_weight)

    def accounts(self) -> list[int]:
        return [] if self.buffer is None else [int(each) for each in self.buffer.fast.weights.values()]

    def disk_accounted(self) -> int:
        return 0 if self.buffer is None else int(self.buffer.spilled_total.disk)

    def disk_used(self) -> int:
        return 0 if self.buffer is None else folder_size(self.folder)
