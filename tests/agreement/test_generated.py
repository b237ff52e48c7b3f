"""Every engine on small random models: what one says, none contradicts."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, note, settings

from spillproof.model.system import Kind, actions_of
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.check import check
from spillproof.properties.engines.exploration.explore import explore
from spillproof.properties.engines.exploration.kernel import explore_fast
from spillproof.properties.engines.exploration.layers import Bounds, Exploration
from spillproof.properties.engines.exploration.walk import Walk
from spillproof.properties.engines.proof.certificate import Certificate, check_with_cvc5, check_with_z3, fingerprint
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.run import Run, false_at, replay
from spillproof.properties.engines.simulate import simulate
from spillproof.properties.engines.verdict import Holds, Proved, Report, Result, Unknown, Violated


def _beside(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


generated = _beside("generated")

LARGEST, DEPTH = 2, 3
BOUNDS = Bounds(LARGEST, depth=DEPTH)


EVERY_CHECK: Any = list(HealthCheck)  # a type checker does not see that the class has members


def engines_agree(case: Any, time_limit: float = 1.5) -> dict[str, int]:
    """Assert that no engine contradicts another about a model; return the fewest steps to violations at small sizes."""
    model, claims = case.model, case.claims
    seen = explore(model, claims, BOUNDS)
    fewest = {name: len(run) for name, run in seen.violations.items()}

    assert seen == explore_fast(model, claims, BOUNDS)
    bounded_agrees(case, fewest)
    portfolio_agrees(case, fewest, check(model, claims, witnesses=False, time_limit=time_limit))
    return fewest


def bounded_agrees(case: Any, fewest: dict[str, int]) -> None:
    """Over all sizes there is a violation wherever there is one at small sizes, and none longer; and it is one."""
    report = check(case.model, case.claims, engine="bounded", max_steps=DEPTH, time_limit=None, witnesses=False)
    for claim in case.claims:
        verdict = report.of(claim)
        if isinstance(verdict, Violated):
            assert false_at(claim, replay(verdict.run)) == len(verdict.run) <= DEPTH
            assert len(verdict.run) <= fewest.get(claim.name, DEPTH)
            assert not fits(verdict.run) or fewest.get(claim.name) == len(verdict.run)
        else:
            assert isinstance(verdict, (Holds, Proved))
            assert claim.name not in fewest


def portfolio_agrees(case: Any, fewest: dict[str, int], report: Report) -> None:
    """What is proved has no violation, at small sizes or at random; what is unknown has none within its depth.

    A run that is called the shortest is no longer than any; where the time was up before that, it is not called so.
    """
    tried = simulate(case.model, case.claims, examples=15, steps=8, seed=1).found
    for claim in case.claims:
        verdict, run = report.of(claim), tried[claim.name]
        if isinstance(verdict, Violated):
            steps = len(verdict.run)
            assert false_at(claim, replay(verdict.run)) == steps
            assert verdict.ruled_out < steps <= fewest.get(claim.name, steps) or not verdict.minimal
            assert verdict.ruled_out < fewest.get(claim.name, steps)
            assert run is None or len(run) > verdict.ruled_out or below_zero(run)
            assert run is None or len(run) >= steps or below_zero(run) or not verdict.minimal
        elif isinstance(verdict, Unknown):
            assert claim.name not in fewest or fewest[claim.name] > verdict.depth
        else:
            assert claim.name not in fewest
            assert run is None or (
                isinstance(verdict, Holds) and "no counter is negative" in verdict.bounds and below_zero(run)
            )
    proofs = {
        id(each.verdict.certificate): each.verdict.certificate
        for each in report.results
        if isinstance(each.verdict, Proved)
    }
    for certificate in proofs.values():
        assert isinstance(certificate, Certificate)
        both_accept(case, certificate)


def both_accept(case: Any, certificate: Certificate) -> None:
    """Z3 and cvc5 accept a certificate: for the automaton without heuristics, or for the one that has them."""
    kinds = [
        extract(case.model, case.claims, Feasibility(), any_preference=each, needed=frozenset())
        for each in (True, False)
    ]
    automaton = next(each for each in kinds if fingerprint(each) == certificate.fingerprint)
    assert check_with_z3(certificate, automaton) == check_with_cvc5(certificate, automaton) > 0


def below_zero(run: Run) -> bool:
    """Whether a run ends with a counter below 0: random runs ask for claims there, no other engine does."""
    return false_at(NEVER_NEGATIVE, replay(run)) is not None


def fits(run: Run) -> bool:
    """Whether all sizes of a run are among those that are explored."""
    actions = {action.name: action for action in actions_of(type(run.model))}
    given_sizes = [
        size
        for step in run.steps
        for each, size in zip(actions[step.action].parameters, step.arguments, strict=True)
        if each.kind is Kind.SIZE
    ]
    return bool(max([*run.opening, *given_sizes]) <= LARGEST)


def spelled(body: str, state: str, step: str = "True") -> Any:
    """A model with one pot, whose actions are `body`, and its claims."""
    begin = (
        "self.capacity = capacity",
        "self.a = 0",
        "self.b = capacity",
        "self.on = False",
        "self.kept = None",
        "self.pots = Bag([Pot()])",
    )
    lines = ["def begin(self, capacity: Bytes):", *(f"    {line}" for line in begin), *body.strip().split("\n")]
    return generated.built(
        "class Generated(Kitchen):\n"
        + "\n".join(f"    {line}" for line in lines)
        + f"\n\ndef state(now):\n    return {state}\n\ndef step(before, after):\n    return {step}\n"
    )


NEVER_ENABLED = """
@action
def never(self):
    require(self.on)
    self.a = self.b
