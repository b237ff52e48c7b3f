"""What is said of objects, sizes, values and runs, each by itself: words that a person would write by hand."""

from __future__ import annotations

import inspect
from enum import Enum
from typing import Any, NamedTuple

import pytest

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.evidence.evidence import Evidence, Reading
from spillproof.properties.engines.evidence.gather import evidence_of
from spillproof.properties.engines.evidence.reading_text import in_words
from spillproof.properties.engines.run import Moment, Run, Step, replay
from spillproof.properties.engines.story.names import names_of
from spillproof.properties.engines.story.news import news, where
from spillproof.properties.engines.story.phrases import exactly, number, paragraph, roughly, steps, wrapped
from spillproof.properties.engines.verdict import Never, Report, Result, Violated


class Part(HeapObject):
    """Holds bytes, and perhaps another part."""

    size: Bytes = 0
    other: Part | None = None


class Shelf(Model):
    """Parts of a room that gets smaller; nothing forbids that it is less than nothing."""

    room: Bytes
    part: Part
    spare: Part | None

    def begin(self, room: Bytes) -> None:
        self.room, self.part, self.spare = room, Part(), None

    @action
    def put(self, size: Bytes) -> None:
        require(size != 7)
        if size == 5:
            raise ValueError("five")
        self.part.size += size
        self.room -= size

    def used(self) -> Bytes:
        """Return the bytes in use. Of the part alone."""
        return self.part.size


# Names


def moment(state: Model, *objects: HeapObject, names: dict[int, str] | None = None) -> Moment:
    """A state with its objects, of which some are mentioned in the run."""
    return Moment(state, None, "", names or {}, [state, *objects], [*range(len(objects) + 1)])


def test_objects_are_called_as_the_run_calls_them_or_as_they_are_reached() -> None:
    """From the state by the field alone; from a part by its name and the field."""
    state: Shelf = Shelf().start(room=1)
    last = Part()
    state.part.other = Part(0, last)
    state.spare = Part()
    objects = [state.part, state.spare, state.part.other, last]
    names = names_of(moment(state, *objects, names={id(state.part): "P1"}))
    assert names[id(state)] == "Shelf"
    assert [names[id(each)] for each in objects] == ["P1", "spare", "P1.other", "P1.other.other"]


def test_no_two_objects_have_one_name() -> None:
    """The second and the third of a name have a number."""
    state: Shelf = Shelf().start(room=1)
    state.part.other, state.spare = Part(), Part()
    objects = [state.part, state.spare, state.part.other]
    names = names_of(moment(state, *objects, names={id(each): "P" for each in objects}))
    assert sorted(names[id(each)] for each in objects) == ["P", "P#2", "P#3"]


# Sizes


MB = 1024 * 1024


@pytest.mark.parametrize(
    ("size", "whole", "rough"),
    [
        (0, "0 B", "0 B"), (1023, "1,023 B", "1,023 B"), (MB - 1, "1,048,575 B", "1,048,575 B"),
        (MB, "1,048,576 B (1.0 MB)", "1.0 MB"), (-MB, "-1,048,576 B (-1.0 MB)", "-1.0 MB"),
        (1536 * 1024, "1,572,864 B (1.5 MB)", "1.5 MB"), (1024 * MB - 1, "1,073,741,823 B (1024.0 MB)", "1024.0 MB"),
        (1024 * MB, "1,073,741,824 B (1.0 GB)", "1.0 GB"),
        (1 << 1030, f"{1 << 1030:,} B ({1 << 1000:,} GB)", f"{1 << 1000:,} GB"),
    ],
)  # fmt: skip # a table
def test_sizes_in_words(size: int, whole: str, rough: str) -> None:
    """With all digits, and from a megabyte on with its magnitude."""
    assert (exactly(size), roughly(size)) == (whole, rough)


def test_numbers_steps_and_paragraphs() -> None:
    """A dash for nothing; a line has 80 characters, and what is longer is broken in a paragraph alone."""
    assert (number(None), number(0), number(1234), steps(1), steps(2)) == ("–", "0", "1,234", "1 step", "2 steps")
    assert paragraph(f"{'a' * 78} bb", "- ") == [f"- {'a' * 78}", "  bb"]
    assert paragraph("a" * 79) == [f"  {'a' * 78}", "  a"]
    assert wrapped(f"{'a' * 78} bb", "    ", "- ") == f"- {'a' * 78}\n    bb"
    assert wrapped("a" * 99, "  ") == "a" * 99
    assert wrapped(f"{'a' * 70} bbbbbb-cccccc", "  ") == f"{'a' * 70}\n  bbbbbb-cccccc"


# Values


class Level(Enum):
    """An enumeration."""

    HIGH = "the highest"


class Pair(NamedTuple):
    """A tuple whose places have names."""

    one: int
    other: int


class Plain:
    """No part of the heap; of its fields one is hidden."""

    def __init__(self) -> None:
        self.whole = False
        self._hidden = 1


