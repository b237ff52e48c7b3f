"""Violations are found while the automaton is extracted, shortest, whether or not its shapes have an end."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.model.errors import ModelError
from spillproof.model.oracle import preferred
from spillproof.model.quantity import Bytes, Needed
from spillproof.model.system import Model, action, require
from spillproof.properties.claims import always
from spillproof.properties.engines import lookout
from spillproof.properties.engines.automaton import probe
from spillproof.properties.engines.automaton.extraction import Extraction
from spillproof.properties.engines.automaton.frontier import Frontier, extract
from spillproof.properties.engines.automaton.growth import EndlessError
from spillproof.properties.engines.automaton.probe import is_endless
from spillproof.properties.engines.automaton.shapes import Shape
from spillproof.properties.engines.check import check
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.smallest import MINIMAL
from spillproof.properties.engines.validation.validator import Validator
from spillproof.properties.engines.verdict import NATURAL, Holds, Never, Report, Unknown, Violated
from tests.engines import endless

SHORTEST = {
    "allocate, release": (endless.SegmentPool, "free_is_unreachable", 2),
    "allocate, release, allocate": (endless.SegmentPool, "acquired_can_be_allocated", 3),
    "allocate, share, drop": (endless.SharedBlock, "nobody_shares_what_is_freed", 3),
    "map, take, give back twice, take twice": (endless.FreeList, "a_page_has_one_owner", 6),
    "fill, wrap, close": (endless.Wrapped, "free_is_unreachable", 3),
    "write, write, delete": (endless.Numbered, "what_is_deleted_is_gone", 3),
    "write, write, write": (endless.Journaled, "the_account_is_what_is_there", 3),
    "small, large, free the small one, large": (endless.Bins, "what_is_out_is_used", 4),
}
"""Derived by hand: fewer steps cannot come to it, as each of these is needed."""

SOON = 5.0
"""CPU seconds in which the whole check ends. Most take one."""


QUICK = ("allocate, share, drop", "write, write, write")


@pytest.mark.parametrize(
    "run", [pytest.param(run, marks=[] if run in QUICK else [pytest.mark.thorough]) for run in SHORTEST]
)
def test_shapes_without_end(run: str) -> None:
    """The shortest run is certified in little time; what is unknown says how deep nothing was found."""
    model, name, steps = SHORTEST[run]
    started = time.process_time()
    report = check(model())
    verdict = report.of(name)

    assert isinstance(verdict, Violated)
    assert (len(verdict.run), verdict.minimal) == (steps, MINIMAL)
    assert all(each.verdict.depth >= steps for each in report.results if isinstance(each.verdict, Unknown))
    assert time.process_time() - started < SOON


def words(report: Report) -> dict[str, str]:
    """What is said of each claim; the run, where there is one."""
    return {
        each.claim.name: str(each.verdict) if isinstance(each.verdict, Violated) else each.verdict.word
        for each in report.results
    }


def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look after every layer, from the first one on."""
    monkeypatch.setattr(lookout, "FIRST", 1)
    monkeypatch.setattr(lookout, "AGAIN", 1)


