"""Any number of consumers: a rest is believed where it is proved to stand for all others, and refused where not."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from spillproof.counterexamples.record import Record
from spillproof.model.catalogue import find
from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes
from spillproof.model.rest import Rest, WithRest, standing
from spillproof.model.spark.scenario.many import ManyPartialSpillers
from spillproof.model.spark.scenario.shuffle_task import ShuffleTask
from spillproof.model.spark.scenario.spillers import PartialSpillers
from spillproof.model.system import Model, action
from spillproof.properties.catalogue import claims_about
from spillproof.properties.claims import Claim
from spillproof.properties.engines.check import check
from spillproof.properties.engines.limits import UNLIMITED, Limits, OutOfTime
from spillproof.properties.engines.network.any_number import AnyNumber, BothHalves, prove
from spillproof.properties.engines.network.larger import contradicted, other_numbers
from spillproof.properties.engines.network.stand_ins import StandIns
from spillproof.properties.engines.proof.certificate import ask_cvc5, ask_z3
from spillproof.properties.engines.story.report_text import tell
from spillproof.properties.engines.verdict import Proved, Unknown, Violated
from tests.engines.beside import NeverAcquired, Spilled
from tests.engines.stores import (
    AllAtOnce,
    BeginsCounting,
    CannotBeThree,
    Claimed,
    Counting,
    CountingLate,
    CountingTwo,
    DroppingStores,
    HiddenCounting,
    Lonely,
    ManyStores,
    Overspilled,
    RaisesAtThree,
    Shared,
    SharedDropping,
    Store,
    Stores,
    Unspilled,
    at_most_one_holds_something,
    at_most_two,
    at_most_two_after_a_step,
    at_most_two_hold_something,
    each_holds_at_most_the_capacity,
    four_do_not_hold_all,
    four_do_not_hold_two,
    it_is_never_six,
    no_three_are_alike_after_a_step,
    no_two_hold_the_same,
    not_all_of_five_hold_two,
    not_nine_hold_something,
    there_are_not_many,
    three_do_not_hold_ever_more,
)

KEPT = frozenset({"free_is_unreachable", "release_frees_what_it_says"})
"""What consumers of pages violate that keep what they have released."""


def proved(model: Model, *, certify: bool = False) -> AnyNumber:
    """Return what is proved of any number of a model's consumers."""
    return prove(model, claims_about(type(model))[0], UNLIMITED, certify=certify)


def test_honest_rest() -> None:
    """A rest that does all that stores do proves every claim of any number of them, and both solvers confirm it."""
    found = proved(Stores(), certify=True)
    assert found.why == {}
    assert found.confirmed_by == ("Z3", "cvc5")
    assert "counters_balance" in found.claims


