"""What is said where a step on integers is not what the automaton says: each part of it, and who is told what."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes, Linear
from spillproof.model.set_order import in_order
from spillproof.model.step import REFUSED, TAKEN, Outcome
from spillproof.model.system import Kind, Model, action, require
from spillproof.properties.accounting import acquired_can_be_allocated
from spillproof.properties.claims import Claim, ClaimError, Mode
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.shapes import Automaton, Refusal
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.validation import disagreement
from spillproof.properties.engines.validation.disagreement import LATER, MOST_TOLD, OURS, SIZES
from spillproof.properties.engines.validation.pairing import Difference
from spillproof.properties.engines.validation.records import Agreed, Instance, Mismatch, Records
from spillproof.properties.engines.validation.result import Disagreement
from spillproof.properties.engines.validation.trial import Trial

fake: Any = SimpleNamespace
"""Something with these attributes, in the stead of an engine's own."""

nothing: Any = None


class Part(HeapObject):
    """Holds bytes."""

    used: Bytes = 0


class Shelf(Model):
    """Two parts in a bag, one of which is filled; and what was put in at last."""

    last: Bytes

    def begin(self) -> None:
        self.parts, self.last = Bag([Part(), Part(1)]), 0

    @action
    def put(self, into: Part, size: Bytes) -> None:
        require(self.last < 9)
        into.used += size
        self.last = size

    @action
    def add(self) -> None:
        require(len(self.parts) < 3)
        self.parts.add(Part())

    @action
    def turn(self) -> None:
        require(self.last > 0)
        self.last = self.parts.members[0].used  # the order of a bag is none


@pytest.fixture(scope="module")
def automaton() -> Automaton:
    """Of the shelf."""
    needed: Any = frozenset([(cls, name) for cls, name in ((Shelf, "last"), (Part, "used"))])
    return extract(Shelf(), [], Feasibility(), needed=needed)


def instance_of(records: Records, action: str, shape: int | None = None) -> Instance:
    """An action in a shape; without one, in which something was put in at last."""
    if shape is None:
        shapes = records.automaton.shapes
        shape = next(each.index for each in shapes if "last" in [slot.where for slot in each.slots])
    return next(each for each in records.instances[shape] if each.action.name == action)


# Which reason is told


@pytest.mark.parametrize(
    ("same", "turned", "walked", "picks", "agrees", "judged", "said"),
    [
        (False, True, True, (), (True, False), True, ["did something else", LATER]),
        (True, True, False, (), (True, False), True, ["order of a Bag's members", "by `sorted`"]),
        (True, False, True, (), (True, False), True, ["order of a Bag's members", "by `sorted`"]),
        (True, False, False, (), (True, False), True, ["on unknown sizes it does not do", "BOTH PARTING", SIZES, OURS]),
        (True, True, False, (0,), (True, False), True, ["on unknown sizes it does not do"]),
        (True, True, False, (), (False, False), True, ["on unknown sizes it does not do"]),
        (True, True, False, (), (True, True), True, ["on unknown sizes it does not do"]),
        (True, False, True, (0,), (True, False), True, ["in a run it did something else", "BOTH", LATER]),
        (True, False, True, (), (False, False), True, ["in a run it did something else"]),
        (True, False, True, (), (False, False), False, ["on unknown sizes it does not do"]),
    ],
)
def test_why_a_step_is_another(  # noqa: PLR0917 - a table
    same: Any, turned: Any, walked: Any, picks: Any, agrees: tuple[bool, bool], judged: Any, said: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """It is not always the same; it hangs on an order; on what is in no state; or it looks behind sizes."""
    again: list[Any] = []
    monkeypatch.setattr(disagreement, "_again", lambda *_: again.append(1))
    monkeypatch.setattr(disagreement, "_same", lambda *_: same)
    monkeypatch.setattr(disagreement, "_agrees", lambda *_, turned=False: agrees[turned])
    monkeypatch.setattr(disagreement, "_both", lambda *_: "BOTH")
    monkeypatch.setattr(disagreement, "_parting", lambda *_: " PARTING")
    records = fake(judge=lambda *_: Agreed(None) if judged else "mismatch")
    mismatch = fake(instance=fake(action=fake(name="put")), trial=fake(picks=picks), values=())
    with pytest.raises(Disagreement, match=r"^put is not what an engine takes it for: ") as raised:
        disagreement.disagree(records, mismatch, turned=turned, walked=walked)

    assert [each for each in said if each not in str(raised.value)] == []
    assert len(again) == 2


def trial(outcome: Outcome, picks: tuple[int, ...] = (), state: Any = None) -> Trial:
    """What came of a step."""
    return Trial(outcome, picks, state)


def shelf(last: int) -> Any:
    """A state of the shelf."""
    state: Any = Shelf().start()
    state.last = last
    return state


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (trial(TAKEN, (), shelf(1)), trial(TAKEN, (), shelf(1)), True),
        (trial(TAKEN, (), shelf(1)), trial(TAKEN, (), shelf(2)), False),
        (trial(TAKEN, (0,), shelf(1)), trial(TAKEN, (1,), shelf(1)), False),
        (trial(TAKEN, (), shelf(1)), trial(REFUSED), False),
        (trial(REFUSED, (), shelf(1)), trial(REFUSED, (), shelf(2)), True),
        (trial(Outcome(error=KeyError("a"))), trial(Outcome(error=KeyError("b"))), False),
        (trial(Outcome(error=KeyError("a"))), trial(Outcome(error=KeyError("a"))), True),
    ],
)
def test_whether_two_steps_came_to_the_same(one: Trial, other: Trial, *, same: bool) -> None:
    """Refused, raised and chosen alike; and if they were taken, in like states."""
    assert disagreement._same(one, other) is same


