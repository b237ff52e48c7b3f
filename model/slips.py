"""What a person gets wrong in writing a model or a heap class, said as theirs: the class, the name, the line.

An engine sees of an object its class and its `vars`, copies it by these, and calls the methods of the class. So a class
may not keep state elsewhere (slots, a built-in base, a `__new__` that hands out what it has), nor answer otherwise than
by what engines see (`__eq__`, `__getattribute__`, a field that hides a method).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import cached_property, partialmethod
from types import BuiltinFunctionType, FrameType, FunctionType
from typing import Any, NoReturn

from spillproof.model.errors import ModelError, place_of
from spillproof.model.place import class_place, place_in, place_set

_KIT = frozenset(("builtins", "typing", "typing_extensions", "abc", "spillproof.model.system", "spillproof.model.heap"))
"""The modules of classes that nobody who writes a model has written."""

_KIT_OF_STATES = frozenset(("spillproof.model.system", "spillproof.model.heap"))

_COPIES = "engines copy what `vars` shows; leave it out, and set fields in `__init__` or by their defaults"

_IDENTITY = "an object is told apart by identity; compare its fields"

REFUSED: Mapping[str, str] = {
    "__new__": f"an object that is handed out twice would be in two states at once; {_COPIES}",
    "__copy__": _COPIES,
    "__deepcopy__": _COPIES,
    "__reduce__": _COPIES,
    "__reduce_ex__": _COPIES,
    "__getstate__": _COPIES,
    "__setstate__": _COPIES,
    "__del__": "it would run whenever an engine drops a copy; make what happens then an action",
    "__getattribute__": "engines read `vars`, and would see other fields; use a property or `__getattr__`",
    "__dict__": "engines read `vars`, and would see other fields; leave it out",
    "__class__": "engines ask for an object's class, and would take it for another; leave it out",
    "__eq__": f"{_IDENTITY}, in a method with another name (@dataclass writes one: leave it out, it is one already)",
    "__ne__": f"{_IDENTITY}, in a method with another name",
    "__hash__": "an object is told apart by identity; leave it out",
}
"""Methods that would deceive an engine, and what to do instead. `__init__` of a heap class and `__setattr__` do not:
what they leave in `vars` is the state."""


def written(cls: type) -> Iterator[type]:
    """Yield the class and its ancestors that a person wrote, the nearest first."""
    return (each for each in cls.__mro__ if each.__module__ not in _KIT)


def refuse_class(cls: type) -> None:
    """Raise `ModelError` for a class of objects whose state engines cannot see, or see as something else."""
    _refuse_storage(cls)
    refuse_annotated_methods(cls)
    for each in written(cls):
        for name, why in REFUSED.items():
            value = vars(each).get(name)
            if name in vars(each) and not _is_what_python_puts_there(name, value):
                message = f"{place_in(each, name)}: {cls.__name__} has its own {name}: {why}"
                raise ModelError(message)


def _is_what_python_puts_there(name: str, value: object) -> bool:
    """Return whether Python itself made this entry: the first class whose objects have a `__dict__` describes it."""
    return name == "__dict__" and inspect.isgetsetdescriptor(value)


def _refuse_storage(cls: type) -> None:
    if cls.__basicsize__ == _Plain.__basicsize__ and not cls.__itemsize__:
        return
    for each in cls.__mro__:
        if vars(each).get("__slots__"):
            message = (
                f"{place_in(each, '__slots__')}: {cls.__name__} has __slots__"
                f"{'' if each is cls else f' by {each.__name__}'}, and engines would not see what they hold; "
                "leave it out"
            )
            raise ModelError(message)
    base = next((each for each in cls.__mro__ if each.__module__ == "builtins" and each is not object), cls)
    message = (
        f"{class_place(cls)}: {cls.__name__} is {a(base.__name__)}, and engines would not see what it holds as such; "
        "keep it in a field"
    )
    raise ModelError(message)


class _Plain:
    """A class whose objects have nothing but `vars`."""


# Fields and methods


def is_method(cls: type, name: str) -> bool:
    """Return whether a name is that of a method, so that a field of that name hides it."""
    if name.startswith("__"):
        return False
    return isinstance(inspect.getattr_static(cls, name, None), _METHOD_KINDS)


_METHOD_KINDS = (FunctionType, classmethod, staticmethod, partialmethod)


def refuse_hidden(cls: type, name: str) -> NoReturn:
    """Raise `ModelError` for a field that has the name of a method."""
    owner = next(each for each in cls.__mro__ if isinstance(vars(each).get(name), _METHOD_KINDS))
    kind = "the action" if _is_action(vars(owner)[name]) else "the method"
    message = (
        f"{place_set(cls, name)}: {cls.__name__}.{name} is a field, and hides {kind} {name} of {owner.__name__} "
        f"({_defined(owner, name)}); give one of them another name"
    )
    raise ModelError(message)


def _defined(owner: type, name: str) -> str:
    method: object = vars(owner)[name]
    return place_of(method) if isinstance(method, FunctionType) else place_in(owner, name)


def refuse_annotated_methods(cls: type) -> None:
    """Raise `ModelError` for a field that is declared in a class body under the name of a method."""
    for each in written(cls):
        for name in vars(each).get("__annotations__", ()):
            if any(isinstance(vars(base).get(name), FunctionType) for base in cls.__mro__):
                refuse_hidden(cls, name)


def refuse_measure(cls: type) -> None:
    """Raise `ModelError` for a heap class whose `shallow_size` cannot be asked for."""
    owner = _owner(cls, "shallow_size")
    why = _unfit_measure(vars(owner)["shallow_size"]) if owner.__module__ not in _KIT else ""
    if why:
        message = f"{place_in(owner, 'shallow_size')}: {owner.__name__}.shallow_size {why}"
        raise ModelError(message)


def _unfit_measure(value: object) -> str:
    lazy = lazy_kind(value) if isinstance(value, FunctionType) else ""
    if not isinstance(value, FunctionType) or lazy:
        return f"is {lazy or _what(value)}; it is a plain method that returns a size"
    parameters = [*inspect.signature(value).parameters.values()]
    needed = [
        each.name
        for each in parameters[1:]
        if each.default is each.empty and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]
    if needed or not parameters:
        return f"takes {', '.join(needed) or 'no `self`'}; it is asked without arguments"
    return ""


def _is_action(value: object) -> bool:
    """Return whether something in a class is marked as an action, however it was wrapped after that."""
    if isinstance(value, property):
        value = value.fget
    elif isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    elif isinstance(value, (cached_property, partialmethod)):
        value = value.func
    return bool(getattr(value, "__dict__", {}).get("is_action"))


# Actions


def refuse_model(model: type) -> None:
    """Raise `ModelError` for a model whose methods are not what an engine takes them for."""
    refuse_class(model)
    _refuse_lost(model)
    for name, value in _winners(model):
        hidden = _hidden_action(model, name)
        if hidden is not None and hidden is not _owner(model, name) and not isinstance(value, FunctionType):
            message = (
                f"{place_in(_owner(model, name), name)}: {model.__name__}.{name} is {_what(value)}, and hides the "
                f"action {name} of {hidden.__name__}; an action is a method, and one that is not wanted begins with "
                "`require(False)`"
            )
            raise ModelError(message)
        if name in _FINAL or (name in _METHODS and (hidden is not None or not isinstance(value, FunctionType))):
            _refuse_final(model, name)
        if name == "begin" or hidden is not None:
            _refuse_method(model, name, value)


_FINAL = frozenset(("start", "scope"))
_METHODS = frozenset(("roots", "reachable", "unclaimed"))


def _winners(model: type) -> Iterator[tuple[str, Any]]:
    """Yield what a person wrote in a model or its ancestors, the nearest for each name."""
    seen: set[str] = set()
    for each in written(model):
        for name, value in vars(each).items():
            if name not in seen:
                seen.add(name)
                yield name, value


def _owner(model: type, name: str) -> type:
    return next(each for each in model.__mro__ if name in vars(each))


def _hidden_action(model: type, name: str) -> type | None:
    """Return the nearest class that marks a name as an action."""
    return next((each for each in written(model) if name in vars(each) and _is_action(vars(each)[name])), None)


def _refuse_final(model: type, name: str) -> NoReturn:
    owner = _owner(model, name)
    message = (
        f"{place_in(owner, name)}: {model.__name__}.{name} is {_what(vars(owner)[name])}, and hides what every model "
        "has under that name; give it another"
    )
    raise ModelError(message)


def _refuse_method(model: type, name: str, value: object) -> None:
    why = _unfit_method(value, "the beginning" if name == "begin" else "an action")
    if why:
        message = f"{place_in(_owner(model, name), name)}: {model.__name__}.{name}{why}"
        raise ModelError(message)


def _unfit_method(value: object, what: str) -> str:
    """Return what is wrong with a method that is taken for a step, to be put after its name."""
    if not isinstance(value, FunctionType):
        return f" is {_what(value)}; {what} is a plain method"
    lazy = lazy_kind(value)
    if lazy:
        return (
            f" is {lazy}, which does nothing when it is called; {what} is a plain method, without yield, async and "
            "await"
        )
    parameters = [*inspect.signature(value).parameters.values()]
    if not parameters or parameters[0].kind not in (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    ):
        return f" has no `self`; {what} is a plain method"
    for each in parameters[1:]:
        why = _unfit_parameter(each, is_begin=what == "the beginning")
        if why:
            return f": the argument {each.name!r} {why}"
    return ""


def lazy_kind(function: Callable[..., object]) -> str:
    """Return what a function is that does nothing when it is called, or nothing for one that does."""
    function = inspect.unwrap(function)
    if inspect.isasyncgenfunction(function) or inspect.iscoroutinefunction(function):
        return "a coroutine function"
    return "a generator function" if inspect.isgeneratorfunction(function) else ""


def _unfit_parameter(parameter: inspect.Parameter, *, is_begin: bool) -> str:
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        stars = "*" if parameter.kind is parameter.VAR_POSITIONAL else "**"
        return f"is {stars}{parameter.name}: an engine would not know how many to give; name each"
    if is_begin and parameter.kind is parameter.POSITIONAL_ONLY:
        return "is given by position only, and the scope is given by name; leave out the `/`"
    if not is_begin and parameter.kind is parameter.KEYWORD_ONLY:
        return "is given by name only, and engines give arguments by position; leave out the `*`"
    if not is_begin and parameter.default is not parameter.empty:
        return "has a default, which no engine would use: it ranges over all its values; leave the default out"
    return ""


def _what(value: object) -> str:
    kinds: dict[type, str] = {
        staticmethod: "a staticmethod",
        classmethod: "a classmethod",
        property: "a property",
        cached_property: "a cached_property",
        partialmethod: "a partialmethod",
        FunctionType: "a method",
    }
    return kinds.get(type(value)) or (f"{value!r}" if value is None else a(type(value).__name__))


def a(noun: str) -> str:
    """Return a noun with its article."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


