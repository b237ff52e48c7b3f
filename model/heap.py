"""The heap is the Python object graph: what refers to what, what is reachable, by which path, and what it retains."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, dataclass_transform

from spillproof.model import identity
from spillproof.model.errors import ModelError
from spillproof.model.place import place_in
from spillproof.model.quantity import Bytes, Linear, Opaque
from spillproof.model.slips import a, refuse_class, refuse_measure

if TYPE_CHECKING:
    import networkx

Member = TypeVar("Member", bound="HeapObject")


@dataclass_transform(eq_default=False, field_specifiers=(field,))
class HeapObject:
    """An object of the modelled heap. Its annotated fields are its state; a field that holds another is a reference.

    A subclass becomes a dataclass that compares by identity. Fields that hold sizes are annotated `Bytes` or `Count`.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        refuse_class(cls)
        refuse_measure(cls)
        for name, default in vars(cls).items():
            if isinstance(default, (Bag, HeapObject, list, dict, set)) and not name.startswith("__"):
                message = (
                    f"{place_in(cls, name)}: {cls.__name__}.{name} = {default!r} would be one that all instances "
                    f"share, and no part of any state; write `{name}: … = field(default_factory=…)`"
                )
                raise ModelError(message)
        try:
            dataclass(eq=False, repr=False)(cls)
        except (TypeError, ValueError) as error:
            raise ModelError(_no_dataclass(cls, error)) from None

    def shallow_size(self) -> Bytes:
        """Return the bytes that this object itself occupies, without what it refers to. Most models leave it 0."""
        return 0

    def __eq__(self, other: object) -> bool:
        """Return whether both are one object of the heap: in a claim about a step, of the states before and after."""
        return True if isinstance(other, HeapObject) and identity.same(self, other) else NotImplemented

    def __hash__(self) -> int:
        return hash(identity.token(self))

    def __repr__(self) -> str:
        """Return the class and which object it is: in a claim about a step, the same text before and after it."""
        return f"<{type(self).__module__}.{type(self).__qualname__} object at {identity.token(self):#x}>"


def _no_dataclass(cls: type, error: Exception) -> str:
    """Return what is wrong with the fields of a heap class, at its line."""
    found = re.search(r"non-default argument '(\w+)'", str(error))
    if found is None:
        return f"{place_in(cls, '')}: the fields of {cls.__name__} do not fit together: {error}"
    return (
        f"{place_in(cls, found[1])}: {cls.__name__}.{found[1]} has no default, and comes after a field that has one; "
        "give it a default, or write it first"
    )


class Bag(Generic[Member]):
    """An unordered collection of heap objects, as a hash set is: engines treat its members as interchangeable.

    Iteration order means nothing and may differ from run to run: add up over it, or let the environment `choose` from
    it, but do not act on the first member.
    """

    __slots__ = ("members",)

    def __init__(self, members: Iterable[Member] = ()) -> None:
        self.members: list[Member] = []
        for member in members:
            self.add(member)

    def add(self, member: Member) -> None:
        """Add a member, if it is not one already."""
        if member not in self:
            self.members.append(member)

    def discard(self, member: Member) -> None:
        """Remove a member, if it is one."""
        self.members = [other for other in self.members if other is not member]

    def clear(self) -> None:
        """Remove every member."""
        self.members = []

    def __contains__(self, candidate: object) -> bool:
        if any(member is candidate for member in self.members):
            return True
        return identity.is_asked() and any(identity.same(member, candidate) for member in self.members)

    def __eq__(self, other: object) -> bool:
        """Return whether both have the same members, in whatever order."""
        if not isinstance(other, Bag):
            return NotImplemented
        return len(self) == len(other) and all(member in other for member in self)

    __hash__ = None  # type: ignore[assignment] # pyright: ignore[reportAssignmentType] # as a set has none

    def __iter__(self) -> Iterator[Member]:
        return iter(tuple(self.members))

    def __len__(self) -> int:
        return len(self.members)

    def __repr__(self) -> str:
        return f"Bag({self.members!r})"


@dataclass(frozen=True, eq=False)
class Reference:
    """One edge of the heap graph: `holder` refers to `target` by `name` (`upstream`, `iterators[0]`)."""

    holder: object
    name: str
    target: HeapObject


def references(holder: object) -> Iterator[Reference]:
    """Yield the references of an object, in the order of its fields."""
    for name, value in vars(holder).items():
        if isinstance(value, HeapObject):
            yield Reference(holder, name, value)
        elif type(value) in CONTAINERS:
            for where, target in _inside(value):
                yield Reference(holder, f"{name}{where}", target)


def _inside(container: Any) -> Iterator[tuple[str, HeapObject]]:
    if type(container) is dict:
        members: Iterable[tuple[str, Any]] = ((f"[{key!r}]", value) for key, value in container.items())
    elif type(container) is Bag:
        members = (("", member) for member in container)
    else:
        members = ((f"[{index}]", value) for index, value in enumerate(container))
    for where, value in members:
        if isinstance(value, HeapObject):
            yield where, value
        elif type(value) in CONTAINERS:
            for further, target in _inside(value):
                yield f"{where}{further}", target


CONTAINERS: frozenset[type] = frozenset((list, tuple, dict, Bag))
"""What may stand between a heap object and another. They have no size of their own."""


