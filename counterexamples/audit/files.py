"""Which files to read, and in which order: folders, globs and archives are opened, rolled files put in order.

Files of one process (`stderr`, `stderr.1.gz`, `stdout` of a folder) are one log; files of different names are logs of
different executors, which are read one after the other.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from glob import glob
from io import BufferedReader
from pathlib import Path
from typing import IO, BinaryIO, cast

from spillproof.counterexamples.audit.archives import unpacked
from spillproof.model.errors import ModelError

PASSED_OVER = re.compile(
    r"(?:^|/)(?:\.|_SUCCESS$|__MACOSX/)|\.(?:crc|class|jar|png|jpg|gif|ico|hprof|parquet|pyc|whl|so)$"
)
"""Files of a folder that are no logs."""


@dataclass
class Input:
    """A file to read, or one in an archive."""

    name: str
    open: Callable[[], BinaryIO]
    size: int = 0
    asked: bool = True
    """Whether its name was given; else it was found in a folder or an archive."""
    family: str = field(init=False)
    """Which log it is a piece of."""

    def __post_init__(self) -> None:
        self.family = family(self.name)


_ENDS = re.compile(
    r"\.(?:gz|bz2|xz|zst|zstd|lzma|lz4|snappy|log|txt|out|err|jsonl?|ndjson|csv|inprogress|text)$"
    r"|\.\d{1,4}$"
    r"|[-._]{1,2}(?:\d{4}-?\d\d-?\d\d)(?:[-_T.]{0,2}\d\d(?:[-_.:]?\d\d){0,2})?$"
    r"|[-_. ]?(?:part|chunk|piece|roll(?:ed)?)[-_. ]?\d+$",
    re.IGNORECASE,
)


def family(name: str) -> str:
    """Return a name without what tells the pieces of one log apart: rolls, dates, parts, packings.

    >>> family("app/0/stderr.2.gz") == family("app/0/stdout"), family("exec-1.log") == family("exec-2.log")
    (True, False)
    """
    folder, slash, last = name.replace("\\", "/").rpartition("/")
    while (shorter := _ENDS.sub("", last)) != last and shorter:
        last = shorter
    if re.fullmatch(r"stdout|stderr|syslog|directory\.info|prelaunch|launch_container|x[a-z]{2}", last, re.IGNORECASE):
        last = ""
    return f"{folder}{slash}{last}"


def inputs(paths: Sequence[Path], stack: ExitStack) -> list[Input]:
    """Return what there is to read. Raises `ModelError` for what is not there. What the stack holds is kept until then."""  # noqa: E501 - one text
    if len(paths) > 1 and any(str(path) == "-" for path in paths):
        raise ModelError("standard input (-) cannot be read together with files; give one or the other")
    found: list[Input] = []
    for path in paths:
        found += _of_path(path, stack)
    if not found:
        raise ModelError(f"{', '.join(map(str, paths))}: there is no file in it that could be a log")
    return found


def _of_path(path: Path, stack: ExitStack) -> list[Input]:
    if str(path) == "-":
        return [Input("-", lambda: cast("BinaryIO", sys.stdin.buffer))]
    if path.is_fifo():
        return _of_pipe(path, stack)
    if path.is_dir():
        return _of_folder(path, stack)
    if not path.exists() and any(each in str(path) for each in "*?["):
        matching = sorted(glob(str(path), recursive=True))  # noqa: PTH207 - an absolute pattern is no Path.glob's
        if not matching:
            raise ModelError(f"{path}: no file has such a name")
        return [each for name in matching for each in _of_path(Path(name), stack)]
    return _of_file(path, stack, asked=True)


def _of_pipe(path: Path, stack: ExitStack) -> list[Input]:
    """Copy what comes out of a pipe, as a shell's `<(…)` is one: it can be read once only."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="spillproof")))
    with path.open("rb") as stream:
        return _of_file(_copied(stream, folder / "pipe"), stack, asked=True, name=str(path))


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder, each once: links are followed, but not to what the folder itself is in."""
    seen = {(each.st_dev, each.st_ino) for each in (above.stat() for above in folder.resolve().parents)}
    closed: list[OSError] = []
    links: list[Path] = []
    for at, folders, names in os.walk(folder, onerror=closed.append):
        here = Path(at)
        links += [each for each in (here / name for name in (*folders, *names)) if each.is_symlink()]
        yield from (each for each in map(here.joinpath, names) if not each.is_symlink() and _is_new(each, seen))
        _is_new(here, seen)
    for link in links:
        if link.is_dir() and _is_new(link, seen):
            yield from (each for each in _files(link) if _is_new(each, seen))
        elif link.is_file() and _is_new(link, seen):
            yield link
    yield from (Path(each.filename) for each in closed)  # to be refused, with the reason, when it is opened


def _is_new(path: Path, seen: set[tuple[int, int]]) -> bool:
    """Return whether a file or a folder was not met before, and is no pipe or device."""
    known = path.stat()
    is_new = (known.st_dev, known.st_ino) not in seen
    seen.add((known.st_dev, known.st_ino))
    return is_new and (stat.S_ISREG(known.st_mode) or stat.S_ISDIR(known.st_mode))


def _of_folder(path: Path, stack: ExitStack) -> list[Input]:
    files = sorted(_files(path))
    wanted = [each for each in files if each == path or not PASSED_OVER.search(str(each.relative_to(path)))]
    if not wanted:
        raise ModelError(f"{path}: this is a folder without a file that could be a log")
    return [found for each in wanted for found in _of_file(each, stack, asked=False)]


DEEP = 4
"""Archives that are opened, one in another."""


def _of_file(path: Path, stack: ExitStack, *, asked: bool, name: str = "", deep: int = DEEP) -> list[Input]:
    """Return what is to be read of a file: itself, or what is in it. `name`: what it is called, where it is a copy."""
    name = name or str(path)
    try:
        kind = _archive(path) if deep else ""
        if kind == "zip":
            return _of_zip(path, name, stack, deep - 1, asked=asked)
        if kind == "tar":
            return _of_tar(path, name, stack, deep - 1)
        return [Input(name, lambda: path.open("rb"), path.stat().st_size, asked)]
    except OSError as error:
        return _refused(f"{name}: {error.strerror or error}", name, asked=asked)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error) as error:
        return _refused(f"{name}: this archive is damaged: {error}", name, asked=asked)


def _refused(words: str, name: str, *, asked: bool) -> list[Input]:
    """Return a file that cannot be read: said when it is its turn, as others may be worth an answer; or now, if asked."""  # noqa: E501 - one text
    if asked:
        raise ModelError(words)

    def refuse() -> BinaryIO:
        raise ModelError(words)

    return [Input(name, refuse, asked=False)]


def _archive(path: Path) -> str:
    """Return what kind of archive a file is, packed or not; nothing for any other file."""
    with path.open("rb") as stream:
        head = stream.read(4)
        if head == ZIP:
            return "zip"
        stream.seek(0)
        head = b""
        for piece in unpacked(stream, lambda each: each, lambda _words: None):
            head += piece
            if len(head) >= 512:  # noqa: PLR2004 - a block of tar
                break
    return "tar" if head[257:262] == b"ustar" else ""


ZIP = b"PK\x03\x04"


def _of_zip(path: Path, name: str, stack: ExitStack, deep: int, *, asked: bool) -> list[Input]:
    archive = stack.enter_context(zipfile.ZipFile(path))
    if "[Content_Types].xml" in archive.namelist():
        return _refused(f"{name}: this is a document of Office; save its table as CSV, or its text", name, asked=asked)
    wanted = [each for each in archive.infolist() if not each.is_dir() and not PASSED_OVER.search(each.filename)]
    if any(each.flag_bits & 1 for each in wanted):
        return _refused(f"{name}: this archive has a password; unpack it first", name, asked=asked)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="spillproof")))
    found: list[Input] = []
    for index, each in enumerate(wanted):
        inner = f"{name}/{each.filename}"
        if _ARCHIVES.search(each.filename):  # it can be opened only where it can be read in any order
            with archive.open(each) as stream:
                found += _of_file(_copied(stream, folder / str(index)), stack, asked=False, name=inner, deep=deep)
        else:
            found.append(Input(inner, _in_zip(archive, each), each.file_size, asked=False))
    return found


_ARCHIVES = re.compile(r"\.(?:zip|tar|t[gbx]z|tar\.\w{2,4}|tzst)$", re.IGNORECASE)


def _in_zip(archive: zipfile.ZipFile, each: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: cast("BinaryIO", archive.open(each))


def _copied(stream: IO[bytes], copy: Path) -> Path:
    with copy.open("wb") as out:
        while piece := stream.read(1 << 20):
            out.write(piece)
    return copy


def _of_tar(path: Path, name: str, stack: ExitStack, deep: int) -> list[Input]:
    """Unpack a tar into a folder of our own: it can be read in one order only, which is not that of time."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="spillproof")))
    found: list[Input] = []
    with path.open("rb") as stream, tarfile.open(fileobj=_Pieces(stream), mode="r|") as archive:
        for index, each in enumerate(archive):
            inner = archive.extractfile(each) if each.isfile() and not PASSED_OVER.search(each.name) else None
            if inner is not None:
                copy = _copied(inner, folder / str(index))
                found += _of_file(copy, stack, asked=False, name=f"{name}/{each.name}", deep=deep)
    return found


