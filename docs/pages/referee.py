"""The page on which other checkers referee our counts: how many states there are, and how long the shortest run is.

`make referee` writes it where Spin is installed; TLC too, where TLA2TOOLS names its jar. A test compares the columns
with each other for whatever is installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spillproof.counterexamples.explorer.explore import automaton
from spillproof.counterexamples.export.checkers.program import Program, program
from spillproof.counterexamples.export.checkers.promela import promela
from spillproof.counterexamples.export.checkers.tla import tla
from spillproof.counterexamples.question import Question
from spillproof.properties.engines.exploration.explore import explore
from spillproof.properties.engines.exploration.layers import Bounds

PAGE = Path(__file__).parents[1] / "reference" / "referee.md"

MODELS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lesson:release", ()),
    ("kv-blocks", ()),
    ("python:spooled-file", ()),
    ("velox:leaf", ()),
    ("spark:page-table@2.3.4", ()),
    ("pytorch", ()),
    ("datafusion", ()),
)
"""Models whose sizes are bounded by themselves, and their scope."""

SIZES = (1, 2, 3)
"""The largest sizes."""

SECONDS = 120
"""For one run of another checker."""


@dataclass(frozen=True)
class Counts:
    """What a checker says of a model at some size."""

    states: int
    """Without the one before the beginning, and without those that a broken claim leads to."""
    shortest: int | None
    """The steps of the shortest run that violates a claim; None where none does."""


@dataclass(frozen=True)
class Asked:
    """A model at a size."""

    title: str
    settings: tuple[str, ...]
    largest: int

    def question(self) -> Question:
        """Return the question for the model."""
        return Question.of(self.title).at(self.settings)

    def program(self) -> Program:
        """Return what is written for other checkers."""
        return program(automaton(self.question().model()), self.title)


def ours(asked: Asked) -> Counts:
    """Return what the plain walk over Python objects says: no automaton, no symmetry of ours but the bags'."""
    found = explore(asked.question().model(), None, Bounds(asked.largest))
    return Counts(found.states, min(map(len, found.violations.values()), default=None))


# Spin


def has_spin() -> bool:
    """Return whether Spin and a C compiler are installed."""
    return all(map(shutil.which, ("spin", "gcc")))


def spin(asked: Asked, made: Program) -> Counts:
    """Return what Spin says."""
    text = promela(made, "")
    states = {*re.findall(r"^STATE.*$", _spin(text, asked.largest, "-DCOUNT"), re.MULTILINE)}
    return Counts(len(states), _shortest(text, asked.largest))


def _shortest(text: str, largest: int) -> int | None:
    """Return the least number of steps with which an assertion fails: with one less, none does."""
    told = _spin(text, largest)
    steps = None
    while "errors: 0" not in told:
        steps = len(re.findall(r"^ *\w+\(.*\).*$", told.partition(TRAIL)[2], re.MULTILINE)) - 1
        told = _spin(text, largest, f"-DSTEPS={steps}")  # begin is one more
    return steps


TRAIL = "the run to the error:"


def _spin(text: str, largest: int, *settings: str) -> str:
    given = [f"-DLARGEST={largest}", *settings]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "model.pml").write_text(text, encoding="utf-8")
        _run(["spin", *given, "-a", "model.pml"], folder)
        _run(["gcc", "-w", "-O0", "-DSAFETY", "-DBFS", "-o", "pan", "pan.c"], folder)
        told = _run(["./pan"], folder)
        if "errors: 0" not in told:
            told += TRAIL + "\n" + _run(["spin", *given, "-t", "model.pml"], folder)
    if "assertion violated" not in told and ("Search not completed" in told or "errors: 0" not in told):
        raise RuntimeError(told)
    return told


# TLC


def tlc_jar() -> str | None:
    """Return the jar of TLC that TLA2TOOLS names, if there is one."""
    jar = os.environ.get("TLA2TOOLS", "")
    return jar if jar and Path(jar).exists() and shutil.which("java") else None


def tlc(asked: Asked, made: Program) -> Counts:
    """Return what TLC says. A broken claim about steps has a state of its own, not counted."""
    text = tla(made, "Model")
    counted = _tlc(text, asked.largest, ())
    broken = sum(_is_broken(text, asked.largest, each.name) for each in made.claims if each.about_steps)
    states = _number(r"(\d[\d,]*) distinct states found", counted) - 1 - broken
    lengths = [
        length for each in made.claims if (length := _length(_tlc(text, asked.largest, (f"INVARIANT {each.name}",))))
    ]
    return Counts(states, min(lengths, default=None))


def _is_broken(text: str, largest: int, claim: str) -> bool:
    return _length(_tlc(text, largest, (f"INVARIANT {claim}",))) is not None


def _length(told: str) -> int | None:
    """Return the steps of a counterexample after begin; None where there is none."""
    if "No error has been found" in told:
        return None
    return len(re.findall(r"^State \d+:", told, re.MULTILINE)) - 2


def _tlc(text: str, largest: int, lines: tuple[str, ...]) -> str:
    jar = tlc_jar()
    assert jar is not None
    told = ("INIT Init", "NEXT Next", "CHECK_DEADLOCK FALSE", *lines)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "Model.tla").write_text(text, encoding="utf-8")
        Path(folder, "ask.cfg").write_text("\n".join((f"CONSTANT LARGEST = {largest}", *told)), encoding="utf-8")
        java = ["java", "-XX:+UseSerialGC", "-cp", jar, "tlc2.TLC", "-workers", "1", "-config", "ask.cfg", "Model.tla"]
        return _run(java, folder)


def _run(command: list[str], folder: str) -> str:
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603 - commands of ours
    return ran.stdout + ran.stderr


def _number(pattern: str, told: str) -> int:
    found = re.search(pattern, told)
    if found is None:
        raise RuntimeError(told)
    return int(found[1].replace(",", ""))


# The page

HEAD = """# What other checkers count

Certainty is earned where somebody else can check it. These models were written for Spin and TLC by
[`spillproof export`](../how-to/give-a-model-to-other-checkers.md), and searched by them to the end. Ours is the plain
walk over Python objects, which knows no automaton. Sizes of arguments, and those that the scope leaves open, are 1 to
the largest. *States* are those of the model, *shortest* the steps of the shortest run that violates a claim (– where
none does). `make referee` measures it.

| model | largest size | states: ours | Spin | TLC | shortest: ours | Spin | TLC |
|---|---|---|---|---|---|---|---|
"""


def rows() -> Iterator[str]:
    """Yield the rows of the table, measured now."""
    for title, settings in MODELS:
        for largest in SIZES:
            asked = Asked(title, settings, largest)
            made = asked.program()
            found = (ours(asked), spin(asked, made), tlc(asked, made) if tlc_jar() else None)
            states = " | ".join("not run" if each is None else f"{each.states:,}" for each in found)
            lengths = " | ".join("not run" if each is None else str(each.shortest or "–") for each in found)
            called = f"`{title}`" + "".join(f", {each}" for each in settings)
            yield f"| {called} | {largest} | {states} | {lengths} |"


def main() -> None:
    """Write the page."""
    told = []
    for row in rows():
        print(row, flush=True)  # noqa: T201 - it takes minutes
        told.append(row)
    PAGE.write_text(HEAD + "\n".join(told) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
