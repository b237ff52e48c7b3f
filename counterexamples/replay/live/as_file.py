"""Files that are in memory until they roll over: before and after, they do what a file of Python does."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, ClassVar

from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.own import step

LINES = "one\ntwo three\n\nfour"

FULL = 64
"""Bytes, or characters, that may be in memory."""

PLACES = ((0, 0), (3, 0), (9, 0), (0, 2), (0, 1), (-4, 2), (2, 1))
"""What `seek` is given."""


class AsFile(Adapter):
    """A file beside one in memory, of which the same is asked."""

    has_memory = False
    keys_used = ("a",)
    most = 1
    lines: Any = LINES.encode()
    hints: ClassVar[tuple[Any, ...]] = (("readline", (2,)),)
    """What is asked for with a size, where that is no mere hint."""
    silent: ClassVar[tuple[str, ...]] = ()
    """Methods that answer nothing where a file does, or leave it elsewhere, as is their way."""

    def begin(self, folder: Path) -> None:
        self.file: Any = self.made(folder)
        self.other: Any = BytesIO()

    def made(self, folder: Path) -> Any:
        """Return the file."""
        raise NotImplementedError

    def put(self, key: str, value: Any) -> None:
        """Do nothing with a value: the steps are below."""

    def accounted(self) -> int:
        return 0

    def close(self) -> None:
        self.file.close()

    def both(self, name: str, *given: Any) -> None:
        """Ask both the same: they answer the same, and are at the same place."""
        found, wanted = (answer(each, name, *given) for each in (self.file, self.other))
        ought(found == wanted or name in self.silent, f"{name}{given} answers {found!r}, and a file {wanted!r}")
        if name == "truncate" and name in self.silent:
            for each in (self.file, self.other):
                each.seek(0)
        at = [each.tell() for each in (self.file, self.other)]
        ought(at[0] == at[1], f"after {name}{given} it is at {at[0]}, and a file at {at[1]}")

    def whole(self) -> None:
        """Read all: it is the same. The place stays."""
        at = self.other.tell()
        for name, given in (("seek", (0,)), ("read", ()), ("seek", (at,))):
            self.both(name, *given)

    @step
    def write(self) -> None:
        """Write a few lines."""
        self.both("write", self.lines)
        self.whole()

    @step
    def write_much(self) -> None:
        """Write more than may be in memory."""
        self.both("write", self.lines * FULL)
        self.whole()

    @step
    def move(self) -> None:
        """Go to a place, and read a little."""
        for place in self.places():
            self.both("seek", *place)
            self.both("read", 4)

    def places(self) -> Any:
        """Return where to go."""
        return PLACES if len(self.other.getvalue()) > max(map(max, PLACES)) else PLACES[:1]

    @step
    def overwrite(self) -> None:
        """Write over what is at the beginning."""
        self.both("seek", 0)
        self.both("write", self.lines[:2])
        self.whole()

    @step
    def read_lines(self) -> None:
        """Read line by line."""
        self.both("seek", 0)
        for name, given in (("readline", ()), *self.hints, ("readlines", ()), ("read", ()), ("readline", ())):
            self.both(name, *given)
        self.both("seek", 0)
        lines = [list(each) for each in (self.file, self.other)]
        ought(lines[0] == lines[1], "other lines are read")

    @step
    def cut(self) -> None:
        """Cut it short, where it is and to a size."""
        self.both("seek", min(5, len(self.other.getvalue())))
        for given in ((), (3,)) if self.other.tell() == 5 else ():  # noqa: PLR2004 - beyond its end files differ
            self.both("truncate", *given)
            self.whole()

    @step
    def ask(self) -> None:
        """Ask what can be done with it."""
        for name in ("readable", "writable", "seekable"):
            self.both(name)
        ought(not self.file.closed, "it is open, and is said to be closed")


def answer(file: Any, name: str, *given: Any) -> Any:
    """Return what a method answers, or the kind of its error."""
    try:
        return getattr(file, name)(*given)
    except (ValueError, OSError) as error:
        return type(error).__name__


class AsTemporaryFile(AsFile):
    """`tempfile.SpooledTemporaryFile`."""

    def made(self, folder: Path) -> Any:
        return SpooledTemporaryFile(max_size=FULL, dir=str(folder))


class AsBoltonsBytes(AsFile):
    """`boltons.ioutils.SpooledBytesIO`."""

    packages = ("boltons",)
    silent: ClassVar[tuple[str, ...]] = ("write", "truncate")

    def made(self, folder: Path) -> Any:
        from boltons.ioutils import SpooledBytesIO

        return SpooledBytesIO(max_size=FULL)
