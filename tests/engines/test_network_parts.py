"""What is folded, which ways are plain, how far goals are, and what is insisted on: each by itself."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.engines import portfolio
from spillproof.properties.engines.bounded import _natural, _Search
from spillproof.properties.engines.challenge.turns import AMPLE
from spillproof.properties.engines.exploration import kernel
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.network import any_number, larger, stand_ins
from spillproof.properties.engines.network.folded_step import _Lazily
from spillproof.properties.engines.network.images import Folding, _places
from spillproof.properties.engines.network.invariance import FoldedShape, Invariance
from spillproof.properties.engines.network.network_text import _changes
from spillproof.properties.engines.network.stand_ins import StandIns
from spillproof.properties.engines.network.transfer import _after, _arriving
from spillproof.properties.engines.network.ways import Image
from spillproof.properties.engines.portfolio import Portfolio
from spillproof.properties.engines.verdict import Proved, Refused, Unknown
from spillproof.properties.engines.walker import LARGEST
from tests.engines.stores import Stores

fake: Any = SimpleNamespace
"""Something with these attributes, in the stead of an engine's own."""


@pytest.mark.parametrize(
    ("at_shape", "at_edge", "distances"),
    [
        ([], [], {}),
        ([2], [], {2: 0, 1: 1, 0: 2, -1: 3}),
        ([], [1], {0: 1, -1: 2, 2: 2, 1: 3}),
        ([2], [0], {2: 0, 1: 1, -1: 1, 0: 2}),
        ([-1], [], {-1: 0}),
    ],
)
def test_how_far_goals_are(at_shape: list[int], at_edge: list[int], distances: dict[int, int]) -> None:
    """By edges backward: from a shape where one is met, or from the shape that an edge leaves on which one is."""
    ends = ((-1, 0), (0, 1), (1, 2), (0, 0), (2, 0))
    edges = [fake(source=source, target=target) for source, target in ends]
    self = fake(automaton=fake(edges=edges), at_shape=dict.fromkeys(at_shape), at_edge=dict.fromkeys(at_edge))

    assert _Search.distances(self) == distances


@pytest.mark.parametrize(
    ("source", "origins", "consumers", "folded", "alone", "after"),
    [
        (0, (0, 1, 2), [1, 2], {2}, 1, [{2}]),
        (0, (0, 1, 2, -1), [1, 2, 3], {2}, 1, [{2, 3}]),
        (0, (0, 1, 2, -1), [1, 2, 3], {1, 2}, 1, [{1, 2}, {1, 2, 3}]),
        (0, (0, 2, -1, 1), [1, 2, 3], {2}, 1, [{1, 2}]),
        (0, (0, 1, 2, -1), [1, 2, 3], {2}, 0, [{1, 2, 3}]),
        (1, (0, 1, 2, -1), [1, 2, 3], {2}, 1, [{2, 3}]),
        (-1, (), [1, 2, 3], set(), 1, [{2, 3}, {1, 3}, {1, 2}]),
        (-1, (), [], set(), 1, [set()]),
        (-1, (), [1, 2], set(), 0, [{1, 2}]),
    ],
)
def test_what_is_folded_after_an_edge(  # noqa: PLR0917 - a table
    source: int, origins: Any, consumers: list[int], folded: set[int], alone: int, after: list[set[int]]
) -> None:
    """What was, and what is new: but where nobody stands alone one of these may, and at the beginning does."""
    parts = {1: fake(objects=range(4), consumers=consumers, of=frozenset), 0: fake(consumers=[1, 2])}
    self = fake(of=lambda shape: parts[shape], alone=alone)

    assert list(Folding.after(self, fake(source=source, target=1, origins=origins), frozenset(folded))) == after


def test_places_of_sizes() -> None:
    """In the order of the unknowns; and where there is a constant."""
    assert _places(fake(sizes=[Linear({3: 1}), 0, Linear({1: 1}), 0])) == ((2, 0), (1, 3))


