"""What an audit says, at 80 columns: what was read and believed, what contradicts the rules, and last the verdict."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from spillproof.counterexamples.audit import deaths
from spillproof.counterexamples.audit.audit import Audit
from spillproof.counterexamples.audit.books import (
    MAP,
    SORTER,
    BookRow,
    ForcedSpill,
    LoggedConsumer,
    Stuck,
    Task,
    Window,
)
from spillproof.counterexamples.audit.contradiction import MISSING, Finding
from spillproof.counterexamples.audit.heap import Histogram, InHeap
from spillproof.counterexamples.audit.interval import Interval, bounds, gigabytes, spell
from spillproof.counterexamples.audit.match import Match
from spillproof.counterexamples.audit.sentences import plain
from spillproof.counterexamples.audit.stamp import duration, time_of_day
from spillproof.counterexamples.audit.verdict import verdict
from spillproof.model.names import counted
from spillproof.properties.engines.story.phrases import WIDTH, paragraph

SHOWN = 3
"""Tasks that are shown in full."""

LONG = 34
"""Rows of a timeline from which on its middle is left out."""


@dataclass(frozen=True)
class Beside:
    """What stands beside the log."""

    histogram: Histogram | None = None
    heap: tuple[InHeap, ...] = ()
    match: Match | None = None
    written: str = ""
    """Where the trace is."""


def tell(audit: Audit, beside: Beside) -> str:
    """Return what an audit says."""
    lines = [*_read(audit), ""]
    for task in _told(audit):
        lines += [*_task(task), ""]
    for part in (
        _others(audit),
        _events(audit),
        _measured(audit),
        _windows(audit),
        _rules(audit),
        _deaths(audit),
        _heap(audit, beside),
        _model(beside),
    ):
        found = list(part)
        lines += [*found, ""] if found else []
    return "\n".join([*lines, *paragraph(verdict(audit, beside.heap), "")])


def _told(audit: Audit) -> list[Task]:
    return [each for each in audit.tasks if each.timeline.head or each.error or each.windows][:SHOWN]


# What was read


def _read(audit: Audit) -> Iterator[str]:
    reading, counts = audit.reading, audit.counts
    names = [plain(each.rpartition("/")[2] if each != "-" else "standard input", 60) for each in reading.files]
    if len(names) > 1:  # of a folder, or several: what tells them apart
        names = [plain("/".join(each.split("/")[-2:]), 60) for each in reading.files]
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""  # noqa: PLR2004 - two are named
    lines = counted(reading.lines, "line")
    yield from paragraph(f"{', '.join(names[:2])}{more}: {lines} of {audit.evidence.told()}", "")
    yield ""
    other = reading.lines - counts.understood() - counts.known - counts.unknown
    yield from paragraph(
        f"Understood: {counted(counts.understood(), 'line')}, {counts.memory:,} that speak of memory and "
        f"{counts.tasks:,} of tasks. {counts.known:,} are known and not needed, {other:,} of other things."
    )
    if counts.unknown:
        unknown = counted(counts.unknown, "line")
        yield from paragraph(f"Not understood: {unknown} of loggers that speak of memory, such as")
        yield from (f"    {plain(each, WIDTH - 4)}" for each in counts.examples)
    yield from (line for words in _doubts(audit) for line in paragraph(words))
    if audit.ledger.debug or audit.windows():
        yield from paragraph(
            "Sizes are rounded in a log, and are computed with as intervals: 5.1 MB stands for 5.05 to 5.15 MB. Where "
            "both ends read the same, one is shown."
        )


def _doubts(audit: Audit) -> Iterator[str]:
    """Yield what was not understood, or only in part."""
    reading, ledger = audit.reading, audit.ledger
    if not ledger.debug and not (audit.events and not audit.counts.spark):
        yield (
            "No line says who was granted what: TaskMemoryManager writes those at level DEBUG. Set "
            "log4j.logger.org.apache.spark.memory=DEBUG (log4j 2: logger.m.name and logger.m.level) to have them."
        )
    yield from _doubts_of_times(audit)
    if ledger.gaps:
        yield (
            f"Lines are missing at {counted(ledger.gaps, 'place')}, as the log says itself; nothing "
            "is concluded of the tasks that ran then from what is not there."
        )
    if ledger.cut:
        end, them = ("ends", "it") if ledger.cut == 1 else ("end", "them")
        words = f"within a name: the log was cut at some width. Nothing is concluded from {them}."
        yield f"{counted(ledger.cut, 'line')} {end} {words}"
    if ledger.unattributed:
        one = ledger.unattributed == 1
        whose = "says of no task whose it is" if one else "say of no task whose they are"
        yield f"{counted(ledger.unattributed, 'line')} {whose}; nothing is concluded from {'it' if one else 'them'}."
    if reading.cut:
        was, its = ("was", "its beginning was") if reading.cut == 1 else ("were", "their beginnings were")
        yield f"{counted(reading.cut, 'line')} {was} too long, and only {its} looked at."
    if reading.unended:
        yield "The last line has no end: the log may be cut off there, and what comes after is not known."
    if ledger.executors > 1:
        yield f"These are logs of {ledger.executors} executors; each has a pool and books of its own."
    yield from (plain(each, 200) for each in reading.troubles)


def _doubts_of_times(audit: Audit) -> Iterator[str]:
    """Yield what was not understood of the times of lines, and where they run backwards."""
    ledger = audit.ledger
    if audit.counts.untimed:
        share = f"{audit.counts.untimed:,} of them" if audit.clock.understood else "any"
        yield f"Their times were not understood in {share}: what stands there is {plain(audit.clock.missed, 50)!r}."
    elif audit.clock.understood and not audit.clock.dated:
        yield "Their times have no date that was understood: one that goes back by half a day is of the next day."
    if ledger.reversed:
        yield (
            f"Times run backwards: {ledger.backward:,} lines are older than the line above. The newest come first; turn "  # noqa: E501 - one text
            "the log over (tac FILE | spillproof audit -). Until then nothing is concluded from it."
        )
    elif ledger.backward:
        yield (
            f"Times run backwards at {counted(ledger.backward, 'line')}; nothing is concluded "
            "of the tasks that ran then."
        )


# A task


def _task(task: Task) -> Iterator[str]:
    title = f" ({task.title})" if task.title else ""
    outcome = task.error.message if task.error is not None else task.outcome or "its end is not in the log"
    yield from paragraph(f"Task {task.number}{title}, from {time_of_day(task.begun)}: {outcome}", "")
    consumers = sorted(task.consumers.values(), key=lambda each: -each.peak.hi)
    if consumers:
        yield ""
    for each in consumers[:8]:
        yield from paragraph(_consumer(each), "  ", "      ")
    if len(consumers) + task.dropped > 8:  # noqa: PLR2004 - as many are shown
        yield f"  and {len(consumers) + task.dropped - 8:,} more"
    rows, gap = _rows(task)
    if not rows:
        return
    yield ""
    yield f"  {'time':8}  {'who':4} {'what':37} {'holds':>11}  {'free':>11}"
    for row in rows:
        if gap is not None and row is gap[0]:
            yield f"  {'…':8}  {gap[1]:,} more"
        yield from _row(task, row)


def _consumer(each: LoggedConsumer) -> str:
    refusals = f", {each.refusals:,} refused" if each.refusals else ""
    begun = "" if each.whole else "; it began before the log"
    name = plain(each.name.rpartition(".")[2], 44)
    return f"{each.label:3} {name}: {counted(each.grants, 'grant')}{refusals}, at most {_full(each.peak)}{begun}"


def _full(size: Interval) -> str:
    """Return a size, and where rounding leaves more than its digits say, both ends."""
    return spell(size) if " to " in spell(size) or size.lo == size.hi else f"{spell(size)} ({bounds(size)})"


def _rows(task: Task) -> tuple[list[BookRow], tuple[BookRow, int] | None]:
    """Return the rows to show, and before which of them how many are left out."""
    line = task.timeline
    rows = [*line.head, *line.tail]
    if len(rows) <= LONG:
        return rows, None
    half = LONG // 2
    return [*rows[:half], *rows[-half:]], (rows[-half], len(rows) - 2 * half + line.left_out)


def _row(task: Task, row: BookRow) -> Iterator[str]:
    holds = "" if row.holds is None else _short(row.holds)
    free = task.free(row.taken) if task.consumers else None
    words = textwrap.wrap(row.words(), 37)
    for index, each in enumerate(words):
        if index:
            yield f"  {'':8}  {'':4} {each}"
        else:
            line = (
                f"  {time_of_day(row.time)}  {row.who[:4]:4} {each:37} {holds:>11}  {_short(free) if free else '':>11}"
            )
            yield line.rstrip()


def _short(size: Interval) -> str:
    """Return a size in a column's width: where rounding leaves much open, that it is at most so much."""
    text = spell(size)
    return (
        text if " to " not in text else f"≤ {spell(size.hi)}" if 2 * size.lo < size.hi else f"~ {spell(size.middle())}"
    )


