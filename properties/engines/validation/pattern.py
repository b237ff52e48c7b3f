"""A shape as a pattern of states on plain integers: it builds them, and it recognises them.

Nothing here uses the keys, copies and canonical forms that the automaton was made with: what those leave out of a
state by mistake is noticed, because a pattern compares every attribute that an object has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Linear, Opaque
from spillproof.model.system import SCOPE, Model

MOST_GUESSES = 500
"""Ways to pair the members of bags that are tried for one state."""

UNSEEN = 3
"""What a quantity that was sliced away is, in a state that is built: nothing asks for it."""


class Hidden(NamedTuple):
    """A quantity that was sliced away: any number."""


class ObjectAt(NamedTuple):
    """A reference to the object with this number."""

    number: int


class Amount(NamedTuple):
    """A size: the unknown with this number."""

    symbol: int


class BagOf(NamedTuple):
    """A bag of the objects with these indices."""

    indices: tuple[int, ...]


class Row(NamedTuple):
    """A list or a tuple."""

    kind: type[Any]
    items: tuple[Spec, ...]


class Table(NamedTuple):
    """A dict, its keys in their order."""

    keys: tuple[Any, ...]
    items: tuple[Spec, ...]


class Constant(NamedTuple):
    """Anything else."""

    value: Any


Spec: TypeAlias = Hidden | ObjectAt | Amount | BagOf | Row | Table | Constant


PLAIN = frozenset({int, bool, str, type(None), frozenset})
"""Types whose values are constants of every pattern."""


@dataclass
class ObjectForm:
    """What one object of the pattern is: its class, and what each attribute holds. The frequent kinds stand apart."""

    cls: type
    names: frozenset[str]
    fixed: dict[str, Any] = field(default_factory=dict)
    """Every attribute in its order: constants, and what is not part of the state, as they are; others as None."""
    constants: list[tuple[str, Any]] = field(default_factory=list)
    amounts: list[tuple[str, int]] = field(default_factory=list)
    references: list[tuple[str, int]] = field(default_factory=list)
    others: list[tuple[str, Spec]] = field(default_factory=list)


class Pattern:
    """The states of one shape. `objects` are those of the shape's symbolic state, in its order; 0 is the model."""

    def __init__(self, objects: Sequence[Any]) -> None:
        index = {id(each): number for number, each in enumerate(objects)}
        self.forms = [_form(each, index) for each in objects]
        self.has_bags = any(True for _ in bags_of(objects))
        """Whether its states can be turned around: some bag has more than one member."""

    def build(self, values: Sequence[int], hidden: int = UNSEEN) -> list[Any]:
        """Return the objects of a state that has these sizes, in the order of the pattern."""
        objects: list[Any] = [object.__new__(form.cls) for form in self.forms]
        for each, form in zip(objects, self.forms, strict=True):
            fields = form.fixed.copy()
            object.__setattr__(each, "__dict__", fields)
            for name, symbol in form.amounts:
                fields[name] = values[symbol]
            for name, target in form.references:
                fields[name] = objects[target]
            for name, spec in form.others:
                fields[name] = _built(spec, objects, values, hidden)
        return objects

    def arrange(self, objects: Sequence[Any]) -> None:
        """Bring the bags of a state that was found into the order of the pattern, in which choices are numbered."""
        for each, form in zip(objects, self.forms, strict=True):
            for name, spec in form.others:
                _arrange(spec, vars(each)[name], objects)

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
        found = self._pair(state, values, known, before if known else (), turned=turned)
        if not known or not isinstance(found, Difference):
            return found
        anyway = self.find(state, values)
        if isinstance(anyway, Difference) or not found.certain:
            return anyway
        return Difference("which object is which", "what it is on unknown sizes", "another")

    def _pair(
        self, state: Any, values: Sequence[int], known: Sequence[Any], others: Sequence[Any], *, turned: bool
    ) -> list[Any] | Difference:
        """Do so where some objects are known; no other one of `others` may be found."""
        difference: Difference | None = None
        for guessing in (False, True):
            search = _Search(self.forms, values, guessing=guessing, turned=turned)
            try:
                search.begin(state, known, others)
                return search.go_on()
            except _Differs as differs:
                difference = differs.difference
        assert difference is not None
        return difference


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


