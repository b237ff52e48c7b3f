"""What a heap dump costs by its size: `python -m tests.benchmarks.heap.dumps [--quick]`.

It needs a JDK and the extra `heap`. Java writes dumps of four sizes, a tree of nodes with small arrays. Time and memory
are those of all that `spillproof heap` does, retained sizes included; what 24 GB need is computed from the slopes.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import QUICK, Results, screen, this

GIGABYTES = (0.06, 0.12) if QUICK else (0.25, 0.5, 1.0, 2.0)

NODE = 49 + 18 + 55
"""Bytes of a node in a dump, and of its array."""

PROGRAM = Path(__file__).with_name("Many.java")


def dump(folder: Path, size: float) -> Path:
    """Let Java write a dump of so many gigabytes."""
    path, many = folder / "many.hprof", int(size * (1 << 30) / NODE)
    command = ["java", f"-Xmx{300 + int(size * 1400)}m", "-XX:+UseSerialGC", str(PROGRAM), str(many), str(path)]
    path.unlink(missing_ok=True)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return path


def anonymous() -> int:
    """Return the bytes in memory that are of no file."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return 1024 * next(int(each.split()[1]) for each in lines if each.startswith("RssAnon"))


def once(path: str) -> dict[str, Any]:
    """Ask a dump in this process: how long it takes, and how much it has in memory beside the mapped file."""
    from spillproof.counterexamples.heap import inquiry

    before, most, done = anonymous(), 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.01):
            most = max(most, anonymous())

    watcher = threading.Thread(target=watch)
    watcher.start()
    begun = time.process_time()
    found = inquiry.asked(Path(path), "", lambda _words: None)
    seconds = time.process_time() - begun
    done.set()
    watcher.join()
    return {"objects": found.objects, "size": found.size, "cpu": seconds, "memory": max(most, anonymous()) - before}


def measured() -> list[dict[str, Any]]:
    """Return what each size costs. The first is asked twice: its first time compiles."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for number, size in enumerate(GIGABYTES):
            path = dump(Path(folder), size)
            if not number:
                this("tests.benchmarks.heap.dumps", path)
            found.append(this("tests.benchmarks.heap.dumps", path))
    return found


def needs(found: Sequence[dict[str, Any]], gigabytes: int) -> str:
    """Return what a dump of so many gigabytes would need, by the slopes between the smallest and the largest."""
    first, last = found[0], found[-1]
    size = gigabytes << 30

    def at(key: str) -> float:
        slope = (last[key] - first[key]) / (last["size"] - first["size"])
        return float(last[key] + slope * (size - last["size"]))

    return (
        f"{gigabytes} GB, {at('objects') / 1e6:,.0f} million objects, would need {at('cpu'):,.0f} s and "
        f"{at('memory') / (1 << 30):,.0f} GB besides the mapped file: computed, not tried"
    )


def main() -> None:
    """Print the table."""
    if not (shutil.which("java") and find_spec("numba")):
        screen().print("a JDK or the extra heap is missing: heap dumps are not measured")
        return
    found = measured()
    rows = [
        (
            f"{each['size'] / (1 << 30):.2f} GB",
            f"{each['objects'] / 1e6:.1f} million",
            each["cpu"],
            each["cpu"] * (1 << 30) / each["size"],
            each["memory"] / each["objects"],
        )
        for each in found
    ]
    columns = ("dump", "objects", "CPU s", "a gigabyte", "bytes an object")
    Results("dumps").table("A heap dump", columns, rows, needs(found, 24))


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        print(json.dumps(once(sys.argv[1])))
    else:
        main()
