"""What each part of an explanation is computed from: the leak of `leaky.py`, whose numbers can be told by hand.

E1 is filled with 3 MB and read; E2 needs 2 MB of 4, and E1 is spilled: its 3 MB are released, and its reader has them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from spillproof.counterexamples.explain import contrast as contrasting
from spillproof.counterexamples.explain import explain as explaining
from spillproof.counterexamples.explain import source
from spillproof.counterexamples.explain.costs import GIVEN, OWN, ROOT, Costs, _references
from spillproof.counterexamples.explain.counterfactual import Judge, cut
from spillproof.counterexamples.explain.cuts import Keeping
from spillproof.counterexamples.explain.explain import explain, guilty_step
from spillproof.counterexamples.explain.explanation import Dominated, Edge, Explanation, Share
from spillproof.counterexamples.explain.explanation_text import _obstacles
from spillproof.counterexamples.explain.needed import holds
from spillproof.counterexamples.explain.stored import _has, _step, where_stored
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.trace import Trace, trace
from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject
from spillproof.model.oracle import announce
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import Accounting, free_is_unreachable, release_frees_what_it_says
from spillproof.properties.claims import Mode, sometimes
from spillproof.properties.engines.limits import UNLIMITED
from spillproof.properties.engines.recovery.obstacles import Obstacle
from spillproof.properties.engines.recovery.recovered import recovered
from spillproof.properties.engines.run import Run, Step, replay
from spillproof.properties.engines.verdict import Violated
from spillproof.properties.loader import class_in_file
from tests.engines import keepers

LEAKY = Path(__file__).parents[1] / "leaky.py"
Leaky, Repaired = (class_in_file(f"{LEAKY}:{name}") for name in ("Leaky", "Repaired"))
MB = 1 << 20


@pytest.fixture(scope="session")
def whole(shown: Explanation) -> Explanation:
    """The explanation with the model at hand, and beside its repair."""
    assert shown.contrast is not None
    return explain(shown.trace, Leaky(), ("repaired", Repaired()))


def upstream(taken: Trace) -> Edge:
    """The reader's reference to the table that was released."""
    numbers = {each.name: each.number for each in taken.states[3].heap}
    (reader,) = [each for each in taken.states[3].heap if each.kind == "Reader"]
    ((field, table),) = [pair for pair in reader.references if pair[0] == "upstream"]
    return Edge(reader.number, field, numbers[table], "Reader.upstream")


def test_the_promise(whole: Explanation) -> None:
    """In step 3 E1 released 3 MB, which still hang on it and nobody claims; E2, which claims its own, owes nothing."""
    assert whole.guilty is not None
    assert (whole.guilty.step, whole.guilty.spelled) == (3, f"insert(E2, {2 * MB})")
    assert [(each.step, each.consumer, each.size, each.still_held) for each in whole.guilty.promises] == [
        (3, "E1", 3 * MB, 3 * MB),
    ]  # fmt: skip


def test_the_ledger(whole: Explanation) -> None:
    """Step by step: accounted, free, reachable, free in truth, and the gap; of 4 MB 5 are reachable in the end."""
    numbers = [
        tuple(None if size is None else size // MB for size in
              (each.accounted, each.free, each.reachable, each.unreachable, each.gap))
        for each in whole.ledger
    ]  # fmt: skip

    assert numbers == [(0, 4, 0, 4, 0), (3, 1, 3, 1, 0), (3, 1, 3, 1, 0), (2, 2, 5, -1, 3)]
    assert [each.step for each in whole.ledger] == [0, 1, 2, 3]
    assert [each.shares for each in whole.ledger] == [
        (),
        (Share("E1", 3 * MB, 3 * MB),),
        (Share("E1", 3 * MB, 3 * MB),),
        (Share("E1", 0, 3 * MB), Share("E2", 2 * MB, 2 * MB)),
    ]