@pytest.mark.parametrize(
    "name", [pytest.param("yardstick:shallow", marks=pytest.mark.thorough), "lesson:grant", "lesson:release"]
)
def test_an_early_look_says_what_a_late_one_says(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Where one looks after every layer, each claim has the same verdict, with the same run to the last size."""
    late = words(check(find(name).build()))
    eager(monkeypatch)

    assert words(check(find(name).build())) == late
    assert any("step" in each for each in late.values())


class Choosy(Model):
    """Of two shelves a heuristic takes the first; only from the second something falls. There are ever more labels."""

    held: Bytes

    def begin(self) -> None:
        self.held = 0
        self.labels = 0
        self.fallen = False

    @action
    def store(self, size: Bytes) -> None:
        self.held += size
        self.labels += 1
        shelf = preferred((1, 2), lambda: (1,))
        self.fallen = shelf == 2 or self.labels == 4


@always
def nothing_falls(now: Choosy) -> bool:
    """Nothing falls."""
    return not now.fallen


def test_a_run_that_a_heuristic_excludes(monkeypatch: pytest.MonkeyPatch) -> None:
    """With either shelf one step would do; the model takes four, and that is what is found, though shapes go on."""
    report = check(Choosy(), [nothing_falls])
    verdict = report.of(nothing_falls)
    assert isinstance(verdict, Violated)
    assert (len(verdict.run), verdict.minimal) == (4, MINIMAL)

    monkeypatch.setattr(lookout.Lookout, "search", lambda _self, _frontier, claims: [])
    with pytest.raises(ModelError, match="ever new values"):
        check(Choosy(), [nothing_falls])


def test_no_layer_is_extracted_beyond_the_last_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `max_steps`, shapes that only longer runs leave are not looked at; what holds so far is said to hold."""
    expanded: list[int] = []
    honest = Extraction.expand

    def expand(self: Extraction, shape: Shape) -> None:
        expanded.append(self.steps)
        honest(self, shape)

    monkeypatch.setattr(Extraction, "expand", expand)
    monkeypatch.setattr(lookout, "FIRST", 1)
    report = check(endless.Wrapped(), max_steps=2)

    assert max(expanded) == 1
    assert report.of("free_is_unreachable") == Holds("all sizes, runs of at most 2 steps")
    longer = check(endless.Wrapped(), max_steps=3).of("free_is_unreachable")
    assert isinstance(longer, Violated)
    assert longer.minimal == MINIMAL


def test_a_witness_that_needs_more_steps() -> None:
    """It is not said never to happen while there are shapes that were not looked at, but how deep it was not seen."""
    report = check(endless.SegmentPool())
    verdict = report.of("something_becomes_unreachable")

    assert isinstance(verdict, Unknown)
    assert verdict.depth >= 3
    assert not any(isinstance(each.verdict, Never) for each in report.results)


@pytest.mark.parametrize("name", ["yardstick:shallow", "spark@2.3.4", "velox:leaf"])
def test_what_has_an_end_is_not_taken_for_endless(name: str) -> None:
    """A model that its scope bounds has nothing new to offer after a while."""
    extraction = Frontier(find(name).build(), (), Feasibility(), any_preference=True, needed=frozenset()).extraction

    assert not is_endless(extraction)


@pytest.mark.parametrize("model", list(dict.fromkeys(model for model, _, _ in SHORTEST.values())))
def test_what_has_no_end_is_seen(model: type[Model]) -> None:
    """Each of the models above goes on and on."""
    extraction = Frontier(model(), (), Feasibility(), needed=frozenset()).extraction

    assert is_endless(extraction) == (model is not endless.Bins)


def test_what_grows_slowly_is_seen_when_more_is_known() -> None:
    """What something new comes up in now and then is taken for endless after some thousand edges, and not at once."""
    frontier = Frontier(endless.Bins(), (), Feasibility(), needed=frozenset())
    frontier.advance(edges=1_500)

    assert is_endless(frontier.extraction)


def test_whole_layers_are_an_automaton_of_so_many_steps() -> None:
    """Of a chain of three shapes two layers are two shapes and the steps into them; the last one has no step yet."""

    class Chain(Model):
        def begin(self) -> None:
            self.place = 0

        @action
        def move(self) -> None:
            require(self.place < 2)
            self.place += 1

    frontier = Frontier(Chain(), (), Feasibility())
    frontier.advance(steps=1)
    known = frontier.automaton()
    whole = extract(Chain(), (), Feasibility())

    assert (len(known.shapes), len(known.edges), known.steps, known.frontier) == (2, 2, 1, frozenset({1}))
    assert (len(whole.shapes), len(whole.edges), whole.steps, whole.frontier) == (3, 3, None, frozenset())
    assert Validator(known).go_on()


def test_an_unbounded_model_without_a_violation_is_refused() -> None:
    """It is said which field goes on and on, as nothing else can be said."""

    class Ticking(Model):
        def begin(self) -> None:
            self.ticks = 0

        @action
        def tick(self) -> None:
            self.ticks += 1

    with pytest.raises(ModelError, match=r"Ticking\.ticks takes ever new values"):
        check(Ticking(), ["no_exception"])


@pytest.mark.parametrize(
    ("model", "claim", "steps", "seconds"),
    [
        (endless.SharedBlock, "nobody_shares_what_is_freed", 3, 30.0),
        (endless.Wrapped, "free_is_unreachable", 3, 1.0),
    ],
)
def test_explored_alone_they_show_it_too(model: type[Model], claim: str, steps: int, seconds: float) -> None:
    """Where the shapes were not all found, states are walked through one by one, and what is met is told."""
    report = check(model(), engine="explore", time_limit=seconds)
    verdicts = {result.claim.name: result.verdict for result in report.results}

    found = verdicts[claim]
    assert isinstance(found, Violated)
    assert (len(found.run), found.within) == (steps, "sizes up to 2")
    assert isinstance(verdicts["no_exception"], Unknown)


class Overdrawn(Model):
    """Gives back more than it has, and writes down what it does, without end."""

    used: Bytes

    def begin(self, *, checks: bool) -> None:
        self.used = 0
        self.log: list[str] = []
        self.checks = checks

    @action
    def take(self, size: Bytes) -> None:
        self.used += size
        self.log.append("take")

    @action
    def give(self, size: Bytes) -> None:
        require(not self.checks or size <= self.used)
        self.used -= size
        self.log.append("give")


@always
def it_is_not_overdrawn(now: Overdrawn) -> bool:
    """Nothing is less than nothing."""
    return now.used >= 0


@pytest.mark.parametrize("checks", [False, True])
def test_what_holds_within_steps_says_that_a_counter_below_0_ends_a_run(*, checks: bool) -> None:
    """Within three steps it is false below 0 and nowhere else; where nothing is below 0, nothing is said of that."""
    verdict = check(Overdrawn(checks=checks), [it_is_not_overdrawn], max_steps=3).of(it_is_not_overdrawn)

    assert isinstance(verdict, Holds)
    assert (NATURAL in verdict.bounds) is not checks


@pytest.mark.parametrize(
    ("ends", "endless", "tried"),
    [
        ([EndlessError("more")], True, ["ab"]),
        ([ModelError("why")], False, ["ab"]),
        ([True], True, ["ab"]),
        ([Needed(frozenset({(Model, "b")})), False], False, ["ab", "a"]),
    ],
)
def test_how_a_probe_ends(ends: list[Any], tried: list[str], monkeypatch: pytest.MonkeyPatch, *, endless: bool) -> None:
    """What is refused as endless is; what is refused otherwise says nothing; what turns out to be needed is kept."""
    asked: list[str] = []

    def goes_on(sliced: frozenset[Any], _: int) -> Any:
        asked.append("".join(sorted(name for _, name in sliced)))
        answer = ends[len(asked) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(probe, "Extraction", lambda _model, _claims, sliced, *_, **__: sliced)
    monkeypatch.setattr(probe, "_goes_on", goes_on)
    known: Any = SimpleNamespace(model=None, automaton=SimpleNamespace(edges=[]), feasible=None)
    known.any_preference, known.sliced = False, frozenset({(Model, "a"), (Model, "b")})

    assert probe.is_endless(known) is endless
    assert asked == tried
