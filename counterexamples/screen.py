"""What the command shows on a terminal beyond plain text: colour and progress. Rich is loaded where it is used."""

from __future__ import annotations

import os
import sys
import time
from io import TextIOWrapper
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.status import Status
    from rich.text import Text

PATIENCE = 1.0
"""Seconds before progress is shown, so that short checks do not flicker."""

STYLES = (
    (r"^✗.*", "bold red"),
    (r"^✓ \w+", "green"),
    (r"^\? [\w-]+", "yellow"),
    (r"^  ▶.*", "bold red"),
    (r"^Counterexample.*", "bold"),
    (r"▸", "dim"),
)
"""What is coloured, in text that says everything without colour."""


def show(text: str) -> None:
    """Print text, coloured on a terminal unless NO_COLOR is set. A reader that has gone away is no error."""
    try:
        if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
            _colored(text)
        else:
            if isinstance(sys.stdout, TextIOWrapper):
                sys.stdout.reconfigure(errors="replace")
            sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write(text: str) -> None:
    """Write a text for another program, in UTF-8 as it is, whatever the terminal can show."""
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _colored(text: str) -> None:
    from rich.console import Console
    from rich.text import Text

    styled = Text(text)
    for pattern, style in STYLES:
        styled.highlight_regex(f"(?m){pattern}", style)
    Console(highlight=False, soft_wrap=True).print(styled)


class Progress:
    """Says on a terminal's stderr what is being done and for how long, once a check takes longer than a moment."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.wanted = sys.stderr.isatty()
        self.words = ""
        self.status: Status | None = None

    def __call__(self, words: str) -> None:
        """Take note of what is being done."""
        self.words = words
        if self.wanted and self.status is None and time.monotonic() - self.started >= PATIENCE:
            self.begin()

    def begin(self) -> None:
        """Show a spinner, which turns while a solver works."""
        from rich.console import Console

        self.status = Console(stderr=True).status(self)
        self.status.start()

    def __rich__(self) -> Text:
        """Return what is shown at this moment."""
        from rich.text import Text

        return Text(f"{time.monotonic() - self.started:.0f} s  {self.words}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.status is not None:
            self.status.stop()