MARKED = "__spillproof_marked__"
"""In a class body: the methods that were marked as actions there, in their order."""


def note_marked(method: Any) -> None:
    """Take note of a method in the class body that marks it, so that one which gets lost there is missed."""
    frame = inspect.currentframe()
    while frame is not None and not _is_class_body(frame):
        frame = frame.f_back
    if frame is not None and method.__qualname__ == f"{frame.f_locals['__qualname__']}.{method.__name__}":
        frame.f_locals.setdefault(MARKED, []).append(method)


def _is_class_body(frame: FrameType) -> bool:
    return not frame.f_code.co_flags & inspect.CO_OPTIMIZED and "__qualname__" in frame.f_locals


def _refuse_lost(model: type) -> None:
    """Raise `ModelError` for a method that was marked as an action, and that its class does not have."""
    for each in written(model):
        kept = {id(part) for value in vars(each).values() for part in _layers(value)}
        for method in vars(each).get(MARKED, ()):
            if id(method) not in kept:
                message = f"{place_of(method)}: the action {method.__name__} of {each.__name__} {_lost(each, method)}"
                raise ModelError(message)


def _lost(cls: type, method: FunctionType) -> str:
    name, value = method.__name__, vars(cls).get(method.__name__)
    if name not in vars(cls):
        return "is taken out of the class again, and would not be taken; leave it in"
    if isinstance(value, FunctionType) and not value.__code__.co_qualname.startswith(cls.__qualname__):
        return (
            f"is hidden by what is written over @action, a decorator that makes another function of it "
            f"({place_of(value)}); write @action above all other decorators"
        )
    place = place_in(cls, name, last=True)
    return f"is replaced by what follows under its name ({place}), and would not be taken; rename one"


