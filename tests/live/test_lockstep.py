"""A model beside the code: both do the same, the prover's counterexample breaks the code, and the repair is proved."""

import random
from importlib.util import find_spec
from itertools import islice
from typing import Any

import pytest

from spillproof.counterexamples.replay.live.spooled import SpooledFile as SpooledFileOfPython
from spillproof.counterexamples.replay.live.zict_buffer import ZictBuffer as ZictBufferOfZict
from spillproof.model.python.spooled import SpooledFile
from spillproof.model.python.zict_buffer import ZictBuffer
from spillproof.model.system import Kind, Model, actions_of
from spillproof.properties import accounting
from spillproof.properties.disk import disk_is_accounted
from spillproof.properties.engines.check import check
from spillproof.properties.engines.run import Playing, Run, Step
from spillproof.properties.engines.verdict import Proved, Violated
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.faults import ROOM
from spillproof.properties.live.measure import Ledger, Traced
from tests.live.beside.lockstep import breaks, lockstep
from tests.live.judged.repaired import SpooledFileRepaired, ZictBufferRepaired

needs_zict = pytest.mark.skipif(find_spec("zict") is None, reason="zict is not installed")


def random_run(model: Model, seed: int, unit: int, largest: int, steps: int = 12) -> Run:
    """A run of a model at random, with sizes in whole units."""
    chance = random.Random(seed)
    playing = Playing(model)
    moment = playing.begin(())
    taken: list[Step] = []
    for _ in range(steps):
        action = chance.choice(actions_of(type(model)))
        arguments = []
        for each in action.parameters:
            places = [index for index, found in enumerate(moment.objects) if isinstance(found, each.type)]
            sizes = [unit * size for size in range(1, largest + 1)]
            arguments.append(chance.choice(sizes if each.kind is Kind.SIZE else places or [-1]))
        if -1 in arguments:
            continue
        step = Step(action.name, tuple(arguments))
        after = playing.take(step)
        if not after.refused:
            taken.append(step)
            moment = after
    return Run(model, (), tuple(taken))


SPOOLED = {"max_size": 4 * Traced.unit}
FEW = 4
"""The seeds of `make test`; the others are slow."""

ZICT = {"n": 6 * Ledger.unit, "room": ROOM, "values": 3}


def seeds(count: int) -> list[Any]:
    """So many seeds, of which a few are quickly done."""
    return [pytest.param(seed, marks=[] if seed < FEW else [pytest.mark.slow]) for seed in range(count)]


@pytest.mark.parametrize("seed", seeds(12))
@pytest.mark.parametrize(("adapter", "repaired"), [(SpooledFileOfPython, False), (SpooledFileRepaired, True)])
def test_the_spooled_file_and_its_model_do_the_same(adapter: type[Adapter], repaired: bool, seed: int) -> None:  # noqa: FBT001
    """After every step the same is accounted and the same is reachable."""
    run = random_run(SpooledFile(**SPOOLED, repaired=repaired), seed, Traced.unit, 3)

    assert [pair for pair in lockstep(run, adapter) if pair.model != pair.code] == []


@needs_zict
@pytest.mark.parametrize("seed", seeds(25))
@pytest.mark.parametrize(("adapter", "repaired"), [(ZictBufferOfZict, False), (ZictBufferRepaired, True)])
def test_zict_and_its_model_do_the_same(adapter: type[Adapter], repaired: bool, seed: int) -> None:  # noqa: FBT001
    """After every step the same is accounted, reachable, and left behind on disk, to the byte."""
    run = random_run(ZictBuffer(**ZICT, repaired=repaired), seed, Ledger.unit, 7)

    assert [pair for pair in lockstep(run, adapter) if pair.model != pair.code] == []


@pytest.mark.slow
@needs_zict
def test_a_model_of_other_code_is_noticed() -> None:
    """Where model and code differ (one is repaired), some of the runs show it: they reach what they are to compare."""
    runs = (random_run(ZictBuffer(**ZICT), seed, Ledger.unit, 7) for seed in range(25))
    differing = (run for run in runs if any(pair.model != pair.code for pair in lockstep(run, ZictBufferRepaired)))

    assert len(list(islice(differing, 3))) == 3


def test_what_the_prover_finds_breaks_the_spooled_file() -> None:
    """The shortest run of the model, which random runs do not draw, breaks the code at the same step."""
    verdict = check(SpooledFile()).of(accounting.free_is_unreachable)
    assert isinstance(verdict, Violated)
    (max_size,) = verdict.run.opening

    assert [step.action for step in verdict.run.steps] == ["issue", "put"]
    scale = SPOOLED["max_size"] // max_size
    assert breaks(verdict.run, SpooledFileOfPython, accounting.free_is_unreachable, scale) == 2
    assert breaks(verdict.run, SpooledFileRepaired, accounting.free_is_unreachable, scale) is None


@needs_zict
def test_what_the_prover_finds_breaks_zict() -> None:
    """The shortest run of the model breaks the code at the same step."""
    verdict = check(ZictBuffer(**ZICT), [disk_is_accounted]).of(disk_is_accounted)
    assert isinstance(verdict, Violated)

    assert [step.action for step in verdict.run.steps] == ["fill_disk", "put"]
    assert breaks(verdict.run, ZictBufferOfZict, disk_is_accounted) == 2
    assert breaks(verdict.run, ZictBufferRepaired, disk_is_accounted) is None


def test_the_repaired_models_are_proved() -> None:
    """With the repair every claim holds for all sizes and any number of steps."""
    spooled = check(SpooledFile(repaired=True), witnesses=False)
    zict = check(ZictBuffer(repaired=True), [disk_is_accounted, accounting.free_is_unreachable], witnesses=False)

    assert all(isinstance(result.verdict, Proved) for result in (*spooled.results, *zict.results))