class _Pieces(BufferedReader):
    """An unpacked stream with a `read`, which is all that a tar is read by."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.pieces: Iterator[bytes] = unpacked(cast("BinaryIO", stream), lambda each: each, lambda _words: None)
        self.rest = b""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return so many bytes, or what is left."""
        while size is None or size < 0 or len(self.rest) < size:
            piece = next(self.pieces, None)
            if piece is None:
                break
            self.rest += piece
        most = len(self.rest) if size is None or size < 0 else size
        found, self.rest = self.rest[:most], self.rest[most:]
        return found


def in_order(files: Sequence[Input], first_time: Callable[[Input], float | None]) -> list[Input]:
    """Return files in the order of their logs, and each log's pieces in theirs: by time; else by roll numbers."""
    if len(files) < 2:  # noqa: PLR2004 - nothing to order
        return list(files)
    times = {id(each): first_time(each) for each in files}
    families = list(dict.fromkeys(each.family for each in files))
    logs = [_pieces_in_order([each for each in files if each.family == name], times) for name in families]
    if all(_begin(each, times) is not None for each in logs):
        logs.sort(key=lambda each: _begin(each, times) or 0.0)
    return [each for log in logs for each in log]


def _begin(log: Iterable[Input], times: dict[int, float | None]) -> float | None:
    return next((times[id(each)] for each in log if times[id(each)] is not None), None)


def _pieces_in_order(files: Sequence[Input], times: dict[int, float | None]) -> list[Input]:
    if all(times[id(each)] is not None for each in files):
        return sorted(files, key=lambda each: (times[id(each)] or 0.0, -_roll(each.name)))
    return sorted(files, key=lambda each: -_roll(each.name)) if any(_roll(each.name) for each in files) else list(files)


def _roll(name: str) -> int:
    """Return the number that a rolling appender gave a file: the higher, the older."""
    found = re.search(r"\.(\d{1,4})(?:\.(?:log|gz|txt|bz2|xz|zst))*$", name)
    return int(found[1]) if found else 0
