"""What the memory manager says: requests, grants and releases, and the rules that they keep to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from spillproof.counterexamples.audit.books import MAP, SPILLABLE, Grant, LoggedConsumer, Stuck, Task, Window
from spillproof.counterexamples.audit.contradiction import MISSING, Rule
from spillproof.counterexamples.audit.executor import Executor
from spillproof.counterexamples.audit.interval import ZERO, Interval, spell
from spillproof.counterexamples.audit.rules import asked
from spillproof.counterexamples.audit.sentences import Said, What, plain
from spillproof.counterexamples.audit.tally import MANY

STUCK = 1 << 20
"""Bytes from which on it is said that a sorter still holds what it said that it spills."""


def required(books: Executor, said: Said) -> None:
    """Enter a request and what it was granted."""
    task = books.whose(said)
    assert task is not None
    consumer = books.consumer(task, said.who)
    books.granted()
    wanted, got = said.size, said.more
    books.hold(
        Rule.GRANT, task, consumer, "it asked for {} and got {}", wanted, got, kept=got.lo <= wanted.hi, alone=True
    )
    if task.check is not None and consumer.spillable:
        wanted = _as_estimated(books, task, consumer, wanted, task.check)
    task.check = None
    task.required[said.who] = wanted
    if got.hi < wanted.lo:
        task.needs = (said.who, wanted.less(got))
        if got.hi == 0:
            _refused(books, task, consumer, wanted)
        else:
            books.row(task, consumer.label, "asks {}, gets {}", wanted, got, free=False)


def _as_estimated(
    books: Executor, task: Task, consumer: LoggedConsumer, wanted: Interval, check: tuple[Interval, Interval]
) -> Interval:
    """Hold a request against the estimate before it, and return it with what both leave open."""
    estimate, threshold = check
    expected = asked(estimate, threshold)
    if task.whole or wanted.meets(expected):
        words, sizes = "it asked for {}, and 2 × {} − {} is {}", (wanted, estimate, threshold, expected)
        books.hold(Rule.ASKS, task, consumer, words, *sizes, kept=wanted.meets(expected))
    wanted = wanted.within(expected) if wanted.meets(expected) else wanted
    _threshold(books, task, consumer, threshold)
    return wanted


def _threshold(books: Executor, task: Task, consumer: LoggedConsumer, threshold: Interval) -> None:
    """Hold a threshold against what was granted: the difference is the same for all collections."""
    if not task.whole or not consumer.whole:
        return
    initial = threshold.less(consumer.used)
    kept = books.initial is None or initial.meets(books.initial)
    words = "its threshold is {} while it holds {}"
    books.hold(Rule.THRESHOLD, task, consumer, words, threshold, consumer.used, kept=kept)
    if kept:
        books.initial = initial if books.initial is None else initial.within(books.initial)
        told = threshold.less(books.initial)
        if told.meets(consumer.used):
            books.set(task, consumer, consumer.used.within(told).floored())


def _refused(books: Executor, task: Task, consumer: LoggedConsumer, wanted: Interval) -> None:
    consumer.refusals += 1
    books.row(task, consumer.label, "asks {}, and is refused", wanted, holds=consumer.used)
    if task.refused is None:
        task.refused = (books.time, consumer.label, wanted)


def acquired(books: Executor, said: Said) -> None:
    """Enter a grant."""
    task = books.whose(said)
    assert task is not None
    consumer = books.consumer(task, said.who)
    books.granted()
    got, wanted = said.size, task.required.pop(said.who, None)
    if wanted is not None and got.lo <= wanted.hi < got.hi:
        got = Interval(got.lo, wanted.hi)
    if got.hi == 0:
        if wanted is None:
            consumer.refusals += 1
            books.row(task, consumer.label, "is granted nothing", holds=consumer.used)
        return
    consumer.grants += 1
    consumer.shown += said.size.middle()
    books.set(task, consumer, _agreed(books, task, consumer, consumer.used.plus(got), said.more))
    _remember(task, consumer, Grant(books.line, consumer.label, got))
    books.row(task, consumer.label, "acquires {}", said.size, holds=consumer.used)
    task.self_spill = False
    if books.capacity is not None and books.whole and all(each.whole for each in books.live.values()):
        kept, words = books.used.lo <= books.capacity.hi, "{} are accounted, and the pool has {}"
        books.hold(Rule.POOL, task, consumer, words, books.used, books.capacity, kept=kept)


def _remember(task: Task, consumer: LoggedConsumer, grant: Grant) -> None:
    """Remember a grant: in the windows that are open, and for those that may yet be."""
    task.granted = task.granted.plus(grant.size)
    for window in task.windows:
        if window.whom == consumer.label and len(window.after) < MANY:
            window.after.append(grant)
    if consumer.kind == MAP:
        grants = task.grants.setdefault(consumer.label, [])
        grants.append(grant)
        if len(grants) > MANY:
            grants.pop(0)


def _agreed(books: Executor, task: Task, consumer: LoggedConsumer, used: Interval, printed: Interval) -> Interval:
    """Return what is in both: what was added up, and what Spark prints of it."""
    if not printed.hi:
        return used
    if not task.whole and not used.meets(printed):  # the log does not have all of it
        consumer.whole = False
        return printed
    if consumer.whole:
        words = "Spark prints {}, and its lines add up to {}"
        books.hold(Rule.BOOKS, task, consumer, words, printed, used, kept=used.meets(printed))
    return used.within(printed) if used.meets(printed) else printed


def released(books: Executor, said: Said) -> None:
    """Enter a release."""
    task = books.whose(said)
    assert task is not None
    new = said.who not in task.consumers
    consumer = books.consumer(task, said.who)
    books.granted()
    if new:
        consumer.whole = task.whole
    if task.whole and consumer.whole:
        _hold_release(books, task, consumer, said.size, new=new)
    used = ZERO if consumer.spillable else consumer.used.less(said.size).floored()
    whole = consumer.spillable and consumer.used.meets(said.size)
    size = said.size.within(consumer.used) if whole else said.size
    consumer.shown = 0 if used.hi == 0 else max(0, consumer.shown - said.size.middle())
    books.set(task, consumer, used)
    if said.size.hi > 0:
        books.row(task, consumer.label, "releases {}", said.size, holds=used)
        if consumer.spillable:
            _open_window(books, task, consumer, size)
            task.grants.pop(consumer.label, None)


def _hold_release(books: Executor, task: Task, consumer: LoggedConsumer, size: Interval, *, new: bool) -> None:
    held = consumer.used
    if consumer.name == "null":
        return
    if new and size.lo > 0:
        words = f"it releases {spell(size)}, and the log has no grant to it"
        books.contradict(Rule.RELEASED_UNKNOWN, task, consumer.label, words, MISSING)
        return
    rule = Rule.RELEASES_ALL if consumer.spillable and size.hi < held.lo else Rule.RELEASED_MORE
    kept = size.lo <= held.hi and not (consumer.spillable and size.hi < held.lo)
    books.hold(rule, task, consumer, "it releases {}, and holds {}", size, held, kept=kept)


def _open_window(books: Executor, task: Task, consumer: LoggedConsumer, size: Interval) -> None:
    """A collection released everything: find out why, and whether its bytes may still be held."""
    announced = task.spilling
    if announced is not None and announced.collection in ("", consumer.kind):
        task.spilling = None
        announced.who, announced.name, announced.collection = consumer.label, consumer.name, consumer.kind
        announced.size, announced.since, announced.line = size, books.time, books.line
        books.add_window(task, announced)
    elif task.self_spill:
        task.self_spill = False
    elif consumer.kind == MAP:
        window = Window(
            task.number, consumer.label, consumer.name, "read to its end", MAP, size, books.time, books.line
        )
        books.add_window(task, window)


def unreleased(books: Executor, said: Said) -> None:
    """Enter what a consumer has not released at the task's end."""
    task = books.whose(said)
    if task is None:
        return
    consumer = books.consumer(task, said.who)
    if not said.pattern.before:  # since 2.1.0 it is said at level DEBUG
        books.granted()
    books.set(task, consumer, _agreed(books, task, consumer, consumer.used, said.size))
    books.row(task, consumer.label, "has not released {} at the end", said.size, holds=consumer.used)


