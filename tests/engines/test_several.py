"""Several alike consumers: what is proved of any number is proved of them, and what counts them is not believed."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.model.errors import ModelError
from spillproof.model.system import Model
from spillproof.properties.claims import Claim
from spillproof.properties.engines.check import check
from spillproof.properties.engines.network.taken_by_more import taken_by_more
from spillproof.properties.engines.portfolio import Portfolio
from spillproof.properties.engines.run import Run, false_at, replay
from spillproof.properties.engines.verdict import Proved, Report, Violated
from tests.engines.stores import (
    Claimed,
    Counting,
    CountingLate,
    RaisesAtThree,
    Stores,
    at_most_two,
    at_most_two_hold_something,
)
from tests.engines.threes import Fourth


def words(report: Report) -> dict[str, object]:
    """Return what is said of each claim: the verdict's word, and how long its run is."""
    return {each.claim.name: (each.verdict.word, *_length(each.verdict)) for each in report.results}


def _length(verdict: object) -> list[int]:
    return [len(verdict.run)] if isinstance(verdict, Violated) else []


def directly(model: Model, claims: list[Claim | str] | None = None) -> Report:
    """Return the verdicts of a check that looks at all consumers."""
    return check(model, claims, time_limit=None)


def by_network(model: Model, claims: list[Claim | str] | None = None, time_limit: float | None = None) -> Report:
    """Return the verdicts of a check that asks about any number of them first."""
    return check(model, claims, engine="network", time_limit=time_limit)


def asked_of(monkeypatch: pytest.MonkeyPatch) -> list[Model]:
    """Return a list of the models of which an automaton is made from now on."""
    found: list[Model] = []
    run = Portfolio.run

    def noted(self: Portfolio) -> Report:
        found.append(self.model)
        return run(self)

    monkeypatch.setattr(Portfolio, "run", noted)
    return found


def test_the_same_verdicts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of four stores is said what is said when all of them are looked at, and no automaton of four is made for it."""
    expected = words(directly(Stores(stores=4)))
    models = asked_of(monkeypatch)
    assert words(by_network(Stores(stores=4))) == expected
    assert [each for each in models if each.scope["stores"] == 4] == []


def test_what_it_rests_on() -> None:
    """The verdict says that the proof is one for any number, on what it rests, and how many steps were tried."""
    verdict = by_network(Stores(stores=7), ["counters_balance"]).of("counters_balance")
    assert isinstance(verdict, Proved)
    assert verdict.covers.endswith("as it is for any number of stores")
    assert "stores=7" in verdict.covers
    assert verdict.provided.startswith(
        "the model and its claims, with more than 5 stores, treat them one by one and do not count them"
    )
    assert "tried on 320 random steps with 2, 3, 4, 5 and 7 of them" in verdict.provided


def test_what_was_looked_at_whole_rests_on_nothing() -> None:
    """Up to five stores were looked at as they are, in all runs; a step that depends on four is none of fewer."""
    verdict = by_network(Stores(stores=4), ["counters_balance"]).of("counters_balance")
    assert isinstance(verdict, Proved)
    assert (verdict.provided, "any number of stores" in verdict.covers) == ("", False)
    assert words(by_network(Fourth(places=4))) == words(directly(Fourth(places=4)))
    assert by_network(Fourth(places=4)).violated()


@pytest.mark.slow
def test_more_than_anybody_tries() -> None:
    """What only thirty-one stores do is seen where thirty-one are asked about, as these are tried too."""
    report = by_network(CountingLate(stores=31), ["counters_balance"], time_limit=20)
    assert report.of("counters_balance").word == "violated"


@pytest.mark.parametrize("model", [Counting(stores=4), RaisesAtThree(stores=4)])
def test_models_that_count(monkeypatch: pytest.MonkeyPatch, model: Model) -> None:
    """Where the model counts its consumers, all of them are looked at."""
    assert words(by_network(model)) == words(directly(model))


def test_claims_that_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim that is true of two and false of four is violated, with the shortest run."""
    claims: list[Claim | str] = [at_most_two, at_most_two_hold_something, "counters_balance"]
    report = by_network(Claimed(stores=4), claims)
    assert words(report) == words(directly(Claimed(stores=4), claims))
    assert (report.of("at_most_two").word, report.of("counters_balance").word) == ("violated", "proved")


@pytest.mark.parametrize("number", [3, 5])
def test_runs_are_taken_by_more(number: int) -> None:
    """A run of two stores is one of five that shows the same; the steps are as many where that is enough."""
    for result in check(Stores(), time_limit=None).results:
        seen = getattr(result.verdict, "certificate", None)
        if isinstance(seen, Run):
            run = taken_by_more(Stores(stores=number), seen, result.claim, number - 2)
            assert run is not None
            assert len(run) == len(seen)
            assert false_at(result.claim, replay(run)) is not None


def test_fewer_are_asked_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two stores are looked at: what is proved of any number is proved from them."""
    models = asked_of(monkeypatch)
    by_network(Stores(stores=2))
    assert [each.scope["stores"] for each in models] == [2]


def test_without_the_engine_there_is_no_proviso() -> None:
    """Whoever does not ask for it has a proof of four stores as they are."""
    verdict = check(Stores(stores=4), ["counters_balance"]).of("counters_balance")
    assert isinstance(verdict, Proved)
    assert verdict.provided == ""


def test_a_model_without_a_rest_is_refused() -> None:
    """There is nobody who stands for the others."""
    with pytest.raises(ModelError, match="rest"):
        by_network(find("spark:page-table@4.3.0").build())


@pytest.mark.slow
@pytest.mark.parametrize("number", [4, 9])
def test_spark(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Of four maps, and of nine, nothing is extracted: what all read together comes when each was filled."""
    models = asked_of(monkeypatch)
    scope: dict[str, Any] = dict(find("spark@2.4.0").build().scope)
    report = by_network(type(find("spark@2.4.0").build())(**{**scope, "consumers": number}))
    assert {each.verdict.word for each in report.results} == {"proved"}
    assert {each.scope["consumers"] for each in models} == {1, 2}
