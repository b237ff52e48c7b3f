"""A log beside a dump: what the log's last lines believed of each consumer, and what the heap has of it.

A log names a consumer by its identity hash, which no dump has. So a consumer of the log is taken to be one of the heap
that is of the same task and class and has the same amount on its account, as far as the log's rounding lets one tell;
what fits nothing is shown alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from spillproof.counterexamples.audit.audit import Audit
from spillproof.counterexamples.audit.books import LoggedConsumer, Task
from spillproof.counterexamples.audit.interval import Interval, spell
from spillproof.counterexamples.audit.sentences import plain
from spillproof.counterexamples.audit.stamp import time_of_day
from spillproof.counterexamples.heap.result import Account, Consumer, Moment, Result

SLACK = 2048
"""Bytes by which a log's sum of rounded sizes may be wrong beyond its interval."""


def joined(result: Result, audit: Audit) -> Result:
    """Return a result with what a log says beside it."""
    tasks = {each.number: each for each in audit.tasks}
    moments = [made for account in result.accounts for made in _of_account(account, tasks)]
    return replace(result, moments=tuple(moments), logged=_words(result, audit, bool(moments)))


def _words(result: Result, audit: Audit, fits: bool) -> str:  # noqa: FBT001 - said once, above
    files = ", ".join(plain(each.rpartition("/")[2], 60) for each in audit.reading.files[:2])
    if not fits:
        numbers = ", ".join(str(each.number) for each in audit.tasks[:5]) or "none"
        return f"{files} speaks of no task that is in the heap; its tasks: {numbers}"
    return f"{files}, to its last line; the heap as it was at {result.written}"


def _of_account(account: Account, tasks: dict[int, Task]) -> Iterator[Moment]:
    digits = "".join(each for each in account.label if each.isdigit())
    task = tasks.get(int(digits)) if digits and account.accountant.name == "task" else None
    if task is None:
        return
    left = list(account.consumers)
    for logged in sorted(task.consumers.values(), key=lambda each: -each.peak.hi):
        believed = _at_the_end(task, logged)
        found = _fitting(left, logged, believed)
        if found is not None:
            left.remove(found)
        yield Moment(
            task.number,
            f"{logged.label} {plain(logged.name, 60)}",
            spell(believed),
            "" if found is None else found.label,
            None if found is None else found.accounted,
            0 if found is None else found.held,
            _release(task, logged),
        )
    for each in left:
        if each.accounted or each.excess:
            yield Moment(task.number, "", "", each.label, each.accounted, each.held)


def _at_the_end(task: Task, logged: LoggedConsumer) -> Interval:
    held = dict(task.error.holders) if task.error is not None else {}
    return held.get(logged.label, logged.used)


def _fitting(left: list[Consumer], logged: LoggedConsumer, believed: Interval) -> Consumer | None:
    same = [each for each in left if each.class_.rpartition(".")[2] == logged.kind and each.accounted is not None]
    fits = [each for each in same if believed.lo - SLACK <= (each.accounted or 0) <= believed.hi + SLACK]
    return max(fits, key=lambda each: each.held, default=None)


def _release(task: Task, logged: LoggedConsumer) -> str:
    windows = [each for each in task.windows if each.who == logged.label]
    if not windows:
        return ""
    worst = max(windows, key=lambda each: each.size.hi)
    return f"released {spell(worst.size)} at {time_of_day(worst.since)} ({worst.kind})"
