"""A run is taken on Spark and held against the model of that release. Here Spark is a fake."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from spillproof.counterexamples.command import run
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.replay.real.build import Build, build_of
from spillproof.counterexamples.replay.real.session import Wanted, take
from spillproof.counterexamples.replay.real.spark_text import short, tell
from spillproof.counterexamples.replay.real.units import units_of
from spillproof.model.errors import ModelError

Instead = Callable[..., None]


@pytest.fixture
def trace() -> Path:
    """The run of E1 and E2: three steps, on 2.3.4."""
    from docs.pages.stories import GALLERY

    return GALLERY / "spark-22713-forced-spill" / "run.itf.json"


def test_spark_that_keeps_what_it_released_violates_the_claim(instead: Instead, trace: Path) -> None:
    """Where the model of 2.3.4 says that bytes are kept, and they are, the claim is violated on both."""
    instead("leaky")
    taken = take(itf.read(trace), Wanted(Build("2.3.4")))

    assert (taken.agree, taken.violated, taken.at, taken.exit_status()) == (True, True, 3, 1)
    assert taken.compared.real[3].held("E1") > 0


def test_spark_that_drops_it_holds(instead: Instead, trace: Path) -> None:
    """Where the model of 2.4.0 says that nothing is kept, and nothing is, the claim holds in this run."""
    instead()
    taken = take(itf.read(trace), Wanted(Build("2.4.0")))

    assert (taken.agree, taken.violated, taken.exit_status()) == (True, False, 0)


def test_spark_that_leaks_where_the_model_does_not_is_a_parting(instead: Instead, trace: Path) -> None:
    """Bytes that are kept on a release whose model drops them are a disagreement, at the step and in words."""
    instead("leaky")
    taken = take(itf.read(trace), Wanted(Build("2.4.0")))

    assert (taken.agree, taken.compared.parted, taken.exit_status()) == (False, 3, 3)
    assert taken.compared.words == ("of E1, 0 is released and reachable by the model, 65,536 on Spark",)


def test_spark_that_drops_where_the_model_leaks_is_a_parting(instead: Instead, trace: Path) -> None:
    """Bytes that are gone on a release whose model keeps them are a disagreement as well: the bug is looked for."""
    instead()
    taken = take(itf.read(trace), Wanted(Build("2.3.4")))

    assert taken.compared.words == ("of E1, 1 is released and reachable by the model, 0 on Spark",)


def test_an_exception_that_only_spark_throws_is_a_parting(instead: Instead, trace: Path) -> None:
    """An exception that the model does not raise ends the run, and is told."""
    instead("throws")
    taken = take(itf.read(trace), Wanted(Build("2.4.0")))

    assert taken.compared.words == ("the model raises nothing, Spark java.lang.AssertionError: assertion failed",)
    assert (
        "Spark raises java.lang.AssertionError: assertion failed, at\n       ExternalAppendOnlyMap.forceSpill"
        in tell(taken)
    )


def test_both_are_told_side_by_side(instead: Instead, trace: Path) -> None:
    """A row for each consumer after each step, the guilty step marked, and the verdict last, in 80 columns."""
    instead("leaky")
    told = tell(take(itf.read(trace), Wanted(Build("2.3.4"), evidence=True))).splitlines()

    assert max(map(len, told)) <= 80
    assert "▶  3 insert(E2, 1)" in told
    assert "       E1                       0      1             0             0      65,536" in told
    assert "      ▸ Holder.upstream" in told
    assert " ".join(told[-2:]) == (
        "✗ Spark 2.3.4 violates free_is_unreachable in this run, at step 3: 65,536 bytes   of E1 are counted free and "
        "still reachable"
    )


def test_evidence_dumps_the_heap(
    instead: Instead, trace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the step after which something is released and reachable; a dump that is there is not overwritten."""
    instead("leaky")
    monkeypatch.chdir(tmp_path)

    for _ in range(2):
        assert run(["replay", str(trace), "--on", "pyspark==2.3.4", "--evidence"]) == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["spark-2.3.4-2.hprof", "spark-2.3.4.hprof"]
    assert "The heap of that moment is in spark-2.3.4.hprof" in capsys.readouterr().out


