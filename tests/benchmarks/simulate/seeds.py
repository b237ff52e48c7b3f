"""Random runs alone on spark@2.3.4, seed by seed: found or not, how fast, and whether what is reported is the minimum.

python -m tests.benchmarks.simulate.seeds [--quick]
"""

from __future__ import annotations

import json
import sys

from tests.benchmarks.measure import QUICK, Clock, Results, median, run, spillproof, this

MODEL = "spark@2.3.4"
SEEDS = range(3 if QUICK else 20)
SHELL_SEEDS = range(1 if QUICK else 20)
"""Seeds with which the whole command is run: the verdict must be the same to the byte."""


def seed(number: int) -> dict[str, object]:
    """Search with one seed in this process, after imports."""
    from spillproof.model.catalogue import find
    from spillproof.properties.accounting import free_is_unreachable
    from spillproof.properties.engines.check import check
    from spillproof.properties.engines.simulate import simulate
    from spillproof.properties.engines.verdict import Violated

    model = find(MODEL).build()
    clock = Clock()
    found = simulate(model, [free_is_unreachable], seed=number)
    wall, cpu = clock.read()
    first = found.found[free_is_unreachable.name]
    clock = Clock()
    verdict = check(model, [free_is_unreachable], engine="simulate", seed=number, witnesses=False).of(
        free_is_unreachable
    )
    whole = clock.read()[0]
    assert isinstance(verdict, Violated)
    return {
        "steps": None if first is None else len(first),
        "examples": found.examples,
        "wall": wall,
        "cpu": cpu,
        "with certificate": whole,
        "run": repr((verdict.run.opening, verdict.run.steps)),
        "certified": bool(verdict.minimal),
    }


def minimum() -> str:
    """Return the run that the bounded engine certifies to be the shortest."""
    from spillproof.model.catalogue import find
    from spillproof.properties.accounting import free_is_unreachable
    from spillproof.properties.engines.check import check
    from spillproof.properties.engines.verdict import Violated

    verdict = check(find(MODEL).build(), [free_is_unreachable], engine="bounded", witnesses=False).of(
        free_is_unreachable
    )
    assert isinstance(verdict, Violated)
    assert verdict.minimal
    return repr((verdict.run.opening, verdict.run.steps))


def main() -> None:
    """Measure each seed in a process of its own, and print the table."""
    results = Results("simulate")
    shortest = this("tests.benchmarks.simulate.seeds", "minimum")
    measured = [this("tests.benchmarks.simulate.seeds", "seed", number) for number in SEEDS]
    same = [each["run"] == shortest and each["certified"] for each in measured]
    rows: list[list[object]] = [
        [
            f"seed {number}",
            each["steps"],
            each["examples"],
            each["wall"],
            each["cpu"],
            each["with certificate"],
            "yes" if alike else "NO",
        ]
        for number, each, alike in zip(SEEDS, measured, same, strict=True)
    ]
    seconds = [
        f"{part} of {len(measured)}" for part in (sum(each["steps"] is not None for each in measured), sum(same))
    ]
    medians = [median(each[name] for each in measured) for name in ("wall", "cpu", "with certificate")]
    rows.append(["median", f"found {seconds[0]}", None, *medians, seconds[1]])
    results.table(
        f"random runs on {MODEL}: free_is_unreachable, in process after imports",
        ("", "steps as found", "runs tried", "wall s", "CPU s", "with certificate, wall s", "the minimum"),
        rows,
        'The minimum: `check(engine="simulate", seed=…)` reports, byte for byte, the run that the bounded engine '
        "certifies.",
    )
    commands(results)
    assert all(same)


def commands(results: Results) -> None:
    """Run the whole command with each seed: all claims, every engine."""
    ran = [run(spillproof("check", MODEL, "--json", "--seed", number)) for number in SHELL_SEEDS]
    plain = [run(spillproof("check", MODEL)) for _ in range(2 if QUICK else 5)]
    for each in (*ran, *plain):
        assert each.status == 1, each.output
    answers = {_without_seconds(each.output) for each in ran}
    results.table(
        f"`spillproof check {MODEL}` from the shell, all claims",
        ("", "runs", "median wall s", "best wall s", "median CPU s", "peak MiB", "target wall s"),
        [
            [
                "as it is",
                len(plain),
                median(each.wall for each in plain),
                min(each.wall for each in plain),
                median(each.cpu for each in plain),
                max(each.mebibytes for each in plain),
                3.0,
            ],
            [
                "--json --seed 0, 1, …",
                len(ran),
                median(each.wall for each in ran),
                min(each.wall for each in ran),
                median(each.cpu for each in ran),
                max(each.mebibytes for each in ran),
                3.0,
            ],
        ],
        f"Different answers among the {len(ran)} seeds, seconds left out: {len(answers)} (1 means all are the same).",
    )
    assert len(answers) == 1


def _without_seconds(output: str) -> str:
    answer = json.loads(output)
    for each in answer["results"]:
        del each["seconds"]
    return json.dumps(answer)


if __name__ == "__main__":
    if sys.argv[1:2] == ["seed"]:
        print(json.dumps(seed(int(sys.argv[2]))))
    elif sys.argv[1:2] == ["minimum"]:
        print(json.dumps(minimum()))
    else:
        main()
