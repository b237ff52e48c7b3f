"""Why bytes that are counted free are still there: the objects that hold them, and the references that keep those.

An account is a number and names no objects, so which objects are "counted free" is a judgment: first those that hang on
a consumer which announced a release in the guilty step, then those that were there before it, the largest first, until
the gap between what is reachable and what is accounted is covered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spillproof.model.heap import HeapObject, Reference, path_to, reachable_from, references
from spillproof.properties.accounting import acquired_can_be_allocated, free_is_unreachable, gap
from spillproof.properties.engines.run import Moment


@dataclass(frozen=True)
class Hop:
    """One reference of a path, and the object that it leads to."""

    reference: str
    name: str
    """What the run calls the object. Empty if it never mentioned it."""
    what: str
    """Its class and its name."""
    shallow: int
    retained: int


@dataclass(frozen=True)
class Held:
    """An object whose bytes are counted free, and the path that keeps it reachable."""

    shallow: int
    hops: tuple[Hop, ...]


def measured(moment: Moment) -> dict[str, int]:
    """Return what is accounted, reachable, unclaimed and free at a moment, as far as the model can say.

    Nothing where the step raised.
    """
    state = moment.state
    if moment.raised or not free_is_unreachable.applies_to(type(state)):
        return {}
    found = {"accounted": int(state.accounted()), "reachable": int(state.reachable())}
    found["unclaimed"] = int(state.unclaimed())
    if acquired_can_be_allocated.applies_to(type(state)):
        found["free"] = int(state.capacity_of_pool()) - found["accounted"]
    return found


def held(moments: list[Moment], guilty: int) -> list[Held]:
    """Return the objects whose bytes are counted free at a moment although they are reachable."""
    moment = moments[guilty]
    missing = int(gap(moment.state)) if measured(moment) else 0
    found: list[Held] = []
    for suspect in _suspects(moments, guilty) if missing > 0 else ():
        if missing <= 0:
            break
        missing -= int(suspect.shallow_size())
        found.append(_held(suspect, moment))
    return found


def _suspects(moments: list[Moment], guilty: int) -> list[HeapObject]:
    moment = moments[guilty]
    roots = list(moment.state.roots())
    released = [details[key] for event, details in moment.events if event == "release" for key in details]
    hanging = _hanging_on([each for each in released if isinstance(each, HeapObject)], roots)
    holders = [each for each in reachable_from(root.target for root in roots) if int(each.shallow_size()) > 0]
    return sorted(holders, key=lambda each: (id(each) not in hanging, -int(each.shallow_size())))


def _hanging_on(consumers: Iterable[HeapObject], roots: list[Reference]) -> set[int]:
    """Return what can be reached from consumers without passing what the roots themselves refer to."""
    fence = {id(root.target) for root in roots}
    waiting = list(consumers)
    seen = {id(each) for each in waiting}
    for each in waiting:
        for reference in references(each):
            if id(reference.target) not in seen | fence:
                seen.add(id(reference.target))
                waiting.append(reference.target)
    return seen


def _held(suspect: HeapObject, moment: Moment) -> Held:
    roots = list(moment.state.roots())
    path = path_to(suspect, roots) or ()
    return Held(int(suspect.shallow_size()), tuple(_hop(reference, moment, roots) for reference in path))


def _hop(reference: Reference, moment: Moment, roots: list[Reference]) -> Hop:
    target = reference.target
    name, kind = moment.names.get(id(target), ""), type(target).__name__
    what = name if name.startswith(kind) else f"{kind} {name}".rstrip()
    return Hop(reference.name, name, what, int(target.shallow_size()), retained(target, roots))


def retained(target: HeapObject, roots: list[Reference]) -> int:
    """Return the bytes that would become unreachable with an object; `heap.retained_sizes` does it for all at once."""
    waiting = [root.target for root in roots]
    seen = {id(target)}
    lost = sum(int(each.shallow_size()) for each in reachable_from(waiting))
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen.add(id(each))
            lost -= int(each.shallow_size())
            waiting.extend(reference.target for reference in references(each))
    return lost
