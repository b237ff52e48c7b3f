"""Searches for runs and what is asked beside claims, each decision by itself."""

from __future__ import annotations

import ast
import time
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.lessons.yardstick import Yardstick
from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.engines import violations, witnesses
from spillproof.properties.engines.check import check
from spillproof.properties.engines.evidence.reason import _spelled_out
from spillproof.properties.engines.evidence.recorder import Key, Read, Recorder, members
from spillproof.properties.engines.exploration import labels
from spillproof.properties.engines.exploration.layers import Bounds
from spillproof.properties.engines.network import stand_in_search
from spillproof.properties.engines.network.stand_in_search import StandInSearch
from spillproof.properties.engines.proof.certificate import Certificate
from spillproof.properties.engines.proof.solver import Answer
from spillproof.properties.engines.question import claims_asked, refuse_no_model
from spillproof.properties.engines.recovery.ways_back import _Backward
from spillproof.properties.engines.simulate import RandomWalk
from spillproof.properties.engines.story import run_text
from spillproof.properties.engines.violations import Violations
from spillproof.properties.engines.walker import Walker
from spillproof.properties.engines.witnesses import Witnesses


def test_witnesses_stand_beside_their_claims() -> None:
    """Of the claims that are asked; one that is asked by itself is asked once."""
    beside = claims_asked(Yardstick, None, witnesses=True)[1]
    name = next(each.beside for each in beside if each.beside)
    mine = [each.name for each in beside if each.beside == name]

    assert [each.name for each in claims_asked(Yardstick, [name], witnesses=True)[1]] == mine
    assert [each.name for each in claims_asked(Yardstick, [name, *mine], witnesses=True)[1]] == mine
    assert claims_asked(Yardstick, [name], witnesses=False)[1] == []


@pytest.mark.parametrize("searches", [True, False])
def test_small_sizes_are_looked_at(monkeypatch: pytest.MonkeyPatch, *, searches: bool) -> None:
    """If runs are searched for at all, and some claim is open."""
    asked: list[Any] = []

    def small_runs(_: Any, claims: Any, __: Any) -> dict[str, Any]:
        asked.append(claims)
        return {}

    monkeypatch.setattr(violations, "small_runs", small_runs)
    open_ = SimpleNamespace(candidate=None, claim=SimpleNamespace(name="a"), seconds=0.0)
    known = SimpleNamespace(candidate="run")
    self: Any = SimpleNamespace(searches=searches, limits=SimpleNamespace(progress=lambda _: None), model=None)

    pending: Any = [open_, known]
    Violations.look_at_small_sizes(self, pending)
    Violations.look_at_small_sizes(self, pending[1:])
    assert asked == [[open_.claim]] * searches


@pytest.mark.parametrize(("present", "hit"), [([], False), ([0, 5], False), ([5, -1], True)])
def test_a_size_below_0(present: list[int], *, hit: bool) -> None:
    """It makes the claim false that none is."""
    self: Any = SimpleNamespace(present=present)
    nothing: Any = None

    assert Walker.hits(self, NEVER_NEGATIVE, (None, None), nothing) is hit


