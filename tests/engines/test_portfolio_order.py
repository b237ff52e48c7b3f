"""What a portfolio asks of its engines, in which order and when; they answer what they are told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from spillproof.model.quantity import Bytes
from spillproof.model.system import Model
from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines import portfolio
from spillproof.properties.engines.bounded import THE_TIME_WAS_UP
from spillproof.properties.engines.desk import NOT_EXTRACTED
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.lookout import Lookout
from spillproof.properties.engines.pending import Pending
from spillproof.properties.engines.portfolio import FIRST_LOOK, SECOND_LOOK, Portfolio
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.engines.verdict import Holds, Proved, Result, Unknown, Verdict, Violated
from spillproof.properties.engines.witnesses import A_MOMENT


class Shelf(Model):
    """Holds bytes."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0


def claim(name: str, mode: Mode = Mode.ALWAYS) -> Claim:
    """A claim that is only a name."""
    return Claim(name, mode, lambda _now: True)


A, B, C, W = claim("a"), claim("b"), claim("c"), claim("w", Mode.SOMETIMES)
RUN = Run(Shelf(), (), (Step("load", (3,)), Step("load", (4,))))
FOUND = Violated(RUN, 0, 7)
OLD: Any = SimpleNamespace(name="old")
NEW: Any = SimpleNamespace(name="new")


def names(pending: Iterable[Any]) -> str:
    """The claims that are worked on, in their order."""
    return " ".join(each.claim.name if isinstance(each, Pending) else each.name for each in pending)


class Told(Portfolio):
    """Writes down what is asked of its engines. Each settles the claims that it is told to."""

    def __init__(self, claims: Iterable[Claim] = (A, B, C), limits: Limits | None = None, **settles: str) -> None:
        super().__init__(Shelf(), [*claims], [W], limits or Limits())
        self.settles = settles
        self.log: list[str] = []
        self.shares: list[Limits] = []
        self.world = OLD
        self.made: dict[str, Pending] = {}

    def settled(self, engine: str, each: Pending) -> bool:
        return each.claim.name in self.settles.get(engine, "").split()

    def pending(self, claim: Claim, world: Any) -> Pending:
        kept = Pending(claim, world, left=[] if claim.name in self.settles.get("equations", "").split() else [OLD])
        kept.failure = "it failed" if claim.name in self.settles.get("failing", "").split() else ""
        return self.made.setdefault(claim.name, kept)

    def guess(
        self, pending: list[Pending], proofs: Any, *, widely: bool = False, backward: bool = False
    ) -> list[Pending]:
        self.log.append(f"guess {names(pending)}{' widely' if widely else ''}{' backward' if backward else ''}")
        proofs.pending += [each for each in pending if self.settled("guess", each)]
        return [each for each in pending if not self.settled("guess", each)]

    def confirm(self, proofs: Any) -> bool:
        self.log.append(f"confirm {names(proofs.pending)}")
        if proofs.pending:
            proofs.world = NEW
        return bool(proofs.pending)

    def induct(self, pending: list[Pending], also: list[Pending]) -> list[Pending]:
        self.log.append(f"induct {names(pending)} and {names(also)}")
        return [each for each in pending if not self.settled("induct", each)]

    def look(self, pending: Pending, chains: int | None, limits: Limits | None = None) -> bool:
        world: Any = pending.world
        self.log.append(f"look {pending.claim.name} {chains} in {world.name}")
        self.shares += [limits] if limits is not None else []
        pending.spurious |= self.settled("excluded", pending)
        if self.settled("finds", pending):
            pending.candidate = FOUND
        return self.settled("look", pending)

    def look_at_small_sizes(self, pending: list[Pending]) -> None:
        self.log.append(f"small {names(pending)}")

    def ask_spacer(self, pending: Pending, limits: Limits, effort: int | None = None) -> bool:
        self.log.append(f"spacer {pending.claim.name}{'' if effort is None else f' {effort}'}")
        assert limits is not None
        return self.settled("spacer", pending)


