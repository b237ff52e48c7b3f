"""Several consumers, small sizes, ways back at these: their parts, with others that answer what they are told."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import inf
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.model.quantity import Bytes, Condition, Is, Linear
from spillproof.model.system import Model, action
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines import small as smallest
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.shapes import Edge, Move
from spillproof.properties.engines.challenge.challenge import LEAST_SECONDS, SHARE
from spillproof.properties.engines.exploration.explore import explore
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.network import larger, taken_by_more
from spillproof.properties.engines.network import several as several_consumers
from spillproof.properties.engines.network.any_number import AnyNumber, _Proof
from spillproof.properties.engines.network.several import Several, _both, _together, several_of
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.question import Question
from spillproof.properties.engines.recovery import recovered
from spillproof.properties.engines.recovery import small as small_back
from spillproof.properties.engines.recovery.recovery import _leads_in
from spillproof.properties.engines.recovery.small import Small, _taken
from spillproof.properties.engines.recovery.ways_back import _Backward
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.engines.small import Few, small_runs, trimmed
from spillproof.properties.engines.story.snippet import given
from spillproof.properties.engines.validation.result import Validated
from spillproof.properties.engines.verdict import Disputed, Holds, Proved, Report, Result, Unknown, Verdict, Violated
from spillproof.properties.engines.witnesses import action_taken
from tests.engines.stores import Stores


def claim(name: str, mode: Mode = Mode.ALWAYS) -> Claim:
    """A claim that is only a name."""
    return Claim(name, mode, lambda _now: True)


A, B, W, R = claim("a"), claim("b"), claim("w", Mode.SOMETIMES), claim("r", Mode.RECOVERABLE)


def of(*results: tuple[Claim, Verdict], **fields: Any) -> Report:
    """A report."""
    return Report(Stores(), [Result(claim, verdict, "e", 1.0) for claim, verdict in results], **fields)


# Several consumers


@pytest.mark.parametrize(("stores", "least", "counted"), [(2, 3, None), (3, 3, "stores"), (4, 3, "stores")])
def test_who_are_several(stores: int, least: int, counted: str | None) -> None:
    """From so many on."""
    assert several_of(Stores(stores=stores), least) == counted


def test_what_is_left_to_be_asked() -> None:
    """Claims and witnesses that are not known, and actions, where not all are seen."""
    asked = Question(Stores(stores=4), [A, B], [W], [])
    several: Any = Several(asked, "stores", Limits(), lambda *_: of(), lambda *_: {})
    put = action_taken("put")
    assert several.number == 4
    for known, claims, each in (
        ((), [A, B, W], True),
        ((A, W), [B], True),
        ((A, B, W), [], True),
        ((A, put), [B, W], False),
    ):
        left = several.left(of(*((each, Unknown("x")) for each in known)))
        assert (left.claims, left.each_action) == (claims, each)
    assert several.left(of(*((each, Unknown("x")) for each in (A, B, W, put)))) is None


def test_what_is_known_comes_first() -> None:
    """Of what is asked again only what was not known counts; what was validated is added up."""
    one, two = Validated(1, 2, 3, 4, 5, 6, 7, 1.0), Validated(1, 1, 1, 1, 1, 1, 1, 2.0)
    both = _together(of((A, Holds("x")), validated=one), of((A, Unknown("y")), (B, Unknown("z")), validated=two))

    assert [(each.claim, each.verdict) for each in both.results] == [(A, Holds("x")), (B, Unknown("z"))]
    assert both.validated == one + two
    assert (_both(None, two), _both(one, None), _both(None, None)) == (two, one, None)


def test_what_is_asked_of_few() -> None:
    """The same, of two, and without a second solver."""
    asked = Question(Stores(stores=4), [A], [], [], certify=True)
    few = Several(asked, "stores", Limits(), lambda *_: of(), lambda *_: {}).few()
    assert few is not None
    assert (few.model.scope["stores"], few.certify, few.asked) == (2, False, [A])


def several(answer: Report | None = None, shorten: Any = None) -> Several:
    """A question about four stores."""
    asked = Question(Stores(stores=4), [A, B], [W], [], certify=True)
    return Several(asked, "stores", Limits(), lambda *_: answer or of(), shorten or (lambda *_: {}))


FEW_STEPS = Run(Stores(), (9,), (Step("put", (1, 2, 1)),))
PROVED = Proved("few", None)


def test_what_is_proved_of_any_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is proved of few, but for what a run of as many as were asked about contradicts."""
    told: list[Any] = []

    def prove(model: Model, claims: list[Claim], _limits: Limits, *, certify: bool, number: int) -> AnyNumber:
        told.append((model.scope["stores"], claims, certify, number))
        return AnyNumber(claims=frozenset("ab"))

    def contradicted(*given: Any, numbers: Any) -> dict[str, str]:
        told.append((given[1], given[2], numbers))
        return {"b": "a run"}

    monkeypatch.setattr(several_consumers, "prove", prove)
    monkeypatch.setattr(several_consumers, "contradicted", contradicted)
    third = claim("c")
    few = of((A, PROVED), (B, PROVED), (third, PROVED), (W, PROVED), (R, PROVED), (claim("d"), Unknown("x")))

    assert several().proved(few).claims == {"a"}
    assert told == [(2, [A, B, third], True, 4), ("stores", [A, B], {4: 1})]
    assert several().proved(of((W, PROVED), (A, Unknown("x")))) == AnyNumber()
    assert len(told) == 2


