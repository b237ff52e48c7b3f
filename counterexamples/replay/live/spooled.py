"""`tempfile.SpooledTemporaryFile`, of the standard library: bytes in memory until there are too many, then a file.

It has no account of its own to read. What its documentation promises is taken as one: everything is in memory until it
rolls over, and nothing after.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Traced


class SpooledFile(Adapter):
    """A temporary file in memory, which rolls over to the disk."""

    measured_by = Traced
    appends = True
    keys_used = ("a",)
    most = 2

    def begin(self, folder: Path) -> None:
        self.file = SpooledTemporaryFile(max_size=self.capacity_of_pool(), dir=str(folder))  # noqa: SIM115 - closed at the end

    def put(self, key: str, value: bytes) -> None:
        self.file.seek(0, 2)
        self.file.write(value)

    def get(self, key: str) -> bytes:
        self.file.seek(0)
        return bytes(self.file.read())

    def issue(self, key: str) -> Any:
        return iter(self.file)

    def pull(self, handle: Any) -> None:
        handle.seek(0)
        handle.read(1)

    def spill(self) -> int:
        before = self.accounted()
        self.file.rollover()
        return before

    def close(self) -> None:
        self.file.close()

    def inner(self) -> Any:
        """Return what the bytes are in now."""
        return self.file._file

    def accounted(self) -> int:
        inner = self.inner()
        return inner.getbuffer().nbytes if isinstance(inner, BytesIO) and not inner.closed else 0

    def capacity_of_pool(self) -> int:
        return 4 * Traced.unit
