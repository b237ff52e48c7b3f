"""JSON that is spread over lines, part by part: which file is such, and what in a value is a record or a line."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from typing import Any

import pytest

from spillproof.counterexamples.audit import documents
from spillproof.counterexamples.audit.documents import _lines, _loose, _records, _row, _sent, _table, spread

LOG = "17/12/05 10:00:00 INFO a: b\n17/12/05 10:00:01 INFO a: c\n\tat d\n"
LINES = LOG.rstrip("\n").split("\n")
BASE64 = b64encode(json.dumps({"message": "Lost task 0.0"}).encode()).decode()


def told(value: Any) -> list[Any]:
    """The records and lines of a value."""
    return [*_records(value)]


@pytest.mark.parametrize(
    ("head", "is_spread"),
    [
        ("", False),
        ("17/12/05 10:00:00 INFO a: b\n", False),
        ("[INFO] a\n", False),
        ("[1, 2]", False),
        ("[[1]]", False),
        ("[", True),
        ("\ufeff [\n{", True),
        ('[{"message": "a"}]', True),
        ('[[{"message": "a"}]]', True),
        ('{"message": "a"}', False),  # one record
        ('{"message": "a"}\n{"message": "b"}\n', False),
        ('{"Event": "SparkListenerLogStart"}\n', False),
        ('{"x": 1}', True),  # an object that may hold some
        ('{"x": 1}\n{"x": 2}\n', False),
        ('{"x":\n', True),
        ("{\n", True),
        ('{"hits": [\n{"x": 1}]}\n', True),
        ('"hits": [\n{"x": 1}]}\n', False),
        ('{"MESSAGE": [104, 105]}\n{"MESSAGE": "a"}\n', True),
        (f'{{"x": "{BASE64}"}}\n{{"x": "y"}}\n', True),
        (f'{{"data": "{"H4sI" + "A" * 20}"}}\n{{"data": "x"}}\n', True),
        (json.dumps({"message": LOG}), True),  # whose message is a log
    ],
)
def test_which_file_is_spread(head: str, *, is_spread: bool) -> None:
    """Not one that has a record a line, nor one in which brackets stand before a line."""
    assert spread(head) is is_spread


@pytest.mark.parametrize(
    ("text", "up_to"),
    [
        ("x" * 9, 0), ("x" * 20, 0), ("ab],cd],ef" + "x" * 9, 8), ("ab\ncd],ef" + "x" * 9, 7), ("ab\\ncd" + "x" * 9, 4),
        ('ab",cd\nef' + "x" * 9, 7), ('ab",cd' + "x" * 9, 4), ("],\n" + "x" * 5, 0),
    ],
)  # fmt: skip # a table
def test_how_far_a_text_is_given_out(text: str, up_to: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as a row of a table ends, or a line, where it is too long to be waited for."""
    monkeypatch.setattr(documents, "LONGEST", 10)

    assert _loose(text, 0) == up_to
    assert _loose(f"zz{text}", 2) == up_to + 2 * (up_to > 0) + 2 * (up_to == 0)


