"""Who holds what is counted free: chains of references from a manager, its handles, or anywhere else to a value.

Looked for on failure only. A reference that is held in C shows as no holder, and that is said.
"""

from __future__ import annotations

import gc
import inspect
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from types import BuiltinFunctionType, FrameType, FunctionType, GeneratorType, MethodType, ModuleType
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Buffer, Ledger, Measure, Payload
from spillproof.properties.live.move import Move
from spillproof.properties.live.session import Session
from spillproof.properties.live.slots import in_slots
from spillproof.properties.live.statics import is_table, statics

MOST = 20_000
"""So many objects are looked at, at most."""

ATOMS = (str, int, float, complex, bool, type(None), type, ModuleType, BuiltinFunctionType, Measure)

NOBODY = "(held where Python cannot see)"
"""The root of a value to which no chain of references was found."""


@dataclass(frozen=True)
class Link:
    """One reference, and what it leads to."""

    reference: str
    kind: str
    """The class of the object."""


@dataclass(frozen=True)
class Chain:
    """A chain of references to a value, from the root's end, and the bytes of the value."""

    hops: tuple[Link, ...]
    size: int
    value: str = ""
    """What the value is called: `value 2`."""
    number: int = 0
    """Its number; 0 where it has none."""
    stored: str = ""
    """The file and line that stored the reference, as far as that can be said."""

    @property
    def shape(self) -> tuple[str, ...]:
        """The chain without the keys and places in tables: chains to the values of one table have one shape."""
        return tuple("[]" if hop.reference.startswith("[") else hop.reference for hop in self.hops)

    @property
    def root(self) -> str:
        return self.hops[0].reference

    def __str__(self) -> str:
        words = [hop.reference for hop in self.hops]
        return " ▸ ".join([*words, *([self.value] if self.value else [self.hops[-1].kind])])


def paths(playing: Session) -> list[Chain]:
    """Return a shortest chain to each value that is reachable now: first those through handles, last kept ones."""
    found: list[Chain] = []
    seen: set[int] = {id(playing.adapter.measure), id(playing.adapter.__dict__)}
    wanted = _wanted(playing.adapter.measure)
    for root in _roots(playing):
        found.extend(_search(root, wanted, seen, playing.adapter.measure))
    missing = sum(_size(value, playing.adapter.measure) for value in wanted.values() if id(value) not in seen)
    measured = int(playing.steps[-1].now.seen["reachable"])
    unseen = max(missing, measured - sum(path.size for path in found)) if not wanted else missing
    if unseen > 0:
        found.append(Chain((Link(_somewhere(wanted, seen), "unknown"),), unseen, _unseen_names(wanted, seen)))
    return found


def counted_free(playing: Session) -> list[Chain]:
    """Return chains to those values that are counted free, the likeliest first, until the gap is covered."""
    now = playing.steps[-1].now.seen
    gap = now["reachable"] - now["accounted"] - now["unclaimed"]
    if gap <= 0:
        return []
    found, every = [], paths(playing)
    homes = _homes(playing.kind)  # behind: another run may undo what this one has done to a class
    for path in sorted(every, key=lambda each: _rank(each, playing, homes)):
        if gap <= 0:
            break
        found.append(path)
        gap -= path.size
    return found


def _homes(kind: type[Adapter]) -> set[tuple[str, ...]]:
    """Return the shapes of the chains to values that were put and nothing else: where they are meant to be."""
    with Session(kind) as playing:
        for key in kind.keys_used:
            if playing.can(move := Move("put", key, 1)) and playing.take(move).raised:
                break
        return {path.shape for path in paths(playing)}


def _rank(path: Chain, playing: Session, homes: set[tuple[str, ...]]) -> int:
    """Return how unlikely it is that a value is what is counted free: what ought to be gone is the likeliest."""
    owed = {number for parts in playing.held.values() for number, _ in parts}
    if path.root in playing.kept:
        return 4
    if path.number and path.number not in owed:
        return 0
    if path.root in playing.handles or path.root.startswith(("(", "pin of ")):
        return 1
    if path.shape not in homes:
        return 2
    return 3


def _roots(playing: Session) -> Iterator[tuple[str, Any]]:
    """Yield the manager first: what it still holds itself is not the handle's doing."""
    yield from ((name, value) for name, value in vars(playing.adapter).items() if not isinstance(value, Measure))
    yield from playing.handles.items()
    yield from ((f"pin of {key}", pins) for key, pins in playing.pins.items())
    yield from playing.kept.items()
    yield from ((str(place), place.value) for place in statics(playing.adapter) if is_table(place.value))


def _wanted(measure: Measure) -> dict[int, Any]:
    return {id(value): value for value in measure.values()} if isinstance(measure, Ledger) else {}


