"""Seven models that keep something for ever and satisfy every safety claim, each with its repair."""

from __future__ import annotations

from spillproof import Bytes, Count, HeapObject, Model, action, recoverable, require


class Page(HeapObject):
    """Some bytes."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class PinnedTwice(Model):
    """1. A page that is pinned twice is never unpinned, and so never evicted."""

    used: Bytes
    page: Page | None

    def begin(self, *, repaired: bool = False) -> None:
        self.used, self.page, self.pins = 0, None, 0
        self.repaired = repaired

    @action
    def load(self, size: Bytes) -> None:
        require(self.page is None)
        self.page = Page(size)
        self.used += size

    @action
    def pin(self) -> None:
        require(self.page is not None and self.pins < 2)
        self.pins += 1

    @action
    def unpin(self) -> None:
        require(self.pins >= 1 if self.repaired else self.pins == 1)
        self.pins -= 1

    @action
    def evict(self, page: Page) -> None:
        require(self.pins == 0)
        self.used -= page.size
        self.page = None

    def accounted(self) -> Bytes:
        return self.used


@recoverable
def the_pool_can_be_emptied(now: PinnedTwice) -> bool:
    """The pool can always be emptied."""
    return now.used == 0


class TooMuch(Model):
    """2. A request for more than there will ever be waits for ever."""

    capacity: Bytes
    used: Bytes
    waits_for: Bytes

    def begin(self, capacity: Bytes, *, repaired: bool = False) -> None:
        self.capacity, self.used, self.waits_for = capacity, 0, 0
        self.repaired = repaired

    @action
    def ask(self, size: Bytes) -> None:
        require(self.waits_for == 0)
        require(not self.repaired or size <= self.capacity)
        if self.used + size <= self.capacity:
            self.used += size
        else:
            self.waits_for = size

    @action
    def release(self, size: Bytes) -> None:
        require(size <= self.used)
        self.used -= size

    @action
    def grant(self) -> None:
        require(0 < self.waits_for <= self.capacity - self.used)
        self.used += self.waits_for
        self.waits_for = 0


@recoverable
def a_request_can_be_granted(now: TooMuch) -> bool:
    """A request that waits can always be granted."""
    return now.waits_for == 0


class LastRecord(Model):
    """3. A reader that wants to look one record ahead never reads the last one."""

    records: Count

    def begin(self, *, repaired: bool = False) -> None:
        self.records, self.repaired = 0, repaired

    @action
    def insert(self, more: Count) -> None:
        self.records += more

    @action
    def read(self) -> None:
        require(self.records > (0 if self.repaired else 1))
        self.records -= 1


@recoverable
def all_can_be_read(now: LastRecord) -> bool:
    """All records can be read."""
    return now.records == 0


class Handle(HeapObject):
    """Who has it can close it."""


class LostHandle(Model):
    """4. A block can be freed by whoever has its handle, and the handle can be dropped."""

    used: Bytes
    size: Bytes
    handle: Handle | None

    def begin(self, *, repaired: bool = False) -> None:
        self.used = self.size = 0
        self.handle, self.repaired = None, repaired

    @action
    def take(self, size: Bytes) -> None:
        require(self.size == 0)
        self.size, self.handle = size, Handle()
        self.used += size

    @action
    def close(self, handle: Handle) -> None:
        require(handle is self.handle)
        self.used -= self.size
        self.size, self.handle = 0, None

    @action
    def drop(self, handle: Handle) -> None:
        require(handle is self.handle)
        if self.repaired:
            self.used -= self.size
            self.size = 0
        self.handle = None


@recoverable
def a_block_can_be_freed(now: LostHandle) -> bool:
    """A block can always be freed."""
    return now.used == 0


class Turns(Model):
    """5. Each of two waits for the other to go first, once both have begun."""

    def begin(self, *, repaired: bool = False) -> None:
        self.first, self.second, self.repaired = False, False, repaired

    @action
    def begin_first(self) -> None:
        require(not self.first)
        self.first = True

    @action
    def begin_second(self) -> None:
        require(not self.second)
        self.second = True

    @action
    def end_first(self) -> None:
        require(self.first and not self.second)
        self.first = False

    @action
    def end_second(self) -> None:
        require(self.second and (self.repaired or not self.first))
        self.second = False


@recoverable
def both_can_end(now: Turns) -> bool:
    """Both can end."""
    return not now.first and not now.second


class Tickets(Model):
    """6. Who leaves without being served stops the line, which is longer than any number: two counters say how long."""

    taken: Count
    served: Count
    gone: Count

    def begin(self, *, repaired: bool = False) -> None:
        self.taken, self.served, self.gone = 0, 0, 0
        self.repaired = repaired

    @action
    def take(self) -> None:
        self.taken += 1

    @action
    def serve(self) -> None:
        require(self.gone == 0 and self.served < self.taken)
        self.served += 1

    @action
    def leave(self) -> None:
        require(self.gone < self.taken - self.served)
        self.gone += 1

    @action
    def skip(self) -> None:
        require(self.repaired and self.gone > 0)
        self.gone -= 1
        self.served += 1


@recoverable
def nobody_waits(now: Tickets) -> bool:
    """All who took a ticket can be served, or skipped."""
    return now.served == now.taken


class Quanta(Model):
    """7. What is reserved in whole quanta is given back in whole ones, but for the last."""

    reserved: Bytes
    used: Bytes

    def begin(self, *, repaired: bool = False) -> None:
        self.reserved, self.used = 0, 0
        self.repaired = repaired

    @action
    def grow(self, size: Bytes) -> None:
        self.used += size
        if self.used > self.reserved:
            self.reserved += (self.used - self.reserved + 7) // 8 * 8

    @action
    def shrink(self, size: Bytes) -> None:
        require(size <= self.used)
        self.used -= size
        if self.repaired or self.used > 0:
            self.reserved -= (self.reserved - self.used) // 8 * 8


@recoverable
def all_is_given_back(now: Quanta) -> bool:
    """Nothing is reserved."""
    return now.reserved == 0