def test_what_is_known_of_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is proved of any number, in the words for that, and what more do as few; validated is what either is."""
    one, two = Validated(1, 2, 3, 4, 5, 6, 7, 1.0), Validated(1, 1, 1, 1, 1, 1, 1, 2.0)
    seen = Result(W, Proved("seen", FEW_STEPS), "e", 1.0)
    monkeypatch.setattr(Several, "proved", lambda *_: AnyNumber(claims=frozenset("a"), validated=two))
    monkeypatch.setattr(Several, "seen", lambda *_: iter([seen]))
    known = several(of((A, PROVED), (B, PROVED), validated=one)).known()

    assert [each.claim for each in known.results] == [A, W]
    verdict = known.of("a")
    assert isinstance(verdict, Proved)
    assert "as it is for any number of stores" in verdict.covers
    assert (known.of("w"), known.validated) == (seen.verdict, one + two)


def test_what_more_do_as_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Violations are shortened, and witnesses are seen; of what nobody takes nothing is said."""
    shortened: list[Any] = []
    short = Violated(FEW_STEPS, 0, 1)

    def shorten(model: Model, runs: Any, _limits: Any) -> Any:
        shortened.append((model.scope["stores"], runs))
        return {"a": short}

    monkeypatch.setattr(Several, "taken", lambda _, each: None if each.claim is B else FEW_STEPS)
    results = several(shorten=shorten).seen(of((A, Violated(FEW_STEPS, 0, 9)), (B, PROVED), (W, PROVED)))

    found: Any = {each.claim: each.verdict for each in results}
    assert list(found) == [A, W]
    assert found[A] is short
    assert isinstance(found[W], Proved)
    assert found[W].certificate is FEW_STEPS
    assert shortened == [(4, {A: FEW_STEPS})]


def test_runs_that_are_taken_by_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """What shows a witness or a violation, by two consumers more; a proof shows none."""
    given: list[Any] = []

    def taken(*told: Any) -> str:
        given.append(told[2:])
        return "run"

    monkeypatch.setattr(several_consumers, "taken_by_more", taken)
    for verdict, run in ((Proved("x", FEW_STEPS), "run"), (Violated(FEW_STEPS, 0, 1), "run"), (PROVED, None)):
        found: Any = several().taken(Result(A, verdict, "e", 1.0))
        assert found == run
    assert given == [(A, 2)] * 2


@pytest.mark.parametrize(
    ("opening", "negative", "shows", "found"),
    [((9,), False, True, 1), ((8,), False, True, 0), ((10,), False, True, 0), ((9,), True, True, 0),
     ((9,), False, False, 0)],
)  # fmt: skip # a table
def test_where_a_run_of_more_begins(
    opening: Any, found: int, monkeypatch: pytest.MonkeyPatch, *, negative: bool, shows: bool
) -> None:
    """As the run that is taken again; not where a counter is below 0; and only what shows the claim counts."""
    monkeypatch.setattr(taken_by_more, "is_negative", lambda _: negative)
    begun = SimpleNamespace(opening=opening, opening_picks=())
    self: Any = SimpleNamespace(
        walk=SimpleNamespace(beginnings=lambda: iter([(begun, "state")])), wanted=FEW_STEPS, again=0, model=Stores(),
        onward=lambda state, place, again: iter([()]), shows=lambda _: shows,
    )  # fmt: skip

    assert len(list(taken_by_more._Attempt.runs(self))) == found


