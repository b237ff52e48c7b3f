"""What is raised where nobody gets it: in a callback or a timer of a loop, or in a thread, which ends with it.

Python writes such errors to a log, and the program goes on as if nothing had been: what the callback was to do is not
done. What a task failed with, and nobody asked it for, is not among them: it may yet be asked.
"""

from __future__ import annotations

import asyncio
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Unnoticed:
    """The errors of a run that nobody gets."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []

    def note(self, error: BaseException | None) -> None:
        """Keep an error, and nothing of what its frames hold."""
        if isinstance(error, Exception):
            traceback.clear_frames(error.__traceback__)
            error.__traceback__ = None
            self.errors.append(error)

    def take(self) -> BaseException | None:
        """Return the first of them; the others come of it."""
        first = next(iter(self.errors), None)
        self.errors.clear()
        return first

    def listen(self, loop: object) -> None:
        """Hear of what callbacks of a loop raise, unless somebody does already."""
        if isinstance(loop, asyncio.AbstractEventLoop) and loop.get_exception_handler() is None:
            loop.set_exception_handler(self._in_loop)

    def _in_loop(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if "handle" in context:
            self.note(context.get("exception"))

    @contextmanager
    def in_threads(self) -> Iterator[None]:
        """Hear of what ends a thread, as long as this lasts."""
        before = threading.excepthook
        threading.excepthook = lambda told: self.note(told.exc_value)
        try:
            yield
        finally:
            threading.excepthook = before
