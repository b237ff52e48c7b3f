"""A scope in words, such as `places=3`: each value is read as the annotation of `begin` says."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from spillproof.model.errors import ModelError
from spillproof.model.names import instead
from spillproof.model.system import Model, is_quantity

OPEN = inspect.Parameter.empty
"""The default of what the scope leaves open, or of what has to be given."""

BOOLS = {"true": True, "false": False}


@dataclass(frozen=True)
class Setting:
    """An argument of `begin`: its name, its annotation, and what it is unless it is given."""

    name: str
    hint: Any
    default: object = OPEN

    def read(self, text: str) -> object:
        """Return the value that a text says. Raises `ModelError`, in one line, for one that it cannot be."""
        for form in self._forms():
            value = _read(text, form)
            if value is not OPEN:
                return value
        raise ModelError(f"{self.name} cannot be {text!r}: {self._wanted(text)}")

    def words(self) -> str:
        """Return what it takes, in words: `a size`, `SOMETIMES or NEVER`."""
        return " or ".join(filter(None, map(_words, self._forms()))) or "nothing that can be written in a line"

    def names(self) -> list[str]:
        """Return its values where they have names: `true` and `false`, the members of an enum."""
        return [name for form in self._forms() for name in _names(form)]

    def _wanted(self, text: str) -> str:
        has_names_only = all(map(_names, self._forms()))
        return instead(text, self.names()) if has_names_only else f"it takes {self.words()}"

    def _forms(self) -> list[Any]:
        """Return what the annotation allows; where there is none, the type of the default."""
        if self.hint is OPEN:
            return [str if self.default in (OPEN, None) else type(self.default)]
        return [*_parts(self.hint)]


def settings(model: type[Model]) -> dict[str, Setting]:
    """Return the arguments of a model's `begin`, by name. Raises `ModelError` where an annotation names nothing."""
    _, *parameters = inspect.signature(model.begin).parameters.values()
    try:
        hints = get_type_hints(model.begin, include_extras=True)
    except NameError as error:
        message = f"{model.__name__}.begin: {error}; import the annotation's class outside of `if TYPE_CHECKING`"
        raise ModelError(message) from None
    return {each.name: Setting(each.name, hints.get(each.name, OPEN), each.default) for each in parameters}


def read_scope(model: type[Model], words: Iterable[str]) -> dict[str, object]:
    """Return the scope that words such as `places=3` say. Raises `ModelError`, in one line, for what is wrong."""
    known, found = settings(model), dict[str, object]()
    for each in words:
        name, equals, text = (part.strip() for part in each.partition("="))
        if not equals or not name:
            example = next(iter(known), "places")
            raise ModelError(f"{each!r} is not a part of a scope; write NAME=VALUE, such as {example}=3")
        if name not in known:
            raise ModelError(f"{model.__name__} has no scope {name!r}; {instead(name, known)}")
        if name in found:
            raise ModelError(f"the scope {name!r} is given twice")
        found[name] = known[name].read(text)
    return found


def revived(model: type[Model], constants: Mapping[str, object]) -> dict[str, object]:
    """Return constants of a trace as a model takes them: a member of an enum stands there as its name."""
    known = settings(model)
    return {
        name: known[name].read(value) if isinstance(value, str) else value
        for name, value in constants.items()
        if name in known and isinstance(value, (int, str))
    }


def _parts(hint: Any) -> Iterator[Any]:
    """Yield the alternatives of an annotation."""
    if get_origin(hint) in (Union, UnionType):
        for part in get_args(hint):
            yield from _parts(part)
    else:
        yield hint


def _read(text: str, form: Any) -> object:
    """Return the value of a text in one form; `OPEN` where it is none."""
    names = _names(form)
    if names:
        return names.get(text, names.get(text.lower(), OPEN) if form in (bool, NoneType) else OPEN)
    if is_quantity(form) or form is int:
        return int(text) if re.fullmatch(r"-?[0-9]{1,1000}", text) else OPEN
    if form is float:
        return _float(text)
    return text if form is str else OPEN


def _float(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return OPEN


def _names(form: Any) -> dict[str, object]:
    """Return the values of a form that has few, by name."""
    if form is bool:
        return dict(BOOLS)
    if form is NoneType:
        return {"none": None}
    if isinstance(form, type) and issubclass(form, Enum):
        return dict(form.__members__)
    if get_origin(form) is Literal:
        return {str(each): each for each in get_args(form)}
    return {}


def _words(form: Any) -> str:
    if is_quantity(form):
        return "a size: a whole number of at least 1"
    named = {int: "a whole number", float: "a number", str: "a text"}
    return named.get(form) or " or ".join(_names(form))
