"""An audit over time, as data to be drawn: what was believed, what may have been held beyond it, and the room for it.

Each executor has a chart of its own, as it has a pool of its own. Places are seconds since the year 1 where the log has
times, and the numbers of its lines where it has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spillproof.counterexamples.audit.audit import Audit
from spillproof.counterexamples.audit.books import BookRow, Task, Window
from spillproof.counterexamples.audit.interval import ZERO, Interval
from spillproof.counterexamples.audit.sentences import plain
from spillproof.counterexamples.audit.stamp import time_of_day

CHARTS = 8
"""Executors that are drawn, those first of which there is most to see."""

LANES = 40
"""Consumers that are drawn of each."""

MARGIN = 0.02
"""Of the whole time, what is drawn after its end, so that what happens there is seen."""

Place = float


@dataclass(frozen=True)
class Point:
    """What is believed from a place on."""

    at: Place
    size: Interval


@dataclass(frozen=True)
class Band:
    """A time in which bytes counted free may still have been held."""

    task: int | None
    who: str
    kind: str
    begin: Place
    end: Place
    size: Interval
    leaks: bool | None
    """Whether the release holds what it counts free then. None where that is not known."""


@dataclass(frozen=True)
class Mark:
    """Something that died of memory."""

    at: Place
    words: str


@dataclass(frozen=True)
class Lane:
    """What one consumer is believed to hold."""

    task: int
    label: str
    name: str
    points: tuple[Point, ...]

    @property
    def peak(self) -> int:
        """The most bytes that it may have held."""
        return max((each.size.hi for each in self.points), default=0)


@dataclass(frozen=True)
class Chart:
    """What is known of one executor, over time."""

    executor: str
    clock: bool
    """Whether places are times; else they are lines."""
    begin: Place
    end: Place
    capacity: Interval | None
    believed: tuple[Point, ...]
    bands: tuple[Band, ...]
    marks: tuple[Mark, ...]
    lanes: tuple[Lane, ...]
    left_out: int
    """Lines in the middle of long tasks that are not drawn, and consumers for which there was no room."""

    def held(self) -> tuple[Point, ...]:
        """Return what may have been held: what was believed, and what was counted free and may not have been."""
        places = {each.at for each in self.believed}.union(*({each.begin, each.end} for each in self.bands))
        return tuple(Point(at, self._held_at(at)) for at in sorted(places))

    def _held_at(self, at: Place) -> Interval:
        size = size_at(self.believed, at)
        for each in self.bands:
            if each.begin <= at and (at < each.end or each.end >= self._last):
                size = size.plus(each.size)
        return size

    @property
    def _last(self) -> Place:
        """The last place of which anything is known: a window that lasts until then, as to a death, is drawn beyond."""
        return max([*(each.at for each in self.believed), *(each.at for each in self.marks)])

    @property
    def most(self) -> int:
        """The most bytes that are drawn."""
        return max([*(each.size.hi for each in self.held()), 0 if self.capacity is None else self.capacity.hi, 1])

    def spell(self, at: Place) -> str:
        """Return a place as a reader knows it."""
        return time_of_day(at) if self.clock else f"line {at:,.0f}"


def size_at(points: Iterable[Point], at: Place) -> Interval:
    """Return what was believed at a place."""
    found = ZERO
    for each in points:
        if each.at > at:
            break
        found = each.size
    return found


def charts(audit: Audit) -> list[Chart]:
    """Return a chart of each executor of which anything can be drawn, the most telling first."""
    names = list(dict.fromkeys(each.executor for each in audit.tasks))
    found = [_chart(audit, name, [each for each in audit.tasks if each.executor == name]) for name in names]
    return [each for each in found if each is not None][:CHARTS]


def _chart(audit: Audit, executor: str, tasks: Sequence[Task]) -> Chart | None:
    rows = sorted((row for task in tasks for row in _rows(task)), key=lambda each: each.line)
    if not rows:
        return None
    clock = all(each.time is not None for each in rows) and len({each.time for each in rows}) > 1
    at = _At(clock=clock)
    believed = tuple(Point(at.row(each), each.taken.floored()) for each in rows if each.taken is not None)
    bands = tuple(
        _band(audit, each, at, rows) for task in tasks for each in task.windows if audit.leaks(each) is not False
    )
    marks = tuple(
        Mark(at.of(each.error.time, each.error.line), f"task {each.number}: {plain(each.error.message, 80)}")
        for each in tasks
        if each.error is not None
    )
    lanes = sorted((lane for task in tasks for lane in _lanes(task, at)), key=lambda each: -each.peak)
    places = [at.row(each) for each in rows] + [each.end for each in bands] + [each.at for each in marks]
    begin, end = min(places), max(places)
    end += max((end - begin) * MARGIN, 0.0 if clock else 1.0)
    capacity = next((each.capacity for each in tasks if each.capacity is not None), None)
    left_out = sum(each.timeline.left_out for each in tasks) + max(0, len(lanes) - LANES)
    return Chart(executor, clock, begin, end, capacity, believed, bands, marks, tuple(lanes[:LANES]), left_out)


def _rows(task: Task) -> list[BookRow]:
    return [*task.timeline.head, *task.timeline.tail]


class _At:
    """Where things stand: by the clock, or by line."""

    def __init__(self, *, clock: bool) -> None:
        self.clock = clock

    def row(self, row: BookRow) -> Place:
        """Return where a line of the log stands."""
        return self.of(row.time, row.line)

    def of(self, time: float | None, line: int) -> Place:
        """Return where a time or else a line stands."""
        return float(line) if not self.clock or time is None else time


def _band(audit: Audit, window: Window, at: _At, rows: Sequence[BookRow]) -> Band:
    begin = at.of(window.since, window.line)
    last = at.row(rows[-1])
    end = window.until if at.clock and window.until is not None else last
    return Band(
        window.task,
        window.who or window.collection,
        window.kind,
        begin,
        max(begin, end),
        window.size,
        audit.leaks(window),
    )


def _lanes(task: Task, at: _At) -> list[Lane]:
    found = []
    for consumer in task.consumers.values():
        points = [
            Point(at.row(each), each.holds.floored())
            for each in _rows(task)
            if each.who == consumer.label and each.holds is not None
        ]
        if points and at.clock and task.ended is not None and task.ended > points[-1].at:
            points.append(Point(task.ended, ZERO))
        if points:
            found.append(Lane(task.number, consumer.label, plain(consumer.name.rpartition(".")[2], 60), tuple(points)))
    return found
