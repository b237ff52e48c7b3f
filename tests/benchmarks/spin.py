"""Spin, beside which ours is measured: generate, compile, search, and read what it says."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measure import Ran, run

MEMORY_LIMIT = 1024
"""In MiB: what we allow ourselves."""


@dataclass(frozen=True)
class Searched:
    """What a verifier found, and what it needed."""

    ran: Ran
    states: int | None
    transitions: int | None
    errors: int | None
    """None where it was stopped before it knew."""

    @property
    def why_stopped(self) -> str:
        """Return why nothing is known. Empty where something is."""
        if "reached -DMEMLIM bound" in self.ran.output:
            return f"more than {MEMORY_LIMIT} MiB"
        return "" if self.errors is not None else "time is up"


@dataclass(frozen=True)
class Verifier:
    """A model, generated and compiled."""

    folder: Path
    model: Path
    settings: tuple[str, ...]
    seconds: float
    """What generating and compiling took, wall clock."""

    def search(self, *options: str, limit: int | None = None) -> Searched:
        """Search all states, or up to the first error."""
        ran = run([self.folder / "pan", *options], limit=limit, folder=self.folder)
        if "max search depth too small" in ran.output:
            raise RuntimeError(f"this is no search of all states; -m must be larger:\n{ran.output}")
        complete = "Search not completed" not in ran.output or "assertion violated" in ran.output
        errors = _number(r"errors: (\d+)", ran.output) if complete else None
        return Searched(
            ran,
            _number(r"([\d.e+]+) states, stored", ran.output),
            _number(r"([\d.e+]+) transitions", ran.output),
            errors,
        )

    def trail(self, actions: str) -> list[str]:
        """Return the lines that the run to the error prints, as far as they match."""
        replayed = run(["spin", *self.settings, "-t", self.model.name], folder=self.folder).output
        return [line.strip() for line in replayed.splitlines() if re.match(actions, line.strip())]


def verifier(folder: Path, model: Path, *settings: str, breadth_first: bool = False) -> Verifier:
    """Return the verifier of a model at some settings (`-DNAME=value`)."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(model, folder)
    compile_ = ["gcc", "-O2", "-DSAFETY", "-DNOFAIR", f"-DMEMLIM={MEMORY_LIMIT}", "-o", "pan", "pan.c"]
    seconds = 0.0
    for command in (["spin", *settings, "-a", model.name], [*compile_, *(["-DBFS"] if breadth_first else [])]):
        ran = run(command, folder=folder)
        if ran.status != 0:
            raise RuntimeError(ran.output)
        seconds += ran.wall
    return Verifier(folder, model, settings, seconds)


def _number(pattern: str, output: str) -> int | None:
    found = re.search(pattern, output)
    return None if found is None else int(float(found[1]))
