"""Folded steps that are the same but for the names of their unknowns."""

from __future__ import annotations

from collections.abc import Iterable

from spillproof.model.quantity import Linear
from spillproof.model.state import Size
from spillproof.properties.engines.automaton.shapes import Conjunction
from spillproof.properties.engines.network.images import Readings
from spillproof.properties.engines.network.ways import Task


def spelled(
    task: Task, source: Readings, target: int, sizes: tuple[Size, ...], guard: Conjunction
) -> tuple[object, frozenset[object], list[int]]:
    """Return a folded step but for the names of its unknowns, its conditions, and these names as they are met."""
    spelling = _Spelling()
    said = (
        task.action,
        spelling.sizes(task.sizes),
        source.number,
        spelling.sizes(source.sizes),
        target,
        spelling.sizes(sizes),
    )
    conditions = [(each.holds, spelling.size(each.left)) for each in guard]
    return said, frozenset(conditions), [*spelling.names]


class _Spelling:
    """Spells expressions with their unknowns numbered as they are met."""

    def __init__(self) -> None:
        self.names: dict[int, int] = {}

    def size(self, size: Size) -> object:
        if not isinstance(size, Linear):
            return size
        names = self.names
        return size.constant, *sorted(
            [(names.setdefault(symbol, len(names)), factor) for symbol, factor in size.terms.items()]
        )

    def sizes(self, sizes: Iterable[Size]) -> tuple[object, ...]:
        return tuple([self.size(each) for each in sizes])
