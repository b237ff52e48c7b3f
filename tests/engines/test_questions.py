"""What claims are asked on integers, of which states, and what becomes of their answers."""

from __future__ import annotations

from operator import itemgetter
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, ClaimChangedError, ClaimError, ClaimRaisedError, Mode
from spillproof.properties.engines.automaton.answers import Later, Once
from spillproof.properties.engines.automaton.shapes import Divided
from spillproof.properties.engines.validation import questions
from spillproof.properties.engines.validation.pairing import Difference
from spillproof.properties.engines.validation.questions import TWICE, FalseWay, Questions, _borders
from spillproof.properties.engines.validation.result import Disagreement
from spillproof.properties.engines.validation.sizes import Scale, Unsolved

Q0 = Linear({0: 1})
BELOW_5 = Condition(-Q0 + 4, Is.AT_LEAST_ZERO)

fake: Any = SimpleNamespace


class Asked:
    """A claim that answers with what it was asked."""

    def __init__(self, name: str, *, over_steps: bool = False) -> None:
        self.name, self.over_steps = name, over_steps

    def __call__(self, *states: Any, identity: Any = None) -> Any:
        return (*states, identity)


def asking(**fields: Any) -> Any:
    """What asks, with such fields in the place of its own."""
    made: Any = object.__new__(Questions)
    vars(made).update(claims=[], also=[], refused={}, asked={}, only_look=set(), states={}, source=-1, ordered=set())
    vars(made).update(fields)
    every = (*made.claims, *made.also)
    made.to_ask = {steps: [each for each in every if each.over_steps is steps] for steps in (False, True)}
    return made


first = itemgetter(0)


def own(_now: Any) -> bool:
    """Something."""
    return True


def test_what_there_is_to_ask() -> None:
    """Own claims, which are not plain; the ways of each shape and edge, those to make a counter negative included."""
    claim, also = Claim("a", Mode.ALWAYS, own), Claim("b", Mode.ALWAYS, own)
    shape = fake(broken={"a": [(BELOW_5,), ()]})
    edges = [fake(broken={"b": [()]}, negative=[(BELOW_5,)]), fake(broken={}, negative=[])]
    automaton = fake(
        claims=(claim, NEVER_NEGATIVE, NO_EXCEPTION), refused={also: "why"}, shapes=[shape], edges=edges,
        model=find("lesson:pool").build(),
    )  # fmt: skip
    nothing: Any = None
    made: Any = Questions(automaton, nothing, nothing, iter([also]))

    assert (made.claims, made.also, made.refused) == ([claim], [also], {also: "why"})
    assert [[(way.claim, way.also) for way in ways] for ways in (*made.of_shape, *made.of_edge)] == [
        [("a", (BELOW_5,)), ("a", ())], [("b", ()), (NEVER_NEGATIVE.name, (BELOW_5,))], [],
    ]  # fmt: skip
    assert (made.plain, made.only_look, made.automaton, made.states) == (set(), set(), automaton, {})
    assert (made.to_ask, made.ordered) == ({False: [claim, also], True: []}, {claim, also})
    assert (made.total, made.compared) == (4, 0)
    first, second = made.of_edge[0]
    first.seen = made.of_shape[0][1].seen = True
    assert made.compared == 2
    unseen: Any = fake(says=fake(index=0))
    assert made.unseen(unseen) == [second]


def test_which_claims_are_asked_now() -> None:
    """Of states or of steps; none that is refused."""
    one, other, third, also = Asked("one"), Asked("other"), Asked("third", over_steps=True), Asked("also")
    made = asking(claims=[one, other, third], also=[also], refused={other: 0})
    assert made.about(steps=False) == [one, also]
    assert made.about(steps=True) == [third]


def state_asked(*, still: bool = True, **more: Any) -> tuple[list[Any], list[Any]]:
    """What is asked of a state, and of which claims it is asked whether they changed it."""
    told: list[Any] = []
    guilty: list[Any] = []
    looks, acts, step = Asked("looks"), Asked("acts"), Asked("step", over_steps=True)
    made = asking(
        claims=[looks, acts, step], only_look={looks}, of_shape={3: "ways"},
        automaton=fake(shapes=dict.fromkeys((3,), fake(slots=[0]))),
        records=fake(pattern=lambda _index: fake(build=lambda values: [f"built {values}"], is_still=lambda *_: still)),
        ask=lambda claim, ways, values, source, answer: told.append((claim.name, ways, values, source, answer())),
        refuse_guilty=lambda claims, *_: guilty.extend(each.name for each in claims),
    )  # fmt: skip
    made.state(fake(index=3), (5,), **more)
    assert bool(made.states) is ([*map(first, told)] == ["looks"]), "others may change it"
    return told, guilty


