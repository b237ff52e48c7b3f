"""A run on running code as a trace: the same format as any other, so that whatever reads a trace reads this one.

What Python can see of the heap is in it: each value that is reachable, with one shortest chain of references from the
manager, a handle, or a value that the client keeps. Not in it are objects that lead to no value, and other chains.
"""

from __future__ import annotations

import inspect
import textwrap
from pathlib import Path
from typing import Any

from spillproof.counterexamples.trace import Argument, Event, Object, Source, State, Trace
from spillproof.model.system import Kind
from spillproof.properties.claims import Claim
from spillproof.properties.engines.evidence.gather import evidence_of
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.findings import versions
from spillproof.properties.live.holders import Chain, paths
from spillproof.properties.live.live_text import moment
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.offers import operations_of
from spillproof.properties.live.search import measuring
from spillproof.properties.live.session import Seen, Session, false_at


def trace(adapter: type[Adapter], script: Script, claims: tuple[Claim, ...], *, violation: bool = True) -> Trace:
    """Return a script as a trace; it is taken once more to see the heap after each step."""
    with measuring(adapter), Session(adapter, claims, alone=True) as playing:
        heaps = [paths(playing)]
        for move in script:
            playing.take(move)
            heaps.append(paths(playing))
        steps = playing.steps
    numbers: dict[str, int] = {}
    states = tuple(_state(adapter, step, heap, numbers) for step, heap in zip(steps, heaps, strict=True))
    taken = dict.fromkeys(["begin", *(operations_of(adapter)[move.action].method or move.action for move in script)])
    guilty = false_at(claims[0], steps)
    return Trace(
        name_of(adapter),
        tuple(sorted(versions(adapter).items())),
        tuple(claim.name for claim in claims),
        violation,
        states,
        guilty,
        tuple(source for action in taken if (source := _source(adapter, action)) is not None),
        evidence_of(claims[0], list(map(moment, steps)), guilty),
    )


def name_of(adapter: type[Adapter]) -> str:
    """Return what a trace calls an adapter: its file and class, without the folders of this machine."""
    if adapter.__module__.startswith("spillproof."):
        return f"{adapter.__module__.replace('.', '/')}.py:{adapter.__name__}"
    file = inspect.getsourcefile(adapter) or "unknown.py"
    return f"{Path(file).name}:{adapter.__name__}"


def _state(adapter: type[Adapter], step: Seen, chains: list[Chain], numbers: dict[str, int]) -> State:
    seen = {} if step.raised else step.now.seen
    capacity, accounted = seen.get("capacity_of_pool"), seen.get("accounted")
    heap, roots = _heap(adapter.__name__, chains, numbers)
    return State(
        action="begin" if step.move is None else step.move.action,
        arguments=() if step.move is None else _arguments(step.move, adapter.measured_by.unit),
        picks=(),
        spelled=step.spelled,
        accounted=accounted,
        reachable=seen.get("reachable"),
        unclaimed=seen.get("unclaimed"),
        free=None if capacity is None or accounted is None else capacity - accounted,
        events=tuple(
            Event(name, tuple((key, str(value)) for key, value in details.items())) for name, details in step.events
        ),
        raised=step.raised,
        heap=heap,
        roots=roots,
    )


def _arguments(move: Move, unit: int) -> tuple[Argument, ...]:
    found = [Argument("key", Kind.VALUE, move.key)] if move.key else []
    found += [Argument("size", Kind.SIZE, move.units * unit)] if move.units else []
    found += [Argument("name", Kind.VALUE, move.name)] if move.name else []
    found += [Argument("other", Kind.VALUE, move.other)] if move.other else []
    return (*found, *([Argument("at", Kind.VALUE, move.at)] if move.at else []))


def _heap(
    title: str, chains: list[Chain], numbers: dict[str, int]
) -> tuple[tuple[Object, ...], tuple[tuple[str, str], ...]]:
    """Return the objects on the chains, and the roots. An object is called as it is reached."""
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = {}
    refers: dict[str, dict[str, str]] = {}
    roots: dict[str, str] = {}
    for chain in chains:
        name = ""
        for hop in chain.hops:
            inner = f"{name}{'' if hop.reference.startswith('[') or not name else '.'}{hop.reference}"
            kinds.setdefault(inner, hop.kind)
            if name:
                refers.setdefault(name, {})[hop.reference] = inner
            else:
                roots[hop.reference] = inner
            name = inner
        sizes[name] = sizes.get(name, 0) + chain.size
    objects = [
        Object(
            numbers.setdefault(name, len(numbers) + 1),
            name,
            kind,
            sizes.get(name, 0),
            (),
            tuple(refers.get(name, {}).items()),
            (),
        )
        for name, kind in kinds.items()
    ]
    return (Object(0, title, title, 0, (), tuple(roots.items()), ()), *objects), tuple(roots.items())


def _source(adapter: type[Adapter], action: str) -> Source | None:
    method: Any = getattr(adapter, action, None)
    if method is None:
        return None
    try:
        lines, first = inspect.getsourcelines(method)
    except (OSError, TypeError):  # written where no file is
        return Source(action, "", "")
    file = Path(inspect.getsourcefile(method) or "").name
    return Source(action, f"{file}:{first}", textwrap.dedent("".join(lines)))