def test_a_step_is_taken_again(automaton: Automaton) -> None:
    """From a state that is built for it; with its bags in the opposite order if so wanted, which shows here."""
    records = Records(automaton)
    instance = instance_of(records, "turn")
    values = [*range(7, 7 + instance.width)]
    mismatch = fake(instance=instance, values=values, trial=fake(picks=()))
    plain, turned = (disagreement._again(records, mismatch, turned=each) for each in (False, True))

    assert (plain.outcome, turned.outcome) == (TAKEN, TAKEN)
    assert (plain.turned, turned.turned) == (False, True)
    members = [each.used for each in records.pattern(instance.source).build(values)[0].parts.members]
    assert [each.used for each in plain.state.parts.members] == members
    assert (plain.state.last, turned.state.last) == (members[0], members[-1])
    assert members[0] != members[-1]
    assert [each.used for each in turned.state.parts.members] == members[::-1]


def test_a_beginning_is_taken_again(automaton: Automaton, monkeypatch: pytest.MonkeyPatch) -> None:
    """With sets gone through in the opposite order, if so wanted; a step agrees where its repetition is judged so."""
    begin = Records(automaton).instances[-1][0]
    turned: list[Any] = []
    monkeypatch.setattr(
        disagreement, "start", lambda *given: turned.append((in_order({1, 2}), given[2].any_preference))
    )
    records = fake(automaton=automaton, judge=lambda *given: Agreed(None) if given[-1] == "again" else given)
    for each in (False, True):
        disagreement._again(records, fake(instance=begin, values=(), trial=fake(picks=())), turned=each)
    assert turned == [([1, 2], True), ([2, 1], True)]
    monkeypatch.setattr(disagreement, "_again", lambda *_, turned: "again" if turned else "other")
    mismatch = fake(instance=begin, values=())
    assert [disagreement._agrees(records, mismatch, turned=each) for each in (False, True)] == [False, True]


def test_a_state_that_nobody_can_honour() -> None:
    """It is refused elsewhere: that it is not always the same is no reason to be told."""
    one, other = shelf(1), shelf(1)
    one.last = iter([])

    assert disagreement._same(trial(TAKEN, (), one), trial(TAKEN, (), other))


# In words


EDGE, RAISING = fake(says=fake(), edge=fake(raised="")), fake(says=fake(), edge=fake(raised="KeyError (a.py:3)"))
DENIED: Any = fake(says=object.__new__(Refusal))
OTHER = Difference("used", "3", "4")
LEADS = "is taken on integers, and leads to a state"


