"""The library: memory managers of other engines than Spark, and what each of their fixes carries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from spillproof.model import arrow, datafusion, duckdb, flink, kv_blocks, pytorch, rapids, ray, rocksdb, trino, velox
from spillproof.model.catalogue.entry import Entry
from spillproof.model.library.engine import Engine, Manager
from spillproof.model.library.repair import Repair
from spillproof.model.spark.fixes.fix import Bearing

ENGINES: tuple[Engine, ...] = (
    datafusion.ENGINE,
    velox.ENGINE,
    duckdb.ENGINE,
    kv_blocks.ENGINE,
    pytorch.ENGINE,
    rocksdb.ENGINE,
    flink.ENGINE,
    trino.ENGINE,
    ray.ENGINE,
    arrow.ENGINE,
    rapids.ENGINE,
)

REPAIRS: dict[str, Repair] = {
    name: repair for engine in ENGINES for manager in engine.managers for name, repair in manager.repairs.items()
}
"""Every fix of the library, by name."""

CARRIED: tuple[Bearing, ...] = tuple(
    Bearing(manager.whole, each.claim, each.steps, each.run, each.scope, beside=each.beside, fix=name)
    for engine in ENGINES
    for manager in engine.managers
    for name, each in manager.repairs.items()
)
"""What each carries, in the form in which it is said of Spark's."""


def library() -> Iterator[Entry]:
    """Each manager as its engine released it; and repaired, where a defect stands in that release."""
    for engine in ENGINES:
        for manager in engine.managers:
            yield from _entries(manager)


def _entries(manager: Manager) -> Iterator[Entry]:
    violated, every = manager.violated, frozenset(manager.repairs)
    if manager.whole == manager.name:
        yield _entry(manager, manager.name, every, violated)
        return
    yield replace(_entry(manager, manager.name, manager.released, violated), repaired=manager.whole)
    yield replace(_entry(manager, manager.whole, every, frozenset()), summary="The same, repaired.")


def _entry(manager: Manager, name: str, fixes: frozenset[str], violated: frozenset[str]) -> Entry:
    scope = {**manager.scope, "fixes": fixes}
    return Entry(name, manager.summary, manager.model, scope, knows_fixes=True, violated=violated, own=manager.repairs)