# what Spark prints when a request fails


def usage_of_task(books: Executor, said: Said) -> None:
    """The memory of a task comes next, by consumer."""
    books.usage = books.whose(said)


def held(books: Executor, said: Said) -> None:
    """Enter what a consumer holds."""
    task = books.usage
    if task is None or task.number not in books.live:
        return
    consumer = books.consumer(task, said.who)
    if consumer.grants == 0:
        consumer.whole = False
    books.set(task, consumer, _agreed(books, task, consumer, consumer.used, said.size))
    books.row(task, consumer.label, "holds {}, as Spark reports", said.size, holds=consumer.used)
    if consumer.kind not in SPILLABLE and consumer.grants == 0 and said.size.lo >= STUCK:
        _stuck(books, task, consumer, said.size)


def _stuck(books: Executor, task: Task, consumer: LoggedConsumer, size: Interval) -> None:
    """A sorter that said that it spills so much holds so much."""
    before = [time for time, spilled in books.spilled if spilled.meets(size)]
    if "Sorter" in consumer.kind and before and len(books.tally.stuck) < MANY:
        name = plain(consumer.name.rpartition(".")[2])
        books.tally.stuck.append(Stuck(task.number, name, size, before[-1], books.time, books.line))


def sorter_spills(books: Executor, said: Said) -> None:
    """A sorter says that it spills."""
    books.spilled.append((books.time, said.size))