@pytest.mark.parametrize(
    ("outcome", "record", "difference", "said"),
    [
        (TAKEN, EDGE, OTHER, f"{LEADS} in which used is 4, not 3"),
        (TAKEN, EDGE, None, f"{LEADS}, and on unknown sizes it leads to another state"),
        (TAKEN, None, None, f"{LEADS}, and on unknown sizes it is refused"),
        (TAKEN, DENIED, None, f"{LEADS}, and on unknown sizes it is refused"),
        (TAKEN, RAISING, None, f"{LEADS}, and on unknown sizes it raises KeyError (a.py:3)"),
        (REFUSED, EDGE, None, "is refused on integers, and on unknown sizes it is taken"),
        (fake(taken=False, refused=False, raised="ValueError (b.py:1)"), EDGE, None,
         "raises ValueError (b.py:1) on integers, and on unknown sizes it is taken"),
    ],
)  # fmt: skip # a table
def test_what_both_do(outcome: Any, record: Any, difference: Any, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the step did on integers, and what the automaton says that it does, where that is not said already."""
    monkeypatch.setattr(disagreement, "_step", lambda _: "put(size=3)")
    mismatch = Mismatch(nothing, (), fake(outcome=outcome), record, difference)

    assert disagreement._both(mismatch) == f"put(size=3) {said}"


def test_a_step_in_words() -> None:
    """Objects by their numbers, sizes as they are, and what has a name by that."""
    kinds = [("into", Kind.OBJECT), ("size", Kind.SIZE), ("mode", Kind.VALUE), ("deep", Kind.VALUE)]
    parameters = [fake(name=name, kind=kind) for name, kind in kinds]
    instance = fake(
        action=fake(name="put", parameters=parameters), arguments=(2, None, fake(name="EAGER"), True), width=2, given=1
    )

    assert disagreement._step(fake(instance=instance, values=[7, 8, 4, 9])) == (
        "put(into=object 2, size=5, mode=EAGER, deep=True)"
    )


@pytest.mark.parametrize(
    ("source", "count", "said"),
    [
        (-1, 2, ""), (0, 0, ""), (0, 1, " with s0=10"), (fake(source=0), 2, " with s0=10, s1=11"),
        (fake(source=-1), 2, ""),
        (0, MOST_TOLD, f" with {', '.join(f's{each}={10 + each}' for each in range(MOST_TOLD))}"),
        (0, MOST_TOLD + 1, f" with {', '.join(f's{each}={10 + each}' for each in range(MOST_TOLD))}, …"),
    ],
)  # fmt: skip # a table
def test_sizes_of_a_state(source: Any, count: int, said: str) -> None:
    """As many as can be read; before the beginning there are none."""
    slots = [fake(where=f"s{each}") for each in range(count)]

    assert disagreement._sizes(fake(automaton=fake(shapes=[fake(slots=slots)])), source, range(10, 60)) == said


@pytest.mark.parametrize(("seen", "said"), [(True, "none is negative after it, on integers one is"),
                                            (False, "one is negative after it, on integers none is")])  # fmt: skip
def test_counters_below_0(said: str, *, seen: bool) -> None:
    """Which of the two sees one."""
    with pytest.raises(Disagreement, match=said):
        disagreement.disagree_about_counters(fake(move=fake(action="put")), seen=seen)


# What is compared


def test_a_step_on_both(automaton: Automaton) -> None:
    """From a beginning or from a state, on integers or on unknown sizes; each time from a new one."""
    records = Records(automaton)
    put = instance_of(records, "put")
    taken: list[Any] = []
    instance = fake(
        source=put.source, width=put.width, given=1, arguments=put.arguments,
        action=fake(parameters=put.action.parameters, take=lambda *given: taken.append(given)),
    )  # fmt: skip
    values = [*range(put.width), 40]
    for unknown in (False, True):
        disagreement.doing(records, instance, values, unknown=unknown)()
    (state, given), (symbolic, unknowns) = taken

    assert type(state) is type(symbolic) is Shelf
    assert (given[1], repr(unknowns[1])) == (41, f"q{put.width} + 1")
    kinds: list[Any] = [type(each) for each in (given[0], state.last, symbolic.last)]
    assert kinds == [Part, int, Linear]
    first = instance_of(records, "add", 0)
    assert disagreement.doing(records, first, [1] * first.width, unknown=False)() is None
    assert disagreement._again(records, fake(instance=first, values=[1] * first.width, trial=fake(picks=()))).before
    begin = records.instances[-1][0]
    started: Any = disagreement.doing(records, begin, [], unknown=False)()
    assert type(started) is Shelf


@pytest.mark.parametrize("where", ["", "only integers go on at a.py:3"])
def test_what_executes_something_else(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is refused with the place: the step on integers is compared with that on unknown sizes."""
    compared: list[Any] = []

    def difference(ones: Any, others: Any, deciding: Any) -> str:
        compared.extend((ones, others, deciding().picks))
        return where

    monkeypatch.setattr(disagreement, "doing", lambda *_, unknown: unknown)
    monkeypatch.setattr(disagreement, "difference", difference)
    instance = fake(action=fake(name="put"))
    if where:
        with pytest.raises(Disagreement, match=f"does not execute what it does on integers: {where}; "):
            disagreement.refuse_other_code(nothing, instance, (), (4,))
    else:
        disagreement.refuse_other_code(nothing, instance, (), (4,))
    assert compared == [False, True, [4]]


def test_a_claim_on_integers(automaton: Automaton) -> None:
    """About a shape, its state; about an edge, both states, of which the same objects are known to be the same."""
    records = Records(automaton)
    edge = next(each for each in automaton.edges if each.source >= 0 and each.move.action == "put")
    asked: list[Any] = []

    def ask(*states: Any, identity: Any = None) -> bool:
        asked.append((states, identity))
        return True

    values = [*range(3, 3 + edge.symbols)]
    claim: Any = ask
    assert disagreement._on_integers(records, claim, edge, values)()
    assert disagreement._on_integers(records, claim, 0, values)()
    ((before, after), identity), ((state,), none) = asked
    assert [type(each) for each in (before, after, state)] == [Shelf] * 3
    assert none is None
    assert after.last == values[edge.sizes[0]] + 1
    add = next(each for each in automaton.edges if each.source == edge.target and each.move.action == "add")
    assert disagreement._on_integers(records, claim, add, [*range(add.symbols)])()
    (earlier, later), both = asked[-1]
    new = [each for each in later.parts.members if both.of(each) is each]
    assert (len(new), len(earlier.parts), len(later.parts)) == (1, 2, 3)
    assert [identity.of(each) for each in (after, *after.parts.members)] == [before, *before.parts.members]


def test_a_claim_on_unknown_sizes(automaton: Automaton) -> None:
    """About a shape, its state; about an edge, the states before and after, of which the same objects are known."""
    records = Records(automaton)
    edge = next(each for each in automaton.edges if each.source >= 0 and each.move.action == "put")
    asked: list[Any] = []
    claim: Any = lambda *states, identity=None: asked.append((states, identity))  # noqa: E731 - as a claim is called
    disagreement._on_unknowns(records, claim, 0)()
    disagreement._on_unknowns(records, claim, edge)()
    ((state,), none), ((before, after), identity) = asked

    assert (state, none) == (automaton.shapes[0].state, None)
    assert before is automaton.shapes[edge.source].state
    assert identity.of(after) is before
    places = [each.where for each in automaton.shapes[edge.target].slots]
    assert repr(after.last) == repr(edge.update[places.index("last")])


@pytest.mark.parametrize(("where", "said"), [("", "PARTED"), (" with a=1", ", from a state with a=1PARTED")])
def test_where_two_executions_part(where: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step on integers and that on unknown sizes, which makes the same choices for the same sizes."""
    compared: list[Any] = []
    monkeypatch.setattr(disagreement, "_sizes", lambda *_: where)
    monkeypatch.setattr(disagreement, "doing", lambda *_, unknown: unknown)
    monkeypatch.setattr(disagreement, "lines", lambda do, following: (do, following.values, following.picks))

    def parting(*given: Any) -> str:
        compared.extend(given)
        return "PARTED"

    monkeypatch.setattr(disagreement, "parting", parting)
    mismatch = fake(instance=fake(action=fake(name="put"), source=0), trial=fake(picks=(4,)), values=(5, 6))

    assert disagreement._parting(nothing, mismatch) == said
    assert compared == [(False, [5, 6], [4]), (True, [5, 6], [4])]


@pytest.mark.parametrize(
    ("where", "said"), [("", ""), ("only integers go on", "does not execute what it does on integers: only integers")]
)
def test_a_claim_of_other_code(where: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named with the place; a claim that cannot be asked is refused with the reason."""
    monkeypatch.setattr(disagreement, "_on_integers", lambda *_: "ones")
    monkeypatch.setattr(disagreement, "_on_unknowns", lambda *_: "others")
    monkeypatch.setattr(disagreement, "difference", lambda ones, others, _: where * (ones != others))
    mine = Claim("mine", Mode.ALWAYS, lambda _now: True)
    found = disagreement.claim_of_other_code(nothing, mine, 0, ())

    assert (found is None) is (not where)
    assert found is None or (said in str(found) and "a claim that does none of this" in str(found))
    assert "a model that does none of this" in str(disagreement._of_claim(acquired_can_be_allocated, "x"))
    monkeypatch.setattr(disagreement, "difference", _cannot)
    assert isinstance(disagreement.claim_of_other_code(nothing, mine, 0, ()), ClaimError)


def _cannot(*_: Any) -> str:
    raise Disagreement("asks a clock")


@pytest.mark.parametrize(("source", "place"), [(0, "in a state"), (fake(move=fake(action="put")), "of the step put")])
def test_what_is_wrong_with_a_claim(source: Any, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it answers on integers and on unknown sizes, of which state or step, and where the two part."""
    for name, found in (("lines", []), ("parting", "; PARTING"), ("_sizes", " with a=1"), ("_on_unknowns", None)):
        monkeypatch.setattr(disagreement, name, lambda *_, found=found: found)
    mine = Claim("mine", Mode.ALWAYS, lambda _now: True)
    said = str(disagreement.about_claim(nothing, mine, source, (), bool, seen=False))

    assert f"{place} with a=1 it is False on integers, and True on unknown sizes; PARTING" in said