def test_a_row() -> None:
    """Whatever is in it, as text; none where it is no list."""
    assert _row('["1", 2, "a"]') == ["1", "2", "a"]
    assert _row('["1", ') == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (BASE64, {"message": "Lost task 0.0"}),
        (b64encode(gzip.compress(b'[{"a": 1}]', mtime=0)).decode(), [{"a": 1}]),
        (b64encode(gzip.compress(LOG.encode(), mtime=0)).decode(), [LOG]),  # lines
        (b64encode(gzip.compress(b'"a"', mtime=0)).decode(), None),
        (b64encode(b'{"a": ').decode(), None),  # cut off
        ("eyJ no", None),
        ("H4sI" + "/" * 8, None),
        ("Lost task", None),
        (b64encode(b"[1]").decode(), None),
    ],
)
def test_what_was_sent(text: str, value: Any) -> None:
    """An object in base64, packed or not; packed lines; any other text is itself."""
    assert _sent(text) == (text if value is None else value)


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        (LOG, LINES),
        (LOG.replace("\n", "\r\n"), LINES),
        (LINES, LINES),
        ([LOG, "x"], [*LINES, "x"]),
        (LINES[:2], []),  # too few to be a log
        ([LINES[0], "x", "y"], []),  # with one time
        ([*LINES, 5], []),
        ([], []),
        ("", []),
        (None, []),
        ({"a": LOG}, []),
    ],
)
def test_a_text_that_is_a_log(value: Any, lines: list[str]) -> None:
    """Of three lines or more, of which two have times."""
    assert _lines(value) == lines


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ({"columns": ["a", "b"], "rows": [[1, 2], [3, 4]]}, [{"a": 1, "b": 2}, {"a": 3, "b": 4}]),
        (
            {"Columns": [{"name": "a"}, {"Name": "b"}, {"ColumnName": "c"}], "Rows": [[1, 2, 3]]},
            [{"a": 1, "b": 2, "c": 3}],
        ),
        ({"fields": ["a"], "data": [[1], [1, 2], 5]}, [{"a": 1}]),
        ({"fields": ["a"], "results": [[1]]}, [{"a": 1}]),
        ({"rows": [[1]]}, []),
        ({"columns": "a", "rows": [[1]]}, []),
        ({"columns": ["a"], "rows": 5}, []),
        ({"columns": [{"other": "a"}, 5], "rows": [[1]]}, [{"": 1}]),
    ],
)  # fmt: skip # a table
def test_a_table_by_its_columns(table: Any, rows: list[Any]) -> None:
    """Each row that has as many values is a record."""
    assert [*_table(table)] == rows


def test_what_in_a_value_is_a_record() -> None:
    """What has a message; and what holds such, is opened."""
    record = {"message": "a", "level": "INFO"}
    assert told(record) == [record]
    assert told([record, [record]]) == [record, record]
    assert told({"hits": {"hits": [record, {"x": 1}]}}) == [record]
    assert told("nothing") == told(5) == told({"x": 1}) == []
    assert told("java.lang.OutOfMemoryError: a\nb") == ["java.lang.OutOfMemoryError: a", "b"]
    assert told({"message": "a", "data": BASE64}) == [{"message": "a", "data": {"message": "Lost task 0.0"}}]


def test_a_record_whose_message_is_a_log() -> None:
    """Its lines, and what else it has that may say something."""
    assert told({"message": LOG, "other": "x"}) == LINES
    assert told({"message": LOG, "events": [{"message": "a"}]}) == [*LINES, {"message": "a"}]


def test_lines_of_loki_and_cloudwatch() -> None:
    """Pairs of a time and a line, whose they are; events, with the stream that they are of."""
    pairs = {"stream": {"pod": "a"}, "values": [["1", "b"], ["2"], ["3", "c", "d"]]}
    assert told({"data": [pairs, {"values": [["4", "e"]]}]}) == [
        {"time": "1", "line": "b", "stream": {"pod": "a"}}, {"time": "3", "line": "c", "stream": {"pod": "a"}},
        {"time": "4", "line": "e", "stream": {}},
    ]  # fmt: skip
    assert told({"logStream": "s", "logEvents": [{"message": "a"}, "b", {"message": "c", "logStream": "t"}]}) == [
        {"logStream": "s", "message": "a"}, {"logStream": "t", "message": "c"},
    ]  # fmt: skip


def test_what_an_object_says_of_itself() -> None:
    """Where that may say that something died; what it holds is said by itself."""
    died = {"reason": "OOMKilled", "log": LOG, "more": {"message": "a"}, "list": []}
    assert told(died) == [*LINES, {"reason": "OOMKilled"}, {"message": "a"}]
    table = {"columns": ["a"], "rows": [[1]], "reason": "OOMKilled"}
    assert told(table) == [{"a": 1}, {"reason": "OOMKilled"}]
