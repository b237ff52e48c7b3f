"""Any number of consumers: a rest is believed where it is proved to stand for all others, and refused where not."""

from __future__ import annotations

import pytest

from spillproof.counterexamples.record import Record
from spillproof.model.catalogue import find
from spillproof.model.errors import ModelError
from spillproof.model.system import Model
from spillproof.properties.catalogue import claims_about
from spillproof.properties.engines.check import check
from spillproof.properties.engines.limits import UNLIMITED
from spillproof.properties.engines.network.any_number import AnyNumber, prove
from spillproof.properties.engines.proof.certificate import ask_cvc5, ask_z3
from spillproof.properties.engines.story.report_text import tell
from spillproof.properties.engines.verdict import Proved, Unknown
from tests.engines.stores import Counting, CountingLate, DroppingStores, Overspilled, Stores, Unspilled


def proved(model: Model, *, certify: bool = False) -> AnyNumber:
    """Return what is proved of any number of a model's consumers."""
    return prove(model, claims_about(type(model))[0], UNLIMITED, certify=certify)


def test_honest_rest() -> None:
    """A rest that does all that stores do proves every claim of any number of them, and both solvers confirm it."""
    found = proved(Stores(), certify=True)
    assert found.why == {}
    assert found.confirmed_by == ("Z3", "cvc5")
    assert "counters_balance" in found.claims


def test_both_halves_are_one_script() -> None:
    """What is kept of a proof is one script with both halves, and each solver accepts it as it stands."""
    certificate = proved(Stores()).certificate
    assert certificate is not None
    assert certificate.automaton is not None
    script = certificate.smtlib(certificate.automaton)
    assert "The rest is a network invariant" in script
    assert ask_z3(script, UNLIMITED) == ask_cvc5(script, UNLIMITED) == script.count("(check-sat)")


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


def test_what_is_not_proved_is_said() -> None:
    """A model may count where nobody has tried: so each proof names its proviso, in text and as data."""
    report = check(CountingLate(), any_number=True, witnesses=False, time_limit=None)
    said = "the model treats its stores one by one and does not count them"

    assert all(said in getattr(result.verdict, "provided", "") for result in report.results)
    assert all(said in result.verdict.sentence() for result in report.results)
    told = " ".join(tell(report).split())
    assert f"Proved, provided that {said}, which was tried on 120 random steps with 2 to 5 of them, and is not" in told
    assert "5 proved, with the proviso above" in told
    assert all(said in each["provided"] for each in Record(report, "x").json()["results"])
    assert "proviso" not in tell(check(Stores(), witnesses=False))


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
@pytest.mark.parametrize("name", ["spark@2.4.0", "spark@4.0.0"])
def test_spark(name: str) -> None:
    """Every claim about Spark's maps is proved for any number of them, and both solvers confirm it."""
    found = proved(find(name).build(), certify=True)
    assert found.why == {}
    assert found.confirmed_by == ("Z3", "cvc5")
