"""Each date of a fix is what the jars of Spark's releases say: committed, so that whoever has no jars can ask."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from docs.pages.releases import executed, page
from docs.pages.releases.executed import Date
from spillproof.counterexamples.replay.real.fingerprints.class_file import Instruction, Method
from spillproof.counterexamples.replay.real.fingerprints.modelled import PLACES
from spillproof.counterexamples.replay.real.fingerprints.program import Program
from spillproof.counterexamples.replay.real.fingerprints.record import Record, Seen, committed
from spillproof.counterexamples.replay.real.fingerprints.signs import (
    ELSEWHERE,
    SIGNS,
    SOURCE,
    Sign,
    follows,
    has,
    loops,
    says,
    silent,
)
from spillproof.model.spark.fixes import FIXES
from spillproof.model.spark.fixes.fix import Fix, order
from spillproof.model.spark.releases import NEWEST, RELEASES, since

JARS = committed()

NO_JARS = ("2.2.0",)
"""Releases since 2.1.2 that the package index does not have."""


def disagreements(fix: Fix) -> list[str]:
    """The releases of which the models say otherwise than the sign of a fix does."""
    return [release for release, seen in JARS.seen.items() if fix.is_in(release) != (fix.name in seen.fixes)]


MERGED = [fix for fix in FIXES.values() if not fix.name.startswith("proposal")]


@pytest.mark.parametrize("fix", [fix for fix in MERGED if fix.name in SIGNS], ids=lambda fix: fix.name)
def test_a_fix_is_in_the_releases_whose_jars_have_its_sign(fix: Fix) -> None:
    """In every release of which there are jars, and in no other."""
    assert disagreements(fix) == []


def test_every_fix_has_a_sign() -> None:
    """Or came before there were jars, or is in one that is not looked at, and is named as such."""
    assert {fix.name for fix in MERGED} == SIGNS.keys() | set(SOURCE) | set(ELSEWHERE)
    assert not SIGNS.keys() & {*SOURCE, *ELSEWHERE}
    assert all(max(map(order, FIXES[name].since)) <= order("2.1.2") for name in SOURCE)


@pytest.mark.parametrize(
    ("fix", "wrong"),
    [
        (Fix("SPARK-48642", "", ("4.0.0",)), ["3.4.4", *(f"3.5.{patch}" for patch in range(2, 10))]),
        (Fix("SPARK-32900", "", ("3.1.1",)), ["2.4.8", "3.0.2", "3.0.3"]),
        (Fix("SPARK-33756", "", ("3.0.2", "3.1.1")), ["2.4.8"]),
        (Fix("SPARK-27338", "", ("2.3.4", "2.4.0")), ["2.4.0", "2.4.1"]),
    ],
)
def test_a_wrong_date_is_seen(fix: Fix, wrong: list[str]) -> None:
    """A fix that is dated too late, or too early, is not where its sign is."""
    assert disagreements(fix) == wrong


def test_the_models_know_every_release_of_which_there_are_jars() -> None:
    """And no other since 2.1.2; the newest is the newest."""
    assert [*JARS.seen] == [name for name in since("2.1.2") if name not in NO_JARS]
    assert [*JARS.seen][-1] == NEWEST == RELEASES[-1]


def test_dates_that_were_executed_are_true() -> None:
    """The last release without a fix was seen to do without it, the first with it to have it; but for what does not run
    on the Java that they were run on.
    """
    seen = executed.executed()
    told = {date: (seen[date.before][date.fix], seen[date.since][date.fix]) for date in executed.dates()}
    not_run = {date.fix: date.since for date, both in told.items() if both != ("without", "with")}

    assert not_run == {"SPARK-33756": "2.4.8"}
    assert all("NoSuchMethodError" in each for each in told[Date("SPARK-33756", "2.4.7", "2.4.8")])
    assert len(told) - len(not_run) >= 15


def test_releases_with_the_same_fingerprints_are_one_to_the_models() -> None:
    """What cannot be told apart by what methods do is not told apart by fixes."""
    for release, seen in JARS.seen.items():
        for other in JARS.alike(release):
            assert seen.fixes == JARS.seen[other].fixes


def test_every_change_that_a_fix_makes_is_seen() -> None:
    """Where a fix comes or goes, the fingerprint of a method in which its sign is looked for is another one."""
    for release, seen in JARS.seen.items():
        if (before := JARS.before(release)) is not None:
            differs = seen.differs(JARS.seen[before])
            for fix in seen.fixes ^ JARS.seen[before].fixes:
                assert set(SIGNS[fix].places) & set(differs)


def test_every_method_is_somewhere() -> None:
    """A modelled method that no release has would be a slip of the pen."""
    assert [place for place in PLACES if not any(seen.fingerprints[place] for seen in JARS.seen.values())] == []
    assert {place for sign in SIGNS.values() for place in sign.places} <= set(PLACES)


def test_the_page_is_what_is_recorded() -> None:
    """The page is made of the record, and is committed as it is made."""
    assert page.FILE.read_text(encoding="utf-8") == page.page(JARS)


# The record


def test_a_record_is_read_as_it_was_written() -> None:
    """Every fingerprint and every fix of every release."""
    assert Record.loads(JARS.dumps()) == JARS


def test_a_release_stands_by_its_number() -> None:
    """Wherever it is added."""
    record = Record()
    for release in ("3.0.0", "2.4.8", "2.10.0"):
        record.add(release, seen())

    assert [*record.seen] == ["2.4.8", "2.10.0", "3.0.0"]
    assert record.alike("3.0.0") == ["2.4.8", "2.10.0"]
    assert record.before("2.4.8") is None
    assert [*json.loads(record.dumps())["methods"][PLACES[0]]] == ["2.4.8"]


def test_an_unknown_release_is_named() -> None:
    """A release that is one of those before is it; another one is not modelled, and says what it changes."""
    record = Record({"4.3.0": seen(), "4.3.1": seen(), "4.4.0": seen(other=3, fixes=frozenset({"SPARK-59444"}))})

    assert page.told(record, "4.3.1") == "4.3.1: its modelled methods are those of 4.3.0"
    assert page.told(record, "4.4.0") == (
        "4.4.0: 3 methods differ from 4.3.1, which brings SPARK-59444; it is not modelled"
    )
    assert "Not modelled: 4.3.1, 4.4.0." in page.page(record)


def seen(other: int = 0, fixes: frozenset[str] = frozenset()) -> Seen:
    """A release in which so many methods are others."""
    return Seen({place: "b" if number < other else "a" for number, place in enumerate(PLACES)}, fixes)


# Signs


@dataclass
class Fake:
    """A release with one method."""

    lines: list[str] = field(default_factory=list)

    def at(self, place: str) -> list[Method]:
        """The method, if it is the one."""
        instructions = tuple(Instruction(name, tuple(rest)) for name, *rest in map(str.split, self.lines))
        return [Method("run", "()V", instructions)] if self.lines and place == "A.run" else []


def is_in(sign: Sign, *lines: str) -> bool:
    """Whether a sign is in a method with these instructions."""
    program: Program = Fake([*lines])  # type: ignore[assignment] # pyright: ignore[reportAssignmentType] # it answers the same
    return sign.is_in(program)


def test_a_sign_of_a_method_that_is_there() -> None:
    """A method is there, or not."""
    assert is_in(has("A.run"), "return")
    assert not is_in(has("A.run"))
    assert not is_in(has("A.other"), "return")


def test_a_sign_of_what_is_called() -> None:
    """A call is there or not; a method that is not there calls nothing."""
    assert is_in(says("free:", "A.other", "A.run"), "invokevirtual B.free:()V")
    assert not is_in(says("free:", "A.other", "A.run"), "return")
    assert is_in(silent("free:", "A.run"), "return")
    assert is_in(silent("free:", "A.run"))
    assert not is_in(silent("free:", "A.run"), "invokevirtual B.free:()V")


def test_a_sign_of_an_order() -> None:
    """The first of one kind comes before the first of the other."""
    sign = follows("monitorexit", "free:", "A.run")

    assert is_in(sign, "aload_0", "monitorexit", "invokevirtual B.free:()V")
    assert not is_in(sign, "invokevirtual B.free:()V", "monitorexit", "invokevirtual B.free:()V")
    assert not is_in(sign, "return")


def test_a_sign_of_a_loop() -> None:
    """Something after the last call jumps back before it: not only after one before."""
    sign = loops("spill:", "A.run")
    call = "invokevirtual B.spill:()J"

    assert is_in(sign, call, "lcmp", "ifgt @0", "return")
    assert not is_in(sign, call, "ifgt @0", call, "ifgt @4", "return")
    assert not is_in(sign, "return")