"""

DEAD_END = """
@action
def put(self, pot: Pot, size: Bytes):
    require(not self.on)
    pot.held += size
    self.on = True
"""

BELOW_ZERO = """
@action
def take(self, size: Bytes):
    require(not self.on)
    self.b -= size

@action
def stop(self):
    require(self.b < 0)
    self.on = True
"""

RAISES = """
@action
def put(self, really: bool):
    require(not self.on)
    self.on = really
    if really and self.b > 2:
        raise RuntimeError('by chance')
"""

CHOOSES = """
@action
def put(self):
    self.pots.add(Pot())
    self.on = True
    self.fullest().held += choose((1, 2))
    require(len(self.pots) == 2)
"""

GROWS = """
@action
def grow(self, size: Bytes):
    self.a += size
"""

NAMED: dict[str, tuple[Any, dict[str, int]]] = {
    "nothing can happen": (spelled(NEVER_ENABLED, "not now.on"), {}),
    "nothing can happen, and the beginning is bad": (spelled(NEVER_ENABLED, "now.on"), {"state": 0}),
    "a dead end": (spelled(DEAD_END, "now.a == 0"), {}),
    # A pot that holds more than the capacity of 1, in a state out of which no step leads.
    "a bad dead end": (spelled(DEAD_END, "now.all_held() <= now.capacity"), {"state": 1}),
    "a bad step into a dead end": (spelled(DEAD_END, "True", "after.on == before.on"), {"step": 1}),
    # No run goes on from a state with a counter below 0, so that `stop` is never taken.
    "a counter below 0": (spelled(BELOW_ZERO, "not now.on"), {"counters_never_negative": 1}),
    # b is the capacity, and at most 2 at the sizes that are explored: the bounded engine alone finds the exception.
    "an exception at larger sizes": (spelled(RAISES, "True"), {}),
    # Three times 2 bytes, and no less than three times; with larger sizes one step will do.
    "without end": (spelled(GROWS, "now.a < 6"), {"state": 3}),
    # Two pots that hold nothing: either may be the fullest, and one or two bytes are put in.
    "a preference and a choice": (spelled(CHOOSES, "now.all_held() < 2"), {"state": 1}),
}


@pytest.mark.parametrize("name", NAMED)
def test_engines_agree_on_corners(name: str) -> None:
    """On empty models, dead ends and exceptions the engines agree, and say what anyone can see."""
    case, fewest = NAMED[name]

    assert engines_agree(case, time_limit=10) == fewest


def test_a_violation_beyond_the_small_sizes_is_found() -> None:
    """With a capacity of 3 the exception comes in one step: what small sizes do not show, all sizes do."""
    case, _ = NAMED["an exception at larger sizes"]
    verdict = check(case.model, [NO_EXCEPTION], witnesses=False).of(NO_EXCEPTION)

    assert isinstance(verdict, Violated)
    assert (verdict.run.opening, len(verdict.run)) == ((3,), 1)


EMPTIES = """
@action
def act(self, pot: Pot, size: Bytes):
    self.fullest().held = 0

@action
def put(self, size: Bytes):
    self.pots.add(Pot())
    require(len(self.pots) == 2 and self.capacity > 2)
    self.fullest().held += 1
    self.fullest().held = 0
    self.fullest().held += 1
