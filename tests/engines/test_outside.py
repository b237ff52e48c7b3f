"""What is outside of every state: where it is looked for, what of it is looked at, and what counts as set."""

from __future__ import annotations

import re
import sys
import threading
from array import array
from collections import OrderedDict
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import field
from functools import cache, partial, partialmethod
from io import StringIO
from itertools import count, cycle
from random import Random
from types import FunctionType, MappingProxyType, ModuleType, SimpleNamespace
from typing import Any, cast
from weakref import WeakSet

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.beside import modules_beside
from spillproof.properties.claims import always
from spillproof.properties.engines.check import check
from spillproof.properties.engines.question import Engine
from spillproof.properties.engines.refinement.refinement import refinement
from spillproof.properties.engines.validation.around import closed_over, defaults_of
from spillproof.properties.engines.validation.contents import Contents
from spillproof.properties.engines.validation.outside import Outside, _plain, _set, refuse_shared
from spillproof.properties.engines.verdict import Violated


def made(filled: bool) -> FunctionType:  # noqa: FBT001 - whatever it closes over
    """A function that closes over two names, one of which may have nothing yet."""
    one = 1
    if filled:
        two = 2

    def inner() -> tuple[int, int]:
        return one, two  # pyright: ignore[reportPossiblyUnboundVariable] # which is what is asked about

    return cast("FunctionType", inner)


def test_what_a_function_closes_over() -> None:
    """By name; a name that has no value yet has none."""
    assert closed_over(made(filled=True)) == {"one": 1, "two": 2}
    assert closed_over(made(filled=False)) == {"one": 1}
    assert closed_over(cast("FunctionType", made)) == {}


def one_of_two(first: int, second: int = 2) -> None:
    """Has a default."""


def by_name(first: int, *rest: int, third: int = 3, fourth: int) -> None:
    """Has a default of a name."""


def all_of_them(first: int = 1, second: int = 2, /, third: int = 3, *, fourth: int = 4) -> int:
    """Has nothing else, and a variable that is none of them."""
    variable = first + second + third + fourth
    return variable  # noqa: RET504


def none(first: int) -> None:
    """Has none."""


@pytest.mark.parametrize(
    ("function", "defaults"),
    [
        (one_of_two, {"second": 2}),
        (by_name, {"third": 3}),
        (all_of_them, {"first": 1, "second": 2, "third": 3, "fourth": 4}),
        (none, {}),
    ],
)
def test_what_a_function_has_for_parameters(function: Callable[..., object], defaults: dict[str, object]) -> None:
    """Defaults belong to the last of those that have a place, and to those that have a name."""
    assert defaults_of(cast("FunctionType", function)) == defaults


def test_what_was_set() -> None:
    """Names that are new, or have another value; not what Python, or the library, keeps for itself."""
    one, other = object(), object()
    before = {"same": one, "other": one, "gone": one, "none": None}
    now = {"same": one, "other": other, "new": one, "none": None, "__dict__": one, "_abc_cache": other, "_own": one}

    assert [*_set(before, now)] == ["other", "new", "_own"]
    assert [name for name, _ in _plain(now)] == ["same", "other", "new", "none", "_own"]


class Shared(Model):
    """Its class has something that may be no part of it."""

    kept: Any = 1

    def begin(self) -> None:
        """Begin."""

    @action
    def nothing(self) -> None:
        """Change nothing."""


class Below(Shared):
    """Inherits it."""


