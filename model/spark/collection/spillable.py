"""A collection that spills itself when it is granted too little, and can be forced to when others need memory.

Source: `core/src/main/scala/org/apache/spark/util/collection/Spillable.scala` at v1.6.0, v2.0.0, v2.4.0, v3.0.1 and
master of April 2025. That a forced spill asks for Tungsten's mode, and does not begin to count anew, is in the classes
of 2.1.2 to 4.3.0, too. Since 4.1.0 a collection may also spill at a size of its own, which is left out.
"""

from __future__ import annotations

from typing import ClassVar

from spillproof.model.oracle import announce
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes.collection import COUNT_ANEW, SPARK_4452, SPARK_49386, SPILL_BESIDE_OFF_HEAP
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer


class Spillable(MemoryConsumer):
    """Spills everything or nothing; the size that is asked for does not matter to it."""

    initial_memory_threshold: Bytes | None = None
    """What a collection may hold without asking. None for exact accounting, where each byte is asked for."""

    spill_after: int | None = None
    """The number of records after which it spills, whatever memory there is; in Spark
    `spark.shuffle.spill.numElementsForceSpillThreshold`. None for no such number, so that records are not counted.
    """
    elements_read: int = 0
    """Records that were put in since it last spilled of itself."""

    beside_off_heap: ClassVar[bool] = False
    """Whether Tungsten's memory is off the heap (`spark.memory.offHeap.enabled`). That of a collection never is."""

    def maybe_spill(self, current: Bytes) -> bool:
        """Ask for memory if the collection has reached its threshold, and spill it if it stays there.

        As Spark's, at each 32nd record: what is asked for makes the threshold twice the `current` size. With less it
        may do, unless it has reached that, too.
        """
        if current < self.threshold():
            return False
        self.acquire(2 * current - self.threshold())
        if current < self.threshold():
            return False
        self.spill_itself()
        return True

    def threshold(self) -> Bytes:
        """Return what the collection may hold: what was granted, and what it need not ask for."""
        assert self.initial_memory_threshold is not None
        return self.initial_memory_threshold + self.used

    def maybe_spill_exactly(self, size: Bytes) -> bool:
        """Acquire `size` more, and spill the collection if too little is granted; return whether it was spilled.

        A spill releases everything, what was granted just now included. A collection that has its number of records
        spills as well; before SPARK-49386 it asked all the same, so that others may have spilled for it.
        """
        if self.has_its_number() and SPARK_49386 in self.fixes:
            self.spill_itself()
            return True
        if self.acquire(size) >= size and not self.has_its_number():
            return False
        self.spill_itself()
        return True

    def count_record(self) -> None:
        """Count a record that is put in, if there is a number to count for."""
        if self.spill_after is not None:
            self.elements_read += 1

    def has_its_number(self) -> bool:
        """Return whether more records were put in than the number after which it spills."""
        return self.spill_after is not None and self.elements_read > self.spill_after

    def acquire(self, size: Bytes) -> Bytes:
        """Return what is granted. Before SPARK-4452 nobody learns who asked, so that nobody can ask it to spill."""
        if SPARK_4452 in self.fixes:
            return self.acquire_memory(size)
        granted = self.task_memory_manager.acquire_execution_memory(size, None)
        self.used += granted
        announce("acquire", consumer=self, size=granted)
        return granted

    def spill_itself(self) -> None:
        """Spill because too little was granted, or for the number of records. They are counted anew."""
        announce("spill", consumer=self, forced=False)
        self.spill_collection()
        self.elements_read = 0
        self.release_memory()

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:  # noqa: ARG002 - Spark's ignores it as well
        """Spill because another consumer needs memory; return what was released. Never for its own sake, nor where
        Tungsten's memory is off the heap, although what is asked for is on it.
        """
        refuses = self.beside_off_heap and SPILL_BESIDE_OFF_HEAP not in self.fixes
        if trigger is self or refuses or not self.force_spill():
            return 0
        if COUNT_ANEW in self.fixes:
            self.elements_read = 0
        freed = self.used
        self.release_memory()
        return freed

    def release_memory(self) -> None:
        """Release everything that is accounted."""
        self.free_memory(self.used)

    def spill_collection(self) -> None:
        """Move what is in memory to disk."""
        raise NotImplementedError

    def force_spill(self) -> bool:
        """Move what is in memory to disk, if that can be done now; return whether it was."""
        raise NotImplementedError