"""


def test_a_run_that_a_preference_excludes_is_no_error() -> None:
    """The bounded search ignores preferences at first; what they exclude at an earlier step ends only that run."""
    engines_agree(spelled(EMPTIES, "now.all_held() < 2", "before.all_held() < 2"), time_limit=10)


@settings(max_examples=4, suppress_health_check=EVERY_CHECK)  # simulate is a test within this test
@given(generated.sources())
def test_engines_agree(source: str) -> None:
    """On a random small model no engine contradicts another."""
    case = generated.built(source)
    note(case.source)
    fewest = engines_agree(case)

    event(f"violated: {', '.join(sorted(fewest)) or 'nothing'}")


@pytest.mark.slow
@settings(max_examples=1000, suppress_health_check=EVERY_CHECK)  # as above
@given(generated.sources())
def test_engines_agree_at_length(source: str) -> None:
    """As above, with more models and more time."""
    case = generated.built(source)
    note(case.source)
    engines_agree(case, time_limit=5)


def test_the_models_are_not_all_trivial() -> None:
    """Among the first random models each claim is violated at least once, one in five has a preference or a choice."""
    sources: list[str] = []

    @settings(max_examples=40, phases=[Phase.generate], suppress_health_check=EVERY_CHECK)
    @given(generated.sources())
    def collect(source: str) -> None:
        sources.append(source)

    collect()
    cases = [generated.built(source) for source in sources]
    seen = [explore(case.model, case.claims, BOUNDS) for case in cases]
    assert {name for each in seen for name in each.violations} == {
        "state",
        "step",
        "no_exception",
        "counters_never_negative",
    }
    assert sum(each.states > 10 for each in seen) >= len(sources) // 10
    assert sum("fullest" in source or "choose" in source for source in sources) >= len(sources) // 5


# Claims that divide


@pytest.mark.parametrize(("state", "step", "fewest"), [
    ("now.a // 2 < 3", "True", {"state": 3}),  # sizes 1 and 2: three steps to 6
    ("True", "after.a // 2 <= before.a", {"step": 1}),  # from 0 to 2
    ("now.a % 3 != 2", "True", {"state": 1}),
    ("(now.a + 7) // 8 * 8 >= now.a", "after.a - after.a % 4 <= after.a", {}),
    ("-now.a // 2 <= 0", "(before.a - after.a) // 2 < 0", {}),  # down, not towards 0
])  # fmt: skip # a table
def test_engines_agree_on_claims_that_divide(state: str, step: str, fewest: dict[str, int]) -> None:
    """The quotient of a size is as certain as the size: no engine contradicts another."""
    assert engines_agree(spelled(GROWS, state, step)) == fewest


# Broken twins: what an engine would say wrongly is seen

honest_check, honest_explore = check, explore


def wrong(**engines: Any) -> pytest.MonkeyPatch:
    """Put others in the place of engines; to be undone."""
    patch = pytest.MonkeyPatch()
    for name, engine in engines.items():
        patch.setitem(engines_agree.__globals__, name, engine)
    return patch


def stops_at_dead_ends(model: Any, claims: Any, **options: Any) -> Report:
    """As pySMT's example: what is violated at a dead end is proved."""
    report = honest_check(model, claims, **options)
    ends = [
        Result(
            each.claim,
            Proved("", None) if isinstance(each.verdict, Violated) and dead(each.verdict.run) else each.verdict,
            each.engine,
            each.seconds,
        )
        for each in report.results
    ]
    return Report(model, ends)


def dead(run: Run) -> bool:
    """Whether no step leads out of the state that a run ends in."""
    state = replay(run)[-1].state
    return not [*Walk(run.model, LARGEST, {}).steps(state)]


def one_step_more(model: Any, claims: Any, bounds: Bounds) -> Exploration:
    """Reports each violation with its first step taken twice."""
    seen = honest_explore(model, claims, bounds)
    seen.violations = {name: replace(run, steps=(*run.steps[:1], *run.steps)) for name, run in seen.violations.items()}
    return seen


def below(model: Any, claims: Any, bounds: Bounds) -> Exploration:
    """Sees a layer less."""
    return honest_explore(model, claims, replace(bounds, depth=DEPTH - 1))


def nothing(model: Any, claims: Any, **_options: Any) -> Report:
    """Proves everything."""
    return Report(model, [Result(claim, Proved("", None), "none", 0.0) for claim in claims])


@pytest.mark.parametrize(
    ("engines", "name"),
    [
        pytest.param({"check": stops_at_dead_ends}, "a bad dead end", id="a dead end is not seen"),
        pytest.param({"check": nothing}, "a counter below 0", id="everything is proved"),
        pytest.param({"explore": one_step_more, "explore_fast": one_step_more}, "a bad dead end", id="a step too many"),
        pytest.param({"explore": below}, "without end", id="a layer too few"),
    ],
)
def test_a_wrong_engine_is_seen(engines: dict[str, Any], name: str) -> None:
    """Were one engine wrong, the agreement would fail."""
    case, _ = NAMED[name]
    patch = wrong(**engines)
    try:
        with pytest.raises(AssertionError):
            engines_agree(case)
    finally:
        patch.undo()
