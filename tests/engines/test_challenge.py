"""Wrong verdicts are planted, one of each kind; the challenge withdraws each, and leaves right ones alone."""

import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from math import inf
from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.lessons.pool import PoolThatForgetsToCheck
from spillproof.model.lessons.release import ReleaseThatForgetsAReference
from spillproof.model.oracle import choose, preferred
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import acquired_can_be_allocated, free_is_unreachable
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, always, recoverable, sometimes
from spillproof.properties.engines.automaton import extraction
from spillproof.properties.engines.challenge.challenge import (
    IN_TURN,
    IN_TURN_SECONDS,
    Challenge,
    _action_of,
    _contradiction,
    challenge,
)
from spillproof.properties.engines.challenge.hunt import Hunt, Stake
from spillproof.properties.engines.challenge.scratch import Allowance, Scratch
from spillproof.properties.engines.challenge.turns import Turns
from spillproof.properties.engines.challenge.words import spell
from spillproof.properties.engines.check import check
from spillproof.properties.engines.portfolio import Portfolio
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.engines.story.report_text import tell
from spillproof.properties.engines.verdict import (
    Disputed,
    Holds,
    Never,
    Proved,
    Refused,
    Report,
    Result,
    Unknown,
    Verdict,
    Violated,
)


class Page(HeapObject):
    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size


