"""`zict.File` and `zict.Zip`: stores of bytes on disk, which take what they say that they take, and nothing in part."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Traced, folder_size
from spillproof.properties.live.own import step

ODD: tuple[Any, ...] = (7, None, ("a",), b"a")
"""Keys that a store may not take."""


class ZictStore(Adapter):
    """A store of bytes, by strings."""

    packages = ("zict",)
    measured_by = Traced
    most = 1

    def begin(self, folder: Path) -> None:
        self.folder, self.number = folder, 0
        self.store: Any = self.made(folder)

    def made(self, folder: Path) -> Any:
        """Return the store."""
        raise NotImplementedError

    def accounted(self) -> int:
        return 0

    @step
    def put_odd(self) -> None:
        """Put under a key that it may not take: it is refused, and nothing is there; or it is taken, and read back."""
        for key in ODD:
            before = {*self.store}
            try:
                self.store[key] = b"x"
            except Exception:  # noqa: BLE001 - it may be refused in any way
                ought({*self.store} == before, f"{key!r} is refused, and there is another key")
                continue
            ought(self.store[key] == b"x", f"{key!r} is taken, and something else is read")
            del self.store[key]
            ought({*self.store} == before, f"{key!r} is deleted, and there are other keys than before")

    @step
    def ask_odd(self) -> None:
        """Ask for what cannot be there: it is not."""
        for key in ODD:
            ought(key not in self.store, f"{key!r} is said to be there")
            ought(self.store.get(key) is None, f"something is given for {key!r}")


class ZictFile(ZictStore):
    """`zict.File`. What can be read of it is its account."""

    def made(self, folder: Path) -> Any:
        import zict

        return zict.File(folder)

    def put(self, key: str, value: bytes) -> None:
        self.store[key] = value

    def get(self, key: str) -> bytes:
        return bytes(self.store[key])

    def delete(self, key: str) -> None:
        del self.store[key]

    def keys(self) -> Iterable[str]:
        return list(self.store)

    def disk_accounted(self) -> int:
        return sum(len(self.store[key]) for key in self.store)

    def disk_used(self) -> int:
        return folder_size(self.folder)


class ZictZip(ZictStore):
    """`zict.Zip`, of which nothing is removed."""

    put_odd: Any = None

    def made(self, folder: Path) -> Any:
        import zict

        return zict.Zip(str(folder / "all.zip"))

    def put(self, key: str, value: bytes) -> None:
        """Do nothing with a value: the steps are below."""

    @step
    def write(self) -> None:
        """Write under a new key."""
        self.number += 1
        self.store[str(self.number)] = b"x" * self.number
        self.look()

    @step
    def write_again(self) -> None:
        """Write under a key that is there: it is refused, and nothing changes; or the new value is there, once."""
        for key in list(self.store)[:1]:
            before, found = self.store[key], b"another"
            try:
                self.store[key] = found
            except Exception:  # noqa: BLE001 - it may be refused in any way
                found = before
            ought(self.store[key] == found, "another value is read than was put")
        self.look()

    @step
    def reopen(self) -> None:
        """Begin anew with what is in the file."""
        self.store.close()
        self.store = self.made(self.folder)
        self.look()

    def look(self) -> None:
        """Look at the keys: each is there once, and as many as were written."""
        keys = list(self.store)
        ought(sorted(keys) == sorted({*keys}), "a key is there twice")
        ought(len(keys) == len(self.store) == self.number, f"{self.number} were written, and {len(keys)} are there")

    def close(self) -> None:
        self.store.close()
