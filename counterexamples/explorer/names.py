"""What the page calls objects: by class and number, from the step that makes them, whatever becomes of them.

A replay names objects as a run mentions them; a page shows them before. The script (`page/core.js`) names likewise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spillproof.counterexamples.explorer.announced import Before, EdgeEvent, MadeObject
from spillproof.model.system import Kind, actions_of
from spillproof.properties.engines.automaton.shapes import Automaton, Edge


def prefixes(automaton: Automaton, events: Mapping[int, tuple[EdgeEvent, ...]]) -> dict[str, str]:
    """Return by class what its objects are called before their number, for those that steps or events can name.

    `events` are what each edge announces, by its index.
    """
    actions = actions_of(type(automaton.model))
    kinds = tuple(each.type for action in actions for each in action.parameters if each.kind is Kind.OBJECT)
    named = [each for shape in automaton.shapes for each in shape.objects if isinstance(each, kinds)]
    named += [each for edge in automaton.edges for each in _announced(automaton, edge, events[edge.index])]
    return {type(each).__name__: getattr(each, "short_name", "") or type(each).__name__ for each in named}


def _announced(automaton: Automaton, edge: Edge, events: tuple[EdgeEvent, ...]) -> list[Any]:
    details = [detail for event in events for _, detail in event.details]
    before = [automaton.shapes[edge.source].objects[each.index] for each in details if isinstance(each, Before)]
    return before + [
        automaton.shapes[edge.target].objects[each.index] for each in details if isinstance(each, MadeObject)
    ]


class Names:
    """The names of the objects of a shape, in their order, while a chain of edges is followed."""

    def __init__(self, automaton: Automaton, known: Mapping[str, str]) -> None:
        self.automaton = automaton
        self.prefixes = known
        self.counts: dict[str, int] = {}
        self.now: list[str] = []
        """Empty for an object that nothing names."""

    def follow(self, edge: Edge) -> None:
        """Go on to the shape that an edge reaches."""
        if edge.target < 0:
            return
        objects = self.automaton.shapes[edge.target].objects
        origins = edge.origins or (-1,) * len(objects)
        self.now = [
            self.now[origin] if origin >= 0 else self.new(type(each).__name__)
            for each, origin in zip(objects, origins, strict=True)
        ]

    def new(self, kind: str) -> str:
        """Return the name of a new object."""
        if kind not in self.prefixes:
            return ""
        prefix = self.prefixes[kind]
        self.counts[prefix] = self.counts.get(prefix, 0) + 1
        return f"{prefix}{self.counts[prefix]}"
