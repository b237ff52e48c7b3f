"""The exercises of the course, in the order of its lessons."""

from __future__ import annotations

from spillproof.counterexamples.course import readings
from spillproof.counterexamples.course.by_claims import ByClaims
from spillproof.counterexamples.course.by_evidence import ByEvidence
from spillproof.counterexamples.course.by_induction import ByInduction
from spillproof.counterexamples.course.by_mutants import LOG_BUFFER, ByMutants
from spillproof.counterexamples.course.by_running import ByRunning
from spillproof.counterexamples.course.exercise import Exercise, Rules

RUNNING = ("__future__", "collections", "collections.abc", "io", "itertools", "pathlib", "pickle", "typing", "weakref")
"""What running code may import: nothing by which it would leave Python, or reach what measures it."""

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        "cache",
        "Cache",
        1,
        10,
        "Repair the cache, so that what it counts free is free, and no reader is cut off.",
        Rules(("Cache.begin", "Cache.read", "Cache.finish", "Cache.evict")),
        ByClaims("Cache", readings.CACHE),
    ),
    Exercise(
        "spool",
        "Spool",
        2,
        15,
        "Make the spill free what it says, while an iterator waits, and lose no record.",
        Rules(("Spool.spill", "Spool.pull")),
        ByClaims("Spool", readings.SPOOL),
    ),
    Exercise(
        "grant",
        "Grants",
        3,
        10,
        "Obtain all that was asked for, or nothing.",
        Rules(("Grants.obtain",)),
        ByClaims("Grants", readings.GRANT),
    ),
    Exercise(
        "task",
        "Task",
        4,
        20,
        "Repair SPARK-22713: E1 lets go of what it spilled, and whoever reads it still gets each record once.",
        Rules(("SpillableMap.spill",)),
        ByClaims("Task", readings.TASK),
    ),
    Exercise(
        "doubts",
        "LogBuffer",
        5,
        20,
        "Write claims that are true of the model, and that each of six mutants breaks.",
        Rules(claims=True),
        ByMutants("LogBuffer", LOG_BUFFER),
    ),
    Exercise(
        "invariant",
        "invariant",
        6,
        15,
        "Find an invariant by which it is proved that what is held is at most the limit.",
        Rules(("invariant",)),
        ByInduction("invariant"),
    ),
    Exercise(
        "store",
        "Store",
        7,
        20,
        "Repair the store, so that a reader keeps nothing that was spilled.",
        Rules(imports=RUNNING, is_free=True),
        ByRunning("Store"),
    ),
    Exercise(
        "incident",
        "STILL_HELD",
        8,
        25,
        "Say what an executor died of, and what repairs it.",
        Rules(constants=("SPILLED", "ACCOUNTED", "STILL_HELD", "MODEL", "CUT", "REPAIRED")),
        ByEvidence(),
        ("incident.log", "incident.csv"),
    ),
)