class Store(Model):
    """Loads pages, forgets the account of a page while the page stays, fails above a size, counts below 0."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0
        self.pages: Bag[Page] = Bag()
        self.closed = False

    @action
    def load(self, size: Bytes) -> None:
        require(not self.closed and len(self.pages) < 2)
        self.pages.add(Page(size))
        self.used += size

    @action
    def forget(self, page: Page) -> None:
        self.used -= page.size

    @action
    def close(self) -> None:
        require(len(self.pages) > 0)
        self.closed = True
        if self.used > 2:
            raise RuntimeError("too much")

    @action
    def open_again(self) -> None:
        require(self.closed)
        self.closed = False

    def accounted(self) -> Bytes:
        return self.used


@always
def stays_open(now: Store) -> bool:
    """It is never closed."""
    return not now.closed


@always
def never_shrinks(before: Store, after: Store) -> bool:
    """What is accounted never falls."""
    return after.used >= before.used


@always
def is_one_store(now: Store) -> bool:
    """It is true that there are at most two pages."""
    return len(now.pages) <= 2


@always
def cannot_be_asked(now: Store) -> bool:
    """It answers nothing of a store that is closed."""
    return True if not now.closed else None  # type: ignore[return-value] # pyright: ignore[reportReturnType] # that is the slip


@always
def the_first_page_stays(before: Store, after: Store) -> bool:
    """A page that is there stays there: the same object, after each step."""
    return all(any(page is other for other in after.pages) for page in before.pages)


@always
def pages_are_replaced(before: Store, after: Store) -> bool:
    """No page is there after a step that was there before it."""
    return not any(page in after.pages for page in before.pages)


@sometimes(beside=stays_open)
def is_closed(now: Store) -> bool:
    """In some state it is closed."""
    return now.closed


LOAD, CLOSE, OPEN = Step("load", (1,)), Step("close", ()), Step("open_again", ())
TRUE_RUN = Run(Store(), (), (LOAD, CLOSE))
LONGER = Run(Store(), (), (LOAD, CLOSE, OPEN, CLOSE))
HARMLESS = Run(Store(), (), (LOAD,))


def challenged(claim: Claim, verdict: Verdict, model: Model | None = None) -> Verdict:
    """What becomes of a verdict."""
    report = Report(model or Store(), [Result(claim, verdict, "planted", 0.0)])
    challenge(report, 0.0)
    return report.results[0].verdict


TAKEN = replace(
    is_closed, name="open_again_is_taken", function=lambda _before, _after: True, over_steps=True, beside=""
)

WRONG: dict[str, tuple[Claim, Verdict]] = {
    "proved, though a state breaks it": (stays_open, Proved("everything", None)),
    "proved, though a step breaks it": (never_shrinks, Proved("everything", None)),
    "proved, though a step raises": (NO_EXCEPTION, Proved("everything", None)),
    "proved, though the chief claim is broken": (free_is_unreachable, Proved("everything", None)),
    "proved, though a counter falls below 0": (NEVER_NEGATIVE, Proved("everything", None)),
    "proved, though it cannot be asked": (cannot_be_asked, Proved("everything", None)),
    "proved, though an object stays the same": (pages_are_replaced, Proved("everything", None)),
    "holds, though it does not": (stays_open, Holds("all sizes, any number of steps")),
    "unknown, though it is broken within the depth": (stays_open, Unknown("whatever", 2)),
    "never, though it happens": (is_closed, Never("everything")),
    "never taken, though it is": (TAKEN, Never("everything")),
    "the shortest, though another is shorter": (stays_open, Violated(LONGER, 1, 1, "so it is said")),
    "the shortest, though another has fewer bytes": (
        stays_open, Violated(Run(Store(), (), (Step("load", (2,)), CLOSE)), 1, 2, "so it is said"),
    ),
    "violated by a run that violates nothing": (stays_open, Violated(HARMLESS, 1, 1, "so it is said")),
    "violated by a run that cannot be taken": (stays_open, Violated(Run(Store(), (), (CLOSE,)), 0, 0, "")),
    "violated by a run that violates nothing, and by a shorter one": (
        stays_open, Violated(Run(Store(), (), (LOAD, Step("forget", (1,)), LOAD)), 2, 2, "so it is said"),
    ),
    "a counter that is not negative": (NEVER_NEGATIVE, Violated(HARMLESS, 1, 1, "so it is said")),
    "violated where a counter is negative, and nothing else": (
        is_one_store, Violated(Run(Store(), (), (LOAD, Step("forget", (1,)), Step("forget", (1,)))), 1, 1, "it says"),
    ),
    "violated where an exception is raised": (
        is_one_store, Violated(Run(Store(), (), (Step("load", (3,)), CLOSE)), 1, 3, "so it is said"),
    ),
    "no exception is raised": (NO_EXCEPTION, Violated(TRUE_RUN, 1, 1, "so it is said")),
    "seen in a run that does not show it": (is_closed, Proved("everything", HARMLESS)),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_verdict_is_withdrawn(kind: str) -> None:
    """A verdict that a run on integers contradicts becomes a dispute that has both sides."""
    claim, verdict = WRONG[kind]
    disputed = challenged(claim, verdict)

    assert isinstance(disputed, Disputed)
    assert disputed.withdrawn == verdict


@recoverable
def is_open_again(now: Store) -> bool:
    """From wherever it is, it can be opened."""
    return not now.closed


LOST = Run(Store(), (), (LOAD, CLOSE))
FAILED = Run(Store(), (), (Step("load", (3,)), CLOSE))

WHY: dict[str, tuple[Claim, Verdict, str]] = {
    "its run violates nothing": (stays_open, WRONG["violated by a run that violates nothing"][1], "does not violate"),
    "its run shows nothing": (is_closed, WRONG["seen in a run that does not show it"][1], "does not show the claim"),
    "it cannot be asked": (cannot_be_asked, Proved("everything", None), "a run of 2 steps on integers ends where the "),
    "it is no trap": (is_open_again, Violated(LOST, 1, 1), "a run of 3 steps on integers goes on from there to where"),
    "it is not even left": (is_open_again, Violated(HARMLESS, 1, 1), "a run of 1 step on integers goes on from there"),
    "its run raises": (is_open_again, Violated(FAILED, 1, 3), "its own run cannot be taken from the beginning"),
}


@pytest.mark.parametrize("kind", WHY)
def test_why_a_verdict_is_withdrawn(kind: str) -> None:
    """What the run that contradicts it shows, or the verdict's own run does not."""
    claim, verdict, why = WHY[kind]
    disputed = challenged(claim, verdict)

    assert isinstance(disputed, Disputed)
    assert why in disputed.why


