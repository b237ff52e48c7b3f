"""Files that are whole: whatever ends a process, there is the old file or the new one.

A text is written under another name in the same folder, brought to the disk, and renamed.
"""

from __future__ import annotations

import errno
import itertools
import os
import re
import stat
from contextlib import suppress
from pathlib import Path

PART = re.compile(r"\.spillproof-(\d+)-\d+\.part")
"""The name of a file that is being written, with the number of the process that does."""

_numbers = itertools.count(1)
_parts: set[Path] = set()


def write(path: Path, text: str, *, replace: bool = True) -> None:
    """Write a text, in UTF-8 and with its line ends as they are, as the whole content of a file.

    A file that is there keeps its permissions; a link stays a link, and what it leads to is replaced; a device or a
    pipe is written to. Raises `OSError` where it cannot be, after which all is as it was: `FileExistsError` where there
    is a file and it is not to be replaced. Raises `ValueError` for a name that no file can have. Half of a pair of
    UTF-16, which no text in UTF-8 can have, is written as its escape in JSON and Python.
    """
    data = text.encode(errors="backslashreplace")
    if not replace and os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    place = Path(os.path.realpath(path))
    if place.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if place.exists() and not place.is_file():
        place.write_bytes(data)
        return
    if place.exists() and not os.access(place, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    _replace(place, data, replace=replace)


def _replace(place: Path, data: bytes, *, replace: bool) -> None:
    part = place.parent / f".spillproof-{os.getpid()}-{next(_numbers)}.part"
    _parts.add(part)
    try:
        _fill(part, data, place)
        _rename(part, place, replace=replace)
    finally:
        with suppress(OSError):
            part.unlink()
        _parts.discard(part)


def _fill(part: Path, data: bytes, place: Path) -> None:
    with part.open("xb") as stream:
        _be_like(stream.fileno(), place)
        stream.write(data)
        stream.flush()
        try:
            os.fsync(stream.fileno())
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a file system that cannot be asked
                raise


def _be_like(file: int, place: Path) -> None:
    """Give a new file the permissions and, as far as may be, the owner of the file in whose place it comes."""
    if hasattr(os, "fchmod") and place.exists():
        about = place.stat()
        with suppress(OSError):
            os.fchown(file, about.st_uid, about.st_gid)
        os.fchmod(file, stat.S_IMODE(about.st_mode))


def _rename(part: Path, place: Path, *, replace: bool) -> None:
    """Let the new name be the file's only one; a file that came there meanwhile is not replaced unless it may be."""
    if replace:
        part.replace(place)
        return
    try:
        os.link(part, place)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if place.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place)) from None
        part.replace(place)


def sweep(folder: Path) -> None:
    """Remove what processes that were killed while they wrote have left in a folder."""
    for left in folder.glob(".spillproof-*.part"):
        match = PART.fullmatch(left.name)
        if match and not is_running(match[1]):
            with suppress(OSError):
                left.unlink()


def forget() -> None:
    """Remove what this process is writing: it is about to end without a chance to do so."""
    for part in list(_parts):
        with suppress(OSError):
            part.unlink()


def is_running(process: str) -> bool:
    """Return whether there is a process of that number, as far as can be told without doing it harm."""
    if os.name == "nt":  # where signal 0 is Ctrl-C
        return True
    try:
        os.kill(int(process), 0)
    except (ValueError, OverflowError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def why(error: Exception) -> str:
    """Return in a few words why a file could not be written, and that nothing half is there."""
    reason = getattr(error, "strerror", None) or str(error)
    return f"{reason}; what was there before is as it was" if is_full(error) else reason


def is_full(error: Exception) -> bool:
    """Return whether an error says that there is no more room."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
