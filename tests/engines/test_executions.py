"""What looks behind an unknown size is refused even where it does the same at all sizes that are tried."""

import contextlib
import functools
import gc
import random
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from spillproof.model import Bytes, HeapObject, Model, action, choose, require
from spillproof.model.errors import ModelError
from spillproof.model.oracle import Oracle
from spillproof.properties.claims import Claim, always
from spillproof.properties.engines.check import check
from spillproof.properties.engines.validation.executions import Samples, _line, executed
from spillproof.properties.engines.validation.result import Disagreement
from spillproof.properties.engines.verdict import Proved, Refused, Violated

MODEL = ["free_is_unreachable", "no_exception"]


class Page(HeapObject):
    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class Cache(Model):
    """Frees what `forgets` says as well, and keeps a reference to it: wrong for 777 bytes."""

    used: Bytes
    read: Bytes
    page: Page | None

    def begin(self) -> None:
        self.used, self.read, self.page, self.odd = 0, 0, None, False

    @action
    def load(self, size: Bytes) -> None:
        require(self.page is None)
        self.page = Page(size)
        self.used += size

    @action
    def look(self, size: Bytes) -> None:
        self.read += size

    @action
    def evict(self) -> None:
        require(self.page is not None)
        if not self.forgets():
            self.page = None
        self.used = 0

    def forgets(self) -> bool:
        raise NotImplementedError

    def accounted(self) -> Bytes:
        return self.used


class ByType(Cache):
    def forgets(self) -> bool:
        return type(self.used) is int and self.used == 777


class AmongTypes(Cache):
    def forgets(self) -> bool:
        return type(self.used) in {int, bool} and self.used == 777


class ByTable(Cache):
    def forgets(self) -> bool:
        odd = {int: lambda size: size == 777}.get(type(self.used))
        return odd is not None and odd(self.used)


class Suppressed(Cache):
    def forgets(self) -> bool:
        with contextlib.suppress(TypeError):
            self.odd = Decimal(self.used) == 777
        return self.odd


@pytest.mark.parametrize("model", [ByType, AmongTypes, ByTable, Suppressed])
def test_what_looks_behind_a_size_is_refused(model: type[Cache]) -> None:
    """It is wrong for 777 bytes only: integers go on to ask that, and unknown sizes do not."""
    with pytest.raises(Disagreement, match=r"evict .* does not execute .* only integers go on at .*test_executions"):
        check(model(), MODEL)


def test_what_is_asked_of_the_size_itself_is_found() -> None:
    """Without a look at its type the same mistake is found at 777 bytes."""

    class Plain(Cache):
        def forgets(self) -> bool:
            return self.used == 777

    verdict = check(Plain(), MODEL).of("free_is_unreachable")

    assert isinstance(verdict, Violated)
    assert verdict.bytes == 777


class Kept(Cache):
    def forgets(self) -> bool:
        return self.used < 0


@always
def by_type(now: Kept) -> bool:
    """It never has 777 bytes, it says."""
    return not (type(now.used) is int and now.used == 777)


@always
def by_type_after(before: Kept, after: Kept) -> bool:
    """It never comes to 777 bytes, it says."""
    return before.used == after.used or not (type(after.used) is int and after.used == 777)


@pytest.mark.parametrize("claim", [by_type, by_type_after])
def test_a_claim_that_looks_behind_a_size_is_refused(claim: Claim) -> None:
    """It is false at 777 bytes only, and that is the claim's fault, and no other's."""
    report = check(Kept(), [claim, *MODEL])

    assert isinstance(report.results[0].verdict, Refused)
    assert "does not execute" in report.results[0].verdict.why
    assert all(isinstance(each.verdict, Proved) for each in report.results[1:])


@functools.cache
def limit(name: str) -> int:
    """Executed once."""
    return len(name)


class Honest(Cache):
    """Keeps a table that is no state, asks about a set of objects, makes text for an exception, catches one."""

    def forgets(self) -> bool:
        require(self.used != limit("page"))
        pages = {page for page in (self.page, self.page) if page is not None}
        try:
            self.complain(sum(page.size for page in pages))
        except LookupError:
            return False
        return len(pages) != 1

    def complain(self, size: object) -> None:
        if isinstance(size, int) and size > 100:
            raise LookupError(f"{size} bytes")


