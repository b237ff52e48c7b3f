"""What the code says of the modelled classes of Spark: a source, a state, references, methods, guards, fixes."""  # noqa: INP001 - beside a script, and no package

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from itertools import pairwise
from types import FunctionType, ModuleType
from typing import Any, ClassVar, get_args, get_origin, get_type_hints

from guards import code, put, tree_of

from spillproof.model.catalogue import CATALOGUE
from spillproof.model.fields import Holds, kind_of
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Quantity
from spillproof.model.spark.fixes import FIXES
from spillproof.model.spark.fixes.fix import Fix
from spillproof.model.system import Kind, Model, is_quantity, open_parameters

ROOT = "spillproof.model.spark"
PACKAGES = ("memory", "collection", "storage", "unsafe", "scenario")

# Modules, and what they hold


@cache
def modules() -> tuple[ModuleType, ...]:
    """Return the modules that model Spark, package by package."""
    found = []
    for package in PACKAGES:
        path = import_module(f"{ROOT}.{package}").__path__
        names = sorted(each.name for each in pkgutil.iter_modules(path))
        found += [import_module(f"{ROOT}.{package}.{name}") for name in names]
    return tuple(found)


def package_of(module: ModuleType) -> str:
    """Return the package of a module, such as `memory`."""
    return module.__name__.split(".")[-2]


def stem(module: ModuleType) -> str:
    """Return what a module is called in its package."""
    return module.__name__.rpartition(".")[2]


def classes_of(module: ModuleType) -> list[type]:
    """Return the classes that a module defines, in the order in which they are written."""
    return [vars(module)[each.name] for each in tree_of(module).body if isinstance(each, ast.ClassDef)]


def functions_of(module: ModuleType) -> list[FunctionType]:
    """Return the functions of a module that others may call."""
    names = [each.name for each in tree_of(module).body if isinstance(each, ast.FunctionDef)]
    return [vars(module)[name] for name in names if not name.startswith("_")]


def is_ours(thing: Any) -> bool:
    """Return whether something is a class or a function of a modelled module."""
    names = {each.__name__ for each in modules()}
    return isinstance(thing, (type, FunctionType)) and thing.__module__ in names


def is_main(cls: type) -> bool:
    """Return whether a class is the one that its module is called after."""
    return cls.__name__.lower() == cls.__module__.rpartition(".")[2].replace("_", "")


def is_modelled(cls: type) -> bool:
    """Return whether a class is a part of states: a heap object, or a model."""
    return issubclass(cls, (HeapObject, Model))


# Docstrings

TAG = r"(?:v\d+\.\d+\.\d+|master of [A-Z][a-z]+ \d{4})"
FILE = rf"`([\w/-]+/src/[\w./-]+)` at ({TAG}(?:(?:, | and ){TAG})*)"
SOURCE = re.compile(rf"Source: (none|{FILE}(?:; {FILE})*)\.(?: (.*))?")


@dataclass(frozen=True)
class Source:
    """Which files of Spark a module follows, each at which tags; or why none."""

    files: tuple[tuple[str, tuple[str, ...]], ...]
    remark: str


def paragraphs(thing: Any) -> list[str]:
    """Return the paragraphs of a docstring, without its source. A docstring that is inherited is its base's."""
    return [each for each in (inspect.getdoc(thing) or "").split("\n\n") if each and not each.startswith("Source:")]


def source_of(module: ModuleType) -> Source | None:
    """Return what the docstring of a module says of its source. Raises `ValueError` for what is not of that form."""
    said = [" ".join(each.split()) for each in (module.__doc__ or "").split("\n\n") if "Source:" in each]
    if not said:
        return None
    match = SOURCE.fullmatch(said[0])
    if match is None or len(said) > 1:
        form = "Source: `core/src/…` at v2.0.0 and v2.4.0; `core/src/…` at …. Remark."
        message = f"{module.__name__}: the source is not of the form '{form}'"
        raise ValueError(message)
    files = [(path, tuple(re.findall(TAG, tags))) for path, tags in re.findall(FILE, match[1])]
    return Source(tuple(files), match[match.re.groups] or "")


def sentence(thing: Any) -> str:
    """Return the first paragraph of a docstring in one line, or nothing."""
    return " ".join((paragraphs(thing) or [""])[0].split())


# State


@dataclass(frozen=True)
class Held:
    """A field: what it holds in words, which class it refers to if it does, and what that means."""

    name: str
    words: str
    refers_to: type | None
    meaning: str


def state_of(cls: type) -> list[Held]:
    """Return the fields that a class itself declares, and those that it sets without declaring them."""
    hints = {**get_type_hints(cls, include_extras=True)}
    meanings = _meanings(cls)
    declared = [name for name in vars(cls).get("__annotations__", ()) if get_origin(hints[name]) is not ClassVar]
    said = [_held(name, hints[name], meanings.get(name, "")) for name in declared]
    return said + [_seen(name, value) for name, value in _undeclared(cls, hints).items()]


