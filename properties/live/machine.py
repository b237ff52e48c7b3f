"""Random runs on running code: a Hypothesis state machine made from any adapter, with a rule for each step.

Keys, handles and kept values are drawn from those that are live. What the machine finds is a script, which is then
taken again, shortened and judged without it: Hypothesis finds fast, and minimises badly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from spillproof.model.names import counted
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.offers import operations_of
from spillproof.properties.live.operations.operation import Operation
from spillproof.properties.live.operations.threads import Pair
from spillproof.properties.live.operations.values import Put
from spillproof.properties.live.session import Seen, Session, hits
from spillproof.properties.live.sizes import sizes_of

POINTS = 16
"""At random, a second thread works at one of the first so many points."""


class BrokenScript(AssertionError):
    """A claim is false at the end of a script."""

    def __init__(self, claim: Claim, script: Script, steps: list[Seen]) -> None:
        words = "\n    ".join(step.spelled + (f" raises {step.raised}" if step.raised else "") for step in steps)
        super().__init__(f"{claim.name} is false after {counted(len(script), 'step')}. {claim.sentence}\n    {words}")
        self.claim = claim
        self.script = script


class LiveMachine(RuleBasedStateMachine):
    """Takes random steps through an adapter. Made by `machine_of`."""

    adapter: ClassVar[type[Adapter]]
    claims: ClassVar[tuple[Claim, ...]]

    def __init__(self) -> None:
        super().__init__()
        self.playing = Session(self.adapter, self.claims).__enter__()
        self.script: list[Move] = []
        self.is_broken = False

    def take(self, move: Move) -> None:
        """Take a step, if it can be taken, and look at the claims."""
        if self.is_over() or not self.playing.can(move):
            return
        self.script.append(move)
        step = self.playing.take(move)
        before = self.playing.steps[-2]
        for claim in self.claims:
            if hits(claim, before, step):
                self.hit(claim)

    def is_over(self) -> bool:
        """Return whether nothing can follow: a claim is false, or a step has raised what it must not raise."""
        return self.is_broken or bool(self.playing.steps[-1].raised)

    def hit(self, claim: Claim) -> None:
        """Hear that a claim is false now, or a `sometimes` claim true."""
        if claim.mode is Mode.ALWAYS:
            self.is_broken = True
            raise BrokenScript(claim, tuple(self.script), self.playing.steps)

    def teardown(self) -> None:
        """Read what is there, drop what is held, close, and give everything back."""
        try:
            for move in list(self.playing.closing()):
                self.take(move)
        finally:
            self.playing.__exit__()


def machine_of(
    adapter: type[Adapter], claims: Iterable[Claim], base: type[LiveMachine] = LiveMachine
) -> type[LiveMachine]:
    """Return a state machine of random steps through an adapter, which raises `BrokenScript` where a claim is false."""
    members: dict[str, Any] = {"adapter": adapter, "claims": tuple(claims), "__module__": __name__}
    operations = [each for each in operations_of(adapter).values() if not each.ends]
    for operation in operations:
        if not isinstance(operation, Pair):
            members[f"rule_{operation.name}"] = _rule(adapter, operation)
    if pairs := [each for each in operations if isinstance(each, Pair)]:
        members["rule_at_once"] = _at_once(pairs)
    return type(f"{adapter.__name__}Machine", (base,), members)


def _rule(adapter: type[Adapter], operation: Operation) -> Callable[..., None]:
    action, sizes = operation.name, st.sampled_from(sizes_of(adapter))
    points = st.integers(1, max(1, min(operation.points, POINTS)))
    if isinstance(operation, Put):

        def put(self: LiveMachine, key: str, units: int) -> None:
            self.take(Move(action, key, units))

        return rule(key=st.sampled_from(adapter.keys_used), units=sizes)(_named(put, action))

    def step(self: LiveMachine, data: Any) -> None:
        moves = operation.choices(self.playing, sizes_of(adapter))
        if moves:
            move = data.draw(st.sampled_from(moves))
            self.take(replace(move, at=data.draw(points)) if operation.points else move)

    possible = precondition(lambda self: not self.is_over() and bool(operation.choices(self.playing, (1,))))
    return possible(rule(data=st.data())(_named(step, action)))


def _at_once(pairs: list[Pair]) -> Callable[..., None]:
    """Return the rule that takes two steps at once: one for all kinds, as each takes long."""

    def at_once(self: LiveMachine, data: Any) -> None:
        moves = data.draw(st.sampled_from(pairs)).choices(self.playing, (1,))
        if moves:
            self.take(replace(data.draw(st.sampled_from(moves)), at=data.draw(st.integers(1, POINTS))))

    return precondition(lambda self: not self.is_over())(rule(data=st.data())(at_once))


def _named(function: Callable[..., None], action: str) -> Callable[..., None]:
    function.__name__ = function.__qualname__ = action
    return function
