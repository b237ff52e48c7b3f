"""What a shape's state answers, worked out once, is what the state after each step answers."""

from __future__ import annotations

import pytest

from spillproof.model.catalogue import find
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action
from spillproof.properties import registry
from spillproof.properties.catalogue import claims_about
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
