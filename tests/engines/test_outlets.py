"""What a step leaves in a file, in the system or in Python's own modules is in no state: the line is refused."""

from __future__ import annotations

import abc
import ctypes
import decimal
import gc
import io
import json
import logging
import os
import sqlite3
import subprocess
import sys
import warnings
import xml.etree.ElementTree
from collections.abc import Callable, Iterator
from functools import singledispatch
from pathlib import Path
from queue import SimpleQueue
from types import ModuleType
from typing import Any, cast

import pytest

from spillproof.model import Bytes, HeapObject, Model, ModelError, action
from spillproof.model.oracle import Oracle
from spillproof.properties.claims import always
from spillproof.properties.engines.check import check
from spillproof.properties.engines.validation import outlets
from spillproof.properties.engines.validation.executions import executed
from spillproof.properties.engines.verdict import Proved


class Cache(Model):
    used: Bytes

    def begin(self) -> None:
        self.used = 0

    @action
    def load(self, size: Bytes) -> None:
        self.leave()
        self.used += size

    def leave(self) -> None:
        raise NotImplementedError


@always
def used_is_natural(now: Cache) -> bool:
    """Nothing is below 0."""
    return now.used >= 0


def _soft() -> bool:
    return True


def _hard() -> bool:
    return False


@singledispatch
def _kind(_value: object) -> str:
    return "any"


class Kind(abc.ABC):  # noqa: B024 - classes are registered with it
    pass


class Thing:
    first: int


DATA = sqlite3.connect(":memory:", check_same_thread=False)
FILE = Path(__file__)


def _register() -> None:
    Kind.register(Thing)


def _make_a_class() -> None:
    KEPT.append(type("Made", (HeapObject,), {"__module__": __name__}))


KEPT: list[type] = []


def _exchange() -> None:
    _soft.__code__ = _hard.__code__


def _touch() -> None:
    (Path(os.environ["PYTEST_OUTLETS"]) / "left").touch()


def _write() -> None:
    with open(Path(os.environ["PYTEST_OUTLETS"]) / "left", "w") as file:  # noqa: PTH123 - as it may be written
        file.write("x")


def _append() -> None:
    OPEN[-1].write("x")


OPEN: list[Any] = []

LEVELLED = logging.getLogger("levelled")

MEMORY = (ctypes.c_long * 2)()

QUEUE: SimpleQueue[int] = SimpleQueue()

OUTLETS: dict[str, tuple[Callable[[], object], str]] = {
    "a file": (_touch, "in _touch: (os.utime is called|a file is opened for writing)"),
    "written": (_write, "in _write: a file is opened for writing"),
    "an open file": (_append, "in _append: a file is written"),
    "the folder": (lambda: os.chdir(Path.cwd()), "os.chdir is called"),
    "a process": (lambda: subprocess.run(["true"], check=False), "subprocess.Popen is called"),  # noqa: S607
    "the mask": (lambda: os.umask(os.umask(0o22)), "os.umask is called"),
    "a data base": (lambda: DATA.execute("select 1"), "Connection.execute is called"),
    "a logger": (lambda: logging.getLogger(__name__).setLevel(30), "logging.Logger.setLevel is called"),
    "an ABC": (_register, "in _register: a class is registered with an ABC"),
    "a dispatch": (lambda: _kind.register(int, str), "a function is registered with a singledispatch"),
    "the code": (_exchange, "in _exchange: __code__ of a function is set"),
    "the depth": (lambda: sys.setrecursionlimit(sys.getrecursionlimit()), "sys.setrecursionlimit is called"),
    "the collector": (lambda: gc.enable(), "gc.enable is called"),  # noqa: PLW0108 - called from here
    "decimals": (lambda: setattr(decimal.getcontext(), "prec", 28), "decimal.getcontext is called"),
    "a module": (lambda: setattr(sys, "left_behind", object()), "sys.left_behind is set during the check"),
    "a module within one": (
        lambda: setattr(os.path, "left_behind", object()),
        "path.left_behind is set during the check",
    ),
    "a module of a package": (
        lambda: setattr(xml.etree.ElementTree, "left_behind", object()),
        "xml.etree.ElementTree.left_behind is set during the check",
    ),
    "a module that is none": (
        lambda: sys.modules.__setitem__("left_behind", ModuleType("left_behind")),
        "sys.modules\\['left_behind'\\] is set during the check",
    ),
    "a module in another's place": (
        lambda: sys.modules.__setitem__("left_instead", ModuleType("left_instead")),
        "sys.modules\\['left_instead'\\] is set during the check",
    ),
    "what a function says": (lambda: setattr(_soft, "__doc__", object()), "_soft.__doc__ is set during the check"),
    "an annotation": (
        lambda: Thing.__annotations__.update(first=object()),
        "what Thing.__annotations__ has is set during the check",
    ),
    "a list": (lambda: cast("list[Any]", warnings.filters).append(None), "warnings.filters is set during the check"),
    "a class of Python's": (
        lambda: setattr(json.JSONEncoder, "left_behind", object()),
        "JSONEncoder.left_behind is set during the check",
    ),
    "a level": (lambda: setattr(LEVELLED, "level", LEVELLED.level + 1), "the logger levelled is set during the check"),
    "memory": (lambda: MEMORY.__setitem__(0, MEMORY[0] + 1), "what .*MEMORY has is set during the check"),
    "a queue": (lambda: QUEUE.put(1), "what .*QUEUE has is set during the check"),
    "a class": (_make_a_class, "the class Made is made during the check"),
}