def _meanings(cls: type) -> dict[str, str]:
    body = tree_of(cls).body
    return {
        each.target.id: " ".join(after.value.value.split())
        for each, after in pairwise(body)
        if isinstance(each, ast.AnnAssign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
    }


def _held(name: str, hint: Any, meaning: str) -> Held:
    parts = [part for part in get_args(hint) if part is not type(None)]
    if type(None) in get_args(hint):
        inner = _held(name, parts[0], meaning)
        return Held(name, f"{inner.words}, or none", inner.refers_to, meaning)
    plain = get_origin(hint) or hint
    if is_quantity(hint) and plain is not list:
        unit = next(mark.unit for mark in hint.__metadata__ if isinstance(mark, Quantity))
        return Held(name, "bytes" if unit == "bytes" else f"number of {unit}", None, meaning)
    if plain in (Bag, list, tuple) and parts and isinstance(parts[0], type) and issubclass(parts[0], HeapObject):
        return Held(name, f"any number, {'in no order' if plain is Bag else 'in order'}", parts[0], meaning)
    if isinstance(plain, type) and issubclass(plain, HeapObject):
        return Held(name, "one", plain, meaning)
    return Held(name, _constant(plain, hint), None, meaning)


def _constant(plain: Any, hint: Any) -> str:
    if plain is bool:
        return "yes or no"
    if plain is list:
        return "list of bytes" if is_quantity(hint) else "list"
    if isinstance(plain, type) and issubclass(plain, Enum):
        return f"one of {', '.join(f'`{each.name}`' for each in plain)}"
    words = {frozenset: "set of names", tuple: "words, in order", int: "number", str: "word"}
    return f"constant, {words[plain]}" if plain in words else f"constant, `{getattr(plain, '__name__', plain)}`"


def _undeclared(cls: type, hints: dict[str, Any]) -> dict[str, object]:
    """Return what the class of a model sets without declaring it, with the value that it has in the beginning."""
    entry = next((each for each in CATALOGUE.values() if issubclass(each.model, cls)), None)
    if not issubclass(cls, Model) or entry is None:
        return {}
    model = entry.build()
    state = vars(model.start(**{each.name: each.values[0] if each.values else 8 for each in open_parameters(model)}))
    stores = [
        each.attr
        for each in ast.walk(tree_of(cls))
        if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store) and ast.unparse(each.value) == "self"
    ]
    return {name: state[name] for name in dict.fromkeys(stores) if name in state and name not in hints}


def _seen(name: str, value: object) -> Held:
    if kind_of(value) is Holds.OBJECT:
        return Held(name, "one", type(value), "")
    if kind_of(value) is Holds.BAG:
        return Held(name, "any number, in no order", type(next(iter(value))), "")  # type: ignore[call-overload]
    return _held(name, type(value), "")


# Methods and actions


def methods_of(cls: type) -> list[tuple[str, Any]]:
    """Return the methods and properties that a class itself has, but for actions and its beginning."""
    wanted = (FunctionType, property, classmethod)
    return [
        (name, getattr(cls, name))
        for name, value in vars(cls).items()
        if isinstance(value, wanted) and not name.startswith("_") and not _is_told_apart(cls, name)
    ]


def _is_told_apart(cls: type, name: str) -> bool:
    if name == "shallow_size":
        return occupies(cls) is not None
    return issubclass(cls, Model) and (name == "begin" or getattr(getattr(cls, name), "is_action", False))


def occupies(cls: type) -> str | None:
    """Return what a class says of its shallow size, if it says it in one expression."""
    if "shallow_size" not in vars(cls):
        return None
    (*_, last) = tree_of(vars(cls)["shallow_size"]).body
    return code(put({}, last.value)) if isinstance(last, ast.Return) and last.value else None


def sayer(cls: type, name: str) -> type:
    """Return the class whose docstring says what a method does: the nearest that has one."""
    said = [each for each in cls.__mro__ if name in vars(each) and vars(each)[name].__doc__]
    return said[0] if said else cls


def spelled(name: str, method: Any) -> str:
    """Return how a method is called: its name with those of its arguments."""
    if isinstance(method, property):
        return name
    arguments = [each for each in inspect.signature(method).parameters if each not in ("self", "cls")]
    return f"{name}({', '.join(arguments)})"


def ranges(kind: Kind) -> str:
    """Return what an argument of an action ranges over, in words."""
    return {Kind.SIZE: "any positive size", Kind.VALUE: "yes or no"}.get(kind, "any")


# Fixes, and who has whom


def fixes_in(thing: Any) -> Iterator[tuple[str, Fix]]:
    """Yield the fixes that a class or a function asks about, each with the place where it does."""
    known = vars(sys.modules[thing.__module__])
    tree = tree_of(thing)
    inside = [each for each in tree.body if isinstance(each, ast.FunctionDef)] if isinstance(thing, type) else [tree]
    for function in inside:
        place = f"{thing.__name__}.{function.name}" if isinstance(thing, type) else thing.__name__
        names = dict.fromkeys(each.id for each in ast.walk(function) if isinstance(each, ast.Name))
        for value in (known.get(name) for name in names):
            if isinstance(value, str) and value in FIXES:
                yield place, FIXES[value]


@cache
def mentions(thing: Any) -> frozenset[Any]:
    """Return the classes and functions of modelled modules that one is written with."""
    known = vars(sys.modules[thing.__module__])
    found = set()
    for each in ast.walk(tree_of(thing)):
        if isinstance(each, ast.Name):
            found.add(known.get(each.id) if is_ours(known.get(each.id)) else None)
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
            module = known.get(each.value.id)
            member = vars(module).get(each.attr) if isinstance(module, ModuleType) else None
            found.add(member if is_ours(member) else None)
    return frozenset(found - {None, thing})


@cache
def parts_of(model: type) -> frozenset[type]:
    """Return the classes that states of a model are made of, as far as it can be seen from how they are written."""
    waiting, seen = [model], {model}
    while waiting:
        for each in mentions(waiting.pop()):
            if each not in seen:
                seen.add(each)
                waiting.append(each)
    return frozenset(each for each in seen if isinstance(each, type) and is_modelled(each))
