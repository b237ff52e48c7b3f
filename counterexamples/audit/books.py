"""What the accounting believed, rebuilt from a log: consumers, tasks, windows; bounded, however long the log."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from spillproof.counterexamples.audit.interval import ZERO, Interval, spell

MAP, SORTER = "ExternalAppendOnlyMap", "ExternalSorter"

SPILLABLE = frozenset({MAP, SORTER})
"""Who releases everything at once, and can be spilled while it is read."""

LETTERS = {MAP: "E", SORTER: "S", "UnsafeExternalSorter": "U", "BytesToBytesMap": "B", "ShuffleExternalSorter": "F"}

ROWS = 60
"""Of a timeline that is longer, so many rows are kept at each end."""


@dataclass
class LoggedConsumer:
    """A consumer as the log has it."""

    name: str
    """As printed: a class and an identity hash."""
    kind: str
    """Its class, without the package."""
    label: str
    """What it is called here: `E1`."""
    used: Interval = ZERO
    """What the accounting holds it to be using."""
    shown: int = 0
    """The same, as the sum of the numbers that were printed."""
    peak: Interval = ZERO
    grants: int = 0
    """How often it was granted anything."""
    refusals: int = 0
    whole: bool = True
    """Whether the log has all that it did."""
    first: float | None = None
    last: float | None = None

    @property
    def spillable(self) -> bool:
        """Return whether it is a Spillable."""
        return self.kind in SPILLABLE


@dataclass(slots=True)
class BookRow:
    """A line of the log that changed what was believed, or was to."""

    line: int
    time: float | None
    who: str
    template: str
    """What happened, in words, with a place for each size."""
    sizes: tuple[Interval, ...] = ()
    holds: Interval | None = None
    """What that consumer is believed to hold afterwards."""
    used: Interval | None = None
    """What is believed to be taken of the pool afterwards by all tasks; None where that is not of interest."""
    storage: Interval = ZERO
    """What is taken of it by storage."""

    @property
    def taken(self) -> Interval | None:
        """Return what is believed to be taken of the pool."""
        return None if self.used is None else self.used.plus(self.storage)

    def words(self) -> str:
        """Return what happened."""
        return self.template.format(*map(spell, self.sizes)) if self.sizes else self.template


@dataclass
class Timeline:
    """The rows of a task: all, or those at both ends."""

    head: list[BookRow] = field(default_factory=list)
    tail: deque[BookRow] = field(default_factory=lambda: deque(maxlen=ROWS))
    left_out: int = 0

    def add(self, row: BookRow) -> None:
        """Append a row."""
        if len(self.head) < ROWS:
            self.head.append(row)
            return
        self.left_out += len(self.tail) == ROWS
        self.tail.append(row)


@dataclass(slots=True)
class Grant:
    """What a map was granted, and has not released since."""

    line: int
    who: str
    size: Interval


@dataclass(frozen=True)
class HeapFigures:
    """What the log itself says of how much memory was in use."""

    line: int
    time: float | None
    what: str
    used: Interval
    most: Interval | None


@dataclass(frozen=True)
class Stuck:
    """A sorter that said that it spills, and is accounted with as much afterwards."""

    task: int
    name: str
    size: Interval
    spilled: float | None
    held: float | None
    line: int


@dataclass
class Window:
    """A time in which bytes were counted free that may still have been held."""

    task: int | None
    who: str
    """The label of the consumer, or its class where the log does not say which it was."""
    name: str
    """As printed; empty where the log does not say."""
    kind: str
    """`forced spill` or `read to its end`."""
    collection: str
    """The class of the consumer, as far as is known."""
    size: Interval
    """What was released."""
    since: float | None
    line: int
    whom: str = ""
    """For whom it had to spill."""
    asked: float | None = None
    """When it was told to."""
    until: float | None = None
    ending: str = ""
    """What ended it at the latest."""
    granted: Interval = ZERO
    """What was granted to anyone of the task meanwhile; known at the task's end."""
    granted_before: Interval = ZERO
    """What had been granted to the task until then."""
    while_read: bool | None = True
    """Whether it was spilled while it was read. None where the log does not say; decided when all was read."""
    announced: bool = False
    """Whether a line says that it is spilled while it is read."""
    before: tuple[Grant, ...] = ()
    """What the maps of the task had been granted by then."""
    after: list[Grant] = field(default_factory=list)
    """What the one it had to spill for was granted from then on."""

    def since_then(self, granted: Interval) -> Interval:
        """Return what was granted since, of all that was."""
        before = self.granted_before
        return Interval(granted.lo - before.lo, granted.hi - before.hi)

    def seconds(self) -> float | None:
        """Return how long it was, at most."""
        return None if self.since is None or self.until is None else max(0.0, self.until - self.since)


