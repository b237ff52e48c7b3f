"""Models beside released engines, step by step at random: pyarrow, DuckDB, DataFusion, Ray, zict and distributed."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from spillproof.counterexamples.replay.live.spill_buffer import DaskSpillBuffer
from spillproof.counterexamples.replay.live.zict_buffer import ZictBuffer as ZictBufferOfZict
from spillproof.model.arrow.memory_pool import DROP_CONVERTED, PICKLE_THE_SLICE, Sharing
from spillproof.model.duckdb.buffer_pool import KEEP_IN_QUEUE, Buffering
from spillproof.model.python.zict_buffer import ZictBuffer
from spillproof.model.ray.local_object_manager import COUNT_PENDING, Pinning
from spillproof.model.system import Model
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.faults import ROOM
from spillproof.properties.live.measure import Ledger
from tests.live.beside.beside import Sighting, beside
from tests.live.beside.lockstep import lockstep
from tests.live.test_lockstep import random_run

ENOUGH = 1_000
"""Steps."""


def taken_with_arrow(model: Model, seeds: int) -> Iterator[Sighting]:
    """Take so many runs on pyarrow."""
    pytest.importorskip("pyarrow")
    from tests.live.beside.arrow_beside import ArrowDriver

    for seed in range(seeds):
        yield from beside(model, (), ArrowDriver(), seed, 60)


def taken_with_duckdb(model: Model, seeds: int, folder: Path) -> Iterator[Sighting]:
    """Take so many runs on DuckDB, each with a limit of four."""
    pytest.importorskip("duckdb")
    from tests.live.beside.duckdb_beside import DuckDbDriver

    for seed in range(seeds):
        driver = DuckDbDriver(4, folder / str(seed))
        with closing(driver.connection):
            yield from beside(model, (4,), driver, seed, 60)


def taken_with_datafusion(workspace: int, seeds: int) -> Iterator[Sighting]:
    """Take so many runs on DataFusion, of which the model believes that its workspace is so large; it is 14."""
    pytest.importorskip("datafusion")
    from tests.live.beside.datafusion_beside import DataFusionDriver, model

    for seed in range(seeds):
        yield from beside(model(), (36, workspace), DataFusionDriver(36, 14), seed, 500)


def taken_with_ray(model: Model, steps: int, folder: Path) -> Iterator[Sighting]:
    """Take runs on a node of Ray until there are so many steps."""
    ray = pytest.importorskip("ray")
    pytest.importorskip("grpc")
    from tests.live.beside.ray_beside import RayDriver, started

    statistics = started(folder)
    try:
        taken = 0
        for seed in range(steps):
            driver = RayDriver(statistics, folder)
            for each in beside(model, (), driver, seed, 150):
                taken += 1
                yield each
            driver.end()
            if taken >= steps:
                return
    finally:
        ray.shutdown()


def test_pyarrow_does_what_its_model_does() -> None:
    """In 1,000 steps and more the pool counts, the arrays show, and pickles are as large as the model says."""
    pytest.importorskip("pyarrow")
    from tests.live.beside.arrow_beside import model

    seen = list(taken_with_arrow(model(), 32))

    assert len(seen) >= ENOUGH
    assert [each for each in seen if not each.agree] == []


@pytest.mark.parametrize("fixes", [{PICKLE_THE_SLICE.name, DROP_CONVERTED.name}, set()])
def test_a_model_of_another_arrow_is_noticed(fixes: set[str]) -> None:
    """Where slices were pickled as what they show, or what is converted stayed, the two would part; they do."""
    seen = taken_with_arrow(Sharing(arrays=4, fixes=frozenset(fixes)), 8)

    assert not all(each.agree for each in seen)


@pytest.mark.slow
def test_duckdb_does_what_its_model_does(tmp_path: Path) -> None:
    """In 1,000 steps and more DuckDB grants and refuses what the model does, keeps its limit, and loses nothing."""
    pytest.importorskip("duckdb")
    from tests.live.beside.duckdb_beside import model

    seen = list(taken_with_duckdb(model(), 60, tmp_path))

    assert len(seen) >= ENOUGH
    assert [each for each in seen if not each.agree] == []


@pytest.mark.slow
def test_a_model_of_an_older_duckdb_is_noticed(tmp_path: Path) -> None:
    """With the limit that is refused and stays (#25833), as 1.5.6 had it, the two part soon."""
    seen = taken_with_duckdb(Buffering(blocks=4, fixes=frozenset({KEEP_IN_QUEUE.name})), 6, tmp_path)

    assert not all(each.agree for each in seen)


@pytest.mark.slow
def test_datafusion_does_what_its_model_does() -> None:
    """In 1,000 steps and more DataFusion's sorter spills as often as the model's, and as many rows."""
    seen = list(taken_with_datafusion(14, 27))

    assert len(seen) >= ENOUGH
    assert [each for each in seen if not each.agree] == []


@pytest.mark.slow
def test_ray_does_what_its_model_does(tmp_path: Path) -> None:
    """In 1,000 steps and more Ray reports what the model has pinned, and has the files of what it has spilled."""
    pytest.importorskip("ray")
    from tests.live.beside.ray_beside import model

    seen = list(taken_with_ray(model(), ENOUGH, tmp_path))

    assert len(seen) >= ENOUGH
    assert any(each.engine["files"] for each in seen)
    assert [each for each in seen if not each.agree] == []


@pytest.mark.slow
def test_a_model_of_an_older_ray_is_noticed(tmp_path: Path) -> None:
    """Where what is spilled stays in the sum of what is pinned (#16476), as before 1.5, the two part."""
    seen = taken_with_ray(Pinning(objects=8, fixes=frozenset({COUNT_PENDING.name})), 60, tmp_path)

    assert not all(each.agree for each in seen)


@pytest.mark.slow
def test_a_model_of_another_datafusion_is_noticed() -> None:
    """With a workspace that is smaller by a byte, the two part in the first run."""
    assert not all(each.agree for each in taken_with_datafusion(13, 1))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("adapter", "needs"), [(ZictBufferOfZict, "zict"), (DaskSpillBuffer, "distributed")], ids=["zict", "distributed"]
)
def test_a_buffer_does_what_its_model_does(adapter: type[Adapter], needs: str) -> None:
    """In 1,000 steps and more the same is accounted, reachable, and left behind on disk, to the byte."""
    pytest.importorskip(needs)
    model = ZictBuffer(n=6 * Ledger.unit, room=ROOM, values=3)
    runs = [random_run(model, seed, Ledger.unit, 6, steps=30) for seed in range(80)]
    pairs = [pair for run in runs for pair in lockstep(run, adapter)]

    assert len(pairs) - len(runs) >= ENOUGH
    assert [pair for pair in pairs if pair.model != pair.code] == []
