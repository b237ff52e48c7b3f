"""A folded step that the smaller model is to do, and what is said where it cannot."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from spillproof.model.quantity import Linear
from spillproof.properties.engines.automaton.shapes import Conjunction, Edge
from spillproof.properties.engines.network.fold import Folded
from spillproof.properties.engines.network.ways import Draft, Image, Task


@dataclass(frozen=True)
class Unmatched(Exception):
    """A step that the rest cannot do, at some sizes."""

    edge: Edge
    folded: Folded
    sizes: tuple[int, ...]
    """A value for each unknown of the edge. None where the solver did not find any, nor that there are none."""
    source: Image
    target: Image | None
    """None where the smaller model has no such shape at all."""


@dataclass(frozen=True)
class FoldedStep:
    """A folded step: where it leads from and to, as states of the smaller model, the best reading first."""

    edge: Edge
    task: Task
    folded: Folded
    sources: Sequence[Image]
    targets: Sequence[Image]
    """None where it is not the best reading: what is known of the target is what the invariant says of that one."""
    best: Sequence[Image]
    """The best reading of where it leads to, with the sizes of that; none where there is no reading at all."""
    made: list[_Lazily] = field(default_factory=list)
    arrives: list[Conjunction] = field(default_factory=list)
    """What must hold where the best reading is to be reached by another one, once it was asked for."""

    @cached_property
    def source_of(self) -> dict[int, Image]:
        return {each.shape: each for each in self.sources}

    @cached_property
    def target_of(self) -> dict[int, Image]:
        return {each.shape: each for each in self.targets}

    def likely(self, ways: Callable[[FoldedStep], Iterator[Draft]]) -> Iterator[Draft]:
        """Yield the likely ways, each of which is made once, however often they are asked for."""
        if not self.made:
            self.made.append(_Lazily(ways(self)))
        return iter(self.made[0])

    @cached_property
    def looks(self) -> tuple[object, object]:
        """Return what is alike for steps that the same edges will probably do, exactly and roughly."""
        roughly = self.task.action, self.sources[0].shape, *(each.shape for each in self.targets[:1])
        exactly = (
            roughly,
            tuple(map(_looks, self.sources[:1])),
            tuple(map(_looks, self.targets[:1])),
            tuple(sorted((each.holds.value, each.left.constant, len(each.left.terms)) for each in self.edge.guard)),
        )
        return exactly, roughly

    def unmatched(self, sizes: tuple[int, ...]) -> Unmatched:
        """Return that it was not matched at some sizes."""
        return Unmatched(self.edge, self.folded, sizes, self.sources[0], self.targets[0] if self.targets else None)


def _looks(image: Image) -> object:
    """Return the shape of an image, and of each size of how many unknowns it is made."""
    sizes = ((size.constant, len(size.terms)) if isinstance(size, Linear) else size for size in image.sizes)
    return image.shape, *sizes


class _Lazily:
    """What an iterator yields, for as many readers as there are."""

    def __init__(self, ways: Iterator[Draft]) -> None:
        self.ways = ways
        self.known: list[Draft] = []

    def __iter__(self) -> Iterator[Draft]:
        for place in itertools.count():
            if place == len(self.known):
                self.known.extend(itertools.islice(self.ways, 1))
                if place == len(self.known):
                    return
            yield self.known[place]
