"""Whether two runs have led to the same: all that Python can see of a manager after a run, as one word.

From two runs with the same word the same can follow, so that only one of them is gone on with. What cannot be looked
into, such as a generator or an open file, has no word; then every run is gone on with.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import weakref
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable
from enum import Enum
from pathlib import Path, PurePath
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from spillproof.properties.live.measure import Buffer, Ledger, Measure, Payload
from spillproof.properties.live.session import Session
from spillproof.properties.live.slots import in_slots
from spillproof.properties.live.statics import Static, mark, statics

MOST = 3_000
"""So many objects are looked at, at most."""

LARGEST_FILE = 1 << 20
"""Bytes; a file that is larger is not looked into."""

WORD = re.compile(rb"<(\d{6})>|ledger:\d{8}")
"""What differs in the content of two values, or of their pickles, though they are the same for the manager."""

PLAIN = (type(None), bool, int, float, complex, type(...))


class OpaqueError(Exception):
    """Something cannot be looked into."""


def fingerprint(playing: Session) -> bytes | None:
    """Return a word for what a run has led to; None where not all of it can be seen."""
    try:
        return Reader(playing).word()
    except OpaqueError:
        return None


class Reader:
    """Reads an object graph, and names what it finds by the order in which it is found."""

    def __init__(self, playing: Session) -> None:
        self.playing = playing
        self.folder = str(playing.folder)
        self.known: dict[int, int] = {}
        self.alive: list[Any] = []
        """What was named, so that no id is used again."""
        self.numbers: dict[int, int] = {}
        """Of values, by the order in which they are met."""
        self.hash = hashlib.blake2b(digest_size=16)

    def word(self) -> bytes:
        playing = self.playing
        for each in (vars(playing.adapter), playing.handles, playing.kept, playing.pins):
            self.read(each)
        for place in statics(playing.adapter):
            self.outer(place)
        ought = {
            key: [(self.number(number), size) for number, size in parts] for key, parts in sorted(playing.held.items())
        }
        marks = [sorted(each) for each in (playing.unsure, playing.aged, playing.poisoned, playing.open)]
        self.say(list(playing.held), ought, marks, playing.disk_full, playing.limit, playing.ended)
        self.say(playing.steps[-1].known, sorted(self.elsewhere()), playing.steps[-1].now.seen["accounted"])
        for file in sorted(playing.folder.rglob("*")) if any(True for _ in playing.folder.iterdir()) else ():
            self.say(str(file.relative_to(playing.folder)), self.file(file))
        return self.hash.digest()

    def outer(self, place: Static) -> None:
        """Read what a class or a module has, where this run has changed it."""
        value = place.value
        seen = mark(value)
        if seen == self.playing.outer.get(place):
            return
        self.say(str(place))
        if isinstance(seen, list):
            self.read(value)
        else:
            self.say(seen)

    def elsewhere(self) -> Iterable[tuple[int, int]]:
        """Return the values that are alive, and to which nothing led that was read."""
        measure = self.playing.adapter.measure
        if not isinstance(measure, Ledger):
            return [(0, int(self.playing.steps[-1].now.seen["reachable"]))]
        return [
            (self.number(getattr(value, "number", 0)), len(value))
            for value in measure.values()
            if id(value) not in self.known and hasattr(value, "__len__")
        ]

    def file(self, file: Path) -> bytes:
        if not file.is_file():
            return b"folder"
        if file.stat().st_size > LARGEST_FILE:
            raise OpaqueError
        return self.content(file.read_bytes())

    def say(self, *words: Any) -> None:
        self.hash.update(repr(words).encode(errors="surrogatepass"))

    def number(self, number: int) -> int:
        return self.numbers.setdefault(number, len(self.numbers))

    def content(self, data: bytes) -> bytes:
        """Return content with its values named by the order in which they are met."""
        while (found := WORD.search(data)) is not None:
            data = data.replace(found[0], b"{%d}" % self.number(int(found[1])) if found[1] else b"{}")
        return data

    # Objects

    def read(self, each: Any) -> None:
        """Read an object, and what it refers to."""
        if isinstance(each, PLAIN):
            self.say(each)
        elif isinstance(each, (str, PurePath)):
            self.say("text", str(each).replace(self.folder, "…"))
        elif isinstance(each, bytes):
            self.say("bytes", hashlib.blake2b(self.content(each)).digest())
        elif isinstance(each, (type, ModuleType, BuiltinFunctionType, Enum)):
            self.say(getattr(each, "__module__", ""), getattr(each, "__qualname__", repr(each)))
        elif isinstance(each, Measure):
            self.say("measure")
        elif id(each) in self.known:
            self.say("again", self.known[id(each)])
        else:
            self.known[id(each)] = len(self.known)
            self.alive.append(each)
            if len(self.known) > MOST:
                raise OpaqueError
            self.inner(each)

    def inner(self, each: Any) -> None:
        kind = type(each)
        self.say(kind.__module__, kind.__qualname__)
        if isinstance(each, Payload):
            self.say(self.number(each.number), each.size, each.poisoned, each.falsy)
            self.read(each.bytes)
        elif isinstance(each, Buffer):
            self.say(self.number(each.number), hashlib.blake2b(self.content(bytes(each))).digest())
        elif isinstance(each, bytearray):
            self.say(hashlib.blake2b(self.content(bytes(each))).digest())
        elif isinstance(each, (dict, list, tuple, deque, set, frozenset)):
            self.container(each)
        elif isinstance(each, FunctionType):
            self.say(each.__code__.co_filename, each.__code__.co_firstlineno, each.__code__.co_name)
            self.all([*(each.__defaults__ or ()), *(cell.cell_contents for cell in each.__closure__ or ())])
        elif isinstance(each, MethodType):
            self.all([each.__func__, each.__self__])
        elif isinstance(each, weakref.ref):
            self.read(each())
        elif isinstance(each, asyncio.AbstractEventLoop):
            self.loop(each)
        elif kind.__module__ in {"_thread", "threading"} and hasattr(each, "locked"):
            self.say(each.locked())
        elif kind.__module__ == "_thread" or (kind.__module__ == "itertools" and kind.__name__ == "count"):
            self.say(re.sub(r" at 0x\w+", "", repr(each)))
        else:
            self.instance(each)

    def container(self, each: Any) -> None:
        self.say(len(each), each.maxlen if isinstance(each, deque) else None)
        if isinstance(each, (set, frozenset)):
            if not all(isinstance(one, (str, int)) for one in each):
                raise OpaqueError
            self.say(sorted(map(repr, each)))
            return
        for one in each.items() if isinstance(each, dict) else each:
            self.all(one) if isinstance(each, dict) else self.read(one)
        if isinstance(each, defaultdict):
            self.read(each.default_factory)
        if type(each) not in (dict, list, tuple, deque, OrderedDict, defaultdict):
            self.fields(each)

    def instance(self, each: Any) -> None:
        """Read an object of a class that is written in Python: all that it has is in its fields."""
        if any(not _is_written_in_python(base) for base in type(each).__mro__[:-1]):
            raise OpaqueError
        self.fields(each)

    def fields(self, each: Any) -> None:
        found = in_slots(each) | getattr(each, "__dict__", {})
        for name, value in found.items():
            self.say(name)
            self.read(value)

    def loop(self, each: Any) -> None:
        if each.is_running() or getattr(each, "_ready", True) or getattr(each, "_scheduled", True):
            raise OpaqueError
        self.say("loop")

    def all(self, several: Iterable[Any]) -> None:
        for each in several:
            self.read(each)


def _is_written_in_python(kind: type) -> bool:
    return bool(kind.__flags__ & (1 << 9)) or kind in (dict, list, tuple)  # a heap type: made by a class statement
