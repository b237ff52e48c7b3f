"""The array of pointers to records, which grows by doubling.

Source: `core/src/main/java/org/apache/spark/util/collection/unsafe/sort/UnsafeInMemorySorter.java` at v1.6.0, v2.0.0,
v3.0.1 and master of April 2025. Besides, the classes of 2.4.4 and 2.4.5.
"""

from __future__ import annotations

from spillproof.model.spark.fixes.unsafe import SPARK_14363, SPARK_21907, SPARK_27558, SPARK_32901
from spillproof.model.spark.unsafe.in_memory_sorter import InMemorySorter


class UnsafeInMemorySorter(InMemorySorter):
    """Pointers and key prefixes."""

    def may_be_without_array(self) -> bool:
        return SPARK_27558 in self.fixes

    def after_spill(self) -> None:
        """Give the array back, in the way of the release."""
        if SPARK_14363 not in self.fixes:
            self.forget_records()
        elif SPARK_32901 in self.fixes:
            self.free_memory()
        else:
            self.replace_array(forgets_it=SPARK_21907 in self.fixes)
