"""For every claim that must always hold a model of its own that violates it in one step, `go`."""

from typing import NamedTuple

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes, Count
from spillproof.model.system import Model, action, require


class Page(HeapObject):
    """Some bytes, which may be given back."""

    size: Bytes
    is_freed: bool = False

    def shallow_size(self) -> Bytes:
        return self.size


class Worker(HeapObject):
    """A thread, and who holds what it wants."""

    wants: "Worker | None" = None


class Request(NamedTuple):
    """What was asked for, and what became of it."""

    whole: bool = False
    satisfiable: bool = False
    granted: int = 0
    holds: int = 0
    largest: int = 0
    pool_size: int = 0
    active: int = 0


class Held(Model):
    """A page of three bytes that is accounted."""

    used: Bytes
    page: Page | None

    def begin(self) -> None:
        self.used, self.page = 3, Page(3)

    def accounted(self) -> Bytes:
        return self.used


class Forgets(Held):
    """A release that keeps its page."""

    @action
    def go(self) -> None:
        """Release two of three bytes."""
        self.used = 1


class Overfills(Held):
    """A pool of two bytes."""

    def begin(self) -> None:
        self.used, self.page = 0, None

    def capacity_of_pool(self) -> Bytes:
        return 2

    @action
    def go(self) -> None:
        """Allocate three bytes."""
        self.page = Page(3)


class Miscounts(Held):
    """A pool, and its one consumer."""

    def accounts(self) -> list[Bytes]:
        return [3]

    @action
    def go(self) -> None:
        """Count a byte twice."""
        self.used = 4


class Ends(Held):
    """A task that ends in use."""

    ended: bool

    def begin(self) -> None:
        super().begin()
        self.ended = False

    def has_ended(self) -> bool:
        return self.ended

    @action
    def go(self) -> None:
        """End."""
        self.ended = True


class Drops(Held):
    """What is dropped stays accounted."""

    def unused(self) -> Bytes:
        return 0

    @action
    def go(self) -> None:
        """Drop the page."""
        self.page = None


class Lags(Held):
    """Two consumers that may each hold two bytes unasked."""

    second: Bytes

    def begin(self) -> None:
        super().begin()
        self.second = 1

    def excesses(self) -> list[Bytes]:
        return [1, self.second]

    def allowances(self) -> list[Bytes]:
        return [2, 2]

    @action
    def go(self) -> None:
        """Hold five."""
        self.second = 5


class Rebuilds(Held):
    """A table that is copied."""

    copy: Page | None

    def begin(self) -> None:
        super().begin()
        self.copy = None

    def unclaimed(self) -> Bytes:
        return self.transient()

    def transient(self) -> Bytes:
        return 0 if self.copy is None else self.copy.size

    @action
    def go(self) -> None:
        """Copy the table, which nobody accounts for."""
        self.copy = Page(4)


class Loses(Model):
    """Two streams of records."""

    readable: list[Count]

    def begin(self) -> None:
        self.readable = [2, 1]

    def records_owed(self) -> list[Count]:
        return [2, 1]

    def records_readable(self) -> list[Count]:
        return self.readable

    @action
    def go(self) -> None:
        """Lose a record of the second."""
        self.readable = [2, 0]


class Leaves(Model):
    """A disk."""

    used: Bytes

    def begin(self) -> None:
        self.used = 4

    def disk_accounted(self) -> Bytes:
        return 4

    def disk_used(self) -> Bytes:
        return self.used

    @action
    def go(self) -> None:
        """Leave a byte behind."""
        self.used = 5


class Starves(Model):
    """A request that gets less than it could."""

    missing: Bytes

    def begin(self) -> None:
        self.missing = 0

    def unmet(self) -> Bytes:
        return self.missing

    def spillable(self) -> Bytes:
        return 3

    @action
    def go(self) -> None:
        """Refuse two bytes."""
        self.missing = 2


