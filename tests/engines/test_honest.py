"""Models that deceive an engine are caught: hidden state, chance, order, and sizes that are looked at."""

import itertools
import random
import re
import time
from typing import Any, ClassVar

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.oracle import choose
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.claims import always
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.check import check
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.validation.validator import Validator
from spillproof.properties.engines.verdict import Refused

calls = itertools.count()

turns = itertools.cycle((True, False))
"""Nobody can look into it without turning it."""


class Honest(Model):
    """The good twin: each of the others changes one line of it."""

    used: Bytes
    log: ClassVar[list[int]] = []

    def begin(self) -> None:
        self.used = 0
        self.steps = 0

    @action
    def take(self, size: Bytes) -> None:
        self.used += self.more(size)
        self.steps = min(self.steps + 1, 3)

    def more(self, size: Bytes) -> Bytes:
        return size


class HiddenInAGlobal(Honest):
    def more(self, size: Bytes) -> Bytes:
        return size + next(calls)


class HiddenInAClass(Honest):
    def more(self, size: Bytes) -> Bytes:
        self.log.append(1)
        return size * len(self.log)


def counting() -> Any:
    """A model that hides a list in a closure."""
    seen: list[int] = []

    class HiddenInAClosure(Honest):
        def more(self, size: Bytes) -> Bytes:
            seen.append(1)
            return size + len(seen)

    return HiddenInAClosure


class ByChance(Honest):
    def more(self, size: Bytes) -> Bytes:
        return size + random.randint(0, 9)


class ByTheClock(Honest):
    def more(self, size: Bytes) -> Bytes:
        return size + time.monotonic_ns()


class ByTheAddress(Honest):
    def more(self, size: Bytes) -> Bytes:
        return size + id(self)


class BeginsDifferently(Honest):
    def begin(self) -> None:
        super().begin()
        self.used = next(calls)


class LooksAtTheType(Honest):
    def more(self, size: Bytes) -> Bytes:
        return size if type(size) is int else 2 * size


class LooksAtTheTypeInTwoLines(Honest):
    def more(self, size: Bytes) -> Bytes:
        if type(size) is int:
            return size
        return 2 * size


class LooksAtTheText(Honest):
    def more(self, size: Bytes) -> Bytes:
        return size if f"{size} B" == "1 B" else 2 * size


class LooksAtTheLength(Honest):
    def more(self, size: Bytes) -> Bytes:
        return size if len(repr(size)) == 1 else 2 * size


class LooksLikeAnInt(Honest):
    """Asks what an unknown size answers as an int does."""

    def more(self, size: Bytes) -> Bytes:
        match size > 2:
            case True:
                return 2 * size if isinstance(size, int) else 0  # type: ignore[redundant-expr] # that is asked here
        return size if (size > 1) is True else 3 * size


class Member(HeapObject):
    held: Bytes = 0


class FirstOfABag(Model):
    """Acts on the first member of a bag. With `asks`, on one that the environment chooses."""

    def begin(self, *, asks: bool = False) -> None:
        self.asks = asks
        self.members: Bag[Member] = Bag([Member(), Member(1)])

    @action
    def take(self, size: Bytes) -> None:
        members = [*self.members]
        (choose(members) if self.asks else members[0]).held += size


def validate(model: Model) -> None:
    """Compare a model's automaton with the model on integers."""
    Validator(extract(model, [], Feasibility())).go_on()


HIDING = [HiddenInAGlobal, HiddenInAClass, counting(), ByChance, ByTheClock, ByTheAddress, BeginsDifferently]
LOOKING = [
    (LooksAtTheType, r"^take is not what .*: on unknown sizes .*; do not ask for a size's type"),
    (LooksAtTheText, r"in more: text is made of the size .*; compare the size, not its text"),
    (LooksAtTheLength, r"in more: text is made of the size .*; compare the size, not its text"),
]


@pytest.mark.parametrize("model", HIDING)
def test_hidden_state_is_refused(model: type[Model]) -> None:
    """A step that is taken again does something else: the message names the action and says what to do.

    What chance draws may be what it was; then it is seen that chance is asked.
    """
    with pytest.raises(
        ModelError, match=r"^(take|begin) is not what .*; keep all state|is asked, which is in no state"
    ):
        validate(model())


@pytest.mark.parametrize(("model", "said"), LOOKING)
def test_looking_at_sizes_is_refused(model: type[Model], said: str) -> None:
    """What a model does on unknown sizes must be what it does on integers."""
    with pytest.raises(ModelError, match=said):
        validate(model())


def test_what_is_explored_alone_is_compared_with_integers() -> None:
    """The kernels explore the same automaton: it was said to hold what the very integers contradict."""
    with pytest.raises(ModelError, match="on unknown sizes it does not do what it does on integers"):
        check(LooksAtTheType(), engine="explore")