@pytest.mark.parametrize(
    ("says", "said"),
    [
        (
            {"counted_by": "shops"},
            "counts by 'shops', which is no number in the scope of ManyStores; a",
        ),
        ({"counted_by": "capacity"}, "counts by 'capacity', which is no number in the scope of ManyStores; a"),
        ({"alone": 2}, "ManyStores.alone is 2; it is 1, or 0 where none stands alone"),
    ],
    ids=str,
)
def test_a_rest_that_counts_wrongly(says: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused with its line: there was an internal error, or a reason that led nobody to it."""
    for name, value in says.items():
        monkeypatch.setattr(ManyStores, name, value, raising=False)
    with pytest.raises(ModelError, match=re.escape(said)):
        check(ManyStores(), ["no_exception"], any_number=True)


def test_both_halves_are_one_script() -> None:
    """What is kept of a proof is one script with both halves, and each solver accepts it as it stands."""
    certificate = proved(Stores()).certificate
    assert certificate is not None
    assert certificate.automaton is not None
    script = certificate.smtlib(certificate.automaton)
    assert "The rest is a network invariant" in script
    assert ask_z3(script, UNLIMITED) == ask_cvc5(script, UNLIMITED) == script.count("(check-sat)")


def test_steps_that_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does a step does each that is alike, whoever stands by: as many are matched as when each is asked about."""
    certificate = proved(Stores()).certificate
    monkeypatch.setattr(StandIns, "do_by_themselves", lambda *_, **__: False)
    each = proved(Stores()).certificate
    assert isinstance(certificate, BothHalves)
    assert isinstance(each, BothHalves)
    assert certificate.network.splitlines()[0] == each.network.splitlines()[0]
    for script in (certificate.network, each.network):
        assert ask_z3(f"(set-logic QF_LIA)\n{script}", UNLIMITED) == script.count("(check-sat)")


def test_a_rest_that_stands_for_all() -> None:
    """Where no store stands on its own, claims are asked of the rest, and of one and two stores beside it.

    Steps of one and of two are those of the rest: one that counts two stores, and not the rest, is refused.
    """
    claims = [*claims_about(Shared)[0], each_holds_at_most_the_capacity, no_two_hold_the_same]
    found = prove(Shared(stores=1), claims, UNLIMITED, certify=True)
    assert found.why.keys() == {"no_two_hold_the_same"}
    assert "two consumers can make it false" in found.why["no_two_hold_the_same"]
    assert found.confirmed_by == ("Z3", "cvc5")
    assert "others.used goes from" in proved(SharedDropping()).why["counters_balance"]
    assert "the rest cannot do what a consumer can: put(" in proved(CountingTwo()).why["counters_balance"]


def test_numbers_that_are_tried() -> None:
    """Two are challenged in the stead of the number that a model has otherwise."""
    others = {3: 3, 5: 1, 6: 1, 12: 1}
    assert [other_numbers(own, {}) for own in (2, 1, 4)] == [
        {**others, 1: 1, 4: 1}, {**others, 2: 1, 4: 1}, {**others, 1: 1, 2: 1},
    ]  # fmt: skip


def test_numbers_that_were_looked_at_as_they_are() -> None:
    """They are not tried once more where that was in all runs, and no more than others where it was in short ones."""
    assert other_numbers(2, {2: None, 1: None, 3: 4}) == {3: 1, 4: 1, 5: 1, 6: 1, 12: 1}
    assert other_numbers(1, {1: None, 2: None, 3: None, 4: 7}) == {4: 1, 5: 1, 6: 1, 12: 1}


def test_report() -> None:
    """The verdicts say that they are of any number, and none is left at the number that was asked first."""
    report = check(Stores(), any_number=True, witnesses=False, time_limit=None)
    verdicts = [result.verdict for result in report.results]
    assert {type(each) for each in verdicts} == {Proved}
    assert {each.extent for each in verdicts if isinstance(each, Proved)} == {
        "any number of stores, all sizes, any number of steps"
    }


@pytest.mark.parametrize(
    ("model", "step", "change"),
    [
        (DroppingStores(), "drop(the Store)", "others.used goes from"),
        (Unspilled(), "the Store)", "others.used goes from"),
        (Overspilled(), "the Store)", "others.used goes from"),
    ],
)
def test_refused_with_the_edge(model: Model, step: str, change: str) -> None:
    """A rest that cannot release, that cannot spill, or that spills too much is refused with the step and its sizes."""
    found = proved(model)
    assert found.certificate is None
    (why,) = set(found.why.values())
    assert step in why
    assert change in why


def test_counting() -> None:
    """A model that counts its consumers is not covered by its rest, whatever two of them do."""
    (why,) = set(proved(Counting()).why.values())
    assert "3 stores" in why or "4 stores" in why or "5 stores" in why


@pytest.mark.thorough
def test_what_is_not_proved_is_said() -> None:
    """A model may count where nobody has tried: so each proof names its proviso, in text and as data."""
    report = check(CountingLate(), any_number=True, witnesses=False, time_limit=None)
    said = "the model and its claims, with more than 5 stores, treat them one by one and do not count them"

    assert all(said in getattr(result.verdict, "provided", "") for result in report.results), tell(report)
    assert all(said in result.verdict.sentence() for result in report.results)
    told = " ".join(tell(report).split())
    looked = (
        "which was looked at with 6 in every run of at most 6 steps and tried on 120 random steps with 2, 3, 4 and 5"
    )
    assert f"Proved, provided that {said}, {looked} of them, and is not" in told
    assert "5 proved, with the proviso above" in told
    assert all(said in each["provided"] for each in Record(report, "x").json()["results"])
    assert "proviso" not in tell(check(Stores(), witnesses=False))


def test_beginnings_are_covered() -> None:
    """A beginning that counts is met, though no step does; and so is a `put` that the model with a rest replaces."""
    (begins,) = set(proved(BeginsCounting()).why.values())
    assert "with 5 stores" in begins
    assert "the beginning" in begins
    (hidden,) = set(proved(HiddenCounting()).why.values())
    assert "with 3 stores" in hidden


def test_a_rest_begins_as_its_model() -> None:
    """A rest that is used again, for a model that derives from the first, begins as that one, and not as the first."""

    class Listed(Stores):
        def begin(self, capacity: Bytes, stores: int = 2) -> None:
            super().begin(capacity, stores)
            self.listed = True

    class ManyListed(ManyStores, Listed):
        pass

    begun = ManyListed().start(capacity=1)
    assert begun.listed
    assert isinstance(begun.others, Rest)


def test_claims_that_count() -> None:
    """What a claim counts is seen where there are more: it is unknown, with the run that makes it false at three."""
    report = check(
        Claimed(),
        [at_most_two, at_most_two_hold_something, at_most_two_after_a_step, "counters_balance"],
        any_number=True,
        witnesses=False,
        time_limit=None,
    )
    found = {result.claim.name: result.verdict for result in report.results}
    assert isinstance(found["counters_balance"], Proved)
    assert "with stores=3 it is false: begin(capacity=1)" in found["at_most_two"].sentence()
    for name in ("at_most_two_hold_something", "at_most_two_after_a_step"):
        assert "with stores=3 it is false: begin(capacity=3), put(" in found[name].sentence()
    assert report.exit_status() == 3


@pytest.mark.parametrize(
    ("claim", "number", "steps"),
    [
        (no_three_are_alike_after_a_step, 3, 3),
        (four_do_not_hold_two, 4, 4),
        (not_all_of_five_hold_two, 5, 5),
        (four_do_not_hold_all, 4, 4),
        (three_do_not_hold_ever_more, 3, 3),
        (it_is_never_six, 6, 6),
    ],
    ids=lambda each: getattr(each, "name", each),
)
def test_claims_that_are_false_where_all_do_the_same(claim: Claim, number: int, steps: int) -> None:
    """What is false of just so many stores, once each has had its turn, is not proved of any number of them."""
    report = check(AllAtOnce(), [claim], any_number=True, witnesses=False, time_limit=None)
    said = report.results[0].verdict.sentence()

    assert isinstance(report.results[0].verdict, Unknown)
    assert f"with stores={number} it is false: begin(capacity=" in said
    assert said.count("put(") == steps


def test_claims_that_count_further() -> None:
    """Runs at random, and beginnings, of dozens show what is false of no fewer."""
    claims = [not_nine_hold_something, there_are_not_many]
    found = contradicted(AllAtOnce(), "stores", claims, UNLIMITED, 0.0, numbers={12: 1})

    assert re.match(r"with stores=12 it is false: begin\(capacity=\d+\), ", found["not_nine_hold_something"])
    assert re.match(r"with stores=200 it is false: begin\(capacity=\d+\)$", found["there_are_not_many"])


def test_the_time_is_up_before_anything_is_known() -> None:
    """Where not even one consumer and the rest are known in time, that is what is said, and nothing else fails."""
    with pytest.raises(OutOfTime):
        prove(Stores(), claims_about(Stores)[0], Limits(deadline=time.monotonic()))

    report = check(Stores(stores=5), engine="network", time_limit=0.05, witnesses=False)
    assert all(isinstance(each.verdict, (Proved, Unknown)) for each in report.results)


@pytest.mark.thorough
def test_raises_where_there_are_more() -> None:
    """An exception where there are three stores, in a step or at the beginning, is none that cannot happen."""
    report = check(RaisesAtThree(), ["no_exception"], any_number=True, witnesses=False, time_limit=None)
    assert "raises ValueError: 3" in report.results[0].verdict.sentence()
    report = check(CannotBeThree(), ["counters_balance"], any_number=True, witnesses=False, time_limit=None)
    assert "with stores=3 it does not begin: ValueError: 3" in report.results[0].verdict.sentence()


def test_steps_that_were_tried_are_counted() -> None:
    """The proviso says with how many stores steps were tried, and not with how many they were to be."""
    report = check(RaisesAtThree(), ["counters_balance"], any_number=True, witnesses=False, time_limit=None)
    assert "was tried on 30 random steps with 2 of them" in report.results[0].verdict.sentence()


def test_rest_without_a_model() -> None:
    """A rest that is about no model has nothing to be tried on, and is refused."""

    class Only(WithRest):
        alike, counted_by = Store, "stores"

        def begin(self, stores: int = 2) -> None:
            self.stores = Bag(Store() for _ in range(stores))

        @action
        def nothing(self) -> None:
            pass

    with pytest.raises(ModelError, match="no model that it is about"):
        check(Only(), any_number=True)


def test_without_a_rest() -> None:
    """A model that nobody has written a rest for is told what to write."""

    class Alone(Stores):
        pass

    with pytest.raises(ModelError, match=r"class ManyAlone\(WithRest, Alone\)"):
        check(Alone(), any_number=True)


def test_unknown_where_refused() -> None:
    """Where the rest is refused, what is proved at two stores is unknown of any number."""
    report = check(DroppingStores(), any_number=True, witnesses=False, time_limit=None)
    assert {type(result.verdict) for result in report.results} == {Unknown}
    assert report.exit_status() == 3


@pytest.mark.slow
@pytest.mark.parametrize("name", ["spark@2.4.0", "spark@4.0.0", "spark:requests@4.3.0"])
def test_spark(name: str) -> None:
    """Every claim about Spark's maps is proved for any number of them, and both solvers confirm it."""
    found = proved(find(name).build(), certify=True)
    assert found.why == {}
    assert found.confirmed_by == ("Z3", "cvc5")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "violated"),
    [
        ("spark:raw-sort@4.3.0", {*KEPT, "a_spill_reports_what_it_freed"}),
        ("spark:raw-map@4.3.0", {*KEPT, "a_satisfiable_request_is_satisfied"}),
        ("spark:shuffle@4.3.0", set()),
    ],
)
def test_beside_a_consumer_of_pages(name: str, violated: set[str]) -> None:
    """What holds beside one other consumer holds beside any number of them, and both solvers confirm it."""
    report = check(find(name).build(), any_number=True, certify=True, witnesses=False, time_limit=None)
    proved = {result.claim.name: result.verdict for result in report.results if isinstance(result.verdict, Proved)}
    assert {result.claim.name for result in report.results} - proved.keys() == violated
    assert {verdict.confirmed_by for verdict in proved.values()} == {("Z3", "cvc5")}
    assert all("any number of others" in verdict.sentence() for verdict in proved.values())


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("model", "change"),
    [(NeverAcquired, "what there is after it is no state"), (Spilled, "used goes from 1 to 0")],
)
def test_a_rest_beside_a_consumer_of_pages_is_refused(model: type[ShuffleTask], change: str) -> None:
    """One that cannot acquire, or that spills where none of those does for which it stands: with the step."""
    task = model(pages=1, array_grows=False, contended=False)
    found = prove(task, [each for each in claims_about(model)[0] if each.name == "counters_balance"], UNLIMITED)
    assert found.certificate is None
    assert "the rest cannot do what a consumer can: acquire(" in found.why["counters_balance"]
    assert change in found.why["counters_balance"]


