"""What a check makes of the answers of one engine, and of the last resort: with engines that say what they are told."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, ClaimError, Mode, always
from spillproof.properties.engines.check import KEPT_BACK, check
from spillproof.properties.engines.desk import NOT_EXTRACTED
from spillproof.properties.engines.exploration.layers import Bounds, Exploration
from spillproof.properties.engines.last_resort import LAST_RESORT
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.question import Engine
from spillproof.properties.engines.run import Run, Step
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

CHECK = sys.modules["spillproof.properties.engines.check"]
QUESTION = sys.modules["spillproof.properties.engines.question"]
RESORT = sys.modules["spillproof.properties.engines.last_resort"]
"""The module, which its function hides."""


class Page(HeapObject):
    """Some bytes."""

    size: Bytes = 0


class Shelf(Model):
    """Holds pages."""

    def begin(self) -> None:
        self.pages: list[Page] = []

    @action
    def load(self, size: Bytes) -> None:
        """Load a page."""
        self.pages.append(Page(size))


def claim(name: str, mode: Mode = Mode.ALWAYS, beside: str = "") -> Claim:
    """A claim that is only a name."""
    return Claim(name, mode, lambda _now: True, beside=beside)


A, B, C, W = claim("a"), claim("b"), claim("c"), claim("w", Mode.SOMETIMES)
RUN = Run(Shelf(), (), (Step("load", (3,)), Step("load", (4,))))
SHELF = Shelf()


def refused(of: Claim) -> ClaimError:
    """That a claim cannot be asked."""
    return ClaimError(of, f"{of.name} cannot be asked")


NOT_A, NOT_C = Refused("a cannot be asked"), Refused("c cannot be asked")


def verdicts(report: Report) -> dict[str, Verdict]:
    """The verdict on each claim, in order."""
    return {result.claim.name: result.verdict for result in report.results}


# Explore


def explored(monkeypatch: pytest.MonkeyPatch, limits: Limits | None = None, **seen: Any) -> tuple[Report, Bounds]:
    """What is made of what was seen at small sizes, and within which bounds it was looked for."""
    asked: list[Any] = []

    def explore_fast(model: Model, claims: list[Claim], bounds: Bounds, *, made: Any) -> Exploration:
        assert callable(made)
        asked.extend((model, claims, bounds))
        return Exploration(**{"states": 7, "depth": 3, **seen})

    monkeypatch.setattr("spillproof.properties.engines.exploration.kernel.explore_fast", explore_fast)
    report = CHECK._explore(SHELF, [A, B], limits or Limits())
    assert asked[:2] == [SHELF, [A, B, NEVER_NEGATIVE]]
    assert {result.engine for result in report.results} == {"explore"}
    assert all(0 <= result.seconds < 5 for result in report.results)
    return report, asked[2]


def test_within_which_bounds_is_explored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes up to 2, the steps and the time of the limits, and until all is decided."""
    _, bounds = explored(monkeypatch, Limits(deadline=5.0, max_steps=9))

    beside = frozenset({"counters_never_negative"})
    assert bounds == Bounds(2, depth=9, deadline=5.0, until_decided=True, beside=beside)


def test_what_was_found_at_small_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A violation is the shortest with these sizes; the other claim holds for all that was seen."""
    report, _ = explored(monkeypatch, violations={"b": RUN})

    assert verdicts(report) == {
        "a": Holds("sizes up to 2, any number of steps (7 states)"),
        "b": Violated(
            RUN, 2, 7, "for sizes up to 2: every shorter run was looked at", least=False, within="sizes up to 2"
        ),
    }
    assert not report.interrupted


class Below(Model):
    """A counter may be -1, and no engine goes on from there."""

    held: Bytes

    def begin(self) -> None:
        self.held = 0

    @action
    def drop(self) -> None:
        require(self.held == 0)
        self.held -= 1


@always
def nothing_is_owed(now: Below) -> bool:
    """Nothing is owed."""
    return now.held >= 0


@pytest.mark.parametrize("max_steps", [None, 1])
def test_a_counter_below_0(max_steps: int | None) -> None:
    """Where one ends a run, what holds holds of the others; it was said to hold of any number of steps."""
    holds = verdicts(check(Below(), [nothing_is_owed], engine="explore", max_steps=max_steps))["nothing_is_owed"]
    also = verdicts(check(Below(), ["counters_never_negative"], engine="explore"))["counters_never_negative"]

    assert isinstance(holds, Holds)
    assert "in runs in which no counter is negative" in holds.bounds
    assert isinstance(also, Violated)


class Doubling(Below):
    """A table that doubles, however large it is."""

    @action
    def grow(self) -> None:
        self.held = 1 + 2 * self.held


class Huge(Model):
    """A model whose guard has factors that no column of numbers can hold."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0

    @action
    def grow(self, size: Bytes, more: Bytes) -> None:
        require(self.used == 0 and size * 2**70 < more * 2**70)
        self.used += more


