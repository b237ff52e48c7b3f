"""A Spark of one's own is a class path, and is compared with the release that it is nearest to."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from spillproof.counterexamples.command import run
from spillproof.counterexamples.replay.real.build import Build, build_of, entries, is_real
from spillproof.counterexamples.replay.real.fingerprints.changes import changes
from spillproof.counterexamples.replay.real.fingerprints.modelled import MODELLED, PLACES
from spillproof.counterexamples.replay.real.fingerprints.program import Program
from spillproof.counterexamples.replay.real.fingerprints.record import Record, Seen
from spillproof.model.errors import ModelError
from spillproof.model.spark.fixes import fixes_of

OWNER = next(iter(MODELLED))


def jar(path: Path, *names: str) -> Path:
    """A jar with entries that nobody reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(f"{name}.class", b"")
    return path


def a_release(folder: Path, *names: str) -> Path:
    """A folder with a jar of spark-core of a build that is no release."""
    jar(folder / "spark-core_2.13-4.4.0-SNAPSHOT.jar", *names)
    jar(folder / "guava-14.0.1.jar", *names)
    return folder


def test_what_is_real_and_what_is_a_model(tmp_path: Path) -> None:
    """Jars and folders are real, and so is what pip would install; names of models and files of them are not."""
    assert is_real("pyspark==2.3.4")
    assert is_real(str(tmp_path))
    assert is_real(f"any.jar{os.pathsep}{tmp_path}")
    assert not is_real("spark@2.3.4")
    assert not is_real("")
    assert not is_real(f"{tmp_path / 'model.py'}:Pool")


def test_a_build_is_compared_with_the_nearest_release(tmp_path: Path) -> None:
    """Its version is what its jar of spark-core is called; where no release has the number, fingerprints decide."""
    spark = build_of(str(a_release(tmp_path)))

    assert (spark.version, spark.title) == ("4.4.0-SNAPSHOT", "your Spark 4.4.0-SNAPSHOT")
    assert spark.changes is not None
    assert (spark.release, spark.changes.base) == (spark.changes.base, spark.release)
    assert spark.path(lambda _: None) == [str(tmp_path / "*")]


def test_a_dist_and_classes_are_taken(tmp_path: Path) -> None:
    """A `dist/` by its `jars/`, a folder of classes as it is, a jar as it is."""
    a_release(tmp_path / "dist" / "jars")
    (tmp_path / "classes" / "org").mkdir(parents=True)
    spark = build_of(os.pathsep.join([str(tmp_path / "classes"), str(tmp_path / "dist")]))

    assert spark.path(lambda _: None) == [str(tmp_path / "classes"), str(tmp_path / "dist" / "jars" / "*")]
    assert [*entries(tmp_path / "a.jar")] == [str(tmp_path / "a.jar")]


def test_two_jars_with_the_same_class_are_refused(tmp_path: Path) -> None:
    """Java may take either; what lies in front of the folder is unambiguous, and so is what is not Spark's."""
    a_release(tmp_path / "jars", OWNER)
    patch = jar(tmp_path / "jars" / "spark-patch-1.jar", OWNER)

    with pytest.raises(ModelError, match=r"TaskMemoryManager is in spark-core.* and in spark-patch-1\.jar, and Java"):
        build_of(str(tmp_path / "jars"))
    front = patch.rename(tmp_path / "front.jar")
    with pytest.raises(ModelError, match="class"):  # it gets as far as reading the class, which is none
        build_of(f"{front}{os.pathsep}{tmp_path / 'jars'}")


@pytest.mark.parametrize(
    ("on", "line"),
    [
        ("empty", "neither jars are there, nor jars/ as in a dist/, nor classes"),
        ("others", "no jar of spark-core is there"),
        ("nowhere.jar", "there is no such jar"),
        ("others:nowhere.jar", "there is no such jar"),
        ("broken.jar", "cannot be read as a jar"),
    ],
)
def test_what_is_no_spark_is_one_line(on: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a class path lacks is said in one line, with exit status 2, before Java is started."""
    (tmp_path / "empty").mkdir()
    jar(tmp_path / "others" / "guava-14.0.1.jar")
    (tmp_path / "broken.jar").write_text("no archive", encoding="utf-8")
    path = os.pathsep.join(str(tmp_path / part) for part in on.split(":"))
    if on == "broken.jar":
        path += os.pathsep + str(a_release(tmp_path / "jars"))

    assert run(["conformance", "--on", path]) == 2
    errors = capsys.readouterr().err
    assert line in " ".join(errors.split())
    assert errors.count("\n") == 1


def seen(**fingerprints: str) -> Seen:
    """A release in which no modelled method is there, but for some."""
    places: dict[str, str] = dict(zip(("first", "second"), PLACES, strict=False))
    return Seen(dict.fromkeys(PLACES, "") | {places[key]: value for key, value in fingerprints.items()}, frozenset())


def test_the_nearest_release_differs_in_the_fewest_methods() -> None:
    """Where the number says nothing; of several the newest. Where it says something, it decides."""
    record = Record({"3.5.0": seen(), "4.0.0": seen(first="a"), "4.0.1": seen(first="a"), "4.1.0": seen(second="b")})

    assert changes(Program([]), "5.0.0-SNAPSHOT", record).base == "3.5.0"
    found = changes(Program([]), "4.1.0-vendor-2", record)
    assert (found.base, found.places, found.alike) == ("4.1.0", (PLACES[1],), "3.5.0")


def test_a_fix_that_appears_is_believed_and_one_that_is_gone_is_expected() -> None:
    """A build that has lost the sign of a fix is still asked for what the fix does."""
    record = Record({"3.5.9": Seen(seen().fingerprints, frozenset({"SPARK-19244"}))})
    made = changes(Program([]), "3.5.9", record)
    spark = Build("3.5.9", (Path("jars"),), "3.5.9", made)

    assert "SPARK-19244" in made.lost
    assert "SPARK-18986" in made.gained  # its sign is that something is not called
    assert spark.fixes() == fixes_of("3.5.9") | made.gained & spark.fixes()
    assert "SPARK-19244" in spark.fixes()
