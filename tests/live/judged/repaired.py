"""The targets with what would repair them, tried: what was found is gone, and nothing else is found."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.async_buffer import ZictAsyncBuffer
from spillproof.counterexamples.replay.live.partd_buffer import PartdBuffer, PartdTwoThreads
from spillproof.counterexamples.replay.live.spill_buffer import DaskSpillBuffer
from spillproof.counterexamples.replay.live.spooled import SpooledFile
from spillproof.counterexamples.replay.live.zict_buffer import ZictBuffer


class SpooledFileRepaired(SpooledFile):
    """An iterator asks the file for each line, and so never holds what the file has given up."""

    def issue(self, key: str) -> Any:
        return iter(self.file.readline, b"")

    def pull(self, handle: Any) -> None:
        next(handle, None)


def tidy(files: Any) -> None:
    """Let a zict.File remove what a failed write has left."""
    write = type(files).__setitem__

    def tidied(self: Any, key: str, value: Any) -> None:
        try:
            write(self, key, value)
        except OSError:
            for left in set(Path(self.directory).iterdir()) - {
                Path(self.directory, name) for name in self.filenames.values()
            }:
                left.unlink()
            raise

    files.__class__ = type("TidyFile", (type(files),), {"__setitem__": tidied})


class ZictBufferRepaired(ZictBuffer):
    """A write that fails removes its file."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        tidy(self.files)


class ZictAsyncBufferRepaired(ZictAsyncBuffer):
    """The same."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        tidy(self.files)


class DaskSpillBufferRepaired(DaskSpillBuffer):
    """A write that fails removes its file, and what was noted of its key; a read that makes another value move does
    not fail with it.
    """

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        tidy(self.buffer.slow.data.d)
        slow, write = self.buffer.slow, self.buffer.slow.data.__setitem__

        def written(_self: Any, key: str, value: Any) -> None:
            try:
                write(key, value)
            except Exception:
                slow._last_updated.pop(key, None)
                raise

        slow.data.__class__ = type("Noting", (type(slow.data),), {"__setitem__": written})

    def get(self, key: str) -> Any:
        from distributed.spill import HandledError

        with suppress(HandledError), self.buffer._handle_errors(None):
            return self.buffer[key]
        return self.buffer.fast[key]


class PartdBufferRepaired(PartdBuffer):
    """What is deleted is no longer accounted; a flush that fails takes back what it wrote; what is older is first."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        files, append = self.buffer.slow, self.buffer.slow.append

        def append_or_not(data: dict[str, bytes], **options: Any) -> None:
            before = {key: len(files.get(key)) for key in data}
            try:
                append(data, **options)
            except OSError:
                for key, length in before.items():
                    file = Path(files.filename(key))
                    if file.exists():
                        with file.open("r+b") as opened:
                            opened.truncate(length)
                raise

        files.append = append_or_not
        memory = self.buffer.fast
        self.buffer._get = lambda keys, **_: [files.get(key) + memory.get(key) for key in keys]

    def delete(self, key: str) -> None:
        super().delete(key)
        self.buffer.memory_usage -= self.buffer.lengths.pop(key, 0)

    def close(self) -> None:
        super().close()
        self.buffer.memory_usage = 0
        self.buffer.lengths.clear()


class PartdTwoThreadsRepaired(PartdTwoThreads, PartdBufferRepaired):
    """The same, for two threads."""
