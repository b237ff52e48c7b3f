"""The yardstick: the kernels beside Spin in one run on one core, and what the solver engines say of all capacities.

Both explore every state of the variant that never forgets a pin, sizes 1 and 2, at capacities 40 and 80, several times
in turn, so that a busy machine slows both. Spin is not charged for generating and compiling its verifier, nor the
kernels for starting Python; they are charged for extracting the automaton. Both count the same.

    python -m tests.benchmarks.yardstick.compare [--quick]
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import QUICK, Clock, Results, has_spin, median, run, spillproof, this
from tests.benchmarks.spin import verifier

CAPACITIES = (40,) if QUICK else (40, 80)
REPETITIONS = 2 if QUICK else 5
MODEL = Path(__file__).with_name("yardstick.pml")
CHIEF = "free_is_unreachable"
TARGET = 0.5
"""Seconds for each small question."""


def kernels(capacity: int) -> dict[str, float]:
    """Explore in this process. To be asked of a new process each time, or the peak memory means nothing."""
    import resource

    from spillproof.model.lessons.yardstick import Yardstick
    from spillproof.properties.accounting import free_is_unreachable
    from spillproof.properties.engines.exploration.kernel import explore_fast
    from spillproof.properties.engines.exploration.layers import Bounds

    clock = Clock()
    found = explore_fast(Yardstick(), [free_is_unreachable], Bounds(opening={"capacity": capacity}))
    wall, cpu = clock.read()
    assert found.complete
    assert not found.violations
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"states": found.states, "transitions": found.transitions, "wall": wall, "cpu": cpu, "mebibytes": peak}


def core() -> str:
    """Find the shortest violation of the deep variant over all capacities and sizes."""
    from spillproof.model.lessons.yardstick import Forgets, Yardstick
    from spillproof.properties.accounting import free_is_unreachable
    from spillproof.properties.engines.check import check
    from spillproof.properties.engines.verdict import Violated

    model = Yardstick(forgets=Forgets.AGAIN_WHEN_FULL)
    verdict = check(model, [free_is_unreachable], witnesses=False).of(free_is_unreachable)
    assert isinstance(verdict, Violated)
    assert verdict.minimal
    return f"{len(verdict.run)} steps, capacity {verdict.run.opening[0]}"


def deep() -> str:
    """Find the shortest violation of the deep variant at capacity 16, sizes 1 and 2."""
    from spillproof.model.lessons.yardstick import Forgets, Yardstick
    from spillproof.properties.accounting import free_is_unreachable
    from spillproof.properties.engines.exploration.kernel import explore_fast
    from spillproof.properties.engines.exploration.layers import Bounds

    model = Yardstick(forgets=Forgets.AGAIN_WHEN_FULL)
    found = explore_fast(model, [free_is_unreachable], Bounds(opening={"capacity": 16}, until_decided=True))
    return f"{len(found.violations[CHIEF])} steps"


def none() -> str:
    """Prove the variant that never forgets, for every capacity and all sizes."""
    from spillproof.model.lessons.yardstick import Yardstick
    from spillproof.properties.accounting import free_is_unreachable
    from spillproof.properties.engines.check import check

    return check(Yardstick(), [free_is_unreachable], witnesses=False).of(free_is_unreachable).word


QUESTIONS: dict[str, tuple[Callable[[], str], str, tuple[object, ...]]] = {
    "deep, capacity free": (core, "5 steps, capacity 1", ("yardstick:deep",)),
    "deep, capacity 16, sizes 1 and 2": (deep, "11 steps", ("yardstick:deep", "--capacity", 16, "--engine", "explore")),
    "none, every capacity": (none, "proved", ("yardstick:none",)),
}
"""What is asked in process, the answer, and the same asked of the command."""


def question(name: str) -> dict[str, object]:
    """Ask once in this process, after imports."""
    import spillproof.properties.engines.check
    import spillproof.properties.engines.exploration.kernel  # noqa: F401 - imported before the clock starts

    ask = QUESTIONS[name][0]
    clock = Clock()
    answer = ask()
    wall, cpu = clock.read()
    return {"answer": answer, "wall": wall, "cpu": cpu}


def explored(results: Results) -> None:
    """Explore all states by the kernels and by Spin in turn, and print the rates."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rows: list[list[object]] = []
    spin = has_spin()
    with tempfile.TemporaryDirectory() as name:
        for capacity in CAPACITIES:
            pan = verifier(Path(name) / str(capacity), MODEL, f"-DCAPACITY={capacity}") if spin else None
            ours: list[dict[str, float]] = []
            theirs: list[dict[str, float]] = []
            for _ in range(REPETITIONS):
                ours.append(this("tests.benchmarks.yardstick.compare", "kernels", capacity))
                if pan is not None:
                    found = pan.search("-m200000", "-w22")
                    assert found.errors == 0, found.ran.output
                    assert (found.states, found.transitions) == (ours[0]["states"], ours[0]["transitions"])
                    theirs.append(
                        {**ours[0], "wall": found.ran.wall, "cpu": found.ran.cpu, "mebibytes": found.ran.mebibytes}
                    )
            rows.append(_rate(f"kernels, capacity {capacity}", ours))
            if theirs:
                rows.append(_rate(f"Spin, capacity {capacity}", theirs))
                rows[-2][-1] = f"{median(each['cpu'] for each in theirs) / median(each['cpu'] for each in ours):.1f}"
    results.table(
        "every state of the variant none, one core",
        (
            "",
            "states",
            "transitions",
            "median CPU s",
            "best CPU s",
            "median wall s",
            "M transitions / CPU s",
            "peak MiB",
            "Spin's CPU / ours",
        ),
        rows,
        "The kernels: in process after imports, extraction included. Spin: the run only, depth first, -O2.",
    )


