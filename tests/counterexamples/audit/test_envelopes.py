"""A wrapping is taken off a line: what Spark wrote comes out, and whose line it is, as far as the wrapping says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spillproof.counterexamples.audit.envelopes import Envelopes, _stream, _written, of_beginning

OWN = "17/12/05 10:00:00 INFO Executor: Running task 0.0"
"""A line with a time of its own."""
BARE = "Running task 0.0"


def opened(text: str, *, like: int = 1) -> tuple[list[str], str]:
    """What is in a line of a file that has so many alike."""
    found = of_beginning(f"{text}\n" * like).open(text)
    return found.lines, found.stream


@pytest.mark.parametrize(
    ("before", "behind", "stream", "time"),
    [
        ("2018-03-01T10:00:00.000000000Z stderr F ", "", "", "2018-03-01T10:00:00.000000000Z"),
        ("[pod/job-1/main] ", "", "job-1/main", ""),
        ("worker-1  | ", "", "worker-1", ""),
        ('2018-03-01T10:00:00Z {app="spark", pod="exec-1"} ', "", "exec-1", "2018-03-01T10:00:00Z"),
        ("Mar  1 10:00:00 node7 spark[42]: ", "", "node7 spark[42]", "Mar  1 10:00:00"),
        ("> > ", "", "", ""),
        ("| ", " |", "", ""),
        ('host=node7 source=/x _raw="', '"', "node7", ""),
        (
            "[pod/job-1/main] 2018-03-01T10:00:00.000000000Z stderr F ",
            "",
            "job-1/main",
            "2018-03-01T10:00:00.000000000Z",
        ),
    ],
)
def test_what_stands_before_a_line(before: str, behind: str, stream: str, time: str) -> None:
    """It is taken off with what closes it; its time is written before a line that has none of its own."""
    assert opened(f"{before}{OWN}{behind}") == ([OWN], stream)
    assert opened(f"{before}{BARE}{behind}")[0] == [f"{time} {BARE}".strip()]


def test_a_prefix_that_few_lines_have_is_none() -> None:
    """Every fifth line has to have it, and two of them."""
    prefixed, other = f"[pod/a/b] {OWN}\n", f"{OWN}\n"

    assert [len(of_beginning(prefixed * each + other * (10 - each)).prefixes) for each in (0, 1, 2, 10)] == [0, 0, 1, 1]
    assert len(of_beginning(prefixed * 2 + other * 9).prefixes) == 0
    assert len(of_beginning(other * 400 + prefixed * 400).prefixes) == 0  # of what is read of a beginning


RECORD: dict[str, Any] = {"message": BARE, "level": "INFO", "logger": "Executor", "timestamp": "2018-03-01T10:00:00Z"}


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({}, f"2018-03-01T10:00:00Z INFO Executor: {BARE}"),
        ({"message": OWN}, OWN),
        ({"timestamp": ""}, f"INFO Executor: {BARE}"),
        ({"thread": "main"}, f"2018-03-01T10:00:00Z INFO [main] Executor: {BARE}"),
        ({"level": "", "logger": ""}, f"2018-03-01T10:00:00Z  {BARE}"),
        ({"context.task_id": 7}, f"[worker for task 7] 2018-03-01T10:00:00Z INFO Executor: {BARE}"),
        ({"context.task_id": 7, "message": f"{BARE} (TID 7)"}, f"2018-03-01T10:00:00Z INFO Executor: {BARE} (TID 7)"),
        ({"timestamp": 1519898400}, f"2018-03-01T10:00:00.000Z INFO Executor: {BARE}"),
    ],
)
def test_an_object_of_json(fields: dict[str, Any], line: str) -> None:
    """What it says of time, level, thread and logger stands before its message, as in a plain layout."""
    assert opened(json.dumps({**RECORD, **fields}))[0] == [line]


@pytest.mark.parametrize(
    ("fields", "stream"),
    [
        ({}, ""),
        ({"kubernetes": {"pod_name": "exec-1"}}, "exec-1"),
        ({"host": "node7"}, "node7"),
        ({"path": "/logs/exec-1/stderr"}, "/logs/exec-1/"),
        ({"path": "Executor.scala"}, ""),
        ({"host": "node7", "path": "/logs/exec-1/stderr"}, "node7"),
    ],
)
def test_whose_an_object_is(fields: dict[str, Any], stream: str) -> None:
    """A pod's, a host's, or that of the file that it was read from; a file of code is nobody's."""
    assert opened(json.dumps({**RECORD, **fields}))[1] == stream


