"""What is counted and kept of all executors together."""

from __future__ import annotations

from dataclasses import dataclass, field

from spillproof.counterexamples.audit.books import SORTER, HeapFigures, OutOfMemory, Stuck, Task
from spillproof.counterexamples.audit.contradiction import Findings
from spillproof.counterexamples.audit.interval import Interval
from spillproof.counterexamples.audit.releases import ReleaseEvidence

KEPT = 24
"""Tasks that are kept after their end: those of most interest."""

MANY = 100
"""Windows, forced spills, errors and the like that are kept."""

LOST = 10_000
"""Tasks that failed whose numbers are kept."""

VICTIMS = (2, 2, 0)
"""The first release that chooses its victims in the order that is known."""


@dataclass
class Loss:
    """What a driver says of a task that failed elsewhere."""

    task: int
    title: str
    where: str
    line: int
    time: float | None
    error: str = ""
    """The OutOfMemoryError, or the kill, that it died of."""
    reason: str = ""


@dataclass
class Tally:
    """Sums, and what is kept, of all executors."""

    evidence: ReleaseEvidence
    findings: Findings = field(default_factory=Findings)
    of_victims: Findings = field(default_factory=Findings)
    """What contradicts the order of victims, if the release has that order."""
    kept: list[Task] = field(default_factory=list)
    tasks: int = 0
    finished: int = 0
    failed: int = 0
    windows: int = 0
    forced: int = 0
    unattributed: int = 0
    """Lines that say something of a task, and nobody knows of which."""
    debug: bool = False
    """Whether there are lines that say who was granted what."""
    info: bool = False
    """Whether there are lines at level INFO."""
    errors: list[OutOfMemory] = field(default_factory=list)
    """Deaths of which nobody knows whose task's they are, or of tasks that ran elsewhere."""
    losses: dict[int, Loss] = field(default_factory=dict)
    heaps: list[HeapFigures] = field(default_factory=list)
    stuck: list[Stuck] = field(default_factory=list)
    shortages: list[str] = field(default_factory=list)
    """What native engines asked for and did not get."""
    signals: int = 0
    """Executors that were told to end while they had tasks."""
    gaps: int = 0
    """Places at which the log itself says that lines are missing."""
    cut: int = 0
    """Lines that end within a name."""
    backward: int = 0
    """Lines whose time is before that of the line above."""
    forward: int = 0
    unexplained: list[int] = field(default_factory=list)
    """Tasks that failed, the log does not say of what."""
    failing: set[int] = field(default_factory=set)
    """Tasks of which their executor says that they failed."""
    executors: int = 0
    capacities: list[tuple[str, Interval]] = field(default_factory=list)
    last: float | None = None

    @property
    def reversed(self) -> bool:
        """Return whether the newest lines come first."""
        return self.backward > self.forward and self.backward > 1

    def keep(self, task: Task) -> None:
        """Keep a task that ended, or forget it where there are many of more interest."""
        self.kept.append(task)
        if len(self.kept) > 2 * KEPT:
            self.kept.sort(key=Task.interest, reverse=True)
            del self.kept[KEPT:]

    def error(self, error: OutOfMemory) -> None:
        """Keep a death of nobody's, unless it was said before of a task."""
        known = [each.error.message for each in self.kept[-5:] if each.error is not None]
        if error.message not in known and len(self.errors) < MANY:
            self.errors.append(error)

    def fails(self, task: int) -> None:
        """Count a task that failed."""
        self.failed += 1
        if len(self.failing) < LOST:
            self.failing.add(task)

    def shortage(self, words: str) -> None:
        """Keep what a native engine did not get."""
        if len(self.shortages) < MANY and words not in self.shortages[-3:]:
            self.shortages.append(words)

    def decide(self) -> None:
        """Decide what hangs on the release, and on the levels that the log has, now that all was read."""
        if self.evidence.older_than(VICTIMS) is False:
            self.findings.join(self.of_victims)
        for task in self.kept:
            for spill in task.forced:
                spill.while_read = self._read(spill.kind, announced=spill.announced)
            for window in task.windows:
                if window.kind == "forced spill":
                    window.while_read = self._read(window.collection, announced=window.announced)
            task.windows = [
                each
                for each in task.windows
                if each.while_read is not False and (each.kind == "forced spill" or self.info)
            ]
        self._of_driver()

    def _read(self, kind: str, *, announced: bool) -> bool | None:
        """Return whether a Spillable was spilled while it was read, where no line may say so."""
        if announced or kind == SORTER or self.evidence.older_than(VICTIMS):
            return True  # sorters, and maps of old, can be made to spill at no other time
        return False if self.info else None

    def _of_driver(self) -> None:
        """Give what the driver says of tasks to their books, or keep it by itself."""
        known = {task.number: task for task in self.kept}
        self.failed -= len(self.failing & self.losses.keys())  # both say so, in a log of their own each
        for loss in self.losses.values():
            task = known.get(loss.task)
            if not loss.error or (task is not None and task.error is not None):
                continue
            if task is not None:
                task.outcome = "failed"
                holders = tuple((each.label, each.used) for each in task.consumers.values() if each.used.hi > 0)
                task.error = OutOfMemory(loss.line, loss.time, loss.error, task.used, None, holders)
            else:
                nothing = Interval(0, 0)
                whose = f"task {loss.task} ({loss.title}){f' on {loss.where}' if loss.where else ''}"
                self.errors.append(OutOfMemory(loss.line, loss.time, loss.error, nothing, None, (), whose=whose))
