"""What a model is: a beginning, actions with guards, and the heap that they change.

A model is a class. `begin` builds the state; each method marked `@action` is a step that the environment may take. The
annotations are the quantifiers, and all that an engine needs to know:

- an argument annotated `Bytes` or `Count` ranges over all positive sizes;
- one annotated with a heap class ranges over the instances reachable now;
- one annotated `bool` or with an `Enum` ranges over its values.

The arguments of `begin` are the scope: those with a default, or given to the class (`SparkTask(consumers=3)`), are
constants; a size that is given neither is left open, and engines that can speak of all its values do.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum, Flag
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from spillproof.model import identity, oracle
from spillproof.model.errors import ModelError, model_line, place_of
from spillproof.model.heap import HeapObject, Reference, reachable_bytes, references
from spillproof.model.names import instead as there_is
from spillproof.model.notebook import as_html
from spillproof.model.place import place_in
from spillproof.model.quantity import Bytes, Quantity
from spillproof.model.slips import note_marked, refuse_marked, refuse_model, refuse_scope_value

Method = TypeVar("Method", bound=Callable[..., None])


def action(method: Method) -> Method:
    """Mark a method of a model as a step that the environment may take."""
    refuse_marked(method, model_line())
    note_marked(method)
    vars(method)["is_action"] = True
    return method


def require(guard: bool) -> None:  # noqa: FBT001 - reads as a sentence: require(free >= size)
    """State a guard: where it is false the action cannot be taken, and nothing that it did has happened."""
    _refuse_pair(guard)
    if not guard:
        oracle.refuse()


def _refuse_pair(guard: object) -> None:
    """Raise `ModelError` for a guard with its message in a pair: that is never false."""
    if type(guard) is tuple and any(type(each) is str for each in guard[1:]):
        oracle.refuse_slip("require is given a guard and a text in a pair, which is never false; write the guard alone")


class Kind(Enum):
    """What an argument ranges over."""

    SIZE = "all positive sizes"
    OBJECT = "the live instances"
    VALUE = "its values"
    CONSTANT = "one value"


@dataclass(frozen=True)
class Parameter:
    """An argument of an action or of `begin`, and what it ranges over."""

    name: str
    kind: Kind
    type: type
    values: tuple[object, ...] = ()
    """The values of a bool or an enum, or the one value of a constant."""


@dataclass(frozen=True)
class Action:
    """A step that the environment may take."""

    name: str
    parameters: tuple[Parameter, ...]

    def take(self, state: Model, arguments: tuple[object, ...]) -> None:
        """Change `state` as the step does. Raises `Require` where it cannot be taken."""
        _carry_out(getattr(state, self.name), arguments, {})


def _carry_out(method: Callable[..., object], arguments: tuple[object, ...], named: Mapping[str, object]) -> None:
    """Call a method of a model as one step: what ends it does so even if the model catches it.

    What is raised then is the model's own, and for each engine the same: an `Exception`, `Require` or `ModelError`.
    """
    running = oracle.running()
    running.begin_step()
    try:
        returned = method(*arguments, **named)
    except (KeyboardInterrupt, Exception) as error:
        running.end_step(error)
        raise
    except BaseException as error:
        running.end_step(error)
        code = f"({error.code})" if isinstance(error, SystemExit) else ""
        message = f"{method.__name__} leaves Python with {type(error).__name__}{code}"
        raise RuntimeError(message) from error
    running.end_step()
    if _is_lazy(returned):
        message = (
            f"{place_of(method)}: {method.__name__} returns a {type(returned).__name__}, which has done nothing yet; "
            "write it as a plain function that does its work before it returns"
        )
        raise ModelError(message)


_LAZY = (Iterator, Awaitable, AsyncIterator, AbstractContextManager)


def _is_lazy(returned: object) -> bool:
    """Return whether what a step returned is a step that was not taken: a generator, a coroutine, a `map`."""
    return returned is not None and isinstance(returned, _LAZY) and not isinstance(returned, HeapObject)


class Constants(Mapping[str, object]):
    """The constants of a scope, by name. They do not change, so that a copy is the same."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = {**values}

    def __getitem__(self, name: str) -> object:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(self._values)

    def __copy__(self) -> Constants:
        return self

    def __deepcopy__(self, _known: object) -> Constants:
        return self


SCOPE = "the scope"
"""Among the attributes of a model and its states, where no field of a model can be: it has a space in its name."""


