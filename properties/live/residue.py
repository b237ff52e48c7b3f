"""What is left in tables, in folders and open after everything was deleted: by repeating a run with new keys.

A free list, a history of limited length and what is imported on first use stop growing. What grows with each
repetition, however often it is repeated, is a residue.
"""

from __future__ import annotations

import gc
import itertools
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import FunctionType
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.holders import ATOMS, Chain, Link, references
from spillproof.properties.live.measure import Measure
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.offers import renamed
from spillproof.properties.live.scarce import scarce
from spillproof.properties.live.session import Session
from spillproof.properties.live.shortest import smallest
from spillproof.properties.live.statics import CACHE, is_table, statics

ROUNDS = (2, 16, 64, 256)
"""So often a run is repeated before it is looked, each time, whether there is more with every repetition."""

FEW = ROUNDS[:2]
"""So often where it is only a suspicion."""

ENOUGH = 64
"""After so many it is enough of what a process has few of: there may be no more of it soon."""

MOST = 20_000
"""So many objects are looked at. Where there are more, nothing is said."""

LET_GO = ("drop", "forget", "unpin")
"""The steps with which clients let go of what they have."""

TABLES = (dict, list, set, frozenset, deque)

NUMBERS = itertools.count()
"""What the keys of repetitions are made of: never the same twice, as a class remembers those of other runs."""


def residue(kind: type[Adapter], script: Script, often: tuple[int, ...] = ROUNDS) -> int:
    """Return how many entries, files and what is open each repetition leaves behind; 0 where it does not go on growing.

    A folder is a file here: a disk has no room for any number of them. What grows need not be the same from the first
    to the last: where a memory that is not given back is full, files grow in its place.
    """
    rounds, more = 1, [0]
    with Session(kind, alone=True) as playing:
        for rounds in often:
            before = [count(playing) for count in COUNTED]
            if min(before) < 0 or not all(_is_repeated(playing, script, next(NUMBERS)) for _ in range(rounds)):
                return 0
            more = [_more(playing, count, was) for count, was in zip(COUNTED, before, strict=True)]
            is_enough = rounds == ENOUGH and more[COUNTED.index(_open)] >= rounds
            if is_enough or 2 * max(more) < rounds:
                break
        return sum(each for each in more if each >= rounds) // rounds


def emptied(playing: Session, script: Script) -> Script:
    """Return a run and what empties the manager after it; or up to where it was empty last, if nothing can be deleted.

    Nothing is returned where it was never empty after it had something.
    """
    were = [step.now.seen["is_empty"] for step in playing.steps]
    if not were[-1] and "delete" in playing.operations and not playing.steps[-1].raised:
        ending = [move for move in playing.closing() if move.action in ("free_disk", "lift_limit", *LET_GO)]
        return (*script, *ending, *(Move("delete", key) for key in playing.held))
    return next((script[:at] for at in range(len(script), 0, -1) if were[at] and not were[at - 1]), ())


def reduced_residue(kind: type[Adapter], script: Script) -> Script:
    """Return the script without what is not needed to leave something behind; nothing where it does not go on growing.

    Until it is short it is repeated less often: a long one that leaves many files takes minutes.
    """
    few = smallest(kind, script, lambda each: each if residue(kind, each, FEW) else None)
    return next((each for each in (renamed(kind, few), few) if residue(kind, each)), ())