@pytest.mark.parametrize(("depth", "steps", "ruled_out"), [(9, 3, 2), (1, 3, 1), (2, 3, 2)])
def test_how_far_a_witness_is_ruled_out(
    depth: int, steps: int, ruled_out: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the run that was found shows nothing, every shorter one was ruled out."""

    def refuse(*_: Any) -> Any:
        raise ModelError("no run")

    monkeypatch.setattr(witnesses, "concrete", refuse)
    searched: Any = SimpleNamespace(found=SimpleNamespace(steps=steps), depth=depth)
    self: Any = SimpleNamespace(search=lambda *_, **__: searched, limits=None)
    pending: Any = SimpleNamespace(world=SimpleNamespace(automaton=None), claim=None)

    assert Witnesses.show(self, pending, [], 1) == (None, ruled_out)
    searched.found = None
    assert Witnesses.show(self, pending, [], 1) == (None, depth)


def test_a_random_step() -> None:
    """The actions in a random order, those that are preferred first, until one is not refused."""
    tried: list[str] = []

    def step(action: Any, _: Any) -> str:
        return str(action.name)

    def arrive(name: str) -> None:
        tried.append(name)
        self.refused = name != "c"

    self: Any = SimpleNamespace(
        chance=SimpleNamespace(shuffle=list.reverse), arrive=arrive, step=step, draw=None, refused=True,
        result=SimpleNamespace(steps=5),
    )  # fmt: skip
    actions: list[Any] = [SimpleNamespace(name=name) for name in "abcd"]
    assert RandomWalk.go_on(self, actions, {"a"})
    assert (tried, self.result.steps) == (["a", "d", "c"], 6)
    assert not RandomWalk.go_on(self, actions[:2], set())
    assert self.result.steps == 6


@pytest.mark.parametrize(("length", "room"), [(1, 79 - 26), (18, 79 - 26), (19, 79 - 27), (40, 79 - 48)])
def test_room_beside_the_steps(length: int, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A third of the line, or as much as the longest step needs with its number, is for steps."""
    monkeypatch.setattr(run_text, "widths_of", lambda _: [])
    moments: list[Any] = [SimpleNamespace(spelled="x" * length)]

    assert run_text.room(moments) == room
    monkeypatch.setattr(run_text, "widths_of", lambda _: [4, 9])
    assert run_text.room(moments) == room - 6 - 11


def set_once(state: Any) -> bool:
    """A claim with a variable that is set once, and one that is set twice."""
    total = state.used + state.free
    later = state.used
    later = state.free
    return bool(total == later)


def test_variables_that_are_set_once() -> None:
    """They are put in; what is set again may be something else."""
    node = ast.parse("total == later", mode="eval").body

    assert ast.unparse(_spelled_out(node, set_once)) == "state.used + state.free == later"  # type: ignore[arg-type]


def test_half_of_the_time() -> None:
    """Of what is left; without a deadline there is none."""
    now = time.monotonic()
    half = Bounds(deadline=now + 100).half().deadline

    assert half is not None
    assert 49 < half - now < 51
    assert Bounds().half().deadline is None


def test_an_invariant_is_described() -> None:
    """Conjunct by conjunct, sizes as the model calls them; where nothing is known, that they are natural."""
    names = [SimpleNamespace(where="used"), SimpleNamespace(where="free")]
    automaton: Any = SimpleNamespace(shapes=[SimpleNamespace(slots=names)] * 2)
    made = Certificate((), "", (("(>= q0 1)", "(= q1 q0)"), ()))

    assert made.describe(automaton, 0) == "(>= used 1)\n(= free used)"
    assert made.describe(automaton, 1) == "(every size is 0 or more)"


@pytest.mark.parametrize(
    ("opens", "cases", "found"),
    [
        ([[]], 1, ("a",)),
        ([None, ["x", "y"], []], 1, ("c",)),
        ([["x", "y"], None], 1, None),
        ([], 1, None),
    ],
)
def test_a_way_that_is_plain(opens: list[Any], cases: int, found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of which nothing is left open; of none, no way is."""
    drafts = [
        SimpleNamespace(name=name, open=lambda _, each=each: each) for name, each in zip("abc", opens, strict=False)
    ]
    monkeypatch.setattr(stand_in_search, "worked_out", lambda made: [each.name for each in made])
    asked: Any = SimpleNamespace(likely=lambda _: drafts)
    premise: Any = SimpleNamespace(never=False)
    self: Any = SimpleNamespace(likely=None)

    assert StandInSearch.plainly(self, asked, premise, cases) == found
    premise.never = True
    assert StandInSearch.plainly(self, asked, premise, cases) == ()


def test_images_that_a_path_leads_between() -> None:
    """Without a step of one shape; else the image of its source and that of its target, if there are both."""
    one, other, far = (SimpleNamespace(shape=shape) for shape in (0, 0, 1))
    asked: Any = SimpleNamespace(sources=[one, far], targets=[other], source_of={0: one, 1: far}, target_of={0: other})
    pairs = {True: [(one, other, ())], False: [(far, other, ("more",))]}
    self: Any = SimpleNamespace(pairs=lambda _, is_best: pairs[is_best], further=lambda _: ("more",))

    def between(*path: tuple[int, int]) -> list[Any]:
        edges: Any = tuple(SimpleNamespace(source=source, target=target) for source, target in path)
        return list(StandInSearch.between(self, edges, asked))

    assert between() == [(one, other, ())]
    assert between((0, 5), (5, 0)) == [(one, other, ())]
    assert between((1, 0)) == [(far, other, ("more",))]
    assert between((2, 0)) == between((0, 1)) == []


def test_what_is_heard_of_a_check() -> None:
    """Each part of it is announced: what is proved, validated, and challenged."""
    said: list[str] = []
    report = check(find("lesson:pool").build(checks=True), progress=said.append)

    assert report.exit_status() == 0
    wanted = [
        "equations that hold in each shape",
        "checking the certificate",
        "the automaton against the model on integers",
        "challenging the verdicts",
    ]
    assert [each for each in wanted if each not in said] == []


def test_routes_from_a_shape_to_itself() -> None:
    """Short ones first, of three steps at most; none goes on from where it has come back, or where a step raised."""
    ends = ((0, 1), (1, 0), (0, 0), (1, 2), (2, 3), (3, 0), (2, 0), (0, -1))
    edges: list[Any] = [SimpleNamespace(index=place, source=one, target=to) for place, (one, to) in enumerate(ends)]
    leaving = {shape: [each for each in edges if each.source == shape] for shape in range(4)}
    self: Any = SimpleNamespace(found=SimpleNamespace(automaton=SimpleNamespace(leaving=leaving)))

    assert [[each.index for each in route] for route in _Backward.returns(self, 0)] == [[2], [0, 1], [0, 3, 6]]


class Own:
    """Reads its attributes itself."""

    def __getattribute__(self, name: str) -> Any:
        return object.__getattribute__(self, name)


class Plain:
    """Does not."""


def test_which_classes_are_listened_to() -> None:
    """Those that do not read their attributes themselves, once each; afterwards all is as it was."""
    recorder = Recorder([])
    with recorder.listening():
        for cls in (Own, Plain, Plain, int):
            recorder._hook(cls)
        assert list(recorder.hooked) == [Plain]
        assert "__getattribute__" in vars(Plain)
    assert "__getattribute__" not in vars(Plain)
    assert "__getattribute__" in vars(Own)


class Holder:
    """Refers to something that has a field."""

    def __init__(self) -> None:
        self.inner = Plain()
        vars(self.inner)["held"] = 5


def test_a_field_that_is_read_for_what_it_refers_to() -> None:
    """Is not told by itself; one that is kept is."""
    holder: Any = Holder()
    recorder = Recorder([])
    recorder._know(holder, Key(0, ()))
    with recorder.listening():
        held = holder.inner.held
        inner = holder.inner

    assert (held, inner.held) == (5, 5)
    assert [each.key.chain for each in recorder.reads] == [(".inner", ".held"), (".inner",)]


def test_it_listens_again() -> None:
    """What is read while nobody listens is not told; what is read the next time is."""
    holder: Any = Holder()
    holder.size = 5
    recorder = Recorder([])
    recorder._know(holder, Key(0, ()))
    told = []
    for _ in range(2):
        with recorder.listening():
            assert holder.size == 5
        assert holder.inner is not None
        told.append([each.key.chain for each in recorder.reads])

    assert told == [[(".size",)], [(".size",), (".size",)]]


def test_a_bag_has_no_fields_to_be_told() -> None:
    """That it was read is; how it keeps its members is its own, and they have numbers."""
    holder: Any = Holder()
    holder.bag = Bag([HeapObject()])
    recorder = Recorder([])
    recorder._know(holder, Key(0, ()))
    with recorder.listening():
        bag = holder.bag
        members_ = [*bag]

    assert (len(members_), list(recorder.keys)) == (1, [id(holder)])
    assert [each.key.chain for each in recorder.reads] == [(".bag",)]


@pytest.mark.parametrize(
    ("nodes", "chosen", "orbit"),
    [
        ([1], (), {1, 2, 3}),
        ([1], (3,), {1, 2}),
        ([1], (0,), {1, 2, 3}),
        ([1], (2,), {1}),
        ([3], (1,), {2, 3}),
        ([4], (), {4, 5}),
        ([4], (5,), {4}),
    ],
)
def test_where_symmetries_move_a_node(nodes: list[int], chosen: tuple[int, ...], orbit: set[int]) -> None:
    """Those that keep what was chosen, one after the other; and to its twins, which are not among that."""
    swaps = [(0, 2, 1, 3, 4, 5), (0, 1, 3, 2, 4, 5)]
    self: Any = SimpleNamespace(symmetries=swaps, twin=[0, 1, 2, 3, 4, 4])

    assert labels._Search.orbit(self, nodes, chosen) == orbit


def test_twins_in_any_order() -> None:
    """Each gets a colour of its own, from that of their cell on; the other cells stay."""
    graph: Any = None
    before = labels._Partition(graph, [0, 1, 1, 3, 3], {1: [1, 2], 3: [3, 4]})
    after = before.with_order(1)

    assert (after.colours, after.cells) == ([0, 1, 2, 3, 3], {3: [3, 4]})
    assert (before.colours, before.cells) == ([0, 1, 1, 3, 3], {1: [1, 2], 3: [3, 4]})


def test_nodes_that_look_as_they_did() -> None:
    """They stay with those that were not looked at again, and others get a colour after them."""
    graph: Any = SimpleNamespace(look=lambda node, _colours: "aaab"[node], neighbours=[{3}, set(), set(), {1}])
    found = labels._Partition(graph, [0, 1, 1, 1], {1: [1, 2, 3]})
    found.look_again(1, [2, 3])

    assert (found.colours, found.cells, found.waiting) == ([0, 1, 1, 3], {1: [1, 2]}, {1})


def test_what_is_answered_within_an_answer() -> None:
    """Is what that is made of, and nothing that the claim has read itself."""
    recorder, key = Recorder([]), Key(0, ())
    recorder.levels.append([])
    assert (recorder._answered(key, lambda: 5), recorder.levels) == (5, [[], []])
    recorder.levels.pop()
    assert (recorder._answered(key, lambda: 5), recorder.levels) == (5, [[Read(key, 5, inner=False)]])


@pytest.mark.parametrize(
    ("opens", "never", "found"),
    [
        ([[[0]], [[]]], False, 2), ([[[0]], [[0]]], False, None), ([[[0, 1]]], False, None), ([[None]], False, None),
        ([[]], False, None), ([[[0]], [[0]]], True, 1), ([[[]], [[]]], False, 1), ([[[0, 1], [], [0]]], False, 1),
    ],
)  # fmt: skip # a table
def test_ways_that_did_a_step_before(
    opens: list[Any], found: int | None, monkeypatch: pytest.MonkeyPatch, *, never: bool
) -> None:
    """They do another one, if each leaves one case open at most, and the last leaves none."""
    drafts = [[SimpleNamespace(open=lambda _premise, left=left: left) for left in path] for path in opens]
    monkeypatch.setattr(stand_in_search, "worked_out", lambda drafts: drafts)
    monkeypatch.setattr(stand_in_search, "Premise", lambda *_: SimpleNamespace(never=never))
    self: Any = SimpleNamespace(along=lambda path, _asked: drafts[path])
    earlier: Any = SimpleNamespace(paths=range(len(opens)))
    nothing: Any = None
    ways: Any = StandInSearch.again(self, earlier, nothing, nothing)

    assert (None if ways is None else len(ways)) == found
    if opens == [[[0, 1], [], [0]]]:
        assert ways == (drafts[0][1],)


@pytest.mark.parametrize(
    ("given", "said"),
    [(5, "5 is no model: "), (int, "<class 'int'> is no model: "), (Yardstick, "Yardstick is a class; ")],
)
def test_what_is_no_model(given: object, said: str) -> None:
    """Neither a class nor anything else is one; a model is."""
    with pytest.raises(ModelError, match=said):
        refuse_no_model(given)
    refuse_no_model(Yardstick())


def test_nodes_that_are_tried() -> None:
    """None that a symmetry moves one to that was tried, be it one that was found while that was tried."""
    moves: dict[int, set[int]] = {}
    self: Any = SimpleNamespace(orbit=lambda tried, _chosen: set().union(*(moves.get(each, {each}) for each in tried)))
    tried = []
    for node in labels._Search.candidates(self, [0, 1, 2, 3, 4], ()):
        tried.append(node)
        moves[node] = {node, node + 1} if node < 2 else {node, 4}

    assert tried == [0, 2, 3]


def test_what_a_value_holds() -> None:
    """Objects, within lists and dicts as well; what has nothing to be read of is none."""
    one, other, third = Plain(), Plain(), Plain()

    assert [*members([1, one, {"a": other, "b": ["x", third]}, None])] == [one, other, third]


# Ways of the smaller automaton


def way(*actions: str, conditions: Any = ()) -> Any:
    """A way by edges of these names; an edge's index is how long its name is."""
    edges = tuple(SimpleNamespace(index=len(each), move=SimpleNamespace(action=each)) for each in actions)
    return SimpleNamespace(path=edges, conditions=conditions)


GO: Any = SimpleNamespace(
    looks=("exactly", "roughly"),
    edge=SimpleNamespace(move=SimpleNamespace(action="go"), symbols=2),
    task="task",
    unmatched=lambda sizes: ModelError(f"unmatched at {sizes}"),
)


def test_what_did_a_step_is_remembered() -> None:
    """The last one first, each once; and which actions stood for its own, where they were several."""
    self: Any = SimpleNamespace(exactly={}, earlier={"roughly": {}}, stood_for={})
    one, both = (way("go"),), (way("put", "release"), way("put", "release"))
    for found, is_plain in ((one, True), (both, True), (one, True), (both, False)):
        StandInSearch.learn(self, GO, found, is_plain=is_plain)

    assert [each.paths for each in self.earlier["roughly"]] == [((2,),), ((3, 7),)]
    assert (self.exactly["exactly"].paths, self.exactly["exactly"].is_plain) == (((3, 7),), False)
    assert self.stood_for == {"go": {("put", "release"): None}}


def test_actions_that_stood_for_another_are_likely() -> None:
    """Between the best images after ways of one edge or none, and then between others."""
    pairs = {True: [("one", "other", ())], False: [("one", "far", ("more",))]}
    self: Any = SimpleNamespace(
        stood_for={"go": {("put", "release"): None}, "stay": {("put",): None}},
        candidates=lambda _, steps, is_best: [(steps, is_best)], pairs=lambda _, is_best: pairs[is_best],
        ways=SimpleNamespace(by=lambda *given: [given]),
    )  # fmt: skip

    found: list[Any] = list(StandInSearch.likely(self, GO))
    assert found == [
        (1, True), (0, True), (("put", "release"), "one", "other", "task", ()),
        (1, False), (0, False), (("put", "release"), "one", "far", "task", ("more",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "ways", "end"),
    [
        ("n", [], 0), ("yn", ["a"], 1), ("yyn", ["a", "b"], 2), ("yy", ["a", None], "unmatched at (7, 8)"),
        ("yu", ["a"], "unmatched at ()"), ("u", [], "unmatched at ()"), ("yyyy", ["a", "b", "c"], "unmatched at ()"),
    ],
)  # fmt: skip # a table
@pytest.mark.parametrize("known", [0, 2])
def test_a_way_for_each_of_some_sizes(
    answers: str, ways: list[Any], end: Any, known: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until there are no sizes that no way does; of what the solver does not say, and of too many, nothing is."""
    excluded: list[Any] = []
    told = {"n": Answer.NO, "y": Answer.YES, "u": Answer.UNKNOWN}
    asked, found = iter(answers), iter(ways)

    class Point:
        """Finds sizes as it is told."""

        def __init__(self, *given: Any) -> None:
            assert given == (2, ["facts"], "limits")

        def __enter__(self) -> Any:
            return SimpleNamespace(exclude=excluded.append, ask=lambda: told[next(asked)], sizes=lambda: (7,))

        def __exit__(self, *_: object) -> None:
            return None

    def at(_asked: Any, sizes: Any) -> Any:
        assert sizes == (7, 8)
        name = next(found)
        return None if name is None else way("go", conditions=name)

    monkeypatch.setattr(stand_in_search, "Point", Point)
    monkeypatch.setattr(stand_in_search, "MOST_POINTS", 3)
    premise: Any = SimpleNamespace(facts=["facts"], rewritten=lambda each: f"not {each}", completed=lambda of: (*of, 8))
    self: Any = SimpleNamespace(limits="limits", at=at)
    first = [way("go", conditions=f"k{place}") for place in range(known)]
    before = [f"not k{place}" for place in range(known)]
    if isinstance(end, str):
        with pytest.raises(ModelError) as raised:
            StandInSearch.by_points(self, GO, premise, first)
        assert str(raised.value) == end
    else:
        assert len(StandInSearch.by_points(self, GO, premise, first)) == known + end
    assert excluded == [*before, *(f"not {each}" for each in ways if each)]
