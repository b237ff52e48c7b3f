"""`zict.Buffer` over a dict and `zict.File`: least recently used values are pickled to files."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger, folder_size
from spillproof.properties.live.own import step


class ZictBuffer(Adapter):
    """A dictionary in memory before one on disk."""

    packages = ("zict",)
    larger = (7,)
    faults = frozenset({"unpicklable", "full_disk", "kept", "second_thread"})
    excused = (TypeError, OSError)
    """"If an exception occurs during a fast_to_slow_callbacks … the key will remain in the LRU": and it is raised."""

    def begin(self, folder: Path) -> None:
        import zict

        self.folder = folder
        self.files: Any = zict.File(folder)
        self.buffer: Any = self.make({})

    def make(self, fast: Any) -> Any:
        """Return a buffer of what is in a dictionary, and in the files."""
        import zict

        slow = zict.Func(pickle.dumps, pickle.loads, self.files)
        return zict.Buffer(fast, slow, n=6 * Ledger.unit, weight=lambda _key, value: len(value))

    def put(self, key: str, value: Any) -> None:
        self.buffer[key] = value

    def get(self, key: str) -> Any:
        return self.buffer[key]

    def delete(self, key: str) -> None:
        del self.buffer[key]

    def keys(self) -> Iterable[str]:
        return list(self.buffer)

    def spill(self) -> int:
        return int(self.buffer.fast.evict()[2]) if self.buffer.fast else 0

    def close(self) -> None:
        self.buffer.close()
        self.buffer = self.files = None

    def accounted(self) -> int:
        return 0 if self.buffer is None else int(self.buffer.fast.total_weight)

    def accounts(self) -> list[int]:
        return [] if self.buffer is None else [int(each) for each in self.buffer.fast.weights.values()]

    def disk_accounted(self) -> int:
        files: Any = {} if self.files is None else self.files
        named = hasattr(files, "filenames")  # from 3.0 on
        names = files.filenames.values() if named else [quote(key, safe="") for key in files]
        return sum((self.folder / name).stat().st_size for name in names)

    def disk_used(self) -> int:
        return 0 if self.files is None else folder_size(self.folder)


class ZictReopened(ZictBuffer):
    """The same, where another buffer begins with what the first has left, and another one reads its files."""

    larger = (7,)
    faults = frozenset({"kept"})
    keys_used = ("a/1", "b/1", "c/1")
    """Names that no file can have."""

    @step(alone=True)
    def reopen(self) -> None:
        """Begin anew with what is in memory and on disk."""
        import zict

        self.files = zict.File(self.folder)
        self.buffer = self.make(self.buffer.fast.d)

    @step(loses=True)
    def empty(self) -> None:
        """Empty the buffer, which goes on."""
        self.buffer.clear()

    @step(deletes=True)
    def take_out(self, key: str) -> None:
        """Take a value out."""
        self.buffer.pop(key, None)