@pytest.mark.parametrize(("refused", "false", "shows"), [(False, 1, True), (True, 1, False), (False, None, False)])
def test_what_a_run_of_more_shows(refused: Any, false: Any, monkeypatch: pytest.MonkeyPatch, *, shows: bool) -> None:
    """Its last step was not refused, and the claim is false at some moment."""
    monkeypatch.setattr(
        taken_by_more, "replay", lambda _: [SimpleNamespace(refused=False), SimpleNamespace(refused=refused)]
    )
    monkeypatch.setattr(taken_by_more, "false_at", lambda *_: false)
    self: Any = SimpleNamespace(claim=A)

    assert taken_by_more._Attempt.shows(self, FEW_STEPS) is shows


def test_an_interrupt_among_few() -> None:
    """Nothing is known, and nothing more is asked."""
    told: list[Question] = []

    def answer(question: Question, _limits: Limits) -> Report:
        told.append(question)
        return of(interrupted=True)

    report = Several(Question(Stores(stores=4), [A], [W], []), "stores", Limits(), answer, lambda *_: {}).answered()
    assert [(each.claim, each.verdict) for each in report.results] == [
        (A, Unknown("interrupted")), (W, Unknown("interrupted")),
    ]  # fmt: skip
    assert (report.interrupted, len(told)) == (True, 1)


# Other numbers


