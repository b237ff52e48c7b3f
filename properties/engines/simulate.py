"""Random runs on plain integers: a Hypothesis state machine made from any model.

`machine_of` is for tests of one's own: its `TestCase` runs under pytest and unittest, with Hypothesis's settings,
database, seeds, profiles and statistics. `simulate` is the engine: it finds, and leaves the shortening to engines that
can certify it, because Hypothesis finds fast and minimises badly.

Each action is one rule. Hypothesis has a rule draw its arguments first and act afterwards; here the drawing already
takes the action, on a copy of the state. So an action that was refused half-way leaves no trace, what the environment
chooses is drawn when it chooses, and where a guard says no, something near is tried at once. A rule is offered only
where such a try succeeds, so that runs hold nothing that did not happen. At a dead end there is nothing left but to be
stuck, which is no error.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import combinations, product
from typing import Any, ClassVar, Protocol, Self

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, event, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from spillproof.model import oracle
from spillproof.model.clone import clone
from spillproof.model.errors import ModelError
from spillproof.model.identity import Identity
from spillproof.model.state import snapshot
from spillproof.model.step import attempt, begin, bind, ranges
from spillproof.model.system import Action, Kind, Model, actions_of, open_parameters
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION, claims_about
from spillproof.properties.claims import Claim, Mode, named_apart
from spillproof.properties.engines.alarm import heard
from spillproof.properties.engines.limits import OutOfTime
from spillproof.properties.engines.run import Run, Step, false_at, replay, sizes_of

LARGEST = 8
"""The beginning's open sizes, such as the capacity, are drawn up to here."""

BEGINNINGS = 5
"""How often a beginning is drawn, where one may be refused, before a run is given up."""

MOST_SIZES = 90
"""Hypothesis mixes constants of whatever modules are loaded into ranges of a hundred and more, and a seed would then
mean another run in another process."""


def machine_of(model: Model, claims: Iterable[Claim] | None = None) -> type[ModelMachine]:
    """Return a state machine that takes random steps of `model` and raises `Broken` where a claim is false.

    Without `claims`, every `always` claim that is about the model. Give one claim for a machine that looks for, and
    shrinks to, a run that breaks this one. A `sometimes` claim never fails; how often it was seen is in the statistics.
    """
    asked = claims_about(type(model))[0] if claims is None else list(named_apart(claims))
    return _machine(ModelMachine, model, asked)


class Broken(AssertionError):
    """A claim is false at the end of a run. Each claim has a subclass, so that Hypothesis tells them apart."""

    def __init__(self, claim: Claim, run: Run) -> None:
        super().__init__(claim.name)
        self.claim = claim
        self.run = run

    def __str__(self) -> str:
        lines = [f"{self.claim.name} is false after {len(self.run)} steps. {self.claim.sentence}"]
        lines += [moment.spelled + (f" raises {moment.raised}" if moment.raised else "") for moment in replay(self.run)]
        return "\n    ".join(lines)


@cache
def broken(claim: Claim) -> type[Broken]:
    """Return the exception that says that this claim is false."""
    return type(claim.name, (Broken,), {"__doc__": claim.sentence, "__module__": __name__})


class Draw(Protocol):
    """Hypothesis's way to draw a value within a strategy."""

    def __call__(self, strategy: st.SearchStrategy[Any], /) -> Any: ...


class Environment(oracle.Oracle):
    """Lets Hypothesis choose for the environment, and keeps what it chose."""

    def __init__(self, draw: Draw, doing: str) -> None:
        self.draw = draw
        self.doing = doing
        self.picks: list[int] = []

    def choose(self, options: int) -> int:
        self.picks.append(pick(self.draw, options))
        return self.picks[-1]


@dataclass(frozen=True)
class Taken:
    """A step that was not refused: the run with it, and the state it leads to or what it raised."""

    run: Run
    state: Any
    error: Exception | None = None
    identity: Identity = field(default_factory=Identity)
    """Which objects of the state are which of the one before."""

    def __repr__(self) -> str:
        return spelled(self.run)


