"""`FairSpillPool`, and the `MemoryReservation`s of its consumers.

Source: `datafusion/execution/src/memory_pool/mod.rs` and `datafusion/execution/src/memory_pool/pool.rs` at 00c8817ab489
(2026). What is not modelled: `grow`, which cannot fail and may exceed the pool by design.
"""

from __future__ import annotations

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

TRY_SHRINK = Repair(
    "datafusion-20382",
    "`try_shrink` gives back to the pool; it took from the reservation only, and the pool never had it again.",
    ("53.0.0",),
    issue="apache/datafusion#20382",
    claim="counters_balance",
    steps=3,
    run="A consumer registers and reserves a byte; `try_shrink` takes it from the reservation, and the pool counts it.",
)
BY_CONSUMER = Repair(
    "datafusion-12136",
    "A share limits all reservations of a consumer together; each reservation of its own could have as much.",
    issue="apache/datafusion#12136",
    claim="no_limit_is_exceeded",
    steps=4,
    run="A consumer that is alone reserves all; it makes a second reservation, and is granted as much again.",
    beside=("datafusion-25172",),
)
WHAT_IS_LEFT = Repair(
    "datafusion-25172",
    "A share is granted as far as the pool has it; a newcomer was granted its share though others held all.",
    issue="apache/datafusion#25172",
    claim="acquired_can_be_allocated",
    steps=4,
    run="A consumer that is alone reserves both bytes; another registers, and is granted its half of them.",
)


class MemoryConsumer(HeapObject):
    """Who reserves: an operator's partition."""

    can_spill: bool
    reserved: Bytes = 0
    """By all of its reservations together. Not in DataFusion."""


class FairSpillPool(HeapObject):
    """Divides what is not reserved for good evenly among those that can spill."""

    pool_size: Bytes
    fixes: frozenset[str]
    num_spill: int = 0
    spillable: Bytes = 0
    unspillable: Bytes = 0

    def register(self, consumer: MemoryConsumer) -> None:
        if consumer.can_spill:
            self.num_spill += 1

    def unregister(self, consumer: MemoryConsumer) -> None:
        if consumer.can_spill:
            self.num_spill -= 1

    def share(self) -> Bytes:
        """Return what each consumer that can spill may have."""
        available: Bytes = max(0, self.pool_size - self.unspillable)
        return available // self.num_spill if self.num_spill else available

    def try_grow(self, reservation: MemoryReservation, additional: Bytes) -> bool:
        """Return whether as much was granted: within a share for who can spill, else within what is left."""
        consumer = reservation.consumer
        left = self.pool_size - self.spillable - self.unspillable
        if consumer.can_spill:
            held = consumer.reserved if BY_CONSUMER.name in self.fixes else reservation.size
            if held + additional > self.share() or (WHAT_IS_LEFT.name in self.fixes and additional > left):
                return False
            self.spillable += additional
        else:
            if additional > left:
                return False
            self.unspillable += additional
        return True

    def shrink(self, reservation: MemoryReservation, shrink: Bytes) -> None:
        if reservation.consumer.can_spill:
            self.spillable -= shrink
        else:
            self.unspillable -= shrink

    def reserved(self) -> Bytes:
        return self.spillable + self.unspillable


class MemoryReservation(HeapObject):
    """What a consumer reserved for one of its structures, and stands for that structure."""

    pool: FairSpillPool
    consumer: MemoryConsumer
    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size

    def try_grow(self, capacity: Bytes) -> bool:
        """Return whether the pool granted it."""
        granted = self.pool.try_grow(self, capacity)
        if granted:
            self.size += capacity
            self.consumer.reserved += capacity
        return granted

    def shrink(self, capacity: Bytes) -> None:
        """Give back a part."""
        self._take(capacity)
        self.pool.shrink(self, capacity)

    def try_shrink(self, capacity: Bytes) -> None:
        """Give back a part, if there is as much."""
        self._take(capacity)
        if TRY_SHRINK.name in self.pool.fixes:
            self.pool.shrink(self, capacity)

    def split(self, capacity: Bytes) -> MemoryReservation:
        """Return a reservation of a part of this one, of the same consumer. The pool does not hear of it."""
        self.size -= capacity
        return MemoryReservation(self.pool, self.consumer, capacity)

    def _take(self, capacity: Bytes) -> None:
        self.size -= capacity
        self.consumer.reserved -= capacity


