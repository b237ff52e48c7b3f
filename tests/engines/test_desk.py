"""What the engines of a check share: what is validated, and for how long, and what turns out not to be askable."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.model.errors import ModelError
from spillproof.model.system import Model
from spillproof.properties.accounting import acquired_can_be_allocated, something_is_released
from spillproof.properties.claims import Claim, ClaimError, Mode
from spillproof.properties.engines import desk
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.desk import Desk
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.validation.result import Validated
from spillproof.properties.engines.validation.validation import Validation
from spillproof.properties.engines.verdict import Refused, Result, Unknown

fake: Any = SimpleNamespace
"""Something with these attributes, in the stead of an engine's own."""

MINE = Claim("mine", Mode.SOMETIMES, lambda _now: True)
A, B = (Claim(name, Mode.ALWAYS, lambda _now: True) for name in "ab")


def pool() -> Model:
    """A small model."""
    return find("lesson:pool").build()


def test_whose_claims_are_seen_to_look_only() -> None:
    """A witness that somebody else wrote might do more than look; those of this package do not."""
    made = Desk(pool(), [], [something_is_released, MINE], Limits())
    told: list[tuple[object, list[Claim]]] = []
    made.validation = fake(add=lambda automaton, also: told.append((automaton, also)))
    automaton = extract(made.model, [], Feasibility())
    made.world_of(automaton)
    assert told == []
    world = made.world_of(automaton, validated=True)
    assert told == [(automaton, [MINE])]
    assert world.automaton is automaton
    made.refused.add(MINE)
    made.world_of(automaton, validated=True)
    assert told[1:] == [(automaton, [])]


def test_equations_that_cannot_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them less is proved; what the model, the user and the clock say is not kept back."""
    heard: list[str] = []
    made = Desk(pool(), [], [], Limits(progress=heard.append))
    automaton = extract(made.model, [], Feasibility())

    def fails(error: BaseException) -> Any:
        def find_equations(*_: object) -> None:
            raise error

        return find_equations

    monkeypatch.setattr(desk, "find_equations", fails(IndexError("x")))
    assert made.world_of(automaton).invariant.equations == [[] for _ in automaton.shapes]
    assert "the search for equations failed with IndexError: x" in heard[-1]
    for error in (KeyboardInterrupt(), OutOfTime(), ModelError("x")):
        monkeypatch.setattr(desk, "find_equations", fails(error))
        with pytest.raises(type(error)):
            made.world_of(automaton)


def test_what_an_automaton_cannot_ask() -> None:
    """It is refused where a world is made of it."""
    made = Desk(pool(), [A, B], [], Limits())
    automaton = extract(made.model, [], Feasibility())
    automaton.refused[A] = ClaimError(A, "no bool")
    made.world_of(automaton)

    assert ({each.claim: type(each.verdict) for each in made.report.results}, made.asked([A, B])) == (
        {A: Refused}, [B],
    )  # fmt: skip


def test_what_has_no_verdict() -> None:
    """What was asked, is not refused, and was not reported."""
    made = Desk(pool(), [A, B], [MINE], Limits())
    assert made.undecided() == [A, B]
    made.report.results.append(Result(B, Unknown("x"), "none", 0.0))
    assert made.undecided() == [A]
    made.refuse(ClaimError(A, "no bool"))
    assert made.undecided() == []
    made.refuse(ClaimError(B, "no bool"))
    assert [type(each.verdict) for each in made.report.results] == [Refused, Refused]


@pytest.mark.parametrize(("found", "anew"), [([A], True), ([MINE], False), ([], False)])
def test_claims_that_are_refused_on_integers(
    found: list[Claim], monkeypatch: pytest.MonkeyPatch, *, anew: bool
) -> None:
    """What they have touched is made anew; a witness is seen later, and touches nothing."""
    made = Desk(pool(), [A, B], [MINE], Limits())
    first = made.validation.outside
    made.validation.validators = [fake()]
    told: list[object] = []

    def go_on(*_: object, **named: object) -> list[ClaimError]:
        told.append(named)
        return [ClaimError(each, "x") for each in found]

    monkeypatch.setattr(Validation, "go_on", go_on)
    monkeypatch.setattr(Desk, "extract", lambda _, *, any_preference: any_preference)
    made.refuse_claims()

    assert told == [{"only_once": True}]
    assert (made.validation.outside is not first, hasattr(made, "world")) == (anew, anew)
    assert bool(made.validation.validators) is not anew
    assert made.refused == {*found}


@pytest.mark.parametrize(("error", "raised"), [(ModelError("x"), True), (OutOfTime(), True), (IndexError("x"), False)])
def test_a_validation_that_fails(error: BaseException, monkeypatch: pytest.MonkeyPatch, *, raised: bool) -> None:
    """The verdicts stand, and that is said; what the model and the clock say is not kept back."""
    made = Desk(pool(), [A], [], Limits())

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Validation, "go_on", fails)
    if raised:
        with pytest.raises(type(error)):
            made.validate()
    else:
        made.validate()
        assert "the validation failed with IndexError: x" in made.validation.failure


# The share of the time


def validation(*seconds: float) -> Validation:
    """Of so many automata, each of which took so many seconds."""
    made = Validation(pool())
    made.validators = [
        fake(seconds=each, automaton=each, result=lambda: Validated(1, 2, 3, 4, 5, 6, 7, 1.0)) for each in seconds
    ]
    return made


@pytest.mark.parametrize(
    ("spent", "passed", "allowed"), [((), 8.0, 2.0), ((1.0, 1.0), 10.0, 0.0), ((1.0,), 9.0, 1.0), ((4.0,), 8.0, -3.0)]
)
def test_the_share_of_a_check(
    spent: tuple[float, ...], passed: float, allowed: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fifth of all: a quarter of what the others take, less what was spent."""
    made = validation(*spent)
    monkeypatch.setattr(time, "process_time", lambda: made.started + passed)

    assert made.allowance() == pytest.approx(allowed)


