"""A committer's jars: what they change in the classes that are modelled is told, and a wrong repair is caught."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from spillproof.counterexamples.command import run
from spillproof.counterexamples.replay.real.jars import jars_of
from spillproof.model.errors import ModelError

pytestmark = [pytest.mark.conformance, pytest.mark.slow]

RELEASE = "3.5.9"

SOURCE = Path(__file__).with_name("patch") / "ExternalAppendOnlyMap.java"

ITERATOR = "ExternalAppendOnlyMap$SpillableIterator"


@pytest.fixture(scope="module")
def jars() -> Path:
    """The jars of a release."""
    try:
        return jars_of(RELEASE)
    except ModelError as error:
        pytest.skip(f"no real Spark {RELEASE} here: {error}")


@pytest.fixture
def patch(jars: Path, tmp_path: Path) -> Path:
    """A folder with the one class that is repaired wrongly, compiled from the source beside this file."""
    javac = shutil.which("javac")
    if javac is None:
        pytest.skip("needs javac")
    options = ["--release", "8", "-Xlint:-options", "-nowarn", "-cp", str(jars / "*"), "-d", str(tmp_path / "all")]
    subprocess.run([javac, *options, SOURCE], check=True, capture_output=True)
    folder = Path("org/apache/spark/util/collection")
    (tmp_path / "patch" / folder).mkdir(parents=True)
    for file in (tmp_path / "all" / folder).glob("ExternalAppendOnlyMap$*.class"):
        if "DiskMapIterator" not in file.name:
            shutil.copy(file, tmp_path / "patch" / folder)
    return tmp_path / "patch"


def test_a_wrong_repair_is_caught(jars: Path, patch: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """SPARK-22713's map repaired so that what was drained is kept: the methods that differ are named, and the shortest
    run that tells is that of E1 and E2, on whose last step bytes of E1 are released and reachable.
    """
    assert run(["conformance", "--on", f"{patch}{os.pathsep}{jars}", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)

    assert told["release"] == RELEASE
    assert {method.rpartition(".")[0] for method in told["changes"]["methods"]} == {ITERATOR}
    assert [each.partition("(")[0] for each in told["parted"][0]["steps"]] == ["begin", "insert", "iterator", "insert"]
    assert "is released and reachable by the model" in told["parted"][0]["words"][0]
    kept = {(row["family"], row["claim"]): row["parted"] for row in told["claims"]}
    assert kept["maps", "free_is_unreachable"] > 0
    assert all(parted == 0 for (family, _), parted in kept.items() if family == "sorters")


def test_the_release_itself_does_as_the_models_say(jars: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same jars without the patch: nothing differs, and every run goes as the models say."""
    assert run(["conformance", "--on", str(jars)]) == 0
    told = " ".join(capsys.readouterr().out.split())

    assert "The modelled methods of your Spark 3.5.9 are those of Spark 3.5.2–3.5.9." in told
    assert "✓ your Spark 3.5.9 does in every run what the models of Spark 3.5.9 say" in told


def test_a_run_is_replayed_on_it(
    jars: Path, patch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`replay --on` takes the same class path, and the evidence names the field that keeps the map."""
    from spillproof.counterexamples.replay.real.library import GALLERY

    monkeypatch.chdir(tmp_path)
    trace = GALLERY / "spark-22713-forced-spill" / "run.itf.json"

    assert run(["replay", str(trace), "--on", f"{patch}{os.pathsep}{jars}", "--evidence"]) == 3
    told = capsys.readouterr().out
    assert f"▸ {ITERATOR}.drained" in told
    assert (tmp_path / f"spark-{RELEASE}.hprof").stat().st_size > 1 << 20