class Overspills(Model):
    """Spills for a request that needs three bytes."""

    freed: list[Bytes]

    def begin(self) -> None:
        self.freed = [2]

    def needed(self) -> Bytes:
        return 3

    def spilled(self) -> list[Bytes]:
        return self.freed

    @action
    def go(self) -> None:
        """Spill another, which would have been enough alone."""
        self.freed = [2, 3]


class Asks(Model):
    """Somebody is asked to spill."""

    held: Bytes
    was_asked: bool

    def begin(self) -> None:
        self.held, self.was_asked = 2, False

    def asked(self) -> bool:
        return self.was_asked

    def asked_in_vain(self) -> bool:
        return self.was_asked and bool(self.held == 0)

    @action
    def go(self) -> None:
        """Ask who holds nothing."""
        self.held, self.was_asked = 0, True


class Strands(Held):
    """A request that fails half-way."""

    failed: bool

    def begin(self) -> None:
        super().begin()
        self.failed = False

    def accounts(self) -> list[Bytes]:
        return [3]

    def has_failed(self) -> bool:
        return self.failed

    @action
    def go(self) -> None:
        """Acquire two bytes, and fail."""
        self.used, self.failed = 5, True


class Kills(Model):
    """A task that is killed while it spills."""

    killed: bool

    def begin(self) -> None:
        self.killed = False

    def was_killed(self) -> bool:
        return self.killed

    def is_out_of_memory(self) -> bool:
        return self.killed

    @action
    def go(self) -> None:
        """Kill it."""
        self.killed = True


class Outlives(Model):
    """An account of a task."""

    over: bool

    def begin(self) -> None:
        self.over = False

    def task_is_over(self) -> bool:
        return self.over

    def accounts_of_tasks(self) -> int:
        return 1

    @action
    def go(self) -> None:
        """End the task."""
        self.over = True


class Answers(Model):
    """Answers a request, or lets it wait."""

    answered: bool

    def begin(self) -> None:
        self.answered = False

    @action
    def go(self) -> None:
        """Answer."""
        self.answered = True


class Sleeps(Answers):
    """A request sleeps that could be satisfied."""

    def sleeping(self) -> list[Request]:
        return [Request(), Request(satisfiable=True)] if self.answered else []


class Exceeds(Answers):
    """A task of two has five of eight bytes."""

    def shares(self) -> list[Request]:
        return [Request(whole=True, granted=2, holds=5, largest=8, pool_size=8, active=2)] if self.answered else []


class Refuses(Answers):
    """A task of two that has nothing is refused."""

    def shares(self) -> list[Request]:
        return [Request(holds=0, largest=8, pool_size=8, active=2)] if self.answered else []


class Limits(Answers):
    """Who may hold four bytes is granted a fifth."""

    def limits(self) -> list[tuple[Bytes, Bytes]]:
        return [(5, 4)] if self.answered else []


class Sacrifices(Answers):
    """Somebody is given up though six bytes were there, and four needed."""

    def victims(self) -> list[tuple[Bytes, Bytes]]:
        return [(6, 4)] if self.answered else []


class Satisfiable(Answers):
    """A request is refused that could be satisfied."""

    def requests(self) -> list[Request]:
        return [Request(whole=True), Request(satisfiable=True)] if self.answered else []


class Fails(Held):
    """A failure shrinks a pool."""

    second: Bytes
    failed: bool

    def begin(self) -> None:
        super().begin()
        self.second, self.failed = 4, False

    def gave_up(self) -> bool:
        return self.failed

    def sizes_of_pools(self) -> list[Bytes]:
        return [4, self.second]

    @action
    def go(self) -> None:
        """Fail."""
        self.second, self.failed = 3, True


class Divides(Model):
    """Eight bytes in two pools."""

    second: Bytes

    def begin(self) -> None:
        self.second = 4

    def sizes_of_pools(self) -> list[Bytes]:
        return [4, self.second]

    def capacity_of_pool(self) -> Bytes:
        return 8

    @action
    def go(self) -> None:
        """Lose a byte between them."""
        self.second = 3


