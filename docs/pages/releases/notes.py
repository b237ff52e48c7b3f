"""What changes from a release to the next besides what a fix of the models says: read in the instructions of both."""

from __future__ import annotations

NOTES: dict[str, str] = {
    "2.2.3": "SPARK-25081 alone.",
    "2.3.1": "SPARK-23040: a listener stops the sorter at task end, and the iterator can be interrupted.",
    "2.3.2": "SPARK-25081; and how long a record is is computed with 64 bits.",
    "2.3.4": "SPARK-27338 alone.",
    "2.4.1": "Both halves of SPARK-26114, SPARK-26265; and the largest array is a bit smaller in `putIteratorAsBytes`.",
    "2.4.2": "SPARK-27338. The rest is the compiler's: this release alone of its line is built with Scala 2.12.",
    "2.4.3": "Built with Scala 2.11 again.",
    "2.4.5": (
        "SPARK-27558 and SPARK-29244; and in `append` a map may hold one key less, and grows up to another size "
        "(SPARK-30198), which is not modelled: sizes of arrays are the environment's choice."
    ),
    "2.4.7": "SPARK-31511 alone.",
    "2.4.8": ("SPARK-32872, SPARK-32900, SPARK-32901, SPARK-33756."),
    "3.0.2": "What 2.4.8 brought, and SPARK-31511.",
    "3.1.1": "SPARK-32911 alone.",
    "3.2.2": "SPARK-39283 alone.",
    "3.4.3": "A line of the log is written elsewhere.",
    "3.4.4": "SPARK-48642 alone.",
    "3.5.1": "The same line of the log as in 3.4.3.",
    "3.5.2": "SPARK-48642 alone.",
    "4.0.0": (
        "Not read method by method: built with Scala 2.13 for Java 17, and another logger; all signs are as before."
    ),
    "4.1.0": (
        "SPARK-49386, which also brings a size at which a collection or a sorter spills, off unless it is set, and not "
        "modelled. Lines of the log; and `UnifiedMemoryManager` can count memory that it does not manage, which is off "
        "unless it is asked for, and is not modelled."
    ),
    "4.2.0": (
        "The half of SPARK-56511 that is called usage here. A consumer's counter is atomic, a page that could not be "
        "allocated is logged another way, and a sorter of raw records can merge its files in rounds, if it is told "
        "to."
    ),
    "4.2.1": (
        "The other half of SPARK-56511, and SPARK-57242. The map of raw records, too, gives back a page that it got "
        "only after its task had spilled, and that is smaller than usual, which is not modelled."
    ),
    "4.3.0": (
        "The number of records that are left is called otherwise, and is counted with 64 bits; an optional argument."
    ),
}
"""By release. What is not here was not read."""