def waiting(of: Claim, **fields: Any) -> Pending:
    """A claim without a verdict, in the first world."""
    return Pending(of, OLD, **fields)


def reported(of: Portfolio) -> dict[str, tuple[Verdict, str]]:
    """What was reported, and by which engine."""
    return {each.claim.name: (each.verdict, each.engine) for each in of.report.results}


N = NEVER_NEGATIVE.name


@pytest.mark.parametrize(("claims", "proved", "silent"), [
    ((A,), False, [NEVER_NEGATIVE]), ((A, NEVER_NEGATIVE), False, []), ((A,), True, []),
])  # fmt: skip # a table
def test_what_is_proved_though_nobody_asks(claims: Any, silent: list[Claim], *, proved: bool) -> None:
    """That no counter is negative, if that is not asked for, and not proved yet."""
    of = Told(claims)
    of.naturals_proved = proved

    assert of.silent() == silent


def test_what_comes_quickly() -> None:
    """What equations, then guesses settle is confirmed; the rest is searched for a moment, in the world they left.

    Of what nobody asks for no violation is looked for.
    """
    of = Told(equations="a", guess="b", look="c", failing="w")
    left = of.settle([A, B, C, W])

    assert of.log == [f"guess b c {N}", "confirm a b", f"look c {FIRST_LOOK} in new"]
    assert left == []
    assert reported(of) == {"w": (Unknown("it failed", -1), "prove")}
    nothing = Told()
    assert names(nothing.settle([A])) == "a"
    assert nothing.log == [f"guess a {N}", "confirm ", f"look a {FIRST_LOOK} in old"]


def test_what_is_tried_before_anything_takes_long() -> None:
    """What is violated is not to be proved; what is found meanwhile is not, either."""
    of = Told(induct="a", guess="b", finds="c", spacer="w")
    violated = waiting(claim("d"), spurious=True)
    left = of.invent_early([violated, *map(waiting, (A, B, C, W, claim("e")))])

    assert of.log == [
        f"induct a b c w e and {N}", "guess b c w e backward", "confirm b", f"look c {SECOND_LOOK} in new",
        f"look w {SECOND_LOOK} in new", f"look e {SECOND_LOOK} in new", f"spacer w {A_MOMENT}", f"spacer e {A_MOMENT}",
    ]  # fmt: skip
    assert names(left) == "d c e"
    assert of.world is NEW
    nothing = Told(look="a")
    assert nothing.invent_early([waiting(A)]) == []
    assert nothing.world is OLD


def test_what_other_proofs_rest_on() -> None:
    """It is guessed, and else asked of Spacer for a moment; nothing where it is proved."""
    of, guessed, known = Told(), Told(guess=N), Told()
    known.naturals_proved = True
    for each in (of, guessed, known):
        each.prove_silent()

    assert of.log == [f"guess {N} backward", "confirm ", f"spacer {N} {A_MOMENT}"]
    assert guessed.log == [f"guess {N} backward", f"confirm {N}"]
    assert known.log == ["guess  backward", "confirm "]


def test_the_time_that_is_left() -> None:
    """A violation that may not be the least is searched up to its length; the others are guessed widely, and so on."""
    d, e = claim("d"), claim("e")
    of = Told((A, B, C, d, e), guess="b", spacer="c", excluded="d")
    pending = [waiting(W, spurious=True), waiting(A, candidate=FOUND), *map(waiting, (B, C, d, e))]
    spurious = of.insist(pending)

    assert of.log == [
        "small a b c d e", "guess b c d e widely", "confirm b", "look a None in old",
        "spacer c", "spacer d", "look d None in new", "spacer e", "look e None in new",
    ]  # fmt: skip
    assert names(spurious) == "w d"
    assert [each.max_steps for each in of.shares] == [2, None, None]
    assert reported(of) == {
        "a": (Violated(RUN, 0, 7, ruled_out=-1), "bounded"), "e": (Unknown("no invariant was found", -1), "bounded"),
    }  # fmt: skip
    proving, found = Told(), Told(look="a")
    proving.searches = False
    for each in (proving, found):
        each.insist([waiting(A)])
    assert [engine for _, engine in reported(proving).values()] == ["prove"]
    assert reported(found) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_time_is_shared_by_those_that_are_left(count: int) -> None:
    """The first of three has a third of it, the second half of the rest, the last all of it."""
    now = time.monotonic()
    of = Told(limits=Limits(now + 120.0))
    of.insist([waiting(each) for each in (A, B, C)[:count]])
    deadlines = [(each.deadline or 0.0) - now for each in of.shares]

    assert deadlines == pytest.approx([120 / (count - place) for place in range(count)], abs=5)