def _layers(value: object) -> Iterator[object]:
    """Yield what stands in a class, and what it wraps, as `functools.wraps` says."""
    while callable(value) or isinstance(value, (property, staticmethod, classmethod, cached_property, partialmethod)):
        yield value
        inner = (getattr(value, name, None) for name in ("__wrapped__", "__func__", "fget", "func"))
        value = next((each for each in inner if each is not None), None)


def refuse_marked(value: object, where: str) -> None:
    """Raise `ModelError` for what is marked as an action and is no plain method."""
    if not isinstance(value, FunctionType):
        message = f"{where}: @action stands over {_what(value)}; an action is a plain method"
        raise ModelError(message)


# The scope


def refuse_scope_value(where: str, name: str, value: object) -> None:
    """Raise `ModelError` for a value of the scope that is no constant: it can change, or does not equal itself."""
    why = _not_constant(value)
    if why:
        message = (
            f"{where}: the scope {name!r} is {value!r}, {a(type(value).__name__)}, which {why}; "
            "give a constant (a tuple for a list), and build the rest in `begin`"
        )
        raise ModelError(message)


def _not_constant(value: object) -> str:
    if value is None or isinstance(value, Enum):
        return ""
    if isinstance(value, (tuple, frozenset)):
        return next(filter(None, map(_not_constant, value)), "")
    try:
        hash(value)
        same = bool(value == value)  # noqa: PLR0124 - not so for NaN
    except Exception:  # noqa: BLE001 - the class is not ours
        return "can change, and every state would share it"
    if any(each.__module__ in _KIT_OF_STATES for each in type(value).__mro__):
        return "can change, and every state would share it"
    if type(value).__hash__ is object.__hash__ and not isinstance(value, (type, FunctionType, BuiltinFunctionType)):
        return "can change, and every state would share it"
    return "" if same else "does not equal itself"
