"""The last words of an audit: what happened, in one sentence that is computed from the log, and whose fault it is."""

from __future__ import annotations

from collections.abc import Sequence

from spillproof.counterexamples.audit.audit import Audit
from spillproof.counterexamples.audit.books import SORTER, Task, Window
from spillproof.counterexamples.audit.heap import InHeap
from spillproof.counterexamples.audit.interval import gigabytes, spell
from spillproof.counterexamples.audit.stamp import time_of_day

NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def verdict(audit: Audit, heap: Sequence[InHeap] = ()) -> str:
    """Return the last sentence."""
    task = audit.worst()
    if task is None:
        return _nothing(audit)
    window = next((each for each in sorted(task.windows, key=_worst) if audit.leaks(each) is not False), None)
    if window is None:
        return _without_window(audit, task)
    parts = [*_story(task, window), _end(task, window, heap)]
    return f"✗ {'; '.join(part for part in parts if part)}; {_fault(audit, task, window)}"


def _worst(window: Window) -> tuple[bool, int]:
    return window.kind != "forced spill", -window.size.hi


def _story(task: Task, window: Window) -> list[str]:
    giver = task.consumers.get(window.name)
    parts = []
    if giver is not None and giver.grants:
        times = ("", "once", "twice")[giver.grants] if giver.grants < 3 else f"{_number(giver.grants)} times"  # noqa: PLR2004 - as words go
        held = giver.peak.within(window.size) if giver.peak.meets(window.size) else giver.peak
        parts.append(f"{giver.label} acquires {times} and holds {spell(held)}")
    if task.refused is not None and task.refused[1] == window.whom:
        when, who, size = task.refused
        parts.append(f"{who} is refused {spell(size)}{_at(when)}")
    spill = next((each for each in task.forced if each.who == window.who and each.line >= window.line), None)
    free = None if spill is None else task.free(spill.taken)
    if free is not None:
        parts.append(f"the forced spill believes {spell(free)} free{_at(window.since)}")
    elif window.kind == "forced spill":
        parts.append(f"{window.who} is spilled while it is read, and {spell(window.size)} counted free")
    else:
        parts.append(f"{window.who} is read to its end{_at(window.since)}, and {spell(window.size)} counted free")
    return parts


def _end(task: Task, window: Window, heap: Sequence[InHeap]) -> str:
    if task.error is None:
        return f"until {window.ending}{_at(window.until)} they may still be held"
    known = [each for each in heap if each.label]
    if known:
        words = " and ".join(f"{each.label}'s {gigabytes(each.retained)}" for each in known)
        held = f"{words} are in the heap"
    else:
        held = f"{window.who}'s {spell(window.size)} may still be in the heap"
    if not task.error.holders:
        return f"at the {_error(task)} {held}"
    return f"at the {_error(task)} {spell(task.error.accounted)} is accounted while {held}"


def _at(time: float | None) -> str:
    return "" if time is None else f" at {time_of_day(time)}"


def _error(task: Task) -> str:
    assert task.error is not None
    return task.error.message.partition(":")[0]


def _fault(audit: Audit, task: Task, window: Window) -> str:
    if window.collection == SORTER:
        return "an ExternalSorter's iterator changes over only at its next read, in every release to 4.0"
    if audit.leaks(window) is None:
        return "if this is a release before 2.4.0, the fault is SPARK-22713, fixed in 2.4.0"
    sure = task.error is not None and task.error.of_the_heap() and _too_much(task, window)
    return f"the fault is {'' if sure else 'perhaps '}SPARK-22713, fixed in 2.4.0"


def _too_much(task: Task, window: Window) -> bool:
    """Return whether what is accounted and what may still be held do not fit into the pool together."""
    assert task.error is not None
    return task.capacity is not None and task.error.accounted.lo + window.size.lo > task.capacity.hi


def _without_window(audit: Audit, task: Task) -> str:
    assert task.error is not None
    error = task.error
    books = f", when {spell(error.accounted)} was accounted" if audit.ledger.debug else ""
    free = f" and {spell(error.free)} believed free" if error.free is not None and audit.ledger.debug else ""
    if error.of_the_heap():
        return (
            f"? Task {task.number} ends in {error.message}{_at(error.time)}{books}{free}; the log shows no "
            "forced spill of a collection that was being read, so that SPARK-22713 is not what it shows"
        )
    return f"? Task {task.number} was refused memory by the accounting itself{_at(error.time)}{books}{free}"


def _nothing(audit: Audit) -> str:
    found = audit.findings()
    if found:
        count = sum(audit.ledger.findings.counts.values()) or len(found)
        return f"✗ {_number(count)} line{'s' if count != 1 else ''} contradict the rules of Spark's accounting"
    count = len(audit.ledger.errors)
    errors = f" It has {count:,} OutOfMemoryError{'' if count == 1 else 's'}." if count else ""
    if not audit.ledger.debug:
        understood = audit.counts.understood()
        plural = "" if understood == 1 else "s"
        what = f"of {understood:,} line{plural} that could be understood, none" if understood else "no line of it"
        return f"? Nothing can be concluded: {what} says who was granted what.{errors}"
    unended = sum(1 for each in audit.tasks if not each.outcome)
    far = f" The end of {unended} task{'s' if unended > 1 else ''} is not in the log." if unended else ""
    return f"✓ No line contradicts the rules, and no collection can have held what was counted free.{far}{errors}"


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"