class ModelMachine(RuleBasedStateMachine):
    """Takes random steps of a model. Made by `machine_of`."""

    model: ClassVar[Model]
    claims: ClassVar[tuple[Claim, ...]]

    def __init__(self) -> None:
        super().__init__()
        self.state: Any = None
        """The present state. None where no beginning was possible."""
        self.objects: list[Any] = []
        """Its objects in canonical order."""
        self.run = Run(self.model, (), ())
        self.refused = False
        self.chances: dict[str, bool] = {}
        """Which actions can be taken in the present state, as far as that is known."""
        self.happened: set[str] = set()

    # Drawing, which takes the step on a copy

    def begin(self, draw: Draw) -> Taken | None:
        """Return a beginning, or None where the sizes that were drawn are refused."""
        parameters = open_parameters(self.model)
        values = tuple(
            self.size(draw) if each.kind is Kind.SIZE else each.values[pick(draw, len(each.values))]
            for each in parameters
        )
        environment = Environment(draw, "begin")
        with oracle.consulting(environment):
            state, outcome = begin(self.model, values)
        if outcome.error is not None:
            raise outcome.error
        return Taken(Run(self.model, values, (), tuple(environment.picks)), state) if outcome.taken else None

    def step(self, action: Action, draw: Draw) -> Taken | None:
        """Return a step of an action, or None where everything that was tried is refused."""
        for values in self.candidates(action, draw):
            taken = self.attempt(action, values, Environment(draw, action.name))
            if taken is not None:
                return taken
        self.chances[action.name] = False
        return None

    def candidates(self, action: Action, draw: Draw) -> Iterator[tuple[Any, ...]]:
        """Yield arguments to try: those that are drawn, then all others, the next smaller sizes first.

        The fewer numbers a step is made from, the better Hypothesis can remove it: hence one draw and no second one.
        """
        instances = list(product(*ranges(action.parameters, self.objects)))
        first = pick(draw, len(instances)) if instances else 0
        open_sizes = _open_sizes(action)
        sizes = self.sizes() if open_sizes else [0]
        drawn = [pick(draw, len(sizes)) for _ in range(open_sizes)]
        for less in range(len(sizes)):
            for places in instances[first:] + instances[:first]:
                yield _filled(places, [sizes[index - less] for index in drawn])

    def can(self, action: Action) -> bool:
        """Return whether an action can be taken here, or might be."""
        if action.name not in self.chances:
            self.chances[action.name] = self.state is not None and self.probe(action)
        return self.chances[action.name]

    def probe(self, action: Action) -> bool:
        """Return whether some arguments are accepted, or other choices or another mixture of sizes might be."""
        open_ended = _open_sizes(action) > 1
        for values in self.candidates(action, _simplest):
            environment = Environment(_simplest, action.name)
            if self.attempt(action, values, environment) is not None:
                return True
            open_ended |= bool(environment.picks)
        return open_ended

    def is_stuck(self) -> bool:
        """Return whether no action can be taken here."""
        return not any(map(self.can, actions_of(type(self.model))))

    def attempt(self, action: Action, values: tuple[Any, ...], environment: Environment) -> Taken | None:
        """Return a step with these arguments, or None where it is refused."""
        copies: dict[int, Any] = {}
        state = clone(self.state, copies)
        copied = [copies[id(each)] for each in self.objects]
        with oracle.consulting(environment):
            outcome = attempt(state, action, bind(action.parameters, values, copied))
        if outcome.refused:
            return None
        step = Step(action.name, values, tuple(environment.picks))
        identity = Identity(zip(copied, self.objects, strict=True))
        return Taken(replace(self.run, steps=(*self.run.steps, step)), state, outcome.error, identity)

    def size(self, draw: Draw) -> int:
        sizes = self.sizes()
        return sizes[pick(draw, len(sizes))]

    def sizes(self) -> list[int]:
        """Return the sizes to draw from: small ones, and those that just fit or just do not fit into something."""
        present = {abs(size) for size in sizes_of(self.state)} if self.state is not None else set()
        fitting = {abs(one - other) for one, other in combinations(present, 2)}
        return sorted({*range(1, LARGEST + 1), *present, *fitting} - {0})[:MOST_SIZES]

    # Arriving, which commits it

    def arrive(self, taken: Taken | None) -> None:
        """Go to where a step leads, and look at every claim there."""
        self.refused = taken is None or (taken.error is not None and NO_EXCEPTION not in self.claims)
        if taken is None or self.refused:
            return
        before, run = self.state, self.run
        self.run = taken.run
        if taken.error is not None:
            self.hit(NO_EXCEPTION, taken.error)
            self.run = run
            return
        self.state = taken.state
        self.chances.clear()
        self.objects = snapshot(self.state).objects
        for claim in self.claims:
            if hits(claim, before, self.state, taken.identity):
                self.hit(claim)

    def hit(self, claim: Claim, error: Exception | None = None) -> None:
        """A claim is false here, or a `sometimes` claim true."""
        if claim.mode is Mode.ALWAYS:
            raise broken(claim)(claim, self.run) from error
        self.happened.add(claim.name)

    def teardown(self) -> None:
        for happened in sorted(self.happened | {step.action for step in self.run.steps}):
            event(f"{happened} happens")

    @precondition(is_stuck)
    @rule()
    def stuck(self) -> None:
        """Nothing can happen any more."""
        self.refused = True
        self.rest()

    def rest(self) -> None:
        """Wait for the end of the run."""

    def _repr_step(self, rule: Any, *_: Any) -> str:  # pyright: ignore[reportIncompatibleMethodOverride] # untyped there
        """Return the line that Hypothesis prints for a step, as a person would write it."""
        return f"# {rule.function.__name__}: refused" if self.refused else f"state.{spelled(self.run)}"


