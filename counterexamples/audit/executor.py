"""The books of one executor: its pool, the tasks that it runs, and whose a line is.

What is believed are intervals, as what is printed is. A line is given to a task only if it can be that task's: the
task that it names, that its thread names, whose consumer it names, or the only one that runs here; else it is
counted, and nothing is concluded from it.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field, replace

from spillproof.counterexamples.audit.books import (
    BookRow,
    ForcedSpill,
    HeapFigures,
    LoggedConsumer,
    OutOfMemory,
    Task,
    Window,
)
from spillproof.counterexamples.audit.contradiction import MISSING, Finding, Rule
from spillproof.counterexamples.audit.interval import ZERO, Interval, spell
from spillproof.counterexamples.audit.sentences import Said
from spillproof.counterexamples.audit.tally import MANY, Loss, Tally

LIVE = 500
"""Tasks that are followed at once. The one of which nothing was heard for longest makes room."""

CONSUMERS = 400
"""Consumers of a task that are kept, those that hold anything first."""

NEARBY = 4
"""Lines after "Exception in task" in which the exception itself stands."""

ANOTHERS = -1
"""The record of a line that begins an exception behind another's stack, where two threads write at once."""

THREAD = re.compile(r"TID (\d+)\)|worker for task (\d+)\b(?!\.\d)")
"""A thread's name. Since 3.0 it has the task's place in its stage first: `worker for task 0.0 in stage 1.0 (TID 7)`."""

SOON = 60.0
"""Seconds in which what is said of the heap is said of an error."""


