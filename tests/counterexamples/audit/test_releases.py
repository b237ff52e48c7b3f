"""What is known of a log's release: what Spark says, what paths name, which lines it has; and what follows."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.counterexamples.audit.deaths import AROUND, anywhere, sign
from spillproof.counterexamples.audit.releases import ReleaseEvidence
from spillproof.counterexamples.audit.sentences import understand


def named(*paths: str) -> ReleaseEvidence:
    """What is known from lines with these paths."""
    evidence = ReleaseEvidence()
    evidence.name(" ".join(paths).encode())
    return evidence


@pytest.mark.parametrize(
    ("paths", "release"),
    [
        (["/opt/spark-2.4.5-bin-hadoop2.7/jars/x.jar"], (2, 4, 5)),
        (["spark-core_2.12-3.1.2.jar"], (3, 1, 2)),
        (["spark-core_2.12-3.1.2.jar", "spark-sql_2.12-3.1.2.jar"], (3, 1, 2)),
        (["spark-spark-3.1.2-bin/x"], (3, 1, 2)),
        (["spark-core_2.12-3.1.2.jar", "spark-core_2.12-3.1.3.jar"], ()),
        (["spark-events", "my-spark-job"], ()),
        ([], ()),
    ],
)
def test_what_paths_name(paths: list[str], release: tuple[int, ...]) -> None:
    """The release in the names of folders and jars, if they name one only."""
    assert named(*paths).named[: len(release) or None] == release


@pytest.mark.parametrize(
    ("fields", "known", "older"),
    [
        ({}, (), None),
        ({"asked": (2, 3, 4)}, (2, 3, 4), True),
        ({"asked": (2, 4, 0)}, (2, 4, 0), False),
        ({"sayings": {(2, 3, 4)}}, (2, 3, 4), True),
        ({"sayings": {(2, 3, 4)}, "asked": (2, 4, 1)}, (2, 4, 1), False),
        ({"sayings": {(2, 3, 4), (2, 2, 0)}}, (), True),  # whichever it is
        ({"sayings": {(2, 3, 4), (3, 0, 0)}}, (), None),
        ({"names": {(2, 3, 4)}}, (2, 3, 4), True),
        ({"names": {(2, 3, 4)}, "sayings": {(3, 0, 0)}}, (3, 0, 0), False),  # what Spark says counts more
        ({"names": {(3, 0, 0), (3, 0, 1)}}, (), False),
        ({"since": (2, 0), "before": (3, 0)}, (), None),
        ({"since": (1, 6), "before": (2, 4, 0)}, (), True),
        ({"since": (1, 6), "before": (2, 4)}, (), True),
        ({"since": (3, 0), "before": (3, 3)}, (), False),
        ({"since": (2, 4, 0), "before": (99,)}, (), False),
        ({"since": (3, 3), "before": (3, 0)}, (), None),  # lines of several releases
    ],
)
def test_what_follows(fields: dict[str, Any], known: tuple[int, ...], older: bool | None) -> None:  # noqa: FBT001
    """What was asked for, then what Spark says, then what paths name; else the lines, as far as they say."""
    evidence = ReleaseEvidence(**fields)

    assert (evidence.known(), evidence.older_than((2, 4, 0))) == (known, older)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "some Spark since 1.6: the log does not say which"),
        ({"asked": (2, 4, 0), "sayings": {(3, 0, 0)}}, "Spark 2.4.0, as asked"),
        ({"sayings": {(3, 0, 0)}, "names": {(2, 4, 0)}}, "Spark 3.0.0, as the log says"),
        ({"names": {(2, 4, 0)}}, "Spark 2.4.0, after the name of a file in the log"),
        ({"names": {(3, 1, 2), (2, 4, 0)}}, "several releases of Spark: 2.4.0, 3.1.2"),
        ({"sayings": {(3, 1, 2), (2, 4, 0)}, "names": {(2, 4, 0)}}, "several releases of Spark: 2.4.0, 3.1.2"),
        ({"since": (3, 3), "before": (3, 0)}, "several releases of Spark, by its wording"),
        ({"since": (3, 0), "before": (3, 0)}, "several releases of Spark, by its wording"),
        ({"since": (2, 0), "before": (3, 0)}, "some Spark from 2.0 up to, without, 3.0, by its wording"),
    ],
)
def test_which_release_it_is_in_words(fields: dict[str, Any], told: str) -> None:
    """And how that is known: what the paths name is told only where Spark itself says nothing."""
    assert ReleaseEvidence(**fields).told() == told


def heard(*lines: str) -> ReleaseEvidence:
    """What is known from some lines."""
    evidence = ReleaseEvidence()
    for each in lines:
        said = understand(each)
        assert said is not None
        evidence.hear(said.pattern, each, said.start)
    return evidence


@pytest.mark.parametrize(
    ("lines", "since", "before"),
    [
        (["Task 7 acquired 5.0 MB for a.B@1"], (2, 0), (3, 0)),
        (["Task 7 acquired 5.0 MiB for a.B@1"], (3, 0), (99,)),
        (["Task 7 acquire 5.0 MB for a.B@1"], (1, 6), (2, 0)),
        (["Task 7 need to spill 5.0 MiB for a.B@1"], (3, 3), (99,)),
        (["Task 7 released 5.0 MiB from a.B@1 for a.B@2"], (3, 0), (3, 3)),
        (["Task 7 release 5.0 B from a.B@1"], None, (99,)),  # any release prints bytes so
        (["Task 7 acquired 5.0 MB for a.B@1", "Task 7 acquired 5.0 MiB for a.B@1"], (3, 0), (3, 0)),
    ],
)
def test_which_releases_write_such_lines(
    lines: list[str], since: tuple[int, ...] | None, before: tuple[int, ...]
) -> None:
    """By their words, and by their units: MiB since 3.0."""
    evidence = heard(*lines)

    assert evidence.before == before
    assert since is None or evidence.since == since


@pytest.mark.parametrize("place", [0, 1, AROUND - 1, AROUND, AROUND + 1, 5000])
def test_a_sign_is_found_wherever_it_stands(place: int) -> None:
    """At the very beginning of a text, at its end, and far from both; with all of its words."""
    words = "java.lang.OutOfMemoryError: Java heap space"
    for text in (f"{'x' * place}{words}", f"{'x' * place}{words}{'y' * 5000}", f"{'x' * place} {words} "):
        found = anywhere(text.encode())
        assert found is not None
        assert "OutOfMemoryError: Java heap space" in found[1]
    assert anywhere(words.encode()) == sign(words)
    assert anywhere(b"x" * 5000) is None
