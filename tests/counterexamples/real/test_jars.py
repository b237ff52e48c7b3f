"""Jars are fetched once, only those that are needed, wholly or not at all."""

import hashlib
import io
import json
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from spillproof.counterexamples.replay.real import jars
from spillproof.counterexamples.replay.real.index import Archive
from spillproof.model.errors import ModelError

JARS = {
    "spark-core_2.11-2.3.4.jar": b"core" * 100_000,
    "scala-library-2.11.8.jar": b"scala" * 100_000,
    "hive-metastore-1.2.1.jar": b"never loaded",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "spillproof"


def packed(folder: Path, members: dict[str, bytes], announced: str | None = None) -> Archive:
    """An archive as the package index has it, in a file."""
    file = folder / "pyspark-2.3.4.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    archive_ = Archive("2.3.4", file.as_uri())
    checksum = hashlib.sha256(file.read_bytes()).hexdigest() if announced is None else announced
    object.__setattr__(archive_, "sha256", lambda: checksum)
    return archive_


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """An archive with three jars, one of which nobody needs."""
    made = packed(tmp_path, {f"pyspark-2.3.4/deps/jars/{name}": content for name, content in JARS.items()})
    monkeypatch.setattr(jars, "archive_of", lambda _: made)
    return made


def kept(folder: Path) -> list[str]:
    """The names in a folder."""
    return sorted(each.name for each in folder.iterdir())


def test_only_what_is_needed_is_kept(archive: Archive, home: Path) -> None:
    """Of the archive the needed jars are kept, and a record of what was fetched with all checksums."""
    folder = jars.jars_of("2.3.4")

    assert folder == home / "pyspark-2.3.4"
    assert kept(folder) == ["jars.json", "scala-library-2.11.8.jar", "spark-core_2.11-2.3.4.jar"]
    recorded = json.loads((folder / "jars.json").read_text())
    assert recorded["sha256"] == archive.sha256()
    assert recorded["jars"]["spark-core_2.11-2.3.4.jar"] == hashlib.sha256(b"core" * 100_000).hexdigest()


def test_what_is_there_is_not_fetched_again(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time the network is not asked."""
    jars.jars_of("2.3.4")
    monkeypatch.setattr(jars, "archive_of", lambda _: pytest.fail("asked the index"))

    assert jars.jars_of("2.3.4").is_dir()


def test_a_damaged_jar_is_fetched_again(archive: Archive) -> None:
    """A jar that is not what was recorded makes all of it be fetched anew."""
    folder = jars.jars_of("2.3.4")
    (folder / "scala-library-2.11.8.jar").write_bytes(b"something else")

    assert jars.is_whole(folder) is False
    assert jars.is_whole(jars.jars_of("2.3.4"))


def test_an_archive_that_breaks_off_leaves_nothing(archive: Archive, tmp_path: Path, home: Path) -> None:
    """Of half an archive nothing is kept, and the line says to try again."""
    file = tmp_path / "pyspark-2.3.4.tar.gz"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    with pytest.raises(ModelError, match=r"pyspark 2\.3\.4 could not be fetched: .*; nothing is kept, try again"):
        jars.jars_of("2.3.4")
    assert kept(home) == []


def test_an_interrupt_leaves_nothing(archive: Archive, home: Path) -> None:
    """Ctrl-C while fetching removes what has come."""

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        jars.jars_of("2.3.4", interrupt)
    assert kept(home) == []


def test_what_a_killed_process_left_is_removed(archive: Archive, home: Path) -> None:
    """The next fetch removes the folder of a process that is not there any more, and leaves that of one that is."""
    (home / ".pyspark-2.4.0.999999999").mkdir(parents=True)
    (home / f".pyspark-2.4.0.{os.getppid()}").mkdir()

    jars.jars_of("2.3.4")

    assert kept(home) == [f".pyspark-2.4.0.{os.getppid()}", "pyspark-2.3.4"]


def test_another_archive_than_announced_is_not_kept(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive whose checksum is not that of the index is refused."""
    wrong = packed(tmp_path, {"pyspark-2.3.4/deps/jars/spark-core_2.11-2.3.4.jar": b"x"}, announced="0" * 64)
    monkeypatch.setattr(jars, "archive_of", lambda _: wrong)

    with pytest.raises(ModelError, match="is not what the index announces"):
        jars.jars_of("2.3.4")
    assert kept(home) == []


def test_a_member_cannot_leave_the_folder(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a member only the last part of its name is used, whatever the archive says."""
    sly = packed(tmp_path, {"../../deps/jars/../../jars/spark-core_2.11-2.3.4.jar": b"x"})
    monkeypatch.setattr(jars, "archive_of", lambda _: sly)

    assert kept(jars.jars_of("2.3.4")) == ["jars.json", "spark-core_2.11-2.3.4.jar"]
    assert not list(tmp_path.glob("*.jar"))


def test_an_archive_without_spark_is_refused(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive of that name with no jar of Spark is no release."""
    empty = packed(tmp_path, {"pyspark-2.3.4/setup.py": b"raise SystemExit"})
    monkeypatch.setattr(jars, "archive_of", lambda _: empty)

    with pytest.raises(ModelError, match=r"has no jar of spark-core; nothing is kept$"):
        jars.jars_of("2.3.4")


def test_no_room_is_said_before_anything_is_fetched(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """With less room than a release needs, the line says how much there is, and how to use another disk."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1 << 30, 1 << 30, 5 << 20))

    with pytest.raises(ModelError, match=r"5 MB are free, and 300 MB are needed; XDG_CACHE_HOME moves it"):
        jars.jars_of("2.3.4")


def test_progress_is_told(archive: Archive) -> None:
    """While it comes, one hears how much of how much has come."""
    heard: list[str] = []
    jars.jars_of("2.3.4", heard.append)

    assert heard[-1].startswith("fetching pyspark 2.3.4: 0")


@pytest.mark.parametrize(
    ("jar", "name"),
    [
        ("spark-core_2.11-2.3.4.jar", "spark-core"),
        ("netty-all-4.1.17.Final.jar", "netty-all"),
        ("hive-exec-2.3.9-core.jar", "hive-exec"),
        ("log4j-1.2-api-2.25.4.jar", "log4j-1.2-api"),
        ("json4s-core_2.12-3.7.0-M11.jar", "json4s-core"),
    ],
)
def test_a_jar_is_known_without_its_version(jar: str, name: str) -> None:
    """Versions, those of Scala included, are no part of what a jar is called."""
    assert jars.artifact(jar) == name
