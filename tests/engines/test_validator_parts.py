"""Parts of the validation by themselves: when it is done, what is taken together, what is drawn, how far one walks."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.model.quantity import CLOSES_SIZE, OPENS_SIZE, Condition, Is, Linear
from spillproof.properties import registry
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.shapes import Automaton, Divided
from spillproof.properties.engines.limits import Limits
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.validation import disagreement, records, validation, validator
from spillproof.properties.engines.validation.contents import _inside
from spillproof.properties.engines.validation.fork import Following
from spillproof.properties.engines.validation.pairing import Pairing
from spillproof.properties.engines.validation.questions import TWICE, FalseWay, Questions
from spillproof.properties.engines.validation.records import Agreed, Instance, Mismatch, Records
from spillproof.properties.engines.validation.result import Disagreement, Validated
from spillproof.properties.engines.validation.sizes import Scale, Unsolved
from spillproof.properties.engines.validation.trial import TrialChoices
from spillproof.properties.engines.validation.validation import Validation
from spillproof.properties.engines.validation.validator import AT_ONCE, Validator
from spillproof.properties.engines.validation.walks import Walks

fake: Any = SimpleNamespace
"""Something with these attributes, in the stead of an engine's own."""


@pytest.fixture(scope="module")
def automaton() -> Automaton:
    """A small one, of which all is done in a moment."""
    return extract(find("lesson:pool").build(), [], Feasibility())


class Drawn(random.Random):
    """Draws what it is told: the last of a range for 1, the first for 0."""

    def __init__(self, *kinds: int, last: bool = True) -> None:
        super().__init__()
        self.kinds, self.last, self.ranges = [*kinds], last, list[int]()

    def randrange(self, stop: int, *_: Any) -> int:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # it has one argument
        self.ranges.append(stop)
        if stop == 3 and self.kinds:
            return self.kinds.pop(0)
        return stop - 1 if self.last else 0

    def choice(self, seq: Sequence[Any]) -> Any:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # likewise
        return seq[-1 if self.last else 0]


# How far it goes


@pytest.mark.parametrize(("edges", "once", "owed"), [
    (4000, False, True), (4001, False, False), (12, True, True), (13, True, False),
])  # fmt: skip # a table
def test_what_is_done_whatever_it_takes(edges: int, automaton: Automaton, *, once: bool, owed: bool) -> None:
    """Everything once, of what is not large; and all of what is very small."""
    validating = Validator(automaton)
    validating.automaton = fake(edges=[None] * edges)
    validating.once = once

    assert validating.is_owed() is owed