def reachable_from(roots: Iterable[HeapObject]) -> list[HeapObject]:
    """Return every object reachable from `roots`, each once, nearest first."""
    found: list[HeapObject] = []
    seen: set[int] = set()
    _add(found, seen, roots)
    for each in found:
        _add(found, seen, vars(each).values())
    return found


class _Leads(dict[type, bool | None]):
    """Whether values of a class are heap objects, or None for containers: asked of every value of every state."""

    def __missing__(self, cls: type) -> bool:
        found = self[cls] = issubclass(cls, HeapObject)
        return found


_LEADS = _Leads({list: None, tuple: None, dict: None, Bag: None})


def _add(found: list[HeapObject], seen: set[int], values: Iterable[Any]) -> None:
    """Add to what was found the objects that stand in values, directly or in containers."""
    for value in values:
        leads = _LEADS[type(value)]
        if leads:
            if id(value) not in seen:
                seen.add(id(value))
                found.append(value)
        elif leads is None:
            _add(found, seen, value.values() if type(value) is dict else value)


def reachable_bytes(roots: Iterable[HeapObject]) -> Bytes:
    """Return the sum of the shallow sizes of everything reachable from `roots`, in bytes."""
    total: Bytes = 0
    for reached in reachable_from(roots):
        total = total + shallow_size_of(reached)
    return total


def shallow_size_of(measured: HeapObject) -> Bytes:
    """Return what an object says that it occupies itself. Raises `ModelError` where that is not a size."""
    size: object = measured.shallow_size()
    if type(size) is not int and not isinstance(size, (Linear, Opaque)):
        refuse_size(measured, size)
    return size  # type: ignore[return-value] # an expression stands for an int


def refuse_negative(measured: HeapObject) -> None:
    """Raise `ModelError` where an object says that it occupies less than nothing.

    To be asked of a state on integers in which no size is below 0: that is the violation of another claim.
    """
    size = shallow_size_of(measured)
    if type(size) is int and size < 0:
        refuse_size(measured, size)


def refuse_size(measured: HeapObject, size: object) -> NoReturn:
    """Raise `ModelError` for what `shallow_size` returned and is no size."""
    cls = next(each for each in type(measured).__mro__ if "shallow_size" in vars(each))
    message = (
        f"{place_in(cls, 'shallow_size')}: {cls.__name__}.shallow_size returns {size!r}, {a(type(size).__name__)}; "
        "it returns a whole number of bytes, 0 or more"
    )
    raise ModelError(message)


def subclasses_of(cls: type) -> Iterator[type]:
    """Yield the classes below a class."""
    found: list[type] = cls.__subclasses__()
    for each in found:
        yield each
        yield from subclasses_of(each)


def path_to(target: HeapObject, roots: Iterable[Reference]) -> tuple[Reference, ...] | None:
    """Return a shortest chain of references from one of `roots` to `target`, or None where there is none.

    As Eclipse MAT's "path to GC roots", read from the root's end.
    """
    waiting: deque[tuple[Reference, ...]] = deque((root,) for root in roots)
    seen: set[int] = set()
    while waiting:
        path = waiting.popleft()
        last = path[-1].target
        if identity.same(last, target):
            return path
        if id(last) not in seen:
            seen.add(id(last))
            waiting.extend((*path, reference) for reference in references(last))
    return None


ROOTS = "roots"
"""The node of a heap graph that refers to every root."""


def graph(roots: Iterable[HeapObject]) -> networkx.MultiDiGraph[HeapObject | str]:
    """Return the reachable heap as a graph; the node `ROOTS` stands for the roots, edges carry the reference's name."""
    import networkx as nx

    roots = list(roots)
    drawn: networkx.MultiDiGraph[HeapObject | str] = nx.MultiDiGraph()
    drawn.add_node(ROOTS)
    for root in roots:
        drawn.add_edge(ROOTS, root, name="root")
    for holder in reachable_from(roots):
        for reference in references(holder):
            drawn.add_edge(holder, reference.target, name=reference.name)
    return drawn


def dominators(roots: Iterable[HeapObject]) -> dict[HeapObject, HeapObject | None]:
    """Return for each reachable object the nearest one that every path to it passes (None: the roots)."""
    import networkx as nx

    found = nx.immediate_dominators(nx.DiGraph(graph(roots)), ROOTS)
    return {
        dominated: dominator if isinstance(dominator, HeapObject) else None
        for dominated, dominator in found.items()
        if isinstance(dominated, HeapObject)
    }


def retained_sizes(roots: Iterable[HeapObject]) -> dict[HeapObject, int]:
    """Return for each reachable object the bytes that would become unreachable with it. Concrete states only."""
    roots = list(roots)
    parents = dominators(roots)
    retained = {reached: shallow_size_of(reached) for reached in parents}
    depth = {reached: len(_chain(reached, parents)) for reached in parents}
    for reached in sorted(parents, key=lambda each: -depth[each]):
        parent = parents[reached]
        if parent is not None:
            retained[parent] += retained[reached]
    return retained


def _chain(start: HeapObject, parents: dict[HeapObject, HeapObject | None]) -> list[HeapObject]:
    chain = [start]
    while (parent := parents[chain[-1]]) is not None:
        chain.append(parent)
    return chain
