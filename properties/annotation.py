"""What a claim is about, as the annotations of its arguments say, and what a system lacks of it.

An annotation is a class, a protocol, or several of them (`A | B`: any of these). A protocol asks for methods, which are
called on a state; one that is there in another form, such as a property, is a slip that is worth a word.
"""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, partialmethod
from types import CodeType, FunctionType, SimpleNamespace, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from spillproof.model.heap import HeapObject, subclasses_of
from spillproof.model.system import Model


@dataclass(frozen=True)
class Unresolved:
    """An annotation that names nothing."""

    text: str
    why: str


class Subject:
    """What a claim is about. An annotation that names nothing yet is looked up again when it is asked for."""

    def __init__(self, function: Callable[..., Any] | None = None, names: Mapping[str, Any] | None = None) -> None:
        self.function = function
        self.names = dict(names or {})
        self._hints: list[Any] | None = None

    @property
    def hints(self) -> list[Any]:
        """Return the annotation of each argument that has one; `Unresolved` for one that names nothing."""
        if self._hints is None:
            found = [] if self.function is None else list(_hints(self.function, self.names))
            if any(isinstance(each, Unresolved) for each in found):
                return found
            self._hints = found
        return self._hints

    @property
    def about(self) -> Any:
        """Return the annotation of the last argument that has one; `object` where none has."""
        return self.hints[-1] if self.hints else object

    def is_anything(self) -> bool:
        """Return whether the annotations leave open what the claim is about."""
        return all(each in (object, Any) for each in self.hints)

    def applies_to(self, system: type) -> bool:
        """Return whether a system is, or offers, what every annotation asks for."""
        return all(_applies(each, system) for each in self.hints)

    def lacks(self, system: type) -> list[Lack]:
        """Return what a system lacks of the protocols that are asked for."""
        return list(dict.fromkeys(lack for each in self.hints for kind in _kinds(each) for lack in lacks(kind, system)))

    def unresolved(self) -> Unresolved | None:
        """Return the annotation that names nothing, if there is one."""
        return next((each for each in self.hints if isinstance(each, Unresolved)), None)

    def kinds(self) -> list[Any]:
        """Return the classes and protocols that are named."""
        return [kind for each in self.hints for kind in _kinds(each)]


def subject_of(function: Callable[..., Any], names: Mapping[str, Any]) -> Subject:
    """Return what a claim is about that is made from this function, where these local names are known besides."""
    return Subject(function, names)


def _hints(function: Callable[..., Any], names: Mapping[str, Any]) -> Iterator[Any]:
    try:
        written = function.__annotations__
    except NameError as error:
        yield Unresolved("an annotation", str(error))
        return
    for name in inspect.signature(function).parameters:
        if name in written:
            one = SimpleNamespace(__annotations__={"it": written[name]})
            try:
                yield get_type_hints(one, function.__globals__, dict(names))["it"]
            except Exception as error:  # noqa: BLE001 - an annotation is an expression, and may raise anything
                yield Unresolved(str(written[name]), str(error) or type(error).__name__)


def _applies(hint: Any, system: type) -> bool:
    if hint in (object, Any):
        return True
    return any(
        not lacks(kind, system) if is_protocol(kind) else isinstance(kind, type) and issubclass(system, kind)
        for kind in _kinds(hint)
    )