@pytest.mark.slow
def test_victims() -> None:
    """Those that spill everything leave no request short; that none is asked too many depends on an order among all."""
    found = proved(find("spark:victims@4.3.0").build(), certify=True)
    assert found.confirmed_by == ("Z3", "cvc5")
    assert "no_request_goes_short_of_spills" in found.claims
    assert found.why.keys() == {"no_more_is_spilled_than_needed"}
    assert "is not known where there is a rest" in found.why["no_more_is_spilled_than_needed"]


@pytest.mark.slow
def test_sorters() -> None:
    """Sorters keep what they released: three claims about that are violated at two, all others proved of any number."""
    report = check(find("spark:sorting@4.3.0").build(), any_number=True, witnesses=False, time_limit=None)
    violated = {result.claim.name for result in report.results if isinstance(result.verdict, Violated)}
    assert violated == {"free_is_unreachable", "release_frees_what_it_says", "acquired_can_be_allocated"}
    assert {type(result.verdict) for result in report.results} == {Violated, Proved}


def test_forgotten() -> None:
    """Whom a request asked to spill is not known where a rest stands for some of them: to ask it raises an error."""
    begun = standing(ManyPartialSpillers, dict(PartialSpillers().scope), 1).start(capacity=3)
    assert isinstance(begun, ManyPartialSpillers)
    with pytest.raises(ModelError, match="not known where there is a rest"):
        bool(begun.asked())
    with pytest.raises(ModelError, match="not known where there is a rest"):
        len(begun.request.spilled)


def test_a_claim_that_two_make_false() -> None:
    """It is true of each store with the rest, and asked of two stores as well: so it is not proved."""
    found = prove(Lonely(), [at_most_one_holds_something], UNLIMITED, certify=False)

    assert "two consumers can make it false" in found.why["at_most_one_holds_something"]
