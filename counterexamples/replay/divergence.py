"""Where two runs part: the first step that is not the same in both, and what differs after it."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.counterexamples.explain.explanation import Difference
from spillproof.counterexamples.trace import Event, Object, State, Trace

MEASURES = ("accounted", "reachable", "unclaimed", "free")


def first_difference(here: Trace, there: Trace, stopped: str = "") -> Difference | None:
    """Return the first step at which two runs of the same steps part, or None where they never do.

    They part where something that one can observe differs: bytes, events, an exception. What differs in the heap is
    then said as well, if it did not before. `stopped` says why the run `there` has fewer steps.
    """
    known: set[str] = set()
    for step, (one, other) in enumerate(zip(here.states, there.states, strict=False)):
        heap = tuple(heap_differences(one, other))
        if seen := tuple(observable(one, other)):
            return Difference(step, (*seen, *(words for words in heap if words not in known)))
        known = set(heap)
    if len(there.states) < len(here.states):
        return Difference(len(there.states), (stopped or "the run ends here",))
    return None


def observable(here: State, there: State) -> Iterator[str]:
    """Yield what one can observe to differ between two states, each in a few words: `reachable 2 → 1`."""
    if here.raised != there.raised:
        yield f"raises {there.raised}" if there.raised else f"does not raise {here.raised}"
    for measure in MEASURES:
        one, other = getattr(here, measure), getattr(there, measure)
        if one != other:
            yield f"{measure} {_spell(one)} → {_spell(other)}"
    yield from _events(here.events, there.events)


def _spell(size: int | None) -> str:
    return "not measured" if size is None else f"{size:,}"


def _events(here: tuple[Event, ...], there: tuple[Event, ...]) -> Iterator[str]:
    one, other = [[_event(each) for each in events] for events in (here, there)]
    if one != other:
        yield f"{'; '.join(one) or 'nothing is announced'} → {'; '.join(other) or 'nothing is announced'}"


def _event(event: Event) -> str:
    return " ".join([event.name, *(value for _, value in event.details)])


def heap_differences(here: State, there: State) -> Iterator[str]:
    """Yield how objects that are in both states differ, and which are in one only."""
    ours, theirs = ({each.number: each for each in state.heap} for state in (here, there))
    one, other = ({each.name: each for each in state.heap} for state in (here, there))
    for number, each in ours.items():
        if number in theirs and theirs[number].kind == each.kind:
            yield from _object(each, theirs[number], one, other)
    for number, each in ours.items():
        if number not in theirs and each.kind not in _kinds(theirs, ours):
            yield f"{each.title} is gone"
    for number, each in theirs.items():
        if number not in ours and each.kind not in _kinds(ours, theirs):
            yield f"{each.title} is there"


def _kinds(objects: dict[int, Object], others: dict[int, Object]) -> set[str]:
    """Return the classes of the objects that only `objects` has: what was made anew may have another number."""
    return {each.kind for number, each in objects.items() if number not in others}


def _object(ours: Object, theirs: Object, here: dict[str, Object], there: dict[str, Object]) -> Iterator[str]:
    one, other = _fields(ours, here), _fields(theirs, there)
    for name in dict.fromkeys((*one, *other)):
        before, after = one.get(name, ["None"]), other.get(name, ["None"])
        if before != after:
            yield f"{ours.title}.{name}: {', '.join(before)} → {', '.join(after)}"


def _fields(each: Object, heap: dict[str, Object]) -> dict[str, list[str]]:
    """Return what is in the fields of an object, in words that do not depend on how others are reached."""
    found: dict[str, list[str]] = {}
    for name, target in each.references:
        found.setdefault(name, []).append(heap[target].title if target in heap else target)
    sizes = {name: [f"{size:,}"] for name, size in each.sizes}
    constants = {name: [value] for name, value in each.constants if name != "fixes"}
    return {name: sorted(values) for name, values in found.items()} | sizes | constants
