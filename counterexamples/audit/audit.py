"""An audit: a log read once, and all that was understood of it, as data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spillproof.counterexamples.audit import eventlog, foreign
from spillproof.counterexamples.audit.books import OutOfMemory, Task, Window
from spillproof.counterexamples.audit.contradiction import Finding, Rule
from spillproof.counterexamples.audit.deaths import Death
from spillproof.counterexamples.audit.ledger import Ledger
from spillproof.counterexamples.audit.reader import Counts, Hearing
from spillproof.counterexamples.audit.releases import ReleaseEvidence, numbers, version
from spillproof.counterexamples.audit.sources import SAMPLE, ReadSoFar, texts
from spillproof.counterexamples.audit.stamp import Clock
from spillproof.model.errors import ModelError

REPAIR = (2, 4, 0)
"""The first release with SPARK-22713."""


@dataclass
class Audit:
    """What a log says, what follows from it, and what does not."""

    reading: ReadSoFar
    counts: Counts
    ledger: Ledger
    clock: Clock
    evidence: ReleaseEvidence
    asserted: bool = False
    """Whether the reader says that no line is missing."""
    events: list[eventlog.EventLog] = field(default_factory=list)
    deaths: list[Death] = field(default_factory=list)
    """Lines with a sign of death: all, wherever they stand, understood or not."""

    @property
    def tasks(self) -> list[Task]:
        """Return the tasks that were kept, those of most interest first."""
        return sorted(self.ledger.kept, key=Task.interest, reverse=True)

    @property
    def whole(self) -> bool:
        """Return whether no line is missing: it is said so, and nothing says otherwise."""
        ledger, reading = self.ledger, self.reading
        known = ledger.gaps or ledger.cut or ledger.backward or reading.cut or reading.unended
        return self.asserted and not known

    def windows(self) -> list[Window]:
        """Return the times in which bytes counted free may have been held, the worst first."""
        if self.ledger.reversed:
            return []
        found = [each for task in self.tasks for each in task.windows if self.leaks(each) is not False]
        return sorted(found, key=lambda each: -each.size.hi)

    def leaks(self, window: Window) -> bool | None:
        """Return whether the release holds what it counts free in such a window. None where that is not known."""
        if window.collection == "ExternalSorter":
            return True if window.while_read else window.while_read
        repaired = self.evidence.older_than(REPAIR)
        return None if repaired and window.while_read is None else repaired

    def sure(self, window: Window) -> bool:
        """Return whether the release leaks so, and no line that may be missing would close a window."""
        return self.leaks(window) is True and (
            self.whole or (window.kind == "forced spill" and window.while_read is True)
        )

    def findings(self) -> list[Finding]:
        """Return what contradicts the rules of the release, sure or not."""
        if self.ledger.reversed:
            return []
        found = self.ledger.findings.all(whole=self.whole)
        if words := self.evidence.disagreement():
            found.insert(0, Finding(Rule.RELEASE, words, 0))
        return found

    def contradictions(self) -> list[Finding]:
        """Return what contradicts the rules, whatever else is not in the log."""
        return [each for each in self.findings() if each.sure]

    def worst(self) -> Task | None:
        """Return the task that the last words are about."""
        return next((each for each in self.tasks if each.error is not None or self._may_hold(each)), None)

    def _may_hold(self, task: Task) -> bool:
        return any(self.leaks(each) is not False for each in task.windows)

    def errors(self) -> list[OutOfMemory]:
        """Return what died of memory."""
        return [each.error for each in self.tasks if each.error is not None] + self.ledger.errors

    def unexplained(self) -> bool:
        """Return whether anything is not explained by the books: a death, a failure, a sum, what is missing."""
        ledger = self.ledger
        return bool(
            self.errors()
            or self.deaths
            or ledger.unexplained
            or ledger.signals
            or ledger.stuck
            or ledger.reversed
            or ledger.gaps
            or ledger.cut
            or self.findings()
            or self.windows()
            or any(each.deaths or each.removed for each in self.events)
        )

    def exit_status(self) -> int:
        """Return 1 where something was found, 3 where an error stays unexplained or nothing is known, else 0."""
        if self.contradictions() or any(self.sure(each) for each in self.windows()):
            return 1
        return 0 if self.ledger.debug and not self.unexplained() else 3


def audit(
    paths: Sequence[Path],
    release: str = "",
    progress: Callable[[str], None] = lambda _words: None,
    *,
    whole: bool = False,
) -> Audit:
    """Read logs and return what was understood. `whole`: no line of them is missing.

    Raises `ModelError` where a file is no text, or no log of Spark's.
    """
    evidence = ReleaseEvidence(asked=version(release) if release else ())
    hearing = Hearing(Ledger(evidence), evidence)
    made = Audit(ReadSoFar(), hearing.counts, hearing.ledger, hearing.clock, evidence, whole, deaths=hearing.deaths)
    sample = _read(made, hearing, paths, progress)
    made.ledger.close()
    if not made.reading.lines:
        raise ModelError(f"{', '.join(made.reading.files)}: there is no line in it, so that nothing can be said of it")
    _of_spark(made, hearing, sample)
    return made


def _read(made: Audit, hearing: Hearing, paths: Sequence[Path], progress: Callable[[str], None]) -> bytes:
    """Read all files; return how they begin."""
    sample = b""
    for text in texts(paths, made.reading, progress):
        sample += text.head[: SAMPLE - len(sample)]
        if eventlog.is_one(text.head):
            log = eventlog.read(text.name, text.blocks)
            made.evidence.say(numbers(log.version))
            made.events.append(log)
        else:
            hearing.hear(text)
    return sample


def _of_spark(made: Audit, hearing: Hearing, sample: bytes) -> None:
    """Raise `ModelError` where nothing that was read is Spark's."""
    sure = "" if made.events else foreign.surely(sample)
    if made.events or ((made.counts.spark or made.counts.unknown) and not sure):
        return
    files = ", ".join(made.reading.files[:3])
    quiet = "" if made.deaths else foreign.quietly(sample)
    looks = sure or quiet or foreign.looks_like(sample)
    ours = foreign.is_ours(sample) and not made.deaths
    if looks and (sure or quiet or ours or not hearing.spark):
        raise ModelError(
            f"{files}: this is no log of Spark's, but looks like {looks}; give the log of a Spark executor"
        )
    if not hearing.spark and not made.deaths:
        raise ModelError(
            f"{files}: this is no log of Spark's: none of its {made.reading.lines:,} lines is as Spark writes them; give the "  # noqa: E501 - one text
            "log of an executor (its stderr), or its folder"
        )
