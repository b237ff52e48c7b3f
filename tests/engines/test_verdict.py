"""A report as data: what a script is told of it, what the first line of a failed test says, and what is asked of it."""

from __future__ import annotations

import pytest

from spillproof.model.lessons.pool import PoolThatForgetsToCheck
from spillproof.properties.accounting import acquired_can_be_allocated, free_is_unreachable, something_is_released
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.engines.story.news import Failure, failed, in_a_line, news
from spillproof.properties.engines.verdict import (
    Disputed,
    Holds,
    Never,
    NotFound,
    Proved,
    Refused,
    Report,
    Result,
    Unknown,
    Verdict,
    Violated,
)
from spillproof.properties.unasked import Unasked

RUN = Run(PoolThatForgetsToCheck(), (1,), (Step("grow", (2,)),))
"""Two bytes are granted of one, in the first step."""

VIOLATED = Violated(RUN, 1, 3, "every run of fewer steps was ruled out")
PROVED, HOLDS = Proved("any capacity", None), Holds("sizes up to 2")
UNKNOWN, REFUSED = Unknown("the time was up", 3), Refused("it answers 3")
NOT_FOUND, NEVER = NotFound("100 runs"), Never("any capacity")
DISPUTED = Disputed(PROVED, "a run shows otherwise")
SLIP, OTHER = Unasked("mine", "its argument has no annotation"), Unasked("theirs", "it is of maps", is_slip=False)


def report(*verdicts: Verdict, unasked: tuple[Unasked, ...] = (), interrupted: bool = False) -> Report:
    """A report with these verdicts, the first on a claim, the second on another, the third on a witness."""
    claims = (acquired_can_be_allocated, free_is_unreachable, something_is_released)
    results = [Result(claim, verdict, "some", 0.0) for claim, verdict in zip(claims, verdicts, strict=False)]
    return Report(PoolThatForgetsToCheck(), results, interrupted=interrupted, unasked=list(unasked))


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (report(PROVED, HOLDS), 0),
        (report(PROVED, HOLDS, PROVED, unasked=(OTHER,)), 0),
        (report(PROVED, VIOLATED), 1),
        (report(UNKNOWN, VIOLATED), 1),
        (report(REFUSED, VIOLATED), 1),
        (report(PROVED, PROVED, NEVER), 1),
        (report(VIOLATED, DISPUTED), 70),
        (report(PROVED, DISPUTED), 70),
        (report(REFUSED, REFUSED), 2),
        (report(REFUSED, REFUSED, PROVED), 2),  # a witness is of no interest
        (report(REFUSED, PROVED), 3),
        (report(PROVED, UNKNOWN), 3),
        (report(PROVED, NOT_FOUND), 3),
        (report(PROVED, PROVED, UNKNOWN), 3),
        (report(PROVED, unasked=(SLIP,)), 3),
        (report(PROVED, interrupted=True), 3),
        (report(VIOLATED, interrupted=True), 1),
        (report(), 3),
    ],
)
def test_what_a_script_is_told(found: Report, status: int) -> None:
    """The first that is true: the engines disagree; violated; nothing can be asked; something is open; all hold."""
    assert found.exit_status() == status


def test_a_report_that_holds_raises_nothing() -> None:
    """Any other does, and says the news in its first line."""
    report(PROVED, HOLDS).assert_holds()
    for found in (report(PROVED, UNKNOWN), report(), report(VIOLATED)):
        with pytest.raises(AssertionError):
            found.assert_holds()


def first_line(found: Report) -> str:
    """What the error of a failed test begins with."""
    return str(failed(found)).partition("\n")[0]


def test_the_first_line() -> None:
    """The violation first, with its step; how many others, those that were not asked too; or why there is no news."""
    violated = "acquired_can_be_allocated violated in 1 step, at step 1: grow(2)"

    assert first_line(report(VIOLATED)) == violated
    assert first_line(report()) == "nothing was asked"
    assert first_line(report(interrupted=True)) == "interrupted"
    several = first_line(report(VIOLATED, UNKNOWN, NEVER, unasked=(SLIP, OTHER)))
    assert violated in several
    assert several.endswith("; and 3 more: free_is_unreachable, something_is_released, mine")


def test_news_as_data() -> None:
    """One for each claim that does not hold and for each slip; the error keeps them with the report."""
    found = report(UNKNOWN, VIOLATED, NEVER, unasked=(SLIP, OTHER))
    told = news(found)

    assert [each.claim for each in told] == [
        "free_is_unreachable",
        "acquired_can_be_allocated",
        "something_is_released",
        "mine",
    ]
    assert told[1].words == "unknown: the time was up; no violation within 3 steps"
    assert "says nothing" in told[2].words
    assert told[3].words == "not asked: its argument has no annotation"
    kept = vars(failed(found))["spillproof"]
    assert isinstance(kept, Failure)
    assert (kept.news, kept.report) == (tuple(told), found)
    assert news(report(PROVED, HOLDS)) == []
    assert in_a_line(told[3:]) == str(told[3])


def test_what_is_asked_of_a_report() -> None:
    """The verdict on a claim, by itself or by name; the violations, refusals and slips that it has."""
    found = report(VIOLATED, REFUSED, NEVER, unasked=(SLIP, OTHER))

    assert found.of(acquired_can_be_allocated) is found.of("acquired_can_be_allocated") is VIOLATED
    assert [each.verdict for each in found.violated()] == [VIOLATED, NEVER]
    assert [each.verdict for each in found.refused()] == [REFUSED]
    assert found.slips() == [SLIP]
    with pytest.raises(KeyError, match="something_else"):
        found.of("something_else")
    with pytest.raises(KeyError, match=free_is_unreachable.name):
        report(VIOLATED).of(free_is_unreachable)


SENTENCES: list[tuple[Verdict, str]] = [
    (VIOLATED, "violated in 1 step (shortest: every run of fewer steps was ruled out)"),
    (Violated(RUN, 1, 3), "violated in 1 step (that no shorter run exists was not certified)"),
    (
        Violated(RUN, 1, 3, ruled_out=0),
        f"{Violated(RUN, 1, 3).sentence()[:-1]}, but every run of at most 0 steps was ruled out)",
    ),
    (NEVER, "never happens, proved for any capacity: the claim beside it says nothing here"),
    (PROVED, "proved for any capacity"),
    (Proved("any capacity", RUN), "seen in 1 step"),
    (Proved("all", None, provided="it does not count"), "proved for all, provided that it does not count"),
    (HOLDS, "holds for sizes up to 2; nothing is said beyond"),
    (NOT_FOUND, "no violation found in 100 runs; this proves nothing"),
    (UNKNOWN, "unknown: the time was up; no violation within 3 steps"),
    (Unknown("x", 0), "unknown: x; no violation within 0 steps"),
    (Unknown("x"), "unknown: x; nothing is known"),
    (REFUSED, "refused: it answers 3"),
    (DISPUTED, "the engines disagree: proved for any capacity, but a run shows otherwise"),
]


@pytest.mark.parametrize(("verdict", "sentence"), SENTENCES)
def test_what_a_verdict_says(verdict: Verdict, sentence: str) -> None:
    """What is known, and what was not covered; and none is true, or false."""
    assert verdict.sentence() == sentence
    assert repr(verdict) == f"<{type(verdict).__name__}: {sentence}>"
    assert not verdict
