"""What claims ask of a model only looks, and answers a size: another method is named, and its claims are not proved."""

from typing import Any, Protocol

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.engines.check import check
from spillproof.properties.engines.machine import machine_of
from spillproof.properties.engines.only_look import _methods
from spillproof.properties.engines.question import Engine
from spillproof.properties.engines.verdict import Refused


class Page(HeapObject):
    size: Bytes
    weighed: bool = False

    def shallow_size(self) -> Bytes:
        return self.size


class Cache(Model):
    """A cache whose leak can be taken only by who was not asked yet: whoever asks must not see that it is right."""

    used: Bytes
    page: Page | None

    def begin(self) -> None:
        self.used, self.page, self.asked = 0, None, False

    @action
    def load(self, size: Bytes) -> None:
        require(self.page is None)
        self.page = Page(size)
        self.used += size

    @action
    def leak(self) -> None:
        require(self.page is not None and not self.asked and not self.page.weighed)
        self.used = 0

    def accounted(self) -> Bytes:
        return self.used


class Accounts(Cache):
    def accounted(self) -> Bytes:
        self.asked = True
        return self.used


class Weighs(Cache):
    def unclaimed(self) -> Bytes:
        if self.page is not None:
            self.page.weighed = True
        return 0


class Remembers(Cache):
    """Leaves an attribute that no other state has."""

    def accounted(self) -> Bytes:
        self.kept = "asked"
        return self.used


CHANGE = [(Accounts, "accounted"), (Weighs, "unclaimed"), (Remembers, "accounted")]

few = settings(max_examples=20, stateful_step_count=5, deadline=None, database=None, derandomize=True)


@pytest.mark.parametrize("engine", [None, "explore", "simulate"])
@pytest.mark.parametrize(("model", "name"), CHANGE)
def test_a_method_that_changes_the_state_is_named(model: type[Cache], name: str, engine: Engine | None) -> None:
    """By each engine, with its line; it was `begin`, or an internal error, or all was well."""
    with pytest.raises(ModelError, match=rf"test_only_look.py:\d+: {model.__name__}.{name} changes the state that it"):
        check(model(), engine=engine)


@pytest.mark.parametrize(("model", "name"), CHANGE)
def test_a_machine_names_it(model: type[Cache], name: str) -> None:
    """A test of Hypothesis was green, and had taken no leak."""
    with pytest.raises(ModelError, match=f"{model.__name__}.{name} changes the state"):
        run_state_machine_as_test(machine_of(model()), settings=few)


class NoSize(Cache):
    """What it accounts is no number of bytes; True would count as one."""

    answer: Any = True

    def accounted(self) -> Any:
        return self.answer


@pytest.mark.parametrize(
    ("answer", "shown"), [(True, "True"), (None, "None"), ("5", "'5'"), (1.5, "1.5"), ([], "a list")], ids=str
)
def test_an_answer_that_is_no_size_is_refused(answer: Any, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each claim that needs it, and no other; with the line of the method."""
    monkeypatch.setattr(NoSize, "answer", answer)
    report = check(NoSize(), ["free_is_unreachable", "no_exception"], witnesses=False)

    assert [result.claim.name for result in report.refused()] == ["free_is_unreachable"]
    verdict = report.of("free_is_unreachable")
    assert isinstance(verdict, Refused)
    assert f"NoSize.accounted answers {shown}, where it is to answer a whole number" in str(verdict)


class Asks(Protocol):
    """What a claim may ask."""

    limit: int = 3

    def accounted(self) -> int:
        """Is asked."""
        raise NotImplementedError

    def _hidden(self) -> None:
        """Is not."""


def test_what_a_claim_may_ask() -> None:
    """The methods of its protocol, those of what that is made of too; and of anything else, nothing."""

    class AsksMore(Asks, Protocol):
        def unclaimed(self) -> int:
            raise NotImplementedError

    assert sorted(_methods(AsksMore)) == ["accounted", "unclaimed"]
    assert [*_methods(3)] == []