# All tasks


def _others(audit: Audit) -> Iterator[str]:
    ledger = audit.ledger
    if ledger.tasks > len(_told(audit)):
        yield from paragraph(
            f"{ledger.tasks:,} tasks in all, {ledger.finished:,} finished and {ledger.failed:,} failed; shown are "
            "those that failed, had to spill, or held most.",
            "",
            "",
        )
    for error in ledger.errors[:5]:
        when = "" if error.time is None else f", {time_of_day(error.time)}"
        whose = error.whose or "the log does not say of which task"
        yield from paragraph(f"Line {error.line}{when}: {error.message}; {whose}.", "")
    if len(ledger.errors) > 5:  # noqa: PLR2004 - as many are shown
        yield f"and {len(ledger.errors) - 5:,} more"
    if ledger.unexplained:
        tasks = ", ".join(map(str, ledger.unexplained[:5]))
        yield from paragraph(f"The log does not say of what these tasks failed: {tasks}.", "")
    if ledger.signals:
        yield "An executor was told to end (RECEIVED SIGNAL TERM) while tasks ran; not by whom."


def _measured(audit: Audit) -> Iterator[str]:
    """Yield what the log itself says of the heap, of sorters that spilled nothing, and of native engines."""
    ledger = audit.ledger
    if ledger.heaps:
        yield "Memory in use, as the log itself says"
        yield ""
        worst = sorted(sorted(ledger.heaps, key=lambda each: -each.used.hi)[:5], key=lambda each: each.line)
        for each in worst:
            most = "" if each.most is None else f" of {spell(each.most)}"
            yield from paragraph(
                f"{time_of_day(each.time)}  {spell(each.used)}{most} ({each.what}, line {each.line})", "  ", "      "
            )
        yield ""
    for stuck in ledger.stuck[:5]:
        yield from paragraph(told_stuck(stuck), "")
    for words in ledger.shortages[:5]:
        yield from paragraph(f"{words[:1].upper()}{words[1:]}.", "")


