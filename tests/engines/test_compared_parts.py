"""What a comparison on integers is made of, part by part: constants, bags, lines, steps of a walk, sizes beyond."""

from __future__ import annotations

import os
import random
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.errors import ENGINES, KIT
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.oracle import Oracle
from spillproof.model.quantity import Condition, Is, Linear
from spillproof.model.step import TAKEN
from spillproof.properties.engines.validation import fork, validator, walks
from spillproof.properties.engines.validation.clocks import asked
from spillproof.properties.engines.validation.executions import _is_foreign, _is_installed
from spillproof.properties.engines.validation.forms import (
    Amount,
    BagOf,
    Row,
    Table,
    _are,
    arrange,
    bags_of,
    fits,
    same,
)
from spillproof.properties.engines.validation.records import Mismatch, Records, _same_error
from spillproof.properties.engines.validation.sizes import Scale, Unsolved
from spillproof.properties.engines.validation.validator import Validator
from spillproof.properties.engines.validation.walks import ANY, ASKED, TRIES, Walks

fake: Any = SimpleNamespace
"""Something with these attributes, in the stead of an engine's own."""

nothing: Any = None


class Page(HeapObject):
    """Anything."""


ONE, TWO, THREE = Page(), Page(), Page()

# Forms


@pytest.mark.parametrize(
    ("seen", "fit"),
    [({"k": 5}, True), ({"k": 4}, False), ({"k": 6}, False), ({"j": 5}, False), ({}, False), ([5], False),
     ({"k": 5, "j": 5}, False), ({1: 5}, False)],
)  # fmt: skip # a table
def test_a_dict_that_fits(seen: Any, *, fit: bool) -> None:
    """The same keys, and what is expected under them."""
    assert fits(Table(("k",), (Amount(0),)), seen, [], [5]) is fit


@pytest.mark.parametrize(
    ("members", "others", "are"),
    [([], [], True), ([ONE], [ONE], True), ([ONE, TWO], [TWO, ONE], True), ([ONE], [TWO], False),
     ([ONE, ONE], [ONE, TWO], False), ([ONE], [ONE, TWO], False), ([ONE, TWO], [ONE], False)],
)  # fmt: skip # a table
def test_the_members_of_a_bag(members: list[Any], others: list[Any], *, are: bool) -> None:
    """The same objects, in any order, each once."""
    assert _are(members, others) is are


def test_bags_are_brought_into_order() -> None:
    """Those within lists and dicts, too."""
    bags = [Bag([ONE, TWO]) for _ in range(3)]
    spec = BagOf((2, 1))
    arrange(spec, bags[0], ["model", ONE, TWO])
    arrange(Row(list, (Amount(0), spec)), [7, bags[1]], ["model", ONE, TWO])
    arrange(Table(("a", "b"), (Amount(0), spec)), {"a": 7, "b": bags[2]}, ["model", ONE, TWO])

    assert [[*each.members] for each in bags] == [[TWO, ONE]] * 3
    holder = Page()
    vars(holder).update(empty=Bag([]), single=Bag([ONE]), both=bags[0], row=[bags[1]])
    assert list(bags_of([holder])) == [bags[0]]


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [(1, True, False), (1, 1, True), (1, 2, False), (frozenset({1}), frozenset({True}), False), ("a", "b", False),
     (frozenset({1}), frozenset({1, 2}), False), (frozenset({1, 2}), frozenset({1}), False), (2.5, 2.5, True)],
)  # fmt: skip # a table
def test_constants_that_are_the_same(one: object, other: object, *, are: bool) -> None:
    """Of one class, and equal; so are the members of a set."""
    assert same(one, other) is are


# Steps


@pytest.mark.parametrize(("raised", "taken", "agrees"), [("KeyError (a.py:3)", True, False), ("", True, True)])
def test_a_step_that_was_to_raise(raised: str, *, taken: bool, agrees: bool) -> None:
    """Where it is taken after all, it is another one."""
    self = fake(pattern=lambda _: fake(find=lambda *_, **__: ["objects"]))
    edge = fake(raised=raised, update=(), target=0, origins=())
    record = fake(edge=edge, guard=fake(complete=lambda values: values))
    found = Records.compare(self, nothing, record, (), fake(outcome=TAKEN, state=None, before=(), turned=False))

    assert isinstance(found, Mismatch) is not agrees
    assert not _same_error("KeyError (a.py:3)", TAKEN)


@pytest.mark.parametrize(("values", "taken"), [([1, 2, 3, 4], True), (Unsolved.NONE, False), (Unsolved.UNKNOWN, False)])
def test_a_step_with_sizes_that_meet_conditions(values: Any, *, taken: bool) -> None:
    """It is taken with the choices of a record, and claims are asked; where there are none, that is said."""
    done: list[Any] = []

    def solve(guard: Any, symbols: int, scale: Scale) -> Any:
        done.append((guard.conditions, guard.quotients, symbols, scale))
        return values

    self = fake(sizes=fake(solve=solve), take=lambda *given, asked: done.append((*given, asked)))
    quotients = ((3, Linear({0: 1}), 2),)
    record = fake(guard=fake(quotients=quotients), picks=(7,))
    instance = fake(width=2, given=1)
    conditions = (Condition(Linear({0: 1}), Is.ZERO),)

    assert Validator.probe(self, instance, conditions, record) is taken
    assert done[0] == (conditions, quotients, 4, Scale.TYPICAL)
    assert done[1:] == [(instance, values, (7,), True)] * taken


