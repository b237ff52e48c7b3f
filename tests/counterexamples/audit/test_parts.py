"""Small decisions of an audit, each by itself: encodings, fields, sizes, words that are known, what is remembered."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.counterexamples.audit.audit import Audit
from spillproof.counterexamples.audit.deaths import sign
from spillproof.counterexamples.audit.encodings import _wide
from spillproof.counterexamples.audit.families import ERROR, What
from spillproof.counterexamples.audit.interval import Interval, _power, printed
from spillproof.counterexamples.audit.paragraphs import _lines
from spillproof.counterexamples.audit.record_fields import first
from spillproof.counterexamples.audit.sentences import Memory, Said, _kill
from spillproof.counterexamples.audit.tongues import NEEDLES
from tests.counterexamples.audit.told import consumer, death, spill, task, window


@pytest.mark.parametrize(
    ("head", "order"),
    [
        ("a text".encode("utf-16-le"), "utf-16-le"),
        ("a text".encode("utf-16-be"), "utf-16-be"),
        (b"a text", ""),
        (b"\0a" * 5 + b"ba" * 5, ""),
        (b"a\0" * 5 + b"ab" * 5, ""),
        (b"\0\0" * 9 + b"a\0", ""),
        (b"\0a" * 8 + b"ba" * 2, "utf-16-be"),
        (b"\0a" * 7 + b"ba" * 3, ""),
        (b"a\0", ""),
        (b"a\0b\0", "utf-16-le"),
    ],
)
def test_which_bytes_are_zero(head: bytes, order: str) -> None:
    """More than seven of ten on one side, and less than one of ten on the other."""
    assert _wide(head) == order


@pytest.mark.parametrize(
    ("size", "power"),
    [(0, 0), (2047, 0), (2048, 1), ((2 << 20) - 1, 1), (2 << 20, 2), (2 << 50, 5), (2 << 60, 5)],
)
def test_the_unit_of_a_size(size: int, power: int) -> None:
    """The largest of which there are two; petabytes at most, as Spark has it."""
    assert _power(size) == power


@pytest.mark.parametrize(
    ("text", "size"),
    [("15 B", Interval(15, 15)), ("15.0 B", Interval(15, 15)), ("1.5 B", Interval(1, 2)), ("-1.5 B", Interval(-2, -1))],
)
def test_bytes_are_whole(text: str, size: Interval) -> None:
    """What stands there is exact; if it is between two numbers, it is one of them."""
    assert printed(text) == size


def test_the_first_field_that_has_anything() -> None:
    """No null, no empty text, no object."""
    flat: dict[str, Any] = {"a": None, "b": "", "c": {"x": 1}, "d": ["one", "two\n"], "e": "last"}

    assert first(flat, "abcde") == "one\ntwo"
    assert first(flat, "abcxe") == "last"
    assert first(flat, "abc") is None


def test_a_line_that_does_not_end() -> None:
    """It is one as well, and lines are whole wherever the chunks are cut."""
    assert list(_lines(iter([b"a\r\nb", b"c\nd"]))) == ["a", "bc", "d"]
    assert list(_lines(iter([b"a\n"]))) == ["a"]


def test_words_of_other_tongues_are_sought_in_json_too() -> None:
    """With small and with large digits."""
    assert {b"Get\\u00f6tet", b"Get\\u00F6tet"} <= {each for each in NEEDLES if each.startswith(b"Get\\")}


def test_what_is_remembered_of_a_line() -> None:
    """What stands after its time; the head before it has the time of the new line."""
    memory, said = Memory(), Said(What.KILL, ERROR, 8)

    memory.keep("T1 head MSG", 2, said)
    assert memory.recall("T2 head MSG", 2) == (said, "T2 head ")
    assert memory.recall("T2 head MSG!", 2) is None
    memory.keep("T1 none", 0, said)
    memory.keep("T1 late", 9, said)
    assert memory.recall(" none", 0) is None
    assert list(memory.known) == [" head MSG"]


def test_what_a_sign_of_death_says() -> None:
    """What kind it is, its words, and where they stand."""
    text = "12:00 the task ended: java.lang.OutOfMemoryError: Java heap space"
    (said,) = _kill(text)

    assert (said.who, said.text) == sign(text)
    assert text[said.start :].startswith(said.text)
    assert _kill("all is well") == []


def test_which_tasks_are_shown() -> None:
    """Those that failed with a window; then other failures, wide windows, spills, and what held most."""
    held = consumer("E1", Interval(0, 9))
    ways = [
        task(1, error=death(1), windows=[window()]),
        task(2, error=death(1)),
        task(3, windows=[window(70)]),
        task(4, windows=[window(60)]),
        task(5, forced=[spill()]),
        task(6, held, peak=Interval(0, 9)),
        task(7),
    ]

    assert [each.number for each in sorted(ways, key=lambda each: each.interest(), reverse=True)] == [
        1,
        2,
        3,
        4,
        5,
        6,
        7,
    ]
    assert ways[1].interest()[:2] == (False, True)


@pytest.mark.parametrize(
    ("leaks", "whole", "kind", "read", "sure"),
    [
        (True, True, "release", None, True),
        (True, False, "forced spill", True, True),
        (True, False, "forced spill", None, False),
        (True, False, "forced spill", False, False),
        (True, False, "release", True, False),
        (None, True, "forced spill", True, False),
        (False, True, "forced spill", True, False),
    ],
)
def test_a_window_that_is_sure(leaks: Any, whole: Any, kind: str, read: Any, sure: Any) -> None:
    """The release leaks so, and the log is whole, or says itself that what was spilled was being read."""
    self: Any = SimpleNamespace(leaks=lambda _: leaks, whole=whole)

    assert Audit.sure(self, replace(window(), kind=kind, while_read=read)) is sure
