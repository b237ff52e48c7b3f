"""Why bytes that are counted free are still there: the objects that hold them, and the references that keep those.

An account is a number and names no objects, so which objects are "counted free" is a judgment. Last come those that
hang on a consumer which holds no more than it claims. Among the others, first those that hang on a consumer which holds
more; then those that hang on one which announced a release in the guilty step; then those that were there when the gap
between what is reachable and what is accounted first opened; then the largest; until the gap is covered.
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
    kind: str
    """Its class."""
    shallow: int
    retained: int


@dataclass(frozen=True)
class Held:
    """An object whose bytes are counted free, and the path that keeps it reachable."""

    shallow: int
    hops: tuple[Hop, ...]


def measured(moment: Moment) -> dict[str, int]:
    """Return what is accounted, reachable, unclaimed and free at a moment, as far as the model can say.

    Nothing where the step raised, or where the model fails to say it: that is told of the claims that ask it.
    """
    state = moment.state
    if moment.raised or not free_is_unreachable.applies_to(type(state)):
        return {}
    try:
        found = {"accounted": state.accounted(), "reachable": state.reachable(), "unclaimed": state.unclaimed()}
        if acquired_can_be_allocated.applies_to(type(state)):
            found["free"] = state.capacity_of_pool() - found["accounted"]
    except Exception:  # noqa: BLE001 - the model is not ours
        return {}
    return found if all(isinstance(each, int) for each in found.values()) else {}


def claimed(moments: list[Moment]) -> dict[int, int]:
    """Return by consumer, by its number, the bytes that it acquired and did not release, as announced in a run."""
    claims: dict[int, int] = {}
    for moment in moments:
        numbers = {id(each): number for each, number in zip(moment.objects, moment.numbers, strict=True)}
        for event, details in moment.events:
            number, size = numbers.get(id(details.get("consumer"))), details.get("size")
            if number is not None and isinstance(size, int) and event in SIGNS:
                claims[number] = claims.get(number, 0) + SIGNS[event] * size
    return claims


SIGNS = {"acquire": 1, "release": -1}
"""The events that change what a consumer claims."""


def owners(moment: Moment, consumers: Iterable[HeapObject]) -> dict[int, HeapObject]:
    """Return the consumer that each object hangs on, by the object's id: the nearest from which it can be reached.

    What the roots themselves refer to hangs on nobody, and nor does what can only be reached through it.
    """
    waiting = list(consumers)
    found = {id(each): each for each in waiting}
    fence = {id(root.target) for root in moment.state.roots()}
    for each in waiting:
        for reference in references(each):
            if id(reference.target) not in found.keys() | fence:
                found[id(reference.target)] = found[id(each)]
                waiting.append(reference.target)
    return found


def shares(moments: list[Moment], at: int) -> dict[int, tuple[int, int]]:
    """Return by consumer, by its number, what it claims and what hangs on it after a step, in bytes."""
    moment, claims = moments[at], claimed(moments[: at + 1])
    by_number = dict(zip(moment.numbers, moment.objects, strict=True))
    owner = owners(moment, [by_number[number] for number in sorted(claims) if number in by_number])
    numbers = {id(each): number for number, each in by_number.items()}
    holds = dict.fromkeys(claims, 0)
    for each in reachable_from(root.target for root in moment.state.roots()):
        if id(each) in owner:
            holds[numbers[id(owner[id(each)])]] += int(each.shallow_size())
    return {number: (claims[number], holds[number]) for number in claims}


def counted_free(moments: list[Moment], at: int) -> list[HeapObject]:
    """Return the objects whose bytes are counted free after a step although they are reachable, the likeliest first."""
    missing = int(gap(moments[at].state)) if measured(moments[at]) else 0
    found: list[HeapObject] = []
    for suspect in _suspects(moments, at) if missing > 0 else ():
        if missing <= 0:
            break
        missing -= int(suspect.shallow_size())
        found.append(suspect)
    return found


def held(moments: list[Moment], guilty: int) -> list[Held]:
    """Return the objects whose bytes are counted free at a moment although they are reachable."""
    return [_held(suspect, moments[guilty]) for suspect in counted_free(moments, guilty)]


def _suspects(moments: list[Moment], at: int) -> list[HeapObject]:
    moment = moments[at]
    by_number = dict(zip(moment.numbers, moment.objects, strict=True))
    accounts = [(by_number[each], *account) for each, account in shares(moments, at).items() if each in by_number]
    announced = [details.get("consumer") for event, details in moment.events if event == "release"]
    honest, overdrawn, released = (
        owners(moment, consumers)
        for consumers in (
            [each for each, claims, holds in accounts if holds <= claims],
            [each for each, claims, holds in accounts if holds > claims],
            [each for each in announced if isinstance(each, HeapObject)],
        )
    )
    opened = next(index for index, each in enumerate(moments) if measured(each) and gap(each.state) > 0)
    old, before = (
        {id(each) for number, each in by_number.items() if number in set(moments[index].numbers)}
        for index in (opened, max(0, opened - 1))
    )
    roots = [root.target for root in moment.state.roots()]
    holders = [each for each in reachable_from(roots) if int(each.shallow_size()) > 0]
    rank = {
        id(each): (id(each) in honest, *(id(each) not in some for some in (overdrawn, released, old)))
        for each in holders
    }
    return sorted(holders, key=lambda each: (rank[id(each)], -int(each.shallow_size()), id(each) not in before))


def _held(suspect: HeapObject, moment: Moment) -> Held:
    roots = list(moment.state.roots())
    path = path_to(suspect, roots) or ()
    return Held(int(suspect.shallow_size()), tuple(_hop(reference, moment, roots) for reference in path))


def _hop(reference: Reference, moment: Moment, roots: list[Reference]) -> Hop:
    target = reference.target
    name, kind = moment.names.get(id(target), ""), type(target).__name__
    what = name if name.startswith(kind) else f"{kind} {name}".rstrip()
    return Hop(reference.name, name, what, kind, int(target.shallow_size()), retained(target, roots))


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