@dataclass
class Executor:
    """An executor, as far as its log was read."""

    name: str
    tally: Tally
    whole: bool = False
    """Whether the log has its beginning, and nothing is known to be missing since."""
    begun: bool = False
    """Whether anything was entered."""
    live: dict[int, Task] = field(default_factory=dict)
    used: Interval = ZERO
    """What is accounted to all tasks that run."""
    capacity: Interval | None = None
    """What the pool has in all."""
    initial: Interval | None = None
    """What a collection may hold before it asks, as far as estimates and thresholds say."""
    storage: Interval = ZERO
    debug: bool = False
    last: float | None = None
    line: int = 0
    time: float | None = None
    head: str = ""
    record: int = 0
    excepted: tuple[int, Task | Loss] | None = None
    """What failed last, and in which line: its exception may stand in the next ones."""
    frame_of: Task | None = None
    """The task whose stack comes next: its first frame is of interest."""
    usage: Task | None = None
    heap: HeapFigures | None = None
    spilled: deque[tuple[float | None, Interval]] = field(default_factory=lambda: deque(maxlen=50))
    """When a sorter said that it spills, and how much."""
    told: bool = False
    """Whether it was told to end in good order."""

    def at(self, line: int, time: float | None, head: str, record: int = 0) -> None:
        """Turn to a line. `record`: in which line that begins which it is a part of."""
        self.line, self.head, self.record = line, head, record
        self.time = time if time is not None else self.last
        if time is not None:
            self._clock(time)
        self.frame_of = None
        if self.excepted is not None and line - self.excepted[0] >= NEARBY and record != self.excepted[0]:
            self.fail()

    def goes_on(self, line: int) -> bool:
        """Return whether this line says more of what an earlier one began to say: an exception, and its causes."""
        return self.record != ANOTHERS and (self.record == line or self.line - line < NEARBY)

    def _clock(self, time: float) -> None:
        if self.last is not None:
            if time < self.last - 1.0:
                self.tally.backward += 1
                self.missing()
            else:
                self.tally.forward += time > self.last
        self.last = self.tally.last = time

    def missing(self) -> None:
        """Take note that lines are missing here: no task that runs is whole."""
        self.whole = False
        for task in self.live.values():
            task.whole = False

    def free(self) -> Interval | None:
        """Return what is believed to be free in the pool: neither execution nor, as last printed, storage."""
        return None if self.capacity is None else self.capacity.less(self.taken()).floored()

    def taken(self) -> Interval:
        """Return what is believed to be taken of the pool."""
        return self.used.plus(self.storage)

    # whose line it is

    def task(self, number: int) -> Task:
        """Return a task that runs here, made if it is new."""
        task = self.live.pop(number, None)
        if task is None:
            task = Task(number, begun=self.time, executor=self.name)
            self.tally.tasks += 1
            if len(self.live) >= LIVE:
                self.end(next(iter(self.live.values())), "", "the last that was heard of it")
        self.live[number] = task  # the last is the one heard of last
        task.lines += 1
        return task

    def whose(self, said: Said) -> Task | None:
        """Return the task that a line speaks of, or None where nobody can say."""
        if said.task is not None:
            return self.task(said.task)
        if found := THREAD.search(self.head):
            return self.task(int(found[1] or found[2]))
        if said.who:
            holders = [task for task in self.live.values() if said.who in task.consumers]
            if len(holders) == 1:
                return holders[0]
        only = self.only()
        self.tally.unattributed += only is None
        return only

    def only(self) -> Task | None:
        """Return the only task that runs, or None where there are more, or where it has failed."""
        found = [*self.live.values()]
        return found[0] if len(found) == 1 and found[0].outcome != "failed" else None

    def consumer(self, task: Task, name: str) -> LoggedConsumer:
        """Return a consumer of a task, made if it is new."""
        consumer = task.consumers.get(name) or self._new(task, name)
        consumer.last = self.time
        return consumer

    def _new(self, task: Task, name: str) -> LoggedConsumer:
        if len(task.consumers) >= CONSUMERS:
            idle = next((key for key, each in task.consumers.items() if each.used.hi == 0), None)
            if idle is not None:
                del task.consumers[idle]
                task.dropped += 1
        if "@" not in name and name != "null":  # the line was cut within the name
            self.tally.cut += 1
            task.whole = self.whole = False
        consumer = task.label(name)
        consumer.first = self.time
        return consumer

    # the books

    def set(self, task: Task, consumer: LoggedConsumer, used: Interval) -> None:
        """Enter what a consumer is using."""
        more = Interval(used.lo - consumer.used.lo, used.hi - consumer.used.hi)
        consumer.used = used
        task.used = task.used.plus(more)
        self.used = self.used.plus(more)
        if used.hi > consumer.peak.hi:
            consumer.peak = used
        if task.used.hi > task.peak.hi:
            task.peak = task.used

    def row(
        self, task: Task, who: str, words: str, *sizes: Interval, holds: Interval | None = None, free: bool = True
    ) -> None:
        """Add a row to what a task did."""
        task.timeline.add(
            BookRow(self.line, self.time, who, words, sizes, holds, self.used if free else None, self.storage)
        )

    def granted(self) -> None:
        """Take note that the log says who is granted what."""
        self.debug = self.tally.debug = True

    # the rules

    def hold(
        self,
        rule: Rule,
        task: Task,
        consumer: LoggedConsumer | None,
        words: str,
        *sizes: Interval,
        kept: bool,
        alone: bool = False,
    ) -> None:
        """Hold a rule against the line. `alone`: the line by itself would contradict it."""
        self.tally.findings.hold(rule)
        if not kept:
            who = "" if consumer is None else consumer.label
            self.contradict(rule, task, who, words.format(*map(spell, sizes)), doubt="" if alone else MISSING)

    def contradict(self, rule: Rule, task: Task | None, who: str, words: str, doubt: str = "") -> None:
        """Take note that the line contradicts a rule."""
        self.tally.findings.add(self.finding(rule, task, who, words, doubt))

    def finding(self, rule: Rule, task: Task | None, who: str, words: str, doubt: str) -> Finding:
        """Return a finding of this line."""
        return Finding(rule, words, self.line, self.time, None if task is None else task.number, who, doubt)

    # windows

    def add_window(self, task: Task, window: Window) -> None:
        """Keep a time in which bytes are counted free that may be held."""
        window.before = tuple(
            sorted((each for grants in task.grants.values() for each in grants), key=lambda each: each.line)
        )
        window.granted_before = task.granted
        self.tally.windows += window.kind == "forced spill"
        task.windows.append(window)
        if len(task.windows) > MANY:
            empty = next(each for each in task.windows if each.since_then(task.granted).lo <= 0)  # the new one at last
            task.windows.remove(empty)

    def announced(self, task: Task) -> None:
        """Keep a forced spill of which the log has no more than the announcement."""
        window, task.spilling = task.spilling, None
        if window is not None:
            window.since = window.asked
            self.add_window(task, window)

    def forced(self, task: Task, spill: ForcedSpill) -> None:
        """Keep a forced spill."""
        self.tally.forced += 1
        if len(task.forced) < MANY:
            task.forced.append(spill)

    # ends

    def died(self, task: Task, words: str) -> None:
        """Enter the OutOfMemoryError of a task, once."""
        if task.error is not None:
            return
        holders = tuple((each.label, each.used) for each in task.consumers.values() if each.used.hi > 0)
        heap = self.heap if self.heap is not None and self._soon(self.heap) else None
        task.error = OutOfMemory(self.line, self.time, words, task.used, self.free(), holders, heap=heap)
        task.timeline.add(BookRow(self.line, self.time, "", words, (), None, self.used, self.storage))
        self.frame_of = task
        last = self.tally.errors[-1:]
        if last and last[0].message == words and not last[0].whose and self.line - last[0].line <= NEARBY:
            self.tally.errors.pop()  # it was said before whose it is

    def _soon(self, heap: HeapFigures) -> bool:
        return heap.time is None or self.time is None or abs(self.time - heap.time) <= SOON

    def measured(self, heap: HeapFigures) -> None:
        """Enter what the log says of the heap; of an error just before too."""
        self.heap = heap
        if len(self.tally.heaps) < MANY:
            self.tally.heaps.append(heap)
        for task in (*self.live.values(), *self.tally.kept[-1:]):
            if task.error is not None and task.error.heap is None and self._soon(heap) and task.executor == self.name:
                task.error = replace(task.error, heap=heap)

    def frame(self, words: str) -> None:
        """Take note of where an exception was thrown: the first frame after it."""
        task, self.frame_of = self.frame_of, None
        if task is not None and task.error is not None and not task.error.frame:
            task.error = replace(task.error, frame=words)

    def fail(self) -> None:
        """End the task that failed: nothing more is said of its exception."""
        if self.excepted is None:
            return
        task, self.excepted = self.excepted[1], None
        if isinstance(task, Task) and self.live.get(task.number) is task:
            self.end(task, "failed", "the task's failure")

    def end(self, task: Task, outcome: str, ending: str) -> None:
        """End a task, and take what it was using out of the books."""
        self.announced(task)
        task.capacity = self.capacity
        task.outcome = outcome or task.outcome
        if task.error is not None:
            task.ended = task.error.time
        elif task.outcome != "failed":
            task.ended = self.time if outcome else self.last
        for window in task.windows:
            window.granted = window.since_then(task.granted)
            window.until, window.ending = task.ended, "the OutOfMemoryError" if task.error is not None else ending
        task.windows = [each for each in task.windows if each.kind == "forced spill" or each.granted.lo > 0]
        self.used = self.used.less(Interval(task.used.hi, task.used.lo))
        self.live.pop(task.number, None)
        if task.outcome == "failed" and task.error is None and not task.reason:
            self.tally.unexplained.append(task.number)
            del self.tally.unexplained[:-MANY]
        if task.consumers or task.windows or task.error or task.outcome == "failed":
            self.tally.keep(task)

    def close(self, ending: str = "the log's end") -> None:
        """End what still runs."""
        self.fail()
        for task in list(self.live.values()):
            self.end(task, "", ending)
