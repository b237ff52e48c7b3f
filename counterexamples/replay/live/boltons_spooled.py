"""`SpooledBytesIO` of boltons: what `tempfile.SpooledTemporaryFile` is, by another hand."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Traced


class BoltonsSpooled(Adapter):
    """A temporary file in memory, which rolls over to the disk."""

    packages = ("boltons",)
    measured_by = Traced
    appends = True
    keys_used = ("a",)
    most = 2
    faults = frozenset({"full_disk"})
    excused = (OSError,)

    def begin(self, folder: Path) -> None:
        from boltons.ioutils import SpooledBytesIO

        self.file: Any = SpooledBytesIO(max_size=self.capacity_of_pool(), dir=str(folder))

    def put(self, key: str, value: bytes) -> None:
        self.file.seek(0, 2)
        self.file.write(value)
        self.file.flush()

    def get(self, key: str) -> bytes:
        self.file.seek(0)
        return bytes(self.file.read())

    def keys(self) -> Iterable[str]:
        return ["a"] if self.file.len else []

    def issue(self, key: str) -> Any:
        return iter(self.file)

    def pull(self, handle: Any) -> None:
        self.file.seek(0)
        next(handle)

    def spill(self) -> int:
        before = self.accounted()
        self.file.rollover()
        return before

    def close(self) -> None:
        self.file.close()

    def accounted(self) -> int:
        inner = self.file.buffer
        return inner.getbuffer().nbytes if isinstance(inner, BytesIO) and not inner.closed else 0

    def capacity_of_pool(self) -> int:
        return 4 * Traced.unit
