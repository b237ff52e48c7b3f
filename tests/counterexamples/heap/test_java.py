"""Dumps that Java itself writes: exact to the byte beside the JVM's own histogram."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from spillproof.counterexamples.audit.heap import histogram
from spillproof.counterexamples.heap import inquiry
from spillproof.counterexamples.heap.heap import Heap, opened
from spillproof.counterexamples.heap.records import spelled
from tests.counterexamples.heap.test_reader import SILENT

pytestmark = pytest.mark.slow

SOURCE = Path(__file__).with_name("java") / "example" / "Pool.java"

EXACT = ("-XX:+UseSerialGC", "-Xmx100m", "-Xshare:off", "-XX:MarkSweepAlwaysCompactCount=1")
"""No hole is left after a collection, and no class is there before it is loaded, so that the dump has all there is."""


@pytest.fixture(params=[(), ("-XX:-UseCompressedOops",), ("-XX:-UseCompressedOops", "-XX:-UseCompressedClassPointers")])
def dumped(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A dump of the small program, beside it the histogram of the same process."""
    if not all(map(shutil.which, ("java", "javac", "jcmd"))):
        pytest.skip("needs a JDK")
    subprocess.run([shutil.which("javac") or "", "-d", str(tmp_path), str(SOURCE)], check=True)
    command = ["java", *EXACT, *request.param, "-cp", str(tmp_path), "example.Pool"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as java:
        assert java.stdout is not None
        assert b"ready" in java.stdout.readline()
        for name in ("GC.class_histogram", "GC.class_histogram", f"GC.heap_dump {tmp_path / 'a.hprof'}"):
            done = subprocess.run(
                [shutil.which("jcmd") or "", str(java.pid), *name.split()], capture_output=True, check=True
            )
            if "histogram" in name:
                (tmp_path / "a.histo").write_bytes(done.stdout)
        java.kill()
    return tmp_path / "a.hprof"


def counted(heap: Heap) -> dict[str, tuple[int, int]]:
    """Return of each class its objects and their bytes."""
    counts = np.bincount(heap.classes.types, minlength=len(heap.classes.all))
    sizes = np.bincount(heap.classes.types, weights=heap.sizes.words, minlength=len(heap.classes.all))
    found: dict[str, tuple[int, int]] = {}
    for each in heap.classes.all:
        if counts[each.number]:
            objects, size = found.get(each.name, (0, 0))
            found[each.name] = (objects + int(counts[each.number]), size + int(sizes[each.number]) * 8)
    return found


def test_to_the_byte(dumped: Path) -> None:
    """Every class has the objects and the bytes that jcmd GC.class_histogram counts in the same process."""
    told = {
        spelled(each.name.replace(".", "/")).replace(".0x", "/0x"): (each.instances, each.bytes)
        for each in histogram(dumped.with_suffix(".histo")).classes
    }
    with opened(dumped, SILENT) as heap:
        found = {name.replace(".0x", "/0x"): each for name, each in counted(heap).items()}

    differ = {name: (found.get(name), told.get(name)) for name in {*found, *told} if found.get(name) != told.get(name)}
    assert differ == {}


def test_a_small_manager_of_memory(dumped: Path) -> None:
    """The pool believes 9 MB of 10 free; the buffer that was given back still has its 2 MB, so that 7 are."""
    found = inquiry.asked(dumped, "", SILENT)

    assert found.program == "Example"
    (fault,) = found.found
    assert fault.bytes == (2 << 20) + found_header(found.layout)
    assert found.pools[0].believed == 9 << 20
    assert round(found.pools[0].free / (1 << 20)) == 7


def found_header(layout: str) -> int:
    """Return the bytes before an array's first element."""
    return 24 if "headers of 16" in layout else 16
