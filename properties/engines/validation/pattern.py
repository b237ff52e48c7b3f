"""A shape as a pattern of states on plain integers: it builds them, and it recognises them.

Nothing here uses the keys, copies and canonical forms that the automaton was made with: what those leave out of a
state by mistake is noticed, because a pattern compares every attribute that an object has.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from spillproof.model.heap import Bag
from spillproof.properties.engines.validation.forms import (
    BagOf,
    Holdings,
    ObjectForm,
    arrange,
    bags_of,
    built,
    fits,
    same,
)
from spillproof.properties.engines.validation.pairing import Difference, Differs, Pairing

UNSEEN = 3
"""What a quantity that was sliced away is, in a state that is built: nothing asks for it."""


DEEP = 2
"""New objects that lead to one another which are followed, where they stand in bags."""


class Pattern:
    """The states of one shape. `objects` are those of the shape's symbolic state, in its order; 0 is the model."""

    def __init__(self, objects: Sequence[Any]) -> None:
        self.held = Holdings(objects)
        self.has_bags = any(True for _ in bags_of(objects))
        """Whether its states can be turned around: some bag has more than one member."""

    @cached_property
    def forms(self) -> list[ObjectForm]:
        """What each object is, for where a search is needed."""
        return self.held.forms()

    def build(self, values: Sequence[int], hidden: int = UNSEEN) -> list[Any]:
        """Return the objects of a state that has these sizes, in the order of the pattern."""
        objects: list[Any] = [*map(object.__new__, self.held.classes)]
        fields = [*map(dict.copy, self.held.fixed)]
        for each, its in zip(objects, fields, strict=True):
            object.__setattr__(each, "__dict__", its)
        for place, name, symbol in self.held.amounts:
            fields[place][name] = values[symbol]
        for place, name, target in self.held.references:
            fields[place][name] = objects[target]
        for place, name, spec in self.held.others:
            fields[place][name] = built(spec, objects, values, hidden)
        return objects

    def is_still(self, objects: Sequence[Any], values: Sequence[int]) -> bool:
        """Return whether a state that was built from these values is as it was."""
        if self._evident(objects[0], values, objects, ()) is not None:
            return True
        return not isinstance(self.find(objects[0], values), Difference)

    def arrange(self, objects: Sequence[Any]) -> None:
        """Bring the bags of a state that was found into the order of the pattern, in which choices are numbered."""
        for place, name, spec in self.held.others:
            arrange(spec, vars(objects[place])[name], objects)

    def find(
        self,
        state: Any,
        values: Sequence[int],
        origins: Sequence[int] = (),
        before: Sequence[Any] = (),
        *,
        turned: bool = False,
    ) -> list[Any] | Difference:
        """Return the objects of a state in the order of the pattern if it has these sizes, or how it differs.

        `origins` says for each which of the objects `before` it is, -1 for none of them. With `turned`, a list of
        sizes may have them in another order: it may be a record of what was done to each member of a bag.
        """
        known = [before[each] if each >= 0 else None for each in origins if not turned]
        if known and (evident := self._evident(state, values, known, before)) is not None:
            return evident
        found = self._pair(state, values, known, before if known else (), turned=turned)
        if not known or not isinstance(found, Difference):
            return found
        anyway = self.find(state, values)
        if isinstance(anyway, Difference) or not found.certain:
            return anyway
        return Difference("which object is which", "what it is on unknown sizes", "another")

    def _evident(
        self, state: Any, values: Sequence[int], known: Sequence[Any], others: Sequence[Any]
    ) -> list[Any] | None:
        """Return the objects where no search is needed, as in nearly all states: the known ones, and what they hold.

        None says nothing.
        """
        found = [state, *known[1:]]
        new = [place for place, each in enumerate(found) if each is None]
        if new:
            self._follow(found)
        is_other = known[0] is not None and known[0] is not state
        if is_other or [*map(type, found)] != self.held.classes or len({*map(id, found)}) < len(found):
            return None
        if new and not {id(found[place]) for place in new}.isdisjoint(map(id, others)):
            return None
        return found if self._holds(found, [vars(each) for each in found], values) else None

    def _follow(self, found: list[Any]) -> None:
        """Put in the objects that known ones refer to, or have in a bag alone with known ones."""
        for _ in range(DEEP):
            for place, name, target in self.held.references:
                if found[target] is None:
                    found[target] = _held(found[place], name)
            for place, name, spec in self.held.others:
                left = [each for each in spec.indices if found[each] is None] if isinstance(spec, BagOf) else []
                if len(left) == 1 and isinstance(bag := _held(found[place], name), Bag):
                    known = {*map(id, found)}
                    found[left[0]] = next((each for each in bag.members if id(each) not in known), None)

    def _holds(self, found: Sequence[Any], fields: Sequence[dict[str, Any]], values: Sequence[int]) -> bool:
        """Return whether these objects, which have these attributes, hold what they should, and nothing else.

        Every name is looked up but those of the model that are not part of the state, so that as many are the same.
        """
        held = self.held
        if fields[0].keys() != held.names[0] or [*map(len, fields)] != held.lengths:
            return False
        try:
            return self._hold_each(found, fields, values)
        except KeyError:  # another name
            return False

    def _hold_each(self, found: Sequence[Any], fields: Sequence[dict[str, Any]], values: Sequence[int]) -> bool:
        """Return whether these objects hold all that they should. Raises `KeyError` where a name is missing."""
        held = self.held
        for place, name, value in held.constants:
            seen = fields[place][name]
            if seen is not value and not same(seen, value):
                return False
        return (
            all(fields[place][name] == values[symbol] for place, name, symbol in held.amounts)
            and all(fields[place][name] is found[target] for place, name, target in held.references)
            and all(fits(spec, fields[place][name], found, values) for place, name, spec in held.others)
        )

    def _pair(
        self, state: Any, values: Sequence[int], known: Sequence[Any], others: Sequence[Any], *, turned: bool
    ) -> list[Any] | Difference:
        """Do so where some objects are known; no other one of `others` may be found."""
        difference: Difference | None = None
        for guessing in (False, True):
            search = Pairing(self.forms, values, guessing=guessing, turned=turned)
            try:
                search.begin(state, known, others)
                return search.go_on()
            except Differs as differs:
                difference = differs.difference
        assert difference is not None
        return difference


def _held(holder: Any, name: str) -> Any:
    return getattr(holder, "__dict__", {}).get(name)
