"""Rebuilding what the accounting believed, line by line, for each task and consumer; rules are held against it.

What is believed are intervals, as what is printed is. A line without a task is given to the task that its thread names,
or to the only one that runs; else it is counted, and nothing is concluded from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from spillproof.counterexamples.audit import rules
from spillproof.counterexamples.audit.books import (
    MAP,
    SORTER,
    Consumer,
    ForcedSpill,
    Grant,
    OutOfMemory,
    Row,
    Task,
    Window,
)
from spillproof.counterexamples.audit.finding import Finding, Findings, Rule
from spillproof.counterexamples.audit.interval import ZERO, Interval, spell
from spillproof.counterexamples.audit.releases import Evidence
from spillproof.counterexamples.audit.saying import Said, What, plain

LIVE = 500
"""Tasks that are followed at once. The one of which nothing was heard for longest makes room."""

KEPT = 24
"""Tasks that are kept after their end: those of most interest."""

MANY = 100
"""Windows, and forced spills, that are kept of a task."""

CONSUMERS = 400
"""Consumers of a task that are kept, those that hold anything first."""

NEARBY = 4
"""Lines after "Exception in task" in which the exception itself stands."""

_THREAD = re.compile(r"TID (\d+)\)|worker for task (\d+)\b")


@dataclass
class Ledger:
    """The books, as far as they were read."""

    evidence: Evidence
    findings: Findings = field(default_factory=Findings)
    live: dict[int, Task] = field(default_factory=dict)
    kept: list[Task] = field(default_factory=list)
    used: Interval = ZERO
    """What is accounted to all tasks that run."""
    capacity: Interval | None = None
    """What the pool has in all."""
    capacity_printed: Interval | None = None
    initial: Interval | None = None
    """What a collection may hold before it asks, as far as estimates and thresholds say."""
    storage: Interval = ZERO
    storage_known: bool = False
    tasks: int = 0
    finished: int = 0
    failed: int = 0
    executors: int = 0
    windows: int = 0
    forced: int = 0
    unattributed: int = 0
    """Lines that say something of a task, and nobody knows of which."""
    debug: bool = False
    """Whether there are lines that say who was granted what."""
    info: bool = False
    errors: list[OutOfMemory] = field(default_factory=list)
    """OutOfMemoryErrors of nobody knows which task."""
    last: float | None = None
    _line: int = 0
    _time: float | None = None
    _head: str = ""
    _excepted: tuple[int, Task] | None = None
    frame_of: Task | None = None
    """The task whose stack comes next: its first frame is of interest."""
    _usage: Task | None = None

    def __post_init__(self) -> None:
        self._do: dict[What, Callable[[Said], None]] = {
            What.ACQUIRED: self._acquired,
            What.REQUIRED: self._required,
            What.RELEASED: self._released,
            What.GAVE: self._gave,
            What.NEEDS: self._needs,
            What.TRIES: self._tries,
            What.FORCED: self._forced,
            What.SPILLS_ITSELF: self._spills_itself,
            What.CHECK: self._check,
            What.UNRELEASED: self._unreleased,
            What.USAGE_OF_TASK: self._usage_of_task,
            What.HELD: self._held,
            What.USAGE: self._usage_of_all,
            What.PAGE_FAILED: self._page_failed,
            What.SPILL_FAILED: self._spill_failed,
            What.CLAMPED: self._clamped,
            What.CAPACITY: self._capacity,
            What.LIMIT: self._limit,
            What.STORAGE: self._storage,
            What.NOT_CACHED: self._not_cached,
            What.BEGINS: self._begins,
            What.FINISHED: self._finished,
            What.KILLED: self._killed,
            What.EXCEPTION: self._exception,
            What.LEAK: self._leak,
            What.ERROR: self._error,
        }

    def enter(self, said: Said, line: int, time: float | None, head: str) -> None:
        """Enter what a line says."""
        self._line, self._time, self._head = line, time, head
        if time is not None:
            self.last = time
        self.frame_of = None
        if self._excepted is not None and line - self._excepted[0] >= NEARBY:
            self._fail()
        if not self.info and " INFO" in f" {head}":
            self.info = True
        if do := self._do.get(said.what):
            do(said)

    def enter_frame(self, frame: str) -> None:
        """Take note of where an exception was thrown: the first frame after it."""
        task, self.frame_of = self.frame_of, None
        if task is not None and task.error is not None and not task.error.frame:
            error = task.error
            task.error = OutOfMemory(
                error.line, error.time, error.message, error.accounted, error.free, error.holders, frame
            )

    def close(self) -> None:
        """End what still runs: the log is over."""
        self._fail()
        for task in list(self.live.values()):
            self._end(task, "", "the log's end")

    def free(self) -> Interval | None:
        """Return what is believed to be free in the pool: neither execution nor, as last printed, storage."""
        if self.capacity is None:
            return None
        return self.capacity.less(self.taken()).floored()

    def taken(self) -> Interval:
        """Return what is believed to be taken of the pool."""
        return self.used.plus(self.storage)

    # whose line it is

    def _task(self, number: int) -> Task:
        task = self.live.pop(number, None)
        if task is None:
            task = Task(number, begun=self._time)
            self.tasks += 1
            if len(self.live) >= LIVE:
                self._end(next(iter(self.live.values())), "", "the last that was heard of it")
        self.live[number] = task  # the last is the one heard of last
        task.lines += 1
        return task

    def _whose(self, said: Said) -> Task | None:
        """Return the task that a line speaks of."""
        if said.task is not None:
            return self._task(said.task)
        if found := _THREAD.search(self._head):
            return self._task(int(found[1] or found[2]))
        if said.who:
            holders = [task for task in self.live.values() if said.who in task.consumers]
            if len(holders) == 1:
                return holders[0]
        if len(self.live) == 1:
            return next(iter(self.live.values()))
        self.unattributed += 1
        return None

    def _consumer(self, task: Task, name: str) -> Consumer:
        new = name not in task.consumers
        if new and len(task.consumers) >= CONSUMERS:
            idle = next((key for key, each in task.consumers.items() if each.used.hi == 0), None)
            if idle is not None:
                del task.consumers[idle]
                task.dropped += 1
        consumer = task.label(name)
        if new:
            consumer.first = self._time
        consumer.last = self._time
        return consumer

    def _set(self, task: Task, consumer: Consumer, used: Interval) -> None:
        low, high = used.lo - consumer.used.lo, used.hi - consumer.used.hi
        consumer.used = used
        task.used = Interval(task.used.lo + low, task.used.hi + high)
        self.used = Interval(self.used.lo + low, self.used.hi + high)
        if used.hi > consumer.peak.hi:
            consumer.peak = used
        if task.used.hi > task.peak.hi:
            task.peak = task.used

    def _row(
        self, task: Task, who: str, words: str, *sizes: Interval, holds: Interval | None = None, free: bool = True
    ) -> None:
        task.timeline.add(
            Row(self._line, self._time, who, words, sizes, holds, self.used if free else None, self.storage)
        )

    def _hold(
        self, rule: Rule, task: Task | None, consumer: Consumer | None, words: str, *sizes: Interval, kept: bool
    ) -> None:
        """Hold a rule against the line."""
        self.findings.held[rule] = self.findings.held.get(rule, 0) + 1
        if not kept:
            self._break(rule, task, "" if consumer is None else consumer.label, words.format(*map(spell, sizes)))

    def _break(self, rule: Rule, task: Task | None, who: str, words: str) -> None:
        """Take note that the line contradicts a rule."""
        number = None if task is None else task.number
        self.findings.add(Finding(rule, words, self._line, self._time, number, who))

    # TaskMemoryManager

    def _required(self, said: Said) -> None:
        task = self._whose(said)
        assert task is not None
        consumer = self._consumer(task, said.who)
        self.debug = True
        wanted, got = said.size, said.more
        if task.check is not None and consumer.spillable:
            estimate, threshold = task.check
            expected = rules.asked(estimate, threshold)
            words, sizes = "it asked for {}, and 2 × {} − {} is {}", (wanted, estimate, threshold, expected)
            self._hold(Rule.ASKS, task, consumer, words, *sizes, kept=wanted.meets(expected))
            wanted = wanted.within(expected) if wanted.meets(expected) else wanted
            self._threshold(task, consumer, threshold)
        task.check = None
        self._hold(Rule.GRANT, task, consumer, "it asked for {} and got {}", wanted, got, kept=got.lo <= wanted.hi)
        task.required[said.who] = wanted
        if got.hi < wanted.lo:
            task.needs = (said.who, wanted.less(got))
            if got.hi == 0:
                self._refused(task, consumer, wanted)
            else:
                self._row(task, consumer.label, "asks {}, gets {}", wanted, got, free=False)

    def _threshold(self, task: Task, consumer: Consumer, threshold: Interval) -> None:
        """Hold a threshold against what was granted: the difference is the same for all collections."""
        if not task.whole or not consumer.whole:
            return
        initial = threshold.less(consumer.used)
        kept = self.initial is None or initial.meets(self.initial)
        words = "its threshold is {} while it holds {}"
        self._hold(Rule.THRESHOLD, task, consumer, words, threshold, consumer.used, kept=kept)
        if kept:
            self.initial = initial if self.initial is None else initial.within(self.initial)
            told = threshold.less(self.initial)
            if told.meets(consumer.used):
                self._set(task, consumer, consumer.used.within(told).floored())

    def _refused(self, task: Task, consumer: Consumer, wanted: Interval) -> None:
        consumer.refusals += 1
        self._row(task, consumer.label, "asks {}, and is refused", wanted, holds=consumer.used)
        if task.refused is None:
            task.refused = (self._time, consumer.label, wanted)

    def _acquired(self, said: Said) -> None:
        task = self._whose(said)
        assert task is not None
        consumer = self._consumer(task, said.who)
        self.debug = True
        got, wanted = said.size, task.required.pop(said.who, None)
        if wanted is not None and got.lo <= wanted.hi < got.hi:
            got = Interval(got.lo, wanted.hi)
        if got.hi == 0:
            if wanted is None:
                consumer.refusals += 1
                self._row(task, consumer.label, "is granted nothing", holds=consumer.used)
            return
        consumer.grants += 1
        consumer.shown += said.size.middle()
        self._set(task, consumer, self._agreed(task, consumer, consumer.used.plus(got), said.more))
        self._grant(task, consumer, Grant(self._line, consumer.label, got))
        self._row(task, consumer.label, "acquires {}", said.size, holds=consumer.used)
        task.self_spill = False
        if self.capacity is not None:
            kept, words = self.used.lo <= self.capacity.hi, "{} are accounted, and the pool has {}"
            self._hold(Rule.POOL, task, consumer, words, self.used, self.capacity, kept=kept)

    def _grant(self, task: Task, consumer: Consumer, grant: Grant) -> None:
        """Remember a grant: in the windows that are open, and for those that may yet be."""
        for window in task.windows[-MANY:]:
            window.granted = window.granted.plus(grant.size)
            if window.whom == consumer.label and len(window.after) < MANY:
                window.after.append(grant)
        if consumer.kind == MAP:
            grants = task.grants.setdefault(consumer.label, [])
            grants.append(grant)
            if len(grants) > MANY:
                grants.pop(0)

    def _agreed(self, task: Task, consumer: Consumer, used: Interval, printed: Interval) -> Interval:
        """Return what is in both: what was added up, and what Spark prints of it."""
        if not printed.hi:
            return used
        if not task.whole and consumer.grants == 1 and not used.meets(printed):  # it began before the log
            consumer.whole = False
            return printed
        if consumer.whole:
            words = "Spark prints {}, and its lines add up to {}"
            self._hold(Rule.BOOKS, task, consumer, words, printed, used, kept=used.meets(printed))
        return used.within(printed) if used.meets(printed) else printed

    def _released(self, said: Said) -> None:
        task = self._whose(said)
        assert task is not None
        new = said.who not in task.consumers
        consumer = self._consumer(task, said.who)
        self.debug = True
        if new:
            consumer.whole = task.whole
        if task.whole and consumer.whole:
            self._hold_release(task, consumer, said.size, new=new)
        used = ZERO if consumer.spillable else consumer.used.less(said.size).floored()
        whole = consumer.spillable and consumer.used.meets(said.size)
        size = said.size.within(consumer.used) if whole else said.size
        consumer.shown = 0 if used.hi == 0 else max(0, consumer.shown - said.size.middle())
        self._set(task, consumer, used)
        if said.size.hi > 0:
            self._row(task, consumer.label, "releases {}", said.size, holds=used)
            if consumer.spillable:
                self._open_window(task, consumer, size)
                task.grants.pop(consumer.label, None)

    def _hold_release(self, task: Task, consumer: Consumer, size: Interval, *, new: bool) -> None:
        held = consumer.used
        if consumer.name == "null":
            return
        if new and size.lo > 0:
            words = f"it releases {spell(size)}, and the log has no grant to it"
            self._break(Rule.RELEASED_UNKNOWN, task, consumer.label, words)
            return
        rule = Rule.RELEASES_ALL if consumer.spillable and size.hi < held.lo else Rule.RELEASED_MORE
        kept = size.lo <= held.hi and not (consumer.spillable and size.hi < held.lo)
        self._hold(rule, task, consumer, "it releases {}, and holds {}", size, held, kept=kept)

    def _open_window(self, task: Task, consumer: Consumer, size: Interval) -> None:
        """A collection released everything: find out why, and whether its bytes may still be held."""
        announced = task.spilling
        if announced is not None and announced.collection in ("", consumer.kind):
            task.spilling = None
            announced.who, announced.name, announced.collection = consumer.label, consumer.name, consumer.kind
            announced.size, announced.since, announced.line = size, self._time, self._line
            self._add_window(task, announced)
        elif task.self_spill:
            task.self_spill = False
        elif self.info and consumer.kind == MAP:
            window = Window(
                task.number, consumer.label, consumer.name, "read to its end", MAP, size, self._time, self._line
            )
            self._add_window(task, window)

    def _add_window(self, task: Task, window: Window) -> None:
        window.before = tuple(sorted((each for grants in task.grants.values() for each in grants), key=_line_of))
        self.windows += window.kind == "forced spill"
        task.windows.append(window)
        if len(task.windows) > MANY:
            empty = next((each for each in task.windows if each.granted.lo <= 0), task.windows[MANY // 2])
            task.windows.remove(empty)
            task.windows_left_out += 1

    def _gave(self, said: Said) -> None:
        task = self._whose(said)
        assert task is not None
        giver, asker = self._consumer(task, said.who), self._consumer(task, said.whom)
        self.debug = True
        window = next((each for each in reversed(task.windows[-3:]) if each.name == said.who), None)
        announced = window if window is not None and window.kind == "forced spill" and not window.whom else None
        if announced is not None:
            announced.whom = asker.label
            read: bool | None = True
        else:
            if window is not None and window.kind == "read to its end" and self._line - window.line < NEARBY:
                task.windows.remove(window)  # it was forced, and before it was read
            read = self._may_be_read(giver)
            if read is not False:
                found = Window(
                    task.number, giver.label, giver.name, "forced spill", giver.kind, said.size, self._time, self._line
                )
                found.whom, found.while_read = asker.label, read
                self._add_window(task, found)
        task.spilling = None
        self._victim(task, giver, asker, said.size)
        self.forced += 1
        if len(task.forced) < MANY:
            asked = announced.asked if announced is not None else None
            task.forced.append(
                ForcedSpill(
                    task.number, giver.label, asker.label, said.size, asked, self._time, self._line, self.taken(), read
                )
            )
        else:
            task.forced_left_out += 1
        self._row(task, giver.label, f"had to spill {{}} for {asker.label}", said.size, holds=giver.used)

    def _may_be_read(self, giver: Consumer) -> bool | None:
        """Return whether a consumer was spilled while it was read, where no line says so."""
        if not giver.spillable:
            return False
        if giver.kind == SORTER or self.evidence.older_than((2, 2, 0)):
            return True  # these can be made to spill at no other time
        return False if self.info else None

    def _victim(self, task: Task, giver: Consumer, asker: Consumer, size: Interval) -> None:
        """Hold the order of victims against the first that was chosen for a request."""
        needs, task.needs = task.needs, None
        if (
            needs is None
            or needs[0] != asker.name
            or not task.whole
            or self.evidence.older_than((2, 2, 0)) is not False
        ):
            return
        others = [each for each in task.consumers.values() if each not in (giver, asker) and each.used.lo > 0]
        if all(each.spillable and each.whole for each in (*others, giver)):  # all of one memory mode
            words = rules.wrong_victim(needs[1], size, others)
            self._hold(Rule.VICTIM, task, giver, words, kept=not words)

    def _needs(self, said: Said) -> None:
        task = self._whose(said)
        assert task is not None
        asker = self._consumer(task, said.who)
        self.debug = True
        task.needs = (said.who, said.size)
        self._row(task, asker.label, "needs {} more than is free", said.size, holds=asker.used)
        if task.refused is None:
            task.refused = (self._time, asker.label, said.size)

    def _tries(self, said: Said) -> None:
        task = self._whose(said)
        assert task is not None
        giver, asker = self._consumer(task, said.who), self._consumer(task, said.whom)
        words = f"is asked to spill {{}} for {asker.label}"
        self._row(task, giver.label, words, said.size, holds=giver.used, free=False)

    def _unreleased(self, said: Said) -> None:
        task = self._whose(said)
        if task is None:
            return
        consumer = self._consumer(task, said.who)
        self.debug = True
        self._set(task, consumer, self._agreed(task, consumer, consumer.used, said.size))
        self._row(task, consumer.label, "has not released {} at the end", said.size, holds=consumer.used)

    def _usage_of_task(self, said: Said) -> None:
        self._usage = self._whose(said)

    def _held(self, said: Said) -> None:
        task = self._usage
        if task is None or task.number not in self.live:
            return
        consumer = self._consumer(task, said.who)
        if consumer.grants == 0:
            consumer.whole = False
        self._set(task, consumer, self._agreed(task, consumer, consumer.used, said.size))
        self._row(task, consumer.label, "holds {}, as Spark reports", said.size, holds=consumer.used)

    def _usage_of_all(self, said: Said) -> None:
        self.storage, self.storage_known = said.more, True
        self._usage = None

    def _page_failed(self, said: Said) -> None:
        task = self._whose(said)
        words = f"{spell(said.size)} were granted, and the heap had no room for them"
        self._break(Rule.ALLOCATES, task, "", words)
        if task is not None:
            task.orphans = task.orphans.plus(said.size)
            self._row(task, "", "a page of {} was granted and has no room", said.size)

    def _spill_failed(self, said: Said) -> None:
        self._break(Rule.SPILLS, self._whose(said), "", f"{plain(said.who)} could not spill")

    def _clamped(self, said: Said) -> None:
        words = f"{spell(said.size)} were released of {spell(said.more)} in the {plain(said.text, 30)} pool"
        self._break(Rule.RELEASED_MORE, self._whose(said), "", words)

    # the collections

    def _check(self, said: Said) -> None:
        task = self._whose(said)
        if task is not None:
            task.check = (said.size, said.more)

    def _forced(self, said: Said) -> None:
        task = self._whose(said)
        assert task is not None
        self._announced(task)
        collection = SORTER if SORTER in self._head else MAP if MAP in self._head else ""
        task.spilling = Window(
            task.number, collection or "a collection", "", "forced spill", collection, said.size, None, self._line
        )
        task.spilling.asked = self._time
        self._row(task, "", "a map is spilled while it is read: {}", said.size, free=False)

    def _announced(self, task: Task) -> None:
        """Keep a forced spill of which the log has no more than the announcement."""
        window, task.spilling = task.spilling, None
        if window is not None:
            window.since = window.asked
            self._add_window(task, window)

    def _spills_itself(self, said: Said) -> None:
        task = self._whose(said)
        if task is not None:
            task.self_spill = True
            self._row(task, "", "a map of {} spills itself", said.size, free=False)

    # the pools

    def _capacity(self, said: Said) -> None:
        if self.executors:
            for task in list(self.live.values()):
                self._end(task, "", "another executor's beginning")
        self.executors += 1
        self.capacity = self.capacity_printed = said.size
        self.storage, self.storage_known = ZERO, False

    def _limit(self, said: Said) -> None:
        """What storage may take is what execution does not hold: that makes the size of the pool more precise."""
        if self.capacity is None or not self.debug:
            return
        told = self.used.plus(said.more)
        if told.meets(self.capacity):
            self.capacity = told.within(self.capacity)

    def _storage(self, said: Said) -> None:
        self.storage, self.storage_known = said.more, True

    def _not_cached(self, said: Said) -> None:
        task = self._whose(said)
        if task is not None:
            self._row(task, "", f"no room to cache {plain(said.text, 30)}", free=False)

    # tasks

    def _begins(self, said: Said) -> None:
        assert said.task is not None
        if said.task in self.live:
            self._end(self.live[said.task], "", "the task's beginning again")
        task = self._task(said.task)
        task.title, task.begun, task.whole = plain(said.text, 40), self._time, True

    def _finished(self, said: Said) -> None:
        assert said.task is not None
        task = self._task(said.task)
        self.finished += 1
        if task.whole and self.debug:
            left = [each for each in task.consumers.values() if each.used.lo > 0 and each.whole]
            words = ", ".join(f"{each.label} {spell(each.used)}" for each in left[:4])
            self._hold(Rule.LEFT, task, None, f"it finished and still holds: {words}", kept=not left)
        self._end(task, "finished", "the task's end")

    def _killed(self, said: Said) -> None:
        assert said.task is not None
        self._end(self._task(said.task), "killed", "the task's end")

    def _exception(self, said: Said) -> None:
        assert said.task is not None
        task = self.live.get(said.task)
        if task is None and any(each.number == said.task for each in self.kept):
            return  # the driver says again what the executor has said
        task = self._task(said.task)
        task.title = task.title or plain(said.text, 40)
        self.failed += 1
        task.outcome, task.ended = "failed", self._time
        self._fail()
        self._excepted = (self._line, task)

    def _fail(self) -> None:
        """End the task that failed: nothing more is said of its exception."""
        if self._excepted is not None:
            task, self._excepted = self._excepted[1], None
            if self.live.get(task.number) is task:
                self._end(task, "failed", "the task's failure")

    def _leak(self, said: Said) -> None:
        assert said.task is not None
        words = f"Spark itself says: a managed memory leak of {spell(said.size)}"
        self._break(Rule.LEFT, self.live.get(said.task), "", words)

    def _error(self, said: Said) -> None:
        line, task = self._excepted or (-NEARBY, None)
        near = task if self._line - line < NEARBY else self._quietly(said)
        words = plain(f"{said.who.rpartition('.')[2]}: {said.text}" if said.text else said.who.rpartition(".")[2], 90)
        if near is None:
            if any(each.error is not None and each.error.message == words for each in self.kept[-3:]):
                return  # the executor says again what it has said of its task
            if len(self.errors) < MANY:
                self.errors.append(OutOfMemory(self._line, self._time, words, ZERO, None, ()))
            return
        if near.error is None:
            holders = tuple((each.label, each.used) for each in near.consumers.values() if each.used.hi > 0)
            time = self._time if self._time is not None else self.last
            near.error = OutOfMemory(self._line, time, words, near.used, self.free(), holders)
            near.timeline.add(Row(self._line, time, "", words, (), None, self.used, self.storage))
            self.frame_of = near

    def _quietly(self, said: Said) -> Task | None:
        """Return whose error it is, without taking note that one was heard of it."""
        if found := _THREAD.search(f"{self._head} {said.text}"):
            return self.live.get(int(found[1] or found[2]))
        return next(iter(self.live.values())) if len(self.live) == 1 else None

    def _end(self, task: Task, outcome: str, ending: str) -> None:
        self._announced(task)
        task.capacity = self.capacity
        task.outcome = outcome or task.outcome
        if task.error is not None:
            task.ended = task.error.time
        elif task.outcome != "failed":
            task.ended = self._time if outcome else self.last
        for window in task.windows:
            window.until, window.ending = task.ended, "the OutOfMemoryError" if task.error is not None else ending
        task.windows = [each for each in task.windows if each.kind == "forced spill" or each.granted.lo > 0]
        self.used = self.used.less(Interval(task.used.hi, task.used.lo))
        self.live.pop(task.number, None)
        if not (task.consumers or task.windows or task.error or task.outcome == "failed"):
            return
        self.kept.append(task)
        if len(self.kept) > 2 * KEPT:
            self.kept.sort(key=Task.interest, reverse=True)
            del self.kept[KEPT:]


def _line_of(grant: Grant) -> int:
    return grant.line