def test_a_search_of_what_is_known() -> None:
    """Each has its share of the time; where shapes have no end, what was found is all."""
    now = time.monotonic()
    for endless in (False, True):
        of = Told((A, B), Limits(now + 120.0), look="a")
        of.known = {each.name: waiting(each, depth=4) for each in (A, B)}
        of.lookout = cast("Lookout", SimpleNamespace(endless=endless, why="why"))
        of.show_witnesses = lambda log=of.log: log.append("witnesses")  # type: ignore[method-assign,misc]
        of.search_what_is_known()

        looked = [] if endless else ["look a None in old", "look b None in old"]
        assert of.log == ["witnesses", *looked]
        assert reported(of) == {each: (Unknown("why", 4), "bounded") for each in ("ab" if endless else "b")}
        assert [(each.deadline or 0.0) - now for each in of.shares] == pytest.approx(
            [] if endless else [60, 120], abs=5
        )


@pytest.mark.parametrize(("verdicts", "spurious", "log"), [
    ([(A, Proved("all", None)), (B, Unknown("x"))], "", ["silent"]),
    ([(W, Proved("all", RUN)), (B, Unknown("x"))], "", []),
    ([(A, Holds("5 steps"))], "", []),
    ([], "b", ["extract False", "settle b", "insist b"]),
])  # fmt: skip # a table
def test_when_all_shapes_are_known(
    verdicts: list[tuple[Claim, Verdict]], spurious: str, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What preferences exclude is asked again with them; what proofs rest on is proved if there is a proof."""
    of = Told((A, B))
    said: list[str] = []

    def settle(claims: list[Claim]) -> list[Pending]:
        said.append(f"settle {names(claims)}")
        return [waiting(each) for each in claims]

    def early(pending: list[Pending]) -> list[Pending]:
        said.append(f"early {names(pending)}")
        return pending

    def insist(pending: list[Pending]) -> list[Claim]:
        said.append(f"insist {names(pending)}")
        of.report.results = [Result(each, verdict, "e", 1.0) for each, verdict in verdicts]
        return [each.claim for each in pending if each.claim.name in spurious.split()]

    def extract(*, any_preference: bool) -> Any:
        said.append(f"extract {any_preference}")
        return NEW

    steps: dict[str, Callable[..., Any]] = {
        "settle": settle, "invent_early": early, "insist": insist, "extract": extract,
        "show_witnesses": lambda: said.append("witnesses"), "prove_silent": lambda: said.append("silent"),
    }  # fmt: skip
    for name, step in steps.items():
        monkeypatch.setattr(of, name, step)
    of.settle_all()

    assert said == ["settle a b", "early a b", "witnesses", "insist a b", *log]
    assert of.world is (NEW if spurious else OLD)


@pytest.mark.parametrize(("results", "opens", "negative"), [
    ([(NEVER_NEGATIVE, Holds("5 steps"))], [OLD], False), ([(A, Holds("5 steps"))], [OLD], True),
    ([(NEVER_NEGATIVE, Unknown("x"))], [OLD], True), ([], [], False), ([], OutOfTime(), True), ([], None, False),
])  # fmt: skip # a table
def test_whether_a_counter_may_be_negative(results: Any, opens: Any, *, negative: bool) -> None:
    """Not where that holds, nor where no step that is known makes it so; where there was no time, it may be."""
    of = Told()
    of.report.results = [Result(each, verdict, "e", 1.0) for each, verdict in results]

    def opened(asked: Claim) -> Any:
        assert asked is NEVER_NEGATIVE
        if isinstance(opens, OutOfTime):
            raise opens
        return opens

    of.world = cast("Any", SimpleNamespace(open=opened))
    if opens is None:
        del of.world

    assert of.may_be_negative() is negative


@pytest.mark.parametrize("steps", [None, 7])
def test_all_shapes_or_some(steps: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claims are refused before anything is settled, and what was settled is validated."""
    of = Told()
    said: list[str] = []
    world = SimpleNamespace(automaton=SimpleNamespace(steps=steps))

    def first() -> Any:
        said.append("first")
        return world

    monkeypatch.setattr(of, "first_world", first)
    for name in ("refuse_claims", "settle_all", "search_what_is_known", "validate"):
        monkeypatch.setattr(of, name, lambda name=name: said.append(name))
    of.settle_what_can_be()

    settled = "settle_all" if steps is None else "search_what_is_known"
    assert said == ["first", "refuse_claims", settled, "validate"]


@pytest.mark.parametrize(("ends", "began", "why"), [
    (None, True, None), (KeyboardInterrupt(), True, "interrupted"), (OutOfTime(), True, THE_TIME_WAS_UP),
    (OutOfTime(), False, NOT_EXTRACTED), (OutOfTime("too much memory"), True, "too much memory"),
])  # fmt: skip # a table
@pytest.mark.parametrize("proved", [True, False])
def test_how_it_ends(
    ends: BaseException | None, why: str | None, monkeypatch: pytest.MonkeyPatch, *, began: bool, proved: bool
) -> None:
    """By itself, or interrupted, or out of time; proofs that rest on what is not proved are limited."""
    of = Told()
    of.naturals_proved = proved
    said: list[str] = []

    def settle() -> None:
        if ends is not None:
            raise ends

    if not began:
        del of.world
    monkeypatch.setattr(of, "settle_what_can_be", settle)
    monkeypatch.setattr(of, "limit_proofs", lambda: said.append("limited"))
    monkeypatch.setattr(of, "give_up", said.append)
    monkeypatch.setattr(portfolio, "heard", lambda: said.append("heard"))
    monkeypatch.setattr(of.validation, "result", lambda: "validated")
    report = of.run()

    assert said == [*([] if why is None else ["heard", why]), *([] if proved else ["limited"])]
    assert report.interrupted is isinstance(ends, KeyboardInterrupt)
    assert cast("Any", report.validated) == "validated"


@pytest.mark.parametrize(("steps", "ends", "hints"), [
    (7, None, ["as it was", "a hint"]), (0, None, ["as it was", "a hint"]), (0, OutOfTime(), ["as it was", "a hint"]),
    (-1, OutOfTime(), ["as it was"]), (7, KeyboardInterrupt(), ["as it was"]),
])  # fmt: skip # a table
def test_how_there_would_be_fewer_shapes(
    steps: int, ends: BaseException | None, hints: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told of what is known, if anything is, and if nobody wants to have the answer at once."""
    of = Told()
    frontier = SimpleNamespace(steps=steps, automaton=lambda: "automaton")
    of.lookout = cast("Lookout", SimpleNamespace(frontier=frontier))
    of.report.hints, of.naturals_proved = ["as it was"], True

    def settle() -> None:
        if ends is not None:
            raise ends

    monkeypatch.setattr(of, "settle_what_can_be", settle)
    monkeypatch.setattr(portfolio, "fewer_shapes", lambda automaton: ["a hint"] if automaton == "automaton" else [])

    assert of.run().hints == hints
