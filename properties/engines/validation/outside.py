"""State outside of every state, where no step resets it: heap objects, attributes of classes, functions, defaults."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from functools import partial
from itertools import chain
from types import FunctionType
from typing import Any, NoReturn

from spillproof.model.errors import ModelError, place_of
from spillproof.model.heap import Bag, HeapObject, subclasses_of
from spillproof.model.place import place_in, place_set
from spillproof.model.slips import written
from spillproof.model.system import Model
from spillproof.properties.beside import modules_beside
from spillproof.properties.engines.validation.around import (
    attributes_of,
    classes_in,
    closed_over,
    defaults_of,
    functions_in,
)
from spillproof.properties.engines.validation.contents import Contents
from spillproof.properties.engines.validation.pythons import Pythons


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
        modules = modules_beside(model)
        self.modules = [(name, vars(module), {**vars(module)}) for name, module in modules.items()]
        self.pythons = Pythons(modules.values())
        self.heap = {cls for cls in subclasses_of(HeapObject) if cls.__module__ in modules}
        named = [names for *_, names in self.modules]
        inside = classes_in(modules, [*subclasses_of(HeapObject), *_values(named)])
        classes = {id(cls): cls for cls in (*written(model), Model, HeapObject, *inside)}
        self.classes = [(cls, {**vars(cls)}) for cls in classes.values()]
        found = [*functions_in(modules, _values([*named, *(names for _, names in self.classes)]))]
        self.caches = [each for each in found if hasattr(each, "cache_clear")]
        self.functions = [
            (each, attributes_of(each), closed_over(each)) for each in found if isinstance(each, FunctionType)
        ]
        contents = [(what, where, Contents(value, modules)) for what, where, value in self.values()]
        self.contents = [each for each in contents if each[-1].parts]

    def values(self) -> Iterator[tuple[Callable[[], str], str, object]]:
        """Yield what is outside: what its contents are called, whose it is, and the value."""
        yield lambda: "what os.environ has", "the environment", vars(os.environ)["_data"]
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
            for name, value in defaults_of(function).items():
                yield partial(_of_function, function, f"{name} has, a default of {{}},"), "a default", value

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
        for name in self.pythons.changed():
            _refuse(name, "a module of Python's own")
        names = {name for name, *_ in self.modules}
        for cls in subclasses_of(HeapObject):
            if cls.__module__ in names and cls not in self.heap:
                _refuse(f"{place_in(cls, '')}: the class {cls.__name__}", "a class", "made")
        for function, attributes, held in self.functions:
            for name in _set(attributes, attributes_of(function)):
                _refuse(f"{place_of(function)}: {function.__qualname__}.{name}", "a function")
            for name in _set(held, closed_over(function)):
                _refuse(f"{place_of(function)}: {name}, which {function.__qualname__} closes over,", "a closure")
        for what, where, contents in self.contents:
            if contents.changed():
                _refuse(what(), where)


def _values(names: Iterable[Mapping[str, object]]) -> list[object]:
    """Return what stands under the names of classes or modules."""
    return [each for some in names for each in some.values()]


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
    """Yield what is under names that are not Python's own, and what is annotated there."""
    own = ((name, value) for name, value in names.items() if not name.startswith(("__", "_abc")))
    return chain(own, ((name, names[name]) for name in ("__annotations__",) if name in names))


def _set(before: Mapping[str, object], now: Mapping[str, object]) -> Iterator[str]:
    """Yield the names that are new, or have another value than before; new ones that look like Python's own are not."""
    for name, value in now.items():
        if before.get(name, before) is not value and (name in before or not name.startswith(("__", "_abc"))):
            yield name


def _refuse(what: str, where: str, how: str = "set") -> NoReturn:
    message = (
        f"{what} is {how} during the check, and {where} is no part of a state; keep it in an attribute of the model, "
        "set in `begin`"
    )
    raise ModelError(message)
