"""State outside of every state, where no step resets it: heap objects, attributes of classes, functions, defaults."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from functools import partial
from types import CellType, FunctionType
from typing import Any, NoReturn

from spillproof.model.errors import ModelError, place_of
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.place import place_in, place_set
from spillproof.model.slips import written
from spillproof.model.system import Model
from spillproof.properties.engines.validation.contents import Contents


def refuse_shared(model: type[Model]) -> None:
    """Raise `ModelError` for heap objects in the class of a model, or in its module."""
    places: list[tuple[str, Mapping[str, Any]]] = [(cls.__name__, vars(cls)) for cls in model.__mro__]
    places += [(model.__module__, vars(sys.modules[model.__module__]))] if model.__module__ in sys.modules else []
    for where, names in places:
        for name, value in names.items():
            if isinstance(value, (HeapObject, Bag)):
                message = (
                    f"{where}.{name} holds a {type(value).__name__} outside of the model's state, where no root leads "
                    "to it and no step resets it; keep it in an attribute of the model, set in `begin`"
                )
                raise ModelError(message)


class Outside:
    """What the classes of a model, and the modules that they stand in, have when a check begins. No step may set it."""

    def __init__(self, model: type[Model]) -> None:
        modules = {cls.__module__ for cls in written(model) if not cls.__module__.startswith("spillproof.")}
        self.modules = [(name, vars(module), {**vars(module)}) for name in modules if (module := sys.modules.get(name))]
        others = [*_subclasses(HeapObject), *_classes(each[1].values() for each in self.modules)]
        classes = [*written(model), *(each for each in others if each.__module__ in modules)]
        self.classes = [(cls, {**vars(cls)}) for cls in dict.fromkeys(classes)]
        functions = [
            *_functions(names.values() for _, names in self.classes),
            *_functions(each[1].values() for each in self.modules),
        ]
        functions = [each for each in functions if each.__module__ in modules]
        self.functions = [(each, {**vars(each)}, _held(each)) for each in functions]
        contents = [(what, where, Contents(value, modules)) for what, where, value in self.values()]
        self.contents = [each for each in contents if each[-1].parts]
        self.caches = [each for each in self.remembering() if getattr(each, "__module__", "") in modules]

    def values(self) -> Iterator[tuple[Callable[[], str], str, object]]:
        """Yield what is outside: what its contents are called, whose it is, and the value."""
        for cls, names in self.classes:
            members = {each.name: each for each in cls} if issubclass(cls, Enum) else names
            for name, value in _plain(members):
                yield partial(_of_class, cls, name), "a class", value
        for module, _, names in self.modules:
            for name, value in _plain(names):
                yield partial(_of_module, module, name), "a module", value
        for function, _, held in self.functions:
            for name, value in held.items():
                yield partial(_of_closure, function, name), "a closure", value
            for name, value in _defaults(function).items():
                yield partial(_of_function, function, f"{name} has, a default of {{}},"), "a default", value

    def remembering(self) -> Iterator[Any]:
        """Yield functions that keep what they have answered (`functools.cache`)."""
        for names in (*(each[1] for each in self.classes), *(each[1] for each in self.modules)):
            yield from (each for each in names.values() if hasattr(each, "cache_clear") and not isinstance(each, type))

    def put_back(self) -> None:
        """Forget what was only remembered: who needs it finds it again, and a state that hides there is lost."""
        for _, _, contents in self.contents:
            contents.put_back()
        for function in self.caches:
            function.cache_clear()

    def refuse_changed(self) -> None:
        """Raise `ModelError` where a class, a module or a function has another attribute than before."""
        for cls, before in self.classes:
            for name in _set(before, vars(cls)):
                _refuse(f"{place_set(cls, name)}: {cls.__name__}.{name}", "a class")
        for module, now, before in self.modules:
            for name in _set(before, now):
                _refuse(f"{module}.{name}", "a module")
        for function, attributes, held in self.functions:
            for name in _set(attributes, vars(function)):
                _refuse(f"{place_of(function)}: {function.__qualname__}.{name}", "a function")
            for name in _set(held, _held(function)):
                _refuse(f"{place_of(function)}: {name}, which {function.__qualname__} closes over,", "a closure")
        for what, where, contents in self.contents:
            if contents.changed():
                _refuse(what(), where)


def _classes(values: Iterable[Iterable[object]]) -> Iterator[type]:
    return (each for some in values for each in some if isinstance(each, type))


def _functions(values: Iterable[Iterable[object]]) -> Iterator[FunctionType]:
    return (each for some in values for each in some if isinstance(each, FunctionType))


def _of_class(cls: type, name: str) -> str:
    return f"{place_in(cls, name)}: what {cls.__name__}.{name} has"


def _of_module(module: str, name: str) -> str:
    return f"what {module}.{name} has"


def _of_function(function: FunctionType, words: str) -> str:
    return f"{place_of(function)}: what {words.format(function.__qualname__)}"


def _of_closure(function: FunctionType, name: str) -> str:
    """Return what something is called that a function closes over: of what `dataclass` made, the default of a field."""
    if field := FACTORY.fullmatch(name):
        return f"what the default of {function.__qualname__.removesuffix('__init__')}{field[1]} has"
    return _of_function(function, f"{name} has, which {{}} closes over,")


FACTORY = re.compile("(?:_|__dataclass_)dflt_(.+?)(?:__)?")
"""What `dataclass` calls that by which it makes the default of a field."""


def _plain(names: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    return ((name, value) for name, value in names.items() if not name.startswith(("__", "_abc")))


def _held(function: FunctionType) -> dict[str, object]:
    """Return what a function closes over, by name."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: value for name, cell in cells if (value := _content(cell)) is not cell}


def _defaults(function: FunctionType) -> dict[str, object]:
    """Return the defaults of a function's parameters, by name."""
    code, values = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[code.co_argcount - len(values) : code.co_argcount]
    return {**dict(zip(names, values, strict=True)), **(function.__kwdefaults__ or {})}


def _content(cell: CellType) -> object:
    """Return what is in a cell; the cell itself where nothing is yet."""
    try:
        return cell.cell_contents
    except ValueError:
        return cell


def _set(before: Mapping[str, object], now: Mapping[str, object]) -> Iterator[str]:
    """Yield the names that are new, or have another value than before."""
    for name, value in now.items():
        if before.get(name, before) is not value and not name.startswith(("__", "_abc")):
            yield name


def _refuse(what: str, where: str) -> NoReturn:
    message = (
        f"{what} is set during the check, and {where} is no part of a state; keep it in an attribute of the model, set "
        "in `begin`"
    )
    raise ModelError(message)


def _subclasses(cls: type) -> Iterator[type]:
    below: list[type] = cls.__subclasses__()
    for each in below:
        yield each
        yield from _subclasses(each)
