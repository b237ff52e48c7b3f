"""Texts that go on in further lines, and which signs of death are told."""

from __future__ import annotations

import pytest

from spillproof.counterexamples.audit.deaths import SIGNS, Death
from spillproof.counterexamples.audit.paragraphs import _text
from tests.counterexamples.audit.told import dead, lines, part, said
from tests.counterexamples.audit.told import error as died


@pytest.mark.parametrize(
    ("value", "more", "text"),
    [
        ("|", ["    a", "      b", "", "    c", ""], "a\n  b\n\nc"),
        (">-", ["  a"], "a"),
        ("|2", ["   a", "  b"], " a\nb"),
        ("|", [], ""),
        ("|x", [], "|x"),
        ('"one two', ["  three", '   four"'], "one two three four"),
        ('"one', ["  thr\\", '   ee"'], "one three"),
        ('"one', ["  two\\", '   \\ three"'], "one two three"),
        ('"one\\ntwo"', [], "one\ntwo"),
        ('"one', [], "one"),
        ("one", ["  two", "", " three"], "one two\n three"),
        ("'it''s one'", [], "it's one"),
        ("'one", ["  two'"], "one two"),
        ("'", [], "'"),
        ("'a", [], "'a"),
        ("a'", [], "a'"),
        ("''", [], ""),
        ("", [], ""),
    ],
)
def test_a_text_in_several_lines(value: str, more: list[str], text: str) -> None:
    """In a block, its margin taken off; in quotes, without them; or as it stands, an empty line for a new one."""
    assert _text(value, more) == text


SIGNED = "Lines that say that something died of memory, or was killed"


def sign(line: int, phrase: str, what: str = "the container was killed") -> Death:
    """A line with a sign of death."""
    return Death(line, what, phrase)


def test_three_signs_are_shown() -> None:
    """And the others are counted."""
    three, four = ([sign(number, f"it was killed {number}") for number in range(1, most + 1)] for most in (3, 4))

    assert part(dead(*three), SIGNED) == [f"  line {number}: it was killed {number}" for number in (1, 2, 3)]
    assert part(dead(*four), SIGNED)[3:] == ["  and 1 more"]


def test_what_the_errors_say_is_not_told_twice() -> None:
    """What begins like the text of an error; and that an OutOfMemoryError was, where one is told."""
    found = [died(message="x" * 40 + "y")]
    out = sign(5, "java.lang.OutOfMemoryError", SIGNS[0].what)

    assert SIGNED not in lines(dead(sign(5, "x" * 40 + "z"), errors=found))
    assert SIGNED in lines(dead(sign(5, "x" * 39 + "z"), errors=found))
    assert SIGNED in lines(dead(out, errors=found))
    assert SIGNED not in lines(dead(out, errors=[died()]))
    assert "it was killed" in said(dead(sign(5, "it was killed"), errors=[died()]))
