"""What is said of spills: who had to give for whom, and whether it was being read."""

from __future__ import annotations

from collections.abc import Sequence

from spillproof.counterexamples.audit import rules
from spillproof.counterexamples.audit.books import MAP, SORTER, ForcedSpill, LoggedConsumer, Task, Window
from spillproof.counterexamples.audit.contradiction import MISSING, Rule
from spillproof.counterexamples.audit.executor import NEARBY, Executor
from spillproof.counterexamples.audit.grants import Entry
from spillproof.counterexamples.audit.interval import Interval
from spillproof.counterexamples.audit.sentences import Said, What, plain


def gave(books: Executor, said: Said) -> None:
    """A consumer had to spill for another."""
    task = books.whose(said)
    assert task is not None
    giver, asker = books.consumer(task, said.who), books.consumer(task, said.whom)
    books.granted()
    window = next((each for each in reversed(task.windows[-3:]) if each.name == said.who), None)
    announced = window if window is not None and window.kind == "forced spill" and not window.whom else None
    if announced is not None:
        announced.whom = asker.label
    else:
        read = window if window is not None and _is_this_spill(books, window) else None
        if read is not None:
            task.windows.remove(read)
        if giver.spillable and giver is not asker:
            made = _window(books, task, giver, asker, said.size)
            books.add_window(task, made)
            made.before = read.before if read is not None else made.before  # its grants, which its release ended
    task.spilling = None
    _victim(books, task, giver, asker, said.size)
    books.forced(task, _spill(books, task, giver, asker, said.size, announced))
    books.row(task, giver.label, f"had to spill {{}} for {asker.label}", said.size, holds=giver.used)


def _is_this_spill(books: Executor, window: Window) -> bool:
    """Return whether a collection that seemed to have been read to its end was forced to spill just now."""
    return window.kind == "read to its end" and books.line - window.line < NEARBY


def _window(books: Executor, task: Task, giver: LoggedConsumer, asker: LoggedConsumer, size: Interval) -> Window:
    window = Window(task.number, giver.label, giver.name, "forced spill", giver.kind, size, books.time, books.line)
    window.whom, window.while_read = asker.label, None
    return window


def _spill(  # noqa: PLR0917 - what a spill has
    books: Executor, task: Task, giver: LoggedConsumer, asker: LoggedConsumer, size: Interval, announced: Window | None
) -> ForcedSpill:
    asked = announced.asked if announced is not None else None
    return ForcedSpill(
        task.number,
        giver.label,
        asker.label,
        size,
        asked,
        books.time,
        books.line,
        books.taken(),
        announced=announced is not None,
        kind=giver.kind if giver.spillable else "",
    )


def _victim(books: Executor, task: Task, giver: LoggedConsumer, asker: LoggedConsumer, size: Interval) -> None:
    """Hold the order of victims against the first that was chosen for a request."""
    needs, task.needs = task.needs, None
    if needs is None or needs[0] != asker.name or not task.whole:
        return
    others = [each for each in task.consumers.values() if each not in (giver, asker) and each.used.lo > 0]
    if all(each.spillable and each.whole for each in (*others, giver)):  # all of one memory mode
        words = rules.wrong_victim(needs[1], size, others)
        found = books.tally.of_victims
        found.hold(Rule.VICTIM)
        if words:
            found.add(books.finding(Rule.VICTIM, task, giver.label, words, MISSING))


def needs(books: Executor, said: Said) -> None:
    """A consumer needs more than is free."""
    task = books.whose(said)
    assert task is not None
    asker = books.consumer(task, said.who)
    books.granted()
    task.needs = (said.who, said.size)
    books.row(task, asker.label, "needs {} more than is free", said.size, holds=asker.used)
    if task.refused is None:
        task.refused = (books.time, asker.label, said.size)


def tries(books: Executor, said: Said) -> None:
    """A consumer is asked to spill."""
    task = books.whose(said)
    assert task is not None
    giver, asker = books.consumer(task, said.who), books.consumer(task, said.whom)
    words = f"is asked to spill {{}} for {asker.label}"
    books.row(task, giver.label, words, said.size, holds=giver.used, free=False)


def forced(books: Executor, said: Said) -> None:
    """A collection is spilled while it is read."""
    task = books.whose(said)
    assert task is not None
    books.announced(task)
    collection = SORTER if SORTER in books.head else MAP if MAP in books.head else ""
    task.spilling = Window(
        task.number, collection or "a collection", "", "forced spill", collection, said.size, None, books.line
    )
    task.spilling.asked, task.spilling.announced = books.time, True
    books.row(task, "", "a map is spilled while it is read: {}", said.size, free=False)


def spills_itself(books: Executor, said: Said) -> None:
    """A map spills itself."""
    task = books.whose(said)
    if task is not None:
        task.self_spill = True
        books.row(task, "", "a map of {} spills itself", said.size, free=False)


def check(books: Executor, said: Said) -> None:
    """A collection looks at its estimate."""
    task = books.whose(said)
    if task is not None:
        task.check = (said.size, said.more)


def spill_failed(books: Executor, said: Said) -> None:
    """A consumer could not spill."""
    books.contradict(Rule.SPILLS, books.whose(said), "", f"{plain(said.who)} could not spill")


ENTRIES: Sequence[tuple[What, Entry]] = (
    (What.GAVE, gave),
    (What.NEEDS, needs),
    (What.TRIES, tries),
    (What.FORCED, forced),
    (What.SPILLS_ITSELF, spills_itself),
    (What.CHECK, check),
    (What.SPILL_FAILED, spill_failed),
)
