"""The fixes that tell Spark's releases apart: what each changed, and which release had it first; by package."""

from __future__ import annotations

import re

from spillproof.model.spark.fixes import collection, memory, pools, storage
from spillproof.model.spark.fixes.collection import SPARK_22713_EXHAUSTION, SPARK_22713_FORCED_SPILL
from spillproof.model.spark.fixes.fix import Fix


def _number(fix: Fix) -> int:
    found = re.search(r"\d+", fix.name)
    assert found is not None, fix.name
    return int(found[0])


FIXES: dict[str, Fix] = {
    fix.name: fix
    for fix in (
        *sorted((*memory.FIXES, *collection.FIXES, *pools.FIXES, *storage.FIXES), key=_number),
        *collection.PROPOSALS,
        *pools.PROPOSALS,
        *storage.PROPOSALS,
    )
}
"""Every fix by name, in the order of their numbers; the readings of the report's proposal last."""

TASK: tuple[Fix, ...] = (*memory.FIXES, *collection.FIXES)
"""Those that the models of one task know."""

POOLS: tuple[Fix, ...] = pools.FIXES
"""Those that the models of the pools that tasks share know."""

STORAGE: tuple[Fix, ...] = storage.FIXES
"""Those that the models of unrolling know."""

HALVES: dict[str, frozenset[str]] = {
    "SPARK-22713": frozenset({SPARK_22713_FORCED_SPILL, SPARK_22713_EXHAUSTION}),
}
"""Names that stand for several fixes."""
