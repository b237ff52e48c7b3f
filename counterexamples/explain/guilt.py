"""The guilty step of a run, and the releases that promised what they did not free."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from spillproof.counterexamples.explain.explanation import Guilty, Promise
from spillproof.counterexamples.trace import Trace
from spillproof.model.heap import HeapObject
from spillproof.properties.engines.run import Moment
from spillproof.properties.engines.story.holders import owners, shares


def guilty(trace: Trace, moments: list[Moment], at: int, counted_free: Collection[int]) -> Guilty:
    """Return what is known of the guilty step: which consumers released what is still reachable, when, and where."""
    return Guilty(at, trace.states[at].spelled, tuple(_promises(moments, at, counted_free)))


def _promises(moments: list[Moment], at: int, counted_free: Collection[int]) -> Iterator[Promise]:
    owing = _owing(moments, at, counted_free)
    for step, moment in enumerate(moments[: at + 1]):
        numbers = {id(each): number for each, number in zip(moment.objects, moment.numbers, strict=True)}
        for (event, details), lines in zip(moment.events, moment.lines, strict=True):
            consumer, size = details.get("consumer"), details.get("size")
            number = numbers.get(id(consumer))
            if event == "release" and number in owing and isinstance(size, int) and size > 0:
                yield Promise(step, moment.state.name(consumer), size, owing[number], lines)


def _owing(moments: list[Moment], at: int, counted_free: Collection[int]) -> dict[int, int]:
    """Return by consumer, by its number, what hangs on it beyond its claims, if some of it is counted free."""
    moment, accounts = moments[at], shares(moments, at)
    by_number: dict[int, HeapObject] = dict(zip(moment.numbers, moment.objects, strict=True))
    owner = owners(moment, [by_number[number] for number in sorted(accounts) if number in by_number])
    hanging = {id(owner[id(by_number[each])]) for each in counted_free if id(by_number[each]) in owner}
    return {
        number: holds - claims
        for number, (claims, holds) in accounts.items()
        if holds > claims and number in by_number and id(by_number[number]) in hanging
    }
