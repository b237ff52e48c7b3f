"""Small questions that engines ask of an automaton: how far it is known, where a claim is false, where a run ends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.automaton.frontier import Frontier, extract
from spillproof.properties.engines.automaton.goals import about, goals, taken, witnesses
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.bounded import _Search, _sized, edges_and_inputs
from spillproof.properties.engines.proof.solver import Feasibility

fake: Any = SimpleNamespace
"""Something with these attributes, in the stead of an engine's own."""


@pytest.fixture(scope="module")
def pool() -> Automaton:
    """No bytes, or some: an edge to begin, two ways to grow, two to drop."""
    return extract(find("lesson:pool").build(), [], Feasibility())


@pytest.mark.parametrize(
    ("edges", "steps", "short"),
    [
        (None, None, True), (6, None, True), (5, None, False), (4, None, False), (None, 3, True), (None, 2, False),
        (6, 3, True), (5, 3, False), (6, 2, False),
    ],
)  # fmt: skip # a table
def test_how_far_an_automaton_is_known(edges: int | None, steps: int | None, *, short: bool) -> None:
    """It is short of so many edges, or of runs of so many steps: of both, where both are given."""
    frontier = Frontier(find("lesson:pool").build(), [], Feasibility())
    frontier.extraction = fake(automaton=fake(edges=[None] * 5), steps=2)

    assert frontier.is_short_of(edges, steps) is short


def test_as_far_as_is_wanted() -> None:
    """So many steps and no more; then the rest."""
    frontier = Frontier(find("lesson:release").build(), [], Feasibility())
    for steps in (0, 1, 2):
        frontier.advance(steps=steps)
        assert (frontier.steps, frontier.is_whole) == (steps, False)
    frontier.advance()
    assert frontier.is_whole
    known = frontier.edges
    frontier.advance(edges=known + 1)
    assert frontier.edges == known


def test_a_witness_as_a_claim(pool: Automaton) -> None:
    """The ways in which it is true stand where those of claims do that are false; in a copy, with nothing else."""
    large = Claim("large", Mode.SOMETIMES, lambda now: now.used > 3)
    copy = about(pool, large)

    assert copy.claims == (large,)
    assert {shape.index: len(shape.broken["large"]) for shape in copy.shapes if shape.broken} == {
        goal.shape: sum(each.shape == goal.shape for each in witnesses(pool, large)) for goal in witnesses(pool, large)
    }
    assert any(shape.broken for shape in copy.shapes)
    assert not any("large" in shape.broken for shape in pool.shapes)
    grows = Claim("grows", Mode.SOMETIMES, lambda before, now: now.used > before.used, over_steps=True)
    steps = about(pool, grows)
    found = {edge.index for edge in steps.edges if edge.broken}
    assert found == {edge.index for edge in pool.edges if edge.move.action == "grow" and edge.source >= 0}


def test_where_an_action_is_taken(pool: Automaton) -> None:
    """Each edge of it that does not raise."""
    for name in {each.move.action for each in pool.edges}:
        found = [goal.edge.index for goal in taken(pool, name) if goal.edge is not None]
        assert found == [each.index for each in pool.edges if each.move.action == name and not each.raised]


def test_where_a_run_to_a_goal_ends() -> None:
    """In the goal's shape, or that to which its edge leads; where that raises, in that from which it comes."""
    edges = [
        fake(source=2, target=1),
        fake(source=3, target=-1),
        fake(source=-1, target=0),
    ]
    search = object.__new__(_Search)
    vars(search).update(at_shape={4: []}, at_edge={0: [], 1: [], 2: []}, automaton=fake(edges=edges))
    assert [*search.ends()] == [4, 1, 3, 0]

    shapes = [fake(objects=[object(), HeapObject()]), fake(objects=[HeapObject(), HeapObject()])]
    search.automaton = fake(shapes=shapes)
    assert [search.objects_in(shape) for shape in (0, 1, -1)] == [1, 2, 0]
    assert [search.objects(fake(source=0, target=target)) for target in (1, 0, -1)] == [2, 1, 1]


def test_which_inputs_of_a_chain_are_whose() -> None:
    """Each edge brings in what it has beside the sizes of its source; some of that are sizes of arguments."""
    chain: Any = (
        fake(width=0, symbols=2, sizes=(1,)),
        fake(width=1, symbols=1, sizes=()),
        fake(width=2, symbols=5, sizes=(2, 4)),
    )
    found: Any = fake(edges=chain, inputs=(7, 8, 9, 10, 11))

    assert _sized(chain) == [1, 2, 4]
    assert [inputs for _, inputs in edges_and_inputs(found)] == [(7, 8), (), (9, 10, 11)]


def test_a_claim_over_steps_is_false_at_edges() -> None:
    """One of states is at shapes."""
    model = find("lesson:pool").build()
    small = Claim("small", Mode.ALWAYS, lambda now: now.used < 5)
    grows = Claim("grows", Mode.ALWAYS, lambda before, now: now.used >= before.used, over_steps=True)
    automaton = extract(model, [small, grows], Feasibility())

    assert all(goal.edge is None for goal in goals(automaton, small))
    assert all(goal.edge is not None and goal.edge.source == goal.shape for goal in goals(automaton, grows))
    assert goals(automaton, small)
    assert goals(automaton, grows)


class Settling(Model):
    """Is settled where nothing is left."""

    left: Bytes

    def begin(self, most: Bytes) -> None:
        self.left, self.settled = most - 1, False

    @action
    def settle(self) -> None:
        """Where that is possible, there is nothing."""
        require(not self.settled and self.left <= 0)
        self.settled = True


def test_a_size_that_a_path_forces_to_be_nothing() -> None:
    """It is a constant of the shape then, and no unknown any more."""
    begun, settled = extract(Settling(), [], Feasibility()).shapes

    assert [len(each.slots) for each in (begun, settled)] == [1, 0]
