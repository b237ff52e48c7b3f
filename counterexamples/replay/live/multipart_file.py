"""`File` of python-multipart, for uploads: bytes in memory until there are too many, then a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Traced


class MultipartFile(Adapter):
    """An uploaded file."""

    packages = ("python-multipart",)
    measured_by = Traced
    appends = True
    keys_used = ("a",)
    most = 2
    faults = frozenset({"full_disk"})
    excused = (OSError,)

    def begin(self, folder: Path) -> None:
        try:
            from python_multipart.multipart import File
        except ImportError:  # what releases before 0.0.13 call it
            from multipart.multipart import File  # type: ignore[import-not-found, no-redef, unused-ignore]

        self.capacity = 4 * Traced.unit
        self.file: Any = File(b"a", config={"UPLOAD_DIR": str(folder), "MAX_MEMORY_FILE_SIZE": self.capacity})

    def put(self, key: str, value: bytes) -> None:
        self.file.write(value)

    def get(self, key: str) -> bytes:
        inner = self.file.file_object
        at = inner.tell()
        inner.seek(0)
        found = bytes(inner.read())
        inner.seek(at)
        return found

    def keys(self) -> Iterable[str]:
        return ["a"] if self.file.size else []

    def spill(self) -> None:
        self.file.flush_to_disk()

    def close(self) -> None:
        self.file.close()

    def accounted(self) -> int:
        inner = self.file.file_object
        return int(self.file.size) if self.file.in_memory and not inner.closed else 0

    def unclaimed(self) -> int:
        """Return what Python may have allocated beyond what is in a `BytesIO`."""
        return Traced.ahead(self.accounted())
