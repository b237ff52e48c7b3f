"""Traps on integers: states out of which no run leads to where a claim is true."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof import Count, Model, action, recoverable, require
from spillproof.properties.engines.challenge import traps
from spillproof.properties.engines.challenge.scratch import Allowance, History, Scratch, ScratchRun
from spillproof.properties.engines.challenge.traps import Region
from spillproof.properties.engines.verdict import Holds, Proved


def a_region(states: int, expanded: int, steps: list[tuple[int, int]], good: set[int]) -> Region:
    """Numbers for states, and a claim that is true of some of them."""
    claim: Any = good.__contains__
    found = Region(claim, expanded=expanded)
    runs: list[Any] = [SimpleNamespace(state=each, spelling=SimpleNamespace(words=each)) for each in range(states)]
    for each in runs:
        found.add(each)
    for source, target in steps:
        found.add(runs[target], source)
    return found


def lead_from(state: int, steps: list[tuple[int, int]]) -> set[int]:
    """The states to which steps lead from one, itself included."""
    reached = {state}
    for _ in steps:
        reached |= {target for source, target in steps if source in reached}
    return reached


@pytest.mark.parametrize("seed", range(40))
def test_traps_are_where_no_step_leads_out(seed: int) -> None:
    """Just those from which all that can be reached is known, and in none of it the claim is true."""
    chance = random.Random(seed)
    states = chance.randrange(1, 8)
    steps = [(chance.randrange(states), chance.randrange(states)) for _ in range(chance.randrange(10))]
    good = {each for each in range(states) if chance.random() < 0.2}
    expanded = states - chance.randrange(2)
    out = good | {*range(expanded, states)}

    found = a_region(states, expanded, steps, good)
    assert [*found.good()] == sorted(good)
    assert [each.state for each in found.traps()] == [
        each for each in range(states) if out.isdisjoint(lead_from(each, steps))
    ]


class Stairs(Model):
    """Goes down one by one; from 5, and from where the cellar is flooded, nothing leads anywhere."""

    at: Count
    flooded: bool

    def begin(self) -> None:
        self.at, self.flooded = 3, False

    @action
    def up(self) -> None:
        require(0 < self.at < 5)
        self.at += 1

    @action
    def down(self) -> None:
        require(0 < self.at < 5)
        self.at -= 1

    @action
    def flood(self) -> None:
        require(self.at == 1)
        self.flooded, self.at = True, 9


@recoverable
def is_down(now: Stairs) -> bool:
    """One can always go down."""
    return now.at == 0


def at(scratch: Scratch, *names: str) -> ScratchRun:
    """Where actions lead."""
    (taken,) = scratch.ways_to_begin(())
    for name in names:
        deed = next(each for each in scratch.actions if each.name == name)
        (taken,) = scratch.ways(taken.history, deed, ())
    return taken


def names_of(history: History) -> list[str]:
    """The steps of a run."""
    return [deed.action.name for deed in history.deeds]


def test_a_way_out_of_each_end() -> None:
    """The way out of the first end, where each of them has one; none where one has none, and none where none ends."""
    scratch = Scratch(Stairs(), Allowance(100_000))
    middle, again, top = at(scratch), at(scratch, "up", "down"), at(scratch, "up", "up")

    out = traps.way_out(scratch, is_down, [middle, again])
    assert out is not None
    assert names_of(out.history) == ["down"] * 3
    out = traps.way_out(scratch, is_down, [again, middle])
    assert out is not None
    assert names_of(out.history) == ["up", *["down"] * 4]
    assert traps.way_out(scratch, is_down, [middle, top]) is None
    assert traps.way_out(scratch, is_down, [top, middle]) is None
    assert traps.way_out(scratch, is_down, []) is None


def test_traps_that_contradict() -> None:
    """The nearest one for a proof, and where runs are bounded one within these bounds, if there is one."""
    scratch = Scratch(Stairs(), Allowance(100_000))

    for verdict in (Proved("all", None), Holds("runs of at most 2 steps"), Holds("sizes up to 2")):
        found = traps.trap(scratch, is_down, verdict)
        assert found is not None
        assert names_of(found.history) == ["up", "up"]
    assert traps.trap(scratch, is_down, Holds("runs of at most 1 steps")) is None