def test_more_than_a_line_in_an_object() -> None:
    """A message of two lines, an exception in a field of its own, and one in parts, with its cause."""
    cause = {"class": "b.Cause", "msg": "of it"}
    parts = {
        "class": "a.Error",
        "msg": "so",
        "stacktrace": [{"class": "C", "method": "m", "file": "C.java", "line": 1}],
    }

    assert opened(json.dumps({"message": f"{OWN}\nmore\n"}))[0] == [OWN, "more"]
    assert opened(json.dumps({"message": [f"{OWN}\n", "more"]}))[0] == [OWN, "more"]
    assert opened(json.dumps({"message": list(f"{OWN}\nGrüße".encode())}))[0] == [OWN, "Grüße"]
    assert opened(json.dumps({"message": OWN, "stack_trace": "a.Error: so\n\tat C.m(C.java:1)\n"}))[0] == [
        OWN, "a.Error: so", "\tat C.m(C.java:1)",
    ]  # fmt: skip
    assert opened(json.dumps({"message": OWN, "exception": {**parts, "cause": cause}}))[0] == [
        OWN, "a.Error: so", "\tat C.m(C.java:1)", "b.Cause: of it",
    ]  # fmt: skip


def test_a_wrapping_in_a_wrapping() -> None:
    """Objects in texts of objects, three deep; what is deeper is left as it is, and what is whose adds up."""
    text, streams = OWN, []
    for number in range(3):
        text = json.dumps({"log": text, "host": f"h{number}"})
        streams.append(f"h{number}")
    assert opened(text) == ([OWN], " ".join(reversed(streams)))
    deeper = json.dumps({"log": OWN, "x": 1})
    once = json.dumps({"log": deeper})
    assert opened(json.dumps({"log": json.dumps({"log": once})}))[0][0].endswith(deeper)


def test_a_row_of_a_table() -> None:
    """It is read by the headings of its file; what stands in a column is no row once more, whatever commas it has."""
    table = "timestamp,message,host\n"
    envelopes = of_beginning(f'{table}"2018-03-01T10:00:00Z","{BARE}, and more","node7"\n')

    assert envelopes.columns == ("timestamp", "message", "host")
    found = envelopes.open(f'"2018-03-01T10:00:00Z","{BARE}, and more","node7"')
    assert (found.lines, found.stream) == ([f"2018-03-01T10:00:00Z  {BARE}, and more"], "node7")
    assert of_beginning("one,two\n1,2\n").columns == ()
    assert of_beginning("a text, with a comma and a message\n").columns == ()


@pytest.mark.parametrize("text", [repr([OWN]), json.dumps(OWN), f"'{OWN}'", f'["{OWN}"]'])
def test_a_line_in_quotes(text: str) -> None:
    """Of JSON, of Python, alone or in a list."""
    assert opened(text)[0] == [OWN]


@pytest.mark.parametrize(
    ("text", "plain"), [(OWN, True), (f"  {OWN}", True), ('{"a": 1}', False), (' "a"', False), ("", True)]
)
def test_what_has_no_wrapping(text: str, plain: bool) -> None:  # noqa: FBT001 - parametrized
    """A line that begins with none of a wrapping's signs, in a file that has no prefix, no table and no mark-up."""
    assert Envelopes().plain(text) is plain
    for other in (Envelopes(hypertext=True), Envelopes(columns=("a",)), of_beginning(f"> {OWN}\n")):
        assert not other.plain(text)


@pytest.mark.parametrize(
    ("outer", "inner", "whose"),
    [
        ("", "b", "b"),
        ("a", "b", "a b"),
        ("a", "a", "a"),
        ("a", "", "a"),
        ("", "", ""),
        ("a", "level=INFO", "a"),  # not whose it is
        ("a", "level=INFO pod=b", "a b"),
    ],
)
def test_whose_a_line_in_two_wrappings_is(outer: str, inner: str, whose: str) -> None:
    """Both say it, once where they agree; fields that say something else tell no logs apart."""
    assert _stream(outer, inner) == whose


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2018-03-01", "2018-03-01"),
        (1519898400, "2018-03-01T10:00:00.000Z"),
        ("1519898400.25", "2018-03-01T10:00:00.250Z"),
        (1519898400250, "2018-03-01T10:00:00.250Z"),
        ("1519898400250000000", "2018-03-01T10:00:00.250Z"),
        ({"epochSecond": 1519898400, "nanoOfSecond": 250_000_000}, "2018-03-01T10:00:00.250Z"),
        ({"seconds": "1519898400"}, "2018-03-01T10:00:00.000Z"),
        ({}, ""),
        (None, ""),
        ("17/12/05 10:00:00", "17/12/05 10:00:00"),
        ("123456789", "123456789"),
    ],
)
def test_how_a_time_is_written(value: object, time: str) -> None:
    """Numbers of ten digits and more are seconds since 1970, or thousandths and so on; a text stays what it is."""
    assert _written(value) == time