class Locks(Held):
    """A page that is locked."""

    locked: bool

    def begin(self) -> None:
        super().begin()
        self.locked = False

    def locked_by_nobody(self) -> list[Page]:
        return [self.page] if self.locked and self.page is not None else []

    def gave_up(self) -> bool:
        return self.locked

    @action
    def go(self) -> None:
        """Lock it, and give up."""
        self.locked = True


class Frees(Held):
    """A reader looks into a page."""

    def pages_in_use(self) -> list[Page]:
        return [] if self.page is None else [self.page]

    @action
    def go(self) -> None:
        """Free it."""
        assert self.page is not None
        self.page.is_freed = True


class Spills(Model):
    """A consumer spills."""

    acquired: bool
    said: Bytes

    def begin(self) -> None:
        self.acquired, self.said = False, 2

    def records_spilled(self) -> Count:
        return 1

    def allocated_in_spill(self) -> bool:
        return self.acquired

    def unreported(self) -> Bytes:
        return 2 - self.said


class Allocates(Spills):
    """It allocates meanwhile."""

    @action
    def go(self) -> None:
        """Allocate in a spill."""
        self.acquired = True


class Misreports(Spills):
    """It says nothing of what it freed."""

    @action
    def go(self) -> None:
        """Spill, and say that nothing was freed."""
        self.said = 0


class Litters(Ends):
    """A task that leaves a file."""

    def files_on_disk(self) -> Count:
        return 1


class Numbered(Model):
    """A collection that spills when it has two records."""

    records: Count
    spilled: list[Count]
    in_vain: Bytes

    def begin(self) -> None:
        self.records, self.spilled, self.in_vain = 2, [], 0

    def records_in_memory(self) -> list[Count]:
        return [self.records]

    def records_allowed(self) -> int:
        return 2

    def spilled_for_the_number(self) -> list[Count]:
        return self.spilled

    def spilled_anyway(self) -> Bytes:
        return self.in_vain


class Outnumbers(Numbered):
    """It does not spill."""

    @action
    def go(self) -> None:
        """Take one more."""
        self.records += 1


class SpillsEarly(Numbered):
    """It does not wait until it has them."""

    @action
    def go(self) -> None:
        """Spill one."""
        self.spilled = [1]


class SpillsAnyway(Numbered):
    """It asks before it looks."""

    @action
    def go(self) -> None:
        """Make another one spill four bytes."""
        self.in_vain = 4


class Deadlocks(Model):
    """Two threads."""

    first: Worker
    second: Worker

    def begin(self) -> None:
        self.first = Worker()
        self.second = Worker(self.first)

    def waiting(self) -> list[tuple[Worker, Worker]]:
        return [(each, each.wants) for each in (self.first, self.second) if each.wants is not None]

    @action
    def go(self) -> None:
        """The first wants what the second holds."""
        self.first.wants = self.second


class Hoards(Model):
    """What is taken cannot be given back."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0

    def nothing_is_taken(self) -> bool:
        return bool(self.used == 0)

    @action
    def go(self) -> None:
        """Take two bytes for good."""
        require(self.used == 0)
        self.used = 2


class Waits(Model):
    """A request that nobody will serve."""

    asked: bool

    def begin(self) -> None:
        self.asked = False

    def nobody_waits(self) -> bool:
        return not self.asked

    @action
    def go(self) -> None:
        """Ask."""
        require(not self.asked)
        self.asked = True


class Raises(Model):
    """A table without the key."""

    key: int
    pages: dict[int, int]

    def begin(self) -> None:
        self.key, self.pages = 7, {1: 2}

    @action
    def go(self) -> None:
        """Look it up."""
        self.key += self.pages[self.key]


class Underflows(Model):
    """A counter."""

    used: Bytes

    def begin(self) -> None:
        self.used = 1

    @action
    def go(self) -> None:
        """Give back two of one."""
        self.used -= 2
