"""An audit as one JSON object. A size is `[least, most]` in bytes, a time is seconds since the year 1."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from spillproof.counterexamples.audit.audit import Audit
from spillproof.counterexamples.audit.audit_text import Beside
from spillproof.counterexamples.audit.books import BookRow, Task, Window
from spillproof.counterexamples.audit.contradiction import Rule
from spillproof.counterexamples.audit.interval import Interval
from spillproof.counterexamples.audit.releases import ReleaseEvidence, words
from spillproof.counterexamples.audit.stamp import time_of_day
from spillproof.counterexamples.audit.verdict import verdict
from spillproof.counterexamples.export import itf

Json = dict[str, Any]


def recorded(audit: Audit, beside: Beside) -> Json:
    """Return an audit as an object that `json.dumps` takes."""
    ledger = audit.ledger
    return {
        "log": asdict(audit.reading),
        "understood": asdict(audit.counts),
        "release": _release(audit.evidence),
        "pool": ledger.capacity and list(ledger.capacity),
        "executors": ledger.executors,
        "pools": [{"executor": name, "capacity": list(size)} for name, size in ledger.capacities],
        "missing": _missing(audit),
        "tasks": {"seen": ledger.tasks, "finished": ledger.finished, "failed": ledger.failed},
        "shown": [_task(each) for each in audit.tasks],
        "windows": [_window(audit, each) for each in audit.windows()],
        "rules": {rule.name.lower(): _rule(audit, rule) for rule in Rule},
        "findings": [{**asdict(each), "rule": each.rule.name.lower(), "sure": each.sure} for each in audit.findings()],
        "errors": [asdict(each) for each in audit.errors()],
        "deaths": [asdict(each) for each in audit.deaths],
        "failed_of_unknown": ledger.unexplained,
        "told_to_end": ledger.signals,
        "measured": [asdict(each) for each in ledger.heaps],
        "still_held": [asdict(each) for each in ledger.stuck],
        "shortages": ledger.shortages,
        "event_logs": [asdict(each) for each in audit.events],
        "heap": [asdict(each) for each in beside.heap],
        "histogram": beside.histogram and asdict(beside.histogram),
        "model": beside.match and beside.match.model,
        "trace": beside.match and itf.to_itf(beside.match.trace),
        "verdict": verdict(audit, beside.heap),
    }


def _release(evidence: ReleaseEvidence) -> Json:
    return {
        "known": words(evidence.known()) or None,
        "since": words(evidence.since),
        "before": words(evidence.before) if evidence.before < (99,) else None,
        "told": evidence.told(),
    }


def _missing(audit: Audit) -> Json:
    return {
        "whole": audit.whole,
        "places": audit.ledger.gaps,
        "names_cut": audit.ledger.cut,
        "times_backward": audit.ledger.backward,
        "newest_first": audit.ledger.reversed,
    }


def _rule(audit: Audit, rule: Rule) -> Json:
    findings = audit.ledger.findings
    return {"rule": rule.value, "lines": findings.held.get(rule, 0), "broken": findings.counts.get(rule, 0)}


def _task(task: Task) -> Json:
    return {
        "task": task.number,
        "title": task.title,
        "begun": task.begun,
        "ended": task.ended,
        "outcome": task.outcome,
        "whole": task.whole,
        "consumers": [asdict(each) for each in task.consumers.values()],
        "timeline": [_row(task, each) for each in (*task.timeline.head, *task.timeline.tail)],
        "left_out": task.timeline.left_out,
        "forced_spills": [
            {**asdict(each), "taken": None, "free": _size(task.free(each.taken))} for each in task.forced
        ],
        "error": task.error and asdict(task.error),
    }


def _row(task: Task, row: BookRow) -> Json:
    return {
        "line": row.line,
        "time": row.time,
        "clock": time_of_day(row.time),
        "who": row.who,
        "what": row.words(),
        "holds": _size(row.holds),
        "free": _size(task.free(row.taken)),
    }


def _window(audit: Audit, each: Window) -> Json:
    return {
        "task": each.task,
        "who": each.who,
        "consumer": each.name,
        "collection": each.collection,
        "kind": each.kind,
        "bytes": _size(each.size),
        "since": each.since,
        "until": each.until,
        "seconds": each.seconds(),
        "ending": each.ending,
        "granted_meanwhile": _size(each.granted),
        "while_read": each.while_read,
        "held": audit.leaks(each),
        "sure": audit.sure(each),
        "line": each.line,
    }


def _size(size: Interval | None) -> list[int] | None:
    return None if size is None else list(size)
