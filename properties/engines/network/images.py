"""Finding a folded state among those of the smaller automaton, and folding the shapes of the larger one."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.quantity import Linear
from spillproof.properties.engines.automaton.shapes import Automaton, Edge
from spillproof.properties.engines.network.fold import Blank, Folded, Parts, blank, fold
from spillproof.properties.engines.network.ways import Image


class Images:
    """The shapes of an automaton, found by what they are but for which sizes are the constant 0."""

    def __init__(self, automaton: Automaton) -> None:
        self.by_key: dict[object, list[tuple[int, tuple[int, ...], tuple[int, ...]]]] = {}
        for shape in automaton.shapes:
            blanked = blank(shape.template.copy()[0], automaton.sliced)
            self.by_key.setdefault(blanked.key, []).append((shape.index, *_places(blanked)))

    def read(self, blanked: Blank) -> list[Image]:
        """Return the states that a blanked one can be, the one that fits best first."""
        return sorted(self._read(blanked), key=_fit)

    def _read(self, blanked: Blank) -> Iterator[Image]:
        for shape, order, zeros in self.by_key.get(blanked.key, ()):
            must = [blanked.sizes[place] for place in zeros]
            if all(isinstance(each, Linear) or each == 0 for each in must):
                left = tuple(each for each in must if isinstance(each, Linear))
                yield Image(shape, tuple(blanked.sizes[place] for place in order), left)


class Folding:
    """Folds the shapes of the larger automaton, and finds them in the smaller one."""

    def __init__(self, smaller: Automaton, larger: Automaton, alike: type) -> None:
        self.larger, self.alike = larger, alike
        self.known = Images(smaller)
        self.parts: dict[int, Parts] = {}
        self.folds: dict[tuple[int, Folded], list[Image]] = {}

    def of(self, shape: int) -> Parts:
        """Return which objects of a shape belong together."""
        if shape not in self.parts:
            self.parts[shape] = Parts(self.larger.shapes[shape].objects, self.alike)
        return self.parts[shape]

    def images(self, shape: int, folded: Folded) -> list[Image]:
        """Return the states of the smaller automaton that a folded shape can be, the one that fits best first."""
        found = self.folds.get((shape, folded))
        if found is None:
            whole = self.larger.shapes[shape]
            blanked = blank(fold(whole.state, whole.objects, folded, self.larger.sliced), self.larger.sliced)
            found = self.folds[shape, folded] = self.known.read(blanked)
        return found

    def after(self, edge: Edge, folded: Folded) -> Iterator[Folded]:
        """Yield what is folded after an edge: what was before and hangs on that, and of new consumers all but one.

        One that stands on its own stays so. Where none does, a new one may, or may not; at the beginning one does.
        """
        parts = self.of(edge.target)
        origins = edge.origins or (-1,) * len(parts.objects)
        taken = parts.of(number for number, origin in enumerate(origins) if origin in folded)
        alone = [each for each in parts.consumers if each not in taken]
        before = self.of(edge.source).consumers if edge.source >= 0 else []
        new = [each for each in alone if origins[each] not in before]
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
