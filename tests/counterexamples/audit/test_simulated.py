"""Spark's accounting, simulated with tasks that contend, and logged as its releases do: nothing contradicts it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from spillproof.counterexamples.audit.audit import audit

SORTERS = (
    "org.apache.spark.util.collection.unsafe.sort.UnsafeExternalSorter",
    "org.apache.spark.shuffle.sort.ShuffleExternalSorter",
    "org.apache.spark.unsafe.map.BytesToBytesMap",
)
POOLS = (100 << 20, 366 << 20, 3400 << 20, (777 << 20) + 12345)


def spelled(size: int, *, binary: bool) -> str:
    """A size as Spark prints it: one decimal, half of it rounded up, a unit from two of it on; MiB since 3.0."""
    for unit, power in (("GB", 30), ("MB", 20), ("KB", 10)):
        if size >= 2 << power:
            tenths = (20 * size + (1 << power)) // (2 << power)
            return f"{tenths // 10}.{tenths % 10} {unit.replace('B', 'iB') if binary else unit}"
    return f"{size}.0 B"


@dataclass(eq=False)
class Consumer:
    """Who asks for memory, and spills when it is told to."""

    kind: str
    name: str
    used: int = 0


@dataclass
class Executor:
    """A pool that tasks share as Spark's do: no more than its part for each of them."""

    release: tuple[int, ...]
    chance: random.Random
    lines: list[str] = field(default_factory=list)
    used: dict[int, int] = field(default_factory=dict)
    second: float = 36000.0

    def __post_init__(self) -> None:
        self.pool = self.chance.choice(POOLS)
        self.newer = self.release >= (3, 3)

    def size(self, size: int) -> str:
        """A printed size."""
        return spelled(size, binary=self.release >= (3,))

    def say(self, message: str, logger: str = "TaskMemoryManager", level: str = "DEBUG") -> None:
        """Write a line."""
        self.second += self.chance.random()
        now = int(self.second)
        self.lines.append(f"20/06/28 {now // 3600:02}:{now // 60 % 60:02}:{now % 60:02} {level} {logger}: {message}")

    def grant(self, task: int, size: int) -> int:
        """What a task gets of the pool."""
        most = self.pool // len(self.used) - self.used[task]
        got = max(0, min(size, self.pool - sum(self.used.values()), most))
        self.used[task] += got
        return got

    def release_of(self, task: int, size: int, consumer: Consumer) -> None:
        """A consumer gives something back."""
        consumer.used -= size
        self.used[task] -= size
        self.say(f"Task {task} release {self.size(size)} from {consumer.name}")

    def spill(self, task: int, consumer: Consumer, whom: Consumer, lacking: int) -> int:
        """A consumer spills, page by page, and the one for whom it does gets what it lacked."""
        released = consumer.used
        if self.newer:
            self.say(f"Task {task} try to spill {self.size(released)} from {consumer.name} for {whom.name}")
        self.say(
            f"Thread 9{task} spilling sort data of {self.size(released)} to disk (0  time so far)",
            consumer.kind,
            "INFO",
        )
        while consumer.used:
            self.release_of(task, self.chance.randint(1 + consumer.used // 3, consumer.used), consumer)
        if self.newer:
            words = (
                f"spilled {self.size(released)} of requested {self.size(lacking)} from {consumer.name} for {whom.name}"
            )
        elif consumer is whom:
            words = f"released {self.size(released)} from itself ({consumer.name})"
        else:
            words = f"released {self.size(released)} from {consumer.name} for {whom.name}"
        self.say(f"Task {task} {words}")
        return self.grant(task, lacking)

    def acquire(self, task: int, asking: Consumer, size: int, consumers: Sequence[Consumer]) -> None:
        """A consumer asks: others of its task spill for it, the smallest that suffices first; then it itself."""
        got = self.grant(task, size)
        if got < size and self.newer:
            self.say(f"Task {task} need to spill {self.size(size - got)} for {asking.name}")
        while got < size:
            others = sorted(
                (each for each in consumers if each is not asking and each.used), key=lambda each: each.used
            )
            if not others:
                break
            lacking = size - got
            got += self.spill(
                task, next((each for each in others if each.used >= lacking), others[-1]), asking, lacking
            )
        if got < size and asking.used and self.chance.random() < 0.7:
            got += self.spill(task, asking, asking, size - got)
        asking.used += got
        self.say(f"Task {task} acquired {self.size(got)} for {asking.name}")

    def run(self) -> list[str]:
        """Run some tasks at once, to their ends."""
        self.say(f"Running Spark version {'.'.join(map(str, self.release))}", "SparkContext", "INFO")
        self.say(f"MemoryStore started with capacity {self.size(self.pool)}", "MemoryStore", "INFO")
        live: dict[int, list[Consumer]] = {}
        waiting = list(range(self.chance.randint(1, 6)))
        while waiting or live:
            if waiting and len(live) < self.chance.randint(1, 4):
                number = waiting.pop()
                live[number], self.used[number] = [], 0
                self.say(f"Running task {number}.0 in stage 1.0 (TID {number})", "Executor", "INFO")
            self.step(live)
        return self.lines

    def step(self, live: dict[int, list[Consumer]]) -> None:
        """One of the tasks does something."""
        task = self.chance.choice(list(live))
        consumers = live[task]
        if not consumers or (len(consumers) < 4 and self.chance.random() < 0.3):
            kind = self.chance.choice(SORTERS)
            consumers.append(Consumer(kind.rpartition(".")[2], f"{kind}@{self.chance.getrandbits(28):x}"))
        consumer, what = self.chance.choice(consumers), self.chance.random()
        if what < 0.7:
            most = self.chance.choice((4096, 1 << 22, self.pool // 2))
            self.acquire(task, consumer, self.chance.randint(1, most), consumers)
        elif what < 0.85 and consumer.used:
            self.release_of(task, self.chance.randint(1, consumer.used), consumer)
        elif what > 0.9:
            for each in consumers:
                if each.used:
                    self.release_of(task, each.used, each)
            self.say(
                f"Finished task {task}.0 in stage 1.0 (TID {task}). 1 bytes result sent to driver", "Executor", "INFO"
            )
            del live[task], self.used[task]


many = pytest.mark.parametrize("seeds", [range(8), pytest.param(range(8, 200), marks=pytest.mark.thorough)])


@many
@pytest.mark.parametrize("release", [(2, 2, 3), (2, 4, 8), (3, 1, 2), (3, 5, 1), (4, 3, 0)])
def test_what_spark_does_contradicts_nothing(release: tuple[int, ...], seeds: range, tmp_path: Path) -> None:
    """Whole, such a log is clean, and every line of it is understood; with lines taken away it accuses nobody."""
    for seed in seeds:
        chance = random.Random(f"{seed} {release}")
        lines = Executor(release, chance).run()
        left = [each for each in lines if chance.random() < 0.8] or lines[:1]
        (tmp_path / "whole").write_text("\n".join(lines) + "\n")
        (tmp_path / "left").write_text("\n".join(left) + "\n")
        whole, rest = audit([tmp_path / "whole"]), audit([tmp_path / "left"])

        assert (whole.findings(), whole.windows(), whole.counts.unknown) == ([], [], 0), seed
        assert whole.exit_status() == (0 if whole.ledger.debug else 3), seed  # nobody may have asked for anything
        assert (rest.contradictions(), rest.exit_status() != 1) == ([], True), seed