class Page(HeapObject):
    """Some bytes."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class Owner(HeapObject):
    """Claims a page."""

    page: Page
    short_name: ClassVar[str] = "C"


class Books(Model):
    """Owners claim what they keep; one can be dropped, and one can give up its claim alone."""

    first: Owner | None
    second: Owner | None
    used: Bytes

    def begin(self) -> None:
        self.first, self.second, self.used = None, None, 0

    @action
    def keep(self, size: Bytes) -> None:
        """The next owner."""
        owner = Owner(Page(size))
        if self.first is None:
            self.first = owner
        else:
            self.second = owner
        announce("acquire", consumer=owner, size=size)
        self.used += size

    @action
    def drop(self) -> None:
        """The first owner goes, with what it has, and says nothing."""
        assert self.first is not None
        self.used -= self.first.page.size
        self.first = None

    @action
    def release(self, owner: Owner) -> None:
        """An owner gives up its claim, and keeps its page."""
        announce("release", consumer=owner, size=owner.page.size)
        self.used -= owner.page.size

    def accounted(self) -> Bytes:
        """Return what is accounted."""
        return self.used


def test_a_consumer_that_is_gone_owes_nothing() -> None:
    """The first owner went with its 3 bytes before the second released 5 that it keeps: the promise is the second's."""
    steps = (Step("keep", (3,)), Step("keep", (5,)), Step("drop", ()), Step("release", (1,)))
    taken = trace(Run(Books(), (), steps), "books", ("free_is_unreachable",), guilty=4)
    explained = explain(taken)

    assert explained.guilty is not None
    assert [(each.step, each.consumer, each.size, each.still_held) for each in explained.guilty.promises] == [
        (4, "C2", 5, 5),
    ]  # fmt: skip
    assert [each.counted_free for each in explained.tree[0].children] == [True]


