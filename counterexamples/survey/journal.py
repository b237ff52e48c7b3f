"""What was answered, a line each, kept at once: whatever ends a survey, the next one asks only what is not here.

A line is written by one call and brought to the disk. Half a line, as a full disk leaves it, is no JSON and is passed
over; so is an answer that other code gave.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Self

from spillproof.counterexamples import files
from spillproof.counterexamples.survey.job import Job, Json, Reply
from spillproof.counterexamples.survey.sources import unchanged
from spillproof.model.errors import ModelError

SUFFIX = ".answers"
"""After the name of the table, the name of the journal beside it."""


def beside(table: Path) -> Path:
    """Return where the answers of a table are kept."""
    return table.with_name(table.name + SUFFIX)


class Journal:
    """The answers in a file, for one process at a time. Use it as a context. Raises `ModelError` where it cannot be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = -1
        self._replies: dict[str, Reply] = {}

    def __enter__(self) -> Self:
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
            self._lock()
            self._read()
        except OSError as error:
            raise ModelError(f"{self.path}: {error.strerror or error}") from None
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def known(self, job: Job, limit: float | None) -> Reply | None:
        """Return what was replied to a job, unless more time could say more, or the code has changed."""
        reply = self._replies.get(job.key)
        return reply if reply is not None and reply.suffices(limit) and unchanged(reply.sources) else None

    def keep(self, job: Job, reply: Reply) -> None:
        """Keep what was replied. An error is not kept: what is wrong may be put right. Raises `ModelError`."""
        if reply.said is None:
            return
        line = {"key": job.key, "call": job.call, "given": json.loads(job.given), "reply": reply.as_json()}
        self._replies[job.key] = reply
        try:
            self._write(f"{json.dumps(line, ensure_ascii=False)}\n".encode())
        except OSError as error:
            raise ModelError(f"{self.path}: {files.why(error)}") from None

    def _write(self, data: bytes) -> None:
        written = os.write(self._file, data)
        if written < len(data):  # no more room: the next attempt says why
            os.write(self._file, data[written:])
        with suppress(OSError):  # a file system that cannot be asked
            os.fsync(self._file)

    def _read(self) -> None:
        data = self.path.read_bytes()
        for line in data.splitlines():
            with suppress(ValueError, KeyError, TypeError):
                kept: Json = json.loads(line)
                self._replies[kept["key"]] = Reply(**kept["reply"])
        if data and not data.endswith(b"\n"):
            os.write(self._file, b"\n")

    def _lock(self) -> None:
        try:
            import fcntl
        except ImportError:  # Windows
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise ModelError(f"{self.path}: another survey is writing there; give this one another --out") from None