def hits(claim: Claim, before: Any, now: Any, identity: Identity) -> bool:
    """Return whether a claim is false (for a `sometimes` claim: true) on arriving in a state."""
    if claim is NEVER_NEGATIVE:
        return any(size < 0 for size in sizes_of(now))
    if claim.over_steps and before is None:
        return False
    states = (before, now) if claim.over_steps else (now,)
    return bool(claim(*states, identity=identity)) is (claim.mode is Mode.SOMETIMES)


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


def _machine(base: type[ModelMachine], model: Model, claims: list[Claim]) -> type[ModelMachine]:
    """Return a subclass of `base` with a rule for each action."""
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
    machine: type[ModelMachine] = type(f"{type(model).__name__}Machine", (base,), body)
    machine.TestCase.settings = settings(machine.TestCase.settings, phases=_without_explain())
    return machine


def _identity(model: Model, claims: list[Claim]) -> bytes:
    """Return what tells machines of one name apart in Hypothesis's database."""
    scope = [
        f"{name}={sorted(value) if isinstance(value, frozenset) else value}" for name, value in model.scope.items()
    ]
    return "\n".join([*scope, *(claim.name for claim in claims)]).encode()


def _arriving(name: str, place: int = 0) -> Callable[[ModelMachine, Taken | None], None]:
    def arrive(self: ModelMachine, taken: Taken | None) -> None:
        self.arrive(taken)

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
def _beginnings(draw: Draw) -> Taken | None:
    machine = draw(st.runner())
    return next((begun for _ in range(BEGINNINGS) if (begun := machine.begin(draw)) is not None), None)


@st.composite
def _steps(draw: Draw, name: str) -> Taken | None:
    machine: ModelMachine = draw(st.runner())
    (action,) = (each for each in actions_of(type(machine.model)) if each.name == name)
    return machine.step(action, draw)


def _filled(places: tuple[Any, ...], sizes: list[int]) -> tuple[Any, ...]:
    """Return arguments with the next size for each None."""
    remaining = iter(sizes)
    return tuple(next(remaining) if place is None else place for place in places)


def _open_sizes(action: Action) -> int:
    return sum(each.kind is Kind.SIZE for each in action.parameters)


def _possible(action: Action) -> Callable[[ModelMachine], bool]:
    """Return a precondition. It has a name of its own, because Hypothesis reads the source of a lambda every time."""

    def possible(machine: ModelMachine) -> bool:
        return machine.can(action)

    return possible


def _simplest(_strategy: object) -> int:
    return 0


def pick(draw: Draw, count: int) -> int:
    """Draw one of 0 … count - 1. A draw takes time even where there is nothing to choose."""
    return int(draw(_below(count))) if count > 1 else 0


@cache
def _below(count: int) -> st.SearchStrategy[int]:
    return st.integers(0, count - 1)