def told_stuck(stuck: Stuck) -> str:
    """Return that a sorter still holds what it said that it spills."""
    later = ""
    if stuck.spilled is not None and stuck.held is not None:
        later = f" {duration(max(0.0, stuck.held - stuck.spilled))} later"
    at = "" if stuck.spilled is None else f" at {time_of_day(stuck.spilled)}"
    return (
        f"Task {stuck.task}: a sorter said{at} that it spills {spell(stuck.size)};{later} {stuck.name} is still accounted "  # noqa: E501 - one text
        f"with {spell(stuck.size)}. The spill gave nothing back, or as much was taken again."
    )


def _events(audit: Audit) -> Iterator[str]:
    """Yield what Spark's event logs say."""
    for log in audit.events:
        yield f"{plain(log.name.rpartition('/')[2], 50)}: this is Spark's event log, not an executor's log"
        yield ""
        memory = f", {log.memory} of memory each" if log.memory else ""
        about = f"Application {log.application!r}. " if log.application else ""
        yield from paragraph(
            f"{about}Spark {log.version or '(unknown)'}; executors: {log.executors:,}{memory}; tasks that ended: "
            f"{log.tasks:,}, that failed: {log.failed:,}."
        )
        if log.peak_task is not None:
            yield from paragraph(
                f"Peak execution memory of a task: {spell(log.peak_execution)} (task {log.peak_task}); {spell(log.spilled)} "  # noqa: E501 - one text
                "of memory were spilled in all."
            )
        peaks = [f"{name} {spell(log.peaks[name])}" for name in PEAKS if log.peaks.get(name)]
        if peaks:
            yield from paragraph(f"Peaks of an executor: {', '.join(peaks)}.")
        for each in log.failures[:5]:
            what = "died of memory" if each.died else "failed"
            where = f" on executor {each.executor}" if each.executor else ""
            yield from paragraph(
                f"Task {each.task} of stage {each.stage}{where} {what}: {each.reason}; its peak execution memory was "
                f"{spell(each.peak)}.",
                "  ",
                "      ",
            )
        if len(log.failures) > 5:  # noqa: PLR2004 - as many are shown
            yield f"  and {log.failed - 5:,} more"
        for words in log.removed[:5]:
            yield from paragraph(f"Removed: {words}", "  ", "      ")
        yield ""


