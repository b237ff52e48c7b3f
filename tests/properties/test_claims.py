"""What a claim is: a plain function with a sentence, about systems that offer what it asks for."""

from typing import Any, Protocol

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.catalogue import BUILT_IN, CLAIMS, WITNESSES
from spillproof.properties.claims import (
    Claim,
    ClaimChangedError,
    ClaimError,
    Mode,
    always,
    applicable,
    named_apart,
    sometimes,
)
from spillproof.properties.engines.check import check


class Counting(Protocol):
    def count(self) -> int: ...


class Naming(Counting, Protocol):
    def name(self) -> str: ...


class Counter:
    def count(self) -> int:
        return 3


class Named(Counter):
    def name(self) -> str:
        return "x"


@always
def is_small(now: Counting) -> bool:
    """The count
    is small.

    At least so far.
    """
    return now.count() < 5


@always
def falls(before: Counting, after: Naming) -> bool:  # noqa: D103 - that it has none is the point
    return after.count() < before.count()


@sometimes(beside=is_small)
def is_three(now: Counting) -> bool:
    """The count is 3."""
    return now.count() == 3


def test_a_claim_is_its_function() -> None:
    """A claim is called as the function that it was made from."""
    assert is_small(Counter()) is True
    assert falls(Counter(), Named()) is False


def test_a_claim_has_a_sentence() -> None:
    """The sentence is the docstring's first paragraph on one line, or the name where there is none."""
    assert is_small.sentence == "The count is small."
    assert falls.sentence == "falls"


def test_modes_and_arguments() -> None:
    """One argument is a state, two are a step; a `sometimes` claim says beside what it stands."""
    assert (is_small.mode, is_small.over_steps, is_small.beside) == (Mode.ALWAYS, False, "")
    assert falls.over_steps
    assert (is_three.mode, is_three.beside) == (Mode.SOMETIMES, "is_small")


def test_a_claim_is_about_what_offers_its_protocol() -> None:
    """Inherited protocols count; the last argument says which."""
    assert applicable([is_small, falls, is_three], Counter) == [is_small, is_three]
    assert applicable([is_small, falls], Named) == [is_small, falls]
    assert applicable([is_small], object) == []


@pytest.mark.parametrize("function", [lambda: True, lambda a, b, c: True])
def test_a_claim_takes_one_argument_or_two(function: Any) -> None:
    """Anything else is refused, and the message says what to write."""
    with pytest.raises(ModelError, match=r"write \(now\) or \(before, after\)"):
        always(function)


def test_every_claim_has_its_witness() -> None:
    """Each `always` claim but those that engines see for themselves stands beside a `sometimes`, and has a sentence."""
    seen_by_engines = {claim.name for claim in BUILT_IN}

    assert {claim.beside for claim in WITNESSES} == {claim.name for claim in CLAIMS} - seen_by_engines
    assert all(claim.sentence.endswith(".") for claim in (*CLAIMS, *WITNESSES))
    assert len({claim.name for claim in (*CLAIMS, *WITNESSES)}) == len(CLAIMS) + len(WITNESSES)


# Answers

EXACTLY = object()


async def _later(_now: object) -> bool:
    return True


def _yielding(_now: object) -> Any:
    yield True


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda _now: None, "answers None, where a claim answers True or False; usually a `return` is missing"),
        (lambda _now: 0, "answers the number 0"),
        (lambda _now: 1, "answers the number 1"),
        (lambda _now: 0.5, "answers the number 0.5"),
        (lambda _now: NotImplemented, "answers NotImplemented"),
        (lambda _now: "", "answers the text ''"),
        (lambda _now: [], "answers a list"),
        (lambda _now: EXACTLY, "answers a object"),
        (lambda now: now.count, r"answers the function count itself, where .*; call it: count\(\)"),
        (lambda now: (now.count() for _ in "x"), "answers a generator, .*any"),
        (lambda now: _later(now), "answers a coroutine"),  # noqa: PLW0108 - the lambda is no coroutine function
        (_later, "is an async function"),
        (_yielding, "is a generator function"),
        (lambda now: now.nothing, "raises AttributeError: .*test_claims.py:"),
        (lambda _now: exit(3), "raises SystemExit: 3"),  # noqa: PLR1722 - what a model may do
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # a coroutine that nobody waits for
def test_a_claim_answers_true_or_false(function: Any, reason: str) -> None:
    """Whatever else it answers or raises is refused as its own fault: with its name, its line and what to write."""
    claim = always(function)
    with pytest.raises(ClaimError, match=f"the claim {claim.name} .*test_claims.py:.*{reason}") as refused:
        claim(Counter())

    assert refused.value.claim is claim


@pytest.mark.parametrize("function", [lambda now, limit=3: now < limit, lambda *states: True, lambda *, now: True])
def test_an_argument_is_a_state(function: Any) -> None:
    """An argument with a default, or one of any number, is none: it would be taken for the state after a step."""
    with pytest.raises(ModelError, match="cannot be a state"):
        always(function)


def test_beside_what() -> None:
    """A witness without the claim that it stands beside is refused."""
    with pytest.raises(ModelError, match="stands beside no claim"):
        sometimes(lambda now: True)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] # that is the slip


