"""What a model may not do, asked of a whole model: the message leads to the line, and each has a twin that may."""

import logging
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.oracle import choose
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.catalogue import NO_EXCEPTION
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved


class Page(HeapObject):
    size: Bytes = 0


class Allowed(Model):
    """The twin: it does the same by what is allowed."""

    used: Bytes

    def begin(self, capacity: Bytes) -> None:
        self.used = capacity
        self.full = False

    @action
    def step(self, size: Bytes) -> None:
        require(not self.full)
        self.work(size)

    def work(self, size: Bytes) -> None:
        self.full = bool(self.used > size)


class KeyedBySize(Allowed):
    def work(self, size: Bytes) -> None:
        if {size: 1}:
            self.used = 1


class CountsUpTo(Allowed):
    def work(self, size: Bytes) -> None:
        for _ in range(size):
            self.used += 1


class Scales(Allowed):
    def work(self, size: Bytes) -> None:
        self.used = int(self.used * 1.5)


class Halves(Allowed):
    def work(self, size: Bytes) -> None:
        self.used = round(self.used / 2)


class ComparesWithAFraction(Allowed):
    """What cannot be done happens in Python's library, and the line is the model's all the same."""

    def work(self, size: Bytes) -> None:
        self.full = size > Fraction(3, 2)


class Multiplies(Allowed):
    def work(self, size: Bytes) -> None:
        self.full = bool(self.used * size > 9)


class ComparesWithTooMuch(Allowed):
    def work(self, size: Bytes) -> None:
        self.full = size > 10**5000


class DividesTooMuch(Allowed):
    def work(self, size: Bytes) -> None:
        self.used = (size * 10**5000) // 3


class IsTooMuch(Allowed):
    def work(self, size: Bytes) -> None:
        self.full = self.used > size
        self.used = 10**5000


class StoresText(Allowed):
    def work(self, size: Bytes) -> None:
        self.label = f"{size} bytes"


class StoresASet(Allowed):
    def work(self, size: Bytes) -> None:
        self.seen = {1}


class StoresUndeclared(Allowed):
    def work(self, size: Bytes) -> None:
        self.more = size


class Shares(Allowed):
    def work(self, size: Bytes) -> None:
        self.one = self.two = [1]


REFUSED: list[tuple[type[Model], str]] = [
    (KeyedBySize, r"in work: hash\("),
    (CountsUpTo, r"in work: range, index or int"),
    (Scales, r"in work: .* × 1\.5"),
    (Halves, r"in work: \(.*\) / 2: .*write // by a constant"),
    (Multiplies, r"in work: \(.*\) × \(.*\): the product"),
    (ComparesWithAFraction, r"in work: \(.*\)\.\w+: an unknown size has no bits and no digits"),
    (ComparesWithTooMuch, "in work: a number of more than 1,000 digits"),
    (DividesTooMuch, "in work: a number of more than 1,000 digits"),
    (IsTooMuch, "after step a size has a number of more than 1,000 digits"),
    (StoresText, r"in work: text is made of the size ⟨.*⟩, .* compare the size, not its text"),
    (StoresASet, r"StoresASet\.seen holds \{1\}, a set"),
    (StoresUndeclared, r"StoresUndeclared\.more holds the size .* write `more: Bytes`"),
    (Shares, r"Shares\.two shares its list"),
]


@pytest.mark.parametrize(("model", "said"), REFUSED)
def test_what_an_engine_cannot_honour_is_refused(model: type[Model], said: str) -> None:
    """`check` raises, and the message says where and what, be the quantity sliced away at first or not."""
    with pytest.raises(ModelError, match=said):
        check(model())


@pytest.mark.parametrize("model", [model for model, said in REFUSED if "in work" in said])
def test_a_refusal_names_the_action_and_this_file(model: type[Model]) -> None:
    """A refused expression comes with the action that was being taken and the line of the model."""
    with pytest.raises(ModelError, match=r"test_refusals\.py:\d+, in work: .* \(action: step\)"):
        check(model())