def _rate(name: str, runs: list[dict[str, float]]) -> list[object]:
    cpu = median(each["cpu"] for each in runs)
    return [
        name,
        runs[0]["states"],
        runs[0]["transitions"],
        cpu,
        min(each["cpu"] for each in runs),
        median(each["wall"] for each in runs),
        runs[0]["transitions"] / cpu / 1e6,
        max(each["mebibytes"] for each in runs),
        None,
    ]


def asked(results: Results) -> None:
    """Ask the small questions, in process and from the shell."""
    rows: list[list[object]] = []
    for name, (_, expected, command) in QUESTIONS.items():
        inside: list[Any] = [this("tests.benchmarks.yardstick.compare", "question", name) for _ in range(REPETITIONS)]
        assert {each["answer"] for each in inside} == {expected}
        shell = [run(spillproof("check", *command, "--claim", CHIEF)) for _ in range(REPETITIONS)]
        assert {each.status for each in shell} <= {0, 1}, shell[0].output
        rows.append(
            [
                name,
                expected,
                median(each["wall"] for each in inside),
                median(each["cpu"] for each in inside),
                TARGET,
                median(each.wall for each in shell),
                median(each.cpu for each in shell),
                max(each.mebibytes for each in shell),
            ]
        )
    start = [run(spillproof("--help")) for _ in range(REPETITIONS)]
    rows.append(
        [
            "`spillproof --help`",
            "",
            None,
            None,
            None,
            median(each.wall for each in start),
            median(each.cpu for each in start),
            max(each.mebibytes for each in start),
        ]
    )
    results.table(
        "small questions: the chief claim",
        ("", "answer", "in process, wall s", "CPU s", "target", "whole process, wall s", "CPU s", "peak MiB"),
        rows,
        "In process: after imports, in a new process each time. Whole process: `spillproof check … --claim "
        f"{CHIEF}`, witnesses included.",
        "With sizes unbounded, capacity 16 has the 5 steps of every capacity: one acquires all at once.",
    )


def main() -> None:
    """Measure, and print all tables. The small questions first: the exploration keeps to one core."""
    results = Results("yardstick")
    asked(results)
    explored(results)


if __name__ == "__main__":
    if sys.argv[1:2] == ["kernels"]:
        print(json.dumps(kernels(int(sys.argv[2]))))
    elif sys.argv[1:2] == ["question"]:
        print(json.dumps(question(sys.argv[2])))
    else:
        main()
