"""A few consumers as they are: what depends on three of them is not proved of any number."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.system import Model
from spillproof.properties.catalogue import claims_about
from spillproof.properties.claims import Claim
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.check import check
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.network import few
from spillproof.properties.engines.network.any_number import AnyNumber, prove
from spillproof.properties.engines.network.few import MOST_SECONDS, FewAsTheyAre
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.engines.verdict import Proved, Report, Result, Unknown, Verdict, Violated
from tests.engines.threes import (
    Between,
    Claimed,
    Closing,
    Fourth,
    ManyWaiting,
    Nearest,
    Odd,
    SevenTimes,
    Squares,
    ThirdLargest,
    Together,
    Waiting,
    no_two_are_seven_times_the_third,
    the_third_is_small,
)


def proved(model: Model) -> AnyNumber:
    """Return what is proved of any number of a model's consumers."""
    return prove(model, claims_about(type(model))[0], UNLIMITED)


def test_a_few_are_proved_as_they_are() -> None:
    """What treats its batches one by one is proved of any number; of six, whatever the proviso says of more."""
    found = proved(Waiting())
    assert found.why == {}
    assert found.as_they_are == dict.fromkeys(range(1, 7))
    assert {"free_is_unreachable", "release_frees_what_it_says", "counters_never_negative"} <= found.claims


def test_a_rest_that_is_forgotten_with_all_others() -> None:
    """Where no consumer is left, the rest may have gone with them: a state is read so if not otherwise."""
    found = proved(Closing())
    assert found.why == {}
    assert found.as_they_are == dict.fromkeys(range(1, 7))


@pytest.mark.parametrize(
    ("model", "number"),
    [
        (SevenTimes(), 3), (ThirdLargest(), 3), (Odd(), 3), (Between(), 3), (Nearest(), 3), (Together(), 3),
        (Fourth(), 4),
    ],
    ids=lambda each: type(each).__name__,
)  # fmt: skip # a table
def test_what_depends_on_three(model: Model, number: int) -> None:
    """A step that two never take, at sizes that nobody meets by chance, is no step of one and the rest."""
    found = proved(model)
    assert found.claims == frozenset()
    (why,) = set(found.why.values())
    assert f"with {number} places as they are, there is a step that is none of one and the rest: written(" in why
    assert "used goes from" in why


def test_the_run_is_shown() -> None:
    """What three make false is unknown of any number, with the shortest run that does."""
    report = check(SevenTimes(), ["free_is_unreachable", "no_exception"], any_number=True, witnesses=False)
    false, open_ = (result.verdict.sentence() for result in report.results)

    assert "with places=3 it is false: begin(limit=8), " in false
    assert false.count("append(") == 3
    assert "written(Batch1)" in false
    assert "3 places as they are, there is a step" in open_
    assert report.exit_status() == 3


def test_what_no_engine_works_out() -> None:
    """What three ask and two do not, such as a product of sizes, was proved of any number, as two never came to it."""
    report = check(Squares(), ["free_is_unreachable"], any_number=True, witnesses=False)
    (verdict,) = (result.verdict for result in report.results)
    assert isinstance(verdict, Unknown)
    assert "with 3 places as they are, " in verdict.why
    assert "the product of two unknown sizes is not linear" in verdict.why


def test_claims_that_look_at_three() -> None:
    """What they say of sizes is false where three wait, and of no two."""
    claims: list[Claim | str] = [no_two_are_seven_times_the_third, the_third_is_small, "free_is_unreachable"]
    report = check(Claimed(), claims, any_number=True, witnesses=False)
    found = {result.claim.name: result.verdict for result in report.results}

    assert isinstance(found.pop("free_is_unreachable"), Proved)
    assert all("with places=3 it is false: begin(limit=" in verdict.sentence() for verdict in found.values())
    assert len(found) == 2


def few_of(model: Model, many: Any) -> FewAsTheyAre:
    """Return what extracts a model as it stands."""
    return FewAsTheyAre(many, model, Feasibility(), UNLIMITED)


def one_and_the_rest(many: Any) -> Any:
    """Return the automaton of one consumer and the rest."""
    return extract(many(), (), Feasibility(), any_preference=True)


def test_as_far_as_a_few_edges_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last number is known for all runs of so many steps; none of fewer edges is left out."""
    like = replace(one_and_the_rest(ManyWaiting), sliced=frozenset())
    whole = {number: each.steps for number, each in few_of(Waiting(), ManyWaiting).automata([], like)}
    assert whole == dict.fromkeys((1, 3, 4, 5, 6))
    edges = [len(each.edges) for _, each in few_of(Waiting(), ManyWaiting).automata([], like)]
    monkeypatch.setattr(few, "MOST_EDGES", edges[0] + edges[1] + 1)
    assert [number for number, _ in few_of(Waiting(), ManyWaiting).automata([], like)] == [1, 3, 4]
    monkeypatch.setattr(few, "MOST_EDGES", 20)
    short = {number: each.steps for number, each in few_of(Waiting(), ManyWaiting).automata([], like)}
    assert [*short] == [1, 3]
    assert short[1] is None
    assert short[3] is not None


def test_which_numbers_are_looked_at() -> None:
    """All but that which is proved already: where that is three, three are, as its steps are matched nowhere else."""
    like = replace(one_and_the_rest(ManyWaiting), sliced=frozenset())
    numbers = [
        [number for number, _ in few_of(Waiting(places=own), ManyWaiting).automata([], like)] for own in (1, 2, 3)
    ]
    assert numbers == [[2, 3, 4, 5, 6], [1, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]]


@pytest.mark.parametrize(("left", "seconds"), [(None, MOST_SECONDS), (8.0, 4.0)])
def test_runs_that_a_few_take(left: float | None, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each claim is asked of as many as make it doubtful, in half of the time that is left, or some seconds."""
    asked: list[Any] = []
    run = Run(Waiting(places=3), (9,), (Step("append", (1,)),))

    def portfolio(model: Model, claims: list[Claim], _: Any, limits: Limits) -> Any:
        asked.append((model.scope["places"], [each.name for each in claims], round(limits.left())))
        verdicts: list[Verdict] = [Violated(run, 0, 0) if each.name == "a" else Unknown("x") for each in claims]
        results = [Result(each, verdict, "", 0.0) for each, verdict in zip(claims, verdicts, strict=True)]
        return SimpleNamespace(run=lambda: Report(model, results))

    monkeypatch.setattr(few, "Portfolio", portfolio)
    a, b, c = (replace(the_third_is_small, name=name) for name in "abc")
    limits = Limits(None if left is None else time.monotonic() + left)
    found = FewAsTheyAre(ManyWaiting, Waiting(), Feasibility(), limits).shown_false({b: 4, a: 3, c: 3})

    assert found == {"a": "with places=3 it is false: begin(limit=9), append(1)"}
    assert asked == [(3, ["a", "c"], seconds), (4, ["b"], seconds)]