class MakesNone(Model):
    """Makes an object where sizes are unknown, and none where they are integers."""

    def begin(self) -> None:
        self.member: Member | None = Member()

    @action
    def take(self, size: Bytes) -> None:
        self.member = None if type(size) is int else Member()


def test_none_is_not_an_object() -> None:
    """Where there ought to be an object that is new, that there is none is noticed."""
    with pytest.raises(ModelError, match="leads to a state in which member is None, not a Member"):
        validate(MakesNone())


def test_an_unknown_size_looks_like_an_int() -> None:
    """`isinstance`, `match` and `is True` answer on unknown sizes as they do on integers."""
    validate(LooksLikeAnInt())


def test_an_honest_model_is_not_refused() -> None:
    """The good twin of them all passes."""
    validate(Honest())


def test_the_order_of_a_bag_is_no_state() -> None:
    """Who acts on the first member of a bag is refused; who lets the environment choose is not."""
    validate(FirstOfABag(asks=True))
    with pytest.raises(ModelError, match="depends on the order of a Bag's members"):
        validate(FirstOfABag())


class Block(HeapObject):
    size: Bytes
    dirty: bool

    def shallow_size(self) -> Bytes:
        return self.size


class TieInABag(Model):
    """Of two blocks the largest is let go of; where both have 777 bytes it is whichever comes first in the bag."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0
        self.blocks: Bag[Block] = Bag()

    @action
    def load(self, size: Bytes) -> None:
        require(len(self.blocks) < 2)
        self.blocks.add(Block(size, dirty=len(self.blocks) == 1))
        self.used += size

    @action
    def evict(self) -> None:
        require(len(self.blocks) == 2)
        largest = max(self.blocks, key=lambda block: block.size)
        if largest.dirty or any(block.size != 777 for block in self.blocks):
            self.blocks.discard(largest)
        self.used -= largest.size

    def accounted(self) -> Bytes:
        return self.used


def test_the_order_of_a_bag_at_one_size() -> None:
    """A tie is noticed that there is at one size only: the claims were proved of one order of the two."""
    with pytest.raises(ModelError, match="depends on the order of a Bag's members"):
        check(TieInABag())


@always
def changes(now: Any) -> bool:
    """A claim that counts how often it is asked, in the state."""
    now.steps += 1
    return True


@always
def alternates(_now: Any) -> bool:
    """A claim that is not the same twice."""
    return next(turns)


@always
def raises(now: Any) -> bool:
    """A claim that raises."""
    return bool([][now.steps])


@always
def looks(now: Any) -> bool:
    """A claim that does nothing else."""
    return bool(now.steps >= 0)


def test_claims_only_look() -> None:
    """A claim that changes the state, that answers differently, or that raises, is refused, and no other."""
    report = check(Honest(), [changes, alternates, raises, looks])
    refused = {
        result.claim: result.verdict.sentence() for result in report.results if isinstance(result.verdict, Refused)
    }

    assert set(refused) == {changes, alternates, raises}
    assert re.search(r"the claim changes \(.*\) changes the state", refused[changes])
    assert re.search(r"the claim alternates \(.*\) changes the state", refused[alternates])
    assert re.search(r"the claim raises \(.*\) raises IndexError: .*test_honest\.py:\d+, in raises", refused[raises])


def test_it_is_said_where_the_executions_part() -> None:
    """The message shows the step, both outcomes, and the line after which integers go another way."""
    with pytest.raises(
        ModelError, match=r"take\(size=\d+\) is taken on integers, and leads to a state in which used is \d+, not \d+"
    ):
        validate(LooksAtTheType())
    with pytest.raises(
        ModelError, match=r"both execute the same lines, the last of which is .*test_honest\.py:\d+, in take"
    ):
        validate(LooksAtTheType())
    with pytest.raises(ModelError, match=r"they part after .*test_honest\.py:\d+, in more: integers go on at"):
        validate(LooksAtTheTypeInTwoLines())


@always
def one_holds_more(now: FirstOfABag) -> bool:
    """Somebody holds more than 5; who is asked first is for the bag to say."""
    return any(member.held > 5 for member in now.members)


@pytest.mark.parametrize("turned", [False, True])
def test_a_claim_that_ends_at_the_first_member(*, turned: bool) -> None:
    """It executes more of itself, or less, in the other order of a bag, and is not refused for that."""
    automaton = extract(FirstOfABag(asks=True), [one_holds_more], Feasibility())
    shape = next(each for each in automaton.shapes if len(each.slots) == 1)
    asking = Validator(automaton).asking
    objects = asking.records.pattern(shape.index).build([9])
    if turned:
        objects[0].members.members.reverse()
    asking.state(shape, [9], objects)

    assert not asking.refused
