"""From what a person types to a model: a name of the catalogue, or `path/to/file.py:Class`.

Whatever is wrong with it is said in one line, with what would have been right.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeGuard

from spillproof.model.errors import ModelError
from spillproof.model.scope import read_scope
from spillproof.model.system import Model, actions_of
from spillproof.model.title import is_path

if TYPE_CHECKING:
    from spillproof.model.catalogue.entry import Entry


def load(name: str, scope: Mapping[str, Any] | Sequence[str]) -> Model:
    """Return the model that `name` says, at a scope, which may be said in words (`places=3`).

    Raises `ModelError`, in one line, where there is none.
    """
    if is_path(name):
        model = class_in_file(name)
        made = model(**_values(model, scope))
        actions_of(model)
        return made
    from spillproof.model.catalogue import find as known  # a model in a file needs no catalogue

    entry = known(name)
    return entry.build(**_values(entry.model, scope))


def _values(model: type[Model], scope: Mapping[str, Any] | Sequence[str]) -> Mapping[str, Any]:
    return scope if isinstance(scope, Mapping) else read_scope(model, scope)


def find(name: str) -> Entry:
    """Return a model under a name: one of the catalogue, such as `spark@2.3.4`, or `path/to/file.py:Class`.

    `build` makes the model at a scope, `with_fix` and `without_fix` another variant of it. A file is run by this, as by
    an import. Raises `ModelError`, in one line, where there is no such model.
    """
    from spillproof.model.catalogue import find as known  # takes a while to import
    from spillproof.model.catalogue.entry import Entry

    if not is_path(name):
        return known(name)
    model = class_in_file(name)
    return Entry(name, inspect.getdoc(model) or "", model, violated=None)


def class_in_file(where: str) -> type[Model]:
    """Return the class that `path/to/file.py:Class` names."""
    path, colon, name = where.rpartition(":")
    if not colon or path.endswith(":") or not path:
        path, name = where, ""
    module = _imported(Path(path))
    models = [each for each, value in vars(module).items() if _is_model(value) and value.__module__ == module.__name__]
    found = vars(module).get(name)
    if _is_model(found):
        if missing := sorted(getattr(found, "__abstractmethods__", ())):
            message = f"{path}: {name} is abstract: it has no {', '.join(missing)} of its own; name a class that has"
            raise ModelError(message)
        return found
    available = f"models in it: {', '.join(models)}" if models else "there is no subclass of Model in it"
    if adapters := [each for each, value in vars(module).items() if _is_adapter(value)]:
        available += f"; {adapters[0]} is an adapter, which pytest checks: pytest {path}"
    if not name:
        message = f"{path}: which class? write {path}:Class; {available}"
    elif found is None:
        message = f"{path} has no {name}; {available}"
    else:
        message = f"{path}: {name} is not a subclass of Model; {available}"
    raise ModelError(message)


def module_in_file(path: Path) -> ModuleType:
    """Return the module that a file is, run as by an import. Raises `ModelError`, in one line, where it cannot be."""
    return _imported(path)


def _is_model(value: Any) -> TypeGuard[type[Model]]:
    return isinstance(value, type) and issubclass(value, Model) and value is not Model


def _is_adapter(value: Any) -> bool:
    """Return whether a class is an adapter of running code; where there is one, its module is imported."""
    base = getattr(sys.modules.get("spillproof.properties.live.adapter"), "Adapter", None)
    return base is not None and isinstance(value, type) and issubclass(value, base) and value is not base


def _imported(path: Path) -> ModuleType:
    if not os.path.isfile(path):  # noqa: PTH113 - a name that no file can have is none
        message = f"{path}: there is no such file; write a name of the catalogue, or path/to/file.py:Class"
        raise ModelError(message)
    name, text = _free_name(path), path.read_bytes()
    if (there := sys.modules.get(name)) is not None and _is_of(there, path) and _read_as(there) in (None, text):
        return there  # a member of an enum that somebody imported from it is then the model's own
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        message = f"{path} is no Python file; write path/to/file.py:Class"
        raise ModelError(message)
    module = module_from_spec(spec)
    with _beside(path), _registered(module):
        try:
            spec.loader.exec_module(module)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - the file is not ours, and may raise anything
            raise ModelError(_why_not(path, error)) from None
    _read[name] = module, text
    return module


_read: dict[str, tuple[ModuleType, bytes]] = {}
"""By name, the modules that were imported here, and what was in their files then."""


def _read_as(module: ModuleType) -> bytes | None:
    """Return what was in the file of a module that was imported here; None for one that Python imported."""
    known, text = _read.get(module.__name__, (None, None))
    return text if known is module else None


def _is_of(module: ModuleType, path: Path) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and Path(file).resolve() == path.resolve()


def _free_name(path: Path) -> str:
    """Return the name under which to import a file: its own, unless another module has it."""
    taken = sys.modules.get(path.stem)
    is_free = path.stem not in sys.stdlib_module_names if taken is None else _is_of(taken, path)
    return path.stem if is_free else f"{path.stem}_model"


def _why_not(path: Path, error: BaseException) -> str:
    """Return in one line why a file does not import, and at which of its lines."""
    if isinstance(error, SyntaxError):
        place = f"{error.filename or path}{f':{error.lineno}' if error.lineno else ''}"
        return f"{place}: does not import: {type(error).__name__}: {error.msg}"
    if isinstance(error, ModelError) and re.match(r"\S+\.py:\d+(, in \w+)?: ", str(error)):
        return str(error)  # it says the line itself
    where, frames = path.resolve(), traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).resolve() == where]
    place = f"{path}:{lines[-1]}" if lines else str(path)
    said = " ".join(str(error).split())
    return f"{place}: does not import: {type(error).__name__}{f': {said}' if said else ''}"


@contextmanager
def _beside(path: Path) -> Iterator[None]:
    """Let the file import its neighbours, as a script can."""
    folder = str(path.parent.resolve())
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


@contextmanager
def _registered(module: ModuleType) -> Iterator[None]:
    """Keep a module where annotations are looked up, unless it does not import or hides another."""
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module
    try:
        yield
    except BaseException:
        del sys.modules[module.__name__]
        if before is not None:
            sys.modules[module.__name__] = before
        raise
