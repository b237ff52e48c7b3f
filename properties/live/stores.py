"""Which line of a manager stored the reference that keeps a value: the run is taken again, line by line."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path as File
from types import FrameType
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.holders import Chain, Link, number_of, references
from spillproof.properties.live.move import Script
from spillproof.properties.live.session import Session
from spillproof.properties.live.theirs import is_theirs

BUILT_IN = frozenset({"dict", "list", "tuple", "deque", "set", "frozenset", "OrderedDict", "defaultdict", "Payload"})


def with_lines(kind: type[Adapter], script: Script, paths: list[Chain]) -> list[Chain]:
    """Return the same chains, with the file and line that stored the last reference of each, where that can be said."""
    watched = [WatchedChain(path) for path in paths if path.number]
    if not watched or any(move.at for move in script):
        return paths  # a second thread is watched already, by the step itself
    with Session(kind, alone=True) as playing:
        tracer, before = Tracer(playing.adapter, watched), sys.gettrace()
        sys.settrace(tracer.called)
        try:
            for move in script:
                playing.take(move)
        finally:
            sys.settrace(before)
    lines = {id(each.path): each.line for each in watched}
    return [replace(path, stored=lines.get(id(path), "")) for path in paths]


class WatchedChain:
    """A chain, and the line after which it was there."""

    def __init__(self, path: Chain) -> None:
        self.path = path
        own = [place for place, hop in enumerate(path.hops[:-1]) if hop.kind not in BUILT_IN]
        place = own[-1] if own else -1
        self.owner = path.hops[place].kind if own else ""
        """The class of the object that has the reference; empty where it is the adapter."""
        self.rest: tuple[Link, ...] = path.hops[place + 1 :]
        self.there = False
        self.line = ""

    def look(self, owner: Any, adapter: Any, line: str) -> None:
        """Look whether the chain is there, before a line is taken; if it was not before, the line before made it."""
        if owner is not adapter if not self.owner else type(owner).__name__ != self.owner:
            return
        there = leads_to(owner, self.rest, self.path.number)
        if there and not self.there:
            self.line = line
        self.there = there


def leads_to(owner: Any, rest: tuple[Link, ...], number: int) -> bool:
    """Return whether a chain of references from an object leads to the value of that number."""
    each = owner
    for hop in rest:
        each = next((target for word, target in references(each) if word == hop.reference), None)
    return number_of(each) == number


class Tracer:
    """Looks at the chains before each line of the manager."""

    def __init__(self, adapter: Any, watched: list[WatchedChain]) -> None:
        self.adapter = adapter
        self.watched = watched
        self.before: dict[int, str] = {}
        """The line that was last taken in each frame."""

    def called(self, frame: FrameType, _event: str, _given: Any) -> Any:
        file = frame.f_code.co_filename
        return self.line if is_theirs(file) or file == self.own else None

    @property
    def own(self) -> str:
        return sys.modules[type(self.adapter).__module__].__file__ or ""

    def line(self, frame: FrameType, event: str, _given: Any) -> Any:
        owner, last = frame.f_locals.get("self"), self.before.get(id(frame), "")
        if owner is not None:
            for each in self.watched:
                each.look(owner, self.adapter, last)
        if event == "line":
            self.before[id(frame)] = f"{File(frame.f_code.co_filename).name}:{frame.f_lineno}"
        return self.line