class Model:
    """A memory manager and its environment, as a state machine over a heap.

    A subclass writes `begin`, its `@action`s, and `accounted` if it has claims about accounting. An instance is the
    model at one scope; `start` gives a state, which is an instance too.
    """

    @property
    def scope(self) -> Mapping[str, object]:
        """The constants of the scope by name; a size that is left open is not among them.

        Unless a state has a field of this name: then it is that, a field like any other.
        """
        fields = vars(self)
        found: Mapping[str, object] = fields["scope"] if "scope" in fields else fields[SCOPE]
        return found

    @scope.setter
    def scope(self, value: Any) -> None:
        vars(self)["scope"] = value

    @scope.deleter
    def scope(self) -> None:
        vars(self).pop("scope", None)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if issubclass(cls, HeapObject):
            message = (
                f"{place_in(cls, '')}: {cls.__name__} is a Model and a HeapObject; the heap is what a model has in its "
                "fields"
            )
            raise ModelError(message)
        for name, instead in (("__init__", "write `begin`, whose arguments are the scope"),
                              ("__slots__", "leave it out: the state is what `vars` shows")):  # fmt: skip
            if name in vars(cls):
                message = f"{place_in(cls, name)}: the model {cls.__name__} has its own {name}; {instead}"
                raise ModelError(message)
        if not cls.__module__.startswith("spillproof."):  # the catalogue's are looked at when they are used
            refuse_model(cls)

    def __init__(self, **scope: Any) -> None:
        if type(self).begin is Model.begin:
            message = f"{type(self).__name__} has no beginning: write `begin`, which builds the first state"
            raise ModelError(message)
        known = dict(_signature(type(self).begin))
        for name in scope:
            if name not in known:
                message = f"{type(self).__name__} has no scope {name!r}; {there_is(name, known)}"
                raise ModelError(message)
        defaults = {name: each.default for name, each in known.items() if each.default is not each.empty}
        vars(self)[SCOPE] = Constants(defaults | scope)
        _check_scope(self)

    def __eq__(self, other: object) -> bool:
        """Return whether both are one state. Raises `ModelError` where a claim compares one with another."""
        if self is not other and identity.is_asked() and isinstance(other, Model):
            identity.refuse_states()
        return True if self is other else NotImplemented

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        """Return the class and its scope: `SparkTask(consumers=2)`. What is left open is not in it."""
        return f"{type(self).__name__}({', '.join(_in_words(_constants(self)))})"

    def __str__(self) -> str:
        """Return the model and its scope, as the command's first line has them."""
        return headline(self)

    def _repr_html_(self) -> str:
        return as_html(str(self))

    def begin(self, *_scope: Any, **_more: Any) -> None:
        """Build the first state. The arguments of a subclass's `begin` are its scope."""
        raise NotImplementedError

    def roots(self) -> Iterator[Reference]:
        """Yield the references from outside the heap: everything that is not reachable from them is garbage.

        Every heap object that the model itself refers to, unless a subclass says otherwise.
        """
        return references(self)

    def reachable(self) -> Bytes:
        """Return the bytes that are reachable from the roots."""
        if type(self).roots is Model.roots:  # what it refers to: nobody asks by which names
            return reachable_bytes(vars(self).values())
        return reachable_bytes(reference.target for reference in self.roots())

    def unclaimed(self) -> Bytes:
        """Return what consumers' own live structures hold beyond what they have claimed. 0 with exact accounting."""
        return 0

    def start(self, **open_sizes: Any) -> Any:
        """Return a new first state, with a value for everything that the scope leaves open."""
        state = object.__new__(type(self))
        vars(state)[SCOPE] = vars(self)[SCOPE]
        _carry_out(state.begin, (), {**vars(self)[SCOPE], **open_sizes})
        return state


def headline(model: Model, name: str = "") -> str:
    """Return what a model is called, the constants of its scope, and what is left open, in one line."""
    given = _constants(model)
    parameters = _parameters(type(model).begin, f"{type(model).__name__}.begin")
    left = [each for each in parameters if each.name not in given]
    words = _in_words(given) + [f"{'any' if each.kind is Kind.SIZE else 'every'} {each.name}" for each in left]
    return f"{name or type(model).__name__}  {', '.join(words)}".rstrip()


def _constants(model: Model) -> Mapping[str, object]:
    """Return the constants of the scope, even of a state that has a field called `scope`."""
    given: Mapping[str, object] = vars(model).get(SCOPE, {})
    return given


def _in_words(constants: Mapping[str, object]) -> list[str]:
    """Return each constant in words, but for sets, such as the fixes of a release, which are long, and for None."""
    return [
        f"{name}={getattr(value, 'name', value)}"
        for name, value in constants.items()
        if value is not None and not isinstance(value, frozenset)
    ]


_actions: dict[type[Model], tuple[Action, ...]] = {}


def actions_of(model: type[Model]) -> tuple[Action, ...]:
    """Return the actions of a model, in the order in which they are written."""
    if model not in _actions:
        _actions[model] = _find_actions(model)
    return _actions[model]


