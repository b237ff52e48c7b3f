"""How far a search may speak of an automaton that is known in part, and which lists might be bags."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines import bounded
from spillproof.properties.engines.automaton.symmetry import _is_alike, _lists
from spillproof.properties.engines.evidence import gather
from spillproof.properties.engines.evidence.gather import _meaning, _readings
from spillproof.properties.engines.evidence.recorder import CALLED, STATE, Key
from spillproof.properties.engines.last_resort import LAST_RESORT, _some_runs
from spillproof.properties.engines.limits import Limits
from spillproof.properties.engines.proof import houdini
from spillproof.properties.engines.run import Run


@pytest.mark.parametrize(
    ("known", "wanted", "searched"),
    [
        (None, None, bounded.DEEPEST),
        (999, 998, bounded.DEEPEST),
        (None, 5, 5),
        (3, None, 3),
        (3, 5, 3),
        (5, 3, 3),
        (0, None, 0),
    ],
)
def test_no_longer_runs_are_searched_than_are_known(
    known: int | None, wanted: int | None, searched: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not there yet is not ruled out: of longer runs not each is known."""
    told: list[Any] = []

    class Search:
        """Keeps how far it may go."""

        depth = -1

        def __init__(self, *given: Any, first: bool) -> None:
            told.append((given[4], first))

        def run(self) -> int:
            return self.depth

    monkeypatch.setattr(bounded, "_Search", Search)
    automaton: Any = SimpleNamespace(steps=known)
    nothing: Any = None
    found: Any = bounded.shortest(automaton, [], nothing, nothing, Limits(max_steps=wanted), first=True, ruled_out=2)

    assert [(limits.max_steps, first) for limits, first in told] == [(searched, True)]
    assert found == 2


class Page(HeapObject):
    """Anything."""


class Other(Page):
    """Of another class."""


ONE, TWO = Page(), Page()


@pytest.mark.parametrize(
    ("members", "alike"),
    [
        ([ONE, TWO], True), ([ONE], False), ([], False), ([ONE, ONE], False), ([ONE, TWO, ONE], False),
        ([ONE, Other()], False), ([1, 2], False),
    ],
)  # fmt: skip # a table
def test_a_list_that_might_be_a_bag(members: list[object], *, alike: bool) -> None:
    """It holds several objects of one class, each once."""
    assert _is_alike(members) is alike
    holder = SimpleNamespace(pages=members, pair=tuple(members), size=5)
    shape: Any = SimpleNamespace(objects=[holder])
    assert _lists([shape]) == ({(SimpleNamespace, "pages")} if alike else set())


class Said:
    """Says of some of its methods what they return."""

    def told(self) -> int:
        """Returns the bytes in use. More is said below.

        Much more.
        """
        return 0

    def short(self) -> int:
        """Return what is left; 0 at the end."""
        return 0

    def silent(self) -> int:
        return 0


@pytest.mark.parametrize(
    ("chain", "meaning"),
    [
        ((".told", CALLED), "the bytes in use"), ((".short", CALLED), "what is left"), ((".silent", CALLED), ""),
        ((".none", CALLED), ""), ((".told",), ""), ((".told", CALLED, ".x"), ""),
    ],
)  # fmt: skip # a table
def test_what_a_method_is_said_to_return(chain: tuple[str | int, ...], meaning: str) -> None:
    """The first sentence of its docstring, where it has one."""
    claim: Any = SimpleNamespace(about=Said)

    assert _meaning(Key(STATE, chain), claim) == meaning
    assert _meaning(Key(STATE + 1, chain), claim) == ""


