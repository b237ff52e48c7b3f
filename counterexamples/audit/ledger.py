"""Whose books a line belongs into: each executor has its own, told apart by file, prefix and host.

A file of another name is another executor's log, unless it goes on with a task that runs in the books before: then it
is the next piece of the same log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from spillproof.counterexamples.audit import grants, life, spills
from spillproof.counterexamples.audit.books import Task
from spillproof.counterexamples.audit.executor import Executor
from spillproof.counterexamples.audit.interval import Interval
from spillproof.counterexamples.audit.sentences import Said, What
from spillproof.counterexamples.audit.tally import Tally

OPEN = 64
"""Executors whose books are open at once. That of which nothing was heard for longest is closed."""

_CAPACITY = What.CAPACITY
"""A member that is asked of its class costs as much as a line's time."""

_DO: dict[What, grants.Entry] = {what: do for each in (grants, spills, life) for what, do in each.ENTRIES}

_GOES_ON = frozenset(
    {What.ACQUIRED, What.REQUIRED, What.RELEASED, What.GAVE, What.FORCED, What.FINISHED, What.EXCEPTION, What.NEEDS}
)
"""What is said only where the task itself runs."""


@dataclass
class Ledger(Tally):
    """The books of all executors."""

    books: dict[str, Executor] = field(default_factory=dict)
    """Those that are open, by their streams; the last is the one heard of last."""
    aliases: dict[str, str] = field(default_factory=dict)
    container: str = ""
    """The container whose lines an aggregated log has come to."""
    family: str = ""
    last_key: str = ""
    stream: str = ""
    """The stream of the last line."""
    now: Executor | None = None
    """The executor of the last line."""

    @property
    def live(self) -> dict[int, Task]:
        """Return the tasks that run, of all executors."""
        return {number: task for each in self.books.values() for number, task in each.live.items()}

    @property
    def capacity(self) -> Interval | None:
        """Return the size of the pool, if there is one only."""
        found = {each for _, each in self.capacities}
        return found.pop() if len(found) == 1 else None

    def turn(self, family: str) -> None:
        """Turn to another file."""
        self.family, self.container, self.last_key, self.now = family, "", "", None

    def _of_file(self, said: Said) -> None:
        """Enter what is said of the file: another container's lines begin, or lines are missing."""
        if said.what is What.GAP:
            self._missing()
        else:
            self.container, self.last_key, self.now = said.text, "", None

    def _missing(self) -> None:
        """Take note that lines of this file are missing here, be they whose they may."""
        self.gaps += 1
        for key, each in self.books.items():
            if key.startswith(f"{self.family}\0"):
                each.missing()

    def enter(  # noqa: PLR0917 - what a line has
        self, said: Said, line: int, time: float | None, head: str, stream: str = "", record: int = 0
    ) -> None:
        """Enter what a line says. `record`: in which line that begins which it is a part of; 0 where nobody knows."""
        if said.what in _OF_THE_FILE:
            self._of_file(said)
            return
        books = self.now
        if books is None or stream != self.stream or not books.begun or said.what is _CAPACITY:
            books = self.now = self._of(stream, said)
            self.stream = stream
        books.at(line, time, head, record)
        if not self.info and " INFO" in f" {head}":
            self.info = True
        do: Callable[[Executor, Said], None] | None = _DO.get(said.what)
        if do is not None:
            if not books.begun and said.what not in _OF_NOBODY:
                books.begun = True
                self.executors += 1
            do(books, said)

    def _of(self, stream: str, said: Said) -> Executor:
        """Return the books that a line belongs into."""
        key = f"{self.family}\0{self.container}\0{stream}"
        if not stream and self.last_key:  # a line without its prefix is of whom the last one was
            key = self.last_key
        self.last_key = key
        key = self.aliases.get(key, key)
        books = self.books.pop(key, None)
        if said.what is _CAPACITY and books is not None and (books.capacity is not None or books.live):
            books.close("another executor's beginning")
            books = None
        if books is None or (not books.begun and said.what in _GOES_ON):
            key, books = self._new(key, books, said)
        self.books[key] = books  # the last is the one heard of last
        return books

    def _new(self, key: str, books: Executor | None, said: Said) -> tuple[str, Executor]:
        """Return new books, or those that a piece of the same log goes on with."""
        if said.task is not None and said.what in _GOES_ON:
            for other, each in self.books.items():
                if said.task in each.live:
                    self.aliases[key] = other
                    return other, self.books.pop(other)
        if books is None:
            if len(self.books) >= OPEN:
                self.books.pop(next(iter(self.books))).close()
            books = Executor(_name(key), self)
        return key, books

    def frame(self, words: str) -> None:
        """Take note of where the last exception was thrown."""
        if self.now is not None:
            self.now.frame(words)

    def close(self) -> None:
        """End what still runs, and decide what had to wait: the logs are over."""
        for each in self.books.values():
            each.close()
        self.decide()


_OF_THE_FILE = frozenset({What.CONTAINER, What.GAP})

_OF_NOBODY = frozenset({What.LOST, What.ERROR, What.KILL, What.SHUTDOWN, What.HEAP})
"""What is said of executors in other logs too, or of no executor."""


def _name(key: str) -> str:
    """Return what an executor is called: what tells it apart."""
    family, container, stream = key.split("\0")
    return stream or container or family.rpartition("/")[2] or family
