"""What the command shows on a terminal beyond plain text: colour and progress. Rich is loaded where it is used.

Standard output is for answers alone. What a model prints while it runs goes to stderr (`aside`), so that `--json` is
one object whatever the model's file does.
"""

from __future__ import annotations

import codecs
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO, TypeVarTuple

import click

from spillproof.counterexamples import interrupts
from spillproof.model.errors import ModelError

if TYPE_CHECKING:
    from rich.status import Status
    from rich.text import Text

Found = TypeVarTuple("Found")

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


PLAIN = {
    "✓": "ok", "✗": "NO", "▶": ">", "◀": "<", "▸": ">", "→": "->", "…": "...", "×": "x", "–": "-", "−": "-", "≤": "<=",
    "≥": ">=", "├": "|", "└": "`", "─": "-", "│": "|", "·": ".", "‖": "||", "Σ": "sum", "∀": "all", "⟨": "<", "⟩": ">",
    "’": "'", "✂": "cut",
}  # fmt: skip
"""What stands for a sign where the terminal cannot show it: no two that differ in meaning look the same."""


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Spell the signs that an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(PLAIN.get(sign, "?") for sign in missing), error.end


codecs.register_error("spillproof", _plain)


_answers: TextIO | None = None
"""Where answers go while `sys.stdout` is something else."""


@contextmanager
def aside() -> Iterator[None]:
    """Let whatever is printed go to stderr, but for what `show` and `write` print."""
    global _answers
    _open()
    before, printed = _answers, sys.stdout
    _answers, sys.stdout = printed if before is None else before, sys.stderr
    try:
        yield
    finally:
        _answers, sys.stdout = before, printed


def _output() -> TextIO:
    return sys.stdout if _answers is None else _answers


def show(text: str) -> None:
    """Print text, coloured on a terminal unless NO_COLOR is set, and wherever FORCE_COLOR is.

    Where the terminal lacks a sign, `PLAIN` stands for it. A reader that has gone away is no error.

    An interrupt is held back from now on: what is known is being said. Raises `ModelError` where it cannot be printed.
    """
    with _printing():
        output = _output()
        if isinstance(output, TextIOWrapper):
            output.reconfigure(errors="spillproof")
        if wants_color():
            _colored(text)
        else:
            output.write(f"{text}\n")
        output.flush()


def answer(
    words: Callable[[*Found], str],
    record: Callable[[*Found], object],
    *found: *Found,
    as_json: bool,
    ascii_only: bool = False,
) -> None:
    """Print what was found: in words, or as one JSON object of what `record` makes of it."""
    show(json.dumps(record(*found), ensure_ascii=ascii_only) if as_json else words(*found))


def wants_color() -> bool:
    """Return whether what is printed is to be coloured: as NO_COLOR says, then FORCE_COLOR, then where it goes."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_terminal()


def is_terminal() -> bool:
    """Return whether answers go to a terminal."""
    return _output().isatty()


def write(text: str) -> None:
    """Write a text for another program, in UTF-8 as it is, whatever the terminal can show; otherwise as `show`."""
    with _printing():
        _output().buffer.write(text.encode(errors="backslashreplace"))
        _output().flush()


def complain(words: str) -> None:
    """Say in one line on stderr what is wrong; where nobody reads that, the status says it."""
    with suppress(OSError):
        click.echo(f"spillproof: {' '.join(words.split())}", err=True)


def annotate(line: str) -> None:
    """Write a line on stderr for the program that runs this one."""
    with suppress(OSError):
        click.echo(line, err=True)


def close(status: int) -> int:
    """Return the exit status of a process whose output has arrived, or else 2, with the reason on stderr."""
    try:
        with _printing():
            _output().flush()
    except ModelError as error:
        complain(str(error))
        return 2
    return status


@contextmanager
def _printing() -> Iterator[None]:
    interrupts.hold()
    _open()
    try:
        yield
    except BrokenPipeError:
        mute()
    except OSError as error:
        mute()
        raise ModelError(f"standard output: {error.strerror or error}") from None


def _open() -> None:
    if sys.stdout is None:  # as for `>&-`
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def mute() -> None:
    """Let what is still to be printed go nowhere: Python would try it again at the end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), _output().fileno())


def _colored(text: str) -> None:
    from rich.console import Console
    from rich.text import Text

    styled = Text(text)
    for pattern, style in STYLES:
        styled.highlight_regex(f"(?m){pattern}", style)
    Console(file=_output(), highlight=False, soft_wrap=True, force_terminal=True).print(styled)


class Progress:
    """Says on a terminal's stderr what is being done and for how long, once a check takes longer than a moment."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.wanted = sys.stderr.isatty()
        self.words = ""
        self.status: Status | None = None

    def __call__(self, words: str) -> None:
        """Take note of what is being done. Raises `KeyboardInterrupt` where one was swallowed."""
        interrupts.heed()
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