@dataclass(frozen=True)
class OutOfMemory:
    """An OutOfMemoryError, and what was believed then."""

    line: int
    time: float | None
    message: str
    accounted: Interval
    free: Interval | None
    holders: tuple[tuple[str, Interval], ...]
    frame: str = ""
    """Where it was thrown."""
    whose: str = ""
    """Of what, where it is no task whose books there are: a task that ran elsewhere, an executor."""
    heap: HeapFigures | None = None
    """What the log says of the heap then."""

    def of_the_heap(self) -> bool:
        """Return whether the heap was full; else it is an accounting that refused, or something else that ended it.

        An array that is longer than any may be is refused by an empty heap too; it may have no message at all.
        """
        return any(each in self.message for each in FULL)


FULL = ("Java heap space", "GC overhead", "Dumping heap")
"""What an error has in its message that is of a full heap."""


@dataclass
class ForcedSpill:
    """A consumer that had to spill because another needed memory."""

    task: int | None
    who: str
    whom: str
    size: Interval
    asked: float | None
    done: float | None
    line: int
    taken: Interval
    """What was believed to be taken of the pool afterwards."""
    while_read: bool | None = None
    """Decided when all was read."""
    announced: bool = False
    kind: str = ""
    """The class of who had to give."""


@dataclass
class Task:
    """A task as the log has it."""

    number: int
    title: str = ""
    begun: float | None = None
    whole: bool = False
    """Whether the log has its beginning."""
    ended: float | None = None
    outcome: str = ""
    executor: str = ""
    """Whose task it is: where the lines come from."""
    consumers: dict[str, LoggedConsumer] = field(default_factory=dict)
    dropped: int = 0
    """Consumers that were forgotten for want of room, with nothing left to them."""
    used: Interval = ZERO
    peak: Interval = ZERO
    capacity: Interval | None = None
    """Of the pool, as far as it was known when the task ended."""
    orphans: Interval = ZERO
    """What was granted and could not be allocated: it stays accounted, and is nobody's."""
    timeline: Timeline = field(default_factory=Timeline)
    granted: Interval = ZERO
    """All that was granted to it."""
    windows: list[Window] = field(default_factory=list)
    forced: list[ForcedSpill] = field(default_factory=list)
    error: OutOfMemory | None = None
    refused: tuple[float | None, str, Interval] | None = None
    """The first request that was granted nothing: when, whose, how much."""
    grants: dict[str, list[Grant]] = field(default_factory=dict)
    """By label, what each map was granted since it last released."""
    required: dict[str, Interval] = field(default_factory=dict)
    lines: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    spilling: Window | None = None
    """A forced spill that was announced and not yet done."""
    check: tuple[Interval, Interval] | None = None
    """The last estimate and threshold, until a request follows."""
    needs: tuple[str, Interval] | None = None
    self_spill: bool = False
    """A map said that it spills itself, and has not released yet."""
    reason: str = ""
    """Of what it failed, as far as the log says."""

    def label(self, name: str) -> LoggedConsumer:
        """Return the consumer of that name, made if it is new."""
        found = self.consumers.get(name)
        if found is None:
            kind = name.rpartition("@")[0].rpartition(".")[2].rpartition("$")[2] or name
            letter = LETTERS.get(kind, "C")
            self.counts[letter] = self.counts.get(letter, 0) + 1
            found = self.consumers[name] = LoggedConsumer(name, kind, f"{letter}{self.counts[letter]}")
        return found

    def interest(self) -> tuple[int, ...]:
        """Return by what to choose the tasks that are shown."""
        worst = max((window.size.hi for window in self.windows), default=0)
        failed = self.error is not None
        return (failed and bool(self.windows), failed, worst, len(self.forced), self.peak.hi)

    def free(self, taken: Interval | None) -> Interval | None:
        """Return what is left of the pool, or None where that is not known."""
        return None if taken is None or self.capacity is None else self.capacity.less(taken).floored()