PART = Part()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None"), (True, "True"), (1.5, "1.5"), ("a", "'a'"), (b"a", "b'a'"), (Level.HIGH, "HIGH"),
        (1024, "1,024"), (-1024, "-1,024"),
        (PART, "E1"), (Part(), "Part"),
        ([2, 1], "[2, 1]"), ([], "[]"), (range(3), "[0, 1, 2]"), ((1,), "(1,)"), ((1, 2), "(1, 2)"), ((), "()"),
        ({2, 1}, "{1, 2}"), (frozenset({3}), "{3}"), (Bag([PART]), "{E1}"), ({"k": 1024}, "{'k': 1,024}"), ({}, "{}"),
        (Pair(1, 2), "Pair(one=1, other=2)"), (Plain(), "Plain(whole=False)"), (object(), "object()"),
        ([[[1]]], "[[[1]]]"), ([[[[1]]]], "[[[…]]]"), ([[[PART]]], "[[[E1]]]"), ([[[Plain()]]], "[[[…]]]"),
        ([[Plain()]], "[[Plain(whole=False)]]"),
        ([1] * 12, f"[{', '.join('1' * 12)}]"), ([1] * 13, f"[{', '.join('1' * 12)}, … 1 more]"),
        ("a" * 118, f"'{'a' * 118}'"), ("a" * 119, f"'{'a' * 118}…"),
    ],
)  # fmt: skip # a table
def test_values_in_words(value: object, words: str) -> None:
    """Objects as the run calls them, sets in order; containers up to three levels, 12 members and 120 characters."""
    assert in_words(value, {id(PART): "E1"}) == words


# Evidence


def small(now: Any) -> bool:
    """There is room."""
    return bool(now.used() <= 1)


def falls(before: Any, now: Any) -> bool:
    """It never gets more."""
    return bool(now.part.size <= before.part.size)


SMALL = Claim("small", Mode.ALWAYS, small)
FALLS = Claim("falls", Mode.ALWAYS, falls, over_steps=True)
RUN = Run(Shelf(), (3,), (Step("put", (1,)), Step("put", (4,)), Step("put", (5,))))
"""Of 3 bytes 1 is used, then 5, so that -2 are left; and the last step raises."""
USED = Reading("used()", "", ("0", "1", "5", None))
SIZE = Reading("part.size", "", ("0", "1", "5", None))
ROOM = Reading("room", "", ("3", "2", "-2", None))


@pytest.mark.parametrize(
    ("claim", "at", "evidence"),
    [
        (SMALL, 2, Evidence("small", 2, "used() <= 1", "5 <= 1", (USED,))),
        (FALLS, 2, Evidence("falls", 2, "now.part.size <= before.part.size", "5 <= 1", (SIZE,))),
        (NEVER_NEGATIVE, 2, Evidence("counters_never_negative", 2, "room >= 0", "-2 >= 0", (ROOM,))),
        (NEVER_NEGATIVE, 0, Evidence("counters_never_negative", 0, "", "", ())),
        (SMALL, None, None),
        (SMALL, 4, None),
        (SMALL, 5, None),
    ],
)
def test_what_a_claim_has_read(claim: Claim, at: int | None, evidence: Evidence | None) -> None:
    """In every state, and what of it is false with its values; nothing where nobody knows at which moment."""
    assert evidence_of(claim, replay(RUN), at) == evidence


def test_what_a_line_that_raises_has_looked_at() -> None:
    """The place instead of a comparison, the exception instead of values, and what the condition was about."""
    found = evidence_of(NO_EXCEPTION, replay(RUN), 3)
    assert found is not None
    assert found.compared.endswith(", in put")
    assert (found.values, found.readings) == ("ValueError: five", (Reading("size", "", (None, None, None, "5")),))


def test_a_reading_at_a_step() -> None:
    """Before it, after it, and whether it changed; at the beginning nothing was before."""
    assert [(ROOM.before(at), ROOM.after(at), ROOM.changes(at)) for at in (0, 1)] == [
        (None, "3", False),
        ("3", "2", True),
    ]
    same = Reading("a", "", ("1", "1"), inner=True)
    assert (same.changes(1), same.varies, ROOM.varies) == (False, False, True)
    both = Evidence("a", 1, "", "", (ROOM, same))
    assert (both.read, both.made_of) == ((ROOM,), (same,))


# News


def test_where_code_is() -> None:
    """Its file and line, if it has any."""
    assert where(small) == (__file__, small.__code__.co_firstlineno)
    assert where(Shelf) == (__file__, inspect.getsourcelines(Shelf)[1])
    assert [where(each) for each in (len, int)] == [("", 0), ("", 0)]


def told(claim: Claim, verdict: Any) -> list[Any]:
    """The news of one verdict: words, file and line."""
    return [(each.words, each.file, each.line) for each in news(Report(Shelf(), [Result(claim, verdict, "some", 0.0)]))]


@pytest.mark.parametrize(
    ("function", "step", "guilty"),
    [(lambda _now: False, "0: begin", Shelf.begin), (small, "2: put(4)", Shelf.put)],
)
def test_news_of_a_violation(function: Any, step: str, guilty: Any) -> None:
    """The first step after which the claim is false, and where its action is."""
    ((words, *place),) = told(Claim("a", Mode.ALWAYS, function), Violated(RUN, 1, 1))
    assert words.startswith(f"violated in 3 steps, at step {step}")
    assert tuple(place) == where(guilty)


@pytest.mark.parametrize(("beside", "what"), [("a_claim", "a_claim"), ("", "it")])
def test_news_of_a_witness_that_was_never_seen(beside: str, what: str) -> None:
    """What it stands beside says nothing; it is told where the model is, as no step is guilty."""
    claim = Claim("seen", Mode.SOMETIMES, small, beside=beside)
    assert told(claim, Never("any room")) == [(f"never seen, so that {what} says nothing", *where(Shelf))]