@pytest.mark.parametrize(("seconds", "least"), [(0.0, LEAST_SECONDS / SHARE), (600.0, 600.0 / 8)])
def test_how_other_numbers_are_challenged(seconds: float, least: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three have as much work as the others together; what was found false is not looked for again."""
    told: list[tuple[int, list[str], float, float]] = []

    def false(model: Model, claims: list[Claim], work: float, deadline: float, number: int) -> dict[str, str]:
        assert model.scope["stores"] == number
        told.append((number, [each.name for each in claims], work, deadline))
        return {"a": "put(Store1)"} if number == 1 else {}

    monkeypatch.setattr(larger, "_false", false)
    found = larger.contradicted(Stores(), "stores", [A, B], Limits(), seconds, numbers=larger.NUMBERS)

    assert found == {"a": "with stores=1 it is false: put(Store1)"}
    assert [each[0] for each in told] == [3, 1, 4, 5, 6, 12]
    assert [each[1] for each in told] == [["a", "b"], ["a", "b"], ["b"], ["b"], ["b"], ["b"]]
    assert [each[2] for each in told] == [pytest.approx(times * least) for times in (3, 1, 1, 1, 1, 1)]
    assert {each[3] for each in told} == {inf}


def test_a_number_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said of each claim that is left; the time's end is not kept back."""

    def fails(error: BaseException) -> Any:
        def false(*_: object) -> None:
            raise error

        return false

    for error, words in ((RuntimeError("no"), "RuntimeError: no"), (KeyError(), "KeyError")):
        monkeypatch.setattr(larger, "_false", fails(error))
        found = larger.contradicted(Stores(), "stores", [A], Limits(), 0.0, numbers={7: 1})
        assert found == {"a": f"with stores=7 it does not begin: {words}"}
    monkeypatch.setattr(larger, "_false", fails(OutOfTime()))
    with pytest.raises(OutOfTime):
        larger.contradicted(Stores(), "stores", [A], Limits(), 0.0, numbers=larger.NUMBERS)


def test_what_a_challenge_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run, or why there is none."""

    def challenge(report: Report, work: float, *, deadline: float, in_turn: int) -> None:
        assert (work, deadline, in_turn) == (5.0, 9.0, 4)
        for place, (why, run) in enumerate((("x", ("one", "two")), ("y", ()))):
            each = report.results[place]
            report.results[place] = Result(each.claim, Disputed(each.verdict, why, run), "", 0.0)

    monkeypatch.setattr(larger, "challenge", challenge)
    assert larger._false(Stores(), [A, B, W], 5.0, 9.0, 4) == {"a": "one, two", "b": "y"}


def test_nothing_that_is_proved_of_one() -> None:
    """Then two are not looked at."""
    proof: Any = object.__new__(_Proof)
    refused: list[object] = []
    vars(proof).update(
        claims=[A, B], of_one=lambda: (None, None, []), refuse=lambda claims, why: refused.append((claims, why)),
        extracted=lambda *_: pytest.fail("it was"), left_open={B: ", as it cannot be asked"},
    )  # fmt: skip
    proof.attempt()

    why = "it is not proved of one consumer and the rest"
    assert refused == [([A], why), ([B], f"{why}, as it cannot be asked")]


@pytest.mark.parametrize(("stores", "given_"), [(2, {}), (4, {"stores": 4})])
def test_which_scope_is_told(stores: int, given_: dict[str, int]) -> None:
    """What is as the class has it goes without saying."""
    assert given(Stores(stores=stores)) == given_


# Small sizes


class Shelf(Model):
    """Holds bytes."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0

    @action
    def load(self, size: Bytes) -> None:
        """Load some."""
        self.used += size

    @action
    def clear(self) -> None:
        """Clear it."""
        self.used = 0


def load(size: int) -> Step:
    """Some bytes are loaded."""
    return Step("load", (size,))


def test_a_run_without_what_it_does_not_need() -> None:
    """What is left violates the claim, and nothing of it can be left out; a long run stays as it is."""
    large = Claim("large", Mode.ALWAYS, lambda now: now.used < 5)
    clear, model = Step("clear", ()), Shelf()
    for steps, left in (
        ((load(1), clear, load(3), load(2), clear), [3, 2]),
        ((load(3), load(1), load(4)), [1, 4]),
        ((load(5),), [5]),
        ((load(9), load(9)), [9]),
    ):
        found = trimmed(Run(model, (), steps), large)
        assert [each.arguments[0] for each in found.steps if each.arguments] == left
        assert len(found) == len(left)
    long = Run(model, (), tuple(load(5) for _ in range(smallest.MOST_STEPS + 1)))
    assert trimmed(long, large) is long


def test_the_smallest_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Larger sizes are looked at for what is left; after so many states it ends."""
    above, far = (Claim(f"above_{most}", Mode.ALWAYS, lambda now, most=most: now.used <= most) for most in (0, 10**6))
    asked: list[tuple[int, list[str]]] = []

    def counted(model: Model, claims: Sequence[Claim], bounds: Few) -> Any:
        asked.append((bounds.largest, [each.name for each in claims]))
        return explore(model, claims, bounds)

    monkeypatch.setattr(smallest, "explore", counted)
    found = small_runs(Shelf(), [above, far], Limits(max_steps=2))

    assert [len(run) for run in found.values()] == [1]
    assert asked == [
        (smallest.SIZES[0], ["above_0", "above_1000000"]),
        *((each, ["above_1000000"]) for each in smallest.SIZES[1:]),
    ]
    few = Few(1, most=2)
    few.check_time()
    few.check_time()
    with pytest.raises(OutOfTime):
        few.check_time()


# Ways back


Q0, Q1, Q2 = (Linear({symbol: 1}) for symbol in range(3))


def test_where_an_edge_leads_at_small_sizes() -> None:
    """With each size of its arguments, one less than it is, where its guard is met; below 0 as well."""
    guard = (Condition(Q0 - Q1, Is.AT_LEAST_ZERO),)
    edge = Edge(0, 0, Move("take", (None,)), guard, 3, (Q0 - Q1 - 1,), 1, 2, (1,))
    assert [*_taken(edge, (2,), 3)] == [(3, (1,)), (3, (0,)), (3, (-1,))]
    assert [*_taken(edge, (2,), 1)] == [(3, (1,))]
    assert [*_taken(edge, (0,), 3)] == [(3, (-1,))]


@pytest.mark.parametrize(
    ("traps", "has_sizes", "largest"),
    [([0] * 10, True, 32), ([0, 0, 1], True, 3), ([1], True, 1), ([0, None], True, 1), ([None], True, None),
     ([0], False, 1), ([0] * 5 + [1], True, 8)],
)  # fmt: skip
def test_the_largest_sizes_that_are_looked_at(
    traps: list[int | None],
    has_sizes: bool,  # noqa: FBT001 - a table
    largest: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Up to the first with traps, or that are too much; where no action has a size, one is as good as another."""
    answers = iter(traps)

    def at(_automaton: object, _claim: Claim, largest: int, _limits: Limits) -> Small | None:
        answer = next(answers)
        return None if answer is None else Small(largest, 9, answer)

    monkeypatch.setattr(small_back, "at", at)
    automaton: Any = SimpleNamespace(edges=[SimpleNamespace(sizes=(1,) if has_sizes else ())])
    found = small_back.as_far_as_known(automaton, R)

    assert (found and found.largest) == largest
    assert [*answers] == []


@pytest.mark.parametrize(("states", "largest"), [(1_001, 4), (1_000, 32)])
def test_larger_sizes_are_looked_at_where_there_are_few_states(
    states: int, largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four in any case, and no more where there were more than a thousand of them."""
    monkeypatch.setattr(small_back, "at", lambda _automaton, _claim, size, _limits: Small(size, states, 0))
    automaton: Any = SimpleNamespace(edges=[SimpleNamespace(sizes=(1,))])
    found = small_back.as_far_as_known(automaton, R)

    assert found is not None
    assert found.largest == largest


@pytest.mark.parametrize(
    ("small", "verdict"),
    [
        (None, Unknown("there is too much to look at with sizes up to 2")),
        (
            Small(2, 9, 3),
            Unknown(
                "from 3 of 9 states of the automaton no run with sizes up to 2 leads back, "
                "and larger ones were not tried"
            ),
        ),
        (Small(2, 9, 0), Holds("sizes up to 2, any number of steps (9 states of the automaton, each with a way back)")),
    ],
)
def test_what_is_said_of_small_sizes(small: Small | None, verdict: Verdict, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too much, some traps, or none."""
    monkeypatch.setattr(recovered, "at", lambda *_: small)
    monkeypatch.setattr(recovered, "as_far_as_known", lambda *_: small)
    automaton: Any = SimpleNamespace(refused={})
    assert recovered._at(automaton, R, 2, Limits()) == verdict
    automaton.refused[R] = ValueError("no bool")
    if small is None:
        before = Result(R, Unknown("x"), "e", 1.0)
        assert recovered._at_small_sizes(before, automaton, Limits()) is before
        return
    after = recovered._at_small_sizes(Result(R, Unknown("x"), "e", 1.0), automaton, Limits())
    if small.traps:
        said = "x; from 3 of 9 states of the automaton no run with sizes up to 2 leads back"
        assert (after.verdict, after.engine) == (Unknown(said), "e")
    else:
        assert (after.verdict, after.engine) == (verdict, "explore")


def test_nobody_comes_from_where_nothing_is() -> None:
    """An edge from a shape that is never reached leads into nothing."""
    edge = Edge(0, 1, Move("take", ()), (), 2, (), 0, 0, ())
    ways: Any = SimpleNamespace(
        invariant=SimpleNamespace(unreachable=frozenset({1})), regions=lambda _: pytest.fail("it was asked")
    )
    assert not _leads_in(ways, edge, Limits())


def test_a_loop_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For each number of pieces that is twice as many; and no more of it when one is found."""
    automaton = extract(find("lesson:pool").build(), [], Feasibility())
    pieces: dict[int, list[int]] = {1: [0]}
    found: Any = SimpleNamespace(automaton=automaton, of_shape=pieces, regions=lambda _: [])
    tried: list[Linear] = []
    finds = itertools.cycle([False, True])

    def found_loop(_: object, _shape: int, _routes: object, measure: Linear, _conditions: object) -> bool:
        tried.append(measure)
        return next(finds)

    monkeypatch.setattr(_Backward, "found_loop", found_loop)
    monkeypatch.setattr(_Backward, "returns", lambda *_: iter(()))
    backward = _Backward(found, Limits())
    for count, looks in ((1, 2), (1, 2), (2, 4), (3, 4), (4, 6)):
        pieces[1] = [*range(count)]
        backward.loop(1)
        assert len(tried) == looks
