"""Lines that are entered into the books one by one, as a reader does that has understood them."""

from __future__ import annotations

from spillproof.counterexamples.audit.books import LoggedConsumer, Task
from spillproof.counterexamples.audit.contradiction import Rule
from spillproof.counterexamples.audit.executor import Executor
from spillproof.counterexamples.audit.ledger import Ledger
from spillproof.counterexamples.audit.releases import ReleaseEvidence
from spillproof.counterexamples.audit.sentences import Said, gap, said_in
from tests.counterexamples.audit.logs import MAP, SORTER, UNSAFE

E1, E2, E3, S1, U1, U2 = f"{MAP}1", f"{MAP}2", f"{MAP}3", f"{SORTER}1", f"{UNSAFE}1", f"{UNSAFE}2"
CAPACITY = "MemoryStore started with capacity 1000.0 B"
BEGINS = "Running task 0.0 in stage 1.0 (TID 7)"
ENDS = "Finished task 0.0 in stage 1.0 (TID 7). 1 bytes result sent to driver"
FAILS = "Exception in task 0.0 in stage 1.0 (TID 7)"
OOM = "java.lang.OutOfMemoryError: Java heap space"


class Log:
    """Lines that are entered one by one, a second apart."""

    def __init__(self, *lines: str, release: tuple[int, ...] = (2, 3, 4)) -> None:
        self.ledger = Ledger(ReleaseEvidence(asked=release))
        self.line = 0
        self.say(*lines)

    def say(self, *lines: str, stream: str = "", head: str = "") -> Log:
        """Enter lines."""
        for each in lines:
            self.line += 1
            heard: list[Said | None] = [*said_in(each, suspected=True)] or [gap(each)]
            told = [said for said in heard if said is not None]
            assert told, each
            for said in told:
                self.ledger.enter(said, self.line, 36000.0 + self.line, head, stream)
        return self

    def books(self, stream: str = "") -> Executor:
        """The books of an executor."""
        return self.ledger.books[f"\0\0{stream}"]

    def task(self, number: int = 7) -> Task:
        """A task that runs or was kept."""
        return next(each for each in (*self.ledger.live.values(), *self.ledger.kept) if each.number == number)

    def consumer(self, name: str) -> LoggedConsumer:
        """A consumer of task 7."""
        return self.task().consumers[name]

    def broken(self) -> list[Rule]:
        """The rules that lines contradict, if none is missing."""
        return [each.rule for each in self.ledger.findings.all(whole=True)]
