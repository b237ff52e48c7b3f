"""What every benchmark needs: a run measured, a machine described, a table printed and kept.

The machine may have other work to do. CPU seconds stand beside wall-clock seconds therefore, and the load beside both.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from shutil import which
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "tests" / "benchmarks" / "results"
"""Ignored by git."""

DEPENDENCIES = ("z3-solver", "hypothesis", "numpy")

QUICK = "--quick" in sys.argv
"""Fewer repetitions, smaller scopes: to see that all is well, not to publish."""


@dataclass(frozen=True)
class Ran:
    """A process that came to its end, or was ended."""

    wall: float
    cpu: float
    mebibytes: float
    """The most that it had in memory."""
    status: int
    """Its exit status; the negative number of the signal that ended it."""
    output: str


def run(command: Sequence[str | Path], *, limit: int | None = None, folder: Path = ROOT) -> Ran:
    """Return what a process needed. After `limit` seconds of CPU it is ended; what it printed until then counts."""
    limited = [*(["prlimit", f"--cpu={limit}"] if limit is not None else []), *command]
    started = time.perf_counter()
    # Resources are asked of this one process, as those of all children would be the greatest of all before.
    process = subprocess.Popen(limited, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    with process.stdout:
        output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    return Ran(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, process.returncode, output)


def this(module: str, *arguments: object) -> Any:
    """Return what a benchmark prints as JSON in a process of its own, which nothing before has warmed up."""
    ran = run([sys.executable, "-m", module, *map(str, arguments)])
    if ran.status != 0:
        raise RuntimeError(ran.output)
    return json.loads(ran.output.splitlines()[-1])


def spillproof(*arguments: object) -> list[str]:
    """Return the command line of `spillproof` as the shell runs it."""
    return [str(Path(sys.executable).parent / "spillproof"), *map(str, arguments)]


def has_spin() -> bool:
    """Return whether Spin and gcc are there; say what to do if not."""
    found = bool(which("spin") and which("gcc"))
    if not found:
        screen().print("spin or gcc is missing (Debian: apt-get install spin gcc): without them, ours alone")
    return found


class Clock:
    """Wall-clock and CPU seconds of this process since it was made."""

    def __init__(self) -> None:
        self.wall_start, self.cpu_start = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Return wall-clock and CPU seconds."""
        return time.perf_counter() - self.wall_start, time.process_time() - self.cpu_start


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": [round(each, 1) for each in os.getloadavg()],
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{name: version(name) for name in DEPENDENCIES},
    }


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


class Results:
    """The tables of one benchmark: printed as they are made, kept as JSON at the end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.kept: dict[str, Any] = {"machine": machine(), "quick": QUICK, "tables": {}}
        screen().rule(name)
        screen().print(", ".join(f"{key} {value}" for key, value in self.kept["machine"].items()), highlight=False)

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *notes: str) -> None:
        """Print rows; numbers to the right. The first column says what a row is about."""
        rows = [tuple(row) for row in rows]
        table = Table(title=title, title_justify="left")
        for number, column in enumerate(columns):
            table.add_column(column, justify="left" if number == 0 else "right", overflow="fold", no_wrap=number == 0)
        for row in rows:
            table.add_row(*map(spelled, row))
        screen().print(table)
        for note in notes:
            screen().print(note, highlight=False)
        self.kept["tables"][title] = {"columns": list(columns), "rows": rows, "notes": list(notes)}
        self.keep()

    def keep(self) -> None:
        """Write what was measured so far."""
        RESULTS.mkdir(exist_ok=True)
        file = RESULTS / f"{self.name}{'-quick' if QUICK else ''}.json"
        file.write_text(json.dumps(self.kept, indent=1, default=asdict) + "\n", encoding="utf-8")


def spelled(value: object) -> str:
    """Return a figure as it is printed: three digits that say something, thousands apart."""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{value:,}" if type(value) is int else "–" if value is None else str(value)


def median(values: Iterable[float]) -> float:
    """Return the middle value."""
    return statistics.median(values)


@cache
def screen() -> Console:
    """Return where to print: as wide as the widest table when it is no terminal."""
    return Console(width=None if sys.stdout.isatty() else 140)
