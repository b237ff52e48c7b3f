"""A Hypothesis state machine made from any model, for tests of one's own.

Its `TestCase` runs under pytest and unittest, with Hypothesis's settings, database, seeds, profiles and statistics.

Each action is one rule. Hypothesis has a rule draw its arguments first and act afterwards; here the drawing already
takes the action (see `walker`). A rule is offered only where some try succeeds, so that runs hold nothing that did not
happen. At a dead end there is nothing left but to be stuck, which is no error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, ClassVar, Protocol, Self

from hypothesis import Phase, event, reject, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from spillproof.model.names import counted
from spillproof.model.system import Action, Model, actions_of
from spillproof.properties.catalogue import always_about
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.question import by_names, refuse_no_model
from spillproof.properties.engines.run import Run, replay
from spillproof.properties.engines.walker import Draw, Taken, Walker


def machine_of(model: Model, claims: Iterable[Claim | str] | None = None) -> type[ModelMachine]:
    """Return a state machine that takes random steps of `model` and raises `Broken` where a claim is false.

    Without `claims`, every `always` claim that is about the model. Give one claim for a machine that looks for, and
    shrinks to, a run that breaks this one. A `sometimes` claim never fails; how often it was seen is in the statistics.
    Where no beginning that is drawn is possible, a test of it fails: it would have tested nothing.
    """
    refuse_no_model(model)
    asked = always_about(type(model)) if claims is None else list(by_names(claims, type(model)))
    return _machine(model, asked)


class Broken(AssertionError):
    """A claim is false at the end of a run. Each claim has a subclass, so that Hypothesis tells them apart."""

    def __init__(self, claim: Claim, run: Run) -> None:
        super().__init__(claim.name)
        self.claim = claim
        self.run = run

    def __str__(self) -> str:
        lines = [f"{self.claim.name} is false after {counted(len(self.run), 'step')}. {self.claim.sentence}"]
        lines += [moment.spelled + (f" raises {moment.raised}" if moment.raised else "") for moment in replay(self.run)]
        return "\n    ".join(lines)


@cache
def broken(claim: Claim) -> type[Broken]:
    """Return the exception that says that this claim is false."""
    return type(claim.name, (Broken,), {"__doc__": claim.sentence, "__module__": __name__})


class HypothesisDraw(Protocol):
    """Hypothesis's way to draw a value within a strategy."""

    def __call__(self, strategy: st.SearchStrategy[Any], /) -> Any: ...


def _drawing(draw: HypothesisDraw) -> Draw:
    return lambda count: int(draw(_below(count)))


@cache
def _below(count: int) -> st.SearchStrategy[int]:
    return st.integers(0, count - 1)


class ModelMachine(Walker, RuleBasedStateMachine):
    """Takes random steps of a model. Made by `machine_of`."""

    model: ClassVar[Model]  # type: ignore[misc] # pyright: ignore[reportIncompatibleVariableOverride] # its class is made for it
    claims: ClassVar[tuple[Claim, ...]]  # type: ignore[misc] # pyright: ignore[reportIncompatibleVariableOverride] # likewise

    def __init__(self) -> None:
        Walker.__init__(self)
        RuleBasedStateMachine.__init__(self)
        self.happened: set[str] = set()

    def hit(self, claim: Claim, error: Exception | None = None) -> None:
        """A claim is false here, or a `sometimes` claim true."""
        if claim.mode is Mode.ALWAYS:
            raise broken(claim)(claim, self.run) from error
        self.happened.add(claim.name)

    def teardown(self) -> None:
        self.look_back()
        for happened in sorted(self.happened | {step.action for step in self.run.steps}):
            event(f"{happened} happens")

    @precondition(Walker.is_stuck)
    @rule()
    def stuck(self) -> None:
        """Nothing can happen any more."""
        self.refused = True

    def _repr_step(self, rule: Any, *_: Any) -> str:  # pyright: ignore[reportIncompatibleMethodOverride] # untyped there
        """Return the line that Hypothesis prints for a step, as a person would write it."""
        return f"# {rule.function.__name__}: refused" if self.refused else f"state.{spelled(self.run)}"