def test_where_nothing_is_kept_no_heap_is_dumped(
    instead: Instead, trace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no guilty moment to dump."""
    instead()
    monkeypatch.chdir(tmp_path)

    assert run(["replay", str(trace), "--on", "pyspark==2.4.0", "--evidence"]) == 0
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_the_same_as_json(instead: Instead, trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` gives what was seen after each step, and the exit status is that of the verdict."""
    instead("leaky")

    assert run(["replay", str(trace), "--on", "pyspark==2.3.4", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["agree"], told["violated"], told["step"]) == (True, True, 3)
    assert told["steps"][3]["spark"]["alive"]["E1"] == [{"generation": 1, "current": False, "size": 65536}]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--on", "pyspark=2.3.4"], "a release of real Spark is written like pyspark==2.3.4"),
        (["--on", "pyspark==1.6.0"], "has no jars older than those of pyspark 2.1.2"),
        (["--on", "spark@2.4.0", "--evidence"], "--evidence, --heap and --allocate are about real Spark"),
        (["--on", "pyspark==2.3.4", "--heap", "lots", "--allocate"], "a heap is written like 300m or 2g"),
        (["--on", "pyspark==2.3.4", "--heap", "lots"], "a heap is written like 300m or 2g"),
        (["--on", "pyspark==2.3.4", "--heap", "8m", "--allocate"], "has at least 128m"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    words: list[str], line: str, trace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was asked wrongly is said in one line, with exit status 2, before anything is fetched."""
    assert run(["replay", str(trace), *words]) == 2
    errors = capsys.readouterr().err
    assert line in " ".join(errors.split())
    assert errors.count("\n") == 1


@pytest.mark.parametrize("story", ["smallest", "incident"])
def test_other_models_cannot_be_taken(story: str, trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only runs of Spark's maps and sorters can be taken on Spark; others are refused before anything is fetched."""
    other = trace.parents[1] / story / "run.itf.json"

    assert run(["replay", str(other), "--on", "pyspark==2.3.4"]) == 2
    assert "cannot be taken on real Spark" in capsys.readouterr().err


def test_a_crash_does_not_take_the_command_down(
    instead: Instead, trace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A Java process that ends in the middle is one line and exit status 2."""
    instead("crashes")

    assert run(["replay", str(trace), "--on", "pyspark==2.3.4"]) == 2
    assert "the Java process of Spark 2.3.4 ended (insert), status 134" in capsys.readouterr().err


def test_a_release_is_named_as_for_pip() -> None:
    """`pyspark==2.3.4`, as one would install it."""
    assert build_of("pyspark==2.3.4") == Build("2.3.4")


def test_sizes_that_are_too_far_apart_are_refused() -> None:
    """Spark estimates sizes: one of a millionth of another would be lost in the error."""
    with pytest.raises(ModelError, match="sizes from 1 to 1,000,000 in a pool of 2,000,000 are too far apart"):
        units_of(2_000_000, [1, 1_000_000])


def test_a_pool_has_room_for_what_fits_and_no_more() -> None:
    """The real pool is between its size in the model and one byte of the model more."""
    units = units_of(3, [1, 2])

    assert units.of(3) < units.pool < units.of(4)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("java.util.HashMap.table", "HashMap.table"),
        ("[Ljava.util.HashMap$Node;[6]", "HashMap$Node[6]"),
        ("org.apache.spark.util.collection.SizeTrackingAppendOnlyMap", "SizeTrackingAppendOnlyMap"),
        ("a.ExternalAppendOnlyMap.org$a$ExternalAppendOnlyMap$$currentMap", "ExternalAppendOnlyMap.currentMap"),
        ("a.AppendOnlyMap$$anon$1.$outer", "AppendOnlyMap$$anon$1.$outer"),
    ],
)
def test_links_are_told_without_packages(link: str, words: str) -> None:
    """A heap-dump tool's link, without what only makes it long."""
    assert short(link) == words
