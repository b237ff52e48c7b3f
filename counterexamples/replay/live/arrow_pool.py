"""A pyarrow memory pool, a control: every buffer is one allocation, so that its account is exact by construction.

A buffer that outlives a pool made in Python crashes the interpreter (ARROW-4825, known since 2019), so the adapter lets
go of the buffers first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter


class ArrowPool(Adapter):
    """Buffers in a pool; a slice keeps its buffer, and the pool counts it still."""

    packages = ("pyarrow",)

    def begin(self, folder: Path) -> None:
        import pyarrow

        self.buffers: dict[str, Any] = {}  # goes before the pool: ARROW-4825
        self.pool: Any = pyarrow.proxy_memory_pool(pyarrow.default_memory_pool())

    def put(self, key: str, value: Any) -> None:
        import pyarrow

        buffer: Any = pyarrow.allocate_buffer(len(value), memory_pool=self.pool)
        memoryview(buffer).cast("B")[:] = value.bytes
        ledger: Any = self.measure
        ledger.born(buffer, len(value))
        self.buffers[key] = buffer

    def get(self, key: str) -> bytes:
        return bytes(self.buffers[key])

    def delete(self, key: str) -> None:
        del self.buffers[key]

    def issue(self, key: str) -> Any:
        return self.buffers[key].slice(1)

    def pull(self, handle: Any) -> None:
        bytes(handle)

    def close(self) -> None:
        self.buffers.clear()

    def accounted(self) -> int:
        return int(self.pool.bytes_allocated())