class _Differs(Exception):
    def __init__(self, where: Place, expected: object, seen: object, *, certain: bool = True) -> None:
        self.difference = Difference(_place(where), str(expected), str(seen), certain)


def _place(where: Place) -> str:
    if where is None:
        return ""
    holder, name = where
    if isinstance(name, int):
        return f"{_place(holder)}[{name}]"
    return f"{_place(holder)}.{name}" if holder else name


class _Search:
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
        """Pair everything that is left. Raises `_Differs` where that is impossible."""
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
                raise _Differs(where, f"a bag of {len(indices)} others", "a bag of other members")
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
        failed: _Differs | None = None
        for each in free:
            self.guesses -= 1
            if self.guesses < 0:
                raise _Differs(bag[2], "a bag like this", "a bag of too many members that look alike", certain=False)
            attempt = self.copy()
            attempt.bags.append(bag)
            try:
                attempt.pair(left[0], each, (bag[2], "member"))
                return attempt.go_on()
            except _Differs as differs:
                if not differs.difference.certain:
                    raise
                failed = failed or differs
            finally:
                self.guesses = attempt.guesses
        assert failed is not None
        raise failed

    def copy(self) -> _Search:
        copy = _Search(self.forms, self.values, guessing=True, turned=self.turned)
        copy.found, copy.index = [*self.found], {**self.index}
        copy.waiting, copy.bags, copy.guesses = [*self.waiting], [*self.bags], self.guesses
        copy.old = self.old
        return copy

    def pair(self, index: int, seen: Any, where: Place) -> None:
        known = self.found[index]
        if known is None and id(seen) not in self.index and id(seen) not in self.old:
            cls = self.forms[index].cls
            if type(seen) is not cls:
                raise _Differs(where, f"a {cls.__name__}", _spell(seen))
            self.found[index] = seen
            self.index[id(seen)] = index
            self.waiting.append((index, where))
        elif known is not seen:
            raise _Differs(where, "another object", _spell(seen))

    def compare(self, index: int, where: Place) -> None:
        form, fields, values = self.forms[index], vars(self.found[index]), self.values
        if fields.keys() != form.names:
            self.refuse_names(form, fields, where)
        for name, value in form.constants:
            seen = fields[name]
            if seen is not value and not same(seen, value):
                raise _Differs((where, name), _spell(value), _spell(seen))
        for name, symbol in form.amounts:
            if fields[name] != values[symbol]:
                raise _Differs((where, name), values[symbol], _spell(fields[name]))
        for name, target in form.references:
            known = self.found[target]
            if known is None or known is not fields[name]:
                self.pair(target, fields[name], (where, name))
        for name, spec in form.others:
            self.look(spec, fields[name], (where, name))

    def look(self, spec: Spec, seen: Any, where: Place) -> None:
        if isinstance(spec, BagOf):
            if type(seen) is not Bag or len(seen.members) != len(spec.indices):
                raise _Differs(where, f"a bag of {len(spec.indices)}", _spell(seen))
            self.bags.append((spec.indices, seen.members, where))
        elif isinstance(spec, Constant):
            if not same(seen, spec.value):
                raise _Differs(where, _spell(spec.value), _spell(seen))
        elif isinstance(spec, Amount):
            if not isinstance(seen, int) or seen != self.values[spec.symbol]:
                raise _Differs(where, self.values[spec.symbol], _spell(seen))
        elif isinstance(spec, Hidden):
            if not isinstance(seen, int):
                raise _Differs(where, "a size", _spell(seen))
        elif isinstance(spec, ObjectAt):
            self.pair(spec.number, seen, where)
        else:
            self.look_inside(spec, seen, where)

    def look_inside(self, spec: Row | Table, seen: Any, where: Place) -> None:
        members = seen
        if isinstance(spec, Table):
            if type(seen) is not dict or len(seen) != len(spec.keys) or not all(map(same, seen, spec.keys)):
                raise _Differs(where, f"a dict of {', '.join(map(repr, spec.keys))}", _spell(seen))
            members = seen.values()
        elif type(seen) is not spec.kind or len(seen) != len(spec.items):
            raise _Differs(where, f"a {spec.kind.__name__} of {len(spec.items)}", _spell(seen))
        if self.turned and all(isinstance(item, Amount) for item in spec.items):
            if sorted(members) != sorted(self.values[item.symbol] for item in spec.items if isinstance(item, Amount)):
                raise _Differs(where, "other sizes", _spell(seen))
            return
        for number, (item, member) in enumerate(zip(spec.items, members, strict=True)):
            self.look(item, member, (where, number))

    def refuse_names(self, form: ObjectForm, fields: dict[str, Any], where: Place) -> None:
        for name in sorted(fields.keys() - form.names):
            raise _Differs((where, name), "missing", _spell(fields[name]))
        for name in sorted(form.names - fields.keys()):
            raise _Differs((where, name), "there", "missing")