@pytest.mark.parametrize("value", [HeapObject(), Bag()])
def test_what_no_step_resets(value: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Heap objects and bags in a class, in one above it, or in its module."""
    refuse_shared(Below)
    kind = type(value).__name__
    with monkeypatch.context() as patch:
        patch.setattr(Shared, "kept", value)
        with pytest.raises(ModelError, match=rf"Shared\.kept holds a {kind} outside of the model's state"):
            refuse_shared(Below)
    monkeypatch.setattr(sys.modules[__name__], "kept_here", value, raising=False)
    with pytest.raises(ModelError, match=rf"{__name__}\.kept_here holds a {kind} outside"):
        refuse_shared(Below)


def test_what_a_step_sets_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a class, a class above it, a module, a function: with where it is; and nothing where nothing is."""
    outside = Outside(Below)
    outside.refuse_changed()
    for target, name, said in (
        (Below, "kept", r"test_outside\.py:\d+: Below\.kept is set during the check, and a class is"),
        (Shared, "another", r"Shared\.another is set during the check, and a class is"),
        (sys.modules[__name__], "one", rf"{__name__}\.one is set during the check, and a module is"),
        (none, "count", r"test_outside\.py:\d+: none\.count is set during the check, and a function is"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(target, name, object(), raising=False)
            with pytest.raises(ModelError, match=said):
                outside.refuse_changed()
    outside.refuse_changed()


KEPT: dict[str, list[int]] = {}
SPACE: Any = SimpleNamespace(room=threading.Semaphore(2), lock=threading.Lock())


class Slotted:
    """Keeps what it has in a slot."""

    __slots__ = ("room",)

    room: int


SLOTTED: Any = Slotted()


@cache
def remembered() -> list[int]:
    """Make a list once."""
    return []


@pytest.fixture(autouse=True)
def _nothing_is_registered() -> None:
    """What another test has left is taken out."""
    KEPT.clear()
    remembered.cache_clear()
    SPACE.room, SPACE.lock = threading.Semaphore(2), threading.Lock()
    with suppress(AttributeError):
        del SLOTTED.room


class Registering(Model):
    """A step puts something outside of the state, where the other step looks for it."""

    used: Bytes

    def begin(self, at: int = 777) -> None:
        self.used, self.at = 0, at

    @action
    def register(self, size: Bytes) -> None:
        require(size == self.at)
        self.put()

    @action
    def use(self) -> None:
        self.used = 5 if self.has() else 0

    def put(self) -> None:
        KEPT["a"] = [1]

    def has(self) -> bool:
        return bool(KEPT)


class InACache(Registering):
    def put(self) -> None:
        remembered().append(1)

    def has(self) -> bool:
        return bool(remembered())


class InANamespace(Registering):
    def put(self) -> None:
        SPACE.room.acquire(blocking=False)

    def has(self) -> bool:
        return not SPACE.room.acquire(blocking=False)


class InALock(Registering):
    def put(self) -> None:
        SPACE.lock.acquire(blocking=False)

    def has(self) -> bool:
        return bool(SPACE.lock.locked())


class InASlot(Registering):
    def put(self) -> None:
        SLOTTED.room = 1

    def has(self) -> bool:
        return hasattr(SLOTTED, "room")


class InAGuard(Registering):
    """Where something is registered nothing can be used: an engine found `use` refused in every state."""

    @action
    def use(self) -> None:
        require(not KEPT)
        self.used = 5


class Remembering(Registering):
    """What it keeps outside it could as well do without."""

    def put(self) -> None:
        KEPT["b"] = [1]

    def has(self) -> bool:
        return not KEPT.setdefault("c", [])


@always
def less_than_5_is_used(now: Registering) -> bool:
    """Nothing was registered."""
    return now.used < 5


@pytest.mark.parametrize("engine", [None, "explore"])
@pytest.mark.parametrize("model", [Registering, InAGuard, InACache, InANamespace, InALock, InASlot])
def test_what_is_outside_is_as_it_was(model: type[Registering], engine: Engine | None) -> None:
    """What one step leaves there another does not find when it is taken by itself: `use` alone was said to reach 5."""
    with pytest.raises(ModelError, match=r"keep all state in the model|is set during the check"):
        check(model(at=1 if engine else 777), [less_than_5_is_used], engine=engine)


def test_what_is_outside_is_as_it_was_when_models_are_compared() -> None:
    """A model that sets a lock has runs that it would not have by itself, or lacks some."""
    with pytest.raises(ModelError, match="is set during the check"):
        refinement(InALock(at=1), InALock(at=1))


def test_what_is_only_remembered() -> None:
    """It may be forgotten, and is found again."""
    KEPT.clear()
    report = check(Remembering(), [less_than_5_is_used])

    assert isinstance(report.results[0].verdict, Violated)
    assert len(report.results[0].verdict.run.steps) == 1


def numbers() -> Generator[int, None, None]:
    """Three numbers, one after another."""
    yield from range(3)


@pytest.mark.parametrize(
    ("counting", "arguments"),
    [(partial(next, count()), ()), (count().__next__, ()), (numbers().__next__, ()), (numbers().send, (None,))],
)
def test_what_counts(counting: Callable[..., object], arguments: tuple[object, ...]) -> None:
    """A counter and a generator that stand outside are where they were, and are not once they were asked."""
    contents = Contents(counting, ())
    assert not contents.changed()
    counting(*arguments)
    assert contents.changed()


def last_sent() -> Generator[object, object, None]:
    """Return a generator that has what was sent to it last, and always waits at the same place."""

    def sent() -> Generator[object, object, None]:
        last: object = None
        while True:
            last = yield last

    keeping = sent()
    next(keeping)
    return keeping


@pytest.mark.parametrize(
    ("kept", "use"),
    [
        (iter([1, 2]), next),
        (cycle([1, 2]), next),
        (array("i"), lambda kept: kept.append(1)),
        (StringIO(), lambda kept: kept.write("x")),
        (Random(0), lambda kept: kept.random()),
        (ValueError(), lambda kept: kept.add_note("x")),
        (WeakSet[type](), lambda kept: kept.add(Below)),
        (OrderedDict(a=1, b=2), lambda kept: kept.move_to_end("a")),
        (MappingProxyType({"a": [1]}), lambda kept: kept["a"].append(2)),
        (partialmethod(print, [1]), lambda kept: kept.args[0].append(2)),
        (memoryview(bytearray(1)), lambda kept: kept.__setitem__(0, 1)),
        (last_sent(), lambda kept: kept.send(5)),
    ],
)
def test_what_python_keeps(kept: Any, use: Callable[[Any], object]) -> None:
    """Objects of Python's own classes that stand outside are as they were, and are not once they were used."""
    contents = Contents((kept,), ())
    assert not contents.changed()
    use(kept)
    contents.put_back()
    assert contents.changed()


class Holder:
    """Has functions of every kind, and a class of its own."""

    class Inner:
        """Has something, too."""

        on = False

    @staticmethod
    def of_a_class(seen: list[int] = []) -> list[int]:  # noqa: B006 - which is what is asked about
        """Has a default that can change."""
        return seen

    @property
    def read(self, seen: list[int] = []) -> list[int]:  # noqa: B006, PLR0206 - likewise
        """Has one as well."""
        return seen

    def counted(self) -> Callable[[], list[int]]:
        """Return a function that closes over another, which closes over a list."""
        seen: list[int] = []

        def inner() -> list[int]:
            return seen

        return lambda: inner()  # noqa: PLW0108 - it is another function

    table = {"first": lambda seen=[]: seen}  # noqa: RUF012 - likewise


HOLDER: Any = Holder()
NESTED = HOLDER.counted()


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (lambda: Holder.of_a_class().append(1), "seen has, a default of Holder.of_a_class"),
        (lambda: HOLDER.read.append(1), "seen has, a default of Holder.read"),
        (lambda: HOLDER.table["first"]().append(1), "seen has, a default of Holder.<lambda>"),
        (lambda: NESTED().append(1), "seen has, which Holder.counted.<locals>.inner closes over"),
        (lambda: setattr(Holder.Inner, "on", True), "Inner.on is set"),
        (lambda: setattr(Holder.Inner, "__doc__", "on"), "Inner.__doc__ is set"),
        (lambda: setattr(Holder.of_a_class, "on", True), "Holder.of_a_class.on is set"),
    ],
)
def test_wherever_it_stands(use: Callable[[], object], said: str) -> None:
    """In a function that something wraps or closes over, in a table, in a class within a class."""
    outside = Outside(Below)
    outside.refuse_changed()
    use()
    with pytest.raises(ModelError, match=re.escape(said)):
        outside.refuse_changed()


def test_what_a_module_beside_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flag in a module that the model's own only imports is no part of a state either; Python's modules are not."""
    beside, further = ModuleType("kept_beside"), ModuleType("kept_further")
    for each in (beside, further):
        each.__file__ = f"/somewhere/{each.__name__}.py"
        monkeypatch.setitem(sys.modules, each.__name__, each)
        vars(each)["flag"] = False
    vars(beside)["further"] = further
    monkeypatch.setattr(sys.modules[__name__], "beside", beside, raising=False)
    assert [*modules_beside(Below)] == [__name__, "kept_beside", "kept_further"]

    outside = Outside(Below)
    vars(further)["flag"] = True
    with pytest.raises(ModelError, match=r"^kept_further\.flag is set during the check, and a module is no part"):
        outside.refuse_changed()


class Numbered(HeapObject):
    number: int = field(default_factory=count().__next__)


def test_what_numbers_objects() -> None:
    """What makes the default of a field is called by the field's name: `dataclass` has put it into a closure."""
    outside = Outside(Below)
    Numbered()
    with pytest.raises(ModelError, match=r"^what the default of Numbered\.number has is set during the check"):
        outside.refuse_changed()