@pytest.mark.parametrize(
    ("open_", "never", "plain"),
    [
        ([], False, False),
        ([[]], False, True),
        ([["x", "y"], []], False, False),
        ([["x"], []], False, True),
        ([["x"]], False, False),
        ([["x"]], True, True),
        ([["x"], ["y", "z"]], False, False),
    ],
)
def test_ways_that_are_plain_together(
    open_: list[list[str]], monkeypatch: pytest.MonkeyPatch, *, never: bool, plain: bool
) -> None:
    """Each but for one condition, where that of those before it is not so."""

    class Text(str):
        """A condition, of which there is the opposite."""

        __slots__ = ()

        def __invert__(self) -> str:
            return f"not {self}"

    supposed: list[Any] = []

    def premise(facts: list[str], _: Any) -> Any:
        supposed.append(facts)
        return fake(implies=lambda each: each == "known", never=never)

    monkeypatch.setattr(stand_ins, "Premise", premise)
    ways = [fake(conditions=[Text(each) for each in ("known", *conditions)]) for conditions in open_]
    before = fake(implies=lambda each: each == "known", never=False)

    assert StandIns.do_plainly(fake(), ways, before) is plain
    assert all(each == [f"not {condition}"] for each, condition in zip(supposed, "xy", strict=False))


class Open:
    """A claim that is open, and what comes of looking at it."""

    def __init__(self, name: str, **fields: Any) -> None:
        self.claim, self.candidate, self.spurious, self.is_violated = name, None, False, False
        self.world: Any = None
        vars(self).update(fields)


def insisting(done: list[Any], *, searches: bool = True) -> Any:
    """A portfolio that looks as it is told by names, and keeps what it did."""

    def small(pending: list[Open]) -> None:
        done.append(("small", [each.claim for each in pending]))
        next(each for each in pending if each.claim == "b").candidate = fake(run=[1, 2])

    def guess(pending: list[Open], _: Any, **how: bool) -> list[Open]:
        done.append(("guess", [each.claim for each in pending], how))
        return pending

    def induct(pending: list[Open], also: list[Open]) -> list[Open]:
        done.append(("induct", [each.claim for each in pending], [each.claim for each in also]))
        return [each for each in pending if each.claim != "u"]

    def look(each: Open, effort: Any, share: Any = None) -> bool:
        done.append(("look", each.claim, effort, share and share.max_steps))
        each.spurious, each.is_violated = each.claim == "e", each.claim == "y"
        return each.claim in ("d", "x")

    def ask_spacer(each: Open, *_: Any) -> bool:
        done.append(("spacer", each.claim))
        return each.claim in ("c", "z")

    return fake(
        world="old", look_at_small_sizes=small, guess=guess, look=look, ask_spacer=ask_spacer, limits=Limits(),
        confirm=lambda _: True, add=lambda each, *how: done.append(("add", each.claim, *how)), searches=searches,
        open=lambda each: f"open {each.claim}", induct=induct, silent=lambda: ["n"], pending=lambda name, _: Open(name),
    )  # fmt: skip


@pytest.mark.parametrize(("searches", "engine"), [(True, "bounded"), (False, "prove")])
def test_what_is_insisted_on(engine: str, monkeypatch: pytest.MonkeyPatch, *, searches: bool) -> None:
    """Runs at small sizes, guesses, then each claim: what has a run is looked at no further than that."""
    monkeypatch.setattr(portfolio, "Proofs", lambda _: fake(world="new"))
    done: list[Any] = []
    pending: Any = [Open(name) for name in "abcdef"]
    pending[0].spurious = True
    nothing: Any = insisting(done, searches=searches)

    left: list[Any] = list(Portfolio.insist(nothing, pending))
    assert left == ["a", "e"]
    assert done == [
        ("small", ["b", "c", "d", "e", "f"]),
        ("guess", ["c", "d", "e", "f"], {"widely": True}),
        ("look", "b", None, 2),
        ("add", "b", "open b", engine),
        ("spacer", "c"),
        ("spacer", "d"), ("look", "d", None, None),
        ("spacer", "e"), ("look", "e", None, None),
        ("spacer", "f"), ("look", "f", None, None),
        ("add", "f", "open f", engine),
    ]  # fmt: skip
    assert [each.world for each in pending] == [None, None, "new", "new", "new", "new"]


