"""Flink's and Trino's accountants, asked of dumps of small Java programs that have their classes and fields."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from spillproof.counterexamples.heap import accountants, inquiry
from spillproof.counterexamples.heap.result import Result
from tests.counterexamples.heap.test_reader import SILENT

JAVA = Path(__file__).with_name("java")
MB = 1 << 20


def dumped(name: str, tmp_path: Path) -> Result:
    """Run a program, dump its heap, and ask it: who accounts is found by the classes that are there."""
    if not all(map(shutil.which, ("java", "javac", "jcmd"))):
        pytest.skip("needs a JDK")
    command = [shutil.which("javac") or "", "-d", str(tmp_path), "-sourcepath", str(JAVA), str(JAVA / "example" / name)]
    subprocess.run(command, check=True)
    program = ["java", "-XX:+UseSerialGC", "-Xmx64m", "-cp", str(tmp_path), f"example.{name.removesuffix('.java')}"]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as java:
        assert java.stdout is not None
        assert b"ready" in java.stdout.readline()
        dump = tmp_path / "a.hprof"
        subprocess.run(
            [shutil.which("jcmd") or "", str(java.pid), "GC.heap_dump", str(dump)], check=True, capture_output=True
        )
        java.kill()
    return inquiry.asked(dump, "", SILENT)


@pytest.mark.slow
def test_a_segment_of_flink_that_was_freed(tmp_path: Path) -> None:
    """One of two segments that are still there was freed: its megabyte is counted free and held."""
    found = dumped("Flink.java", tmp_path)

    assert found.program == "Flink"
    assert [round((each.accounted or 0) / MB) for each in found.accounts[0].consumers] == [1, 0]
    (fault,) = found.found
    assert fault.fault is not None
    assert (fault.fault.name, round(fault.bytes / MB)) == ("a segment that was freed", 1)
    (pool,) = found.pools
    assert (pool.capacity, pool.believed // MB, round(pool.free / MB)) == (10 * MB, 9, 8)


@pytest.mark.slow
def test_a_build_of_trino_that_was_closed(tmp_path: Path) -> None:
    """Of three builds the second was closed and keeps its 2 MB; the pool believes 9 of 10 MB free, and 7 are."""
    found = dumped("Trino.java", tmp_path)

    assert found.program == "Trino"
    (fault,) = found.found
    assert fault.fault is not None
    assert (fault.fault.name, round(fault.bytes / MB)) == ("a build that was closed", 2)
    (pool,) = found.pools
    assert (pool.believed // MB, round(pool.free / MB)) == (9, 7)


@pytest.mark.parametrize("name", accountants.shipped())
def test_what_ships_is_understood(name: str) -> None:
    """Each file that comes with spillproof can be read, names itself, and has an accountant."""
    found = accountants.read(name)

    assert found.name.lower() == name
    assert found.accountants