def same(one: Any, other: Any) -> bool:
    """Return whether two constants are the same, types and all."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if type(one) is frozenset:
        return {(type(each), each) for each in one} == {(type(each), each) for each in other}
    return bool(one == other)


def _form(each: Any, index: dict[int, int]) -> ObjectForm:
    values = vars(each)
    apart = (SCOPE,) if isinstance(each, Model) else ()
    form = ObjectForm(type(each), frozenset(values))
    for name, value in values.items():
        form.fixed[name] = None
        spec = Constant(value) if type(value) in PLAIN else _spec(value, index)
        if name in apart:
            form.fixed[name] = value
        elif isinstance(spec, Constant):
            form.fixed[name] = spec.value
            form.constants.append((name, spec.value))
        elif isinstance(spec, Amount):
            form.amounts.append((name, spec.symbol))
        elif isinstance(spec, ObjectAt):
            form.references.append((name, spec.number))
        else:
            form.others.append((name, spec))
    return form


def _spec(value: Any, index: dict[int, int]) -> Spec:
    cls = type(value)
    if cls is Linear:
        (symbol,) = value.terms
        return Amount(symbol)
    if cls is Opaque:
        return Hidden()
    if isinstance(value, (HeapObject, Model)):
        return ObjectAt(index[id(value)])
    if cls is Bag:
        return BagOf(tuple(index[id(member)] for member in value.members))
    if cls is list or cls is tuple:
        return Row(cls, tuple(_spec(member, index) for member in value))
    if cls is dict:
        return Table(tuple(value), tuple(_spec(member, index) for member in value.values()))
    return Constant(value)


def _built(spec: Spec, objects: list[Any], values: Sequence[int], hidden: int) -> Any:
    match spec:
        case BagOf():
            bag: Bag[Any] = Bag()
            bag.members = [objects[each] for each in spec.indices]
            return bag
        case Constant():
            return spec.value
        case Amount():
            return values[spec.symbol]
        case ObjectAt():
            return objects[spec.number]
        case Hidden():
            return hidden
    items = [_built(each, objects, values, hidden) for each in spec.items]
    if isinstance(spec, Table):
        return dict(zip(spec.keys, items, strict=True))
    return items if spec.kind is list else tuple(items)


def _arrange(spec: Spec, seen: Any, objects: Sequence[Any]) -> None:
    if isinstance(spec, BagOf):
        seen.members = [objects[each] for each in spec.indices]
    elif isinstance(spec, (Row, Table)):
        for item, member in zip(spec.items, seen.values() if isinstance(spec, Table) else seen, strict=True):
            _arrange(item, member, objects)


def bags_of(objects: Iterable[Any]) -> Iterator[Bag[Any]]:
    """Yield the bags of more than one member that objects hold themselves."""
    return (value for each in objects for value in vars(each).values() if type(value) is Bag and len(value) > 1)


def _spell(value: Any) -> str:
    if isinstance(value, (HeapObject, Model)):
        return f"a {type(value).__name__}"
    if isinstance(value, (list, tuple, dict, Bag)):
        return f"a {type(value).__name__.lower()} of {len(value)}"
    return repr(value)