def left(kind: type[Adapter], script: Script) -> list[Chain]:
    """Return the tables in which a repeated run leaves an entry each time, and the folder where it leaves files."""
    rounds = ROUNDS[1]
    with Session(kind, alone=True) as playing:
        _is_repeated(playing, script, next(NUMBERS))
        before, files, is_open = dict(tables(playing)), _files(playing), _open(playing)
        for _ in range(rounds):
            _is_repeated(playing, script, next(NUMBERS))
        grown = [(path, (size - before.get(path, 0)) // rounds) for path, size in tables(playing)]
        more, opened = (_files(playing) - files) // rounds, _more(playing, _open, is_open) // rounds
    found = [Chain(path, 0, _each_time(count, "entry", "entries")) for path, count in grown if count > 0]
    if more > 0:
        found.append(Chain((Link("folder", "Chain"),), 0, _each_time(more, "file or folder", "files and folders")))
    if opened > 0:
        words = _each_time(opened, "open file or thread", "open files and threads")
        found.append(Chain((Link("process", "Chain"),), 0, words))
    return found


def _more(playing: Session, count: Callable[[Session], int], before: int) -> int:
    """Return by how much there is more than before; what is garbage is not left, though it is open, or in weak sets."""
    more = count(playing) - before
    if more > 0:
        gc.collect()
    return count(playing) - before if more > 0 else more


def _each_time(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several} more each time"


def _is_repeated(playing: Session, script: Script, number: int) -> bool:
    """Take a run again with other keys; return whether it went as it ought to, and nothing is held after it."""
    for move in script:
        key, other = (f"{each}{number}" if each else "" for each in (move.key, move.other))
        again = replace(move, key=key, other=other)
        if not playing.can(again) or playing.take(again).raised:
            return False
        del playing.steps[:-2]
    return bool(playing.steps[-1].now.seen["is_empty"])


def counted(playing: Session) -> int:
    """Return how many objects and entries of tables a manager has; -1 where there are too many."""
    entries, seen = 0, {id(playing.adapter.measure), *_histories(playing)}
    waiting: deque[Any] = deque([vars(playing.adapter), *(value for _, value in _outer(playing))])
    while waiting:
        each = waiting.popleft()
        if id(each) in seen or isinstance(each, (*ATOMS, Measure)):
            continue
        seen.add(id(each))
        entries += 1 + entries_of(each)
        if entries > MOST:
            return -1
        waiting.extend(each.__closure__ or () if isinstance(each, FunctionType) else gc.get_referents(each))
    return entries


def tables(playing: Session) -> Iterator[tuple[tuple[Link, ...], int]]:
    """Yield each table of a manager by a shortest chain of references to it, and how many entries it has."""
    seen = {id(playing.adapter.measure), *_histories(playing)}
    waiting: deque[tuple[Any, tuple[Link, ...]]] = deque([(playing.adapter, ())])
    waiting.extend((value, (Link(name, type(value).__name__),)) for name, value in _outer(playing))
    while waiting and len(seen) < MOST:
        each, hops = waiting.popleft()
        if id(each) in seen or isinstance(each, (*ATOMS, Measure)):
            continue
        seen.add(id(each))
        if isinstance(each, (*TABLES, CACHE)) and hops:
            yield hops, entries_of(each)
        waiting.extend((target, (*hops, Link(word, type(target).__name__))) for word, target in references(each))


def entries_of(each: Any) -> int:
    """Return how many entries a table has, or the cache of a function; 0 for what is neither."""
    if isinstance(each, CACHE):
        return int(each.cache_info().currsize)
    return len(each) if isinstance(each, TABLES) else 0


def _outer(playing: Session) -> list[tuple[str, Any]]:
    """Return the tables of classes and modules, by name."""
    return [(str(place), place.value) for place in statics(playing.adapter) if is_table(place.value)]


def _files(playing: Session) -> int:
    """Return how many files and folders there are, in the folder of the run and among the temporary ones."""
    return sum(1 for folder in (playing.folder, playing.temporary) for _ in folder.rglob("*"))


def _open(_playing: Session) -> int:
    """Return how many open files and threads there are."""
    return scarce()


COUNTED: tuple[Callable[[Session], int], ...] = (counted, _files, _open)
"""What may grow."""


def _histories(playing: Session) -> list[int]:
    """Return what is meant to grow."""
    owners = [playing.adapter, *vars(playing.adapter).values()]
    return [id(getattr(each, name)) for each in owners for name in playing.kind.histories if hasattr(each, name)]
