"""What the model announced in a step, read from a trace: who acquired, who spilled, who released, and how much."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spillproof.counterexamples.export.escapes import one_line
from spillproof.counterexamples.trace import Event, Object, State, Trace
from spillproof.model.errors import ModelError


@dataclass(frozen=True)
class Happening:
    """An event, with the details that every event of memory has."""

    name: str
    consumer: str
    """Empty where the event has none."""
    size: int | None
    forced: bool
    event: Event

    @property
    def words(self) -> str:
        """As a person says it where the consumer is plain: `forced spill`, `release 3 B`."""
        return self._said("")

    @property
    def sentence(self) -> str:
        """As a person says it: `forced spill E1`, `release E1 3 B`."""
        return self._said(self.consumer)

    def _said(self, consumer: str) -> str:
        size = "" if self.size is None else f"{self.size:,} B"
        return " ".join(each for each in ("forced" if self.forced else "", self.name, consumer, size) if each)


def happenings(state: State) -> Iterator[Happening]:
    """Yield the events of a step in order. Raises `ModelError` where a size is none."""
    for event in state.events:
        details = dict(event.details)
        yield Happening(
            event.name, details.get("consumer", ""), _size(event, details), details.get("forced") == "True", event
        )


def _size(event: Event, details: dict[str, str]) -> int | None:
    size = details.get("size")
    if size is None:
        return None
    if not re.fullmatch(r"-?[0-9]{1,1000}", size):
        raise ModelError(f"the trace has a {one_line(event.name, 40)} of {one_line(size, 40)!r}, which is no size")
    return int(size)


def consumers(trace: Trace) -> list[str]:
    """Return the names of the consumers that events tell of, in the order in which they first do."""
    found = (each.consumer for state in trace.states for each in happenings(state))
    return list(dict.fromkeys(name for name in found if name))


def manager(trace: Trace) -> Object | None:
    """Return the object that every consumer refers to: who keeps the account. None where there is no such one."""
    names = set(consumers(trace))
    state = trace.states[-1]
    shared: set[str] | None = None
    for each in state.heap:
        if each.name in names:
            targets = {target for _, target in each.references}
            shared = targets if shared is None else shared & targets
    return next((each for each in state.heap if each.name in (shared or ())), None)