@pytest.mark.parametrize(
    ("source", "given", "contradicted", "feasible", "is_true"),
    [
        (0, 0, True, True, True), (0, 0, False, False, True), (0, 0, False, True, False),
        (0, 2, False, True, True),  # it follows from what is known
        (-1, 2, False, True, False), (-1, 0, True, False, True),  # where only a solver is asked
    ],
)  # fmt: skip # a table
def test_a_guess_that_is_true_after_an_edge(  # noqa: PLR0917 - a table
    source: int, given: int, contradicted: bool, feasible: bool, is_true: bool,  # noqa: FBT001 - a table
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Where its opposite contradicts what is known there, plainly or as a solver says."""
    monkeypatch.setattr(houdini, "contradicts", lambda *_: contradicted)
    guessing: Any = object.__new__(houdini._Houdini)
    vars(guessing).update(
        limits=Limits(), feasible=lambda _facts: feasible, invariant=SimpleNamespace(about=lambda *_: ())
    )
    asked = Condition(Linear({0: 1}, -1), Is.AT_LEAST_ZERO)
    known = [Condition(Linear({0: 1}, -given), Is.AT_LEAST_ZERO)]
    assert guessing.is_true(SimpleNamespace(source=source), known, asked) is is_true


def test_how_long_the_last_resort_took(monkeypatch: pytest.MonkeyPatch) -> None:
    """Since it began."""
    claim = Claim("a", Mode.ALWAYS, lambda _now: True)
    run = Run(find("lesson:pool").build(), (1,), ())
    monkeypatch.setattr("spillproof.properties.engines.small.small_runs", lambda *_: {"a": run})
    found = _some_runs(run.model, [claim], Limits(), 0)

    assert (found["a"][:2], 0 <= found["a"][2] < 60) == ((run, "explore"), True)


@pytest.mark.parametrize(("left", "small", "random"), [(1000.0, LAST_RESORT / 3, LAST_RESORT), (3.0, 1.0, 3.0)])
def test_what_the_last_resort_tries(left: float, small: float, random: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small sizes for a third of its time, which show no witness; then random runs for what was not found."""
    claims = [Claim("a", Mode.ALWAYS, bool), Claim("b", Mode.SOMETIMES, bool), Claim("c", Mode.ALWAYS, bool)]
    run = Run(find("lesson:pool").build(), (1,), ())
    tried: list[Any] = []
    said: list[str] = []

    def small_runs(_model: Any, asked: Any, limits: Limits) -> dict[str, Run]:
        tried.append(([each.name for each in asked], limits.left()))
        return {"a": run}

    def simulate(_model: Any, asked: Any, *, seed: int, deadline: float) -> Any:
        tried.append(([each.name for each in asked], deadline))
        return SimpleNamespace(found={"b": run, "c": None}, seconds=7.0 + seed)

    monkeypatch.setattr("spillproof.properties.engines.small.small_runs", small_runs)
    monkeypatch.setattr("spillproof.properties.engines.small.trimmed", lambda run, _: run)
    monkeypatch.setattr("spillproof.properties.engines.simulate.simulate", simulate)
    found = _some_runs(run.model, claims, Limits(time.monotonic() + left, progress=said.append), 2)

    assert [names for names, _ in tried] == [["a", "c"], ["b", "c"]]
    assert [seconds for _, seconds in tried] == pytest.approx([small, random], abs=0.2)
    assert found.keys() == {"a", "b"}
    assert found["b"] == (run, "simulate", 9.0)
    assert said == ["too many shapes: small sizes", "too many shapes: random runs"]


def test_what_is_read_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the model reads is left out where it is called as it is reached: it says nothing."""
    monkeypatch.setattr(gather, "_names", lambda _moment, _spoken: {})
    monkeypatch.setattr(gather, "_named", lambda key, *_: key)
    monkeypatch.setattr(gather, "_meaning", lambda key, _claim: f"what {key} is")
    monkeypatch.setattr(gather, "_values", lambda key, *_: ["1", key.upper()])
    nothing: Any = None
    keys: Any = [("a", True), ("B", True), ("B", False), ("c", False)]

    assert [(each.words, each.meaning, each.values, each.inner) for each in _readings(keys, [], {}, nothing)] == [
        ("a", "what a is", ("1", "A"), True), ("B", "what B is", ("1", "B"), False),
        ("c", "what c is", ("1", "C"), False),
    ]  # fmt: skip
