"""The array of pointers to the records of a shuffle, by partition. It grows by doubling.

Source: `core/src/main/java/org/apache/spark/shuffle/sort/ShuffleInMemorySorter.java` at v1.6.0, v1.6.2, v2.3.1, v2.3.2
and master of April 2025. Besides, the classes of 4.3.0.
"""

from __future__ import annotations

from spillproof.model.spark.fixes.shuffle import SPARK_25081, SPARK_56511_RESET, SPARK_56511_USAGE
from spillproof.model.spark.fixes.unsafe import SPARK_14363
from spillproof.model.spark.unsafe.in_memory_sorter import InMemorySorter


class ShuffleInMemorySorter(InMemorySorter):
    """Pointers, with the partition of each."""

    def may_be_without_array(self) -> bool:
        return SPARK_56511_USAGE in self.fixes

    def reset(self) -> None:
        """Begin anew, with an array of the first size, which may be refused or cause another spill; or with none."""
        if SPARK_14363 not in self.fixes:
            self.forget_records()
        elif SPARK_56511_RESET in self.fixes:
            self.free_memory()
        else:
            self.replace_array(forgets_it=SPARK_25081 in self.fixes)