def _kinds(hint: Any) -> list[Any]:
    """Return the classes that an annotation names, each of which will do."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return [kind for each in get_args(hint) for kind in _kinds(each)]
    if origin is Annotated:
        return _kinds(get_args(hint)[0])
    if isinstance(hint, TypeVar):
        bounds = hint.__constraints__ or ((hint.__bound__,) if hint.__bound__ is not None else ())
        return [kind for each in bounds for kind in _kinds(each)]
    return [origin if isinstance(origin, type) else hint]


def is_protocol(kind: Any) -> bool:
    """Return whether this is a protocol."""
    return bool(getattr(kind, "_is_protocol", False))


# What a system offers of a protocol


@dataclass(frozen=True)
class Lack:
    """Something that a protocol asks for, and that a system does not have as a method."""

    name: str
    seen: str
    """What there is of that name instead, as a sentence; empty where there is nothing."""


@cache
def members(protocol: type) -> dict[str, object]:
    """Return what a protocol asks for, by name: the method, or something else for an attribute."""
    found: dict[str, object] = {}
    for ancestor in reversed(protocol.__mro__):
        if is_protocol(ancestor) and ancestor.__module__ != "typing":
            named: dict[str, Any] = dict.fromkeys(vars(ancestor).get("__annotations__", {}))
            found |= {name: each for name, each in (named | vars(ancestor)).items() if not name.startswith("_")}
    return found


def lacks(protocol: type, system: type) -> list[Lack]:
    """Return what a system lacks of what a protocol asks for."""
    if not is_protocol(protocol):
        return []
    wanted = members(protocol)
    return [Lack(name, seen) for name, method in wanted.items() if (seen := _amiss(system, name, method)) is not None]


def _amiss(system: type, name: str, method: object) -> str | None:
    """Return what a system has instead of a member of a protocol: empty for nothing, None where it has the member."""
    found = inspect.getattr_static(system, name, None)
    if not isinstance(method, FunctionType):
        return None if found is not None or _is_attribute(system, name) else ""
    if found is None:
        if _is_attribute(system, name):
            return f"{system.__name__}.{name} is an attribute; write a method"
        return f"{system.__name__}.{name} is given by __getattr__; write a method" if _is_given(system, name) else ""
    if kind := _other_kind(found):
        return f"{system.__name__}.{name} is {kind}; write a method"
    return _other_arguments(system, name, found, method)


def _other_kind(found: object) -> str:
    """Return what something is that is not a method; empty for a method."""
    if isinstance(found, staticmethod):
        return "a static method, which cannot see the state"
    if isinstance(found, classmethod):
        return "a class method, which cannot see the state"
    if isinstance(found, type):
        return "a class"
    if inspect.iscoroutinefunction(found) or inspect.isasyncgenfunction(found):
        return "an async function"
    if callable(found) or isinstance(found, partialmethod):
        return ""
    return "a property" if hasattr(type(found), "__get__") else "an attribute"


def _other_arguments(system: type, name: str, found: Any, method: FunctionType) -> str | None:
    parameters = list(inspect.signature(method).parameters.values())[1:]
    given = [None for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    named = {each.name: None for each in parameters if each.kind is each.KEYWORD_ONLY}
    try:
        signature = inspect.signature(found)
    except (TypeError, ValueError):
        return None
    try:
        signature.bind(None, *given, **named)
    except TypeError:
        asked = ", ".join(str(each.name) for each in parameters)
        return f"{system.__name__}.{name} takes {signature}, and is called as {name}({asked})"
    return None


# What a person may have meant

ALIKE = 0.85
"""Names that have so much in common, and differ by one letter in length at most, are taken for a slip of the pen."""


def misspelt(system: type, name: str) -> str:
    """Return what a system has that may be a misspelt name, as a sentence; empty where there is nothing like it."""
    for other in sorted(_written(system)):
        if _is_alike(name, other):
            return f"{system.__name__} has {other}, but no {name}; is it misspelt?"
    return ""


def _is_alike(name: str, other: str) -> bool:
    one, two = (each.replace("_", "").lower() for each in (name, other))
    return abs(len(one) - len(two)) <= 1 and one[:1] == two[:1] and SequenceMatcher(None, one, two).ratio() >= ALIKE


def _written(system: type) -> Iterator[str]:
    """Yield the names of a system's own questions, methods and properties, that no protocol of ours asks for."""
    for cls in system.__mro__:
        if cls is Model or cls is object or cls.__module__.startswith("spillproof."):
            continue
        for name, value in vars(cls).items():
            is_question = _takes_nothing(value) and not getattr(value, "is_action", False)
            if (is_question or isinstance(value, property)) and not name.startswith("__") and name not in _asked_for:
                yield name


def _takes_nothing(value: object) -> bool:
    if not isinstance(value, FunctionType):
        return False
    parameters = list(inspect.signature(value).parameters.values())[1:]
    return all(each.default is not each.empty or each.kind is each.VAR_POSITIONAL for each in parameters)


_asked_for: set[str] = set()
"""Names that protocols of ours ask for: a model that has one of them means it."""


def take_note(protocol: Any) -> None:
    """Let the names of a protocol be none that are misspelt."""
    if is_protocol(protocol):
        _asked_for.update(members(protocol))


@cache
def _is_attribute(system: type, name: str) -> bool:
    """Return whether a class declares an attribute, or a method of it sets one."""
    return any(name in vars(cls).get("__annotations__", {}) for cls in system.__mro__) or any(
        name in _sets(value.__code__)
        for cls in system.__mro__
        if cls.__module__ != "builtins"
        for value in vars(cls).values()
        if isinstance(value, FunctionType)
    )


@cache
def _is_given(system: type, name: str) -> bool:
    """Return whether a `__getattr__` gives what has this name: it names that, or asks something else for any name."""
    gives = [vars(cls)["__getattr__"] for cls in system.__mro__ if "__getattr__" in vars(cls)]
    codes = [each.__code__ for each in gives if isinstance(each, FunctionType)]
    beside = {cls.__module__ for cls in system.__mro__}
    return any(_names(code, name) or ("getattr" in code.co_names and _is_a_method(name, beside)) for code in codes)


def _names(code: CodeType, name: str) -> bool:
    """Return whether a piece of code has a text among its constants, by itself or in a tuple or set of them."""
    return any(each == name or (isinstance(each, (tuple, frozenset)) and name in each) for each in code.co_consts)


def _is_a_method(name: str, modules: set[str]) -> bool:
    """Return whether a class of a heap, in some modules, has a method of this name: it may be asked instead."""
    heap = (cls for cls in subclasses_of(HeapObject) if cls.__module__ in modules)
    return any(isinstance(vars(cls).get(name), FunctionType) for cls in heap)


@cache
def _sets(code: CodeType) -> frozenset[str]:
    return frozenset(each.argval for each in dis.get_instructions(code) if each.opname == "STORE_ATTR")
