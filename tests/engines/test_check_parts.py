"""What `check` does around its engines: who is asked, for how long, and what becomes of what they say."""

from __future__ import annotations

import time
from math import inf
from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.model.errors import ModelError
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action
from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.claims import Claim, ClaimError, Mode
from spillproof.properties.engines import check as checking
from spillproof.properties.engines.automaton.growth import EndlessError
from spillproof.properties.engines.challenge import challenge as challenging
from spillproof.properties.engines.desk import NOT_EXTRACTED
from spillproof.properties.engines.exploration import explore as exploring
from spillproof.properties.engines.exploration import kernel
from spillproof.properties.engines.exploration.layers import Exploration
from spillproof.properties.engines.last_resort import LAST_RESORT, last_verdicts
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.lookout import ENDLESS
from spillproof.properties.engines.question import Question
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.engines.smallest import FEWEST_STEPS
from spillproof.properties.engines.validation.result import Validated
from spillproof.properties.engines.verdict import (
    Holds,
    NotFound,
    Proved,
    Refused,
    Report,
    Result,
    Unknown,
    Verdict,
    Violated,
)


class Shelf(Model):
    """Holds bytes, up to a limit, and is emptied."""

    used: Bytes
    limit: Bytes

    def begin(self, limit: Bytes) -> None:
        self.used, self.limit = 0, limit

    @action
    def load(self, size: Bytes) -> None:
        """Load some."""
        self.used += size


def claim(name: str, mode: Mode = Mode.ALWAYS) -> Claim:
    """A claim that is only a name."""
    return Claim(name, mode, lambda _now: True)


A, B, W, R = claim("a"), claim("b"), claim("w", Mode.SOMETIMES), claim("r", Mode.RECOVERABLE)
RUN = Run(Shelf(), (9,), (Step("load", (3,)),))


def asked(*claims: Claim, engine: Any = None) -> Question:
    """A question."""
    return Question(Shelf(), [*claims], [], [], engine)


def said(report: Report) -> dict[str, Verdict]:
    """The verdicts."""
    return {each.claim.name: each.verdict for each in report.results}


def of(*results: tuple[Claim, Verdict], **fields: Any) -> Report:
    """A report."""
    return Report(Shelf(), [Result(claim, verdict, "e", 1.0) for claim, verdict in results], **fields)


class Asked:
    """Stands for the portfolio: keeps how it was made, and says what it is told to."""

    answer: Report
    made: dict[str, Any]

    def __init__(self, *_: Any, **named: Any) -> None:
        type(self).made = named

    def run(self) -> Report:
        return self.answer


@pytest.mark.parametrize(
    ("seconds", "why", "resorts", "reserve"),
    [
        (None, NOT_EXTRACTED, True, LAST_RESORT),
        (None, "no invariant was found", False, LAST_RESORT),
        (LAST_RESORT + 9, NOT_EXTRACTED, True, LAST_RESORT),
        (LAST_RESORT - 1, NOT_EXTRACTED, False, 0.0),
    ],
)
def test_the_last_resort(
    seconds: float | None, why: str, reserve: float, monkeypatch: pytest.MonkeyPatch, *, resorts: bool
) -> None:
    """Where the shapes are too many, and there is time for it, which the portfolio has to leave."""
    told: list[Report] = []

    def resorted(_model: Model, report: Report, *_: Any) -> Report:
        told.append(report)
        return of()

    monkeypatch.setattr(checking, "Portfolio", Asked)
    monkeypatch.setattr(checking, "last_verdicts", resorted)
    Asked.answer = of((A, Proved("all", None)), (B, Unknown(why)))
    limits = Limits(None if seconds is None else time.monotonic() + seconds)
    report = checking._of_portfolio(asked(A, B), limits)

    assert (told, report is Asked.answer) == (([Asked.answer], False) if resorts else ([], True))
    assert Asked.made["reserve"] == reserve