RIGHT: dict[str, tuple[Claim, Verdict]] = {
    "proved": (is_one_store, Proved("everything", None)),
    "proved, as objects stay the same": (the_first_page_stays, Proved("everything", None)),
    "the shortest": (stays_open, Violated(TRUE_RUN, 1, 1, "so it is")),
    "a run that is not said to be the shortest": (stays_open, Violated(LONGER, 1, 1)),
    "unknown beyond a depth that it holds for": (stays_open, Unknown("whatever", 1)),
    "seen": (is_closed, Proved("everything", TRUE_RUN)),
    "an exception at a size that no small run has": (
        NO_EXCEPTION, Violated(Run(Store(), (), (Step("load", (3,)), CLOSE)), 1, 3, "so it is"),
    ),
    "a counter below 0": (
        NEVER_NEGATIVE,
        Violated(Run(Store(), (), (LOAD, Step("forget", (1,)), Step("forget", (1,)))), 1, 1, "so it is"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", RIGHT)
def test_a_right_verdict_stays(kind: str) -> None:
    """What is true is not contradicted."""
    claim, verdict = RIGHT[kind]

    assert challenged(claim, verdict) is verdict


def test_the_run_against_a_verdict_is_told() -> None:
    """The text of a dispute has the withdrawn verdict, the run, and how to report it; the status is 70."""
    report = Report(Store(), [Result(stays_open, Proved("everything", None), "prove", 0.0)])
    challenge(report, 0.0)
    told = " ".join(tell(report).split())

    assert "! disputed stays_open the engines disagree" in told
    assert "Withdrawn (prove): proved for everything." in told
    assert "a run of 2 steps on integers violates the claim: begin() 1 load(1) 2 close()" in told
    assert "Please report it with the model's file" in told
    assert report.exit_status() == 70
    with pytest.raises(AssertionError, match="the engines disagree"):
        report.assert_holds()


# Defects of the engines themselves


def lying(monkeypatch: pytest.MonkeyPatch, lie: Callable[[Result], Verdict]) -> None:
    """Let the portfolio say something else of every claim about states."""
    honest = Portfolio.add

    def add(self: Portfolio, pending: Any, verdict: Verdict, engine: str) -> None:
        honest(self, pending, verdict, engine)
        last = self.report.results[-1] if self.report.results else None
        if last is not None and last.claim is pending.claim:
            self.report.results[-1] = replace(last, verdict=lie(last))

    monkeypatch.setattr(Portfolio, "add", add)


def test_a_prover_that_proves_everything_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an engine that calls each claim proved, a model that violates its chief claim is disputed, not proved."""
    lying(monkeypatch, lambda result: Proved("everything", getattr(result.verdict, "certificate", None)))
    report = check(ReleaseThatForgetsAReference())

    assert isinstance(report.of(free_is_unreachable), Disputed)
    assert report.exit_status() == 70


def test_an_extraction_that_loses_violations_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """An automaton in which no claim is ever false gives certificates that Z3 accepts: the challenge does not.

    (Neither does the validation, which comes first, and is left out here.)
    """
    monkeypatch.setattr(Portfolio, "validate", lambda _, **_given: None)
    monkeypatch.setattr(extraction, "ways_of", lambda *_, **__: [])
    report = check(PoolThatForgetsToCheck(), witnesses=False)
    disputed = report.of(acquired_can_be_allocated)

    assert isinstance(disputed, Disputed)
    assert isinstance(disputed.withdrawn, Proved)


@pytest.mark.parametrize("name", ["spark@2.3.4", "spark@2.4.0"])
@pytest.mark.thorough
def test_the_catalogue_is_not_disputed(name: str) -> None:
    """The verdicts on models that are understood stand."""
    report = check(find(name).build())

    assert not [result for result in report.results if isinstance(result.verdict, Disputed)]


# The explorer


def hunted(model: Model, claim: Claim, sizes: int = 2) -> int | None:
    """The fewest steps that break a claim, looked for with plenty of work."""
    hunt = Hunt(Scratch(model, Allowance(200_000)), [Stake(claim)])
    hunt.breadth(range(1, sizes + 1), deepest=6)
    found = hunt.stakes[0].found
    return None if found is None else len(found)


class Mode(Enum):
    SLOW = 1
    FAST = 2


class Environment(Model):
    """Everything that an environment can choose."""

    count: Bytes

    def begin(self, *, fast: bool, capacity: Bytes) -> None:
        self.fast = fast
        self.capacity = capacity
        self.count = 0
        self.kind: Mode | None = None
        self.pages = Bag([Page(1), Page(2)])

    @action
    def set_kind(self, kind: Mode) -> None:
        self.kind = kind

    @action
    def pick(self) -> None:
        pages = list(self.pages)
        page = choose(pages)
        best = preferred(pages, lambda: [each for each in pages if each.size == 2])
        require(page is best)
        self.count += choose((10, 20, 30))


def so(function: Callable[..., Any]) -> Claim:
    """A claim of a plain function."""
    return Claim(function.__name__, always(is_one_store.function).mode, function)


@pytest.mark.parametrize(("sentence", "steps"), [
    (lambda now: not now.fast, 0),
    (lambda now: now.capacity < 2, 0),
    (lambda now: now.capacity < 3, None),
    (lambda now: now.kind is not Mode.FAST, 1),
    (lambda now: now.count < 30, 1),
    (lambda now: now.count != 50, 2),
    (lambda now: now.count != 90, 3),
])  # fmt: skip
def test_every_choice_is_tried(sentence: Callable[[Any], bool], steps: int | None) -> None:
    """Switches, open sizes, enums and choices within a step: each combination is found in the fewest steps."""
    assert hunted(Environment(), so(sentence)) == steps


def test_a_preference_is_kept() -> None:
    """Only what the model prefers is taken: the smaller page never is."""

    class Picky(Environment):
        @action
        def pick(self) -> None:
            pages = list(self.pages)
            self.count += preferred(pages, lambda: [each for each in pages if each.size == 2]).size

    assert hunted(Picky(), so(lambda now: now.count % 2 == 0)) is None
    assert hunted(Picky(), so(lambda now: now.count < 4)) == 2


calls = itertools.count()


def test_a_model_that_hides_state_is_disputed() -> None:
    """A run that does not go as before when it is taken again says that no verdict on the model can be relied on."""

    class Hidden(Store):
        @action
        def load(self, size: Bytes) -> None:
            require(len(self.pages) < 2)
            self.pages.add(Page(size))
            self.used = next(calls)

    disputed = challenged(is_one_store, Proved("everything", None), Hidden())

    assert isinstance(disputed, Disputed)
    assert "keeps state that no engine sees" in disputed.why


def test_a_small_allowance_is_kept() -> None:
    """A challenge does no more work than is allowed, and then leaves verdicts as they are."""
    report = Report(Store(), [Result(stays_open, Proved("everything", None), "planted", 0.0)])
    asked = Challenge(report, Allowance(3))
    asked.run()

    assert isinstance(report.results[0].verdict, Proved)
    assert asked.allowance.work < 3


def test_only_what_is_contradicted_is_withdrawn() -> None:
    """A run that breaks one claim says nothing of another."""
    report = Report(Store(), [Result(each, Proved("everything", None), "", 0.0) for each in (is_one_store, stays_open)])
    challenge(report, 0.0)

    assert [type(each.verdict) for each in report.results] == [Proved, Disputed]


class Gate(Model):
    """Falls shut, and can be opened again or not."""

    def begin(self, *, has_handle: bool) -> None:
        self.has_handle, self.is_open = has_handle, True

    @action
    def shut(self) -> None:
        self.is_open = False

    @action
    def open_again(self) -> None:
        require(self.has_handle)
        self.is_open = True


@recoverable
def can_be_opened(now: Gate) -> bool:
    """From wherever it is, it can be opened."""
    return now.is_open


def test_a_trap_is_found() -> None:
    """Of a gate without a handle it is not so that it can always be opened; of one with it, it is."""
    stuck = challenged(can_be_opened, Proved("everything", None), Gate(has_handle=False))
    assert isinstance(stuck, Disputed)
    assert "a run of 1 step on integers leads to where no run with any size that was tried is back" in stuck.why
    assert isinstance(challenged(can_be_opened, Proved("everything", None), Gate(has_handle=True)), Proved)


@pytest.mark.parametrize(("verdict", "most"), [
    (Proved("everything", None), inf), (Proved("everything", TRUE_RUN), -1), (Never("everything"), inf),
    (Holds("runs of at most 7 steps"), 7), (Unknown("whatever", 2), 2), (Refused("no bool"), -1),
    (Violated(LONGER, 1, 1, "so it is said", least=False), 3), (Violated(LONGER, 1, 1, "so it is said"), 4),
    (Violated(LONGER, 1, 1, ruled_out=1), 1),
])  # fmt: skip # a table
def test_how_long_a_run_that_contradicts_may_be(verdict: Verdict, most: float) -> None:
    """Shorter than the shortest; as long, if that is said to be the lightest as well; as long as a verdict goes."""
    assert Challenge(Report(Store(), []), Allowance(1), most_steps=7).most(verdict) == most


@pytest.mark.parametrize(("largest", "weight"), [(2, None), (3, (5, 8)), (4, (5, 8))])
def test_how_light_a_run_that_contradicts_has_to_be(largest: int, weight: tuple[int, int] | None) -> None:
    """Lighter than the lightest, if sizes like those that are looked at were."""
    lightest = Challenge(Report(Store(), []), Allowance(1), largest)

    assert lightest.weight(Violated(LONGER, 5, 8, "so it is said")) == weight
    assert lightest.weight(Violated(LONGER, 5, 8, "so it is said", least=False)) is None


@pytest.mark.parametrize(("claim", "action"), [
    (TAKEN, "open_again"), (replace(TAKEN, name="open_again"), ""), (replace(TAKEN, name="nothing_is_taken"), ""),
    (replace(TAKEN, beside="stays_open"), ""), (replace(TAKEN, mode=stays_open.mode), ""), (stays_open, ""),
])  # fmt: skip # a table
def test_which_action_a_witness_is_about(claim: Claim, action: str) -> None:
    """That which it says is taken, if the model has it, and if it stands beside no claim."""
    assert _action_of(Result(claim, Never("everything"), "", 0.0), Store()) == action


@pytest.mark.parametrize(("claim", "verdict", "count", "shows"), [
    (stays_open, Violated(TRUE_RUN, 1, 1, "so it is said"), 2, "violates the claim with fewer objects, or"),
    (stays_open, Violated(LONGER, 1, 1, "so it is said"), 2, "violates the claim"),
    (stays_open, Proved("everything", None), 2, "violates the claim"), (is_closed, Never("everything"), 1, "shows it"),
])  # fmt: skip # a table
def test_what_a_run_contradicts(claim: Claim, verdict: Verdict, count: int, shows: str) -> None:
    """The verdict, or that it is the lightest of those that are as long."""
    history: Any = range(count)
    words = _contradiction(Result(claim, verdict, "", 0.0), history)
    more = " as many and fewer bytes" if shows.endswith("or") else ""

    assert words == f"a run of {count} step{'s' if count > 1 else ''} on integers {shows}{more}"


@pytest.mark.parametrize(("seconds", "share"), [(0.0, 0.1), (0.5, 0.1), (20.0, 2.0)])
def test_how_much_is_spent(seconds: float, share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of what the verdicts took, or a tenth of a second if that is more, and work in proportion."""
    asked: list[Challenge] = []
    monkeypatch.setattr(Challenge, "run", lambda self: asked.append(self))  # noqa: PLW0108 - it is bound
    began = time.process_time()
    challenge(Report(Store(), []), seconds, deadline=9.0)

    [allowed] = [each.allowance for each in asked]
    assert allowed.work == 15_000 * share
    assert began + share <= allowed.until <= time.process_time() + share
    assert (allowed.deadline, asked[0].in_turn) == (9.0, 0)


def test_what_is_spent_on_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work and time of its own, within the deadline; none if nobody is to take turns."""
    given: list[Allowance] = []
    monkeypatch.setattr(Turns, "go", lambda self: given.append(self.hunt.scratch.allowance))
    began = time.process_time()
    for number in (0, 2):
        Challenge(Report(Store(), []), Allowance(3, 5.0, inf), in_turn=number).run()

    assert [(each.work, each.deadline) for each in given] == [(IN_TURN, inf)]
    assert began + IN_TURN_SECONDS <= given[0].until <= time.process_time() + IN_TURN_SECONDS


# When states are one


class Apart(Model):
    """Whatever a state can be told apart by."""

    def begin(self) -> None:
        self.value: Any = None

    @action
    def nothing(self) -> None: ...


class Shelf(HeapObject):
    """Has pages, and stands among others."""

    pages: Bag[Page]


def shelves() -> list[Apart]:
    """A hundred states, each with a shelf of two pages and one of one."""
    return [state(Bag([Shelf(Bag([Page(1), Page(2)])), Shelf(Bag([Page(1)]))])) for _ in range(100)]


class Colour(Enum):
    ONE = 1

    def __str__(self) -> str:
        return "same"


class Shade(Enum):
    ONE = 1

    def __str__(self) -> str:
        return "same"


def state(value: Any, **more: Any) -> Apart:
    """A state that holds a value."""
    made: Apart = Apart().start()
    made.value = value
    for name, each in more.items():
        setattr(made, name, each)
    return made


def words(of: Apart) -> object:
    """The words of a state's spelling."""
    return spell(of, of.scope).words


SHARED = [1]
PAGES = [Page(1), Page(1)]


@pytest.mark.parametrize(("one", "other"), [
    (state(1), state(True)),
    (state([1]), state((1,))),
    (state(Colour.ONE), state(Shade.ONE)),
    (state(None, late=1), state(None, later=1)),
    (state(None, late=1), state(None)),
    (state("1"), state(1)),
    (state({"a": 1, "b": 2}), state({"b": 2, "a": 1})),
    (state(SHARED, also=SHARED), state([1], also=[1])),
    (state(PAGES[0], also=PAGES[0]), state(PAGES[0], also=PAGES[1])),
    (state(Page), state(Store)),
    (state(b"a"), state("a")),
    (state(frozenset({1})), state(frozenset({True}))),
    (state(lambda: 1), state(lambda: 1)),
])  # fmt: skip
def test_different_states_are_spelled_differently(one: Apart, other: Apart) -> None:
    """Whatever a model could tell apart is told apart."""
    assert words(one) != words(other)


@pytest.mark.parametrize(("one", "other"), [
    (state(Page(1), also=[Page(2)]), state(Page(1), also=[Page(2)])),
    (state(Bag([Page(1), Page(3)])), state(Bag([Page(3), Page(1)]))),
    (state({"a": (1, Colour.ONE)}), state({"a": (1, Colour.ONE)})),
])  # fmt: skip
def test_equal_states_are_spelled_alike(one: Apart, other: Apart) -> None:
    """Which objects they are, and the order of a bag, make no difference."""
    assert words(one) == words(other)


def test_bags_in_a_bag_are_spelled_alike() -> None:
    """What orders the members of a bag is not where their own bags, or what is in them, lie in memory."""
    assert len({words(each) for each in shelves()}) == 1