@always
def huge_is_at_most_one(now: Huge) -> bool:
    """Sizes up to 2 have one that is larger than another."""
    return now.used <= 1


def test_factors_without_end() -> None:
    """They are looked at by the plain walk: 1 is less than 2, and that is one step."""
    [result] = check(Huge(), [huge_is_at_most_one], engine="explore", witnesses=False).results

    assert isinstance(result.verdict, Violated)
    assert result.verdict.run.steps == (Step("grow", (1, 2)),)


def test_sizes_without_end() -> None:
    """Where sizes outgrow 40 bits, it is said how far that is: 0, 1, 3, …, 2**40 - 1. Such a model was refused."""
    found = verdicts(check(Doubling(), [nothing_is_owed, "counters_never_negative"], engine="explore"))
    said = found["nothing_is_owed"].sentence()

    assert isinstance(found["counters_never_negative"], Violated)
    assert said.startswith("unknown: sizes are too large after 41 states with sizes up to 2")


@pytest.mark.parametrize(("stopped", "depth", "max_steps", "verdict"), [
    ("depth", 4, 4, Holds("sizes up to 2, runs of at most 4 steps (7 states)")),
    ("decided", 5, 4, Holds("sizes up to 2, runs of at most 5 steps (7 states)")),
    ("deadline", 3, 4, Unknown("deadline after 7 states with sizes up to 2", 3)),
    ("deadline", 3, None, Unknown("deadline after 7 states with sizes up to 2", 3)),
])  # fmt: skip # a table
def test_how_far_was_explored(
    monkeypatch: pytest.MonkeyPatch, stopped: str, depth: int, max_steps: int | None, verdict: Verdict
) -> None:
    """Where not all was seen, it holds for as many steps as were wanted, and else it is unknown."""
    report, _ = explored(monkeypatch, Limits(max_steps=max_steps), stopped=stopped, depth=depth)

    assert verdicts(report) == {"a": verdict, "b": verdict}


def test_where_nothing_begins_nothing_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """No state at such sizes was looked at: that is no success."""
    report, _ = explored(monkeypatch, states=0, depth=-1)

    assert verdicts(report)["a"] == Unknown("there is no beginning with sizes up to 2")