def test_the_twin_is_not_refused() -> None:
    """What is allowed is checked."""
    assert isinstance(check(Allowed()).of(NO_EXCEPTION), Proved)


log = logging.getLogger(__name__)


class Logs(Allowed):
    """Text of a size that Python's library makes, for a person."""

    def work(self, size: Bytes) -> None:
        log.warning("%s of %s bytes", size, self.used)


def test_a_size_may_be_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that is put together where it is logged is text for a person, as one that the model puts together."""
    written = StringIO()
    monkeypatch.setattr(log, "propagate", False)
    monkeypatch.setattr(log, "handlers", [logging.StreamHandler(written)])

    assert isinstance(check(Logs()).of(NO_EXCEPTION), Proved)
    assert "⟨size⟩ of " in written.getvalue()


class Raises(Allowed):
    def work(self, size: Bytes) -> None:
        if size == 3:
            raise KeyError(size)


def test_an_exception_is_a_finding_and_no_refusal() -> None:
    """An exception of the model's own is reported with a run, on integers."""
    report = check(Raises(), [NO_EXCEPTION])
    (result,) = report.violated()
    run: Any = result.verdict

    assert [step.arguments for step in run.run.steps] == [(3,)]


class RaisesASize(Allowed):
    """What is raised is a size, and its text nothing else."""

    def work(self, size: Bytes) -> None:
        missing = size - 2
        if missing == 1:
            raise ValueError(missing)


class AssertsASize(Allowed):
    def work(self, size: Bytes) -> None:
        assert size != 3, size


class ExitsWithASize(Allowed):
    def work(self, size: Bytes) -> None:
        if size == 3:
            raise SystemExit(size)


class ComparesWithNone(Allowed):
    """The slip of a limit that was never set."""

    limit: Bytes | None

    def begin(self, capacity: Bytes) -> None:
        super().begin(capacity)
        self.limit = None

    def work(self, size: Bytes) -> None:
        self.full = size != 3 or size > self.limit  # type: ignore[operator] # pyright: ignore[reportOperatorIssue] # the slip


@pytest.mark.parametrize("model", [RaisesASize, AssertsASize, ExitsWithASize, ComparesWithNone])
def test_a_size_in_an_exception_is_a_finding(model: type[Model]) -> None:
    """A size that is raised as it is, and what Python itself raises of one, are found on unknown sizes as well."""
    (result,) = check(model(), [NO_EXCEPTION]).violated()
    run: Any = result.verdict

    assert [step.arguments for step in run.run.steps] == [(3,)]


class Chooses(Model):
    used: Bytes
    options: Any = (1, 2)
    guard: Any = True

    def begin(self) -> None:
        self.used = 0

    @action
    def grow(self, size: Bytes) -> None:
        require(self.guard)
        self.used += size * len([choose(self.options)])


@pytest.mark.parametrize(
    ("options", "guard", "said"),
    [
        (frozenset((1, 2)), True, r"and is given a frozenset; write choose\(sorted\(…\)\)"),
        ({1: 2, 3: 4}, True, r"and is given a dict; write choose\(\[\*…\]\)"),
        (Bag([Page(), Page()]), True, r"and is given a Bag; write choose\(\[\*…\]\)"),
        ([1, 2], (False, "there is no room"), "a text in a pair, which is never false"),
    ],
)
def test_what_is_chosen_from_and_required(options: Any, guard: Any, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A choice from what is no row, and a guard with its message, are slips of the model and no exceptions of its."""
    monkeypatch.setattr(Chooses, "options", options)
    monkeypatch.setattr(Chooses, "guard", guard)
    with pytest.raises(ModelError, match=rf"test_refusals\.py:\d+, in grow: .*{said}"):
        check(Chooses(), [NO_EXCEPTION], witnesses=False)
