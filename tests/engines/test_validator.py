"""What a validation does with each edge, refusal and way, decision by decision."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.properties.engines.automaton.shapes import Refusal
from spillproof.properties.engines.validation import validator
from spillproof.properties.engines.validation.pairing import Difference
from spillproof.properties.engines.validation.records import Agreed, Mismatch
from spillproof.properties.engines.validation.sizes import Scale, Unsolved
from spillproof.properties.engines.validation.validator import Validator, _strays

TYPICAL, BOUNDARY, LARGE = Scale.TYPICAL, Scale.BOUNDARY, Scale.LARGE

fake: Any = SimpleNamespace


def validating(**fields: Any) -> Any:
    """A validator with such fields in the place of its own."""
    made: Any = object.__new__(Validator)
    vars(made).update(chance="chance", steps=0, has_sets=False)
    vars(made).update(fields)
    return made


def guard_of(conditions: Any, quotients: Any) -> Any:
    """A guard that only keeps what it is made of."""
    return fake(conditions=conditions, quotients=quotients)


def telling(told: list[Any], name: str, *, yields: bool = True) -> Any:
    """What tells with what it was called."""

    def tell(*given: Any) -> Any:
        told.append((name, *given))
        return iter([None] * yields)

    return tell


@pytest.mark.parametrize(("scale", "source", "outright", "done"), [
    (TYPICAL, 0, 1, ["refused", "i1", "shape"]), (BOUNDARY, 0, 1, ["i1", "shape"]), (LARGE, 0, 1, ["i1"]),
    (TYPICAL, -1, 0, ["refused", "i0", "i1"]), (TYPICAL, 1, 2, ["refused", "shape"]), (LARGE, 1, 2, []),
])  # fmt: skip # a table
def test_a_round(scale: Scale, source: int, outright: int, done: list[str]) -> None:
    """What is refused outright once and together, every other step, and a state of the shape; large sizes in runs."""
    told: list[str] = []
    instances = [fake(name=f"i{number}", is_refused_outright=number < outright) for number in range(2)]

    def refused(some: Any) -> Any:
        assert some == instances[:outright]
        told.append("refused")
        return iter([])

    def one(instance: Any, at: Scale) -> Any:
        assert at is scale
        told.append(instance.name)
        return iter([])

    made = validating(
        records=fake(instances={source: instances}), automaton=fake(shapes=["s0", "s1"]), refused=refused, instance=one,
        asking=fake(shape=lambda shape, at: told.append("shape") if (shape, at) == (f"s{source}", scale) else None),
    )  # fmt: skip
    yielded = sum(1 for _ in made.round(scale))

    assert (told, yielded) == (done, done.count("shape"))


@pytest.mark.parametrize(("refused", "still", "done"), [
    ([True, True], True, ["a?", "b?"]), ([True, True], False, ["a?", "b?", "a", "b"]),
    ([False, True], True, ["a?", "a", "b"]), ([True, False], True, ["a?", "b?", "a", "b"]),
])  # fmt: skip # a table
def test_steps_that_are_refused_together(
    *, refused: list[bool], still: bool, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one state, if all are refused and it is as it was; else each in its own."""
    told: list[str] = []
    guessed: list[Any] = []

    def guess(*given: Any) -> list[int]:
        guessed.append(given)
        return [1, 2]

    monkeypatch.setattr(validator, "guess", guess)
    pattern = fake(is_still=lambda objects, values: still if (objects, values) == ([1, 2, "state"], [1, 2]) else None)
    asking = fake(state_of=lambda source, values: ([*values, "state"], source), states={})
    said = iter(refused)

    def is_refused(instance: Any, objects: Any) -> bool:
        assert objects == [1, 2, "state"]
        told.append(f"{instance.name}?")
        return next(said)

    def one(instance: Any, scale: Scale) -> Any:
        assert scale is TYPICAL
        told.append(instance.name)
        return iter([None])

    instances = [fake(name=name, source=3, width=2) for name in "ab"]
    records = fake(pattern={3: pattern}.__getitem__, put_back=lambda: told.append("forgotten"))
    made = validating(records=records, asking=asking, is_refused=is_refused, instance=one)
    yielded = sum(1 for _ in made.refused(instances))

    assert (told, guessed) == (["forgotten", *done], [(TYPICAL, 2, "chance")])
    assert yielded == len(done) - refused.count(False)
    assert list(made.refused([])) == []


