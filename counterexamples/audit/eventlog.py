"""Spark's event log: what it says of the release, of executors, of tasks, of their memory, and of failures.

It is written by the driver, for the history server. It does not say who was granted what.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from spillproof.counterexamples.audit import deaths
from spillproof.counterexamples.audit.deaths import Death
from spillproof.counterexamples.audit.sentences import plain

KEPT = 50
"""Failures, and removals of executors, that are kept."""

_EVENTS = (
    b'"SparkListenerLogStart"',
    b'"SparkListenerApplicationStart"',
    b'"SparkListenerExecutorAdded"',
    b'"SparkListenerExecutorRemoved"',
    b'"SparkListenerExecutorExcluded"',
    b'"SparkListenerTaskEnd"',
    b'"SparkListenerStageExecutorMetrics"',
    b'"SparkListenerEnvironmentUpdate"',
)


@dataclass(frozen=True)
class FailedTask:
    """A task that failed."""

    task: int
    stage: int
    executor: str
    reason: str
    died: bool
    """Whether it died of memory."""
    peak: int
    line: int


@dataclass
class EventLog:
    """What an event log says."""

    name: str
    version: str = ""
    application: str = ""
    executors: int = 0
    memory: str = ""
    """What an executor is set up to have."""
    tasks: int = 0
    failed: int = 0
    peak_execution: int = 0
    """The most execution memory that a task says it had, in bytes."""
    peak_task: int | None = None
    spilled: int = 0
    """Bytes of memory that all tasks spilled."""
    peaks: dict[str, int] = field(default_factory=dict)
    """The most of each measure of the executors."""
    failures: list[FailedTask] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    """Why executors were removed, where that was a death."""
    deaths: list[Death] = field(default_factory=list)
    lines: int = 0


def is_one(head: bytes) -> bool:
    """Return whether a file begins as an event log does."""
    return b'"Event":"SparkListener' in head[:65536].replace(b'": "', b'":"')


def read(name: str, blocks: Iterator[bytes]) -> EventLog:
    """Return what an event log says."""
    log = EventLog(name)
    for block in blocks:
        for line in block.split(b"\n"):
            log.lines += 1
            if any(each in line for each in _EVENTS):
                _enter(log, line)
            found = deaths.sign(line.decode("utf-8", "replace")) if deaths.suspected(line) else None
            if found is not None and len(log.deaths) < KEPT:
                log.deaths.append(Death(log.lines, found[0], plain(found[1], 90)))
        log.lines -= 1  # what follows the last end of a line is empty
    return log


def _enter(log: EventLog, line: bytes) -> None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return
    if not isinstance(event, dict):
        return
    name = str(event.get("Event", ""))
    if name == "SparkListenerLogStart":
        log.version = plain(str(event.get("Spark Version", "")), 40)
    elif name == "SparkListenerApplicationStart":
        log.application = plain(str(event.get("App Name", "")), 60)
    elif name == "SparkListenerEnvironmentUpdate":
        log.memory = plain(str(_at(event, "Spark Properties").get("spark.executor.memory", "")), 20)
    elif name == "SparkListenerExecutorAdded":
        log.executors += 1
    elif name == "SparkListenerExecutorRemoved":
        _removed(log, event)
    elif name == "SparkListenerTaskEnd":
        _task(log, event)
    elif name == "SparkListenerStageExecutorMetrics":
        _peaks(log, _at(event, "Executor Metrics"))


def _removed(log: EventLog, event: dict[str, Any]) -> None:
    reason = str(event.get("Removed Reason", ""))
    if deaths.sign(reason) is not None and len(log.removed) < KEPT:
        log.removed.append(plain(f"executor {event.get('Executor ID', '?')}: {reason}", 160))


def _at(event: dict[str, Any], key: str) -> dict[str, Any]:
    found = event.get(key)
    return found if isinstance(found, dict) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _peaks(log: EventLog, metrics: dict[str, Any]) -> None:
    for key, value in metrics.items():
        if isinstance(value, int) and value > log.peaks.get(key, 0):
            log.peaks[key] = value


def _task(log: EventLog, event: dict[str, Any]) -> None:
    info, metrics, reason = _at(event, "Task Info"), _at(event, "Task Metrics"), _at(event, "Task End Reason")
    log.tasks += 1
    number, peak = _number(info.get("Task ID")), _number(metrics.get("Peak Execution Memory"))
    log.spilled += _number(metrics.get("Memory Bytes Spilled"))
    if peak > log.peak_execution:
        log.peak_execution, log.peak_task = peak, number
    _peaks(log, _at(event, "Task Executor Metrics"))
    if reason.get("Reason", "Success") in ("Success", "Resubmitted"):
        return
    log.failed += 1
    words = ": ".join(str(reason[key]) for key in ("Class Name", "Description", "Loss Reason") if reason.get(key))
    words = words or str(reason.get("Reason", ""))
    sign = deaths.sign(f"{words} {reason.get('Full Stack Trace', '')}")
    died = sign is not None and deaths.certain(*sign)
    if len(log.failures) < KEPT or died:
        found = FailedTask(
            number,
            _number(event.get("Stage ID")),
            str(info.get("Executor ID", "")),
            plain(words, 120),
            died,
            peak,
            log.lines,
        )
        log.failures.append(found)
        log.failures.sort(key=lambda each: (not each.died, each.line))
        del log.failures[KEPT:]
