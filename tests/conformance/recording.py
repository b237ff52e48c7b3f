"""What real Spark answered, kept: runs of the machines that hold models against Spark, and every word of it.

`python -m tests.conformance.recording` drives releases of Spark and writes `tests/model/spark/recorded/`, a file for
each. `tests/model/spark/test_recorded.py` lets the models go through these runs again, without Java: a machine takes
the steps that it took, and compares the model with what Spark answered then.
"""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from spillproof.counterexamples.replay.real.build import Build
from spillproof.counterexamples.replay.real.worker import Worker, start
from spillproof.model.spark.fixes import PAGES, POOLS, TASK
from spillproof.model.spark.fixes.fix import Fix
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from tests.conformance.conftest import Release, Tally
from tests.conformance.test_conformance import (
    FAMILIES,
    MACHINES,
    PAGES_IN_THE_HEAP,
    Machine,
    ask_beside_a_map,
    ask_beside_a_sorter,
    fill_and_read,
    force_and_go_on,
    free_while_it_is_read,
    refuse_and_free,
    sort_what_is_too_much,
    take_what_is_spilled,
    wait_for_storage,
)

FOLDER = Path(__file__).parents[1] / "model" / "spark" / "recorded"
RELEASES = ("2.1.3", "2.4.0", "4.3.0")
"""Before most fixes, between, and with all that there are."""

RUNS, HEAP_RUNS = 40, 10
"""Runs that are taken of each kind on each release; and where the heap is looked into, which takes long."""
KEPT = 8
"""Of these, those that reach most of the models; and for each fix one that shows whether the release has it."""
STEPS = 12
OFTEN = settings(
    database=None,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    print_blob=False,
)
LONGEST = 8_000
"""Characters of a run that is kept."""

STORIES: dict[str, tuple[Callable[[Release, frozenset[str]], object], tuple[Fix, ...]]] = {
    "fill and read": (fill_and_read, PAGES),
    "refuse and free": (refuse_and_free, PAGES),
    "free while it is read": (free_while_it_is_read, PAGES),
    "sort what is too much": (sort_what_is_too_much, PAGES),
    "wait for storage": (wait_for_storage, POOLS),
    "take what is spilled": (take_what_is_spilled, (*TASK, *POOLS)),
    "ask beside a map": (ask_beside_a_map, TASK),
    "ask beside a sorter": (ask_beside_a_sorter, TASK),
    "force and go on": (force_and_go_on, TASK),
}
"""Runs that are written out, and the fixes that their models know."""