def test_an_honest_model_is_not_accused() -> None:
    """What is kept from one time to the next, and sets of objects, are no looks behind a size."""
    assert all(isinstance(each.verdict, Proved) for each in check(Honest(), MODEL).results)


def test_fewer_and_fewer_are_looked_at() -> None:
    """Of each kind the first, the fourth, the sixteenth."""
    samples = Samples()
    looked_at = [samples.has_next("kind") for _ in range(16)]

    assert [place for place, is_looked_at in enumerate(looked_at, 1) if is_looked_at] == [1, 4, 16]
    assert samples.has_next("another")


class GoesOn(Cache):
    """Catches that it is refused, and goes on to compare a size that nothing else compares."""

    def forgets(self) -> bool:
        return False

    @action
    def look(self, size: Bytes) -> None:
        is_refused = self.page is None and size > 3
        with contextlib.suppress(Exception):
            require(not is_refused)
        if is_refused and min(size, self.read) > 0:
            self.read = 0


class Chooses(Model):
    """Catches that it is refused, notes it, compares what nothing else compares, and chooses."""

    amounts: list[Bytes]

    def begin(self) -> None:
        self.last, self.amounts = 0, [0, 0]

    @action
    def look(self, size: Bytes, really: bool) -> None:  # noqa: FBT001 - engines give arguments by position
        try:
            require(really and size < 1)
        except Exception:  # noqa: BLE001 - as a model may do
            self.refused = True
        self.last += choose((max(self.amounts), self.last))


@pytest.mark.parametrize(("model", "claims"), [(GoesOn, MODEL), (Chooses, ["no_exception", "counters_never_negative"])])
def test_what_comes_after_the_end_of_a_step_is_not_compared(model: type[Model], claims: Any) -> None:
    """A step that was refused has ended, whatever the model catches: what it executes after that is no part of it."""
    report = check(model(), claims)

    assert [type(each.verdict) for each in report.results[:2]] == [Proved, Proved]


def test_what_others_do_as_garbage_is_looked_for_is_not_compared() -> None:
    """A callback that Python calls at any time is no part of a step; garbage is looked for again afterwards."""
    before = gc.get_threshold()
    gc.callbacks.append(called_at_any_time)
    gc.set_threshold(1)
    try:
        found = executed(lambda: [[] for _ in range(100)], Oracle())
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(called_at_any_time)

    assert found is not None
    assert not any(name == called_at_any_time.__qualname__ for _, _, name, _ in found)
    assert gc.isenabled()


def called_at_any_time(_phase: str, _info: dict[str, int]) -> None:
    """Stands for what a library wants to know of garbage."""


def test_a_place_in_code_has_a_line() -> None:
    """That of its function, where what Python puts in, such as the cells of a closure, stands on none."""

    def outer(size: int) -> Callable[[], int]:
        def inner() -> int:
            return size

        return inner

    code = outer.__code__
    without = {start for start, _, line in code.co_lines() if line is None}

    assert {_line(code, start) for start in without} == {code.co_firstlineno}
    assert without
    assert _line(code, len(code.co_code) - 2) == code.co_firstlineno + 4


def test_what_listens_to_python_listens_again_afterwards() -> None:
    """A debugger, or a profiler, that somebody has set."""
    heard: list[str] = []
    before = sys.getprofile()
    sys.setprofile(profiler := lambda _frame, event, _of: heard.append(event))
    try:
        executed(lambda: len([]), Oracle())
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(before)


class Named:
    """Hashes what it is called, as whatever is a key does."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __hash__(self) -> int:
        return hash(self.name)


def test_what_is_a_key_may_be_hashed() -> None:
    """Its number is for the table alone; whoever asks for it otherwise has another one in each process."""
    assert executed(lambda: {Named("page"): 1}, Oracle()) is not None
    with pytest.raises(ModelError, match="hash"):
        executed(lambda: hash(Named("page")), Oracle())


def test_chance_that_no_model_asks_for() -> None:
    """Where all who call are libraries' nobody is named, and what is done is done to its end."""
    drawn: list[int] = []
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(executed, functools.partial(drawn.extend, map(random.randint, [6], [6])), Oracle())

    assert found.result() == {}
    assert drawn == [6]