@pytest.mark.parametrize(
    ("plain", "sets", "source", "bags", "told"),
    [
        (True, False, 0, False, []), (True, True, -1, False, ["turned"]), (True, False, 3, True, ["turned"]),
        (True, False, 0, True, ["turned"]), (True, False, -1, True, []), (False, False, 0, False, ["code"]),
        (False, True, 0, True, ["code", "turned"]),
    ],
)  # fmt: skip # a table
def test_a_sample(  # noqa: PLR0917 - a table
    plain: Any, sets: Any, source: int, bags: Any, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is taken on unknown sizes unless all is plain, and with its bags turned if there are any, or sets."""
    done: list[str] = []
    monkeypatch.setattr(validator, "refuse_other_code", lambda *_: done.append("code"))
    self = fake(
        is_plain=plain, has_sets=sets, records=fake(pattern=lambda _: fake(has_bags=bags)),
        take=lambda *_, turned: done.append("turned" if turned else "plain"),
    )  # fmt: skip
    Validator.sample(self, fake(source=source), fake(picks=()), ())

    assert done == told


# Walks


class Chance(random.Random):
    """Draws these numbers between 0 and 1, and the first of many."""

    def __init__(self, *numbers: float) -> None:
        super().__init__()
        self.numbers = [*numbers]

    def random(self) -> float:
        return self.numbers.pop(0)

    def choice(self, seq: Any) -> Any:
        return seq[0]


def test_a_walk_asks_now_and_then() -> None:
    """About a state of it, as it is then; and it ends where no step leads on."""
    done: list[Any] = []
    chance = Chance(ASKED - 0.01, ASKED, ASKED - 0.01)
    at = iter([(0, [1], ["a"]), (0, [2], ["b"]), None])
    self = fake(
        chance=chance, records=fake(instances={-1: ["begin"]}), automaton=fake(shapes=["shape"]),
        asking=fake(state=lambda *given: done.append(given)), sizes=lambda *_: [],
        move=lambda *_: (0, [0], ["first"]), step=lambda *_: next(at),
    )  # fmt: skip

    assert len(list(Walks.run(self))) == 4
    assert done == [("shape", [0], ["first"]), ("shape", [2], ["b"])]


@pytest.mark.parametrize(
    ("numbers", "done"),
    [
        ([1.0], ["moved"]), ([ANY, 1.0], ["moved"]), ([ANY - 0.01, 1.0], ["blind", "moved"]),
        ([0.0] * TRIES, ["blind"] * TRIES),
    ],
)  # fmt: skip # a table
def test_a_step_of_a_walk(numbers: list[float], done: list[str]) -> None:
    """Now and then anything is tried, and then another step; a run ends where too much was tried."""
    tried: list[str] = []

    def moved(*_: Any) -> str:
        tried.append("moved")
        return "on"

    edge = fake(index=5)
    record = fake(says=edge, guard=fake(repair=lambda *_: [1]))
    self = fake(
        automaton=fake(leaving={0: [edge]}), chance=Chance(*numbers), blind=lambda *_: tried.append("blind"),
        records=fake(of_edge={5: fake(edges=[record])}), sizes=lambda *_: [], move=moved,
    )  # fmt: skip

    end: Any = Walks.step(self, 0, [], [])
    assert end == ("on" if "moved" in done else None)
    assert tried == done
    self.automaton.leaving = {}
    assert Walks.step(self, 0, [], []) is None


@pytest.mark.parametrize(("certain", "told"), [(True, [{"walked": True}]), (False, [])])
def test_a_walk_that_strays(monkeypatch: pytest.MonkeyPatch, told: list[Any], *, certain: bool) -> None:
    """That it was a run's step is said with it; what is not certain ends the run."""
    done: list[Any] = []
    monkeypatch.setattr(walks, "disagree", lambda *_, **named: done.append(named))
    monkeypatch.setattr(walks, "take", lambda *_: None)
    difference = None if certain else fake(certain=False)
    mismatch = Mismatch(nothing, (), nothing, None, difference)
    self = fake(chance=None, records=fake(judge=lambda *_: mismatch), steps=4)
    instance = fake(width=0, given=0, source=0, arguments=(), action=fake(parameters=(), name="go"))

    assert Walks.judged(self, instance, [], []) is None
    assert (done, self.steps) == (told, 5)


# Lines, and whose they are


@pytest.mark.parametrize("most", [2, 9])
def test_lines_that_are_executed(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line once as often as it is, and no call or return beside; as many as can be told."""
    monkeypatch.setattr(fork, "MOST_LINES", most)

    def doubled(number: int) -> int:
        total = number
        total += number
        return total

    first = doubled.__code__.co_firstlineno
    found = fork.lines(lambda: doubled(4), Oracle())
    assert [(each[1] - first, each[2]) for each in found if each[2] == "doubled"] == [
        (place, "doubled") for place in (1, 2, 3)
    ][: most - 1]  # fmt: skip


def test_whose_a_file_is() -> None:
    """The kit's, an engine's and Python's own are foreign to a model; of an author's none is, nor a lesson's."""
    foreign = [str(KIT / "system.py"), str(ENGINES / "check.py"), "<string>", os.__file__]
    own = [str(KIT / "lessons" / "pool.py"), "/home/somebody/model.py", "model.py"]
    command = str(KIT.parent / "counterexamples" / "command.py")

    assert [_is_foreign(each) for each in (*foreign, *own, command)] == [True] * 4 + [False] * 4
    assert [_is_installed(each) for each in (*foreign, *own, command)] == [True] * 4 + [False] * 3 + [True]


@pytest.mark.parametrize(("owner", "name", "said"), [(int, "today", ""), (5, "now", ""), (int, "time", "")])
def test_what_only_reads_like_a_clock(owner: Any, name: str, said: str) -> None:
    """Is none, unless it is a date's."""

    class Reads:
        """A function of that name."""

        __name__ = name
        __self__ = owner

    assert asked(Reads()) == said
