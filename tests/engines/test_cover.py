"""Steps of real models with two to five consumers are steps of one consumer and the rest."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from spillproof.model.catalogue import find
from spillproof.model.rest import standing
from spillproof.model.state import NOTHING
from spillproof.properties.catalogue import claims_about
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.network.any_number import rests_of
from spillproof.properties.engines.network.cover import Covering
from spillproof.properties.engines.proof.solver import Feasibility
from tests.engines.stores import Counting, ManyCounting, ManyStores, NoneAlone, Shared, Stores

SPARK = (
    "spark@2.4.0",
    "spark@3.0.1",
    "spark@4.0.0",
    "spark:merge@4.0.0",
    "spark:sorting@4.0.0+swap-at-once",
    "spark:requests@4.3.0",
)


@cache
def automaton(name: str) -> Automaton:
    """Return the automaton of one consumer and the rest."""
    model = find(name).build()
    one = standing(rests_of(model)[0], dict(model.scope), 1)
    return extract(one, claims_about(type(model))[0], Feasibility(), any_preference=True, needed=NOTHING)


def covering(name: str, seed: int) -> Covering:
    """Return what tries the model of that name."""
    model = find(name).build()
    return Covering(rests_of(model)[0], dict(model.scope), automaton(name), seed=seed)


def test_small_slice() -> None:
    """Sixty steps of stores are covered, and count as steps."""
    one = extract(standing(ManyStores, dict(Stores().scope), 1), (), Feasibility(), any_preference=True)
    tried = Covering(ManyStores, dict(Stores().scope), one)
    assert tried.go(60) is None
    assert tried.steps == 60


def test_where_none_stands_alone() -> None:
    """All are seen as in the rest, whoever takes the step."""
    one = extract(standing(NoneAlone, dict(Shared().scope), 0), (), Feasibility(), any_preference=True)

    assert Covering(NoneAlone, dict(Shared().scope), one).go(24) is None


def test_counting_is_met() -> None:
    """A model that counts its consumers takes a step that is not covered."""
    one = extract(standing(ManyCounting, dict(Counting().scope), 1), (), Feasibility(), any_preference=True)
    uncovered = Covering(ManyCounting, dict(Counting().scope), one).go(200)
    assert uncovered is not None
    assert uncovered.number > 2


def test_spark_ends_with_its_rest() -> None:
    """A task that ends lets go of all consumers, and of the rest with them: that step is covered, too."""
    assert covering("spark@2.4.0", 0).go(160) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", SPARK)
@pytest.mark.parametrize("seed", range(5))
def test_real_models(name: str, seed: int) -> None:
    """A thousand random steps of Spark's maps and sorters, with two to five of them, are covered: 30,000 in all."""
    assert covering(name, seed).go(1_000) is None


@pytest.mark.parametrize(
    ("source", "action", "step"), [(-1, "begin", "begin"), (3, "put", "put"), (3, "others_put", "put")]
)
def test_an_edge_that_is_missing_is_met(source: int, action: str, step: str) -> None:
    """Without the beginning, and where all have bytes, without what one puts, or one of the rest: no other does it."""
    one = extract(standing(ManyStores, dict(Stores().scope), 1), (), Feasibility(), any_preference=True)
    gone = [each for each in one.edges if (each.source, each.move.action) == (source, action)]
    kept = [each for each in one.edges if each not in gone]
    leaving = {shape: [each for each in edges if each not in gone] for shape, edges in one.leaving.items()}
    found = Covering(ManyStores, dict(Stores().scope), replace(one, edges=kept, leaving=leaving)).go(120)
    assert found is not None
    assert found.step.startswith(step)
    assert len(gone) == (1 if source < 0 else 2)
