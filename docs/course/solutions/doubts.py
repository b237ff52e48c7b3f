"""Lesson 5: the model is right. Are your claims? Each of six mutants of it has to break one of them."""

from __future__ import annotations

from spillproof import Bytes, HeapObject, Model, action, always, require, sometimes


class Batch(HeapObject):
    """Lines that will be written together."""

    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size


class LogBuffer(Model):
    """Lines are collected in a batch; batches wait in a queue until another thread has written them."""

    limit: Bytes
    used: Bytes
    received: Bytes
    on_disk: Bytes

    def begin(self, limit: Bytes, places: int = 2) -> None:
        self.limit = limit
        self.places = places
        self.used, self.received, self.on_disk = 0, 0, 0
        self.batch = Batch()
        self.queue: list[Batch] = []

    @action
    def append(self, size: Bytes) -> None:
        """A line is acquired, and added to the batch."""
        require(self.used + size <= self.limit)
        self.used += size
        self.batch.size += size
        self.received += size

    @action
    def hand_over(self) -> None:
        """The batch begins to wait, and a new one is begun."""
        require(self.batch.size > 0 and len(self.queue) < self.places)
        self.queue.append(self.batch)
        self.batch = Batch()

    @action
    def written(self) -> None:
        """The other thread has written the batch that waited longest, and its bytes are released."""
        require(len(self.queue) > 0)
        size = self.queue.pop(0).size
        self.used -= size
        self.on_disk += size

    def accounted(self) -> Bytes:
        return self.used


# Your turn: these two are true, and not enough. Write more of both kinds.


@always
def free_memory_is_free(now: LogBuffer) -> bool:
    """What is reachable is accounted."""
    return now.reachable() <= now.accounted()


@sometimes(beside=free_memory_is_free)
def something_is_there(now: LogBuffer) -> bool:
    """Something is accounted."""
    return now.accounted() > 0


@always
def what_is_accounted_is_there(now: LogBuffer) -> bool:
    """What is accounted is reachable."""
    return now.accounted() <= now.reachable()


@always
def the_limit_is_kept(now: LogBuffer) -> bool:
    """No more is accounted than the limit."""
    return now.accounted() <= now.limit


@always
def no_line_is_lost(now: LogBuffer) -> bool:
    """What was received is on disk, or waits."""
    return now.received == now.on_disk + now.batch.size + sum(each.size for each in now.queue)


@sometimes(beside=no_line_is_lost)
def something_is_written(now: LogBuffer) -> bool:
    """Lines come to the disk."""
    return now.on_disk > 0


@sometimes(beside=the_limit_is_kept)
def the_limit_is_reached(now: LogBuffer) -> bool:
    """All that is allowed can be used."""
    return now.accounted() == now.limit
