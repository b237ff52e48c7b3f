"""The lines that Spark 2.3.4 would have logged at DEBUG in the same run: to compare with the log of an incident.

The words are those of `TaskMemoryManager`, `Spillable` and `ExternalAppendOnlyMap`, and sizes are spelled as
`Utils.bytesToString` does. A model has no clock and no hash codes: a step takes a second, beginning at midnight, and an
object's hash code is its number in the trace.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

from spillproof.counterexamples.export.escapes import one_line
from spillproof.counterexamples.export.events import Happening, happenings
from spillproof.counterexamples.trace import Object, State, Trace
from spillproof.model.errors import ModelError

TASK = 0
MANAGER = "TaskMemoryManager"
MIDNIGHT = datetime(1970, 1, 1, tzinfo=UTC)

PACKAGES = {
    "BytesToBytesMap": "org.apache.spark.unsafe.map",
    "ExternalAppendOnlyMap": "org.apache.spark.util.collection",
    "ExternalSorter": "org.apache.spark.util.collection",
    "LongToUnsafeRowMap": "org.apache.spark.sql.execution.joins",
    "RowBasedKeyValueBatch": "org.apache.spark.sql.catalyst.expressions",
    "ShuffleExternalSorter": "org.apache.spark.shuffle.sort",
    "UnsafeExternalSorter": "org.apache.spark.util.collection.unsafe.sort",
}
"""Where Spark's consumers live. One that is not here is called by its class alone."""

SPILLABLE = ("ExternalAppendOnlyMap", "ExternalSorter")
"""The subclasses of `Spillable`, which log their spills at INFO in the same words."""

UNITS = ("B", "KB", "MB", "GB", "TB", "PB", "EB")
TOO_LARGE = 1 << 71
"""From here on Spark writes powers of ten."""


def spark_log(trace: Trace) -> str:
    """Return the log. Raises `ModelError` for a run of another model, whose lines Spark would never write."""
    kinds = {each.kind for state in trace.states for each in state.heap}
    if MANAGER not in kinds:
        raise ModelError(
            f"{one_line(trace.model, 60)} is no model of Spark: it has no {MANAGER}, whose lines a spark-log is made of"
        )
    log = _Log()
    for index, state in enumerate(trace.states):
        log.step(index, state, trace.states[index - 1] if index else None)
    if not log.lines:
        raise ModelError(f"no consumer acquires, spills or releases in this run, so that {MANAGER} logs nothing")
    return "\n".join([*log.lines, ""])