PEAKS = (
    "JVMHeapMemory",
    "OnHeapExecutionMemory",
    "OnHeapStorageMemory",
    "OffHeapExecutionMemory",
    "ProcessTreeJVMRSSMemory",
)
"""What is shown of an executor's measures."""


def _deaths(audit: Audit) -> Iterator[str]:
    """Yield the signs of death that are in nobody's books."""
    told = " ".join(each.message for each in audit.errors())
    named = "OutOf" in told
    others = [
        each
        for each in audit.deaths
        if each.phrase[:40] not in told and not (named and each.what == deaths.SIGNS[0].what)
    ]
    if not others:
        return
    yield "Lines that say that something died of memory, or was killed"
    yield ""
    for each in others[:3]:
        yield from paragraph(f"line {each.line}: {each.phrase}", "  ", "      ")
    if len(others) > 3:  # noqa: PLR2004 - as many are shown
        yield f"  and {len(others) - 3:,} more"


def _windows(audit: Audit) -> Iterator[str]:
    spills = [each for task in audit.tasks for each in task.forced]
    if spills:
        yield "Forced spills"
        yield ""
        by = {task.number: task for task in audit.tasks}
        for each in spills[:10]:
            yield from paragraph(_forced(each, by[each.task or 0]), "  ", "      ")
        if audit.ledger.forced > 10:  # noqa: PLR2004 - as many are shown
            yield f"  and {audit.ledger.forced - 10:,} more"
        yield ""
    windows = audit.windows()
    if windows:
        yield "Counted free, and perhaps still held"
        yield ""
        for window in windows[:10]:
            yield from _window(audit, window)
        if len(windows) > 10:  # noqa: PLR2004 - as many are shown
            yield f"  and {len(windows) - 10:,} more"


def _forced(each: ForcedSpill, task: Task) -> str:
    took = "" if each.asked is None or each.done is None else f" to {time_of_day(each.done)}"
    free = task.free(each.taken)
    believed = f"; believed free afterwards: {_full(free)}" if free else ""
    read = {True: "while it was read", False: "not while it was read", None: "perhaps while it was read"}[
        each.while_read
    ]
    begun = each.asked if each.asked is not None else each.done
    return f"{time_of_day(begun)}{took}  {each.who} had to give {spell(each.size)} for {each.whom}, {read}{believed}"


PATHS = {
    (MAP, "forced spill"): "TaskMemoryManager ▸ consumers ▸ {} ▸ readingIterator ▸ upstream ▸ $outer ▸ data",
    (MAP, "read to its end"): "TaskMemoryManager ▸ consumers ▸ {} ▸ readingIterator ▸ upstream ▸ $outer ▸ data",
    (SORTER, "forced spill"): "TaskMemoryManager ▸ consumers ▸ {} ▸ readingIterator ▸ upstream ▸ $outer ▸ data",
}


def _window(audit: Audit, window: Window) -> Iterator[str]:
    seconds = window.seconds()
    lasted = "" if seconds is None else f", {duration(seconds)} at most"
    whom = f" for {window.whom}" if window.whom else ""
    how = {"forced spill": f"spilled{whom} while it was read", "read to its end": "read to its end, and released"}
    doubt = "" if window.while_read else ", if it was being read: the log does not say"
    missing = "" if audit.sure(window) or not window.while_read else ", if no line is missing"
    yield from paragraph(
        f"{window.who}  {_full(window.size)}, {how[window.kind]}{doubt}: from {time_of_day(window.since)} to "
        f"{window.ending} at {time_of_day(window.until)}{lasted}{missing}.",
        "  ",
        "      ",
    )
    if window.granted.hi:
        yield from paragraph(f"Granted to others of the task meanwhile: {_full(window.granted)}.", "      ", "      ")
    name = window.who if window.name else "the collection"
    path = PATHS.get((window.collection or MAP, window.kind))
    if path:
        yield from paragraph(f"held by {path.format(name)}", "      ", "        ")
    yield from paragraph(_repair(audit, window), "      ", "      ")


