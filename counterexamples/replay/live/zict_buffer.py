"""`zict.Buffer` over a dict and `zict.File`: least recently used values are pickled to files."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from spillproof.counterexamples.replay.live.mapped import Mapped, ought
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger, folder_size
from spillproof.properties.live.own import step


class ZictBuffer(Adapter):
    """A dictionary in memory before one on disk."""

    packages = ("zict",)
    larger: ClassVar[tuple[int, ...]] = (7,)
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


class ZictWays(Mapped, ZictBuffer):
    """What is done with any mapping of zict that a dictionary can."""

    @property
    def cache(self) -> Any:
        """The mapping, as a dictionary."""
        return self.buffer

    @step(loses=True)
    def pop(self) -> None:
        """Have it choose what goes."""
        super().pop()


class ZictMapped(ZictWays):
    """The same, where all is done with it that a dictionary can."""

    faults = frozenset({"kept", "missing"})

    @step
    def lower(self) -> None:
        """Have the buffer keep half as much, and then as much as before."""
        if hasattr(self.buffer, "evict_until_below_target"):
            self.buffer.evict_until_below_target(3 * Ledger.unit)
            ought(self.accounted() <= 3 * Ledger.unit, "more is in memory than it was told to keep")

    @step
    def move_back(self, key: str) -> None:
        """Look where a value is: in memory or on disk, and not in both."""
        ought((key in self.buffer.fast) != (key in self.buffer.slow), f"{key} is in both, or in none")


class ZictCached(ZictWays):
    """`zict.Cache`: files before which a dictionary remembers what somebody still holds."""

    faults = frozenset({"kept", "missing", "unpicklable"})
    larger = ()
    spill: Any = None

    def make(self, fast: Any) -> Any:
        import zict

        slow = zict.Func(pickle.dumps, pickle.loads, self.files)
        return zict.Cache(slow, zict.WeakValueMapping())

    def accounted(self) -> int:
        return 0

    def accounts(self) -> list[int]:
        return []
