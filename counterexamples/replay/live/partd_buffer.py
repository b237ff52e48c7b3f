"""`partd.Buffer` over `partd.Dict` and `partd.File`: bytes are appended under keys, and flushed to files."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Traced, folder_size
from spillproof.properties.live.own import step


class PartdBuffer(Adapter):
    """Parts of bytes in memory before files."""

    measured_by = Traced
    packages = ("partd",)
    appends = True
    most = 3
    faults = frozenset({"full_disk"})
    excused = (OSError,)

    def begin(self, folder: Path) -> None:
        import partd

        self.folder = folder / "parts"
        self.buffer: Any = partd.Buffer(
            partd.Dict(), partd.File(str(self.folder)), available_memory=self.capacity_of_pool()
        )

    def put(self, key: str, value: bytes) -> None:
        self.buffer.append({key: value})

    def get(self, key: str) -> bytes:
        return bytes(self.buffer.get(key))

    def delete(self, key: str) -> None:
        self.buffer.delete(key)

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if self.buffer.get(key)]

    def spill(self) -> int:
        before = self.accounted()
        self.buffer.flush()
        return before - self.accounted()

    @step(alone=True)
    def restore(self) -> None:
        """Pickle the buffer, and go on with what is read back, as in another process."""
        self.buffer = pickle.loads(pickle.dumps(self.buffer))  # noqa: S301 - our own

    def close(self) -> None:
        self.buffer.drop()

    def accounted(self) -> int:
        return int(self.buffer.memory_usage)

    def accounts(self) -> list[int]:
        return list(self.buffer.lengths.values())

    def capacity_of_pool(self) -> int:
        return 6 * Traced.unit

    def disk_accounted(self) -> int:
        return sum(len(self.buffer.slow.get(key)) for key in self.keys_used)

    def disk_used(self) -> int:
        return folder_size(self.folder)


class PartdTwoThreads(PartdBuffer):
    """The same for two threads, where every second value has something flushed, under a lock. Nobody else flushes."""

    faults = frozenset({"second_thread"})
    most = 1
    oversized = False
    spill: Any = None

    def capacity_of_pool(self) -> int:
        return Traced.unit
