"""An empty folder for each run. One that is empty again after a run is used again: to make and remove one takes longer
than most runs do.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

EMPTY: list[Path] = []
"""Folders that nobody uses."""

PLACE = tempfile.gettempdir()
"""Where they are made."""


@contextmanager
def empty_folder() -> Iterator[Path]:
    """Lend an empty folder."""
    folder = EMPTY.pop() if EMPTY else Path(tempfile.mkdtemp(prefix="spillproof-", dir=PLACE))
    folder.mkdir(exist_ok=True)
    try:
        yield folder
    finally:
        if _is_empty(folder):
            EMPTY.append(folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def temporary_files(folder: Path) -> Iterator[None]:
    """Have temporary files made in a folder, as long as this lasts."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _is_empty(folder: Path) -> bool:
    """Return whether nothing is left in a folder; files of the run are removed first."""
    try:
        for each in folder.iterdir():
            if each.is_dir() and not each.is_symlink():
                return False
            each.unlink()
    except OSError:
        return False
    return True


@atexit.register
def remove_empty() -> None:
    """Remove the folders that nobody uses."""
    while EMPTY:
        with suppress(OSError):
            EMPTY.pop().rmdir()
