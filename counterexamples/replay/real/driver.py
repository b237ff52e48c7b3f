"""A run of a model taken on real Spark, step by step, and what is seen there after each step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.real.expectation import After, Deed
from spillproof.counterexamples.replay.real.units import Units
from spillproof.counterexamples.replay.real.worker import Answer, Worker, WorkerError
from spillproof.model.errors import ModelError

LOOKS = 2048
"""By so many bytes must a request exceed what is used, for Spark to make it."""


RECORDS = 32
"""So many records of Spark are one of the model: a collection looks at every 32nd."""


def kind_and_number(deed: Deed) -> list[object]:
    """Return what to make: a kind of collection, and after how many records of Spark it spills, if it does.

    It is to spill where it looks. A map does so before it counts the record of the model that it then puts in.
    """
    kind, _, manner = deed.kind.partition(" ")
    if not deed.number:
        return [kind, manner] if manner else [kind]
    looks = deed.number + (2 if kind == "map" else 1)
    return [kind, manner or "plain", RECORDS * looks - 1]


@dataclass(frozen=True)
class Collection:
    """A collection in memory, as it was found in the heap."""

    generation: int
    """Which of its consumer's it is, from 1."""
    current: bool
    """Whether the consumer's own fields name it."""
    size: int


@dataclass(frozen=True)
class Seen:
    """Real Spark after a step."""

    used: dict[str, int]
    pool: int
    alive: dict[str, tuple[Collection, ...]] | None
    """What is in the heap of each consumer after a full garbage collection; None where nobody looked."""
    raised: str = ""
    at: str = ""
    delivered: int = 0
    chains: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """For what is released and reachable, by which references: the consumer, and links `Class.field`."""
    dump: str = ""
    """The heap dump of this moment. Empty where none was made."""

    def held(self, consumer: str) -> int:
        """Return the bytes of collections that the consumer no longer counts, and that are there."""
        found = () if self.alive is None else self.alive.get(consumer, ())
        return sum(each.size for each in found if not (each.current and self.used.get(consumer, 0) > 0))

    def counted(self, consumer: str) -> int:
        """Return the bytes of the collection that it counts."""
        found = () if self.alive is None else self.alive.get(consumer, ())
        return sum(each.size for each in found) - self.held(consumer)


@dataclass
class Driver:
    """Takes steps on a worker."""

    worker: Worker
    units: Units
    looking: bool = True
    """Whether to look into the heap after each step, which takes two full collections of garbage."""
    evidence: bool = False
    allocate: bool = False
    dump: Path | None = None
    """Where to write a heap dump of the first moment at which something is released and reachable."""

    def begin(self) -> Seen:
        """Begin a task with nothing in it."""
        self.known: dict[str, str] = {}
        self.dumped = False
        return self.see(self.worker.ask("begin", self.units.pool))

    def drive(self, run: Sequence[After]) -> Iterator[Seen]:
        """Take a run. What an exception ends is not gone on with."""
        yield self.begin()
        for each in run[1:]:
            assert each.deed is not None
            seen = self.take(each.deed)
            yield seen
            if seen.raised:
                return

    def take(self, deed: Deed) -> Seen:
        """Take a step, and look."""
        if deed.consumer and deed.consumer not in self.known and deed.action == "insert":
            self.known[deed.consumer] = deed.kind
            self.worker.ask("new", deed.consumer, *kind_and_number(deed))
        answer = getattr(self, f"take_{deed.action}")(deed)
        return self.see(answer)

    def take_insert(self, deed: Deed) -> Answer:
        """Put in what makes the consumer ask for the size; for more than there is, where it is to be refused."""
        used = self.used(deed.consumer)
        wanted = max(self.units.of(deed.size), used + LOOKS)
        if deed.for_its_number and deed.spills_itself == 1:
            answer = self.worker.ask("insert", deed.consumer, wanted)
            if "raised" not in answer and deed.kind == "map":
                answer = self.worker.ask("again", deed.consumer, self.units.of(deed.size))
        elif not deed.spills_itself:
            answer = self.worker.ask("insert", deed.consumer, wanted)
        else:
            answer = self.worker.ask(
                "insert", deed.consumer, max(2 * self.units.pool - used, used) + self.units.pool // 8
            )
            if "raised" not in answer and deed.spills_itself == 1 and deed.kind == "map":
                answer = self.worker.ask("again", deed.consumer, self.units.of(deed.size))
        if self.allocate and "raised" not in answer:
            answer = self.worker.ask("fill", deed.consumer)
        return answer

    def used(self, consumer: str) -> int:
        """Return what a consumer uses now."""
        return int(self.last["used"].get(consumer, 0))

    def take_iterator(self, deed: Deed) -> Answer:
        """Begin to read. What nothing was put into was never made here."""
        return self.worker.ask("open", deed.consumer) if deed.consumer in self.known else {"accounts": self.last}

    def take_pull(self, deed: Deed) -> Answer:
        """Pull one record of the model; at its end the application may drop the iterator."""
        answer = self.worker.ask("pull", deed.consumer)
        if deed.drops and "raised" not in answer:
            self.worker.ask("drop", deed.consumer)
        return answer

    def take_end_task(self, _deed: Deed) -> Answer:
        """End the task."""
        return {key: value for key, value in self.worker.ask("end").items() if key != "result"}

    def see(self, answer: Answer) -> Seen:
        """Look at what there is after a step."""
        if "IllegalArgument" in answer.get("raised", "") and "spillproof" in answer.get("at", ""):
            raise ModelError(f"real Spark cannot be driven so: {answer['raised'].partition(': ')[2]}")
        self.last = answer["accounts"]
        result = answer.get("result")
        alive = self.alive() if self.looking and "OutOfMemory" not in answer.get("raised", "") else None
        seen = Seen(
            used=dict(self.last["used"]),
            pool=self.last["pool"],
            alive=alive,
            raised=answer.get("raised", ""),
            at=answer.get("at", ""),
            delivered=result if isinstance(result, int) else 0,
        )
        return self.with_evidence(seen) if self.evidence else seen

    def with_evidence(self, seen: Seen) -> Seen:
        """Return the same with what keeps what was released, and with a heap dump if it is the first moment of that."""
        chains = tuple(self.chains(seen))
        if not chains or self.dump is None or self.dumped:
            return replace(seen, chains=chains)
        self.dump.unlink(missing_ok=True)  # of an attempt in which Spark chose another victim
        answer = self.worker.ask("dump", self.dump.absolute())
        if "raised" in answer:
            raise ModelError(f"the heap could not be dumped into {self.dump}: {answer['raised']}")
        self.dumped = True
        return replace(seen, chains=chains, dump=str(self.dump))

    def alive(self) -> dict[str, tuple[Collection, ...]]:
        """Return what is in the heap."""
        answer = self.worker.ask("reach")
        if "result" not in answer:
            raise WorkerError(f"{self.worker.title}: the heap could not be looked into: {answer['raised']}")
        found: dict[str, list[dict[str, Any]]] = answer["result"]
        return {
            name: tuple(Collection(each["generation"], each["current"], each["bytes"]) for each in members)
            for name, members in found.items()
        }

    def chains(self, seen: Seen) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield by which references collections are held that are counted free: from Spark, and from downstream."""
        for name, members in (seen.alive or {}).items():
            for each in members:
                if self.units.counts(each.size) and not (each.current and seen.used.get(name, 0) > 0):
                    for whence in ("spark", "downstream"):
                        if found := self.worker.ask("chain", name, each.generation, whence)["result"]:
                            yield name, tuple(found)