def test_how_long_it_goes_on(automaton: Automaton, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few pieces of work at once, until the time is up, or all was done once, or all is done."""

    def work(validating: Validator, pieces: int, once: int) -> Iterator[None]:
        for place in range(pieces):
            validating.once = place >= once
            done.append(place)
            yield

    def made(*, owed: bool, limits: Limits | None = None) -> Validator:
        done.clear()
        monkeypatch.setattr(Validator, "is_owed", lambda _: owed)
        validating = Validator(automaton, limits or Limits())
        validating.left = work(validating, 3 * AT_ONCE, AT_ONCE)
        return validating

    done: list[int] = []
    seconds = itertools.count()
    monkeypatch.setattr(time, "process_time", lambda: float(next(seconds)))
    assert (made(owed=False).go_on(0.0), len(done)) == (False, 0)
    assert (made(owed=False).go_on(only_once=True), len(done)) == (False, 2 * AT_ONCE)
    assert (made(owed=False).go_on(2.5), len(done)) == (False, 2 * AT_ONCE)  # a second for each look at the time
    assert (made(owed=True).go_on(0.0), len(done)) == (True, 3 * AT_ONCE)
    validating = made(owed=False)
    assert (validating.go_on(), validating.go_on(), len(done)) == (True, True, 3 * AT_ONCE)
    assert validating.seconds > 0
    late = made(owed=False, limits=Limits(0.0))
    assert (late.go_on(5.0), len(done)) == (False, 0)


# What is refused together


@pytest.mark.parametrize(
    ("refused", "differs", "together", "apart"),
    [
        ((True, True), False, 2, 0),
        ((True, True), True, 2, 2),  # one has changed the state
        ((True, False), False, 1, 2),
        ((False, True), False, 0, 2),
        ((), False, 0, 0),
    ],
)
def test_steps_that_are_refused_in_one_state(  # noqa: PLR0917 - a table
    refused: tuple[bool, ...], differs: bool, together: int, apart: int, automaton: Automaton,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """All are tried in one; where one is not refused after all, or changes it, each is tried in its own.

    What was only remembered is forgotten before: they may be refused for that.
    """
    alone: list[Any] = []
    forgotten: list[int] = []
    answers = iter(refused)

    def instance(_: Validator, each: Any, *__: Any) -> Iterator[None]:
        alone.append(each)
        yield

    pattern = fake(is_still=lambda *_: not differs)
    states = {"kept": 1}
    monkeypatch.setattr(Validator, "is_refused", lambda *_: next(answers))
    monkeypatch.setattr(Validator, "instance", instance)
    validating = Validator(automaton)
    validating.records = fake(pattern=lambda _: pattern, put_back=lambda: forgotten.append(1))
    validating.asking = fake(state_of=lambda *_: ([None], None), states=states)
    several: list[Any] = [fake(source=0, width=0) for _ in refused]

    assert len([*validating.refused(several)]) == together + apart
    assert alone == several[:apart]
    assert len(forgotten) == bool(refused)
    assert bool(states) is (apart == 0), "a state that was changed is not asked about"


def test_a_step_that_is_something_else() -> None:
    """It made other choices, or was not refused, or was, other than it is recorded."""
    assert validator._strays(fake(picks=(1,), says=None), fake(record=1), (2,))
    assert not validator._strays(fake(picks=(1,), says=None), fake(record=1), (1,))
    assert validator._strays(fake(picks=(), says=None), fake(record=None), ())


# What is drawn


@pytest.mark.parametrize(("steps", "each", "runs"), [(5, 3, 2), (6, 3, 2), (7, 3, 3), (5, 0, 5), (1, 9, 1), (0, 9, 0)])
def test_so_many_steps_are_walked(steps: int, each: int, runs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In as many runs as they need; but in no more than there are steps, where runs come to nothing."""
    taken: list[int] = []

    def run(walks: Walks) -> Iterator[None]:
        walks.steps += each
        taken.append(each)
        yield

    monkeypatch.setattr(Walks, "run", run)
    walks = Walks(fake(automaton=None), fake(), random.Random(0))
    for again in (1, 2):
        assert len([*walks.go(steps)]) == runs
        assert len(taken) == again * runs


@pytest.mark.parametrize(
    ("chance", "values", "size"),
    [
        (Drawn(0), [5], 7),
        (Drawn(0, last=False), [5], 0),
        (Drawn(1), [], 7),  # there is none in the state
        (Drawn(1, 0), [4, 5], 5),
        (Drawn(1, 2), [4, 5], 3),
        (Drawn(1, 2), [1], 0),
        (Drawn(2), [5], (1 << 33) - 1),
        (Drawn(2), [], (1 << 33) - 1),
    ],
)
def test_sizes_that_are_drawn(chance: Drawn, values: list[int], size: int) -> None:
    """Small ones, those of the state or just below, and large ones."""
    assert Walks(fake(automaton=None), fake(), chance).size(values) == size


def test_choices_of_a_script() -> None:
    """As long as it lasts, where they are possible; then any; heuristics count unless they are left open."""
    choices = TrialChoices((2, 5, 1), Drawn(last=False), "load", any_preference=False)
    assert [choices.choose(3), choices.choose(3), choices.prefer(3, lambda: [1, 2]), choices.choose(3)] == [2, 0, 1, 0]
    assert choices.picks == [2, 0, 1, 0]
    for wide, pick in ((True, 0), (False, 1)):
        assert TrialChoices((0,), Drawn(last=False), "load", any_preference=wide).prefer(3, lambda: [1, 2]) == pick


# What is compared


def record(picks: tuple[int, ...], answer: Any = None, *, meets: bool = True) -> Any:
    """An edge, or a refusal, with these choices."""
    return fake(picks=picks, guard=fake(meets=lambda _: meets), answer=answer)


def judged(edges: list[Any], refusals: list[Any], picks: tuple[int, ...], *, refused: bool = False) -> Any:
    """What is answered of a step with these choices, of sizes that no matter."""
    self: Any = fake(compare=lambda _, each, *__: each.answer, covered=lambda *_: "covered")
    trial: Any = fake(picks=picks, outcome=fake(refused=refused))
    return Records.judge(self, fake(edges=edges, refusals=refusals), (), trial)


@pytest.mark.parametrize(
    ("picks", "meets", "agrees"), [((1, 2), True, False), ((1, 2), False, True), ((0, 2), True, True), ((), True, True)]
)
def test_a_step_that_is_refused(picks: tuple[int, ...], *, meets: bool, agrees: bool) -> None:
    """No edge may begin with the choices that it made."""
    found = judged([record(picks, meets=meets)], [], (1,), refused=True)

    assert (found == Agreed(None)) is agrees


@pytest.mark.parametrize(
    ("picks", "meets", "found"),
    [((1,), True, "not"), ((1,), False, "it"), ((0,), True, "it"), ((1, 2, 3), True, "it"), ((), True, "not")],
)
def test_a_step_that_is_taken(picks: tuple[int, ...], found: str, *, meets: bool) -> None:
    """No refusal may have choices that it begins with."""
    answer = judged([record((1, 2), "it")], [record(picks, meets=meets)], (1, 2))

    assert (answer == "it") is (found == "it")


def test_which_edge_a_step_is() -> None:
    """One with the same choices, at these sizes; of several the first that it is not, if there is one."""
    differs = Mismatch(fake(), (), fake(), None)
    others = [record((2,), "other"), record((1,), "other", meets=False)]

    assert judged([*others, record((1,), "one"), record((1,), "two")], [], (1,)) == "one"
    assert judged([record((1,), "one"), record((1,), differs)], [], (1,)) is differs
    assert judged(others, [], (1,)) == "covered"


def test_two_validations_together() -> None:
    """Everything is added up; the first failure is told."""
    one, other = Validated(1, 2, 3, 4, 5, 6, 7, 8.0), Validated(10, 20, 30, 40, 50, 60, 70, 80.0, "broken")

    assert one + other == Validated(11, 22, 33, 44, 55, 66, 77, 88.0, "broken")
    assert (other + replace(other, failure="later")).failure == "broken"


def test_in_which_order_all_is_done() -> None:
    """With typical sizes, what is left of each; then random walks of half as many steps as edges between the others."""
    done: list[Any] = []

    def doing(*words: Any) -> Iterator[None]:
        done.append(words)
        yield

    self = fake(
        round=lambda scale: doing("round", scale), rest=lambda each: doing("rest", each.name), once=False,
        asking=fake(rest=lambda shape: doing("ask", shape)), walks=fake(go=lambda steps: doing("walk", steps)),
        automaton=fake(shapes=["a", "b"], edges=[None] * 7),
        records=fake(instances={0: [fake(name="x", is_refused_outright=False), fake(is_refused_outright=True)]}),
    )  # fmt: skip
    each = [done[-1] + (self.once,) for _ in Validator.plan(self)]
    assert each == [
        ("round", Scale.TYPICAL, False), ("rest", "x", False), ("ask", "a", False), ("ask", "b", False),
        ("walk", 3, True), ("round", Scale.BOUNDARY, True), ("walk", 3, True), ("round", Scale.LARGE, True),
        ("walk", 3, True),
    ]  # fmt: skip


def test_claims_about_states_alone() -> None:
    """Of each shape at two scales, what is left of it, and along a walk; the time is looked at before each."""
    done: list[Any] = []

    def doing(*words: Any) -> Iterator[None]:
        done.append(words)
        yield

    self = fake(
        limits=fake(check=lambda: done.append("time")), automaton=fake(shapes=["a"], edges=[None] * 7),
        asking=fake(shape=lambda *given: done.append(given), rest=lambda shape: doing("rest", shape)),
        walks=fake(go=lambda steps: doing("walk", steps)),
    )  # fmt: skip
    Validator.ask_about_states(self)
    assert done == [
        "time", ("a", Scale.TYPICAL), ("a", Scale.BOUNDARY), ("rest", "a"), "time", ("walk", 3), "time",
    ]  # fmt: skip


def test_each_comparison_is_a_step(automaton: Automaton) -> None:
    """Each edge with sizes of three scales, beside what is walked; and what is refused, a step each."""
    validating = Validator(automaton)
    validating.go_on()
    found = validating.result()
    assert found.complete
    assert found.steps - found.random_steps >= found.scales + len(automaton.refusals)


def test_what_was_compared() -> None:
    """Edges of which there was a comparison, comparisons, ways, and steps: those of walks are among them."""
    self = fake(
        compared={1: {Scale.TYPICAL, Scale.LARGE}, 2: set(), 3: {Scale.LARGE}}, asking=fake(compared=4, total=5),
        steps=10, walks=fake(steps=7), seconds=2.0,
    )  # fmt: skip

    assert Validator.result(self) == Validated(2, 3, 3, 4, 5, 17, 7, 2.0)


@pytest.mark.parametrize(
    ("target", "sizes", "found"),
    [(0, [3, 0], (0, [3, 0], ["o"])), (0, [3, -1], None), (0, [], (0, [], ["o"])), (-1, [3], None)],
)
def test_a_walk_goes_on(target: int, sizes: list[int], found: Any) -> None:
    """Where the step leads to a state, and no counter is below 0."""
    arranged: list[Any] = []
    agreed = fake(record=fake(edge=fake(target=target)), objects=["o"], sizes=sizes)
    self = fake(judged=lambda *_: agreed, records=fake(pattern=lambda _: fake(arrange=arranged.append)))

    assert Walks.move(self, fake(), [], []) == found
    assert arranged == [["o"]] * (target >= 0)


@pytest.mark.parametrize("nothing", [None, fake(record=None)])
def test_a_walk_ends(nothing: Any) -> None:
    """Where a step could not be compared, or was refused."""
    assert Walks.move(fake(judged=lambda *_: nothing), fake(), [], []) is None


def test_what_is_in_a_container() -> None:
    """By key, by place, by name, or of a set by itself."""
    variable: ContextVar[int] = ContextVar("variable")
    members = {"a", "b"}

    assert _inside({"a": 1}) == {"a": 1}
    assert _inside((5, 6)) == {0: 5, 1: 6}
    assert _inside([5, 6]) == {0: 5, 1: 6}
    assert _inside(members) == {id(each): each for each in members}
    assert _inside(fake(x=1)) == {"x": 1}
    assert _inside(variable) == {"value": None}


# What is said where they differ


@pytest.mark.parametrize(
    ("turned", "walked", "picks", "judged_as", "said"),
    [
        (False, False, (), Agreed(None), "on unknown sizes it does not do"),
        (True, False, (), None, "depends on the order of a Bag"),
        (False, True, (), None, "depends on the order of a Bag"),
        (True, False, (1,), Agreed(None), "on unknown sizes it does not do"),
        (False, True, (1,), Agreed(None), "in a run it did something else"),
        (False, True, (1,), None, "on unknown sizes it does not do"),
    ],
)
def test_why_a_step_differs(
    picks: Any, judged_as: Any, said: str, monkeypatch: pytest.MonkeyPatch, *, turned: bool, walked: bool
) -> None:
    """By the order of a bag, if that may differ and nothing is chosen; by more than its state, in a run."""
    monkeypatch.setattr(disagreement, "_again", lambda *_: None)
    monkeypatch.setattr(disagreement, "_same", lambda *_: True)
    monkeypatch.setattr(disagreement, "_agrees", lambda *_, turned=False: not turned)
    monkeypatch.setattr(disagreement, "_both", lambda *_: "both")
    monkeypatch.setattr(disagreement, "_parting", lambda *_: "")
    mismatch = fake(instance=fake(action=fake(name="go")), trial=fake(picks=picks), values=())

    with pytest.raises(Disagreement, match=said):
        disagreement.disagree(fake(judge=lambda *_: judged_as), mismatch, turned=turned, walked=walked)


@pytest.mark.parametrize(("is_own", "who"), [(True, "a model that does none"), (False, "a claim that does none")])
def test_whose_defect_it_is(who: str, monkeypatch: pytest.MonkeyPatch, *, is_own: bool) -> None:
    """A claim of somebody's own may have done it; one of ours has not."""
    monkeypatch.setattr(registry, "is_own", lambda _: is_own)

    assert f"{who} of this" in str(
        disagreement._of_claim(fake(function=None, called="it", name="it", place=""), "seen")
    )


@pytest.mark.parametrize(
    ("source", "values", "told"),
    [
        (-1, (1,), ""),
        (0, (), ""),
        (0, (5, 3), " with s0=5, s1=3"),
        (0, range(8), f" with {', '.join(f's{each}={each}' for each in range(8))}"),
        (0, range(9), f" with {', '.join(f's{each}={each}' for each in range(8))}, …"),
        (fake(source=0), (5,), " with s0=5"),
        (fake(source=-1), (5,), ""),
    ],
)
def test_sizes_that_are_told(source: Any, values: Sequence[int], told: str) -> None:
    """Eight of the state, or of the one that a step leaves; none of a beginning."""
    shape = fake(slots=[fake(where=f"s{number}") for number in range(9)])

    assert disagreement._sizes(fake(automaton=fake(shapes=[shape])), source, values) == told


# Ways in which a claim is false


@pytest.mark.parametrize(
    ("solved", "seen", "asked"),
    [
        (Unsolved.NONE, True, []),
        (Unsolved.UNKNOWN, False, []),
        ([7, 8, 9], False, [([7, 8], {"a claim"})]),
    ],
)
def test_a_way_is_looked_at(solved: Any, asked: list[Any], *, seen: bool) -> None:
    """At sizes that it is for; where there are none it is settled, and where nobody knows it is not."""
    states: list[Any] = []
    guards: list[Any] = []

    def solve(guard: Any, unknowns: int, _: Any) -> Any:
        guards.append((guard, unknowns))
        return solved

    self = fake(
        sizes=fake(solve=solve, widen=lambda *_: solved), state=lambda _, values, only: states.append((values, only))
    )
    way = fake(guard=fake(quotients=[1]), seen=False, claim="a claim")

    Questions.way(self, fake(slots=[0, 1]), way)
    assert (way.seen, states, guards) == (seen, asked, [(way.guard, 3)])


@pytest.mark.parametrize(("values", "claims"), [([1, 5], {"a", "b"}), ([1, 9], {"a"})])
def test_ways_are_looked_at_together(values: list[int], claims: set[str]) -> None:
    """Those that are easy to have at once; not one with quotients, whose unknowns are its own."""
    way, other = FalseWay("a", ()), FalseWay("b", (Condition(Linear({1: -1}, 8), Is.AT_LEAST_ZERO),))
    divided = FalseWay("c", Divided((Condition(Linear({2: 1}), Is.ZERO),), ((2, Linear({0: 1}), 4),)))
    states: list[Any] = []

    def widen(guard: Any, found: Any, wishes: Iterable[Any]) -> Any:
        assert (guard, found, [*wishes]) == (way.guard, [1, 2], [other.guard])
        return values

    self: Any = fake(
        sizes=fake(solve=lambda *_: [1, 2], widen=widen), state=lambda _, values, only: states.append((values, only))
    )
    Questions.way(self, fake(slots=[0, 1]), way, [divided, other])
    assert states == [(values, claims)]


def test_nothing_is_seen_at_first() -> None:
    """A way of which there are quotients is one of them, too."""
    way = FalseWay("claim", Divided((Condition(Linear({1: 1}), Is.ZERO),), ((1, Linear({0: 1}), 4),)))

    assert not way.seen
    assert len(way.guard.quotients) == 1


@pytest.mark.parametrize(
    ("plain", "has_next", "sample"), [(True, True, False), (False, True, True), (False, False, False)]
)
def test_claims_that_are_asked_about_unknown_sizes(*, plain: bool, has_next: bool, sample: bool) -> None:
    """Those that are not plain code, as often as it is their turn: by how the way that was met looks."""
    kinds: list[Any] = []

    def next_(kind: Any) -> bool:
        kinds.append(kind)
        return has_next

    claim = fake()
    self = fake(plain=[claim] if plain else [], samples=fake(has_next=next_))
    assert Questions.is_sample(self, claim, [fake(also=(1, 2)), fake(also=())]) is sample
    assert kinds == [(claim, 2)] * (not plain)


class Member:
    """Of a bag."""

    def __init__(self, size: int, kind: str, of: object) -> None:
        self.size, self.kind, self.of = size, kind, of


@pytest.mark.parametrize(
    ("cls", "size", "kind", "at", "alike"),
    [
        (Member, 5, "a", 3, True),
        (Member, 6, "a", 3, False),
        (Member, 5, "b", 3, False),
        (Member, 5, "a", 4, False),
        (object, 5, "a", 3, False),
    ],
)
def test_which_member_it_may_be(cls: type, size: int, kind: str, at: int, *, alike: bool) -> None:
    """One of the class, with the size, the constants, and references to objects that are paired with the same."""
    other = object()
    form = fake(cls=cls, amounts=[("size", 0)], constants=[("kind", "a")], references=[("of", 3)])
    self = fake(values=[5], index={id(other): at})

    assert Pairing.alike(self, form, Member(size, kind, other)) is alike
    assert Pairing.alike(fake(values=[5], index={}), form, Member(size, kind, other)) is (alike or at == 4)


@pytest.mark.parametrize(
    ("least", "values", "terms"), [(1, [7, 2], {1: 1}), (-7, [7, 0], {1: 1}), (-20, [7, 4], {1: -1})]
)
def test_a_quotient_of_given_values(least: int, values: list[int], terms: dict[int, int]) -> None:
    """It is an unknown of its own, of which the value is known: a natural number, with a sign."""
    following = Following([7], (), "go")
    found = following.quotient(Linear({0: 1}, least), 4)

    assert isinstance(found, Linear)
    assert (following.values, found.terms, found.constant) == (values, terms, 0)


def test_choices_that_are_followed() -> None:
    """As far as the script goes, and no further than there are; then the first."""
    following = Following((), (1, 5), "go")

    assert [following.choose(3), following.prefer(3, lambda: [0]), following.choose(3)] == [1, 2, 0]


@pytest.mark.parametrize(
    ("said", "error", "same"),
    [
        ("ValueError: no (a.py:3)", ValueError("no"), True),
        ("ValueError: not (a.py:3)", ValueError("no"), False),
        ("ValueError: no (a.py:4)", ValueError("no"), False),
        ("KeyError: no (a.py:3)", ValueError("no 1"), False),
        ("ValueError: of 2 (a.py:3)", ValueError("of 1"), True),
        (f"ValueError: {OPENS_SIZE}q0{CLOSES_SIZE} of us (a.py:3)", ValueError("17 of us"), True),
        (f"ValueError: {OPENS_SIZE}q0{CLOSES_SIZE} of us (a.py:3)", ValueError("17 of them"), False),
        ("", ValueError("1"), False),
        ("ValueError: no (a.py:3)", None, False),
    ],
)
def test_the_same_is_raised(said: str, error: Exception | None, monkeypatch: pytest.MonkeyPatch, *, same: bool) -> None:
    """Of one class, in one line; and with the same words, but for sizes in them."""
    monkeypatch.setattr(records, "line_of", lambda _: "a.py:3")

    assert records._same_error(said, fake(error=error, raised=f"ValueError: {error} (a.py:3)")) is same


def test_a_claim_is_asked_twice_at_first() -> None:
    """So often as it takes to notice one that changes its mind; then once each time."""
    told: list[int] = []

    def answer() -> bool:
        told.append(0)
        return True

    claim = Claim("a", Mode.ALWAYS, lambda _now: True)
    self: Any = SimpleNamespace(asked={}, refused={}, claims=(), ordered=(), to_ask={False: [claim]})
    for _ in range(TWICE + 3):
        Questions.ask(self, claim, [], (), 0, answer)

    assert len(told) == 2 * TWICE + 3
    assert self.to_ask == {False: []}, "one that is asked to see whether it only looks is asked no more"


def test_borders_are_looked_at_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gaps, where two overlap that choose alike, and the borders of claims: after each, the time may be up.

    Where two overlap, that is further from the border, too: on it both may do the same.
    """
    probed: list[Any] = []
    guard = SimpleNamespace(conditions=("c",), quotients=())
    edge, refusal, other = (SimpleNamespace(guard=guard, picks=picks, edge=picks) for picks in ((0, 1), (0,), (1,)))
    monkeypatch.setattr(validator, "gaps", lambda *_: [(0, ("g",)), (1, ("h",))])
    monkeypatch.setattr(validator, "overlaps", lambda _leaves: [(0, 1), (0, 0), (2, 0), (0, 2)])
    overlapping = iter([False, True])
    monkeypatch.setattr(validator, "inside", lambda also: ("inside", *also))

    def probe(_instance: Any, also: Any, record: Any) -> bool:
        probed.append((also, record))
        return also == ("c", "c") and next(overlapping)

    self: Any = SimpleNamespace(probe=probe, asking=SimpleNamespace(borders=lambda _edge: [("x",), ("y",)]))
    self.between = lambda each: Validator.between(self, each)
    monkeypatch.setattr(validator, "are_halves", lambda leaves: len(leaves) == 2)
    instance: Any = SimpleNamespace(edges=[edge], refusals=[refusal, other])
    instance_of_two: Any = SimpleNamespace(edges=[edge], refusals=[refusal])
    assert [len(probed) for _ in Validator.borders(self, instance)] == [1, 2, 3, 5, 6, 7]

    assert probed == [
        (("g",), edge), (("h",), refusal), (("c", "c"), edge), (("c", "c"), edge), (("inside", "c", "c"), edge),
        (("c", "x"), edge), (("c", "y"), edge),
    ]  # fmt: skip
    assert not [*Validator.between(self, instance_of_two)]


@pytest.mark.parametrize(("picks", "conditions", "quotients", "source", "more", "outright"), [
    ((), (), (), 0, 0, True), ((1,), (), (), 0, 0, False), ((), (1,), (), 0, 0, False), ((), (), (1,), 0, 0, False),
    ((), (), (), -1, 0, False), ((), (), (), 0, 1, False), ((), (), (), 0, 2, False), ((), (), (), 1, 0, True),
])  # fmt: skip # a table
def test_what_is_refused_outright(
    picks: Any, conditions: Any, quotients: Any, source: int, more: int, *, outright: bool
) -> None:
    """In a shape, without a choice, whatever the sizes, and in no other way; nor is there an edge."""
    refusal: Any = SimpleNamespace(picks=picks, guard=SimpleNamespace(conditions=conditions, quotients=quotients))
    nothing: Any = None
    instance = Instance(source, 0, nothing, (), 0, [refusal] * (more // 2), [refusal] * (1 + more % 2))

    assert instance.is_refused_outright is outright
    assert not Instance(source, 0, nothing, (), 0).is_refused_outright


def test_what_classes_share_is_looked_at_before_and_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """A validation takes steps of the model, which may change what its classes share."""
    done: list[str] = []
    monkeypatch.setattr(validation, "refuse_shared", lambda _model: done.append("shared"))
    self: Any = SimpleNamespace(
        model=0, all=lambda: [*map(done.append, ["part"])][:0], has_more=True,
        outside=SimpleNamespace(refuse_changed=lambda: done.append("outside")),
    )  # fmt: skip

    assert Validation.go_on(self) == []
    assert done == ["shared", "part", "shared", "part", "outside"]


@pytest.mark.parametrize(
    ("only_once", "errors", "looked"),
    [(True, [], True), (False, [], True), (False, ["wrong"], True), (True, ["wrong"], False)],
)
def test_when_it_is_seen_what_changed_outside(
    errors: list[Any], monkeypatch: pytest.MonkeyPatch, *, only_once: bool, looked: bool
) -> None:
    """Each time, and so at first; only where a claim is wrong, which may have done it, all begins anew without that."""
    done: list[str] = []
    monkeypatch.setattr(validation, "refuse_shared", lambda _model: None)
    part: Any = SimpleNamespace(
        within=lambda _limits: None,
        go_on=lambda _allowance, *, only_once: None,
        asking=SimpleNamespace(refused=dict.fromkeys(errors, "error")),
    )
    self: Any = SimpleNamespace(
        model=0, limits=0, all=lambda: [part], has_more=False, allowance=lambda: 1.0,
        outside=SimpleNamespace(refuse_changed=lambda: done.append("outside")),
    )  # fmt: skip

    found: list[Any] = Validation.go_on(self, only_once=only_once)
    assert found == ["error"] * len(errors)
    assert bool(done) is looked


def test_at_first_nothing_is_compared(automaton: Automaton, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the modules of the model and of its claims are looked at."""
    looked: list[Any] = []
    monkeypatch.setattr(validator, "refuse_by_name", looked.extend)
    monkeypatch.setattr(validator, "modules_beside", lambda model: {model.__module__: model})
    claim = Claim("a", Mode.ALWAYS, test_at_first_nothing_is_compared)
    made = Validator(replace(automaton, claims=(claim,)), also=[Claim("b", Mode.ALWAYS, find)])

    assert (made.once, made.done, made.steps) == (False, False, 0)
    assert made.seconds > 0
    assert not any(made.compared.values())
    assert (made.result().edges, made.result().ways, made.result().steps) == (0, 0, 0)
    assert looked == [type(automaton.model).__module__, __name__, find.__module__]
