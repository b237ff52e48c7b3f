"""Wrappings part by part: quotes, rows, times, whose a line is, and exceptions that have a field of their own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spillproof.counterexamples.audit import envelopes
from spillproof.counterexamples.audit.envelopes import Envelopes, of_beginning, own_time
from spillproof.counterexamples.audit.record_fields import fields

OWN = "17/12/05 10:00:00 INFO X: a"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"a b"', {"message": "a b"}), ("'a b'", {"message": "a b"}), ('["a b"]', {"message": "a b"}),
        ('"a\\tb"', {"message": "a\tb"}), ("'a\\tb\\nc'", {"message": "a\tb\nc"}),
        ('"a ""b"" c"', {"message": 'a "b" c'}),
        ('"10:00","a longer one"', {"message": "a longer one", "time": "10:00"}),
        (f'"{"t" * 39}","{"x" * 50}"', {"message": "x" * 50, "time": "t" * 39}),
        (f'"{"t" * 40}","{"x" * 50}"', {"message": "x" * 50, "time": ""}),
        ('"a', None), ('"', None), ("a", None), ("\"a'", None), ('""', {"message": ""}),
    ],
)  # fmt: skip # a table
def test_what_stands_in_quotes(text: str, found: Any) -> None:
    """A string of JSON, of Python or of CSV; or a row of CSV, of which the longest is the line."""
    assert envelopes._quoted(text) == found


@pytest.mark.parametrize(
    ("text", "columns", "found"),
    [
        ('{"a": 1}', (), {"a": 1}), ('{"a": 1},', (), {"a": 1}), ('{"a": 1}]', (), {"a": 1}), ('{"a" => 1}', (), None),
        ('{"a"=>1}', (), {"a": 1}), ("{a}", (), None), ("[1]", (), None), ('["a"]', (), {"message": "a"}),
        ("a,b", ("x", "y"), {"x": "a", "y": "b"}), ("a,b,c", ("x", "y"), {"x": "a", "y": "b"}), ("a", ("x", "y"), None),
        ("a", ("x",), {"x": "a"}), ("a,b", ("x", "y", "z"), {"x": "a", "y": "b"}), ("a", (), None),
    ],
)  # fmt: skip # a table
def test_a_record(text: str, columns: tuple[str, ...], found: Any) -> None:
    """An object, a row that has two fields at least, or quotes."""
    assert envelopes._record(text, columns) == found


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ('a b"', "a b"), ('a b" pod="x" n=5', "a b"), ('a "b', 'a "b'), ("a b", "a b"), ('a \\"b\\" c"', 'a "b" c'),
        ('a\\tb\\nc"', "a\tb\nc"),
    ],
)  # fmt: skip # a table
def test_a_quote_that_is_closed(text: str, closed: str) -> None:
    """And the fields that follow it."""
    assert envelopes._closed(text) == closed


@pytest.mark.parametrize(
    ("outer", "inner", "stream"),
    [
        ("", "a", "a"), ("a", "a", "a"), ("a", "b", "a b"), ("a", "", "a"), ("", "", ""), ("", " a ", "a"),
        ("", "pod=x level=INFO ", "x"), ("", "level=INFO ", ""), ("", 'container="x" other=y', "x"),
        ("", "{pod=x}", "x"), ("", "hostname=a.b,c", "a.b"),
    ],
)  # fmt: skip # a table
def test_whose_a_line_is(outer: str, inner: str, stream: str) -> None:
    """As far as the wrappings say: pods, containers and hosts; levels tell no logs apart."""
    assert envelopes._stream(outer, inner) == stream


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("2017-12-05T10:00:00Z", "2017-12-05T10:00:00Z"), (1512468000, "2017-12-05T10:00:00.000Z"),
        (1512468000123, "2017-12-05T10:00:00.123Z"), ("1512468000123456789", "2017-12-05T10:00:00.123Z"),
        ("1512468000.5", "2017-12-05T10:00:00.500Z"), (151246800, "151246800"), (2512468000, "2512468000"),
        ({"epochSecond": 1512468000, "nanoOfSecond": 500000000}, "2017-12-05T10:00:00.500Z"),
        ({"seconds": "1512468000"}, "2017-12-05T10:00:00.000Z"), ({"nanos": 5}, ""), (None, ""), ([1], ""),
        ({"seconds": 1512468000, "nanos": None}, "2017-12-05T10:00:00.000Z"), ({"seconds": 10**18}, ""),
    ],
)  # fmt: skip # a table
def test_times(value: object, written: str) -> None:
    """Seconds, thousandths and so on since 1970, as a layout would write them; all else is as it is."""
    assert envelopes._written(value) == written


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (OWN, True), ("2017-12-05T10:00:00Z a", True), ("10:00:00.123 a", True), ("10:00:00 a", False),
        ("INFO 2017-12-05 10:00:00", True), ("x" * 20 + OWN, False), ("a", False),
    ],
)  # fmt: skip # a table
def test_a_time_of_its_own(text: str, *, own: bool) -> None:
    """A line begins with it, with its date, or to the thousandth."""
    assert own_time(text) is own


TRACE = "java.lang.OutOfMemoryError: x\n\tat a.B.c(D.scala:1)\n"


@pytest.mark.parametrize(
    ("record", "lines"),
    [
        ({"message": "m", "stack_trace": TRACE}, TRACE.rstrip().split("\n")),
        ({"message": "m", "exception": {"class": "a.B", "message": "x"}}, ["a.B: x"]),
        ({"message": "m", "exception": {"message": "x"}}, ["x"]),
        ({"message": "m", "exception": {"class": "a.B", "stacktrace": "\tat a\n\tat b\n"}},
         ["a.B", "\tat a", "\tat b"]),
        (
            {"message": "m", "exception": {"name": "a.B", "frames": [
                {"class": "c.D", "method": "e", "file": "D.scala", "line": 5}, "f.G.h(I.scala:1)",
            ]}},
            ["a.B", "\tat c.D.e(D.scala:5)", "\tat f.G.h(I.scala:1)"],
        ),
        (
            {"message": "m", "exception": {
                "class": "a.B", "cause": {"class": "c.D", "msg": "y", "cause": {"class": "E"}},
            }},
            ["a.B", "c.D: y", "E"],
        ),
        ({"message": "m", "exception_class": "a.B", "exception_message": "x"}, ["a.B: x"]),
        ({"message": "m", "error.type": "a.B", "error.message": "x"}, ["a.B: x"]),
        ({"message": "m", "error.type": "a.B", "error.stack_trace": "a.B: x\n\tat c\n"}, ["a.B: x", "\tat c"]),
        ({"message": "m"}, []),
        ({"message": "m", "exception": {"stack": "\n".join(map(str, range(300)))}}, [str(each) for each in range(200)]),
        ({"message": "m", "exception": {"class": "a.B", "frames": [str(each) for each in range(300)]}},
         ["a.B", *(f"\tat {each}" for each in range(200))]),
    ],
)  # fmt: skip # a table
def test_an_exception_with_a_field_of_its_own(record: dict[str, Any], lines: list[str]) -> None:
    """It is as Java prints it: its class and what it says, its stack, and its causes."""
    assert envelopes._exception(record, fields(record)) == lines


def test_a_frame() -> None:
    """What is not said of it is empty."""
    assert envelopes._frame({"class": "a.B", "line": 5}) == "a.B.(:5)"
    assert envelopes._frame(None) == ""


@pytest.mark.parametrize(
    ("line", "columns"),
    [
        ("time,message", ("time", "message")), ("time;Message", ("time", "message")), ("time\tlog", ("time", "log")),
        ('"@timestamp","@message"', ("@timestamp", "@message")), ("time,level", ()), ("message", ()), (OWN, ()),
        ("", ()),
    ],
)  # fmt: skip # a table
def test_headings_of_a_table(line: str, columns: tuple[str, ...]) -> None:
    """Two at least, one of which is a log's."""
    assert envelopes._columns([line]) == columns
    assert envelopes._columns([]) == ()


