"""A run as a sequence diagram of Mermaid: the environment acts, consumers acquire and release, or are made to spill."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.counterexamples.export.escapes import mermaid
from spillproof.counterexamples.export.events import Happening, consumers, happenings, manager
from spillproof.counterexamples.trace import State, Trace
from spillproof.model.system import Kind

MOST_CHARACTERS = 50_000
"""GitHub draws no diagram with a longer text (Mermaid's `maxTextSize`)."""

ENVIRONMENT, MANAGER = "env", "manager"


def diagram(trace: Trace) -> str:
    """Return the text of the diagram."""
    drawing = _Drawing(trace)
    return "\n".join(["sequenceDiagram", *(f"    {line}" for line in drawing.lines())])


class _Drawing:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.ids = {name: f"c{place}" for place, name in enumerate(consumers(trace), 1)}
        keeper = manager(trace)
        self.manager = keeper.kind if keeper else "the account"

    def lines(self) -> Iterator[str]:
        yield f"participant {ENVIRONMENT} as the environment"
        yield from (f"participant {id_} as {mermaid(name, 40)}" for name, id_ in self.ids.items())
        yield f"participant {MANAGER} as {mermaid(self.manager, 40)}"
        for index, state in enumerate(self.trace.states):
            yield from self.step(index, state)

    def step(self, index: int, state: State) -> Iterator[str]:
        """Yield the lines of a step; the guilty one has a background and a note."""
        guilty = index == self.trace.guilty
        if guilty:
            yield "rect rgba(229, 57, 53, 0.15)"
        words = f"{index} {state.spelled}" if index else state.spelled
        yield f"{ENVIRONMENT}->>{self.addressed(index, state)}: {mermaid(words)}"
        for each in happenings(state):
            yield from self.message(each)
        if state.raised:
            yield f"Note over {ENVIRONMENT},{MANAGER}: raises {mermaid(state.raised)}"
        if guilty:
            yield f"Note over {ENVIRONMENT},{MANAGER}: {mermaid(self.verdict(state), 200)}"
            yield "end"

    def addressed(self, index: int, state: State) -> str:
        """Return whom a step is done to: the first object that it names, if that is a consumer."""
        before = self.trace.states[index - 1] if index else None
        for each in state.arguments if before else ():
            if each.kind is Kind.OBJECT and before and isinstance(each.value, int):
                number = before.heap[each.value].number
                now = next((other.name for other in state.heap if other.number == number), "")
                return self.ids.get(now, MANAGER)
        return MANAGER

    def message(self, each: Happening) -> Iterator[str]:
        """Yield an event as a message: what a consumer asks for, and what the manager makes it do."""
        who = self.ids.get(each.consumer, MANAGER)
        by = MANAGER if each.name == "spill" and each.forced else who
        to = who if each.name == "spill" else MANAGER
        arrow = "-)" if each.name == "release" else "->>"
        yield f"{by}{arrow}{to}: {mermaid(each.words)}"

    def verdict(self, state: State) -> str:
        claims = ", ".join(self.trace.claims)
        if not self.trace.violation:
            return f"▶ {claims}"
        missing = state.gap
        bytes_ = f": accounted {state.accounted:,}, reachable {state.reachable:,}" if missing else ""
        return f"▶ violates {claims}{bytes_}"