@pytest.mark.parametrize(("scale", "edges", "refusals", "done"), [
    (TYPICAL, 2, 1, ["e0", "e1", "r0"]), (LARGE, 2, 1, ["e0", "e1"]), (TYPICAL, 0, 1, ["r0"]), (TYPICAL, 1, 0, ["e0"]),
    (TYPICAL, 0, 0, ["neither"]), (LARGE, 0, 0, []), (BOUNDARY, 0, 1, []),
])  # fmt: skip # a table
def test_an_instance(scale: Scale, edges: int, refusals: int, done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each edge at each scale; each refusal once, or that there is nothing. The last edge cannot be settled."""
    told: list[str] = []
    monkeypatch.setattr(validator, "guess", lambda _scale, many, _chance: [0] * many)

    def record(instance: Any, one: Any, at: Scale) -> bool:
        assert (instance.name, at) == ("i", scale)
        told.append(one.name)
        return bool(one.name != "e1")

    def take(_instance: Any, values: Any, picks: Any) -> None:
        told.append("neither")
        assert (values, picks) == ([0, 0, 0], ())

    parts = [
        [fake(name=f"{kind}{n}", edge=fake(index=n)) for n in range(many)]
        for kind, many in (("e", edges), ("r", refusals))
    ]
    made = validating(record=record, take=take, compared={0: {BOUNDARY}, 1: set()})
    instance = fake(name="i", edges=parts[0], refusals=parts[1], width=2, given=1)
    seen = [len(told) for _ in made.instance(instance, scale)]

    assert (told, seen) == (done, [*range(1, len(done) + 1)])
    assert made.compared == {0: {BOUNDARY, scale} if edges else {BOUNDARY}, 1: set()}


@pytest.mark.parametrize(("values", "seen", "taken"), [(Unsolved.NONE, True, False), (Unsolved.UNKNOWN, False, False),
                                                       ([1, 2, 3, 4], False, True)])  # fmt: skip
def test_a_way_of_a_step(values: Any, monkeypatch: pytest.MonkeyPatch, *, seen: bool, taken: bool) -> None:
    """Its sizes are solved for with the edge's guard, and the step is taken for that claim alone; or it is settled."""
    told: list[Any] = []
    monkeypatch.setattr(validator, "Guard", guard_of)

    def solve(guard: Any, symbols: int, scale: Scale, *, doubtful: bool) -> Any:
        assert (guard.conditions, guard.quotients, symbols, scale, doubtful) == ((1, 2), ("q", "w"), 4, TYPICAL, True)
        return values

    edge = fake(guard=(1,), quotients=("q",), symbols=3)
    way = fake(guard=fake(quotients=("w",)), also=(2,), claim="a claim", seen=False)
    record = fake(edge=edge, picks=(7,))
    made = validating(sizes=fake(solve=solve), take=lambda *given, **named: told.append((given, named)))
    made.way("i", record, way)

    assert way.seen is seen
    assert told == [(("i", [1, 2, 3], (7,), record), {"asked": True, "only": "a claim"})] * taken


def test_what_is_left_of_an_instance() -> None:
    """Its ways that were not seen meanwhile, and then what may be missing."""
    told: list[Any] = []
    ways = {"a": [fake(name=1, seen=False), fake(name=2, seen=True)], "b": [fake(name=3, seen=False)]}
    made = validating(
        asking=fake(unseen=ways.__getitem__), borders=telling(told, "borders"),
        way=lambda instance, record, way: told.append((instance.name, record, way.name)),
    )  # fmt: skip
    instance = fake(name="i", edges=["a", "b"])
    seen = [len(told) for _ in made.rest(instance)]

    assert (told, seen) == ([("i", "a", 1), ("i", "b", 3), ("borders", instance)], [1, 2, 3])


@pytest.mark.parametrize(("impossible", "drawn", "agreed", "settled", "never"), [
    (True, None, None, True, True), (False, Unsolved.NONE, None, True, True),
    (False, Unsolved.UNKNOWN, None, False, False),
    (False, [5], "agreed", True, False), (False, [5], None, False, False),
])  # fmt: skip # a table
@pytest.mark.parametrize("scale", [TYPICAL, LARGE])
def test_a_record(drawn: Any, agreed: Any, scale: Scale, *, impossible: bool, settled: bool, never: bool) -> None:
    """It is taken at sizes that are drawn for it; where there are none, none of its ways will be seen."""
    told: list[Any] = []
    way = fake(seen=False)
    record = fake(impossible=impossible, picks=(7,), kind="kind")

    def take(*given: Any, **named: Any) -> Any:
        told.append((given, named))
        return agreed

    made = validating(
        drawn=lambda *_: drawn, asking=fake(unseen=lambda _record: [way]),
        take=take,
        samples=fake(has_next=lambda kind: kind == "kind"), sample=telling(told, "sample"),
    )  # fmt: skip

    assert made.record("i", record, scale) is settled
    assert record.impossible is never
    assert way.seen is (never and not impossible)
    large = scale is LARGE
    took = (("i", [5], (7,), record), {"turned": large, "asked": not large})
    assert told == ([took, ("sample", "i", record, [5])] if drawn == [5] else [])


@pytest.mark.parametrize(("plain", "source", "bags", "done"), [
    (True, 0, True, ["turned"]), (False, 0, True, ["other", "turned"]), (True, -1, True, []), (True, 0, False, []),
])  # fmt: skip # a table
def test_a_sample(source: int, done: list[str], monkeypatch: pytest.MonkeyPatch, *, plain: bool, bags: bool) -> None:
    """On unknown sizes too, unless the code is plain; with bags turned, where there are any."""
    told: list[str] = []
    monkeypatch.setattr(validator, "refuse_other_code", lambda *_: told.append("other"))
    made = validating(
        is_plain=plain, records=fake(pattern=lambda _source: fake(has_bags=bags)),
        take=lambda *_, turned: told.append("turned") if turned else None,
    )  # fmt: skip
    made.sample(fake(source=source), fake(picks=()), [5])

    assert told == done


@pytest.mark.parametrize(("scale", "solved", "drawn", "seen"), [
    (TYPICAL, [1, 2], ("widened", [1, 2], ["x"]), False), (TYPICAL, Unsolved.NONE, "plain", True),
    (TYPICAL, Unsolved.UNKNOWN, "plain", False), (BOUNDARY, [1, 2], "plain", False),
])  # fmt: skip # a table
def test_sizes_for_a_record(scale: Scale, solved: Any, drawn: Any, *, seen: bool) -> None:
    """The first time such as make claims false: the first way that is possible, and as many others as may be."""
    asked: list[Any] = []

    def solve(guard: Any, symbols: int, at: Scale, *, doubtful: bool = False) -> Any:
        asked.append((guard.conditions, guard.quotients, symbols, at, doubtful))
        return solved if doubtful else "plain"

    none, divided, first, second = (
        fake(also=also, guard=fake(conditions=also, quotients=quotients), seen=False)
        for also, quotients in (((), ()), (("d",), ("q",)), (("w",), ()), (("x",), ()))
    )
    both: Any = lambda more: fake(conditions=("c", *more.conditions), quotients=("r",))  # noqa: E731 - of a fake
    record = fake(guard=fake(conditions=("c",), quotients=("r",), with_also=both))
    made = validating(
        asking=fake(unseen=lambda _record: [none, divided, first, second]),
        sizes=fake(solve=solve, widen=lambda _, values, more: ("widened", values, [*more[0].conditions])),
    )

    assert made.drawn(fake(width=2, given=1), record, scale) == drawn
    assert (none.seen, divided.seen, first.seen, second.seen) == (False, False, seen, seen)
    plain, *ways = (("c",), ("r",), 4, scale, False), *((("c", way), ("r",), 4, scale, True) for way in "wx")
    tried = ways[: 1 if solved == [1, 2] else 2] if scale is TYPICAL else []
    assert asked == [*tried, *([plain] if drawn == "plain" else [])]


REFUSAL: Any = object.__new__(Refusal)


@pytest.mark.parametrize(("picks", "record", "says", "strays"), [
    ((1,), "edge", None, False), ((2,), "edge", None, True), ((1,), None, None, True), ((1,), None, REFUSAL, False),
    ((1,), "edge", REFUSAL, True),
])  # fmt: skip # a table
def test_a_step_that_was_to_be_another(picks: Any, record: Any, says: Any, *, strays: bool) -> None:
    """With other choices, or refused where it was to be taken, or the other way round."""
    assert _strays(fake(picks=(1,), says=says), fake(record=record), picks) is strays


def taking(monkeypatch: pytest.MonkeyPatch, answer: Any, told: list[Any]) -> Any:
    """A validator whose steps are answered so."""

    def tell(what: Any, found: Any = None) -> Any:
        told.append(what)
        return found

    trial = fake(picks=(), outcome=fake(taken=True), turned=False, before=["was"])
    bag = fake(members=[1, 2])
    for name, instead in {
        "start": lambda _model, given, _choices: tell(("start", given), trial),
        "take": lambda objects, _action, given, _choices: tell(("take", *objects, given), trial),
        "replace": lambda each, turned: fake(**{**vars(each), "turned": turned}),
        "take_apart": lambda objects: tell(("apart", *objects)),
        "with_sizes": lambda _parameters, arguments, sizes: (*arguments, *sizes),
        "TrialChoices": lambda *_, **__: None,
        "bags_of": lambda _objects: [bag],
        "_strays": lambda record, _answer, _picks: record.name == "strays",
        "disagree": lambda _records, mismatch, turned: tell(("disagree", mismatch, turned)),
    }.items():
        monkeypatch.setattr(validator, name, instead)
    records = fake(
        judge=lambda _instance, _values, found: tell(("judge", found.turned, *bag.members), answer),
        put_back=lambda: tell("back"), pattern=lambda _: fake(build=lambda _: ["state"]),
    )  # fmt: skip
    asking = fake(step=lambda *given: tell(("asked", *given)))
    return validating(records=records, asking=asking, automaton=fake(model=0, any_preference=False))


RECORD: Any = fake(name="record")
AGREED = Agreed(RECORD, ["after"])
NOTHING: Any = None
UNCERTAIN = Difference("", "", "", certain=False)


@pytest.mark.parametrize(("source", "turned", "picks", "asked", "done"), [
    (-1, False, (), True,
     ["back", ("start", ("x", 8)), ("judge", False, 1, 2), ("asked", RECORD, [7, 8, 9], ["after"], "c")]),
    (0, False, (), False, ["back", ("take", "state", ("x", 8)), ("judge", False, 1, 2)]),
    (0, True, (), False, ["back", ("take", "state", ("x", 8)), ("judge", True, 2, 1)]),
    (0, True, (1,), False, ["back", ("take", "state", ("x", 8)), ("judge", False, 1, 2)]),
])  # fmt: skip # a table
def test_a_step_is_taken(
    source: int, picks: Any, done: list[Any], monkeypatch: pytest.MonkeyPatch, *, turned: bool, asked: bool
) -> None:
    """From a state with these sizes, its bags turned where nothing is chosen; then claims are asked."""
    told: list[Any] = []
    made = taking(monkeypatch, AGREED, told)
    instance = fake(source=source, width=1, given=1, arguments=("x",), action=fake(parameters=(), name="go"))

    assert made.take(instance, [7, 8, 9], picks, RECORD, turned=turned, asked=asked, only="c") is AGREED
    assert (told, made.steps) == ([*done, ("apart", "was")], 1)


@pytest.mark.parametrize(("answer", "record", "told_of"), [
    (AGREED, RECORD, "asked"), (Agreed(None), RECORD, ""), (AGREED, fake(name="strays"), "disagree"),
    (AGREED, None, "asked"), (Mismatch(NOTHING, [], NOTHING, None), None, "disagree"),
    (Mismatch(NOTHING, [], NOTHING, None, UNCERTAIN), None, ""),
])  # fmt: skip # a table
def test_what_becomes_of_a_step(answer: Any, record: Any, told_of: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one than it was to be is a disagreement, unless nothing is certain."""
    told: list[Any] = []
    made = taking(monkeypatch, answer, told)
    instance = fake(source=0, width=1, given=1, arguments=(), action=fake(parameters=(), name="go"))
    agreed = made.take(instance, [7, 8], (), record, asked=True)

    agrees = told_of != "disagree" and not isinstance(answer, Mismatch)
    assert [each[0] for each in told[3:]] == ([told_of] if told_of else []) + (["apart"] if agrees else [])
    assert agreed is (answer if agrees else None)
