"""Which object of a state on integers is which object of a shape: the same graph, the same sizes.

An order is not enough to know an object again. A shape's order takes unknown sizes for alike that may be 0 on integers,
and leaves out what was sliced away. So the graphs are laid on each other, from the model outward; where a bag leaves it
open which member is which, one is tried after the other.
"""

from __future__ import annotations

from typing import Any

from spillproof.model.fields import Holds, fields_of, kind_of
from spillproof.model.quantity import Field, is_number

Known = dict[int, Any]
"""For the id of each object of the one state the object of the other."""

Pair = tuple[Any, Any, bool]
"""A value of each state, and whether it is a size that is left out."""

MOST_TRIES = 20_000
"""Ways to lay the members of bags on each other that are tried."""


def correspondence(one: Any, other: Any, sliced: frozenset[Field] = frozenset()) -> Known | None:
    """Return for each object of a state the one of another that stands in its place, or None if the two differ.

    Fields in `sliced` need not have the same values. Bags have no order. None as well where too many ways would have to
    be tried.
    """
    return _Laying(sliced).lay([(one, other, False)], [], {}, set())


class _Laying:
    def __init__(self, sliced: frozenset[Field]) -> None:
        self.sliced = sliced
        self.tries = 0

    def lay(self, waiting: list[Pair], bags: list[tuple[Any, Any]], known: Known, taken: set[int]) -> Known | None:
        """Lay all that waits on each other, bags last. Return all that is known then."""
        while waiting:
            one, other, left_out = waiting.pop()
            if left_out and is_number(one):
                inner: list[Pair] | None = [] if is_number(other) else None
            elif (kind := kind_of(one)) is not kind_of(other):
                inner = None
            elif kind is Holds.OBJECT:
                inner = self.objects(one, other, known, taken)
            elif kind is Holds.BAG:
                bags.append((one.members, other.members))
                inner = [] if len(one) == len(other) else None
            else:
                inner = _values(one, other, kind, left_out=left_out)
            if inner is None:
                return None
            waiting += inner
        return self.bag(bags, known, taken)

    def objects(self, one: Any, other: Any, known: Known, taken: set[int]) -> list[Pair] | None:
        if id(one) in known or id(other) in taken:
            return [] if known.get(id(one)) is other else None
        fields = fields_of(type(one))
        ours, theirs = vars(one), vars(other)
        names = fields.of(ours)
        if type(one) is not type(other) or names != fields.of(theirs):
            return None
        known[id(one)] = other
        taken.add(id(other))
        return [(ours[name], theirs[name], is_size and (fields.cls, name) in self.sliced) for name, is_size in names]

    def bag(self, bags: list[tuple[Any, Any]], known: Known, taken: set[int]) -> Known | None:
        """Try for the first member of a bag each member of the other, and go on."""
        if not bags:
            return known
        (ones, others), *rest = bags
        if not ones:
            return self.bag(rest, known, taken)
        for place, other in enumerate(others):
            self.tries += 1
            if self.tries > MOST_TRIES:
                return None
            left = (ones[1:], [*others[:place], *others[place + 1 :]])
            found = self.lay([(ones[0], other, False)], [left, *rest], dict(known), set(taken))
            if found is not None:
                return found
        return None


def _values(one: Any, other: Any, kind: Holds, *, left_out: bool) -> list[Pair] | None:
    """Return the pairs of what two values hold, or None if they differ."""
    if type(one) is not type(other):
        return None
    if kind is Holds.SEQUENCE:
        return [(*pair, left_out) for pair in zip(one, other, strict=True)] if len(one) == len(other) else None
    if kind is Holds.DICT:
        return [(one[key], other[key], left_out) for key in one] if list(one) == list(other) else None
    return [] if one == other else None
