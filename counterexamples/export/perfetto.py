"""A run as a Chrome trace, for ui.perfetto.dev: a slice a step, counters below it, a row for each consumer's events.

A model has no clock: a step takes a millisecond. What was announced stands in its first half; halfway the counters take
the values that they have after the step.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from spillproof.counterexamples.export.escapes import one_line
from spillproof.counterexamples.export.events import consumers, happenings
from spillproof.counterexamples.trace import State, Trace
from spillproof.model.errors import ModelError

STEP = 1000
"""Microseconds of a step."""

RUN = 1
"""The process, and in it the thread of the steps; the consumers' threads follow."""

COUNTERS = ("accounted", "reachable", "free", "gap")

LARGEST = 1 << 1023
"""Counters are floating-point numbers to Perfetto."""

Json = dict[str, Any]


def perfetto(trace: Trace) -> str:
    """Return the trace as JSON, an event a line. Raises `ModelError` for sizes that no counter can show."""
    rows = {name: RUN + place for place, name in enumerate(consumers(trace), 1)}
    found = [*_names(trace, rows)]
    for index, state in enumerate(trace.states):
        found += _step(trace, index, state, rows)
    events = ",\n".join(json.dumps(each, ensure_ascii=False) for each in found)
    return f'{{"displayTimeUnit": "ms", "traceEvents": [\n{events}\n]}}\n'


def _names(trace: Trace, rows: dict[str, int]) -> Iterator[Json]:
    """Yield what the process and the rows are called."""
    yield _metadata("process_name", RUN, trace.model)
    yield _metadata("thread_name", RUN, "steps")
    for name, row in rows.items():
        yield _metadata("thread_name", row, name)


def _metadata(kind: str, row: int, name: str) -> Json:
    return {"name": kind, "ph": "M", "pid": RUN, "tid": row, "args": {"name": one_line(name)}}


def _step(trace: Trace, index: int, state: State, rows: dict[str, int]) -> Iterator[Json]:
    begins = index * STEP
    yield {
        "name": one_line(state.spelled), "cat": "step", "ph": "X", "ts": begins, "dur": STEP, "pid": RUN, "tid": RUN,
        "args": _said(trace, index, state),
    }  # fmt: skip
    told = list(happenings(state))
    for place, each in enumerate(told, 1):
        yield {
            "name": one_line(each.words), "cat": "event", "ph": "i", "s": "t", "pid": RUN,
            "tid": rows.get(each.consumer, RUN),
            "ts": begins + place * STEP // (2 * len(told) + 2),
            "args": {one_line(key): one_line(value) for key, value in each.event.details},
        }  # fmt: skip
    for name, value in _counters(state):
        counted = {"name": name, "ph": "C", "ts": begins + STEP // 2 if index else 0, "pid": RUN}
        yield {**counted, "args": {"bytes": value}}


def _said(trace: Trace, index: int, state: State) -> Json:
    """Return what is shown when a step is selected."""
    said: Json = {"step": index, "action": one_line(state.action)}
    if index == trace.guilty:
        said["violates" if trace.violation else "shows"] = one_line(", ".join(trace.claims))
    if state.raised:
        said["raised"] = one_line(state.raised)
    return said


def _counters(state: State) -> Iterator[tuple[str, int]]:
    for name in COUNTERS:
        value = getattr(state, name)
        if value is None:
            continue
        if abs(value) >= LARGEST:
            raise ModelError(f"{name} has {len(str(abs(value)))} digits after a step, more than a counter can show")
        yield name, value