def test_a_state_is_asked_about() -> None:
    """Who only looks is answered once what does not change; who acts gets the state itself."""
    (looks, acts), guilty = state_asked()
    assert looks[:4] == ("looks", "ways", (5,), 3)
    assert type(looks[4][0]) is Once
    assert acts == ("acts", "ways", (5,), 3, ("built (5,)", None))
    assert guilty == []
    assert state_asked(objects=["met"])[0][1][4] == ("met", None)
    assert [*map(first, state_asked(only={"acts"})[0])] == ["acts"]
    assert [*map(first, state_asked(only={"looks"})[0])] == ["looks"]
    assert state_asked(still=False, only={"nobody"}) == ([], [])


def test_a_state_that_was_changed() -> None:
    """Somebody changed it; of one claim alone it is not asked."""
    assert state_asked(still=False)[1] == ["looks", "acts"]
    assert state_asked(still=False, only={"acts"})[1] == []


@pytest.mark.parametrize("still", [True, False])
def test_a_state_that_was_changed_is_not_asked_about_again(*, still: bool) -> None:
    """Even where only those were asked who only look: the model itself may have changed it."""
    looks = Asked("looks")
    made = asking(
        claims=[looks], only_look={looks}, of_shape=[[]], automaton=fake(shapes=[fake(slots=[0])]),
        records=fake(pattern=lambda _index: fake(build=lambda _values: ["built"], is_still=lambda *_: still)),
        ask=lambda *_: None, refuse_guilty=lambda *_: None,
    )  # fmt: skip
    made.state(fake(index=0), (5,))

    assert bool(made.states) is still


def test_who_changed_a_state() -> None:
    """Each by itself, be it one that cannot be asked."""

    def changes(state: Any) -> bool:
        state.changed = True
        return True

    def fails(state: Any) -> None:
        state.changed = True

    claims = [Claim("a", Mode.ALWAYS, each) for each in (changes, fails, own)]
    pattern: Any = fake(
        build=lambda _values: [fake(changed=False)],
        find=lambda state, _values: Difference("", "", "") if state.changed else [],
    )
    made = asking()
    made.refuse_guilty(claims, pattern, (5,))

    assert list(made.refused) == claims[:2]
    assert all(isinstance(each, ClaimChangedError) for each in made.refused.values())


@pytest.mark.parametrize(("size", "update", "fails", "seen"), [(4, -5, False, True), (5, -5, False, False),
                                                           (4, 0, True, False), (5, -6, True, False)])  # fmt: skip
def test_counters_below_0(size: int, update: int, *, fails: bool, seen: bool) -> None:
    """The way that says so is met just where one is; whoever asks, whatever the claims."""
    way, other = FalseWay(NEVER_NEGATIVE.name, (BELOW_5,)), FalseWay("also", ())
    edge = fake(index=0, negative=[1], update=[3, Q0 + update], source=-1, move=fake(action="go"))
    made = asking(of_edge=[[other, way]], claims=[Asked("step", over_steps=True)])
    record = fake(edge=edge, guard=fake(complete=lambda values: values))
    try:
        made.step(record, (size,), [])
    except Disagreement:
        assert fails
    else:
        assert not fails
    assert (way.seen, other.seen) == (seen, False)


def step_asked(only_look: set[str], built: list[Any]) -> tuple[Any, Any]:
    """Ask two claims about a step; return what asks, and what to take steps by."""
    claims = [Asked(each, over_steps=True) for each in ("looks", "acts")]

    def build(values: Any) -> list[Any]:
        built.append(values)
        return [fake(is_after=False), fake(name="x"), fake(name="y")]

    told: list[Any] = []
    made = asking(
        of_edge=[[], "ways"], claims=claims, only_look={each for each in claims if each.name in only_look},
        automaton=fake(shapes=[fake(slots=[0]), fake(slots=[0])]), told=told,
        records=fake(pattern=lambda _source: fake(build=build)),
        ask=lambda claim, *given: told.append((claim.name, *given[:-1], *given[-1]())),
    )  # fmt: skip
    edge = fake(index=1, negative=[], source=0, origins=(0, -1, 1))
    return made, fake(edge=edge, guard=fake(complete=lambda values: (*values, 9)))