@pytest.mark.parametrize(("engine", "search", "prove"), [(None, 1, 1), ("prove", 0, 1), ("bounded", 1, 0)])
def test_one_engine_of_the_portfolio(
    engine: str | None, search: int, prove: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One alone only searches, or only proves."""
    monkeypatch.setattr(checking, "Portfolio", Asked)
    Asked.answer = of()
    checking._of_portfolio(asked(A, engine=engine), Limits())

    assert (Asked.made["search"], Asked.made["prove"]) == (bool(search), bool(prove))


def test_what_the_last_resort_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    """It decides what was unknown, a witness as well; what is decided or refused is not asked."""
    told: list[list[str]] = []

    def some_runs(_model: Model, claims: list[Claim], *_: Any) -> dict[str, tuple[Run, str, float]]:
        told.append([each.name for each in claims])
        return dict.fromkeys("abw", (RUN, "explore", 2.0))

    monkeypatch.setattr("spillproof.properties.engines.last_resort._some_runs", some_runs)
    refused = claim("c")
    report = of((A, Unknown("x", 1)), (B, Proved("all", None)), (W, Unknown("x")), (refused, Refused("y")))
    found = last_verdicts(Shelf(), report, Limits(), 0)

    assert told == [["a", "w"]]
    seen = said(found)["w"]
    assert isinstance(seen, Proved)
    assert seen.certificate is RUN
    assert [(each.engine, each.seconds) for each in found.results] == [
        ("explore", 2.0), ("e", 1.0), ("explore", 2.0), ("e", 1.0),
    ]  # fmt: skip
    violated = said(found)["a"]
    assert isinstance(violated, Violated)
    assert (violated.run, violated.minimal) == (RUN, FEWEST_STEPS)
    assert (said(found)["b"], said(found)["c"]) == (Proved("all", None), Refused("y"))


def test_a_claim_that_the_last_resort_cannot_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused; the others stay as they are. An interrupt leaves all of them so."""

    def refuses(*_: Any) -> None:
        raise ClaimError(A, "no bool")

    monkeypatch.setattr("spillproof.properties.engines.last_resort._some_runs", refuses)
    report = last_verdicts(Shelf(), of((A, Unknown("x", 1)), (B, Unknown("x"))), Limits(), 0)
    assert (type(said(report)["a"]), said(report)["b"], report.interrupted) == (Refused, Unknown("x"), False)

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("spillproof.properties.engines.last_resort._some_runs", interrupted)
    report = last_verdicts(Shelf(), of((A, Unknown("x", 1))), Limits(), 0)
    assert (said(report), report.interrupted) == ({"a": Unknown("x", 1)}, True)


def test_claims_that_turn_out_not_to_be_askable() -> None:
    """The others are asked again without them, until all can be; of none nothing is asked."""
    told: list[list[str]] = []

    def run(claims: list[Claim]) -> Report:
        told.append([each.name for each in claims])
        if claims[0] is not B:
            raise ClaimError(claims[0], "no bool")
        return of(*((each, NotFound("5")) for each in claims))

    report = checking._but_for_refused(Shelf(), [A, W, B], run)
    assert told == [["a", "w", "b"], ["w", "b"], ["b"]]
    assert [type(each) for each in said(report).values()] == [NotFound, Refused, Refused]
    assert list(said(report)) == ["b", "a", "w"]
    assert list(said(checking._but_for_refused(Shelf(), [A], run))) == ["a"]
    assert len(told) == 4


@pytest.mark.parametrize(("limit", "kept"), [(None, 0.0), (1.0, 0.05), (6.0, 0.3), (60.0, 0.3)])
def test_how_much_time_is_kept_back(limit: float | None, kept: float) -> None:
    """A twentieth, and no more than is needed."""
    assert checking._kept_back(limit) == pytest.approx(kept)


def test_an_engine_that_there_is_not() -> None:
    """The others are named."""
    with pytest.raises(ModelError, match=r"no engine is called 'x'; available: .*bounded"):
        checking._judged(asked(A, engine="x"), Limits())


# The challenge


@pytest.mark.parametrize(
    ("engine", "limits", "wanted"),
    [
        (None, Limits(), (inf, challenging.LARGEST, inf)),
        ("explore", Limits(5.0e9, 3), (5.0e9, checking.SMALL, 3)),
        ("prove", Limits(max_steps=0), (inf, challenging.LARGEST, 0)),
    ],
)
def test_what_is_challenged(
    engine: Any, limits: Limits, wanted: tuple[float, int, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sizes, the steps and the time that the verdicts speak of."""
    told: list[tuple[object, ...]] = []
    monkeypatch.setattr(
        challenging,
        "challenge",
        lambda _report, seconds, *, deadline, sizes, most_steps: told.append((seconds, deadline, sizes, most_steps)),
    )
    checking._challenge(of(), engine, limits, 7.0)

    assert told == [(7.0, *wanted)]


@pytest.mark.parametrize(("error", "interrupted"), [(KeyboardInterrupt, True), (OutOfTime, False)])
def test_a_challenge_that_is_broken_off(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch, *, interrupted: bool
) -> None:
    """The verdicts stand; an interrupt is said."""

    def breaks(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(challenging, "challenge", breaks)
    report = of((A, Unknown("x")))
    checking._challenge(report, None, Limits(), 1.0)
    assert (said(report), report.interrupted) == ({"a": Unknown("x")}, interrupted)
    monkeypatch.setattr(challenging, "challenge", lambda *_, **__: pytest.fail("there was no time"))
    checking._challenge(report, None, Limits(0.0), 1.0)


# Ways back


def test_claims_about_ways_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """They come after the others, and go on with their validation; an interrupt leaves them unknown."""
    recovery = "spillproof.properties.engines.recovery.recovered"
    one, two = Validated(1, 2, 3, 4, 5, 6, 7, 8.0), Validated(1, 1, 1, 1, 1, 1, 1, 1.0)
    more = of((R, Unknown("x")), validated=two, interrupted=True)
    told: list[dict[str, Any]] = []
    first: Any = "earlier"
    given = {"certify": False, "earlier": first}

    def recovered(*_: Any, **named: Any) -> Report:
        told.append(named)
        return more

    monkeypatch.setattr(f"{recovery}.recovered", recovered)
    monkeypatch.setattr(f"{recovery}.recovered_at", recovered)
    for engine, search, prove in ((None, True, True), ("prove", False, True), ("bounded", True, False)):
        report = checking._recovered(asked(A, R, engine=engine), of((A, Holds("x")), validated=one), Limits(), first)
        assert told.pop() == {"search": search, "prove": prove, **given}
        assert (list(said(report)), report.interrupted, report.validated) == (["a", "r"], True, two)
    again = checking._recovered(asked(A, R), of((A, Holds("x")), (R, Holds("y"))), Limits(), first)
    assert [each.verdict for each in again.results] == [Holds("x"), Unknown("x")]
    told.clear()
    more.validated = None
    report = checking._recovered(asked(R, engine="explore"), of(validated=one), Limits(), first)
    assert (told.pop(), report.validated) == ({}, one)
    report = checking._recovered(asked(A, R), of((A, Holds("x")), interrupted=True), Limits(), first)
    assert (said(report)["r"], told) == (Unknown("interrupted"), [])


@pytest.mark.parametrize(("claims", "least", "most"), [((A, R), 60, 70), ((R,), 95, 100)])
def test_the_time_of_claims_about_ways_back(
    claims: tuple[Claim, ...], least: float, most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are asked before, within two thirds of it, if there are any."""
    told: list[float] = []

    def portfolio(question: Question, limits: Limits, validation: Any) -> Report:
        assert (validation.has_more, validation.limits) == (True, limits)
        told.append(limits.left())
        assert R not in question.claims
        return of()

    monkeypatch.setattr(checking, "_of_portfolio", portfolio)
    monkeypatch.setattr(checking, "_recovered", lambda question, _report, limits, _: (question.claims, limits.left()))
    found: Any = checking._judged(asked(*claims), Limits(time.monotonic() + 100))

    assert (list(found[0]), found[1] > 95) == ([*claims], True)
    assert least < told[0] < most


# One engine alone


def test_every_state_at_small_sizes() -> None:
    """Violated, with no shorter run at these sizes; held for so many steps, or for all."""
    at_most_two = Claim("at_most_two", Mode.ALWAYS, lambda now: now.used <= 2)
    natural = Claim("natural", Mode.ALWAYS, lambda now: now.used >= 0)
    report = checking._explore(Shelf(), [at_most_two, natural], Limits(max_steps=2))
    violated, holds = said(report).values()

    assert isinstance(violated, Violated)
    assert (len(violated.run), violated.within, violated.least) == (2, "sizes up to 2", False)
    # nothing, 1 and 2 after a step, 3 and 4 after another: for each of two limits
    assert holds == Holds(f"sizes up to 2, runs of at most 2 steps ({2 * 5} states)")
    assert violated.minimal == "for sizes up to 2: every shorter run was looked at"


def test_what_is_being_done_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a few words, often, to whom it is told to tell."""
    told: list[str] = []

    def answered(question: Question, limits: Limits, *_: Any, **__: Any) -> Report:
        limits.progress("looking")
        return Report(question.model, [])

    monkeypatch.setattr(checking, "_answered", answered)
    checking.check(find("lesson:pool").build(), ["no_exception"], progress=told.append)

    assert told == ["looking"]


def test_what_rang_is_heard_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is up before any verdict: nothing is known, and who was to be told has been."""
    heard: list[int] = []

    def late(*_: Any) -> Report:
        raise OutOfTime

    monkeypatch.setattr(checking, "_in_time", late)
    monkeypatch.setattr(checking, "heard", lambda: heard.append(1))
    claims = [Claim("a", Mode.ALWAYS, lambda _now: True)]
    report = checking._answered(Question(Shelf(), claims, [], [], None), Limits(), 0.0, many=True)

    assert [(each.claim, each.verdict) for each in report.results] == [(claims[0], Unknown("the time was up"))]
    assert (heard, report.interrupted) == ([1], False)


@pytest.mark.parametrize("known", [False, True])
def test_an_interrupt(monkeypatch: pytest.MonkeyPatch, *, known: bool) -> None:
    """Before any verdict it goes on to whoever asked; later it ends the check, with the verdicts that there are."""

    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    question = Question(Shelf(), [A], [], [], None)
    verdicts = Report(Shelf(), [Result(A, Unknown("enough"), "none", 0.0)])
    monkeypatch.setattr(checking, "_in_time", (lambda *_: verdicts) if known else interrupted)
    monkeypatch.setattr(checking, "_challenge", interrupted)
    if not known:
        with pytest.raises(KeyboardInterrupt):
            checking._answered(question, Limits(), 0.0, many=True)
        return
    report = checking._answered(question, Limits(), 0.0, many=True)
    assert (report, report.interrupted) == (verdicts, True)


@pytest.mark.parametrize(
    ("violated", "seen"),
    [([], False), ([NEVER_NEGATIVE.name], False), (["a"], True), (["a", NEVER_NEGATIVE.name], True)],
)
def test_shapes_without_end(violated: list[str], monkeypatch: pytest.MonkeyPatch, *, seen: bool) -> None:
    """What is violated among the first of them is told; where nothing is that was asked, that they have no end."""
    found = Exploration(violations=dict.fromkeys(violated, RUN))

    def refuse(*_: Any, **__: Any) -> Any:
        raise EndlessError("no end")

    monkeypatch.setattr(kernel, "explore_fast", refuse)
    monkeypatch.setattr(exploring, "explore", lambda *_: found)
    if seen:
        assert checking._explored(Shelf(), [A], Limits()) == (found, ENDLESS)
    else:
        with pytest.raises(EndlessError):
            checking._explored(Shelf(), [A], Limits())
