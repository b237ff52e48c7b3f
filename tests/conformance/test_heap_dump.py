"""Dumps of real Spark at the guilty step: what is counted free and held is found, or there is nothing to find."""

import shutil
import subprocess
from pathlib import Path

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.heap import inquiry
from spillproof.counterexamples.heap.result import Result
from spillproof.counterexamples.replay.real import session
from spillproof.counterexamples.replay.real.driver import Driver
from spillproof.counterexamples.replay.real.expectation import expectations
from spillproof.counterexamples.replay.variant import retake
from tests.conformance.conftest import Release

pytestmark = [pytest.mark.conformance, pytest.mark.slow]

GALLERY = inquiry.GALLERY


def dumped(release: Release, story: str, path: Path) -> Result:
    """Take the run of a story to its guilty step, dump the heap, and ask it."""
    jcmd = shutil.which("jcmd")
    if jcmd is None:
        pytest.skip("needs jcmd, of a JDK")
    trace = itf.read(GALLERY / story / "run.itf.json")
    retaken = retake(trace, session.model_of(trace, release.spark))
    run = expectations(retaken.moments)
    driver = Driver(release.worker, session.scale(run, retaken), looking=False)
    for _ in driver.drive(run):
        pass
    subprocess.run([jcmd, str(release.worker.process.pid), "GC.heap_dump", str(path)], check=True, capture_output=True)
    return inquiry.asked(path, "", lambda _: None)


def test_the_map(release: Release, tmp_path: Path) -> None:
    """Before 2.4.0 E1 is accounted 0 and its map is held in two ways, which is SPARK-22713; from then on nothing is."""
    found = dumped(release, "spark-22713-forced-spill", tmp_path / "a.hprof")

    assert found.program == f"Spark {release.tally.release}"
    if tuple(map(int, release.tally.release.split(".")[:2])) >= (2, 4):
        assert found.found == ()
        return
    (fault,) = found.found
    assert fault.fault is not None
    assert fault.fault.name == "SPARK-22713"
    assert len(fault.ways) >= 2
    consumers = [each for account in found.accounts for each in account.consumers]  # a worker has older tasks as well
    assert [each.accounted for each in consumers if each.label == fault.holder] == [0]


def test_the_sorter(release: Release, tmp_path: Path) -> None:
    """In every release the sorter that was spilled by force is accounted 0, and its collection is held."""
    found = dumped(release, "spark-4.0-sorter", tmp_path / "a.hprof")

    assert [each.fault and each.fault.name for each in found.found] == ["SPARK-22713 in the sorter"]


def test_a_dump_at_the_error_itself(release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a heap of 300 MB whose consumers take what they are granted, 2.3.4 dies, and its own dump says of what."""
    if release.tally.release != "2.3.4":
        pytest.skip("only releases before 2.4.0 die of this")
    flags = (
        "-XX:+HeapDumpOnOutOfMemoryError",
        f"-XX:HeapDumpPath={tmp_path / 'a.hprof'}",
        "-XX:+DisplayVMOutputToStderr",
    )
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", " ".join(flags))
    run = str(GALLERY / "spark-22713-forced-spill" / "run.itf.json")

    assert command.run(["replay", run, "--on", "pyspark==2.3.4", "--heap", "300m", "--allocate"]) == 1
    (fault,) = inquiry.asked(tmp_path / "a.hprof", "", lambda _: None).found
    assert fault.fault is not None
    assert (fault.fault.name, fault.bytes >> 20) == ("SPARK-22713", 165)
    assert len(fault.ways) >= 2
