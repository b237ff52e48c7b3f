"""What a gigabyte of log costs in each wrapping: `python -m tests.benchmarks.audit.wrappings [--quick]`.

Logs of two sizes are audited; what the larger costs more is what a gigabyte costs, without what every start does.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import QUICK, Results, run, spillproof
from tests.counterexamples.audit.large import WRAPPED, write

SIZES = (4, 12) if QUICK else (50, 250)
"""Megabytes, before they are packed."""

PACKED = ("gz", "zst")


def rows() -> Iterator[tuple[object, ...]]:
    """Return for each wrapping the seconds of processor a gigabyte, and the most that was in memory."""
    for wrapping in WRAPPED:
        yield (wrapping, *measured(wrapping, "log"))
    for packing in PACKED:
        if packing == "gz" or shutil.which("zstd"):
            yield (f"plain, packed ({packing})", *measured("plain", packing))


def measured(wrapping: str, ending: str) -> tuple[float, float]:
    """Return the seconds of processor that a gigabyte costs, and the megabytes in memory of the larger log."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"log.{ending}"
        ran = []
        for size in SIZES:
            write(path, wrapping, size << 20)
            ran.append(run(spillproof("audit", path, "--release", "2.3.4")))
    smaller, larger = ran
    return (larger.cpu - smaller.cpu) * 1024 / (SIZES[1] - SIZES[0]), larger.mebibytes


def main() -> None:
    """Print the table."""
    Results("wrappings").table("A gigabyte of log", ("wrapping", "CPU s", "MB in memory"), rows())


if __name__ == "__main__":
    main()