def test_what_is_looked_for_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof by a claim itself, by what guesses need, a violation, a proof by Spacer; what was violated is kept."""
    monkeypatch.setattr(portfolio, "Proofs", lambda _: fake(world="new"))
    done: list[Any] = []
    self = insisting(done)
    pending: Any = [Open("v", is_violated=True), *map(Open, "uxyzw")]

    left: list[Any] = [each.claim for each in Portfolio.invent_early(self, pending)]
    assert left == ["v", "y", "w"]
    assert done[:2] == [
        ("induct", ["u", "x", "y", "z", "w"], ["n"]),
        ("guess", ["x", "y", "z", "w"], {"backward": True}),
    ]
    assert [each[1] for each in done if each[0] == "look"] == ["x", "y", "z", "w"]
    assert [each[1] for each in done if each[0] == "spacer"] == ["z", "w"]
    assert self.world == "new"
    assert [each.world for each in pending] == [None, None, "new", "new", "new", "new"]


@pytest.mark.parametrize("error", [OutOfTime(), KeyboardInterrupt()])
def test_shapes_that_are_not_all_found(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plain walk is taken where the time was too short; nothing where it was interrupted. Either is heard."""
    heard: list[str] = []

    def refuse(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(kernel, "_extract", refuse)
    monkeypatch.setattr(kernel, "heard", lambda: heard.append("heard"))
    monkeypatch.setattr(kernel, "explore", lambda *_, **__: "plain")
    found: Any = kernel.explore_fast(find("lesson:pool").build())

    assert heard == ["heard"]
    assert found == "plain" if isinstance(error, OutOfTime) else found.stopped == "interrupt"


@pytest.mark.parametrize(("negative", "sizes"), [([], 0), ([()], 2)])
def test_sizes_that_are_to_be_natural(negative: list[Any], sizes: int) -> None:
    """Each after an edge that may make one negative; after another they are."""
    found = _natural(fake(update=(1, 2), negative=negative))

    assert [(each.left.terms, each.left.constant, each.holds) for each in found] == [
        ({place: 1}, 0, Is.AT_LEAST_ZERO) for place in range(sizes)
    ]


def test_what_a_step_changes_that_the_rest_cannot_do() -> None:
    """Sizes of the smaller model by their names, and what is the constant 0 there, which has none."""
    smaller = fake(shapes=[fake(slots=[fake(where="total")])])
    source, target = Image(0, (0,)), Image(0, (Linear({0: 4}),), (Linear({0: -3}),))
    unmatched = fake(source=source, target=target, sizes=(1,))

    said = "total goes from 0 to 4, what is always 0 there (others.kept, perhaps) goes from 0 to -3"
    assert _changes(unmatched, smaller) == said
    assert _changes(fake(source=source, target=source, sizes=(1,)), smaller) == "no size changes"


def test_a_fold_is_matched_once() -> None:
    """Where two new consumers hang together, either leaves the same folded: that is one step."""
    kept = frozenset({1, 2})
    self: Any = fake(
        folding=fake(after=lambda *_: [kept, kept]), stand_ins=fake(found=lambda *_: ("way",)), where_taken=dict
    )
    found: list[Any] = []
    node = FoldedShape(0, frozenset({frozenset()}), ())

    edge: Any = "edge"
    assert list(Invariance.match(self, edge, node, found)) == [kept]
    assert [(each.edge, each.folded, each.ways) for each in found] == [("edge", frozenset(), ("way",))]


def test_what_is_made_once() -> None:
    """No sooner than somebody asks for it, and then for all."""
    made: list[str] = []

    def ways() -> Any:
        for each in "abc":
            made.append(each)
            yield each

    lazily: Any = _Lazily(ways())
    assert [next(iter(lazily)), next(iter(lazily))] == ["a", "a"]
    assert made == ["a"]
    assert [[*lazily], [*lazily], made] == [["a", "b", "c"]] * 3


STEP = {"target": 0, "negative": False, "index": 7, "update": (Linear({1: 1}, 2),)}


@pytest.mark.parametrize(
    ("changed", "arrives"),
    [({}, True), ({"target": -1}, False), ({"negative": True}, False), ({"index": 8}, False), ({"target": 1}, False)],
)
def test_where_a_step_arrives(changed: dict[str, Any], *, arrives: bool) -> None:
    """At the node that was found there; but for one that raises, makes a counter negative, or arrives nowhere."""
    family = frozenset({frozenset({3})})
    goal = fake(edge=fake(**{**STEP, **changed}))
    invariance = fake(arrived={(7, "before"): family}, nodes={(0, family): "node"})

    found: list[Any] = [*_after(invariance, fake(family="before"), goal)]
    assert found == ["node"] * arrives
    assert list(_after(invariance, fake(family="before"), fake(edge=None))) == []


@pytest.mark.parametrize(("constant", "conditions"), [(-1, []), (-3, ["q1 - 1 >= 0"]), (None, [])])
def test_what_is_known_where_a_step_arrives(constant: int | None, conditions: list[str]) -> None:
    """What the node says, of what the step makes of its sizes, q0 of q1 + 2; if that is false, it does not arrive."""
    known = [] if constant is None else [Condition(Linear({0: 1}, constant), Is.AT_LEAST_ZERO)]
    family: Any = frozenset()
    invariance = fake(arrived={(7, "before"): family}, nodes={(0, family): fake(known=known)})

    found = list(_arriving(invariance, fake(family="before"), fake(edge=fake(**STEP))))
    assert [[*map(repr, each)] for each in found] == [conditions]
    never = fake(known=[Condition(Linear({0: -1}, 1), Is.AT_LEAST_ZERO)])
    assert not list(_arriving(fake(arrived={}, nodes={(0, family): never}), fake(family=""), fake(edge=fake(**STEP))))


def test_what_is_known_of_an_image() -> None:
    """What must be 0 for it, and what the invariant says of its sizes; of the numbers among them nothing is asked."""
    said = [Condition(Linear({0: 1}, -1), Is.AT_LEAST_ZERO), Condition(Linear({1: 1}, -9), Is.ZERO)]
    self = fake(invariant=fake(conditions=lambda shape: said[:shape]))
    image = Image(2, (Linear({7: 1}), 3), (Linear({5: 1}),))

    assert [*map(repr, Invariance.facts(self, image))] == ["q5 == 0", "q7 - 1 >= 0"]


@pytest.mark.parametrize(("number", "told"), [(11, ", ".join("abcdefghijk")), (12, "a, and 12 random steps")])
def test_a_run_of_many_in_short(number: int, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Step by step, or where there are too many, how it begins and how many there are."""
    monkeypatch.setattr(larger, "replay", lambda run: [fake(spelled=each) for each in run])
    run: Any = "abcdefghijkl"[:number]

    assert larger._in_short(run) == told


def test_a_crowd_begins_with_room_for_all_or_few() -> None:
    """Then with sizes as any other run; and with no numbers to try, none is."""
    assert larger._Crowd.sizes(fake(state=None)) == [LARGEST, AMPLE]
    said: list[str] = []
    assert larger.contradicted(Stores(), "stores", [], Limits(progress=said.append), 0.0, numbers={}) == {}
    assert [each.partition(":")[0] for each in said] == ["stores=50", "stores=200"]
    with pytest.raises(OutOfTime):
        larger.contradicted(Stores(), "stores", [], Limits(time.monotonic() - 1), 0.0, numbers={})


# Which rest proves claims, and which claims those are


@pytest.mark.parametrize(("proving", "tried", "found"), [(1, [0, 1], 1), (0, [0], 0), (9, [0, 1, 2], 0)])
def test_the_first_rest_that_proves(
    proving: int, tried: list[int], found: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No other is tried after it; where none does, it is said why the first one does not."""
    asked: list[int] = []

    def proof(rest: int, *_: Any, **__: Any) -> Any:
        asked.append(rest)
        return fake(run=lambda: fake(rest=rest, certificate="it" if rest == proving else None))

    monkeypatch.setattr(any_number, "rests_of", lambda _: range(3))
    monkeypatch.setattr(any_number, "_Proof", proof)
    answer: Any = any_number.prove(Stores(), [], Limits())

    assert (answer.rest, asked) == (found, tried)


def test_what_is_proved_of_one_follows_from_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim that another invariant proves, which is not kept, is not among those that are proved of one."""
    results = [fake(claim=each, verdict=Proved("all", None)) for each in "ab"]
    results += [fake(claim="c", verdict=Unknown("why")), fake(claim="d", verdict=Refused("it raises"))]
    kept = fake(automaton="automaton", open=lambda claim: ["goal"] if claim == "b" else [])
    world = fake(automaton="automaton", invariant="i", open=lambda _: [], with_=lambda _: kept)
    run = lambda: fake(results=results, validated="so much", interrupted=False)  # noqa: E731 - as it is called
    monkeypatch.setattr(any_number, "Portfolio", lambda *_, **__: fake(run=run, world=world))
    monkeypatch.setattr(any_number, "_strengthened", lambda *_: "stronger")
    self = fake(one=None, claims=[], limits=None, needed=None, feasible=None, found=fake())

    answer: Any = any_number._Proof.of_one(self)
    assert answer == ("automaton", "stronger", ["a"])
    assert self.found.validated == "so much"
    assert self.left_open == {"d": ", as it raises"}
