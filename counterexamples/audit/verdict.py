"""The last words of an audit: what happened, in one sentence that is computed from the log, and whose fault it is."""

from __future__ import annotations

from collections.abc import Sequence

from spillproof.counterexamples.audit import deaths
from spillproof.counterexamples.audit.audit import Audit
from spillproof.counterexamples.audit.books import SORTER, OutOfMemory, Task, Window
from spillproof.counterexamples.audit.contradiction import EARLY, Finding
from spillproof.counterexamples.audit.deaths import Death
from spillproof.counterexamples.audit.heap import InHeap
from spillproof.counterexamples.audit.interval import gigabytes, spell
from spillproof.counterexamples.audit.stamp import duration, time_of_day

NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def verdict(audit: Audit, heap: Sequence[InHeap] = ()) -> str:
    """Return the last sentence."""
    if audit.ledger.reversed:
        return "? The times run backwards, and nothing is concluded: turn the log over, so that the newest come last"
    task = audit.worst()
    if task is None:
        return _nothing(audit)
    window = next((each for each in sorted(task.windows, key=_worst) if audit.leaks(each) is not False), None)
    if window is None:
        return _without_window(audit, task)
    parts = [*_story(task, window), _end(task, window, heap)]
    words = f"{'; '.join(part for part in parts if part)}; {_fault(audit, task, window)}"
    return f"✗ {words}" if audit.sure(window) else f"? {words}: {_doubt(audit, window)}"


def _doubt(audit: Audit, window: Window) -> str:
    """Return why a window may be none."""
    if audit.leaks(window) is None:
        return "the log does not say which release wrote it; say so with --release"
    if window.while_read is None:
        return "the log does not say whether it was being read"
    return "a spill that the log does not show would have let go of it"


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
    if task.error.heap is not None:
        held = f"{held}, and {_heap(task.error)}"
    if not task.error.holders:
        return f"at the {_error(task)} {held}"
    return f"at the {_error(task)} {spell(task.error.accounted)} is accounted while {held}"


def _heap(error: OutOfMemory) -> str:
    """Return what the log says of the heap then."""
    assert error.heap is not None
    most = "" if error.heap.most is None else f" of {spell(error.heap.most)}"
    return f"the log says that {spell(error.heap.used)}{most} of the heap were in use"


def _at(time: float | None) -> str:
    return "" if time is None else f" at {time_of_day(time)}"


def _error(task: Task) -> str:
    assert task.error is not None
    return task.error.message.partition(":")[0]


def _fault(audit: Audit, task: Task, window: Window) -> str:
    if window.collection == SORTER:
        return "an ExternalSorter's iterator changes over only at its next read, in every release to 4.3.0"
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
    known = bool(error.holders) or (audit.ledger.debug and bool(task.consumers))
    books = f", when {spell(error.accounted)} was accounted" if known else ""
    free = f" and {spell(error.free)} believed free" if error.free is not None and known else ""
    heap = f"; {_heap(error)}" if error.heap is not None else ""
    if error.of_the_heap():
        return (
            f"? Task {task.number} ends in {error.message}{_at(error.time)}{books}{free}{heap}; the log shows no "
            "forced spill of a collection that was being read, so that SPARK-22713 is not what it shows"
        )
    stuck = next((each for each in audit.ledger.stuck if each.task == task.number), None)
    if stuck is not None:
        later = (
            ""
            if None in (stuck.spilled, stuck.held)
            else f" {duration((stuck.held or 0) - (stuck.spilled or 0))} before"
        )
        still = (
            f"; {spell(stuck.size)} of it are still held by {stuck.name}, though a sorter had said{later} that it spills "  # noqa: E501 - one text
            f"{spell(stuck.size)}: a spill that gave nothing back, as in SPARK-54934"
        )
        return f"? Task {task.number} was refused memory by the accounting itself{_at(error.time)}{books}{free}{still}"
    if any(each in error.message for each in ACCOUNTING):
        short = next((each for each in audit.ledger.shortages if f"task {task.number}:" in each), "")
        native = f"; {short.rpartition(': ')[2]}" if short else ""
        return f"? Task {task.number} was refused memory by the accounting itself{_at(error.time)}{books}{free}{native}{heap}"  # noqa: E501 - one text
    return f"? Task {task.number} ends in {error.message}{_at(error.time)}{books}{free}{heap}; the books do not say why"