def _repair(audit: Audit, window: Window) -> str:
    if window.collection == SORTER:
        return "Until the next read, in every release to 4.3.0: an ExternalSorter's iterator changes over only then."
    if window.kind == "read to its end":
        return "SPARK-22713, fixed in 2.4.0: an exhausted iterator kept the map until the task's end."
    words = "SPARK-22713, fixed in 2.4.0: the iterator changed over only at its next read, which the log does not show."
    return words if audit.leaks(window) else f"{words} Held only if this is a release before 2.4.0."


def _rules(audit: Audit) -> Iterator[str]:
    findings, found = audit.ledger.findings, audit.findings()
    if not findings.held and not found:
        return
    yield "Held against the rules"
    yield ""
    broken = {each.rule for each in found}
    for rule, lines in findings.held.items():
        if rule not in broken:
            yield from paragraph(f"✓ {rule.value} {counted(lines, 'line')}.", "  ", "    ")
    for rule in dict.fromkeys(each.rule for each in found):
        count = findings.counts.get(rule, 1)
        some = [each for each in found if each.rule is rule]
        sure, doubt = any(each.sure for each in some), next((each.doubt for each in some if each.doubt), "")
        ifs = "" if sure else f", if it is not that {doubt}" if doubt == MISSING else f"; but {doubt}"
        words = f"{'✗' if sure else '?'} {rule.value} Not so in {counted(count, 'line')}{ifs}:"
        yield from paragraph(words, "  ", "    ")
        for each in some[:3]:
            yield from paragraph(_contradiction(each), "      ", "        ")


def _contradiction(each: Finding) -> str:
    place = f"line {each.line}, {time_of_day(each.time)}, " if each.line else ""
    task = f"task {each.task}" if each.task is not None else ""
    who = f"{task} {each.who}".strip()
    return plain(f"{place}{who}{': ' if who else ''}{each.words}", 300)


# Beside the log


def _heap(audit: Audit, beside: Beside) -> Iterator[str]:
    if beside.heap:
        yield "The heap, beside what was accounted"
        yield ""
        task = audit.worst()
        holders = dict(task.error.holders) if task is not None and task.error is not None else {}
        yield f"  {'':4} {'accounted':>14} {'retained':>10}  held by"
        for each in beside.heap:
            accounted = spell(holders[each.label]) if each.label in holders else "0 B" if each.label else "not known"
            path = textwrap.wrap(" ▸ ".join(each.path), WIDTH - 34)
            yield f"  {each.label or '?':4} {accounted:>14} {gigabytes(each.retained):>10}  {path[0]}"
            yield from (f"  {'':31}  {more}" for more in path[1:])
        yield ""
        yield from paragraph(
            "A dump does not say which consumer a map is of: those that an iterator holds were taken to be the ones "
            "that were spilled while they were read, the largest first; the others, who was still accounted for as "
            "much, or else who was spilled."
        )
    if beside.histogram is not None:
        yield from _histogram(audit, beside.histogram)


def _histogram(audit: Audit, found: Histogram) -> Iterator[str]:
    yield "The histogram of the heap, beside what was accounted"
    yield ""
    for each in found.classes[:5]:
        yield f"  {spell(each.bytes):>10}  {each.instances:>13,}  {plain(each.name, 48)}"
    yield f"  {spell(found.total):>10}  {'':>13}  in all"
    task = audit.worst()
    if task is not None and task.error is not None:
        holders = sum(1 for _, used in task.error.holders if used.hi > 0)
        yield ""
        yield from paragraph(
            f"{found.maps():,} collections in memory are in the heap, and {holders:,} consumers were believed to hold "
            f"any; {spell(task.error.accounted)} were accounted. A histogram does not say what holds them."
        )


def _model(beside: Beside) -> Iterator[str]:
    found = beside.match
    if found is None:
        return
    yield "The model"
    yield ""
    left = f"; {found.left_out} other consumers are left out" if found.left_out else ""
    step = found.trace.guilty
    books = f"{spell(found.accounted)} is accounted and {spell(found.reachable)} reachable"
    said = "" if step is None else f" After step {step}, {books}: {found.held}."
    yield from paragraph(f"{found.model} takes these steps: {found.words}{left}.{said}")
    where = beside.written or "--out DIR writes its trace"
    told = f"Its trace is {where}." if beside.written else f"{where}, for spillproof replay and explain."
    yield from paragraph(told)
