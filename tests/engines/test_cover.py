"""Steps of real models with two to five consumers are steps of one consumer and the rest."""

from __future__ import annotations

import random
import time
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes
from spillproof.model.rest import standing
from spillproof.model.state import NOTHING, snapshot
from spillproof.model.system import actions_of, require
from spillproof.properties.catalogue import claims_about
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.quantities import quantities_of
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.limits import UNLIMITED, Limits, OutOfTime
from spillproof.properties.engines.network.cover import LARGE, NUMBERS, Covering, Uncovered, _Choices
from spillproof.properties.engines.network.rests import rests_of
from spillproof.properties.engines.proof.solver import Feasibility
from tests.engines.stores import Counting, ManyCounting, ManyStores, NoneAlone, Shared, Stores
from tests.engines.test_fold import Cache, ManyCaches

fake: Any = SimpleNamespace

SPARK = (
    "spark@2.4.0",
    "spark@3.0.1",
    "spark@4.0.0",
    "spark:merge@4.0.0",
    "spark:sorting@4.0.0+swap-at-once",
    *(
        f"{entry}@4.3.0"
        for entry in (
            "spark",
            "spark:sorting",
            "spark:raw-sort",
            "spark:raw-map",
            "spark:shuffle",
            "spark:victims",
            "spark:partial-spills",
            "spark:merge",
            "spark:requests",
        )
    ),
)


@cache
def automaton(name: str) -> Automaton:
    """Return the automaton of one consumer and the rest, or of the rest alone where none stands on its own, that knows
    what matters for the claims that hold.
    """
    entry = find(name)
    model = entry.build()
    many = rests_of(model)[0]
    claims = [each for each in claims_about(type(model))[0] if each.name not in (entry.violated or ())]
    one = standing(many, dict(model.scope), many.alone)
    needed = NOTHING if many.alone else quantities_of(many.alike)
    return extract(one, claims, Feasibility(), any_preference=True, needed=needed)


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
    """A thousand random steps of Spark's consumers, with two to five of them, are covered: 70,000 in all."""
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


# Steps of the model with many, on plain numbers


@pytest.mark.parametrize(
    ("gone", "old", "alone", "after"),
    [
        ("", "", 1, ["abc", "bc", "ac", "ab"]),
        ("", "", 0, ["abc"]),
        ("a", "ab", 1, ["ac"]),
        ("a", "a", 1, ["abc", "ac", "ab"]),
        ("ab", "abc", 1, ["ab"]),
        ("a", "abc", 0, ["a"]),
    ],
)
def test_what_is_folded_after_a_step(gone: str, old: str, alone: int, after: list[str]) -> None:
    """What was, and what is new; but where nobody old stands alone, one of the new ones may."""
    state: Any = ManyCaches(number=3).start(capacity=9)
    objects = snapshot(state).objects
    named = dict(zip("abc", state.order, strict=True))
    places = {name: next(place for place, each in enumerate(objects) if each is it) for name, it in named.items()}
    ids = [{id(named[each]) for each in names} for names in (gone, old)]
    self = fake(many=fake(alike=Cache, alone=alone))

    found = [*Covering.after(self, objects, *ids)]
    assert sorted(map(sorted, found)) == sorted(sorted(places[each] for each in names) for names in after)
    assert set(found[0]) == {places[each] for each in after[0]}


@pytest.mark.parametrize(("drawn", "most"), [(0.0, 24), (0.79, 24), (0.81, LARGE)])
def test_sizes_that_are_left_open(drawn: float, most: int) -> None:
    """Mostly as small as a few arguments fill, and one in five large; never 0."""
    chance = fake(random=lambda: drawn, randint=lambda *bounds: bounds)

    bounds: Any = Covering.size(fake(random=chance))
    assert bounds == (1, most)
    assert NUMBERS == (2, 3, 4, 5)


def test_a_step_of_many() -> None:
    """What it is given are sizes less 1, none of who is given; all that is there has a copy, and stays as it was."""
    state: Any = Stores().start(capacity=24)
    tried, choices = fake(random=random.Random(0), actions=actions_of(Stores)), _Choices(random.Random(0))
    taken = Covering.step(tried, state, choices)
    assert taken is not None
    action, sizes, copies, after = taken

    assert (action.name, len(sizes), state.free - after.free) == ("put", 1, sizes[0] + 1)
    assert copies[id(state)] is after
    assert copies.keys() >= set(map(id, snapshot(state).objects))
    state.stores = Bag()
    assert Covering.step(tried, state, choices) is None
    assert {choices.choose(3) for _ in range(30)} == {0, 1, 2}


@pytest.mark.parametrize(
    ("begins", "covered", "said"),
    [(True, (), "begin"), (True, ("begin",), "put(1, 3)"), (True, ("begin", "put"), None), (False, (), None)],
)
def test_a_run_of_many(begins: bool, covered: tuple[str, ...], said: str | None) -> None:  # noqa: FBT001 - a table
    """Its beginning is to be covered, if it is one, and then each step, of which the sizes are told as they are."""

    class Begun(Stores):
        """May refuse to begin."""

        def begin(self, capacity: Bytes, stores: int = 2) -> None:
            require(begins)
            Stores.begin(self, capacity, stores)

    said_of = {"covers_beginning": lambda _: "begin" in covered, "covers": lambda *_: "put" in covered}
    self = fake(base=Begun, many=ManyStores, scope={}, random=None, size=lambda: 7, limits=UNLIMITED, taken={3: 0})
    self.step = lambda state, _: (fake(name="put"), [0, 2], {}, state)
    vars(self).update(said_of)

    found = Covering.run(self, 3, 2)
    assert found == (said and Uncovered(3, said))
    assert self.taken == {3: 2 if len(covered) == 2 else 0}
    self.limits = Limits(time.monotonic() - 1)
    with pytest.raises(OutOfTime) if begins and covered else nullcontext():
        assert Covering.run(self, 3, 2) == found
