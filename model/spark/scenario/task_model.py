"""What claims look at in a model of one task, whatever consumers it has."""

from __future__ import annotations

from spillproof.model.quantity import Bytes
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.system import Model


class TaskModel(Model):
    """A task with its memory manager, until it ends."""

    task_memory_manager: TaskMemoryManager
    ended: bool

    def accounted(self) -> Bytes:
        """Return what the pool holds to be in use."""
        return self.task_memory_manager.pool.used

    def capacity_of_pool(self) -> Bytes:
        """Return the size of the pool."""
        return self.task_memory_manager.pool.pool_size

    def accounts(self) -> list[Bytes]:
        """Return what each registered consumer holds itself to be using."""
        return [consumer.used for consumer in self.task_memory_manager.consumers]

    def has_ended(self) -> bool:
        """Return whether the task is over."""
        return self.ended
