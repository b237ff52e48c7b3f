"""What the objects of a shape are: their classes, and what each attribute holds, with a number for each unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, KeysView, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Linear, Opaque
from spillproof.model.system import SCOPE, Model


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
    names: KeysView[str]
    constants: list[tuple[str, Any]] = field(default_factory=list)
    amounts: list[tuple[str, int]] = field(default_factory=list)
    references: list[tuple[str, int]] = field(default_factory=list)
    others: list[tuple[str, Spec]] = field(default_factory=list)


class Holdings:
    """What all objects of a pattern hold, in one row of each kind: by the number of the object, and the name."""

    def __init__(self, objects: Sequence[Any]) -> None:
        self.index = {id(each): number for number, each in enumerate(objects)}
        self.classes = [*map(type, objects)]
        self.constants: list[tuple[int, str, Any]] = []
        self.amounts: list[tuple[int, str, int]] = []
        self.references: list[tuple[int, str, int]] = []
        self.others: list[tuple[int, str, Spec]] = []
        self.fixed = [self.take_in(place, each) for place, each in enumerate(objects)]
        """Every attribute in its order: constants, and what is not part of the state, as they are; others as None."""
        self.names = [fixed.keys() for fixed in self.fixed]
        self.lengths = [*map(len, self.fixed)]

    def take_in(self, place: int, each: Any) -> dict[str, Any]:
        """Put what an object holds into the rows. Return what is the same in every state."""
        fixed: dict[str, Any] = {}
        apart = SCOPE if isinstance(each, Model) else ""
        for name, value in vars(each).items():
            cls = type(value)
            fixed[name] = None
            if name == apart:
                fixed[name] = value
            elif cls in PLAIN:
                fixed[name] = value
                self.constants.append((place, name, value))
            elif cls is Linear:
                self.amounts.append((place, name, _symbol(value)))
            elif id(value) in self.index:
                self.references.append((place, name, self.index[id(value)]))
            else:
                fixed[name] = self.take_in_spec(place, name, _spec(value, self.index))
        return fixed

    def take_in_spec(self, place: int, name: str, spec: Spec) -> Any:
        """Put what an attribute holds into its row. Return it if it is the same in every state."""
        if isinstance(spec, Constant):
            self.constants.append((place, name, spec.value))
            return spec.value
        self.others.append((place, name, spec))
        return None

    def forms(self) -> list[ObjectForm]:
        """Return the same by objects."""
        forms = [ObjectForm(*each) for each in zip(self.classes, self.names, strict=True)]
        for kind in ("constants", "amounts", "references", "others"):
            for place, name, what in getattr(self, kind):
                getattr(forms[place], kind).append((name, what))
        return forms


def _spec(value: Any, index: dict[int, int]) -> Spec:
    cls = type(value)
    if cls is Linear:
        return Amount(_symbol(value))
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


def _symbol(size: Linear) -> int:
    """Return the unknown that a size is."""
    (symbol,) = size.terms
    return symbol


def built(spec: Spec, objects: list[Any], values: Sequence[int], hidden: int) -> Any:
    """Return what a state has there that has these objects and sizes."""
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
    items = [built(each, objects, values, hidden) for each in spec.items]
    if isinstance(spec, Table):
        return dict(zip(spec.keys, items, strict=True))
    return items if spec.kind is list else tuple(items)


def fits(spec: Spec, seen: Any, objects: Sequence[Any], values: Sequence[int]) -> bool:
    """Return whether a state that has these objects and sizes has this there; a bag in any order."""
    match spec:
        case BagOf():
            return type(seen) is Bag and _are(seen.members, [objects[each] for each in spec.indices])
        case Constant():
            return same(seen, spec.value)
        case Amount():
            return isinstance(seen, int) and seen == values[spec.symbol]
        case ObjectAt():
            return seen is objects[spec.number]
        case Hidden():
            return isinstance(seen, int)
    if isinstance(spec, Table):
        if type(seen) is not dict or len(seen) != len(spec.keys) or not all(map(same, seen, spec.keys)):
            return False
        seen = seen.values()
    elif type(seen) is not spec.kind or len(seen) != len(spec.items):
        return False
    return all(fits(item, member, objects, values) for item, member in zip(spec.items, seen, strict=True))


def _are(members: Sequence[Any], others: Sequence[Any]) -> bool:
    """Return whether the members of a bag are these, which are different ones."""
    return len(members) == len(others) and {*map(id, members)} == {*map(id, others)}


def arrange(spec: Spec, seen: Any, objects: Sequence[Any]) -> None:
    """Bring the bags that an attribute holds into the order of the pattern."""
    if isinstance(spec, BagOf):
        seen.members = [objects[each] for each in spec.indices]
    elif isinstance(spec, (Row, Table)):
        for item, member in zip(spec.items, seen.values() if isinstance(spec, Table) else seen, strict=True):
            arrange(item, member, objects)


def bags_of(objects: Iterable[Any]) -> Iterator[Bag[Any]]:
    """Yield the bags of more than one member that objects hold themselves."""
    return (value for each in objects for value in vars(each).values() if type(value) is Bag and len(value) > 1)


def same(one: Any, other: Any) -> bool:
    """Return whether two constants are the same, types and all."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if type(one) is frozenset:
        return {(type(each), each) for each in one} == {(type(each), each) for each in other}
    return bool(one == other)
