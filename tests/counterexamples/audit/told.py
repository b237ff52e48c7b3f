"""Audits made by hand, and what is told of them: for the tests of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spillproof.counterexamples.audit.audit import Audit
from spillproof.counterexamples.audit.audit_text import Beside, tell
from spillproof.counterexamples.audit.books import (
    MAP,
    BookRow,
    ForcedSpill,
    HeapFigures,
    LoggedConsumer,
    OutOfMemory,
    Stuck,
    Task,
    Window,
)
from spillproof.counterexamples.audit.contradiction import Finding, Rule
from spillproof.counterexamples.audit.deaths import Death
from spillproof.counterexamples.audit.eventlog import EventLog, FailedTask
from spillproof.counterexamples.audit.interval import ZERO, Interval, exactly
from spillproof.counterexamples.audit.ledger import Ledger
from spillproof.counterexamples.audit.reader import Counts
from spillproof.counterexamples.audit.releases import ReleaseEvidence
from spillproof.counterexamples.audit.sources import ReadSoFar
from spillproof.counterexamples.audit.stamp import Clock

MB = 1 << 20


TEN = 36000.0
"""Ten o'clock."""


def made(*tasks: Task, reading: ReadSoFar | None = None, counts: Counts | None = None, **of_ledger: Any) -> Audit:
    """An audit of Spark 2.3.4, of a log at level DEBUG in which these tasks ran; other fields of the books by name."""
    evidence, clock = ReleaseEvidence(asked=(2, 3, 4)), Clock()
    clock.read("17/12/05 10:00:00 ")
    ledger = Ledger(evidence, kept=list(tasks), tasks=len(tasks), debug=True)
    for name, value in of_ledger.items():
        setattr(ledger, name, value)
    counts = counts or Counts(memory=3, tasks=2, known=1, spark=1)
    return Audit(reading or ReadSoFar(["a/log"], lines=10), counts, ledger, clock, evidence)


def lines(audit: Audit, beside: Beside | None = None) -> list[str]:
    """What is told, line by line."""
    return tell(audit, beside or Beside()).splitlines()


def said(audit: Audit, beside: Beside | None = None) -> str:
    """What is told, as one line."""
    return " ".join(tell(audit, beside or Beside()).split())


def part(audit: Audit, title: str, beside: Beside | None = None) -> list[str]:
    """The lines below a title, to the next title or verdict: what is not indented."""
    told = lines(audit, beside)
    assert title in told, told
    first = told.index(title) + 1
    assert told[first - 2] == ""
    assert told[first] == ""
    last = next(place for place in range(first, len(told)) if told[place] and not told[place].startswith(" "))
    return [each for each in told[first:last] if each]


CLEAN = "✓ No line contradicts the rules, and no collection can have held what was counted free."


def consumer(label: str, peak: Interval, **fields: Any) -> LoggedConsumer:
    """A map that held so much at most."""
    return LoggedConsumer(f"org.apache.spark.util.collection.{MAP}@{label}", MAP, label, peak=peak, **fields)


def task(number: int = 7, *consumers: LoggedConsumer, **fields: Any) -> Task:
    """A task that began at ten o'clock."""
    by_name = {each.name: each for each in consumers}
    made_ = Task(number, begun=TEN, consumers=by_name, **fields)
    made_.timeline.add(BookRow(1, TEN, "", "begins"))
    return made_


def death(line: int, time: float | None = TEN, whose: str = "") -> OutOfMemory:
    """A death of nobody's."""
    return OutOfMemory(line, time, "OutOfMemoryError: Java heap space", ZERO, None, (), whose=whose)


def heap(line: int, used: int, most: int | None = None) -> HeapFigures:
    """What the log says of the heap."""
    return HeapFigures(line, TEN, "a heap", exactly(used * MB), None if most is None else exactly(most * MB))


def stuck(number: int, spilled: float | None, held: float | None) -> Stuck:
    """A sorter of a task that spilled 4 MB and gave nothing back."""
    return Stuck(number, "U1", exactly(4 * MB), spilled, held, 3)


def failed(number: int, died: bool = False, executor: str = "3") -> FailedTask:  # noqa: FBT001, FBT002 - as a sentence
    """A task that failed."""
    return FailedTask(number, 2, executor, "it broke", died, 5 * MB, 9)


def events(**fields: Any) -> Audit:
    """An audit of an event log."""
    found = made(counts=Counts())
    found.events.append(EventLog("x/app-1", **fields))
    return found


def dead(*found: Death, **fields: Any) -> Audit:
    """An audit in which lines have signs of death."""
    audit = made(**fields)
    audit.deaths.extend(found)
    return audit


def window(size: int = 60 * MB, **fields: Any) -> Window:
    """E1 was spilled for E2 at ten o'clock, while it was read, and was perhaps held until a minute later."""
    known: dict[str, Any] = {
        "whom": "E2", "asked": TEN - 5, "until": TEN + 60, "ending": "the task's end", "granted": exactly(30 * MB),
    }  # fmt: skip
    return Window(7, "E1", f"a.{MAP}@1", "forced spill", MAP, exactly(size), TEN, 4, **{**known, **fields})


def spill(**fields: Any) -> ForcedSpill:
    """E1 had to give 60 MB for E2, and 30 MB are taken after it."""
    known: dict[str, Any] = {"while_read": True, "asked": TEN - 5, "done": TEN, **fields}
    return ForcedSpill(7, "E1", "E2", exactly(60 * MB), line=4, taken=exactly(30 * MB), **known)


def one(section: str, audit: Audit) -> str:
    """A part, as one line."""
    return " ".join(" ".join(part(audit, section)).split())


def finding(rule: Rule, words: str, doubt: str = "", **fields: Any) -> Finding:
    """A line that contradicts a rule."""
    return Finding(rule, words, **{"line": 5, "time": TEN, "task": 7, "who": "E1", "doubt": doubt, **fields})


def judged(*found: Finding, held: Sequence[Rule] = (), **fields: Any) -> Audit:
    """An audit with these findings, and rules that were held against a line."""
    audit = made(**fields)
    for each in held:
        audit.ledger.findings.hold(each)
    for every in found:
        audit.ledger.findings.add(every)
    return audit


def error(*holders: tuple[str, Interval], accounted: int = 30, **fields: Any) -> OutOfMemory:
    """An OutOfMemoryError at a minute past ten."""
    message = fields.pop("message", "OutOfMemoryError: Java heap space")
    return OutOfMemory(9, TEN + 60, message, exactly(accounted * MB), fields.pop("free", None), holders, **fields)
