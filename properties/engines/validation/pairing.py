"""The search for how the objects of a state are paired with those of a pattern, and the first difference where none is.

Bags have no order, so there may be several ways; that the one which is tried first fails says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.system import Model
from spillproof.properties.engines.validation.forms import (
    Amount,
    BagOf,
    Constant,
    Hidden,
    ObjectAt,
    ObjectForm,
    Row,
    Spec,
    Table,
    same,
)

MOST_GUESSES = 500
"""Ways to pair the members of bags that are tried for one state."""


@dataclass(frozen=True)
class Difference:
    """The first place found where a state is not as expected."""

    where: str
    expected: str
    seen: str
    certain: bool = True
    """False where there were too many ways to pair the members of bags to try them all."""

    def __str__(self) -> str:
        return f"{self.where or 'the model'} is {self.seen}, not {self.expected}"


Place: TypeAlias = "tuple[Place, str | int] | None"
"""Where something stands: in what, and under which name or number. Spelled only where it has to be told."""


class Differs(Exception):
    """A state is not as expected there."""

    def __init__(self, where: Place, expected: object, seen: object, *, certain: bool = True) -> None:
        self.difference = Difference(_place(where), str(expected), str(seen), certain)


def _place(where: Place) -> str:
    if where is None:
        return ""
    holder, name = where
    if isinstance(name, int):
        return f"{_place(holder)}[{name}]"
    return f"{_place(holder)}.{name}" if holder else name


class Pairing:
    """Pairs the objects of a state with those of a pattern, from the model outward; of bags, as many ways as needed.

    BagOf of bags are paired by what they hold themselves first, which nearly always is right: `guessing` is the
    second attempt.
    """

    def __init__(self, forms: list[ObjectForm], values: Sequence[int], *, guessing: bool, turned: bool = False) -> None:
        self.forms = forms
        self.values = values
        self.guessing = guessing
        self.turned = turned
        self.found: list[Any] = [None] * len(forms)
        self.index: dict[int, int] = {}
        self.waiting: list[tuple[int, Place]] = []
        self.bags: list[tuple[tuple[int, ...], list[Any], Place]] = []
        self.guesses = MOST_GUESSES
        self.old: set[int] = set()
        """Objects that nothing more may be paired with."""

    def begin(self, state: Any, known: Sequence[Any], others: Sequence[Any]) -> None:
        """Pair the state, and what is known from before the step; no other object of then may be found."""
        self.pair(0, state, None)
        for index, each in enumerate(known):
            if each is not None:
                self.pair(index, each, None)
        self.old = {id(each) for each in others}

    def go_on(self) -> list[Any]:
        """Pair everything that is left. Raises `Differs` where that is impossible."""
        while True:
            while self.waiting:
                self.compare(*self.waiting.pop())
            if not self.bags:
                return self.found
            indices, members, where = self.bags.pop()
            if all(self.found[index] is member for index, member in zip(indices, members, strict=True)):
                continue  # as nearly always: all are known, and stand in the order of the pattern
            free = [each for each in members if id(each) not in self.index]
            left = [index for index in indices if self.found[index] is None]
            paired = {id(self.found[index]) for index in indices}
            if len(free) != len(left) or any(id(each) in self.index and id(each) not in paired for each in members):
                raise Differs(where, f"a bag of {len(indices)} others", "a bag of other members")
            if len(free) > 1 and self.guessing:
                return self.guess(left, free, (indices, members, where))
            self.pair_alike(left, free, where)

    def pair_alike(self, left: list[int], free: list[Any], where: Place) -> None:
        """Pair each member that is left with the first that holds the same itself."""
        for index in left:
            form = self.forms[index]
            place = next((n for n, m in enumerate(free) if self.alike(form, m)), 0)
            self.pair(index, free.pop(place), (where, "member"))

    def alike(self, form: ObjectForm, member: Any) -> bool:
        fields = vars(member)
        return (
            type(member) is form.cls
            and all(fields.get(name) == self.values[symbol] for name, symbol in form.amounts)
            and all(same(fields.get(name), value) for name, value in form.constants)
            and all(self.index.get(id(fields.get(name)), at) == at for name, at in form.references)
        )

    def guess(self, left: list[int], free: list[Any], bag: tuple[tuple[int, ...], list[Any], Place]) -> list[Any]:
        """Pair the first unpaired member of a bag with each that it may be."""
        failed: Differs | None = None
        for each in free:
            self.guesses -= 1
            if self.guesses < 0:
                raise Differs(bag[2], "a bag like this", "a bag of too many members that look alike", certain=False)
            attempt = self.copy()
            attempt.bags.append(bag)
            try:
                attempt.pair(left[0], each, (bag[2], "member"))
                return attempt.go_on()
            except Differs as differs:
                if not differs.difference.certain:
                    raise
                failed = failed or differs
            finally:
                self.guesses = attempt.guesses
        assert failed is not None
        raise failed

    def copy(self) -> Pairing:
        copy = Pairing(self.forms, self.values, guessing=True, turned=self.turned)
        copy.found, copy.index = [*self.found], {**self.index}
        copy.waiting, copy.bags, copy.guesses = [*self.waiting], [*self.bags], self.guesses
        copy.old = self.old
        return copy

    def pair(self, index: int, seen: Any, where: Place) -> None:
        known = self.found[index]
        if known is None and id(seen) not in self.index and id(seen) not in self.old:
            cls = self.forms[index].cls
            if type(seen) is not cls:
                raise Differs(where, f"a {cls.__name__}", _spell(seen))
            self.found[index] = seen
            self.index[id(seen)] = index
            self.waiting.append((index, where))
        elif known is not seen:
            raise Differs(where, "another object", _spell(seen))

    def compare(self, index: int, where: Place) -> None:
        form, fields, values = self.forms[index], vars(self.found[index]), self.values
        if fields.keys() != form.names:
            self.refuse_names(form, fields, where)
        for name, value in form.constants:
            seen = fields[name]
            if seen is not value and not same(seen, value):
                raise Differs((where, name), _spell(value), _spell(seen))
        for name, symbol in form.amounts:
            if fields[name] != values[symbol]:
                raise Differs((where, name), values[symbol], _spell(fields[name]))
        for name, target in form.references:
            known = self.found[target]
            if known is None or known is not fields[name]:
                self.pair(target, fields[name], (where, name))
        for name, spec in form.others:
            self.look(spec, fields[name], (where, name))

    def look(self, spec: Spec, seen: Any, where: Place) -> None:
        if isinstance(spec, BagOf):
            if type(seen) is not Bag or len(seen.members) != len(spec.indices):
                raise Differs(where, f"a bag of {len(spec.indices)}", _spell(seen))
            self.bags.append((spec.indices, seen.members, where))
        elif isinstance(spec, Constant):
            if not same(seen, spec.value):
                raise Differs(where, _spell(spec.value), _spell(seen))
        elif isinstance(spec, Amount):
            if not isinstance(seen, int) or seen != self.values[spec.symbol]:
                raise Differs(where, self.values[spec.symbol], _spell(seen))
        elif isinstance(spec, Hidden):
            if not isinstance(seen, int):
                raise Differs(where, "a size", _spell(seen))
        elif isinstance(spec, ObjectAt):
            self.pair(spec.number, seen, where)
        else:
            self.look_inside(spec, seen, where)

    def look_inside(self, spec: Row | Table, seen: Any, where: Place) -> None:
        members = seen
        if isinstance(spec, Table):
            if type(seen) is not dict or len(seen) != len(spec.keys) or not all(map(same, seen, spec.keys)):
                raise Differs(where, f"a dict of {', '.join(map(repr, spec.keys))}", _spell(seen))
            members = seen.values()
        elif type(seen) is not spec.kind or len(seen) != len(spec.items):
            raise Differs(where, f"a {spec.kind.__name__} of {len(spec.items)}", _spell(seen))
        if self.turned and all(isinstance(item, Amount) for item in spec.items):
            if sorted(members) != sorted(self.values[item.symbol] for item in spec.items if isinstance(item, Amount)):
                raise Differs(where, "other sizes", _spell(seen))
            return
        for number, (item, member) in enumerate(zip(spec.items, members, strict=True)):
            self.look(item, member, (where, number))

    def refuse_names(self, form: ObjectForm, fields: dict[str, Any], where: Place) -> None:
        for name in sorted(fields.keys() - form.names):
            raise Differs((where, name), "missing", _spell(fields[name]))
        for name in sorted(form.names - fields.keys()):
            raise Differs((where, name), "there", "missing")


def _spell(value: Any) -> str:
    if isinstance(value, (HeapObject, Model)):
        return f"a {type(value).__name__}"
    if isinstance(value, (list, tuple, dict, Bag)):
        return f"a {type(value).__name__.lower()} of {len(value)}"
    return repr(value)
