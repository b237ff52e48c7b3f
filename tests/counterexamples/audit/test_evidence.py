"""What lines say of the release, which grants are an incident's, and what is passed over of files and objects."""

from __future__ import annotations

from pathlib import Path

import pytest

from spillproof.counterexamples.audit.documents import _records
from spillproof.counterexamples.audit.interval import exactly
from spillproof.counterexamples.audit.match import _same
from spillproof.counterexamples.audit.releases import FIRST, LAST, ReleaseEvidence
from spillproof.counterexamples.audit.sentences import understand
from spillproof.counterexamples.audit.sources import ReadSoFar, texts
from tests.counterexamples.audit.logs import CALM


@pytest.mark.parametrize(
    ("first", "second", "since", "before"),
    [
        ("5.0 B", "5.0 B", FIRST, LAST), ("5.0 B", "5.0 MB", FIRST, (3, 0)), ("5.0 B", "5.0 GB", FIRST, (3, 0)),
        ("5.0 B", "5.0 KB", FIRST, (3, 0)), ("5.0 B", "5.0 GiB", (3, 0), LAST), ("5.0 MB", "5.0 MiB", (3, 0), (3, 0)),
    ],
)  # fmt: skip # a table
def test_what_a_unit_says_of_the_release(
    first: str, second: str, since: tuple[int, ...], before: tuple[int, ...]
) -> None:
    """Spark writes MiB since 3.0; a line that was heard with other units before is looked at again."""
    evidence = ReleaseEvidence()
    for size in (first, second):
        text = f"Task 7 acquired {size} for a.B@1"
        said = understand(text)
        assert said is not None
        evidence.hear(said.pattern, text, 0)

    assert (evidence.since, evidence.before) == (max(since, (2, 0)), before)


def test_grants_that_are_the_same() -> None:
    """As many, each with what it is held against."""
    one, two = exactly(1), exactly(2)

    assert _same([one, two], [one, two])
    assert _same([], [])
    assert not _same([one, one], [one, two])
    assert not _same([one], [one, two])
    assert not _same([one, two], [one])


def test_a_file_that_is_passed_over(tmp_path: Path) -> None:
    """It is not among those that were read, and why is said."""
    (tmp_path / "a.log").write_bytes(b"")
    (tmp_path / "b.log").write_text("".join(CALM))
    reading = ReadSoFar()
    found = [each.name for each in texts([tmp_path], reading, lambda _: None)]

    assert found == reading.files == [str(tmp_path / "b.log")]
    assert ["a.log: it is empty; it was passed over" in each for each in reading.troubles] == [True]


def test_events_that_are_none() -> None:
    """What stands in the place of a list of events is opened as anything else is."""
    assert [*_records({"logEvents": "nothing", "more": {"message": "a"}})] == [{"message": "a"}]
    assert [*_records({"logEvents": {"message": "a"}})] == [{"message": "a"}]
