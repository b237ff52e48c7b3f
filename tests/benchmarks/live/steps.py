"""What a step on running code costs: `python -m tests.benchmarks.live.steps`.

The ledger-only path is to be under a millisecond a step. Measured without Hypothesis around it, and with.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.claims import asked_of
from spillproof.properties.live.live_check import check_live
from spillproof.properties.live.measure import Traced
from spillproof.properties.live.move import Move
from spillproof.properties.live.offers import seen_of
from spillproof.properties.live.search import measuring
from spillproof.properties.live.session import Session, hits

ROUNDS = 300


class Plain(Adapter):
    """A dict: the step itself costs next to nothing."""

    def begin(self, folder: Path) -> None:
        self.values: dict[str, Any] = {}

    def put(self, key: str, value: Any) -> None:
        self.values[key] = value

    def get(self, key: str) -> Any:
        return self.values[key]

    def delete(self, key: str) -> None:
        del self.values[key]

    def accounted(self) -> int:
        return sum(map(len, self.values.values()))


class PlainTraced(Plain):
    """The same, measured by tracemalloc."""

    measured_by = Traced


def seconds_a_step(adapter: type[Adapter]) -> float:
    """Return the seconds of a step with all claims evaluated, the least of three tries."""
    claims, _ = asked_of(seen_of(adapter))
    script = [Move("put", "a", 1), Move("put", "b", 2), Move("get", "a"), Move("delete", "a"), Move("delete", "b")]
    times = []
    for _ in range(3):
        with measuring(adapter), Session(adapter, claims) as playing:
            started = time.perf_counter()
            for move in script * (ROUNDS // len(script)):
                before, step = playing.steps[-1], playing.take(move)
                assert not any(hits(claim, before, step) for claim in claims)
            times.append((time.perf_counter() - started) / ROUNDS)
    return min(times)


def main() -> None:
    """Measure, and print."""
    for adapter in (Plain, PlainTraced):
        report = check_live(adapter, examples=50)
        print(f"{adapter.__name__:<12} {seconds_a_step(adapter) * 1e6:8.0f} µs a step, measured by "
              f"{adapter.measured_by.__name__}; {report.seconds / report.steps * 1e6:6.0f} µs with Hypothesis "
              f"({report.steps:,} steps in {report.runs} runs)")  # fmt: skip


if __name__ == "__main__":
    main()
