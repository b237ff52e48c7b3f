"""The fixes that tell Spark's releases apart: what each changed, which release had it first, and what it carries.

Each is declared once, in the module of its package; and a line of a model asks whether it is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from spillproof.model.spark.fixes import collection, memory, pages, pools, raw_map, shuffle, sorter, storage, unsafe
from spillproof.model.spark.fixes.collection import (
    SPARK_22713_EXHAUSTION,
    SPARK_22713_FORCED_SPILL,
    SPARK_26114_COMPLETION,
)
from spillproof.model.spark.fixes.fix import Bearing, Fix
from spillproof.model.spark.fixes.shuffle import SPARK_56511_RESET, SPARK_56511_USAGE
from spillproof.model.spark.fixes.sorter import SPARK_26114_STOP


def _number(fix: Fix) -> int:
    found = re.search(r"\d+", fix.name)
    assert found is not None, fix.name
    return int(found[0])


PACKAGES = (memory, collection, sorter, unsafe)

EVERY = (*PACKAGES, pools, storage, raw_map, shuffle, pages)

FIXES: dict[str, Fix] = {
    fix.name: fix
    for fix in (
        *sorted((fix for package in EVERY for fix in package.FIXES), key=_number),
        *memory.PROPOSALS,
        *collection.PROPOSALS,
        *sorter.PROPOSALS,
        *unsafe.PROPOSALS,
        *raw_map.PROPOSALS,
        *pools.PROPOSALS,
        *storage.PROPOSALS,
    )
}
"""Every fix by name, in the order of their numbers; what was only proposed comes last."""

BEARINGS: tuple[Bearing, ...] = tuple(replace(each, fix=fix.name) for fix in FIXES.values() for each in fix.bearings)
"""What each fix carries, in the order of the fixes."""

TASK: tuple[Fix, ...] = tuple(fix for package in PACKAGES for fix in package.FIXES)
"""Those that the models of one task know."""

POOLS: tuple[Fix, ...] = pools.FIXES
"""Those that the models of the pools that tasks share know."""

STORAGE: tuple[Fix, ...] = storage.FIXES
"""Those that the models of unrolling know."""

PAGES: tuple[Fix, ...] = (*memory.FIXES, *unsafe.FIXES, *raw_map.FIXES, *shuffle.FIXES, *pages.FIXES)
"""Those that the models of pages know: of maps of raw records, of what sorts them for a shuffle, and of page tables."""

HALVES: dict[str, frozenset[str]] = {
    "SPARK-22713": frozenset({SPARK_22713_FORCED_SPILL, SPARK_22713_EXHAUSTION}),
    "SPARK-26114": frozenset({SPARK_26114_COMPLETION, SPARK_26114_STOP}),
    "SPARK-56511": frozenset({SPARK_56511_USAGE, SPARK_56511_RESET}),
}
"""Names that stand for several fixes."""


def fixes_of(release: str, among: Iterable[Fix] = TASK) -> frozenset[str]:
    """Return the names of the fixes that a release has, among those that a model knows: one of a task, if not said."""
    return _fixes_of(release, tuple(among))


@cache
def _fixes_of(release: str, among: tuple[Fix, ...]) -> frozenset[str]:
    return frozenset(fix.name for fix in among if fix.is_in(release))


def shown(name: str, fixes: frozenset[str]) -> frozenset[str]:
    """Return the claims that an entry of the catalogue violates by what each fix that it lacks shows by itself."""
    family = name.partition("@")[0]
    missing = (fix for fix in FIXES.values() if fix.name not in fixes)
    return frozenset(claim for fix in missing for claim in fix.shown.get(family, ()))