def usage(books: Executor, said: Said) -> None:
    """Enter what storage takes."""
    books.storage = said.more
    books.usage = None


def page_failed(books: Executor, said: Said) -> None:
    """The heap had no room for what the pool had granted."""
    task = books.whose(said)
    words = f"{spell(said.size)} were granted, and the heap had no room for them"
    books.contradict(Rule.ALLOCATES, task, "", words)
    if task is not None:
        task.orphans = task.orphans.plus(said.size)
        books.row(task, "", "a page of {} was granted and has no room", said.size)


def short(books: Executor, said: Said) -> None:
    """A native engine got less than it asked for."""
    task = books.whose(said)
    whose = "" if task is None else f"task {task.number}: "
    engine = "Gluten" if said.text.startswith("Not enough") else "Comet"
    books.tally.shortage(f"line {books.line}: {whose}{engine} asked for {spell(said.size)} and got {spell(said.more)}")
    if task is not None:
        books.row(task, "", f"{engine} asks {{}}, gets {{}}", said.size, said.more, free=False)


def native(books: Executor, said: Said) -> None:
    """A native engine's own pool grows or shrinks."""
    task = books.whose(said)
    if task is not None:
        books.row(task, "", plain(f"{said.who}: {said.text}"), free=False)


# the pools


def capacity(books: Executor, said: Said) -> None:
    """The executor begins."""
    books.capacity = said.size
    books.storage, books.whole = ZERO, True
    books.tally.capacities.append((books.name, said.size))
    del books.tally.capacities[:-MANY]


def limit(books: Executor, said: Said) -> None:
    """What storage may take is what execution does not hold: that makes the size of the pool more precise."""
    if books.capacity is None or not books.debug:
        return
    told = books.used.plus(said.more)
    if told.meets(books.capacity):
        books.capacity = told.within(books.capacity)


def storage(books: Executor, said: Said) -> None:
    """Enter what storage takes."""
    books.storage = said.more


def not_cached(books: Executor, said: Said) -> None:
    """There was no room to cache a block."""
    task = books.whose(said)
    if task is not None:
        books.row(task, "", f"no room to cache {plain(said.text)}", free=False)


def clamped(books: Executor, said: Said) -> None:
    """The pool itself says that more was released than was held."""
    words = f"{spell(said.size)} were released of {spell(said.more)} in the {plain(said.text)} pool"
    books.contradict(Rule.RELEASED_MORE, books.whose(said), "", words)


Entry = Callable[[Executor, Said], None]

ENTRIES: Sequence[tuple[What, Entry]] = (
    (What.ACQUIRED, acquired),
    (What.REQUIRED, required),
    (What.RELEASED, released),
    (What.UNRELEASED, unreleased),
    (What.USAGE_OF_TASK, usage_of_task),
    (What.HELD, held),
    (What.SORTER_SPILLS, sorter_spills),
    (What.USAGE, usage),
    (What.PAGE_FAILED, page_failed),
    (What.SHORT, short),
    (What.NATIVE, native),
    (What.CAPACITY, capacity),
    (What.LIMIT, limit),
    (What.STORAGE, storage),
    (What.NOT_CACHED, not_cached),
    (What.CLAMPED, clamped),
)
