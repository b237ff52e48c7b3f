"""Every engine on small random models: what one says, none contradicts."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, event, given, note, settings

from spillproof.model.system import Kind, actions_of
from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.engines.certificate import Certificate, check_with_cvc5, check_with_z3, fingerprint
from spillproof.properties.engines.check import check
from spillproof.properties.engines.explore import explore
from spillproof.properties.engines.kernel import explore_fast
from spillproof.properties.engines.layers import Bounds
from spillproof.properties.engines.run import Run, false_at, replay
from spillproof.properties.engines.shapes import extract
from spillproof.properties.engines.simulate import simulate
from spillproof.properties.engines.solver import Feasibility
from spillproof.properties.engines.verdict import Holds, Proved, Report, Unknown, Violated


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


def engines_agree(case: Any, time_limit: float = 1.5) -> dict[str, int]:
    """Assert that no engine contradicts another about a model; return the fewest steps to each violation at small sizes."""
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
    """What is proved has no violation, at small sizes or at random; what is unknown has none within its depth."""
    tried = simulate(case.model, case.claims, examples=15, steps=8, seed=1).found
    for claim in case.claims:
        verdict, run = report.of(claim), tried[claim.name]
        if isinstance(verdict, Violated):
            assert false_at(claim, replay(verdict.run)) == len(verdict.run) <= fewest.get(claim.name, len(verdict.run))
            assert run is None or len(run) >= len(verdict.run) or below_zero(run)
        elif isinstance(verdict, Unknown):
            assert claim.name not in fewest or fewest[claim.name] > verdict.depth
        else:
            assert claim.name not in fewest
            assert run is None or (isinstance(verdict, Holds) and "no counter is negative" in verdict.bounds and below_zero(run))
    proofs = {id(each.verdict.certificate): each.verdict.certificate for each in report.results if isinstance(each.verdict, Proved)}
    for certificate in proofs.values():
        both_accept(case, certificate)


def both_accept(case: Any, certificate: Certificate) -> None:
    """Z3 and cvc5 accept a certificate: for the automaton without heuristics, or for the one that has them."""
    kinds = [extract(case.model, case.claims, Feasibility(), any_preference=each, needed=frozenset()) for each in (True, False)]
    automaton = next(each for each in kinds if fingerprint(each) == certificate.fingerprint)
    assert check_with_z3(certificate, automaton) == check_with_cvc5(certificate, automaton) > 0


def below_zero(run: Run) -> bool:
    """Whether a run ends with a counter below 0: random runs ask for claims there, no other engine does."""
    return false_at(NEVER_NEGATIVE, replay(run)) is not None


def fits(run: Run) -> bool:
    """Whether all sizes of a run are among those that are explored."""
    actions = {action.name: action for action in actions_of(type(run.model))}
    given_sizes = [size for step in run.steps for each, size in zip(actions[step.action].parameters, step.arguments, strict=True)
                   if each.kind is Kind.SIZE]
    return max([*run.opening, *given_sizes]) <= LARGEST


@settings(max_examples=40, suppress_health_check=list(HealthCheck))  # simulate is a test within this test
@given(generated.sources())
def test_engines_agree(source: str) -> None:
    """On a random small model no engine contradicts another."""
    case = generated.built(source)
    note(case.source)

    fewest = engines_agree(case)

    event(f"violated: {', '.join(sorted(fewest)) or 'nothing'}")