@pytest.mark.parametrize(
    ("having", "others", "is_one"),
    [(1, 0, True), (1, 1, False), (2, 0, True), (2, 8, True), (2, 9, False), (0, 3, False)],
)
def test_how_many_lines_have_a_prefix(having: int, others: int, *, is_one: bool) -> None:
    """Two, and every fifth; or the only one."""
    found = of_beginning(("[pod/a/b] x\n" * having) + "y\n" * others)
    assert bool(found.prefixes) is is_one
    assert found.plain("x") is not is_one


def test_prefixes_in_one_another() -> None:
    """They are taken off one after the other, each as often as the beginning shows."""
    line = "2017-12-05T10:00:00.000Z stderr F [pod/a/b] > x"
    found = of_beginning(f"{line}\n" * 3)
    opened = found.open(line)
    assert (opened.lines, opened.stream, len(found.prefixes)) == (["2017-12-05T10:00:00.000Z x"], "a/b", 3)
    assert of_beginning(f"2017-12-05T10:00:00.000Z stderr F {OWN}\n" * 3).timed
    assert not of_beginning(f"{OWN}\n" * 3).timed


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (OWN, True), (f"  {OWN}", True), ('{"a": 1}', False), ("  {x", False), ('"a"', False), ("[INFO] a", False),
        ("'a'", False), ("", True),
    ],
)  # fmt: skip # a table
def test_a_line_without_a_wrapping(text: str, *, plain: bool) -> None:
    """It does not open one."""
    made = Envelopes()
    assert made.plain(text) is plain
    for each in (Envelopes(hypertext=True), Envelopes(columns=("a",))):
        assert not each.plain(OWN)


def test_a_record_without_a_message() -> None:
    """The longest of its texts is the line; the task that it names is the thread's."""
    text = json.dumps({"ts": "2017-12-05T10:00:00Z", "a": "short", "b": "a longer text than the time"})
    assert Envelopes().open(text).lines[0].endswith("a longer text than the time")
    task = json.dumps({"message": "Running", "task_id": 7, "mdc": {"taskId": "7"}})
    assert Envelopes().open(task).lines[0].endswith("Running")
    many = json.dumps({"message": "\n".join(str(each) for each in range(300))})
    assert len(Envelopes().open(many).lines) == 200
