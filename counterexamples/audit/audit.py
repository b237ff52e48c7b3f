"""An audit: a log read once, and all that was understood of it, as data."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spillproof.counterexamples.audit.books import OutOfMemory, Task, Window
from spillproof.counterexamples.audit.finding import Finding, Rule
from spillproof.counterexamples.audit.ledger import Ledger
from spillproof.counterexamples.audit.releases import Evidence, numbers, version
from spillproof.counterexamples.audit.saying import SPEAKERS, Memory, What, plain, worth_hearing
from spillproof.counterexamples.audit.sources import LONGEST, Reading, blocks
from spillproof.counterexamples.audit.stamp import Clock
from spillproof.model.errors import ModelError

NAMED_WITHIN = 5000
"""Lines in which a path may tell the release."""

EXAMPLES = 3
"""Lines that are shown of those that were not understood."""

REPAIR = (2, 4, 0)
"""The first release with SPARK-22713."""

_FRAME = re.compile(rb"[ \t]+at ([\w.$/<>]{1,300})\(")


@dataclass
class Counts:
    """How many lines were understood."""

    memory: int = 0
    """They say something of memory, and what."""
    tasks: int = 0
    """They say that a task begins or ends."""
    known: int = 0
    """They are known, and of no use here."""
    unknown: int = 0
    """They are of a logger that speaks of memory, and no pattern fits."""
    untimed: int = 0
    """They were understood but for their time."""
    examples: list[str] = field(default_factory=list)

    def understood(self) -> int:
        """Return how many were, and were of use."""
        return self.memory + self.tasks


@dataclass
class Audit:
    """What a log says, what follows from it, and what does not."""

    reading: Reading
    counts: Counts
    ledger: Ledger
    clock: Clock
    evidence: Evidence
    memory: Memory = field(default_factory=Memory)

    @property
    def tasks(self) -> list[Task]:
        """Return the tasks that were kept, those of most interest first."""
        return sorted(self.ledger.kept, key=Task.interest, reverse=True)

    def windows(self) -> list[Window]:
        """Return the times in which bytes counted free may have been held, the worst first."""
        found = [each for task in self.tasks for each in task.windows if self.leaks(each) is not False]
        return sorted(found, key=lambda each: -each.size.hi)

    def leaks(self, window: Window) -> bool | None:
        """Return whether the release holds what it counts free in such a window. None where that is not known."""
        if window.collection == "ExternalSorter":
            return True if window.while_read else window.while_read
        repaired = self.evidence.older_than(REPAIR)
        return None if repaired and window.while_read is None else repaired

    def findings(self) -> list[Finding]:
        """Return what contradicts the rules of the release."""
        found = self.ledger.findings.all()
        if words := self.evidence.disagreement():
            found.insert(0, Finding(Rule.RELEASE, words, 0))
        return found

    def worst(self) -> Task | None:
        """Return the task that the last words are about."""
        return next((each for each in self.tasks if each.error is not None or each.windows), None)

    def errors(self) -> list[OutOfMemory]:
        """Return the OutOfMemoryErrors."""
        return [each.error for each in self.tasks if each.error is not None] + self.ledger.errors

    def exit_status(self) -> int:
        """Return 1 where something was found, 3 where an error stays unexplained or nothing is known, else 0."""
        if self.windows() or self.findings():
            return 1
        return 0 if self.ledger.debug and not self.errors() else 3


def audit(paths: Sequence[Path], release: str = "", progress: Callable[[str], None] = lambda _words: None) -> Audit:
    """Read logs and return what was understood. Raises `ModelError` where a file is no text."""
    evidence = Evidence(asked=version(release) if release else ())
    made = Audit(Reading(), Counts(), Ledger(evidence), Clock(), evidence)
    _read(made, paths, progress)
    made.ledger.close()
    if not made.reading.lines:
        raise ModelError(f"{', '.join(made.reading.files)}: there is no line in it, so that nothing can be said of it")
    return made


def _read(made: Audit, paths: Sequence[Path], progress: Callable[[str], None]) -> None:
    ledger, evidence = made.ledger, made.evidence
    number = 1
    for block in blocks(paths, made.reading, progress):
        if number < NAMED_WITHIN and not evidence.named:
            evidence.name(block)
        if ledger.frame_of is not None:
            _frame(ledger, block, 0)
        counted = 0
        for start, end in worth_hearing(block):
            number += block.count(b"\n", counted, start)
            counted = start
            if end - start > LONGEST:
                made.reading.cut += 1
            _hear(made, block[start : min(end, start + LONGEST)], number)
            if ledger.frame_of is not None:
                _frame(ledger, block, end + 1)
        number += block.count(b"\n", counted)


def _frame(ledger: Ledger, block: bytes, start: int) -> None:
    """Take note of where an exception was thrown, if the next line says so."""
    if start < len(block):
        if found := _FRAME.match(block, start):
            ledger.enter_frame(".".join(found[1].decode("utf-8", "replace").rpartition("/")[2].split(".")[-2:]))
        ledger.frame_of = None


def _hear(made: Audit, line: bytes, number: int) -> None:
    """Enter what a line says, or count it as one that was not understood."""
    counts = made.counts
    understood = made.memory.understand(line, made.clock.length)
    if isinstance(understood, str):
        text = understood
        if SPEAKERS.search(text, 0, 300):
            counts.unknown += 1
            if len(counts.examples) < EXAMPLES:
                counts.examples.append(f"line {number}: {plain(text)}")
        return
    said, head, text = understood
    time = made.clock.read(head)
    if time is None and head.strip() and said.what is not What.ERROR:
        counts.untimed += 1
        made.clock.missed = made.clock.missed or plain(head.strip(), 60)
    if text:  # else it was heard before
        made.evidence.hear(said.pattern, text, said.start)
    if said.what in (What.OTHER, What.BLOCKS, What.STORED):
        counts.known += 1
    elif said.pattern.memory:
        counts.memory += 1
    else:
        counts.tasks += 1
    if said.what is What.VERSION:
        made.evidence.said = numbers(said.text)
        return
    made.ledger.enter(said, number, time, head)