def part(name: str, told: list[Any]) -> Any:
    """A validator that tells how it is to go on."""
    return fake(
        seconds=1.0, within=lambda limits: told.append((name, limits)), asking=fake(refused={}),
        go_on=lambda _seconds, *, only_once: told.append((name, only_once)),
    )  # fmt: skip


def test_all_is_compared_once_before_anything_is_again() -> None:
    """Of every automaton, and of earlier parts of the check; the rest is left for the last part."""
    told: list[Any] = []
    first, last = Limits(1.0), Limits(2.0)
    earlier = Validation(pool(), first, has_more=True)
    made = Validation(pool(), last, earlier)
    earlier.validators, made.validators = [part("a", told)], [part("b", told)]

    earlier.go_on()
    assert told == [("a", first), ("a", True)]
    made.go_on()
    assert told[2:] == [
        ("b", last),
        ("b", True),
        ("a", last),
        ("a", True),
        ("b", last),
        ("b", False),
        ("a", last),
        ("a", False),
    ]
    told.clear()
    made.go_on(only_once=True)
    assert told == [("b", last), ("b", True), ("a", last), ("a", True)]
    assert made.started == earlier.started
    assert made.known is earlier.known, "what was found out is not asked again"
    earlier.failure = "x"
    assert (made.failed(), made.allowance() < 0) == ("x", True)
    made.failure = "y"
    assert made.failed() == "y"
    made.begin()
    assert made.all() == earlier.validators


def test_what_was_validated() -> None:
    """Of all automata together, each once; of none there is no word."""
    assert validation().result() is None
    made = validation(1.0, 2.0)
    made.failure = "x"
    found = made.result()
    assert found is not None
    assert (found.failure, found.seconds) == ("x", 2.0)
    first = made.validators[0].automaton
    made.rest_on(first)
    assert len(made.validators) == 2
    made.rest_on(extract(pool(), [acquired_can_be_allocated], Feasibility()))
    assert len(made.validators) == 3


def test_quantities_that_are_needed_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are not sliced away of any automaton, beside those that turned out to be needed."""
    monkeypatch.setattr(desk, "Frontier", lambda *_, needed, **__: needed)
    self: Any = SimpleNamespace(limits=Limits(), needed=frozenset("a"), model=None, feasible=None)
    needed: Any = frozenset("b")

    found: Any = Desk.frontier(self, [], any_preference=True, needed=needed)
    assert found == {"a", "b"}
