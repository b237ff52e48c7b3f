"""The beginning of a file, and the release of its lines: what is concluded from them, and what is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spillproof.counterexamples.audit import archives, eventlog, paragraphs
from spillproof.counterexamples.audit.record_fields import joined
from spillproof.counterexamples.audit.releases import FIRST, LAST, ReleaseEvidence
from spillproof.counterexamples.audit.sources import ReadSoFar, Text, texts
from tests.counterexamples.audit.logs import BEGINS, GRANT, OOM
from tests.counterexamples.audit.test_hearing import heard


def text(folder: Path, content: str) -> Text:
    """The text of a file, as it is read."""
    (folder / "a.log").write_text(content)
    (found,) = texts([folder / "a.log"], ReadSoFar(), lambda _: None)
    return found


@pytest.mark.parametrize(
    ("head", "mark"),
    [
        ("<log4j:event a='b'>\n", "</log4j:event>"), ("\ufeff\n<Events>\n<Event>\n", "</Event>"),
        ("x\n<Event>\n", None), ("<html>\n", None), ("<a>" + " " * 4000 + "\n<record>\n", None),
        ("---\ninsertId: 5\n", "---"), ("---\nother: 5\n", None), ("insertId: 5\n", None),
        ('{\n  "a" => 5\n', "}"), ('{"a" => 5\n', None), ("__CURSOR=s\n", ""), ("__REALTIME_TIMESTAMP=5\n", ""),
        ("x __CURSOR=s\n", None), (BEGINS, None), ("", None),
    ],
)  # fmt: skip # a table
def test_records_that_are_spread_over_lines(head: str, mark: str | None) -> None:
    """What a file begins with says whether it has any, and where they end."""
    found = paragraphs.reader(head)
    assert (found and found[0]) == mark


def test_a_beginning_that_comes_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As much is waited for as is looked at."""
    monkeypatch.setattr(archives, "CHUNK", 100)
    assert len(text(tmp_path, BEGINS * 50).head) == len(BEGINS) * 50


def test_a_wrapping_in_colours(tmp_path: Path) -> None:
    """Colours are taken off before anybody looks for it."""
    found = text(tmp_path, f"\x1b[36m[pod/a/b]\x1b[0m {BEGINS}" * 3)
    assert len(found.envelopes.prefixes) == 1


@pytest.mark.parametrize(
    ("since", "before", "release", "older"),
    [
        (FIRST, LAST, (2, 4), None), ((3, 0), LAST, (2, 4), False), ((3, 0), LAST, (3, 0), False),
        ((3, 0), LAST, (3, 1), None), (FIRST, (2, 1), (2, 4), True), (FIRST, (2, 4), (2, 4), True),
        (FIRST, (3, 0), (2, 4), None), ((3, 0), (3, 0), (3, 0), None), ((3, 3), (3, 0), (2, 4), None),
        ((2, 1), (3, 0), (2, 0), False), ((2, 1), (3, 0), (3, 0), True),
    ],
)  # fmt: skip # a table
def test_older_than_another(
    since: tuple[int, ...],
    before: tuple[int, ...],
    release: tuple[int, ...],
    older: bool | None,  # noqa: FBT001
) -> None:
    """As far as the lines say that only some releases write; where they say that none does, nobody knows."""
    assert ReleaseEvidence(since=since, before=before).older_than(release) is older


@pytest.mark.parametrize(
    ("names", "older"), [({(2, 3)}, True), ({(3, 0)}, False), ({(2, 3), (2, 1)}, True), ({(2, 3), (3, 0)}, None)]
)
def test_older_than_another_by_names(names: set[tuple[int, ...]], older: bool | None) -> None:  # noqa: FBT001 - a table
    """Where all that is named agrees."""
    assert ReleaseEvidence(names=names).older_than((2, 4)) is older
    assert ReleaseEvidence(sayings=names).older_than((2, 4)) is older
    assert ReleaseEvidence(sayings={(9, 9)}, names=names).older_than((2, 4)) is False
    assert ReleaseEvidence(asked=(9, 9), sayings=names, names=names).older_than((2, 4)) is False


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"), (None, None), ({"a": 1}, {"a": 1}), (["a\n", "b"], "a\nb"), ([104, 105], "hi"),
        ([255], "\ufffd"),
        ([104, 256], None), ([-1], None), ([0, 104], "\0h"), ([], None), (["a", 5], None), ([[1]], None),
    ],
)  # fmt: skip # a table
def test_a_list_that_is_a_text(value: object, text: object) -> None:
    """Lines, or bytes, as a journal has a line with colours."""
    assert joined(value) == text


@pytest.mark.parametrize(
    ("words", "died"),
    [
        ("Container killed by YARN for exceeding memory limits. 5.5 GB of 5.5 GB physical memory used", True),
        ("Container from a bad node. Exit status: 143", False),  # who reclaims a node kills, too
        ("Executor exited with exit code 52", True),
        ("the disk is full", False),
    ],
)
def test_what_a_task_was_lost_of(words: str, *, died: bool) -> None:
    """Of memory, or of something else that ends an executor."""
    event = {
        "Event": "SparkListenerTaskEnd",
        "Task End Reason": {"Reason": "ExecutorLostFailure", "Loss Reason": words},
    }
    (found,) = eventlog.read("x", iter([json.dumps(event).encode() + b"\n"])).failures

    assert found.died is died


def test_a_line_that_says_two_things() -> None:
    """What the next lines say is of the last: where an error was thrown."""
    frame = "\tat org.apache.spark.util.collection.AppendOnlyMap.growTable(AppendOnlyMap.scala:218)\n"
    hearing = heard(BEGINS + GRANT.rstrip("\n") + f" {OOM}" + frame)
    error = hearing.ledger.live[7].error

    assert error is not None
    assert error.frame == "AppendOnlyMap.growTable"