def _size(value: Any, measure: Measure) -> int:
    if isinstance(measure, Ledger):
        return measure.sizes[id(value)]
    return sys.getsizeof(value, 0) // measure.unit * measure.unit


def _search(root: tuple[str, Any], wanted: dict[int, Any], seen: set[int], measure: Measure) -> Iterator[Chain]:
    """Yield a chain to each value that a root leads to, nearest first; what was seen before is not looked at again."""
    name, first = root
    waiting: deque[tuple[Any, tuple[Link, ...]]] = deque([(first, (Link(name, type(first).__name__),))])
    while waiting and len(seen) < MOST:
        each, hops = waiting.popleft()
        if id(each) in seen or isinstance(each, ATOMS):
            continue
        seen.add(id(each))
        if isinstance(each, Payload):
            each = each.bytes
            if id(each) in seen:
                continue
            seen.add(id(each))
        if id(each) in wanted:
            number = number_of(each)
            yield Chain(hops, _size(each, measure), f"value {number}" if number else "", number)
        elif not isinstance(measure, Ledger) and _size(each, measure) > 0 and not isinstance(each, (dict, list)):
            yield Chain(hops, _size(each, measure), number=number_of(each))
        waiting.extend((target, (*hops, Link(word, type(target).__name__))) for word, target in references(each))


def number_of(value: Any) -> int:
    """Return the number of a value, as its content says; 0 where it has none."""
    if isinstance(value, (Payload, Buffer)):
        return value.number
    try:
        word = bytes(memoryview(value).cast("B")[:8])
    except (TypeError, ValueError):
        return 0
    return int(word[1:7]) if word[:1] + word[7:] == b"<>" and word[1:7].isdigit() else 0


def references(each: Any) -> Iterator[tuple[str, Any]]:
    """Yield what an object refers to, with a name as far as Python has one."""
    named: list[tuple[str, Any]] = []
    if isinstance(each, dict):
        named = [(f"[{key!r}]" if isinstance(key, (str, int)) else "[…]", value) for key, value in each.items()]
    elif isinstance(each, (list, tuple, deque)):
        named = [(f"[{index}]", value) for index, value in enumerate(each)]
    elif isinstance(each, MethodType):
        named = [("__self__", each.__self__)]
    elif isinstance(each, GeneratorType):
        named = list(inspect.getgeneratorlocals(each).items())
    elif isinstance(each, FunctionType):
        cells = each.__closure__ or ()
        named = [(name, cell) for name, cell in zip(each.__code__.co_freevars, cells, strict=True)]
    elif isinstance(each, memoryview):
        named = [("obj", each.obj)]
    elif hasattr(type(each), "strides") and type(getattr(each, "base", None)).__name__ in OWNERS:
        named = [("base", each.base)]  # an array that is a view: its bytes are another's
    else:
        named = list(getattr(each, "__dict__", {}).items())
        named += in_slots(each).items()
    yield from named
    if not isinstance(each, (dict, list, tuple, deque, FunctionType, memoryview)):
        known = {id(value) for _, value in named} | {id(getattr(each, "__dict__", None))}
        yield from (
            ("…", value) for value in gc.get_referents(each) if id(value) not in known and not isinstance(value, ATOMS)
        )


OWNERS = ("ndarray", "memmap", "memoryview", "mmap", "bytes", "bytearray", "Buffer")
"""What the bytes of an array may belong to."""


def _unseen_names(wanted: dict[int, Any], seen: set[int]) -> str:
    return ", ".join(str(value) for key, value in wanted.items() if key not in seen and isinstance(value, Buffer))


def _somewhere(wanted: dict[int, Any], seen: set[int]) -> str:
    """Return which variable of a module holds a value that none of our roots leads to, or that none does."""
    missing = next((value for key, value in wanted.items() if key not in seen), None)
    if missing is None:
        return NOBODY
    gc.unfreeze()  # what is frozen is no referrer
    try:
        return _module_holding(missing, wanted)
    finally:
        gc.freeze()


def _module_holding(value: Any, wanted: dict[int, Any]) -> str:
    modules = {id(vars(module)): name for name, module in list(sys.modules.items()) if hasattr(module, "__dict__")}
    waiting: deque[tuple[Any, int]] = deque([(value, 0)])
    seen = {id(wanted), id(modules), id(waiting)}
    while waiting and len(seen) < MOST // 10:
        each, depth = waiting.popleft()
        for holder in gc.get_referrers(each):
            if id(holder) in modules:
                names = [name for name, member in holder.items() if member is each]
                return f"(module {modules[id(holder)]}, {', '.join(names)})"
            if id(holder) not in seen and not isinstance(holder, FrameType) and depth < 8:  # noqa: PLR2004 - far enough
                seen.add(id(holder))
                waiting.append((holder, depth + 1))
    return NOBODY