@pytest.mark.parametrize("only_look", [set(), {"looks"}])
def test_a_step_is_asked_about(only_look: set[str]) -> None:
    """The states before and after, and which object is which: the states themselves where a claim may change them."""
    built: list[Any] = []
    made, record = step_asked(only_look, built)
    now = fake(is_after=True)
    made.step(record, (5,), [now, "new", "x"])

    assert [each[:4] for each in made.told] == [(who, "ways", (5, 9), record.edge) for who in ("looks", "acts")]
    for *_, before, after, which in made.told:
        assert (type(before), type(after)) == (fake, fake)
        assert (before.is_after, after.is_after) == (False, True)
        assert (which.of(now), which.of("x").name, which.of("new")) == (before, "x", "new")
    assert made.states == {}, "the next step starts from a state that nobody has changed"
    made.step(record, (5,), [now, "new", "x"], "acts")
    assert [each[0] for each in made.told[2:]] == ["acts"]
    made.step(record, (5,), [now, "new", "x"], "nobody")
    record.edge.source = -1
    made.step(record, (5,), [now, "new", "x"])
    assert (len(made.told), built) == (3, [(5,), (5,)])


def test_the_state_before_is_built_where_somebody_looks() -> None:
    """And once for all steps from it, as long as only those were asked who only look."""
    built: list[Any] = []
    made, record = step_asked({"looks", "acts"}, built)
    now = fake(is_after=True)
    made.step(record, (5, 7), [now, "new", "x"])
    made.step(record, (5, 8), [now, "new", "x"])
    assert built == []
    (*_, one, after, which), (*_, other, _, _), (*_, third, _, _), _ = made.told
    assert (type(one), type(after)) == (Later, Once)
    assert (one.is_after, other.is_after, third.is_after, after.is_after) == (False, False, False, True)
    assert (built, which.of(now)) == ([(5, 7)], made.states[5,][0][0])
    assert made.state_of(0, (5, 9)) == made.states[5,]
    assert made.state_of(0, (6,)) != made.states[5,]
    gone, _ = made.state_of(0, (5,))
    assert made.state_of(1, (5,)) == made.states[5,]
    assert [vars(each) for each in gone] == [{}, {}, {}], "states of another shape are taken apart"
    assert built == [(5, 7), (6,), (5,)]


def asked_of(mode: Mode, answers: list[Any], ways: list[Any], *, often: int = TWICE, **more: Any) -> Any:
    """What is refused after a claim has answered so."""
    claim = Claim("a", mode, own)

    def answer() -> bool:
        said = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(said, Exception):
            raise said
        return bool(said)

    made = asking(claims=[claim], asked={"a": often}, records=None, is_sample=lambda *_: False)
    vars(made).update(more)
    Questions.ask(made, claim, ways, (3,), 0, answer)
    assert made.asked == {"a": often + 1}
    return made.refused.get(claim)


TRUE_WAY, FALSE_WAY, OTHER_WAY = ("a", (BELOW_5,)), ("a", (~BELOW_5,)), ("A", ())