class FairSpillPooling(Model):
    """Operators that reserve of one pool. Each structure is as large as its reservation says."""

    pool: FairSpillPool
    granted: list[tuple[Bytes, Bytes]]

    def begin(
        self,
        pool_size: Bytes,
        consumers: int = 2,
        reservations: int = 2,
        fixes: frozenset[str] = frozenset(),
    ) -> None:
        self.pool = FairSpillPool(pool_size, fixes)
        self.consumers, self.most, self.registered = consumers, reservations, 0
        self.reservations: Bag[MemoryReservation] = Bag()
        self.granted = []

    @action
    def register(self, can_spill: bool) -> None:  # noqa: FBT001 - a choice of the operator
        """`MemoryConsumer::register`: a new consumer, with an empty reservation."""
        require(self.registered < self.consumers and len(self.reservations) < self.most)
        self.granted = []
        self.registered += 1
        consumer = MemoryConsumer(can_spill)
        self.pool.register(consumer)
        self.reservations.add(MemoryReservation(self.pool, consumer))

    @action
    def try_grow(self, reservation: MemoryReservation, capacity: Bytes) -> None:
        """An operator asks for more, and does without if it is refused."""
        share = self.pool.share()
        granted = reservation.try_grow(capacity)
        consumer = reservation.consumer
        self.granted = [(consumer.reserved, share)] if granted and consumer.can_spill else []

    @action
    def shrink(self, reservation: MemoryReservation, capacity: Bytes) -> None:
        """An operator frees a part of a structure."""
        require(capacity <= reservation.size)
        self.granted = []
        reservation.shrink(capacity)

    @action
    def try_shrink(self, reservation: MemoryReservation, capacity: Bytes) -> None:
        """The same, by the call that returns an error where there is not as much."""
        require(capacity <= reservation.size)
        self.granted = []
        reservation.try_shrink(capacity)

    @action
    def split(self, reservation: MemoryReservation, capacity: Bytes) -> None:
        """A part of a structure is handed on with its part of the reservation."""
        require(len(self.reservations) < self.most and capacity <= reservation.size)
        self.granted = []
        self.reservations.add(reservation.split(capacity))

    @action
    def new_empty(self, reservation: MemoryReservation) -> None:
        """An operator begins another structure."""
        require(len(self.reservations) < self.most)
        self.granted = []
        self.reservations.add(MemoryReservation(reservation.pool, reservation.consumer))

    @action
    def drop(self, reservation: MemoryReservation) -> None:
        """A structure is dropped, and its reservation with it; with the last one, its consumer."""
        self.granted = []
        if reservation.size > 0:
            reservation.shrink(reservation.size)
        self.reservations.discard(reservation)
        if all(each.consumer is not reservation.consumer for each in self.reservations):
            self.pool.unregister(reservation.consumer)
            self.registered -= 1

    def accounted(self) -> Bytes:
        """Return what the pool holds to be reserved."""
        return self.pool.reserved()

    def accounts(self) -> list[Bytes]:
        """Return what each reservation says that it has."""
        return [each.size for each in self.reservations]

    def capacity_of_pool(self) -> Bytes:
        """Return the pool's size."""
        return self.pool.pool_size

    def unused(self) -> Bytes:
        """Return 0: a structure is as large as its reservation."""
        return 0

    def limits(self) -> list[tuple[Bytes, Bytes]]:
        """Return what the consumer that was granted something last has in all, and its share."""
        return self.granted