def spelled(run: Run) -> str:
    """Return the last step of a run as a call with keywords: `insert(into=E1, size=3)`."""
    last = replay(run)[-1]
    if last.step is None:
        return last.spelled
    (action,) = (each for each in actions_of(type(run.model)) if each.name == last.step.action)
    values = last.spelled.removeprefix(f"{action.name}(").removesuffix(")").split(", ")
    words = (f"{each.name}={value}" for each, value in zip(action.parameters, values, strict=False))
    chosen = [f"environment={last.step.picks}"] if last.step.picks else []
    return f"{action.name}({', '.join([*words, *chosen])})"


# The class that Hypothesis runs


def _machine(model: Model, claims: list[Claim]) -> type[ModelMachine]:
    """Return a machine with a rule for each action."""
    body: dict[str, Any] = {
        "__module__": type(model).__module__,
        "__doc__": f"Takes random steps of {type(model).__name__}.",
        "model": model,
        "claims": tuple(claims),
        "_hypothesis_internal_add_digest": _identity(model, claims),
        "_begin": initialize(taken=_beginnings())(_arriving("begin")),
    }
    for place, action in enumerate(actions_of(type(model))):
        body[f"_take_{action.name}"] = precondition(_possible(action))(
            rule(taken=_steps(action.name))(_arriving(action.name, place))
        )
    machine: type[ModelMachine] = type(f"{type(model).__name__}Machine", (ModelMachine,), body)
    machine.TestCase.settings = settings(machine.TestCase.settings, phases=_without_explain())
    return machine


def _identity(model: Model, claims: list[Claim]) -> bytes:
    """Return what tells machines of one name apart in Hypothesis's database."""
    scope = [
        f"{name}={sorted(value) if isinstance(value, frozenset) else value}" for name, value in model.scope.items()
    ]
    return "\n".join([*scope, *(claim.name for claim in claims)]).encode()


def _arriving(name: str, place: int = 0) -> Callable[[ModelMachine, _Printed | None], None]:
    def arrive(self: ModelMachine, taken: _Printed | None) -> None:
        self.arrive(None if taken is None else taken.taken)

    arrive.__name__ = _Placed(name, place)
    return arrive


class _Placed(str):
    """A name that sorts by its place.

    Hypothesis tries first, and shrinks to, the rules that come first by name. We want them in the order in which the
    model is written, where the end of everything tends to come last.
    """

    __slots__ = ("place",)
    place: int

    def __new__(cls, name: str, place: int) -> Self:
        placed = super().__new__(cls, name)
        placed.place = place
        return placed

    def __lt__(self, other: str) -> bool:
        return self.place < other.place if isinstance(other, _Placed) else super().__lt__(other)


@st.composite
def _beginnings(draw: HypothesisDraw) -> _Printed:
    machine: ModelMachine = draw(st.runner())
    begun = machine.beginning(_drawing(draw))
    return _Printed(begun) if begun is not None else reject()


@st.composite
def _steps(draw: HypothesisDraw, name: str) -> _Printed | None:
    machine: ModelMachine = draw(st.runner())
    (action,) = (each for each in actions_of(type(machine.model)) if each.name == name)
    taken = machine.step(action, _drawing(draw))
    return None if taken is None else _Printed(taken)


class _Printed:
    """A step as Hypothesis prints it."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken

    def __repr__(self) -> str:
        return spelled(self.taken.run)


def _possible(action: Action) -> Callable[[ModelMachine], bool]:
    """Return a precondition. It has a name of its own, because Hypothesis reads the source of a lambda every time."""

    def possible(machine: ModelMachine) -> bool:
        return machine.can(action)

    return possible


def _without_explain() -> list[Phase]:
    """Return the phases of the profile but for the explaining one, which takes two thirds of the time."""
    return [phase for phase in settings().phases if phase is not Phase.explain]
