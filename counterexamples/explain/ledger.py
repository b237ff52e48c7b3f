"""What the accountant believes beside what is true, step by step, and who claims each byte."""

from __future__ import annotations

from collections.abc import Sequence

from spillproof.counterexamples.explain.explanation import Entry, Share
from spillproof.counterexamples.trace import State, Trace
from spillproof.properties.engines.run import Moment
from spillproof.properties.engines.story.holders import shares


def ledger(trace: Trace, moments: Sequence[Moment]) -> tuple[Entry, ...]:
    """Return a line for each state of a trace. `moments` are the trace revived."""
    return tuple(_entry(step, state, list(moments)) for step, state in enumerate(trace.states))


def _entry(step: int, state: State, moments: list[Moment]) -> Entry:
    capacity = None if state.accounted is None or state.free is None else state.accounted + state.free
    return Entry(
        step=step,
        spelled=state.spelled,
        accounted=state.accounted,
        free=state.free,
        reachable=state.reachable,
        unreachable=None if capacity is None or state.reachable is None else capacity - state.reachable,
        unclaimed=state.unclaimed,
        gap=state.gap,
        shares=() if state.raised else _shares(step, moments),
    )


def _shares(step: int, moments: list[Moment]) -> tuple[Share, ...]:
    moment = moments[step]
    names = {number: moment.state.name(each) for each, number in zip(moment.objects, moment.numbers, strict=True)}
    found = [
        Share(names.get(number, "gone"), claims, holds) for number, (claims, holds) in shares(moments, step).items()
    ]
    return tuple(sorted(found, key=lambda share: share.consumer))
