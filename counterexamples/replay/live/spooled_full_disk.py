"""`tempfile.SpooledTemporaryFile` where the disk may be full when it rolls over. No iterators are issued here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import SpooledTemporaryFile

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Traced


class SpooledOnFullDisk(Adapter):
    """A temporary file whose account is what was written, as long as it says that it is in memory."""

    measured_by = Traced
    appends = True
    keys_used = ("a",)
    most = 2
    faults = frozenset({"full_disk"})
    excused = (OSError,)

    def begin(self, folder: Path) -> None:
        self.file = self.make(4 * Traced.unit, str(folder))

    def make(self, most: int, folder: str) -> SpooledTemporaryFile[bytes]:
        """Return a new file."""
        return SpooledTemporaryFile(max_size=most, dir=folder)

    def put(self, key: str, value: bytes) -> None:
        self.file.seek(0, 2)
        self.file.write(value)

    def get(self, key: str) -> bytes:
        self.file.seek(0)
        return bytes(self.file.read())

    def keys(self) -> Iterable[str]:
        return ["a"] if self.file.seek(0, 2) else []

    def spill(self) -> None:
        self.file.rollover()

    def close(self) -> None:
        self.file.close()

    def accounted(self) -> int:
        return 0 if self.file.closed or self.file._rolled else self.file.seek(0, 2)  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]

    def unclaimed(self) -> int:
        """Return what Python may have allocated beyond what is in a `BytesIO`."""
        return Traced.ahead(self.accounted())