@dataclass
class Recorded:
    """A run: what was done, and what was asked of Spark meanwhile, with the answers."""

    kind: str
    release: str
    steps: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Rules of the machine and what they were given."""
    talk: list[tuple[str, Any]] = field(default_factory=list)

    def ask(self, *words: object) -> Any:
        """Answer as Spark did. Raises `AssertionError` where it was asked something else then."""
        asked, answer = self.talk.pop(0) if self.talk else ("nothing more", {})
        said = " ".join(map(str, words))
        assert said == asked, f"{self.kind}, {self.release}: the model leads to `{said}`, and to `{asked}` then"
        return answer

    def again(self, fixes: frozenset[str]) -> None:
        """Take the run with a model that has these fixes. Raises `AssertionError` where it and Spark part."""
        release = Release(self, Tally(), Build(self.release))  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        if self.kind in STORIES:
            STORIES[self.kind][0](release, fixes)
        else:
            self._go(self.machine(release, fixes))
        assert self.talk == []

    def _go(self, machine: Machine) -> None:
        for rule, given_ in self.steps:
            getattr(machine, rule)(**{name: read(value) for name, value in given_.items()})
        machine.teardown()

    def machine(self, release: Release, fixes: frozenset[str]) -> Machine:
        return MACHINES[self.kind][0](release, self.kind, fixes)


class _Listening:
    """A worker that keeps what is said."""

    def __init__(self, worker: Worker, run: Recorded) -> None:
        self.worker = worker
        self.run = run

    def ask(self, *words: object) -> Any:
        answer = self.worker.ask(*words)
        self.run.talk.append((" ".join(map(str, words)), answer))
        return answer


def heard(worker: Worker, run: Recorded) -> Release:
    """Return a release whose every word is kept."""
    return Release(_Listening(worker, run), Tally(), Build(run.release))  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def fixes_about(kind: str, release: str) -> frozenset[str]:
    """Return the fixes of a release that the model of a kind knows."""
    return Build(release).fixes(known_to(kind))


def known_to(kind: str) -> tuple[Fix, ...]:
    """Return the fixes that the model of a kind knows."""
    return STORIES[kind][1] if kind in STORIES else FAMILIES.get(kind, TASK)


def kinds_of(release: str) -> Iterator[str]:
    """Yield what is taken at random on a release.

    What is kept of pages is left out where the models do: until 2.3.0 a page that was freed has its bytes.
    """
    for kind in MACHINES:
        old = release < "2.3" and kind in PAGES_IN_THE_HEAP
        if not old:
            yield kind


def stories_of(release: str) -> Iterator[str]:
    """Yield what is taken that is written out.

    Before SPARK-18986 a map that is filled cannot be forced to spill, and until 2.3.0 a page that was freed has its
    bytes.
    """
    yield from (
        story for story in STORIES if release >= "2.3" or story not in ("force and go on", "free while it is read")
    )


def read(value: Any) -> Any:
    """Return what a rule is given: an order of downstream is written by its name."""
    return Downstream[value] if isinstance(value, str) and value in Downstream.__members__ else value


def written(value: Any) -> Any:
    """Return how it is written."""
    return value.name if isinstance(value, Downstream) else value


def recorded() -> Iterator[Recorded]:
    """Yield the runs that are kept."""
    for file in sorted(FOLDER.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield Recorded(**json.loads(line))


def record(worker: Worker, release: str, kind: str) -> list[Recorded]:
    """Return a few random runs of a machine on a release."""
    found: list[Recorded] = []

    @settings(OFTEN, max_examples=HEAP_RUNS if "heap" in kind else RUNS)
    @seed(20)
    @given(st.data())
    def play(data: Any) -> None:
        run = Recorded(kind, release)
        machine = run.machine(heard(worker, run), fixes_about(kind, release))
        (begin,) = machine._initialize_rules_to_run  # Hypothesis has no other name for it
        _take(run, machine, begin, data)
        for _ in range(STEPS):
            _take(run, machine, data.draw(st.sampled_from(machine.rules)), data)
        machine.teardown()
        found.append(run)

    play()
    return telling([each for each in found if len(line_of(each)) <= LONGEST], fixes_about(kind, release))


def told(worker: Worker, release: str, kind: str) -> Recorded:
    """Return a run that is written out, on a release."""
    run = Recorded(kind, release)
    STORIES[kind][0](heard(worker, run), fixes_about(kind, release))
    return run


def telling(runs: list[Recorded], fixes: frozenset[str]) -> list[Recorded]:
    """Return those of the runs that tell most about the models."""
    reached = {line_of(run): arcs(run, fixes) for run in runs}
    kept: list[Recorded] = []
    known: set[object] = set()
    while len(kept) < KEPT:
        best = max(runs, key=lambda run: len(reached[line_of(run)] - known))
        if not reached[line_of(best)] - known:
            break
        kept.append(best)
        known |= reached[line_of(best)]
    for fix in sorted(fixes | {each.name for each in known_to(runs[0].kind)}):
        shows = [run for run in (*kept, *runs) if parts(run, fixes ^ {fix})][:1]
        kept += [run for run in shows if run not in kept]
    return kept


def parts(run: Recorded, fixes: frozenset[str]) -> bool:
    """Return whether a model with other fixes goes another way."""
    try:
        copy.deepcopy(run).again(fixes)
    except Exception:  # noqa: BLE001 - a model with half of a fix may raise anything
        return True
    return False


def arcs(run: Recorded, fixes: frozenset[str]) -> set[object]:
    """Return the lines of the models that follow each other in a run."""
    found: set[object] = set()
    before: dict[int, int] = {}

    def line(frame: Any, event: str, _: Any) -> Any:
        if "/model/spark/" not in frame.f_code.co_filename:
            return None
        found.add((frame.f_code.co_filename, before.get(id(frame)), frame.f_lineno, event))
        before[id(frame)] = frame.f_lineno
        return line

    sys.settrace(line)
    try:
        copy.deepcopy(run).again(fixes)
    finally:
        sys.settrace(None)
    return found


def _take(run: Recorded, machine: Machine, rule: Any, data: Any) -> None:
    drawn = {name: data.draw(strategy) for name, strategy in rule.arguments.items()}
    run.steps.append((rule.function.__name__, {name: written(value) for name, value in drawn.items()}))
    rule.function(machine, **drawn)


def line_of(run: Recorded) -> str:
    """Return a run as a line."""
    return json.dumps(asdict(run), separators=(",", ":"))


def main() -> None:
    """Record all, on each release."""
    FOLDER.mkdir(exist_ok=True)
    for release in RELEASES:
        with start(Build(release)) as worker:
            runs = [run for kind in kinds_of(release) for run in record(worker, release, kind)]
            runs += [told(worker, release, kind) for kind in stories_of(release)]
        lines = [line_of(run) for run in runs]
        (FOLDER / f"{release}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(release, len(lines), "runs", sum(map(len, lines)) // 1000, "kB", flush=True)


if __name__ == "__main__":
    main()
