"""Every engine on every model of the catalogue, at its own scope: what one says, none contradicts."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from spillproof.model.catalogue import CATALOGUE
from spillproof.model.catalogue.alike import distinct, what
from spillproof.model.catalogue.entry import Entry
from spillproof.model.system import Kind, Model, actions_of, open_parameters
from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.claims import Claim, Mode, applicable
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.check import check
from spillproof.properties.engines.exploration.explore import explore
from spillproof.properties.engines.exploration.kernel import explore_fast
from spillproof.properties.engines.exploration.layers import Bounds, Exploration
from spillproof.properties.engines.proof.certificate import (
    Certificate,
    Rejected,
    check_with_cvc5,
    check_with_z3,
    fingerprint,
)
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.run import Run, replay
from spillproof.properties.engines.simulate import simulate
from spillproof.properties.engines.verdict import Proved, Report, Violated

SMALL, DEPTH = 2, 4
"""The sizes that are explored for claims that hold, and how many steps."""

SAFETY = [claim for claim in CLAIMS if claim.mode is Mode.ALWAYS]
"""That nothing gets stuck is compared in `tests/engines/test_recovery.py`."""

MOST_SIZE, MOST_STEPS = 4, 6
"""A shortest run with larger sizes, or of more steps, is not looked for by the plain walk."""

NAMED = (
    "incident@2.1.2",
    "spark:failing-spills@4.0.0",
    "spark:growing@4.0.0",
    "spark:locks-sorter-cleans-up@2.0.0",
    "spark:locks-sorter-cleans-up@4.0.0",
    *(name for name in CATALOGUE if name.startswith(("lesson:", "python:"))),
    "velox:leaf",
    "kv-blocks",
    "ray",
)
"""Quickly checked, in `make test`; all others are slow. Spark 2.1.2 stands for 2.1.3, which has the same fixes."""


DISTINCT = distinct([*(CATALOGUE[name] for name in NAMED), *CATALOGUE.values()])


def engines_agree(entry: Entry) -> None:
    """Assert that no engine contradicts another about an entry of the catalogue, nor the entry itself."""
    model = entry.build()
    claims = applicable(SAFETY, type(model))
    report = check(model, claims, witnesses=False)
    runs = {result.claim.name: result.verdict.run for result in report.results if isinstance(result.verdict, Violated)}
    words = {result.claim.name: result.verdict.word for result in report.results}

    assert {claim.name: expectation(entry, claim.name) for claim in claims} == words
    random_runs_agree(model, runs)
    small_sizes_agree(model, runs)
    shortest_runs_agree(model, runs)
    solvers_agree(model, report)


def expectation(entry: Entry, claim: str) -> str:
    """The word for what the entry says of a claim."""
    return "violated" if claim in (entry.violated or ()) else "proved"


def random_runs_agree(model: Model, runs: dict[str, Run]) -> None:
    """What random runs find is a violation, of a claim that has one, and is not shorter than the shortest."""
    found = simulate(model, applicable(SAFETY, type(model)), examples=60, steps=15, seed=1).found
    lengths = {name: len(run) for name, run in found.items() if run is not None}

    assert lengths.keys() <= runs.keys()
    assert all(length >= len(runs[name]) for name, length in lengths.items())


def small_sizes_agree(model: Model, runs: dict[str, Run]) -> None:
    """The plain walk and the kernels find the same, and no violation of a claim that was proved."""
    bounds = Bounds(SMALL, opening=dict.fromkeys(_open(model), SMALL + 1), depth=DEPTH)
    slow, fast = explore(model, None, bounds), explore_fast(model, None, bounds)

    assert slow == fast
    assert slow.violations.keys() <= runs.keys()
    assert all(len(run) >= len(runs[name]) for name, run in slow.violations.items())


def shortest_runs_agree(model: Model, runs: dict[str, Run]) -> None:
    """At the sizes of a shortest run, breadth-first search over integers finds one of the same length, none shorter."""
    for claim in applicable(SAFETY, type(model)):
        run = runs.get(claim.name)
        if run is None or (largest := _largest(run)) > MOST_SIZE or len(run) > MOST_STEPS:
            continue
        opening = dict(zip(_open(model), run.opening, strict=True))
        bounds = Bounds(largest, opening=opening, depth=len(run), until_decided=True)

        assert len(explore(model, [claim], bounds).violations[claim.name]) == len(run)
        assert not replay(run)[-1].refused


def solvers_agree(model: Model, report: Report) -> None:
    """Z3 and cvc5 both accept the certificate of each claim that was proved."""
    proofs = {
        id(each.verdict.certificate): each.verdict.certificate
        for each in report.results
        if isinstance(each.verdict, Proved)
    }
    automaton = derived_anew(model) if proofs else None
    for certificate in proofs.values():
        assert isinstance(certificate, Certificate)
        assert automaton is not None
        if certificate.fingerprint != fingerprint(automaton):  # of claims that are true because of a preference
            automaton = derived_anew(model, any_preference=False)
        assert check_with_z3(certificate, automaton) == check_with_cvc5(certificate, automaton) > 0


def derived_anew(model: Model, *, any_preference: bool = True) -> Automaton:
    """The automaton that the portfolio proves claims on; first, with whatever a preference might have chosen."""
    claims = applicable(SAFETY, type(model))
    return extract(model, claims, Feasibility(), any_preference=any_preference, needed=frozenset())


def _open(model: Model) -> list[str]:
    return [each.name for each in open_parameters(model)]


def _largest(run: Run) -> int:
    """The largest size of an argument in a run."""
    actions = {action.name: action for action in actions_of(type(run.model))}
    return max(
        (
            size
            for step in run.steps
            for each, size in zip(actions[step.action].parameters, step.arguments, strict=True)
            if each.kind is Kind.SIZE
        ),
        default=1,
    )


@pytest.mark.parametrize("name", NAMED)
def test_engines_agree(name: str) -> None:
    """On a model of the catalogue the portfolio says what is expected, and no engine contradicts it."""
    engines_agree(CATALOGUE[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(DISTINCT.keys() - set(NAMED)))
def test_engines_agree_on_all_others(name: str) -> None:
    """On every other model of the catalogue, too."""
    engines_agree(DISTINCT[name])


def test_every_model_is_among_them() -> None:
    """Each entry is, up to its name, one of those that are checked.

    Fixes that tasks with maps can ask about came with 1.6.0, 2.0.0, 2.1.2, 2.2.0, 2.4.0, 2.4.1, 3.2.0, 3.3.0, 3.4.4 and
    4.1.0: ten sets, and nine for the incident, which could not happen in 1.6.
    """
    count = Counter(found[1] for name in DISTINCT if (found := re.fullmatch(r"([a-z]+)@[\d.]+", name)))

    assert count == {"spark": 10, "incident": 9}
    assert {what(entry) for entry in CATALOGUE.values()} == {what(entry) for entry in DISTINCT.values()}
    assert set(NAMED) <= set(DISTINCT)


# Broken twins: what an engine would say wrongly is seen

NEVER, SHALLOW = CATALOGUE["yardstick:none"], CATALOGUE["yardstick:shallow"]


@pytest.mark.parametrize("entry", [replace(NEVER, violated=SHALLOW.violated), replace(SHALLOW, violated=frozenset())])
def test_a_wrong_expectation_is_seen(entry: Entry) -> None:
    """An entry that expects a violation of what holds, or none of what is violated, fails."""
    with pytest.raises(AssertionError):
        engines_agree(entry)


@pytest.mark.parametrize("agree", [random_runs_agree, small_sizes_agree])
def test_a_violation_that_the_portfolio_misses_is_seen(agree: Callable[[Model, dict[str, Run]], None]) -> None:
    """If a violated claim were proved, random runs and small sizes would both say that it is not."""
    with pytest.raises(AssertionError):
        agree(SHALLOW.build(), {})


def test_a_run_that_is_not_shortest_is_seen() -> None:
    """If the bounded engine took a step too many, random runs or small sizes would find a shorter one: a walk does."""
    shortest = check(SHALLOW.build()).of("free_is_unreachable")
    assert isinstance(shortest, Violated)
    acquire, *others = shortest.run.steps
    longer = replace(shortest.run, opening=(4,), steps=(acquire, acquire, *others))

    shortest_runs_agree(SHALLOW.build(), {"free_is_unreachable": shortest.run})
    for agree in (shortest_runs_agree, small_sizes_agree):
        with pytest.raises(AssertionError):
            agree(SHALLOW.build(), {"free_is_unreachable": longer, "release_frees_what_it_says": longer})


def test_a_walk_that_sees_too_little_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the walk left out the last layer, the kernels would disagree."""
    honest = explore

    def short_sighted(model: Model, claims: Iterable[Claim] | None, bounds: Bounds) -> Exploration:
        assert bounds.depth is not None
        return honest(model, claims, replace(bounds, depth=bounds.depth - 1))

    monkeypatch.setitem(small_sizes_agree.__globals__, "explore", short_sighted)

    with pytest.raises(AssertionError):
        small_sizes_agree(NEVER.build(), {})


def test_a_proof_of_another_model_is_seen() -> None:
    """A proof that nothing is forgotten is none for the model that forgets."""
    with pytest.raises(Rejected):
        solvers_agree(SHALLOW.build(), check(NEVER.build(), witnesses=False))
