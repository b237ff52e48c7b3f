"""`zarr.storage.MemoryStore`: what is handed over is the store's, though the caller goes on writing to it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.mapped import NOBODY, ought
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Traced
from spillproof.properties.live.own import step


class ZarrMemory(Adapter):
    """Buffers in a dictionary. It has no account; the sizes of its buffers are taken as one."""

    packages = ("zarr",)
    measured_by = Traced

    def begin(self, folder: Path) -> None:
        from zarr.storage import MemoryStore

        self.store: Any = MemoryStore()

    def put(self, key: str, value: bytes) -> None:
        from zarr.core.buffer.cpu import Buffer

        asyncio.run(self.store.set(key, Buffer.from_bytes(value)))

    def get(self, key: str) -> bytes:
        from zarr.core.buffer.core import default_buffer_prototype

        return bytes(asyncio.run(self.store.get(key, default_buffer_prototype())).to_bytes())

    def delete(self, key: str) -> None:
        asyncio.run(self.store.delete(key))

    def keys(self) -> Iterable[str]:
        return list(self.store._store_dict)

    def accounted(self) -> int:
        return sum(map(len, self.store._store_dict.values()))

    @step
    def write_over(self) -> None:
        """Hand over an array, and write over it: what was handed over is there."""
        import numpy
        from zarr.core.buffer.cpu import Buffer

        array = numpy.zeros(9, dtype="B")
        asyncio.run(self.store.set(NOBODY, Buffer.from_array_like(array)))
        array[:] = 1
        found = self.get(NOBODY)
        self.delete(NOBODY)
        ought(found == bytes(9), "the caller writes over what it has handed over, and the store has that")