def told(nodes: tuple[Dominated, ...], depth: int = 0) -> list[tuple[int, str, int, int, int, bool]]:
    """A tree as rows: depth, words, shallow and retained in MB, percent, whether counted free."""
    return [
        row
        for node in nodes
        for row in (
            (depth, node.words, node.shallow // MB, node.retained // MB, round(node.percent), node.counted_free),
            *told(node.children, depth + 1),
        )
    ]


def test_the_dominator_tree(whole: Explanation) -> None:
    """The larger half first; an object that the run names is named beside its class, another by its class alone."""
    assert told(whole.tree) == [
        (0, "Manager", 0, 5, 100, False),
        (1, "Collection E1", 0, 3, 60, False),
        (2, "Reader", 0, 3, 60, False),
        (3, "Table", 3, 3, 60, True),
        (1, "Collection E2", 0, 2, 40, False),
        (2, "Table", 2, 2, 40, False),
    ]


def test_why_each_step_is_needed(whole: Explanation) -> None:
    """Nothing to read without step 1, no victim and so no room without step 2; the claim holds without any of them."""
    assert [(each.step, each.skipped, each.holds) for each in whole.needed] == [
        (1, (2,), True), (2, (3,), True), (3, (), True),
    ]  # fmt: skip
    assert all(each.why for each in whole.needed[:2])
    assert whole.needed[2].why == ""


def test_a_long_run_is_not_taken_again_for_each_step(lasting: Callable[[int], Trace]) -> None:
    """Of 30 states each step is left out once, of 31 none is."""
    assert len(explain(lasting(29), Leaky()).needed) == 29
    assert explain(lasting(30), Leaky()).needed == ()


@sometimes(beside=free_is_unreachable)
def more_than_two_megabytes(now: Accounting) -> bool:
    """More than 2 MB are accounted."""
    return now.accounted() > 2 * MB


def test_a_claim_holds_in_a_run(whole: Explanation) -> None:
    """An `always` claim holds where it is never false, a `sometimes` claim where the run shows it."""
    moments = replay(whole.trace.run(Leaky()))

    assert (holds(free_is_unreachable, moments), holds(free_is_unreachable, moments[:3])) == (False, True)
    assert (holds(more_than_two_megabytes, moments), holds(more_than_two_megabytes, moments[:1])) == (True, False)


def test_the_contrast(whole: Explanation) -> None:
    """The repaired model cuts the reader's reference in step 3, where the two part; the run there violates nothing."""
    contrast = whole.contrast
    assert contrast is not None
    assert contrast.holds
    assert (contrast.stopped, contrast.unobserved) == ("", ())
    assert contrast.first is not None
    assert contrast.first.step == 3
    assert contrast.cuts == (upstream(whole.trace),)
    assert (contrast.trace.violation, contrast.trace.guilty) == (False, None)


class Closed(Model):
    """Has what the leak's beginning has, and refuses its first step."""

    def begin(self, capacity: Bytes) -> None:
        self.pool = capacity

    @action
    def insert(self, size: Bytes) -> None:
        """Refuse."""
        require(size < 0)

    def accounted(self) -> Bytes:
        """Return that nothing is in use."""
        return 0


class Kept(Model):
    """A page is released, and the model itself still refers to it."""

    page: Page | None
    used: Bytes
    drops: ClassVar[bool] = False

    def begin(self) -> None:
        self.page, self.used = None, 0

    @action
    def load(self, size: Bytes) -> None:
        """Load a page."""
        self.page, self.used = Page(size), size

    @action
    def evict(self) -> None:
        """Release it."""
        self.used = 0
        if self.drops:
            self.page = None

    def accounted(self) -> Bytes:
        """Return what is accounted."""
        return self.used


class Dropped(Kept):
    """Drops the page as well."""

    drops: ClassVar[bool] = True


def test_a_root_that_the_other_model_has_cut() -> None:
    """The reference may be one of the model's own: it is said to be cut there, and only where it is."""
    taken = trace(Run(Kept(), (), (Step("load", (3,)), Step("evict", ()))), "kept", ("free_is_unreachable",), guilty=2)
    there, same = (explain(taken, Kept(), ("other", each)).contrast for each in (Dropped(), Kept()))

    assert there is not None
    assert same is not None
    assert [edge.words for edge in there.cuts] == ["Kept.page"]
    assert (same.cuts, same.holds, same.first) == ((), False, None)


def test_a_contrast_that_ends_before_the_guilty_step(shown: Explanation) -> None:
    """Where the run stops earlier there, nothing is said to be cut, and why it stopped is said."""
    contrast = explain(shown.trace, Leaky(), ("closed", Closed())).contrast

    assert contrast is not None
    assert len(contrast.trace.states) == 1
    assert contrast.cuts == ()
    assert contrast.stopped


def test_nobody_said_which_step_is_guilty(shown: Explanation) -> None:
    """Without a guilty step there is no path, cut or tree, and the ledger is there."""
    bare = explain(replace(shown.trace, guilty=None), Leaky())

    assert (bare.guilty, bare.paths, bare.more_paths, bare.cut, bare.tree, bare.counted_free) == (
        None, (), False, None, (), (),
    )  # fmt: skip
    assert len(bare.ledger) == 4


@pytest.mark.parametrize("step", [-1, 4])
def test_a_guilty_step_that_there_is_not(shown: Explanation, step: int) -> None:
    """A trace of 3 steps has states 0 to 3."""
    with pytest.raises(ModelError, match=f"step {step} is guilty, and has 3 steps"):
        guilty_step(replace(shown.trace, guilty=step))
    assert [guilty_step(replace(shown.trace, guilty=each)) for each in (0, 3)] == [0, 3]


def test_the_claim_without_a_reference(shown: Explanation) -> None:
    """The claim is false of the last state, and true of it without the reader's reference, when 3 MB are garbage."""
    judge, last, edge = Judge(free_is_unreachable, None), shown.trace.states[3], upstream(shown.trace)

    assert (judge.holds(last), judge.holds(last, without=(edge,))) == (False, True)
    assert (judge.reachable(last), judge.reachable(last, without=(edge,))) == (5 * MB, 2 * MB)
    assert judge.holds(last, without=(replace(edge, holder=edge.target),)) is False


def test_a_claim_about_a_step_needs_the_state_before(shown: Explanation) -> None:
    """The last step widens the gap, and would not without the reference; of a beginning such a claim is true."""
    before, last, edge = shown.trace.states[2], shown.trace.states[3], upstream(shown.trace)

    assert not Judge(release_frees_what_it_says, before).holds(last)
    assert Judge(release_frees_what_it_says, before).holds(last, without=(edge,))
    assert Judge(release_frees_what_it_says, last).holds(last)
    assert Judge(release_frees_what_it_says, None).holds(last)


def test_a_root_can_be_cut(shown: Explanation) -> None:
    """A root is a reference as well: without it nothing is reachable; the others stay where they are."""
    last = shown.trace.states[3]
    ((name, target),) = last.roots
    number = next(each.number for each in last.heap if each.name == target)
    bare = cut(last, (Edge(-1, name, number, "Leaky.task_memory_manager"),))

    assert bare.roots == ()
    assert [each.references for each in bare.heap] == [each.references for each in last.heap]
    assert cut(last, (Edge(-1, "other", number, ""),)) == last


def test_what_is_cut_for_a_claim_about_a_step(shown: Explanation) -> None:
    """The step widens the gap by the reader's reference: without it, it would not, so that it alone is cut."""
    found = explain(replace(shown.trace, claims=(release_frees_what_it_says.name,)), Leaky())

    assert found.cut is not None
    assert found.cut.edges == (upstream(shown.trace),)


def test_what_a_reference_costs(shown: Explanation) -> None:
    """One that was there at the beginning is dearest, unless nothing else was; then come an owner's and a root's.

    What is counted free has its owner's reference, by which the collection holds its own bytes, and the reader's.
    """
    last, free = len(shown.trace.states) - 1, shown.counted_free
    (table,) = free
    numbers = {each.name: each.number for each in shown.trace.states[last].heap}
    ((name, manager),) = shown.trace.states[last].roots
    root = Edge(-1, name, numbers[manager], "")
    costs, first = Costs(shown.trace, last, free), Costs(shown.trace, 0, ())

    assert (costs(root), first(root)) == (GIVEN, ROOT)
    assert costs(replace(root, field="another")) == ROOT
    assert OWN > costs(upstream(shown.trace)) > 0
    assert upstream(shown.trace).target == table


def test_what_is_there_from_the_beginning(shown: Explanation) -> None:
    """The model's own reference to its manager is."""
    state = shown.trace.states[3]
    ((name, target),) = state.roots
    number = next(each.number for each in state.heap if each.name == target)

    assert _step(Edge(-1, name, number, ""), shown.trace) == "the beginning"


def test_since_when_a_reference_is_there() -> None:
    """Without a gap: one that was another's meanwhile is there since it came back, and each root by itself."""
    steps = (Step("keep", (3,)), Step("keep", (5,)), Step("drop", ()), Step("keep", (7,)))
    taken = trace(Run(Books(), (), steps), "books", ("free_is_unreachable",), guilty=4)
    state = taken.states[4]
    numbers = {each.name: each.number for each in state.heap}
    roots = {name: Edge(-1, name, numbers[target], "") for name, target in state.roots}
    pages = [Edge(each.number, name, numbers[target], "") for each in state.heap for name, target in each.references]

    assert {name: _step(edge, taken) for name, edge in roots.items()} == {"first": "step 4", "second": "step 2"}
    assert sorted(_step(edge, taken) for edge in pages if edge.field == "page") == ["step 2", "step 4"]
    assert [_has(state, edge) for edge in (roots["first"], replace(roots["first"], target=roots["second"].target))] == [
        True, False,
    ]  # fmt: skip
    assert not _has(state, replace(roots["first"], field="second"))
    assert not _has(state, replace(roots["first"], holder=99))
    assert _step(roots["second"], replace(taken, guilty=None)) == "step 1"
    assert where_stored(taken, Books(), [roots["second"]])[0].startswith("step 2, ")


def test_what_is_in_the_way_of_a_run_back() -> None:
    """Of a claim that must always be recoverable, the guards that refuse steps where the run is trapped."""
    claim = keepers.the_pool_can_be_emptied
    verdict = recovered(keepers.PinnedTwice(), [claim], UNLIMITED).results[0].verdict
    assert isinstance(verdict, Violated)
    taken = trace(verdict.run, "keepers", (claim.name,), guilty=len(verdict.run))
    found = explain(taken, keepers.PinnedTwice())

    assert "unpin" in {each.step.partition("(")[0] for each in found.obstacles if each.is_in_the_way}
    assert found.cut is None
    assert explain(replace(taken, claims=("free_is_unreachable",)), keepers.PinnedTwice()).obstacles == ()


def test_the_models_own_references_are_its_roots(shown: Explanation) -> None:
    """They are held by nobody in the heap: each is there once, as a root, and every other is an object's."""
    last = shown.trace.states[3]
    edges = Keeping(last, shown.counted_free, frozenset(), Costs(shown.trace, 3, shown.counted_free)).edges()
    inner = sum(len(each.references) for each in last.heap if each.number > 0)

    assert len([each for each in edges if each.holder == -1]) == len(last.roots)
    assert len(edges) == len(last.roots) + inner
    assert len(_references(last)) == len({*_references(last)}) == len(edges)


# What is told of a trap, and the evidence


def obstacle(step: str, steps: int | None) -> Obstacle:
    """A guard that refuses a step."""
    return Obstacle(step, "require(free)", "a.py:3", steps)


def obstacles_told(*found: Obstacle) -> list[str]:
    """Each line of what is told of them."""
    told: list[Any] = list(_obstacles(found))
    return [str(getattr(each, "renderable", each)) for each in told]


def test_guards_that_are_in_the_way() -> None:
    """Those are told alone, and how far the way back is without each; or all, where none alone is."""
    assert obstacles_told(obstacle("take", 2), obstacle("put", None), obstacle("end", 0)) == [
        "Each of these guards alone is in the way of a run back:",
        "take is refused by require(free) (a.py:3), 2 more steps lead back",
        "end is refused by require(free) (a.py:3), and is back",
    ]
    assert obstacles_told(obstacle("put", None)) == [
        "No guard alone is in the way of a run back. Refused are:",
        "put is refused by require(free) (a.py:3)",
    ]


@pytest.mark.parametrize(
    ("carried", "model", "claim", "found"),
    [
        ("carried", True, True, "carried"),
        (None, False, True, None),
        (None, True, False, None),
        (None, True, True, "new"),
    ],
)
def test_which_evidence_is_shown(
    carried: Any, found: Any, monkeypatch: pytest.MonkeyPatch, *, model: bool, claim: bool
) -> None:
    """What the trace carries; else what the model can still show of the claim."""
    monkeypatch.setattr(explaining, "evidence_of", lambda *_: "new")
    made: Any = SimpleNamespace(evidence=carried, guilty=1, run=lambda _: SimpleNamespace(moments=()))
    given: list[Any] = ["there" if each else None for each in (model, claim)]

    assert explaining._evidence(made, *given) == found


@pytest.mark.parametrize(
    ("mode", "at", "found"),
    [(Mode.RECOVERABLE, 1, ("b",)), (Mode.RECOVERABLE, 2, ()), (Mode.ALWAYS, 0, ()), (Mode.RECOVERABLE, 0, ("a",))],
)
def test_obstacles_where_the_run_is_trapped(
    mode: Mode, at: int, found: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the moment that is said, if there is one; for claims about ways back alone."""
    monkeypatch.setattr(explaining, "retake", lambda *_: SimpleNamespace(moments=["a", "b"]))
    monkeypatch.setattr(explaining, "obstacles", lambda _, moment: [moment])
    nothing: Any = None
    claim: Any = SimpleNamespace(mode=mode)

    told: tuple[Any, ...] = explaining._obstacles(nothing, nothing, claim, at)
    assert told == found


@pytest.mark.parametrize(("first", "unobserved"), [(None, ("differs",)), ("step 1", ())])
def test_the_ends_of_two_runs_are_compared(first: Any, unobserved: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing that is observed differs before."""
    compared: list[Any] = []

    def differences(*states: Any) -> list[str]:
        compared.append(states)
        return ["differs"]

    there = SimpleNamespace(states=["c", "d"])
    for name, answer in (("trace", there), ("false_at", None), ("first_difference", first), ("holds", True)):
        monkeypatch.setattr(contrasting, name, lambda *_, answer=answer, **__: answer)
    monkeypatch.setattr(contrasting, "retake", lambda *_: SimpleNamespace(run=None, moments=[], stopped=""))
    monkeypatch.setattr(contrasting, "heap_differences", differences)
    here: Any = SimpleNamespace(states=["a", "b"], claims=(), guilty=None)
    nothing: Any = None

    assert contrasting.contrast(here, "name", nothing, nothing).unobserved == unobserved
    assert compared == [("b", "d")] * (first is None)


def test_a_trace_or_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trace is explained as it is, and a file is read before."""
    monkeypatch.setattr(source, "explained", lambda *given: given)
    monkeypatch.setattr(itf, "read", lambda path: f"read {path}")
    made = Trace.__new__(Trace)

    found: list[Any] = [source.explain(made, on="a", against="b"), source.explain("file", on="a")]
    assert found[0][0] is made
    assert found[0][1:] == ("a", "b")
    assert found[1] == ("read file", "a", "")
