"""The Spark task of 2.4.0, proved for every size at 2 to 5 consumers; beside it Spin on the same rules, at some sizes.

python -m tests.benchmarks.spark.compare [--quick]
"""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.benchmarks.measure import QUICK, Clock, Ran, Results, has_spin, median, run, spillproof, this
from tests.benchmarks.spin import MEMORY_LIMIT, Searched, Verifier, verifier

MODEL = Path(__file__).with_name("spark_task.pml")
CONSUMERS = (2, 3) if QUICK else (2, 3, 4, 5)
CAPACITIES = (8, 32) if QUICK else (8, 32, 64, 128)
THREE_CONSUMERS: tuple[int, ...] = () if QUICK else (8, 16)
"""Capacities at which Spin searches with 3 consumers, while it can."""
REPETITIONS = {2: 5, 3: 5, 4: 3, 5: 1}
LIMIT = 20 if QUICK else 100
"""Seconds of CPU for one search of Spin's: on a busy machine, Spin is not the one to suffer."""
NETWORK = "--engine", "network"
"""Asks about several consumers as about any number of them, from four on."""
TARGETS = {(2, ()): 3.0, (3, ()): 6.0, (4, ()): 30.0, (4, NETWORK): 6.0, (5, NETWORK): 35.0}
"""Seconds of wall clock from the shell."""
DEEPEST = ("-m1000000", "-w22")
ACTIONS = "insert|iterator|pull|end_task"

PARTS = ("extraction", "equations", "inequalities", "certificate", "witnesses")

BROKEN: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "2.3.4": ("spark@2.3.4", (), ("-DFORCED_SPILL=false", "-DEXHAUSTION=false")),
    "2.4.0, no forced-spill half": (
        "spark@2.4.0",
        ("--without", "SPARK-22713-forced-spill"),
        ("-DFORCED_SPILL=false",),
    ),
    "2.4.0, no exhaustion half": ("spark@2.4.0", ("--without", "SPARK-22713-exhaustion"), ("-DEXHAUSTION=false",)),
    "2.4.0, spilled records dropped": ("spark@2.4.0", ("--with", "proposal-keep-nothing"), ("-DKEEP_NOTHING=true",)),
}
"""Rules that break a claim: our model, our options, and Spin's."""
BROKEN_CAPACITY = 2


def proof(consumers: int) -> dict[str, Any]:
    """Prove in this process, and say which part took how long. To be asked of a new process each time."""
    from spillproof.model.catalogue import find
    from spillproof.properties.engines import desk, portfolio, provers
    from spillproof.properties.engines.automaton.frontier import Frontier
    from spillproof.properties.engines.check import check

    spent: dict[str, tuple[float, float]] = dict.fromkeys(PARTS, (0.0, 0.0))
    automata: list[Any] = []

    @contextmanager
    def timed(part: str, owner: object, name: str) -> Iterator[None]:
        original: Callable[..., Any] = getattr(owner, name)

        def wrapper(*arguments: Any, **named: Any) -> Any:
            clock = Clock()
            try:
                found = original(*arguments, **named)
                if part == "extraction":
                    automata.append(arguments[0].automaton())
                return found
            finally:
                before, took = spent[part], clock.read()
                spent[part] = before[0] + took[0], before[1] + took[1]

        with patch.object(owner, name, wrapper):
            yield

    whole = Clock()
    with (
        timed("extraction", Frontier, "advance"),
        timed("equations", desk, "find_equations"),
        timed("inequalities", provers, "strengthen"),
        timed("certificate", portfolio.Portfolio, "confirm"),
        timed("witnesses", portfolio.Portfolio, "show_witnesses"),
    ):
        report = check(find("spark@2.4.0").build(consumers=consumers), time_limit=None)
    wall, cpu = whole.read()
    assert report.exit_status() == 0, [result.verdict.sentence() for result in report.results]
    shapes, edges = len(automata[-1].shapes), len(automata[-1].edges)
    return {
        "shapes": shapes,
        "edges": edges,
        "extractions": len(automata),
        "wall": wall,
        "cpu": cpu,
        **{f"{part} wall": took[0] for part, took in spent.items()},
        **{part: took[1] for part, took in spent.items()},
    }


def proofs(results: Results) -> dict[int, Ran]:
    """Measure ours: parts in process, the whole from the shell. Return a whole run, with median times, by consumers."""
    parts: list[list[object]] = []
    wholes: list[list[object]] = []
    middle: dict[int, Ran] = {}
    for consumers in CONSUMERS:
        repetitions = 2 if QUICK else REPETITIONS[consumers]
        inside = [this("tests.benchmarks.spark.compare", "proof", consumers) for _ in range(repetitions)]
        cpu = {part: median(each[part] for each in inside) for part in (*PARTS, "cpu", "wall")}
        rest = cpu["cpu"] - sum(cpu[part] for part in PARTS)
        parts.append(
            [
                f"{consumers} consumers",
                inside[0]["shapes"],
                inside[0]["edges"],
                *(cpu[part] for part in PARTS),
                rest,
                cpu["cpu"],
                cpu["wall"],
            ]
        )
        for options in ((), NETWORK) if consumers > 3 else ((),):
            whole, best = from_shell(consumers, options, repetitions)
            middle.setdefault(consumers, whole)
            name = " ".join((f"{consumers} consumers", *options))
            target = TARGETS.get((consumers, options))
            wholes.append([name, repetitions, whole.wall, best, whole.cpu, whole.mebibytes, target])
    results.table(
        "proving spark@2.4.0, all claims: parts, CPU seconds in process after imports",
        ("", "shapes", "edges", *PARTS, "rest", "all", "all, wall"),
        parts,
        "Every capacity, all sizes, any number of records and steps; consumers interchangeable.",
    )
    results.table(
        "`spillproof check spark@2.4.0 --consumers N` from the shell",
        ("", "runs", "median wall s", "best wall s", "median CPU s", "peak MiB", "target wall s"),
        wholes,
    )
    return middle


