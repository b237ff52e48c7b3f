"""What the script of the viewer is told: for each step, how every object and every reference looks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from spillproof.counterexamples.export.bars import signed
from spillproof.counterexamples.export.layout import below
from spillproof.counterexamples.export.measures import measures
from spillproof.counterexamples.export.picture import edge_class, node_class, printable
from spillproof.counterexamples.export.scene import SHARED, Arrow, Panel, Scene
from spillproof.counterexamples.trace import Object, State, Trace

NOTHING = Panel({}, frozenset())


def told(traces: Mapping[str, Trace], runs: Mapping[str, Sequence[Panel]], whole: Scene, guilty: int | None) -> str:
    """Return the data of the script as JSON, in ASCII and without what HTML might take for its own.

    `whole` has the panels of all runs in their order. The first run is the one that the page is about.
    """
    telling = _Telling(whole)
    panels = iter(whole.panels)
    first, *_ = runs
    sides = {}
    for name, each in traces.items():
        beside = runs[first] if name != first else ()
        others = [*beside, *[NOTHING] * len(each.states)]
        sides[name] = [
            telling.step(*step) for step in zip(each.states, islice(panels, len(each.states)), others, strict=False)
        ]
        for at, step in enumerate(sides[name]):
            step["guilty"] = name == first and at == guilty
    opening = opening_step(traces[first], guilty)
    data = {
        "opening": opening,
        "sides": sides,
        "nodes": list(telling.nodes),
        "edges": list(telling.edges),
        "facts": list(telling.facts.values()),
        "numbers": [node.number if node.number > SHARED else None for node in whole.nodes],
    }
    return json.dumps(data).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def opening_step(trace: Trace, guilty: int | None) -> int:
    """Return the step that is shown first: the guilty one, or the last."""
    return len(trace.states) - 1 if guilty is None else guilty


class _Telling:
    """What is told, step by step. What looks alike in many steps is told once, and each step has its index."""

    def __init__(self, whole: Scene) -> None:
        self.whole = whole
        self.nodes: dict[tuple[int, str, str], int] = {}
        self.edges: dict[tuple[int, str], int] = {}
        self.facts: dict[Object, Any] = {}
        """What is in each object that differs, as the page's script takes it; a reference leads to a number."""
        self.places: dict[Object, int] = {}

    def step(self, state: State, panel: Panel, beside: Panel) -> dict[str, Any]:
        """Return a step. What is lit in the same step of the run `beside`, and is gone here, is told as a ghost."""
        ghosts = beside.lit - panel.arrows
        numbers = {each.name: each.number for each in state.heap}
        return {
            "spelled": printable(state.spelled),
            "words": printable(in_words(state)),
            "action": printable(state.action),
            "lines": sorted({line for event in state.events if (line := line_of(event.lines)) is not None}),
            "nodes": self._nodes(panel, ghosts),
            "edges": self._edges(panel, ghosts),
            "heap": [self._fact(each, numbers) for each in state.heap],
            "roots": [[field, numbers[target]] for field, target in state.roots if target in numbers],
        }

    def _fact(self, each: Object, numbers: Mapping[str, int]) -> int:
        if each not in self.facts:
            self.places[each] = len(self.facts)
            self.facts[each] = {
                "id": each.number,
                "kind": printable(each.kind),
                "name": printable(each.name),
                "shallow": each.shallow,
                "sizes": [[printable(field), size] for field, size in each.sizes],
                "references": [
                    [printable(field), numbers[target]] for field, target in each.references if target in numbers
                ],
                "constants": [[printable(field), printable(value)] for field, value in each.constants],
            }
        return self.places[each]

    def _nodes(self, panel: Panel, ghosts: frozenset[Arrow]) -> list[int]:
        dead = {node for each in ghosts for node in (each.holder, each.target)}
        found = []
        for place, node in enumerate(self.whole.nodes):
            if node in panel.looks:
                found.append((place, node_class(node, self.whole, panel), printable(below(panel.looks[node]))))
            elif node in dead:
                found.append((place, "node ghost bare" if node in self.whole.tall else "node ghost", ""))
        return [self.nodes.setdefault(each, len(self.nodes)) for each in found]

    def _edges(self, panel: Panel, ghosts: frozenset[Arrow]) -> list[int]:
        found = [
            (place, edge_class(arrow, self.whole, panel) if arrow in panel.arrows else "edge ghost")
            for place, arrow in enumerate(self.whole.arrows)
            if arrow in panel.arrows or arrow in ghosts
        ]
        return [self.edges.setdefault(each, len(self.edges)) for each in found]


def line_of(lines: tuple[str, ...]) -> int | None:
    """Return the line of the action that led to an event."""
    place = lines[0].partition(",")[0].rpartition(":")[2] if lines else ""
    return int(place) if place.isascii() and place.isdecimal() else None


def in_words(state: State) -> str:
    """Return the bytes of a state in words."""
    found = measures(state)
    if found is None:
        return f"It raises {state.raised}." if state.raised else "How many bytes are accounted is not known."
    words = [f"Accounted {signed(found.accounted)}, reachable {signed(found.reachable)}."]
    if found.believed_free is not None and found.truly_free is not None:
        words.append(f"Believed free {signed(found.believed_free)}, truly free {signed(found.truly_free)}.")
    if found.gap:
        words.append(f"Counted free and still reachable: {signed(found.gap)}.")
    return " ".join(words)
