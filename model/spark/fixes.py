"""The fixes that tell Spark's releases apart: what each changed, and which release had it first."""

from __future__ import annotations

from dataclasses import dataclass

SPARK_18986 = "SPARK-18986"
SPARK_19244 = "SPARK-19244"
SPARK_22713_FORCED_SPILL = "SPARK-22713-forced-spill"
SPARK_22713_EXHAUSTION = "SPARK-22713-exhaustion"
SPARK_23306 = "SPARK-23306"
SPARK_26114 = "SPARK-26114"
SPARK_35486 = "SPARK-35486"
SPARK_36933 = "SPARK-36933"

NULL_READING_ITERATOR = "proposal-null-reading-iterator"
NULL_UPSTREAM = "proposal-null-upstream"
KEEP_NOTHING = "proposal-keep-nothing"


@dataclass(frozen=True)
class Fix:
    """A change to Spark, or one that was only proposed."""

    name: str
    sentence: str
    since: str = ""
    """The first release that has it. Empty for what was never merged."""


FIXES: dict[str, Fix] = {
    fix.name: fix
    for fix in (
        Fix(
            SPARK_18986, "A map can be force-spilled before its iterator exists; it was an assertion failure.", "2.2.0"
        ),
        Fix(
            SPARK_19244,
            "The smallest consumer that suffices is spilled first, else the largest; it was hash-set order.",
            "2.2.0",
        ),
        Fix(
            SPARK_22713_FORCED_SPILL,
            "A forced spill replaces the iterator's upstream at once; it was at the next pull.",
            "2.4.0",
        ),
        Fix(
            SPARK_22713_EXHAUSTION, "An exhausted iterator drops its upstream; it kept the map until task end.", "2.4.0"
        ),
        Fix(SPARK_23306, "A victim is asked to spill again until it frees nothing; it was asked once.", "2.4.0"),
        Fix(SPARK_26114, "A completed CompletionIterator drops what it wrapped; it kept it for ever.", "2.4.1"),
        Fix(SPARK_35486, "The requester spills itself until it frees nothing; it was asked once.", "3.2.0"),
        Fix(
            SPARK_36933,
            "The requester is the last victim in one loop, and only if it uses memory; it was a step apart.",
            "3.3.0",
        ),
        Fix(NULL_READING_ITERATOR, "The report's proposal: set readingIterator to null after a forced spill."),
        Fix(NULL_UPSTREAM, "The report's proposal: set upstream to null after a forced spill, and keep nextUpstream."),
        Fix(
            KEEP_NOTHING, "The report's proposal, misread: set upstream to null after a forced spill, and keep nothing."
        ),
    )
}
"""Every fix by name, in the order of their numbers; the readings of the report's proposal last."""

HALVES: dict[str, frozenset[str]] = {
    "SPARK-22713": frozenset({SPARK_22713_FORCED_SPILL, SPARK_22713_EXHAUSTION}),
}
"""Names that stand for several fixes."""