ACCOUNTING = ("Unable to acquire", "UNABLE_TO_ACQUIRE", "Not enough spark", "llocation failed")
"""What an error has in its message where an accounting refused."""


def _nothing(audit: Audit) -> str:
    ledger, sure, found = audit.ledger, audit.contradictions(), audit.findings()
    if sure:
        count = sum(ledger.findings.counts.get(rule, 1) for rule in {each.rule for each in sure})
        return (
            f"✗ {_number(count)} line{'s contradict' if count != 1 else ' contradicts'} the rules of Spark's accounting"
        )
    died = _deaths(audit)
    if found:
        return f"? {_does_not_add_up(found)}.{died}"
    if audit.events and not audit.counts.spark:
        return f"? {_of_events(audit)}"
    if not ledger.debug:
        understood = audit.counts.understood()
        plural = "" if understood == 1 else "s"
        what = f"of {understood:,} line{plural} that could be understood, none" if understood else "no line of it"
        return f"? Nothing can be concluded: {what} says who was granted what.{died}"
    unended = sum(1 for each in audit.tasks if not each.outcome)
    far = f" The end of {unended} task{'s' if unended > 1 else ''} is not in the log." if unended else ""
    mark = "?" if audit.unexplained() else "✓"
    if ledger.gaps or ledger.cut:
        far += " Lines are missing, and nothing is concluded from what is not there."
    return f"{mark} No line contradicts the rules, and no collection can have held what was counted free.{far}{died}"


def _does_not_add_up(found: Sequence[Finding]) -> str:
    """Return what is to be thought of findings that may be nothing."""
    leaks = [each for each in found if each.doubt == EARLY]
    if len(leaks) == len(found):
        return f"{leaks[0].words}: {EARLY}"
    count = len(found)
    return (
        f"{_number(count).capitalize()} line{'s do' if count != 1 else ' does'} not add up with the others: lines are missing "  # noqa: E501 - one text
        "from the log, or a rule of Spark's accounting is broken. If none is missing, say so with --whole"
    )


def _deaths(audit: Audit) -> str:
    """Return what died, in a sentence; nothing where nothing did."""
    ledger, errors = audit.ledger, audit.ledger.errors
    parts = []
    if errors:
        first = next((each for each in errors if deaths.certainly(each.message)), errors[0])
        whose = f"{first.whose[:1].upper()}{first.whose[1:]}" if first.whose else "The log does not say which task"
        more = f", and {len(errors) - 1:,} more like it" if len(errors) > 1 else ""
        parts.append(f" {whose} {_died(deaths.certainly(first.message))}: {first.message}{_at(first.time)}{more}.")
    elif audit.deaths:
        parts.append(f" {_sign(audit.deaths)}.")
    if ledger.unexplained:
        parts.append(f" The log does not say of what task {ledger.unexplained[0]} failed.")
    if ledger.signals:
        parts.append(" An executor was told to end while tasks ran, and the log does not say by whom.")
    if ledger.shortages:
        parts.append(f" {ledger.shortages[0][:1].upper()}{ledger.shortages[0][1:]}.")
    return "".join(parts)


def _died(certain: bool) -> str:  # noqa: FBT001 - as a sentence
    return "died of memory" if certain else "was killed, perhaps for want of memory"


def _sign(found: Sequence[Death]) -> str:
    """Return what the first sign says that is surely of memory; else the first."""
    each = next((each for each in found if deaths.certain(each.what, each.phrase)), found[0])
    return f"Line {each.line} says that something {_died(deaths.certain(each.what, each.phrase))}: {each.phrase}"


def _of_events(audit: Audit) -> str:
    """Return the last words about event logs: of the first in which anything died."""
    log = max(
        audit.events, key=lambda each: (any(one.died for one in each.failures), bool(each.removed), bool(each.deaths))
    )
    died = next((each for each in log.failures if each.died), None)
    words = "This is Spark's event log, not an executor's log: it does not say who was granted what"
    if died is not None:
        words += f". Task {died.task} died of memory: {died.reason}; its peak execution memory was {spell(died.peak)}"
    elif log.removed:
        words += f". Removed: {log.removed[0]}"
    elif log.deaths:
        words += f". {_sign(log.deaths)}"
    return words


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"