def test_two_claims_of_one_name_are_two() -> None:
    """Claims are told apart by what they are, not by what they are called; verdicts need names of their own."""
    one, other = always(is_small.function), is_small

    assert one != other
    assert len({one, other}) == 2
    assert named_apart([other, other]) == (other,)
    with pytest.raises(ModelError, match="two claims are called is_small"):
        named_apart([one, other])


# In every engine


class Box(HeapObject):
    size: Bytes


class Boxes(Model):
    used: Bytes

    def begin(self) -> None:
        self.used = 0
        self.box: Box | None = None
        self.seen = 0

    @action
    def fill(self, size: Bytes) -> None:
        """A box comes."""
        require(self.box is None)
        self.box = Box(size)
        self.used = size

    @action
    def empty(self) -> None:
        """It goes."""
        require(self.box is not None)
        self.box, self.used = None, 0

    @action
    def take(self, size: Bytes) -> None:
        """A part of it goes, never the whole."""
        require(self.box is not None and size < self.used)
        self.used -= size


@always
def answers_a_size(now: Boxes) -> Any:
    """A box or a size."""
    return now.box is None or now.used


@always
def answers_a_size_of_a_step(before: Boxes, after: Boxes) -> Any:
    """A size of a step."""
    return before.box is None or after.used


@always
def raises_when_full(now: Boxes) -> bool:
    """It raises where there is a box."""
    return now.box is None or now.lid == 1  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue] # that is the slip


@always
def changes(now: Boxes) -> bool:
    """It counts how often it is asked."""
    now.seen = 1
    return True


@always
def is_empty(now: Boxes) -> bool:
    """Nothing is in use."""
    return now.used == 0


@always
def used_is_of_a_box(now: Boxes) -> bool:
    """It would raise in a state without a box and with bytes in use, and there is none."""
    return now.used == 0 or now.box.size >= now.used  # type: ignore[union-attr] # pyright: ignore[reportOptionalMemberAccess] # as above


@pytest.mark.parametrize("engine", [None, "bounded", "prove", "explore", "simulate"])
@pytest.mark.parametrize(
    "claim", [answers_a_size, answers_a_size_of_a_step, raises_when_full], ids=lambda each: each.name
)
def test_a_refused_claim_costs_no_other(claim: Claim, engine: Any) -> None:
    """In every engine it is refused, and the claims before and after it have their verdicts."""
    claims = [is_empty, claim, used_is_of_a_box]
    limit = 2 if engine == "simulate" else 5  # half of it is for looking
    report = check(Boxes(), claims, engine=engine, witnesses=False, max_steps=4, time_limit=limit)

    unreached = engine == "prove" and claim is raises_when_full  # nobody looks for the run that leads there
    assert [result.verdict.word for result in report.results][1] == ("unknown" if unreached else "refused")
    assert report.of(used_is_of_a_box).word != "refused"
    assert report.of(is_empty).word == ("unknown" if engine == "prove" else "violated")
    assert report.exit_status() == (3 if engine == "prove" else 1)
    assert unreached or "test_claims.py:" in report.of(claim).sentence()


def test_a_claim_that_changes_a_state_is_refused() -> None:
    """What was concluded from the state that it touched is made anew."""
    report = check(Boxes(), [changes, is_empty], witnesses=False)

    assert str(ClaimChangedError(changes)) in report.of(changes).sentence()
    assert report.of(is_empty).word == "violated"


class Queue(Model):
    """Two sizes, in the order in which they came."""

    sizes: list[Bytes]

    def begin(self) -> None:
        self.sizes = []

    @action
    def join(self, size: Bytes) -> None:
        require(len(self.sizes) < 2)
        self.sizes.append(size)


@always
def sorts_in_place(now: Queue) -> bool:
    """It sorts the queue to look at it, which changes it where two sizes are not in order: not in every state."""
    now.sizes.sort()
    return True


@always
def answers_what_sort_does(now: Queue) -> bool:
    """`sort` answers None, and has sorted."""
    return now.sizes.sort()  # type: ignore[return-value] # pyright: ignore[reportReturnType] # the slip


@always
def makes_it_a_set(now: Queue) -> bool:
    """What it leaves behind is no part of any state."""
    now.sizes = {*now.sizes}  # type: ignore[assignment] # pyright: ignore[reportAttributeAccessIssue] # the slip
    return True


@always
def is_in_order(now: Queue) -> bool:
    """The first is the smaller."""
    return len(now.sizes) < 2 or now.sizes[0] <= now.sizes[1]


@pytest.mark.parametrize("claim", [sorts_in_place, answers_what_sort_does, makes_it_a_set], ids=lambda each: each.name)
def test_a_claim_that_changes_some_states_is_refused(claim: Claim) -> None:
    """The claim is refused, not the action that is taken from what it has changed; others have their verdicts."""
    report = check(Queue(), [claim, is_in_order], witnesses=False)

    assert report.of(claim).word == "refused"
    assert report.of(is_in_order).word == "violated"


def test_where_no_run_leads_a_claim_may_raise() -> None:
    """That a claim raises is its fault only where a run leads there."""
    assert check(Boxes(), [used_is_of_a_box], witnesses=False).of(used_is_of_a_box).word == "proved"


def test_alone_and_refused() -> None:
    """Where each claim that was asked is refused, nothing could be asked."""
    assert check(Boxes(), [answers_a_size], witnesses=False).exit_status() == 2
    with pytest.raises(ModelError, match="no claim was given"):
        check(Boxes(), [])
