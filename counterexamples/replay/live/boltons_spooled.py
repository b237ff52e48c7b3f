"""`SpooledBytesIO` of boltons: what `tempfile.SpooledTemporaryFile` is, by another hand."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import signature
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.spooled import SpooledFile


class BoltonsSpooled(SpooledFile):
    """A temporary file in memory, which rolls over to the disk."""

    packages = ("boltons",)
    faults = frozenset({"full_disk"})
    excused = (OSError,)
    file: Any

    def begin(self, folder: Path) -> None:
        from boltons.ioutils import SpooledBytesIO

        more: Any = {"dir": str(folder)} if "dir" in signature(SpooledBytesIO).parameters else {}
        self.file = SpooledBytesIO(max_size=self.capacity_of_pool(), **more)

    def put(self, key: str, value: bytes) -> None:
        super().put(key, value)
        self.file.flush()

    def keys(self) -> Iterable[str]:
        return ["a"] if self.file.len else []

    def pull(self, handle: Any) -> None:
        self.file.seek(0)
        next(handle)

    def inner(self) -> Any:
        return self.file.buffer