@pytest.fixture(autouse=True)
def _as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PYTEST_OUTLETS", str(tmp_path))
    monkeypatch.setattr(warnings, "filters", [*warnings.filters])
    monkeypatch.setitem(sys.modules, "left_instead", ModuleType("left_instead"))
    monkeypatch.setattr(_soft, "__doc__", "Soft.")
    with (tmp_path / "open").open("w") as file:
        OPEN.append(file)
        yield
    OPEN.clear()
    monkeypatch.delitem(sys.modules, "left_behind", raising=False)
    Thing.__annotations__["first"] = "int"
    for each in (sys, json.JSONEncoder, os.path, xml.etree.ElementTree):
        if "left_behind" in vars(each):
            delattr(each, "left_behind")
    KEPT.clear()
    gc.collect()


@pytest.mark.parametrize("what", OUTLETS)
def test_what_a_step_leaves(what: str) -> None:
    """It is refused, with the line of the model where there is one, and not taken for a run of the model."""
    leave, said = OUTLETS[what]
    model = type("Leaving", (Cache,), {"leave": lambda _self: leave(), "__module__": __name__})

    with pytest.raises(ModelError, match=said):
        check(model(), [used_is_natural], witnesses=False)


LOG = logging.getLogger(__name__)

HARMLESS: dict[str, Callable[[], object]] = {
    "a file that is read": FILE.read_text,
    "what is printed": lambda: print("loaded"),  # noqa: T201 - which a model may
    "what is logged": lambda: LOG.warning("loaded"),
    "what is looked up": lambda: FILE.exists() and os.listdir(FILE.parent),  # noqa: PTH208 - as it may be written
    "memory": lambda: io.StringIO().write("x"),
    "warnings that are left out for a while": lambda: _quiet(),  # noqa: PLW0108 - defined below
    "an import": lambda: __import__("colorsys"),
}


def _quiet() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")


@pytest.mark.parametrize("what", HARMLESS)
def test_what_leaves_nothing(what: str) -> None:
    """What is only read, or for a person, is no state."""
    do = HARMLESS[what]
    model = type("Harmless", (Cache,), {"leave": lambda _self: do() and None, "__module__": __name__})

    [result] = check(model(), [used_is_natural], witnesses=False).results

    assert isinstance(result.verdict, Proved)


def test_what_an_import_writes_is_none_of_the_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python writes down what it compiled, when a step is the first to import it."""
    (tmp_path / "first_imported_here.py").write_text("LIMIT = 7\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    found = executed(lambda: __import__("first_imported_here"), Oracle())
    sys.modules.pop("first_imported_here")

    assert found is not None
    assert [each.suffix for each in (tmp_path / "__pycache__").iterdir()] == [".pyc"]


@pytest.mark.parametrize(
    ("event", "arguments", "said"),
    [
        ("open", ("log", "r", os.O_RDONLY), ""),
        ("open", ("log", "w", os.O_WRONLY), "a file is opened for writing"),
        ("open", ("log", "w", None), ""),
        ("os.remove", ("log", -1), "os.remove is called"),
        ("os.listdir", ("log",), ""),
        ("object.__setattr__", (_soft, "__code__", None), "__code__ of a function is set"),
        ("object.__getattr__", (_soft, "__code__"), ""),
        ("import", ("log",), ""),
    ],
)
def test_what_is_announced(event: str, arguments: tuple[Any, ...], said: str) -> None:
    """What changes something outside of the process, or a function."""
    assert outlets.announced(event, arguments) == said


def test_nobody_listens_afterwards() -> None:
    """What is announced when no step is looked at is heard by nobody."""
    heard: list[str] = []
    with outlets.listening(lambda said, _frame: heard.append(said)):
        os.chdir(Path.cwd())
    os.chdir(Path.cwd())

    assert heard == ["os.chdir is called"]
