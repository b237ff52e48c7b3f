"""The kernels beside Spin on the yardstick, in one run, on one core.

Both explore every state of the variant that never forgets a pin, sizes 1 and 2, at capacities 40 and 80, several times
in turn, so that a busy machine slows both. Spin is not charged for generating and compiling its verifier, nor the
kernels for starting Python; they are charged for extracting the automaton. Both count the same.

    python benchmarks/yardstick/compare.py [REPETITIONS]
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

CAPACITIES = (40, 80)
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Measured:
    """One exploration of all states."""

    states: int
    transitions: int
    seconds: float
    mebibytes: float


def kernels(capacity: int) -> Measured:
    """Explore in this process. To be asked of a new process each time, or the peak memory means nothing."""
    import resource

    from spillproof.model.lessons.yardstick import Yardstick
    from spillproof.properties.accounting import free_is_unreachable
    from spillproof.properties.engines.kernel import explore_fast
    from spillproof.properties.engines.layers import Bounds

    start = time.perf_counter()
    found = explore_fast(Yardstick(), [free_is_unreachable], Bounds(opening={"capacity": capacity}))
    seconds = time.perf_counter() - start
    assert found.complete
    assert not found.violations
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(found.states, found.transitions, seconds, peak)


def deep(capacity: int) -> tuple[int, float]:
    """Return the steps of the shortest violation of the deep variant, and the seconds that it took."""
    from spillproof.model.lessons.yardstick import Forgets, Yardstick
    from spillproof.properties.accounting import free_is_unreachable
    from spillproof.properties.engines.kernel import explore_fast
    from spillproof.properties.engines.layers import Bounds

    start = time.perf_counter()
    model = Yardstick(forgets=Forgets.AGAIN_WHEN_FULL)
    found = explore_fast(model, [free_is_unreachable], Bounds(opening={"capacity": capacity}, until_decided=True))
    return len(found.violations["free_is_unreachable"]), time.perf_counter() - start


def in_new_process(task: str, capacity: int) -> list[float]:
    """Return what `kernels` or `deep` answer in a process of their own."""
    command = [sys.executable, __file__, task, str(capacity)]
    answer: list[float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer


def verifier(folder: Path, capacity: int) -> Path:
    """Return Spin's verifier for a capacity, compiled."""
    shutil.copy(HERE / "yardstick.pml", folder)
    generate = ["spin", f"-DCAPACITY={capacity}", "-a", "yardstick.pml"]
    subprocess.run(generate, cwd=folder, check=True, capture_output=True)
    pan = folder / f"pan{capacity}"
    subprocess.run(["gcc", "-O2", "-DSAFETY", "-DNOFAIR", "-o", pan, "pan.c"], cwd=folder, check=True)
    return pan


def spin(pan: Path) -> Measured:
    """Run a verifier: depth first, with a hash table and a stack as large as capacity 80 needs."""
    out = subprocess.run([pan, "-m200000", "-w22"], cwd=pan.parent, check=True, capture_output=True, text=True).stdout
    if "errors: 0" not in out or "max search depth too small" in out:
        raise RuntimeError(out)

    def number(pattern: str) -> float:
        found = re.search(pattern, out)
        if found is None:
            raise RuntimeError(f"Spin did not say {pattern!r}:\n{out}")
        return float(found[1])

    return Measured(
        int(number(r"(\d+) states, stored")),
        int(number(r"(\d+) transitions")),
        number(r"elapsed time ([\d.]+)"),
        number(r"([\d.]+)\s+total actual memory"),
    )


def row(name: str, runs: list[Measured]) -> float:
    """Print a row of the table. Return the median of the seconds."""
    median, best = statistics.median(each.seconds for each in runs), min(each.seconds for each in runs)
    one = runs[0]
    print(
        f"{name:22}{one.states:>11,}{one.transitions:>12,}{median:>9.2f}{best:>8.2f}"
        f"{one.transitions / median / 1e6:>12.1f}{one.transitions / best / 1e6:>8.1f}"
        f"{max(each.mebibytes for each in runs):>8.0f}"
    )
    return median


def compare(repetitions: int) -> None:
    """Measure both in turn, and print a table."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    has_spin = bool(shutil.which("spin") and shutil.which("gcc"))
    if not has_spin:
        print("spin or gcc is missing (Debian: apt-get install spin gcc): the kernels alone")
    print(
        f"{'one core':22}{'states':>11}{'transitions':>12}{'median s':>9}{'best s':>8}{'median M/s':>12}{'best':>8}"
        f"{'MiB':>8}"
    )
    with tempfile.TemporaryDirectory() as name:
        for capacity in CAPACITIES:
            pan = verifier(Path(name), capacity) if has_spin else None
            ours: list[Measured] = []
            theirs: list[Measured] = []
            for _ in range(repetitions):
                states, transitions, seconds, peak = in_new_process("kernels", capacity)
                ours.append(Measured(int(states), int(transitions), seconds, peak))
                if pan is not None:
                    theirs.append(spin(pan))
            median = row(f"kernels, capacity {capacity}", ours)
            if theirs:
                ratio = row(f"Spin, capacity {capacity}", theirs) / median
                print(f"{'':22}the kernels are {ratio:.1f} times as fast (medians)")
                assert (ours[0].states, ours[0].transitions) == (theirs[0].states, theirs[0].transitions)
    steps, _ = in_new_process("deep", 16)
    times = [in_new_process("deep", 16)[1] for _ in range(repetitions)]
    print(f"deep at capacity 16: {int(steps)} steps in {statistics.median(times):.2f} s (best {min(times):.2f})")


if __name__ == "__main__":
    if sys.argv[1:2] == ["kernels"]:
        measured = kernels(int(sys.argv[2]))
        print(json.dumps([measured.states, measured.transitions, measured.seconds, measured.mebibytes]))
    elif sys.argv[1:2] == ["deep"]:
        print(json.dumps(deep(int(sys.argv[2]))))
    else:
        compare(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
