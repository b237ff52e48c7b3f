"""The dominator tree of a state: what would become unreachable with what, as Eclipse MAT shows it."""

from __future__ import annotations

from collections.abc import Collection

from spillproof.counterexamples.explain.explanation import Dominated
from spillproof.model.heap import HeapObject, dominators, retained_sizes
from spillproof.properties.engines.run import Moment


def tree(moment: Moment, counted_free: Collection[int]) -> tuple[Dominated, ...]:
    """Return the dominator tree after a step, the largest first; objects that retain nothing are left out."""
    return _Tree(moment, counted_free).under(None)


class _Tree:
    """What is needed to make a node of the tree."""

    def __init__(self, moment: Moment, counted_free: Collection[int]) -> None:
        self.moment = moment
        self.counted_free = counted_free
        roots = [root.target for root in moment.state.roots()]
        self.retained = retained_sizes(roots)
        self.whole = int(moment.state.reachable())
        self.numbers = {id(each): number for each, number in zip(moment.objects, moment.numbers, strict=True)}
        self.children: dict[HeapObject | None, list[HeapObject]] = {}
        for each, dominator in dominators(roots).items():
            self.children.setdefault(dominator, []).append(each)

    def under(self, dominator: HeapObject | None) -> tuple[Dominated, ...]:
        """Return the nodes that an object dominates at once, or the roots."""
        found = [each for each in self.children.get(dominator, []) if self.retained[each] > 0]
        return tuple(map(self.node, sorted(found, key=lambda each: (-self.retained[each], self.numbers[id(each)]))))

    def node(self, each: HeapObject) -> Dominated:
        """Return the node of an object."""
        number, name, kind = self.numbers[id(each)], self.moment.names.get(id(each), ""), type(each).__name__
        return Dominated(
            number=number,
            words=name if name.startswith(kind) else f"{kind} {name}".rstrip(),
            shallow=int(each.shallow_size()),
            retained=self.retained[each],
            percent=100 * self.retained[each] / self.whole,
            counted_free=number in self.counted_free,
            children=self.under(each),
        )
