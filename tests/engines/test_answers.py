"""What a shape's state answers, worked out once, is what the state after each step answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.model.quantity import Bytes, Linear
from spillproof.model.system import Model, action
from spillproof.properties import registry
from spillproof.properties.catalogue import claims_about
from spillproof.properties.engines.automaton.answers import After, Once
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.proof.solver import Feasibility


class Overdrawn(Model):
    """Has a counter that may be negative, and says of it what is at least 0: that is a comparison, then."""

    used: Bytes
    lent: Bytes

    def begin(self) -> None:
        self.used = self.lent = 0

    @action
    def take(self, size: Bytes) -> None:
        self.used += size

    @action
    def give(self, size: Bytes) -> None:
        self.used -= size
        self.lent += 2 * size

    def accounted(self) -> Bytes:
        return max(self.used, 0)

    def reachable(self) -> Bytes:
        return self.used + self.lent

    def unclaimed(self) -> Bytes:
        return self.lent


@pytest.mark.parametrize("model", [Overdrawn(), *(find(name).build() for name in ("spark@2.3.4", "yardstick:deep"))])
def test_the_same_ways(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each edge violates the same claims in the same ways, also where a counter becomes negative."""
    claims = claims_about(type(model))[0]

    def broken() -> list[object]:
        edges = extract(model, claims, Feasibility(), any_preference=True).edges
        assert any(edge.negative for edge in edges)
        return [(edge.index, edge.target, repr(edge.broken), repr(edge.kept)) for edge in edges]

    answered = broken()
    monkeypatch.setattr(registry, "is_own", lambda _function: False)  # then the whole state is built and asked
    assert broken() == answered


def test_when_the_whole_state_is_built() -> None:
    """Where a field is read, or a method asked with arguments, or its answer is not known; and then once."""
    built: list[Any] = []
    whole: Any = SimpleNamespace(accounted=lambda *given: 7 if given else 5, reachable=lambda: 6, used=9)
    known = {"accounted": Linear({0: 1}), "reachable": NotImplemented}
    answers: Any = SimpleNamespace(state=Overdrawn().start(), to=known.get, to_any=lambda _: Linear({0: 2}))

    def after(update: Any) -> Any:
        built.clear()

        def build() -> Any:
            built.append(1)
            return whole

        return After(answers, update, build)

    asked = after((Linear({1: 1}),))
    assert (repr(asked.accounted()), built) == ("q1", [])
    assert (asked.accounted("all"), built) == (7, [1])
    assert (asked.accounted(), built) == (5, [1])
    asked = after((Linear({1: 1}),))
    assert (asked.reachable(), asked.used, built) == (6, 9, [1])
    negative = after((Linear({1: 1}, -1),))
    assert (repr(negative.unclaimed()), built) == ("2×q1 - 2", [])
    assert repr(after(None).accounted()) == "q0"


def test_what_is_asked_once() -> None:
    """A state works out once what it answers without arguments, if that is more than objects; fields are its own."""
    asked: list[Any] = []

    class Asked(Overdrawn):
        """Keeps what it is asked."""

        def accounted(self, *given: Any, **named: Any) -> Any:
            asked.append((given, named))
            return 5

        def parts(self) -> Any:
            asked.append("parts")
            return [object()]

    once: Any = Once(Asked().start())
    assert [once.accounted(), once.accounted(), once.accounted(1), once.accounted(by=2)] == [5] * 4
    assert asked == [((), {}), ((1,), {}), ((), {"by": 2})]
    asked.clear()
    assert len([once.parts(), once.parts()]) == len(asked) == 2
    assert (once.used, isinstance(once, Asked)) == (0, True)