@pytest.mark.parametrize(("mode", "answers", "met", "refused"), [
    (Mode.ALWAYS, [False], TRUE_WAY, None), (Mode.ALWAYS, [True], TRUE_WAY, "differs"),
    (Mode.ALWAYS, [True], FALSE_WAY, None), (Mode.ALWAYS, [False], FALSE_WAY, "differs"),
    (Mode.ALWAYS, [True], OTHER_WAY, None), (Mode.ALWAYS, [False], OTHER_WAY, "differs"),
    (Mode.SOMETIMES, [True], TRUE_WAY, None), (Mode.SOMETIMES, [False], TRUE_WAY, "differs"),
    (Mode.ALWAYS, ["raises"], TRUE_WAY, None), (Mode.SOMETIMES, ["raises"], TRUE_WAY, None),
    (Mode.ALWAYS, [True, False], TRUE_WAY, "changed"), (Mode.ALWAYS, ["error"], TRUE_WAY, "error"),
])  # fmt: skip # a table
def test_what_a_claim_says_is_compared(
    mode: Mode, answers: list[Any], met: tuple[str, Any], refused: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is false (or true) at the sizes of its ways; one that changes its mind, or cannot be asked, is refused."""
    monkeypatch.setattr(questions, "about_claim", lambda *_, **__: "differs")
    claim = Claim("x", mode, own)
    errors: dict[Any, Any] = {"raises": ClaimRaisedError(claim, "raises"), "error": ClaimError(claim, "no answer")}
    way = FalseWay(*met)
    found = asked_of(mode, [errors.get(each, each) for each in answers], [way])

    if refused == "changed":
        assert isinstance(found, ClaimChangedError)
    else:
        assert found == errors.get(refused, refused)
    assert way.seen is (met is TRUE_WAY and refused != "error")


def test_a_claim_that_changes_its_mind() -> None:
    """The first times it is asked twice; whether it is asked only to see that it looks, or agrees the first time."""
    assert isinstance(asked_of(Mode.ALWAYS, [True, False], [], often=TWICE - 1), ClaimChangedError)
    assert isinstance(asked_of(Mode.ALWAYS, [True, False], [], often=0, claims=[]), ClaimChangedError)
    assert asked_of(Mode.ALWAYS, [True, False], []) is None


@pytest.mark.parametrize(
    ("sample", "other", "refused"), [(True, "other", "other"), (True, None, None), (False, "other", None)]
)
def test_a_claim_with_other_code(monkeypatch: pytest.MonkeyPatch, other: Any, refused: Any, *, sample: bool) -> None:
    """Of a sample it is asked whether other code runs where sizes are unknown."""
    monkeypatch.setattr(questions, "claim_of_other_code", lambda *_: other)

    assert asked_of(Mode.ALWAYS, [True], [], is_sample=lambda *_: sample) == refused


def test_what_is_left_of_a_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ways that were not seen, then where one may be missing, if there are such sizes: one by one."""
    done: list[Any] = []
    first, second, third = (FalseWay(name, ()) for name in "abc")
    first.seen = True
    solved = iter([(1, 2), Unsolved.NONE, (3, 4)])
    monkeypatch.setattr(questions, "_borders", lambda broken, kept: [*broken, *kept])
    made = asking(
        of_shape=[[], [first, second, third]],
        way=lambda _shape, way, others: done.extend(each.claim for each in (way, *others)),
        state=lambda _shape, values: done.append(values),
        sizes=fake(solve=lambda _guard, width, scale: next(solved) if (width, scale) == (2, Scale.TYPICAL) else None),
    )  # fmt: skip
    shape = fake(index=1, slots=[0, 1], broken=[], kept=[(BELOW_5,), ()])
    seen = [len(done) for _ in made.rest(shape)]
    assert (done, seen) == (["b", "c", "c", (1, 2)], [2, 3, 4])
    seen = [len(done) for _ in made.rest(fake(index=0, slots=[0, 1], broken=[(BELOW_5,)], kept=[]))]
    assert (done[4:], seen) == ([(3, 4)], [5])


def test_a_shape_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """At sizes of a scale."""
    done: list[Any] = []
    monkeypatch.setattr(questions, "guess", lambda *given: given)
    made = asking(state=lambda *given: done.append(given), sizes=fake(chance="chance"))
    shape = fake(slots=[0, 1])
    made.shape(shape, Scale.LARGE)

    assert done == [(shape, (Scale.LARGE, 2, "chance"))]


@pytest.mark.parametrize(("broken", "kept", "leaves"), [
    ({"a": [(1,)], "b": [(5,)]}, {"a": [(2,)]}, [[(1,), (2,)]]), ({}, {"a": [()]}, []), ({}, {"a": [(3,)]}, [[(3,)]]),
    ({"a": [()]}, {"a": [()]}, [[(), ()]]), ({"a": [Divided((), ((1, Q0, 2),))]}, {"a": [(1,)]}, []),
    ({}, {"a": [()], "b": [(3,)]}, [[(3,)]]),
    ({"a": [Divided((), ((1, Q0, 2),))]}, {"a": [(1,)], "b": [(3,)]}, [[(3,)]]),
    ({"a": [(1,)]}, {"a": []}, [[(1,)]]), ({"a": [(7,)], "b": [(7,)]}, {"a": [(8,)], "b": [(1,)]}, [[(7,), (1,)]]),
])  # fmt: skip # a table
def test_where_a_way_may_be_missing(broken: Any, kept: Any, leaves: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the ways in which a claim is true and those in which it is false, unless one way is for all sizes.

    Nor is anything missing between two halves.
    """
    monkeypatch.setattr(questions, "are_halves", lambda leaves: leaves == [(7,), (8,)])
    monkeypatch.setattr(questions, "gaps", lambda leaves: [(0, ("gap", *leaves))])
    monkeypatch.setattr(questions, "overlaps", lambda leaves: [(0, len(leaves) - 1)])

    assert list(_borders(broken, kept)) == [each for some in leaves for each in (("gap", *some), (*some[0], *some[-1]))]