def test_an_interrupt_while_exploring(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report says so; a deadline is none."""
    assert explored(monkeypatch, stopped="interrupt")[0].interrupted
    assert not explored(monkeypatch, stopped="deadline")[0].interrupted


# Simulate


def simulating(monkeypatch: pytest.MonkeyPatch, found: Callable[..., Any]) -> None:
    """Let random runs find that, and every state at the smallest sizes nothing."""
    monkeypatch.setattr("spillproof.properties.engines.small.small_runs", lambda *_: {})
    monkeypatch.setattr("spillproof.properties.engines.simulate.simulate", found)


@pytest.mark.parametrize("left", [None, 10.0])
def test_what_random_runs_found(monkeypatch: pytest.MonkeyPatch, left: float | None) -> None:
    """Half of the time is for looking, and what is found is shortened; what is not is said to be tried."""
    asked: dict[str, Any] = {}

    def simulate(model: Model, claims: list[Claim], **named: Any) -> Any:
        asked.update(named, model=model, claims=claims)
        return SimpleNamespace(found={"a": None, "b": RUN}, tried="5 runs", seconds=1.5)

    shorter = Violated(RUN, 2, 7, "so it is")
    simulating(monkeypatch, simulate)
    monkeypatch.setattr(CHECK, "shortened", lambda _model, runs, _limits: {"b": shorter} if runs == {B: RUN} else {})
    limits = Limits(None if left is None else time.monotonic() + left)
    report = CHECK._simulate(SHELF, [A, B], limits, 11)

    assert verdicts(report) == {"a": NotFound("5 runs"), "b": shorter}
    assert {(result.engine, result.seconds) for result in report.results} == {("simulate", 1.5)}
    assert (asked["model"], asked["claims"], asked["seed"]) == (SHELF, [A, B], 11)
    assert asked["deadline"] is None if left is None else 4 < asked["deadline"] <= 5


def portfolio(monkeypatch: pytest.MonkeyPatch, *results: Result, raises: BaseException | None = None) -> dict[str, Any]:
    """Let the portfolio answer that; and see what it is asked."""
    asked: dict[str, Any] = {}

    class Portfolio:
        def __init__(self, model: Model, claims: list[Claim], shown: list[Claim], limits: Limits, **named: Any) -> None:
            asked.update(named, model=model, claims=claims, shown=shown, limits=limits)

        def run(self) -> Report:
            if raises is not None:
                raise raises
            return Report(SHELF, list(results))

    monkeypatch.setattr(CHECK, "Portfolio", Portfolio)
    return asked


def result(of: Claim, verdict: Verdict, seconds: float = 0.0) -> Result:
    """A verdict on a claim."""
    return Result(of, verdict, "bounded", seconds)


def test_what_is_shortened(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bounded engine looks at runs as long as the longest; where it has no violation, the run that was given is."""
    shorter = Violated(RUN, 1, 1, "so it is")
    asked = portfolio(monkeypatch, result(A, shorter), result(B, Unknown("time")))
    one = Run(SHELF, (), RUN.steps[:1])
    found = CHECK.shortened(SHELF, {A: RUN, B: one}, Limits(5.0, 99))

    assert found == {"a": shorter, "b": Violated(one, 1, 3)}
    assert (asked["claims"], asked["shown"], asked["prove"]) == ([A, B], [], False)
    assert (asked["limits"].deadline, asked["limits"].max_steps) == (5.0, 2)
    assert CHECK.shortened(SHELF, {}, Limits()) == {}


# Which engine, and what of the time


@pytest.mark.parametrize(("engine", "search", "prove"), [
    (None, True, True), ("bounded", True, False), ("prove", False, True),
])  # fmt: skip # a table
def test_what_the_portfolio_is_asked(
    monkeypatch: pytest.MonkeyPatch, engine: Engine | None, search: bool, prove: bool  # noqa: FBT001 - parametrized
) -> None:  # fmt: skip
    """To search, to prove, or both; witnesses of each action if any are wanted; and a reserve for the last resort."""
    for limit, witnesses in ((60.0, True), (LAST_RESORT - 0.1, False)):
        asked = portfolio(monkeypatch, result(A, Proved("", None)))
        before = time.monotonic()
        check(SHELF, [A, W], engine=engine, time_limit=limit, witnesses=witnesses, max_steps=9)
        assert (asked["search"], asked["prove"], asked["each_action"]) == (search, prove, witnesses)
        assert (asked["claims"], asked["shown"]) == ([A], [W] if witnesses else [])
        assert asked["reserve"] == (LAST_RESORT if witnesses else 0.0)
        kept = min(KEPT_BACK, limit / 20)
        assert limit - kept <= asked["limits"].deadline - before < limit - kept + 1
        assert asked["limits"].max_steps == 9


def test_without_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no deadline, and always a last resort."""
    asked = portfolio(monkeypatch, result(A, Proved("", None)))
    check(SHELF, [A], time_limit=None)

    assert (asked["limits"].deadline, asked["reserve"]) == (None, LAST_RESORT)


def test_an_engine_that_there_is_not() -> None:
    """It is refused with those that there are."""
    with pytest.raises(
        ModelError, match="no engine is called 'guess'; available: bounded, explore, network, prove, simulate"
    ):
        check(SHELF, [A], engine="guess")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] # that is the slip


def test_nothing_to_ask() -> None:
    """Without a claim there is nothing to check."""
    with pytest.raises(ModelError, match="no claim was given"):
        check(SHELF, [])


def test_without_cvc5_nothing_is_certified(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said how to have it; and it is only needed where it is wanted."""
    monkeypatch.setattr(CHECK, "has_cvc5", lambda: False)
    asked = portfolio(monkeypatch, result(A, Proved("", None)))
    check(SHELF, [A])
    assert asked["certify"] is False
    with pytest.raises(ModelError, match="cvc5 is not installed"):
        check(SHELF, [A], certify=True)


def test_the_order_of_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the claims were given, always before sometimes; what nobody asked comes last."""
    other = claim("other", Mode.SOMETIMES)
    portfolio(monkeypatch, *(result(each, Unknown("time")) for each in (other, W, B, A)))

    assert list(verdicts(check(SHELF, [W, A, B]))) == ["a", "b", "w", "other"]


@pytest.mark.parametrize(("error", "why"), [(OutOfTime(), "the time was up"), (OutOfTime("no room"), "no room")])
def test_the_time_is_up_before_anything_is_known(monkeypatch: pytest.MonkeyPatch, error: OutOfTime, why: str) -> None:
    """Every claim is unknown, witnesses too."""
    portfolio(monkeypatch, raises=error)
    report = check(SHELF, [A, W])

    assert verdicts(report) == {"a": Unknown(why), "w": Unknown(why)}
    assert {(each.engine, each.seconds) for each in report.results} == {("none", 0.0)}


@pytest.mark.parametrize(("engine", "witnesses", "name"), [
    ("simulate", [W], "w"), ("explore", [W, claim("v", Mode.SOMETIMES)], "2 witnesses"), ("bounded", [W], ""),
    (None, [W], ""), ("explore", [], ""),
])  # fmt: skip # a table
def test_what_one_engine_does_not_ask(engine: Engine | None, witnesses: list[Claim], name: str) -> None:
    """Whether a claim is vacuous: random runs and small sizes leave it out, and that is no slip of anybody's."""
    found = [*QUESTION.Question(SHELF, [], witnesses, [], engine).left_out()]

    assert [each.name for each in found] == ([name] if name else [])
    assert not any(each.is_slip for each in found)
    assert all(f"the engine {engine} alone" in each.reason for each in found)


def test_claims_that_cannot_be_asked_are_left_out() -> None:
    """An engine is asked again without each, and they are refused; without any claim left it is not asked at all."""
    tried: list[list[Claim]] = []

    def run(claims: list[Claim]) -> Report:
        tried.append(claims)
        for each in (C, A):
            if each in claims:
                raise refused(each)
        return Report(SHELF, [result(each, Proved("", None)) for each in claims])

    report = CHECK._but_for_refused(SHELF, [A, B, C], run)
    assert verdicts(report) == {
        "b": Proved("", None),
        "c": Refused("c cannot be asked"),
        "a": Refused("a cannot be asked"),
    }
    assert tried == [[A, B, C], [A, B], [B]]
    assert list(verdicts(CHECK._but_for_refused(SHELF, [A], run))) == ["a"]
    assert len(tried) == 4


def test_which_claims_stand_beside_those_given() -> None:
    """The witnesses of the model that are beside a claim that was given, and are not given themselves."""
    asked, beside = QUESTION._split([W, NO_EXCEPTION, A], Shelf)

    assert (asked, beside) == ([NO_EXCEPTION, A], [W])


def test_a_name_that_every_engine_knows() -> None:
    """Another claim must not have it; the claim itself may be given."""
    with pytest.raises(ModelError, match="no_exception is the name of a claim that is asked of every model; rename it"):
        check(SHELF, [claim("no_exception")])
    QUESTION._refuse_names_taken([NO_EXCEPTION, A])


@pytest.mark.parametrize(("limit", "kept"), [(None, 0.0), (2.0, 0.1), (6.0, 0.3), (60.0, 0.3)])
def test_what_is_kept_for_the_challenge(limit: float | None, kept: float) -> None:
    """A twentieth of the time, and no more than 0.3 seconds."""
    assert CHECK._kept_back(limit) == pytest.approx(kept)


def challenged(
    monkeypatch: pytest.MonkeyPatch, raises: BaseException | None = None, **named: Any
) -> tuple[Report, list[Any]]:
    """A check, and what its challenge is asked."""
    asked: list[Any] = []

    def challenge(*given: Any, **more: Any) -> None:
        asked.append((given, more))
        if raises is not None:
            raise raises

    monkeypatch.setattr("spillproof.properties.engines.challenge.challenge.challenge", challenge)
    portfolio(monkeypatch, result(A, Proved("", None)))
    return check(SHELF, [A], **named), asked


def test_what_a_challenge_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report, the processor time so far, the deadline in full, sizes that an engine speaks of, and its steps."""
    before = time.monotonic()
    report, (((given, seconds), named),) = challenged(monkeypatch, time_limit=9.0, max_steps=5)
    assert given is report
    assert 0 <= seconds < 5
    assert (named["sizes"], named["most_steps"]) == (3, 5)
    assert 9 <= named["deadline"] - before < 10
    _, ((_, named),) = challenged(monkeypatch, time_limit=None)
    assert (named["deadline"], named["most_steps"]) == (float("inf"), float("inf"))


def test_what_ends_a_challenge(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt is said; that the time is up is not, and the verdicts stand."""
    for error, interrupted in ((KeyboardInterrupt(), True), (OutOfTime(), False)):
        report, _ = challenged(monkeypatch, error)
        assert (report.interrupted, verdicts(report)) == (interrupted, {"a": Proved("", None)})


def test_small_sizes_are_challenged_with_small_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was explored at sizes up to 2 is not contradicted by a run with a 3."""
    asked: list[int] = []
    monkeypatch.setattr(
        "spillproof.properties.engines.challenge.challenge.challenge", lambda *_, sizes, **__: asked.append(sizes)
    )
    for engine in ("explore", "bounded"):
        CHECK._challenge(Report(SHELF), engine, Limits(), 0.0)

    assert asked == [2, 3]


# The last resort

REST: dict[str, Verdict] = {"b": Refused("x"), "c": Unknown("y"), "w": Unknown("z")}
OPEN = (result(A, Unknown(NOT_EXTRACTED), 2.0), *(result(each, REST[each.name]) for each in (B, C, W)))


def resorted(monkeypatch: pytest.MonkeyPatch, found: Callable[..., Any], limits: Limits | None = None) -> Report:
    """What becomes of a report after random runs that find that."""
    simulating(monkeypatch, found)
    report: Report = RESORT.last_verdicts(SHELF, Report(SHELF, list(OPEN)), limits or Limits(), 11)
    return report


def raising(error: BaseException) -> Callable[..., Any]:
    """Random runs that end so."""

    def simulate(*_arguments: Any, **_named: Any) -> Any:
        raise error

    return simulate


def test_the_last_resort_finds_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is unknown, witnesses included; what it finds is violated, the rest stays as it is."""
    asked: dict[str, Any] = {}

    def simulate(_model: Model, claims: list[Claim], **named: Any) -> Any:
        asked.update(named, claims=claims)
        return SimpleNamespace(found={"a": RUN, "c": None}, seconds=1.5)

    report = resorted(monkeypatch, simulate)
    assert verdicts(report) == {"a": Violated(RUN, 2, 7), **REST}
    assert (report.results[0].engine, report.results[0].seconds) == ("simulate", 1.5)
    assert asked == {"claims": [A, C, W], "seed": 11, "deadline": LAST_RESORT}
    resorted(monkeypatch, simulate, Limits(time.monotonic() + 2))
    assert 0 < asked["deadline"] <= 2 < LAST_RESORT


def test_what_is_known_is_not_changed_by_the_last_resort(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is unknown is settled by a random run."""
    simulating(monkeypatch, lambda *_, **__: SimpleNamespace(found={"a": RUN}, seconds=1.5))
    known = Report(SHELF, [result(A, Proved("", None))])

    assert verdicts(RESORT.last_verdicts(SHELF, known, Limits(), 0)) == {"a": Proved("", None)}


def test_what_ends_the_last_resort(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt is said; a claim that cannot be asked is refused, and no other; a defect is raised."""
    interrupted = resorted(monkeypatch, raising(KeyboardInterrupt()))
    assert (interrupted.interrupted, interrupted.results) == (True, [*OPEN])
    less = resorted(monkeypatch, raising(refused(A)))
    assert verdicts(less) == {"a": NOT_A, **REST}
    assert less.results[0].seconds == 2.0
    with pytest.raises(ValueError, match="planted"):
        resorted(monkeypatch, raising(ValueError("planted")))


@pytest.mark.parametrize(
    ("why", "limit", "resorts"), [(NOT_EXTRACTED, 60.0, True), ("y", 60.0, False), (NOT_EXTRACTED, 4.0, False)]
)
def test_when_the_last_resort_is_taken(monkeypatch: pytest.MonkeyPatch, why: str, limit: float, resorts: bool) -> None:  # noqa: FBT001
    """Where the shapes were too many, and there is time for it."""
    portfolio(monkeypatch, result(A, Unknown(why)))
    taken: list[int] = []

    def last_resort(_model: Model, report: Report, _limits: Limits, seed: int) -> Report:
        taken.append(seed)
        return report

    monkeypatch.setattr(CHECK, "last_verdicts", last_resort)
    check(SHELF, [A], time_limit=limit, seed=5)

    assert taken == ([5] if resorts else [])
