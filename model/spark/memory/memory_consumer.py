"""What can acquire execution memory, and be asked to spill it.

Source: `core/src/main/java/org/apache/spark/memory/MemoryConsumer.java` at v1.6.0, v2.0.0, v2.3.0, v3.0.1 and master of
April 2025. `acquireMemory` and `freeMemory` came with v2.0.0.
"""

from __future__ import annotations

from typing import ClassVar

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.oracle import announce
from spillproof.model.quantity import Bytes
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool


class ManagerOfConsumers(HeapObject):
    """What a consumer knows of its manager, and the manager's fields. The manager is `TaskMemoryManager`."""

    pool: ExecutionMemoryPool
    fixes: frozenset[str]
    consumers: Bag[MemoryConsumer]

    def acquire_execution_memory(self, required: Bytes, requester: MemoryConsumer | None) -> Bytes:
        """Return what was granted."""
        raise NotImplementedError

    def release_execution_memory(self, size: Bytes) -> None:
        """Give memory back to the pool."""
        raise NotImplementedError

    def pool_of(self, requester: MemoryConsumer | None) -> ExecutionMemoryPool:  # noqa: ARG002 - see Modes
        """Return the pool that a request is made to. There is one here; with two modes of memory there are two."""
        return self.pool


class MemoryConsumer(HeapObject):
    """Counts what it was granted. The pool's counter and its own change one after the other, as in Spark."""

    task_memory_manager: ManagerOfConsumers
    used: Bytes = 0

    short_name: ClassVar[str] = "C"

    @property
    def fixes(self) -> frozenset[str]:
        """What the release has fixed."""
        return self.task_memory_manager.fixes

    def acquire_memory(self, required: Bytes) -> Bytes:
        """Return what was granted, which may be less than required."""
        granted = self.task_memory_manager.acquire_execution_memory(required, self)
        self.used += granted
        announce("acquire", consumer=self, size=granted)
        return granted

    def free_memory(self, size: Bytes) -> None:
        """Release memory: the pool's counter first, then the consumer's own."""
        announce("release", consumer=self, size=size)
        self.task_memory_manager.release_execution_memory(size)
        self.used -= size

    def has_memory(self) -> bool:
        """Return whether `used` is more than 0: only then is it a victim."""
        return self.used > 0

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        """Free memory because `trigger` needs `size`, and return how much was freed."""
        raise NotImplementedError
