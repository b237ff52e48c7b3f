"""Finding a folded state among those of the smaller automaton, and folding the shapes of the larger one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from spillproof.model.quantity import Is, Linear, truth
from spillproof.model.rest import Rest, WithRest
from spillproof.model.state import Size, snapshot
from spillproof.properties.engines.automaton.shapes import Automaton, Edge
from spillproof.properties.engines.network.fold import Blank, Folded, Parts, blank, fold, with_rest
from spillproof.properties.engines.network.ways import Image


@dataclass(frozen=True)
class ReadAs:
    """How a blanked state is read as one shape: where the sizes of that stand in it, and what must be 0."""

    shape: int
    order: tuple[int, ...]
    zeros: tuple[int, ...]

    def of(self, sizes: tuple[Size, ...]) -> Image | None:
        """Return what a blanked state with these sizes is; None where it cannot be of the shape."""
        must = [sizes[place] for place in self.zeros]
        if any(truth(each, Is.ZERO) is False for each in must):
            return None
        zeros = tuple([each for each in must if isinstance(each, Linear)])
        return Image(self.shape, tuple([sizes[place] for place in self.order]), zeros)


@dataclass(frozen=True)
class Readings:
    """A blanked state and the ways to read it, the one that fits best first."""

    number: int
    """What is equal for states that are the same but for their sizes."""
    sizes: tuple[Size, ...]
    ways: tuple[ReadAs, ...]
    images: tuple[Image, ...]
    """What it is, read in each of these ways."""

    def with_sizes(self, sizes: tuple[Size, ...]) -> list[Image]:
        """Return what the state can be with other sizes, the best reading first; none where it is not that one."""
        found = [each.of(sizes) for each in self.ways]
        return [each for each in found if each is not None] if found and found[0] is not None else []


class Images:
    """The shapes of an automaton, found by what they are but for which sizes are the constant 0."""

    def __init__(self, automaton: Automaton) -> None:
        self.by_key: dict[object, list[ReadAs]] = {}
        self.numbers: dict[object, int] = {}
        for shape in automaton.shapes:
            blanked = blank(shape.template.copy()[0], automaton.sliced)
            self.by_key.setdefault(blanked.key, []).append(ReadAs(shape.index, *_places(blanked)))

    def read(self, blanked: Blank) -> Readings:
        """Return what a blanked state can be."""
        number = self.numbers.setdefault(blanked.key, len(self.numbers))
        known = [(image, each) for each in self.by_key.get(blanked.key, ()) if (image := each.of(blanked.sizes))]
        known.sort(key=lambda found: _fit(found[0]))
        return Readings(number, blanked.sizes, tuple(each for _, each in known), tuple(image for image, _ in known))


class Folding:
    """Folds the shapes of the larger automaton, and finds them in the smaller one.

    The larger one has a rest as well, or is that of consumers as they are, whose states get an empty rest first.
    """

    def __init__(self, smaller: Automaton, larger: Automaton, many: type[WithRest]) -> None:
        self.larger, self.many, self.alike, self.alone = larger, many, many.alike, many.alone
        self.known, self.sliced = Images(smaller), smaller.sliced
        self.parts: dict[int, Parts] = {}
        self.folds: dict[tuple[int, Folded], Readings] = {}
        self.wholes: dict[tuple[int, bool], tuple[WithRest, list[Any]]] = {}

    def of(self, shape: int) -> Parts:
        """Return which objects of a shape belong together."""
        if shape not in self.parts:
            self.parts[shape] = Parts(self.larger.shapes[shape].objects, self.alike)
        return self.parts[shape]

    def read(self, shape: int, folded: Folded) -> Readings:
        """Return what a folded shape can be in the smaller automaton."""
        found = self.folds.get((shape, folded))
        if found is None:
            found = self.read_as(*self.whole(shape, placed=True), folded)
            if not (found.images or folded or isinstance(self.larger.model, WithRest)):
                found = self.read_as(*self.whole(shape, placed=False), folded)  # where nobody is left, nor is the rest
            self.folds[shape, folded] = found
        return found

    def read_as(self, state: WithRest, objects: list[Any], folded: Folded) -> Readings:
        """Return what a state with a rest, folded, can be."""
        return self.known.read(blank(fold(state, objects, folded, self.sliced), self.sliced))

    def whole(self, shape: int, *, placed: bool) -> tuple[WithRest, list[Any]]:
        """Return the state of a shape, with a rest, and its objects, with those of the shape first."""
        if (shape, placed) not in self.wholes:
            known = self.larger.shapes[shape]
            self.wholes[shape, placed] = known.state, known.objects
            if not isinstance(known.state, WithRest):
                state, copies = with_rest(known.state, self.many, placed=placed)
                reached = snapshot(state, self.sliced).objects
                objects = [copies[id(each)] for each in known.objects]
                self.wholes[shape, placed] = state, [*objects, *(each for each in reached if isinstance(each, Rest))]
        return self.wholes[shape, placed]

    def after(self, edge: Edge, folded: Folded) -> Iterator[Folded]:
        """Yield what is folded after an edge: what was before and hangs on that, and of new consumers all but one.

        One that stands on its own stays so. Where none does, a new one may, or may not; at the beginning one does.
        Where none is to, all are folded.
        """
        parts = self.of(edge.target)
        origins = edge.origins or (-1,) * len(parts.objects)
        taken = parts.of(number for number, origin in enumerate(origins) if origin in folded)
        alone = [each for each in parts.consumers if each not in taken]
        before = self.of(edge.source).consumers if edge.source >= 0 else []
        new = [each for each in alone if origins[each] not in before]
        if self.alone == 0:
            yield taken | parts.of(alone)
            return
        if len(new) == len(alone):
            yield from (taken | parts.of(each for each in new if each != kept) for kept in new)
        if edge.source >= 0 or not new:
            yield taken | parts.of(new)


def _fit(image: Image) -> tuple[int, int]:
    """Return how well an image fits: with the fewest conditions, and then with the most sizes that are 0 anyway."""
    return len(image.zeros), len(image.sizes)


def _places(blanked: Blank) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return where the sizes of a shape stand among all, in their order, and where it has the constant 0."""
    order: dict[int, int] = {}
    zeros = []
    for place, size in enumerate(blanked.sizes):
        if isinstance(size, Linear):
            (symbol,) = size.terms
            order[symbol] = place
        else:
            zeros.append(place)
    return tuple(order[symbol] for symbol in sorted(order)), tuple(zeros)