def _without_explain() -> list[Phase]:
    """Return the phases of the profile but for the explaining one, which takes two thirds of the time."""
    return [phase for phase in settings().phases if phase is not Phase.explain]


# The engine


@dataclass
class Simulated:
    """What random runs found, and how many were tried."""

    found: dict[str, Run | None]
    """For each claim a run that breaks it (for a `sometimes` claim: shows it), replayed. None where none was found."""
    examples: int = 0
    steps: int = 0
    seconds: float = 0.0

    @property
    def tried(self) -> str:
        """What was tried, in words."""
        return f"{self.examples} random runs of {self.steps} steps in all"


class Enough(KeyboardInterrupt):
    """Ends a simulation: an interrupt is what Hypothesis takes neither for a counterexample nor for a flaky run."""


@dataclass
class Search:
    """What a simulation still looks for."""

    claims: list[Claim]
    examples: int
    deadline: float | None
    result: Simulated
    failure: Exception | None = None
    began: float = field(default_factory=time.monotonic)

    def begin(self) -> None:
        """Count one more run, of those that are allowed."""
        self.go_on()
        if self.result.examples == self.examples:
            raise Enough
        self.result.examples += 1

    def keep(self, claim: Claim, run: Run) -> None:
        """Keep a run that was found, if the replay agrees, and look no further for this claim."""
        if false_at(claim, replay(run)) != len(run):
            message = (
                f"{type(run.model).__name__} is not deterministic: {claim.name} was false after {len(run)} "
                "steps, and is not when they are replayed; keep all state in the model and its heap objects"
            )
            raise ModelError(message)
        self.result.found[claim.name] = run
        self.claims = [other for other in self.claims if other is not claim]
        self.go_on()

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Let an error of the model end the simulation, before Hypothesis takes it for a counterexample."""
        try:
            yield
        except Exception as error:
            self.failure = error
            raise Enough from error

    def go_on(self) -> None:
        """Raise `Enough` when everything was found or the time is up."""
        if not self.claims or (self.deadline is not None and time.monotonic() - self.began > self.deadline):
            raise Enough


class SearchingMachine(ModelMachine):
    """Keeps what it finds and goes on: nothing is a failure to Hypothesis."""

    search: ClassVar[Search]

    def __init__(self) -> None:
        super().__init__()
        self.search.begin()

    def begin(self, draw: Draw) -> Taken | None:
        with self.search.failing():
            return super().begin(draw)

    def step(self, action: Action, draw: Draw) -> Taken | None:
        with self.search.failing():
            return super().step(action, draw)

    def arrive(self, taken: Taken | None) -> None:
        with self.search.failing():
            self.claims = tuple(self.search.claims)  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue] # its own
            super().arrive(taken)
        self.search.go_on()
        self.search.result.steps += not self.refused

    def hit(self, claim: Claim, error: Exception | None = None) -> None:  # noqa: ARG002 - the replay finds it again
        self.search.keep(claim, self.run)

    def can(self, action: Action) -> bool:
        with self.search.failing():
            return super().can(action)

    def rest(self) -> None:
        """Go on with another run."""
        hypothesis.reject()

    def teardown(self) -> None:
        """Leave no statistics."""


def simulate(
    model: Model,
    claims: Iterable[Claim],
    *,
    examples: int = 1000,
    steps: int = 30,
    seed: int = 0,
    deadline: float | None = None,
) -> Simulated:
    """Take random runs until each claim is broken (a `sometimes` claim: seen), or `examples` runs were tried.

    The same seed gives the same result. What is found is not shortened. Raises `ModelError` as the model does.
    """
    claims = list(named_apart(claims))
    search = Search(claims, examples, deadline, Simulated({claim.name: None for claim in claims}))
    machine = _machine(type("SearchingMachine", (SearchingMachine,), {"search": search}), model, claims)
    try:
        run_state_machine_as_test(hypothesis.seed(seed)(machine), settings=_searching(examples, steps))
    except Unsatisfiable:
        pass
    except OutOfTime:
        heard()
    except Enough:
        if search.failure is not None:
            raise search.failure from None
    search.result.seconds = time.monotonic() - search.began
    return search.result


def _searching(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType] # its metaclass hides the members
        verbosity=Verbosity.quiet,
        backend="hypothesis",
    )