class _Log:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.spills: dict[str, int] = {}
        self.kinds: dict[str, Object] = {}
        self.forced: set[str] = set()
        """Who was made to spill in this step, and has not released yet."""

    def step(self, index: int, state: State, before: State | None) -> None:
        """Log a step."""
        self.kinds |= {each.name: each for each in state.heap}
        told = [each for each in happenings(state) if each.consumer]
        self.forced.clear()
        for place, each in enumerate(told):
            for level, logger, words in self.of(each, told[place + 1 :], before):
                self.write(index, level, logger, words)
        for left in _unreleased(state, before):
            words = f"unreleased {bytes_to_string(dict(left.sizes)['used'])} memory from {self.of_class(left.name)}"
            self.write(index, "DEBUG", MANAGER, words)

    def of(self, each: Happening, rest: Sequence[Happening], before: State | None) -> Iterator[tuple[str, str, str]]:
        """Yield the level, the logger and the words of the lines for an event."""
        who = self.of_class(each.consumer)
        size = bytes_to_string(each.size or 0)
        if each.name == "acquire":
            yield "DEBUG", MANAGER, f"Task {TASK} acquired {size} for {who}"
        elif each.name == "release":
            yield "DEBUG", MANAGER, f"Task {TASK} release {size} from {who}"
            by = self.spilled_for(each, rest) if each.consumer in self.forced else ""
            self.forced.discard(each.consumer)
            if by and each.size:
                yield "DEBUG", MANAGER, f"Task {TASK} released {size} from {by}"
        elif each.name == "spill":
            yield from self.spill(each, rest, before)

    def spill(self, each: Happening, rest: Sequence[Happening], before: State | None) -> Iterator[tuple[str, str, str]]:
        """Yield what a `Spillable` says of its spill. A forced one while it is being filled says nothing."""
        self.spills[each.consumer] = self.spills.get(each.consumer, 0) + (not each.forced)
        if each.forced:
            self.forced.add(each.consumer)
        kind = self.kinds[each.consumer].kind if each.consumer in self.kinds else ""
        released = next((later.size for later in rest if later.name == "release" and _same(later, each)), None)
        if kind not in SPILLABLE or released is None:
            return
        size, times = bytes_to_string(released), self.spills[each.consumer]
        if not each.forced:
            words = f"{size} to disk ({times} time{'s' if times > 1 else ''} so far)"
            yield "INFO", kind, f"Thread {TASK} spilling in-memory map of {words}"
        elif _is_read(each.consumer, before):
            words = f"it will release {size} memory"
            yield "INFO", kind, f"Task {TASK} force spilling in-memory map to disk and {words}"

    def spilled_for(self, release: Happening, rest: Sequence[Happening]) -> str:
        """Return for whom a consumer was made to spill, in the words of the log; nothing where nobody acquires."""
        by = next((later for later in rest if later.name == "acquire"), None)
        who = self.of_class(release.consumer)
        if by is None:
            return ""
        return f"itself ({who})" if _same(by, release) else f"{who} for {self.of_class(by.consumer)}"

    def of_class(self, name: str) -> str:
        """Return a consumer as Java's `toString` does: `org.apache.spark.util.collection.ExternalAppendOnlyMap@3`."""
        if name not in self.kinds:
            return one_line(name)
        each = self.kinds[name]
        package = PACKAGES.get(each.kind)
        return f"{f'{package}.' if package else ''}{one_line(each.kind)}@{each.number:x}"

    def write(self, index: int, level: str, logger: str, words: str) -> None:
        """Write a line as Spark's log4j does: `%d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n`."""
        self.lines.append(f"{MIDNIGHT + timedelta(seconds=index):%y/%m/%d %H:%M:%S} {level} {logger}: {words}")


def _same(one: Happening, other: Happening) -> bool:
    return one.consumer == other.consumer


def _is_read(consumer: str, before: State | None) -> bool:
    """Return whether a consumer is being read when it is spilled: only its iterator says that it spills."""
    heap = before.heap if before else ()
    return any(each.name == consumer and _refers(each, "reading_iterator") for each in heap)


def _unreleased(state: State, before: State | None) -> Iterator[Object]:
    """Yield the consumers that the manager forgets in this step although they have memory."""
    if before is None:
        return
    kept = _consumers(state)
    for number, each in _consumers(before).items():
        if number not in kept and dict(each.sizes).get("used", 0) > 0:
            yield each


def _consumers(state: State) -> dict[int, Object]:
    """Return the consumers that the manager knows, by their numbers: a name may change as the run goes on."""
    heap = {each.name: each for each in state.heap}
    known = [heap[target] for each in state.heap if each.kind == MANAGER for target in _refers(each, "consumers")]
    return {each.number: each for each in known}


def _refers(each: Object, field: str) -> list[str]:
    return [target for name, target in each.references if name == field]


def bytes_to_string(size: int) -> str:
    """Return a size as Spark's `Utils.bytesToString` does: a unit is left from twice the next one on."""
    if size >= TOO_LARGE:
        exact = Context(prec=3, rounding=ROUND_HALF_UP).create_decimal(size)
        return f"{exact} B"
    if size < 2 << 10:
        return f"{size}.0 B"
    power = max(power for power in range(len(UNITS)) if size >= 2 << (10 * power))
    value = (Decimal(size) / (1 << (10 * power))).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{value} {UNITS[power]}"