def from_shell(consumers: int, options: tuple[str, ...], repetitions: int) -> tuple[Ran, float]:
    """Prove from the shell, some times. Return a run with median times, and the least seconds of wall clock."""
    check = spillproof("check", "spark@2.4.0", "--consumers", consumers, *options, "--time-limit", "inf")
    runs = [run(check) for _ in range(repetitions)]
    assert all(each.status == 0 for each in runs), runs[0].output
    walls = [each.wall for each in runs]
    most = max(each.mebibytes for each in runs)
    return Ran(median(walls), median(each.cpu for each in runs), most, 0, ""), min(walls)


def beside_spin(results: Results, ours: dict[int, Ran], folder: Path) -> None:
    """Measure Spin at each capacity, and print it beside ours at the same number of consumers."""
    rows: list[list[object]] = []
    for consumers, capacities in {2: CAPACITIES, 3: THREE_CONSUMERS}.items():
        mine = ours[consumers]
        rows.append(
            [
                f"{consumers} consumers, ours, every capacity",
                None,
                None,
                None,
                mine.cpu,
                mine.wall,
                mine.mebibytes,
                "all proved",
                None,
            ]
        )
        for capacity in capacities:
            name = f"{consumers}-{capacity}"
            pan = verifier(folder / name, MODEL, f"-DCAPACITY={capacity}", f"-DCONSUMERS={consumers}")
            runs = searches(pan)
            done = runs[0]
            cpu, wall = median(each.ran.cpu for each in runs), median(each.ran.wall for each in runs)
            at_least = "" if done.errors is not None else "> "
            rows.append(
                [
                    f"{consumers} consumers, Spin, capacity {capacity}",
                    done.states,
                    done.transitions,
                    pan.seconds,
                    cpu,
                    wall,
                    max(each.ran.mebibytes for each in runs),
                    done.why_stopped or f"{done.errors} errors",
                    f"{at_least}{cpu / mine.cpu:.1f}",
                ]
            )
            assert not done.errors, done.ran.output
    results.table(
        "beside Spin on the same rules",
        ("", "states", "transitions", "generate + gcc s", "CPU s", "wall s", "peak MiB", "answer", "CPU / ours"),
        rows,
        "Ours: a whole process from the shell, start of Python included. Spin: the search alone.",
        f"Spin: depth first, all states, -O2, at most {LIMIT} s of CPU and {MEMORY_LIMIT} MiB; its answer covers one "
        "capacity, records of every size, and through an abstraction (spark_task.pml) any number of records.",
    )


def searches(pan: Verifier) -> list[Searched]:
    """Search all states three times, or once where that takes long."""
    first = pan.search(*DEEPEST, limit=LIMIT)
    again = 0 if QUICK or first.ran.wall > LIMIT / 10 else 2
    return [first, *(pan.search(*DEEPEST, limit=LIMIT) for _ in range(again))]


def broken(results: Results, folder: Path) -> None:
    """Have both find the shortest violation of rules that are wrong: the rules in Promela are ours, and not vacuous."""
    rows: list[list[object]] = []
    told: list[str] = []
    for name, (model, options, settings) in itertools.islice(BROKEN.items(), 1 if QUICK else None):
        ours = run(spillproof("check", model, *options, "--json"))
        violated = [each for each in json.loads(ours.output)["results"] if each["verdict"] == "violated"]
        steps = min(each["steps"] for each in violated)
        capacity = f"-DCAPACITY={BROKEN_CAPACITY}"
        pan = verifier(folder / name, MODEL, capacity, "-DSHORTEST", *settings, breadth_first=True)
        found = pan.search("-w20", limit=LIMIT)
        trail = pan.trail(ACTIONS)
        fewer = verifier(folder / f"{name}, fewer", MODEL, capacity, f"-DSTEPS={len(trail) - 1}", *settings)
        ruled_out = fewer.search(*DEEPEST, limit=LIMIT).errors == 0
        rows.append(
            [name, steps, len(trail), "yes" if ruled_out else "NO", ours.wall, ours.cpu, pan.seconds, found.ran.wall]
        )
        claims = ", ".join(sorted(each["claim"] for each in violated))
        told.append(f"{name}: {claims}. Spin's run (number of the map, size): {'; '.join(trail)}.")
        assert found.errors, found.ran.output
        assert ruled_out, name
        assert len(trail) == steps, (name, trail, steps)
    results.table(
        "rules that are wrong, 2 consumers",
        ("", "our steps", "Spin's", "fewer ruled out", "our wall s", "our CPU s", "generate + gcc s", "Spin's wall s"),
        rows,
        f"Spin: breadth first, capacity {BROKEN_CAPACITY}; that fewer steps are not enough is asked of it anew, of all "
        "states. Ours: every capacity, all claims, from the shell.",
        *told,
    )


def main() -> None:
    """Measure, and print all tables."""
    results = Results("spark")
    ours = proofs(results)
    if has_spin():
        with tempfile.TemporaryDirectory() as folder:
            beside_spin(results, ours, Path(folder))
            broken(results, Path(folder))


if __name__ == "__main__":
    if sys.argv[1:2] == ["proof"]:
        print(json.dumps(proof(int(sys.argv[2]))))
    else:
        main()
