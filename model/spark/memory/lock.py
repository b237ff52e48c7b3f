"""Locks that threads of one task take, as Java's `synchronized` does, and threads as small programs.

Source: none. Monitors are Java's; the scenario `lock_orders` says whose order of locks is modelled.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject


class Lock(HeapObject):
    """A monitor. Who has it may take it again."""

    owner: TaskThread | None = None
    depth: int = 0

    def is_open_to(self, thread: TaskThread) -> bool:
        """Return whether a thread would get it now."""
        return self.owner is None or self.owner is thread

    def take(self, thread: TaskThread) -> None:
        """Take it, perhaps once more."""
        self.owner = thread
        self.depth += 1

    def give_back(self) -> None:
        """Give it back as often as it was taken."""
        self.depth -= 1
        if self.depth == 0:
            self.owner = None


class Locks(HeapObject):
    """The locks of one task, by what they guard."""

    manager: Lock
    iterator: Lock
    sorter: Lock


class TaskThread(HeapObject):
    """Does the same again and again: takes locks in an order, and gives them back in the opposite one."""

    program: tuple[str, ...]
    """Words such as `lock manager` and `unlock manager`, each an atomic step."""
    locks: Locks
    next_step: int = 0

    def wants(self) -> Lock | None:
        """Return the lock that its next step takes, if it takes one."""
        return self.lock() if self.program[self.next_step].startswith("lock ") else None

    def lock(self) -> Lock:
        """Return the lock that its next step is about."""
        found = getattr(self.locks, self.program[self.next_step].split()[1])
        assert isinstance(found, Lock)
        return found

    def waits_for(self) -> TaskThread | None:
        """Return the thread that has what this one wants."""
        lock = self.wants()
        return None if lock is None or lock.is_open_to(self) else lock.owner

    def go(self) -> None:
        """Take the next step."""
        lock = self.wants()
        if lock is not None:
            lock.take(self)
        else:
            self.lock().give_back()
        self.next_step = (self.next_step + 1) % len(self.program)
