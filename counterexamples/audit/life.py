"""What is said of tasks and of the executor: how they begin and end, and of what they die."""

from __future__ import annotations

from collections.abc import Sequence

from spillproof.counterexamples.audit.books import HeapFigures, OutOfMemory, Task
from spillproof.counterexamples.audit.contradiction import EARLY, Rule
from spillproof.counterexamples.audit.executor import ANOTHERS, THREAD, Executor
from spillproof.counterexamples.audit.grants import Entry
from spillproof.counterexamples.audit.interval import ZERO, spell
from spillproof.counterexamples.audit.sentences import Said, What, plain
from spillproof.counterexamples.audit.tally import Loss

LOSSES = 2000
"""Tasks that are kept of those of which only a driver says that they failed."""


def begins(books: Executor, said: Said) -> None:
    """A task begins."""
    assert said.task is not None
    if said.task in books.live:
        books.end(books.live[said.task], "", "the task's beginning again")
    task = books.task(said.task)
    task.title, task.begun, task.whole = plain(said.text), books.time, True


def finished(books: Executor, said: Said) -> None:
    """A task succeeds."""
    assert said.task is not None
    task = books.task(said.task)
    books.tally.finished += 1
    if task.whole and task.consumers:
        left = [each for each in task.consumers.values() if each.used.lo > 0 and each.whole]
        words = ", ".join(f"{each.label} {spell(each.used)}" for each in left[:4])
        books.hold(Rule.LEFT, task, None, f"it finished and still holds: {words}", kept=not left)
    books.end(task, "finished", "the task's end")


def killed(books: Executor, said: Said) -> None:
    """A task is killed, by Spark itself."""
    assert said.task is not None
    books.end(books.task(said.task), "killed", "the task's end")


def failed(books: Executor, said: Said) -> None:
    """A task fails here."""
    assert said.task is not None
    if said.task not in books.live and any(each.number == said.task for each in books.tally.kept):
        return  # said again
    task = books.task(said.task)
    if task.outcome == "failed":  # said again at once: its exception may stand behind this line
        books.excepted = (books.line, task)
        return
    task.title = task.title or plain(said.text)
    books.tally.fails(said.task)
    task.outcome, task.ended = "failed", books.time
    books.fail()
    books.excepted = (books.line, task)


def lost(books: Executor, said: Said) -> None:
    """A driver says that a task failed: here, where both are one process, or elsewhere."""
    assert said.task is not None
    if said.task in books.live:
        failed(books, said)
        return
    if any(each.number == said.task for each in books.tally.kept):
        return  # the driver says again what the executor has said
    known = books.tally.losses.get(said.task)
    where = plain(said.who.strip()) + (f", executor {plain(said.whom)}" if said.whom else "")
    loss = known or Loss(said.task, plain(said.text), where, books.line, books.time)
    if known is None and len(books.tally.losses) < LOSSES:
        books.tally.losses[said.task] = loss
        books.tally.failed += 1
    books.fail()
    books.excepted = (books.line, loss)


def leak(books: Executor, said: Said) -> None:
    """Spark itself says that a task had not released everything."""
    assert said.task is not None
    words = f"Spark itself says: a managed memory leak of {spell(said.size)}"
    books.contradict(Rule.LEFT, books.live.get(said.task), "", words, EARLY)


def error(books: Executor, said: Said) -> None:
    """An OutOfMemoryError, of the task whose it can be."""
    name = said.who.replace("/", ".").rpartition(".")[2].rpartition("$")[2]
    died(books, said, plain(f"{name}: {said.text}" if said.text else name))


def kill(books: Executor, said: Said) -> None:
    """Something died of memory, or was killed, without an OutOfMemoryError."""
    died(books, said, plain(said.text))


def died(books: Executor, said: Said, words: str) -> None:
    """Enter a death, to the books of the task whose it can be."""
    whose = _whose(books, said)
    if isinstance(whose, Task):
        books.died(whose, words)
    elif isinstance(whose, Loss):
        whose.error = whose.error or words
    else:
        books.tally.error(OutOfMemory(books.line, books.time, words, ZERO, None, (), heap=books.heap))


def _whose(books: Executor, said: Said) -> Task | Loss | None:
    """Return whose death it is, without taking note that a task was heard of."""
    if books.excepted is not None and books.goes_on(books.excepted[0]):
        return books.excepted[1]
    if books.record == ANOTHERS:
        return None
    if found := THREAD.search(f"{books.head} {said.text}"):
        return books.live.get(int(found[1] or found[2]))
    return next(iter(books.live.values())) if len(books.live) == 1 else None


def signal(books: Executor, _said: Said) -> None:
    """The executor is told to end; if it has tasks, and nobody said so before, that is a kill."""
    running = [each for each in books.live.values() if each.outcome != "failed"]
    if running and not books.told:
        books.tally.signals += 1


def shutdown(books: Executor, _said: Said) -> None:
    """The driver says that the executor is to end, or it is decommissioned."""
    books.told = True


def heap(books: Executor, said: Said) -> None:
    """The log says how much of the heap is in use."""
    most = said.more if said.more.hi else None
    what = plain(said.text or "heap")
    books.measured(HeapFigures(books.line, books.time, what, said.size, most))


ENTRIES: Sequence[tuple[What, Entry]] = (
    (What.BEGINS, begins),
    (What.FINISHED, finished),
    (What.KILLED, killed),
    (What.EXCEPTION, failed),
    (What.LOST, lost),
    (What.LEAK, leak),
    (What.ERROR, error),
    (What.KILL, kill),
    (What.SIGNAL, signal),
    (What.SHUTDOWN, shutdown),
    (What.HEAP, heap),
)