def _find_actions(model: type[Model]) -> tuple[Action, ...]:
    refuse_model(model)
    found: dict[str, Action] = {}
    for ancestor in reversed(model.__mro__):
        for name, marked in vars(ancestor).items():
            if getattr(marked, "is_action", False):
                found.pop(name, None)
                method = getattr(model, name)
                found[name] = Action(name, _parameters(method, f"{place_of(method)}: {model.__name__}.{name}"))
    if not found:
        message = f"{model.__name__} has no actions: mark the steps that the environment may take with @action"
        raise ModelError(message)
    return tuple(found.values())


def open_parameters(model: Model) -> tuple[Parameter, ...]:
    """Return what the scope leaves open: sizes that are not given, and switches without a default."""
    parameters = _parameters(type(model).begin, f"{type(model).__name__}.begin")
    return tuple(each for each in parameters if each.name not in model.scope)


@cache
def _parameters(method: Callable[..., object], where: str) -> tuple[Parameter, ...]:
    try:
        hints = get_type_hints(method, include_extras=True)
    except NameError as error:
        message = f"{where}: {error}; import the annotation's class outside of `if TYPE_CHECKING`"
        raise ModelError(message) from None
    return tuple(_parameter(name, hints.get(name), where) for name, _ in _signature(method))


def _signature(method: Callable[..., object]) -> list[tuple[str, inspect.Parameter]]:
    """Return the parameters of a method but for the first, which is the state."""
    return [*inspect.signature(method).parameters.items()][1:]


def _parameter(name: str, hint: Any, where: str) -> Parameter:
    if _is_size(hint):
        return Parameter(name, Kind.SIZE, int)
    plain = get_origin(hint) or hint
    if isinstance(plain, type):
        if issubclass(plain, HeapObject):
            return Parameter(name, Kind.OBJECT, plain)
        if issubclass(plain, bool):
            return Parameter(name, Kind.VALUE, bool, (False, True))
        if issubclass(plain, Enum):
            return Parameter(name, Kind.VALUE, plain, _members(plain, name, where))
    if where.endswith(".begin"):
        return Parameter(name, Kind.CONSTANT, plain if isinstance(plain, type) else object)
    if is_quantity(hint):
        message = f"{where}: the argument {name!r} ranges over sizes and more; use Bytes alone, and a bool beside it"
        raise ModelError(message)
    message = (
        f"{where}: the argument {name!r} is annotated {_spell(hint)}, which is nothing to range over; "
        "use Bytes, Count, a HeapObject class, bool or an Enum"
    )
    raise ModelError(message)


def _members(enum: type[Enum], name: str, where: str) -> tuple[Enum, ...]:
    """Return the values of an enum. Raises `ModelError` for one that has none, more than its members, or equal ones."""
    why = "is a Flag, which has combinations; use a bool for each bit" if issubclass(enum, Flag) else ""
    if not why and not len(enum):
        why = "has no members"
    if not why and not _are_told_apart(enum):
        why = "says that its members are equal, or cannot be compared; leave out its `__eq__` and `__hash__`"
    if why:
        message = f"{where}: the argument {name!r} ranges over {enum.__name__}, which {why}"
        raise ModelError(message)
    return tuple(enum)


def _are_told_apart(enum: type[Enum]) -> bool:
    try:
        return len(set(enum)) == len(enum)
    except Exception:  # noqa: BLE001 - the enum is not ours
        return False


def is_quantity(hint: Any) -> bool:
    """Return whether an annotation is a quantity, or holds one (`list[Bytes]`, `Bytes | None`)."""
    return _is_size(hint) or any(is_quantity(part) for part in get_args(hint))


def _is_size(hint: Any) -> bool:
    """Return whether an annotation is `Bytes` or `Count`, and nothing besides."""
    return any(isinstance(mark, Quantity) for mark in getattr(hint, "__metadata__", ()))


def _spell(hint: Any) -> str:
    return "with nothing" if hint is None else str(getattr(hint, "__name__", hint))


def _is_optional_number(hint: Any) -> bool:
    """Return whether an annotation is `int | None`: what a scope may leave out."""
    return set(get_args(hint)) == {int, type(None)}


def _check_scope(model: Model) -> None:
    where = f"{place_of(type(model).begin)}: {type(model).__name__}.begin"
    for name, value in model.scope.items():
        refuse_scope_value(where, name, value)
    hints = get_type_hints(type(model).begin, include_extras=True)
    for each in _parameters(type(model).begin, f"{type(model).__name__}.begin"):
        if each.name not in model.scope:
            if each.kind is Kind.CONSTANT:
                message = f"{type(model).__name__} needs a value for its scope {each.name!r}"
                raise ModelError(message)
            continue
        value = model.scope[each.name]
        or_none = _is_optional_number(hints.get(each.name))
        number = each.kind is Kind.SIZE or each.type is int or (or_none and value is not None)
        if number and (type(value) is not int or value < 1):
            message = (
                f"{type(model).__name__}: the scope {each.name!r} must be a whole number of at least 1, not {value!r}"
            )
            raise ModelError(message)
