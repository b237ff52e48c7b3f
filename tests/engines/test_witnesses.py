"""How a run is looked for that makes a claim true: one way at a time, several together, and when none is looked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, cast

import pytest

from spillproof.model.catalogue import find
from spillproof.model.quantity import Needed
from spillproof.properties.claims import Claim, ClaimChangedError, ClaimError, Mode
from spillproof.properties.engines import witnesses
from spillproof.properties.engines.limits import Limits
from spillproof.properties.engines.pending import Pending
from spillproof.properties.engines.portfolio import Portfolio
from spillproof.properties.engines.run import Run
from spillproof.properties.engines.verdict import Never, Proved, Unknown, Verdict
from spillproof.properties.engines.witnesses import Witnesses

SEEN = Claim("seen", Mode.SOMETIMES, lambda _now: True)
RUN = Run(find("lesson:pool").build(), (1,), ())


class Shown:
    """Shows a witness at some attempt; keeps what was tried: how many ways, and how many chains."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int = -1, invented: object = None) -> None:
        self.tried: list[tuple[int, int]] = []
        self.ruled_out: list[int] = []
        self.at = at
        monkeypatch.setattr(Witnesses, "possible", self.possible)
        monkeypatch.setattr(Witnesses, "show", self.show)
        monkeypatch.setattr(Witnesses, "invented", lambda *_: invented)
        monkeypatch.setattr(Witnesses, "never", self.never)

    def possible(self, _world: object, found: Iterator[int], refuted: list[int]) -> Iterator[int]:
        for each in found:
            if each < 0:
                refuted.append(each)
            else:
                yield each

    def show(self, _pending: object, goals: list[int], looks: int) -> tuple[Run | None, int]:
        self.tried.append((len(goals), looks))
        return (RUN if len(self.tried) - 1 == self.at else None), 7

    def never(self, _pending: object, goals: list[int], _invented: object) -> Verdict:
        self.ruled_out = goals
        return Never("all")

    def asked(self, ways: int, refuted: int = 0, steps: int | None = None) -> Verdict:
        """What comes of so many ways, of which others are ruled out at once."""
        world: Any = SimpleNamespace(automaton=SimpleNamespace(steps=steps))
        goals: Any = iter([*range(-refuted, 0), *range(ways)])
        return Portfolio(RUN.model, [], [], Limits()).seen(Pending(SEEN, world), goals)


@pytest.mark.parametrize(
    ("ways", "at", "tried"),
    [
        (1, 0, [(1, 150)]),
        (9, 2, [(1, 150)] * 3),
        (4, 3, [(1, 150)] * 3 + [(4, 300)]),
        (25, 3, [(1, 150)] * 3 + [(20, 300)]),
        (3, 3, [(1, 150)] * 3 + [(1, 4000)]),  # no more than were tried one by one
        (4, 5, [(1, 150)] * 3 + [(4, 300)] + [(1, 4000)] * 2),
        (25, 24, [(1, 150)] * 3 + [(20, 300)] + [(1, 4000)] * 20 + [(25, 4000)]),
    ],
)
def test_which_ways_are_tried(
    ways: int, at: int, tried: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearest one by one, then several together; and the same again with more patience."""
    shown = Shown(monkeypatch, at)
    verdict = shown.asked(ways)

    assert isinstance(verdict, Proved)
    assert (verdict.certificate, shown.tried, shown.ruled_out) == (RUN, tried, [])


def test_where_none_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said in how many ways, and how deep."""
    assert Shown(monkeypatch).asked(5) == Unknown("no run was found in 5 ways", 7)
    assert Pending(SEEN, cast("Any", None)).depth == -1  # as long as nobody has looked
    assert Shown(monkeypatch).asked(0, steps=3) == Unknown("nothing that was found makes it true", 7)


@pytest.mark.parametrize(("ways", "refuted", "invented", "steps", "never"), [
    (0, 2, None, None, True), (0, 2, None, 4, False), (2, 1, [], None, True), (2, 1, [], 4, False),
    (2, 1, None, None, False),
])  # fmt: skip # a table
def test_when_nothing_shows_it(  # noqa: PLR0917 - a table
    ways: int, refuted: int, invented: object, steps: int | None, never: bool,  # noqa: FBT001 - a table
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Every way is ruled out, at once or by what is invented; where more shapes may follow, that says nothing."""
    shown = Shown(monkeypatch, invented=invented)
    verdict = shown.asked(ways, refuted, steps)

    assert (verdict == Never("all")) is never
    assert shown.ruled_out == ([*range(-refuted, 0), *range(ways)] if never else [])


A, B = (type(RUN.model), "used"), (type(RUN.model), "capacity")


@pytest.mark.parametrize(
    ("asked", "known", "extracted"),
    [([], [A], []), ([[A]], [], [[A]]), ([[A], [B]], [], [[A], [A, B]]), ([[A]], [A, B], None), ([[A]], [A], None)],
)
def test_quantities_that_a_witness_asks_for(asked: list[Any], known: list[Any], extracted: Any) -> None:
    """One world more for each that is not there; one that is there, and asked for all the same, is a failure."""
    worlds: list[frozenset[Any]] = []
    waiting = [*asked]

    def witness(*_: Any) -> None:
        if waiting:
            raise Needed(frozenset(waiting.pop(0)))

    def beside(_world: Any, needed: frozenset[Any]) -> Any:
        worlds.append(needed)
        return SimpleNamespace(needed=needed, automaton=None)

    self: Any = SimpleNamespace(witness=witness, beside=beside, needed_soon=lambda _: frozenset())
    world: Any = SimpleNamespace(needed=frozenset(known), automaton=None)
    with pytest.raises(Needed) if extracted is None else nullcontext():
        assert Witnesses.shown(self, SEEN, world).needed == frozenset(worlds[-1] if worlds else known)
    assert worlds == [frozenset(each) for each in extracted or []]


@pytest.mark.parametrize(("error", "anew"), [(ClaimChangedError(SEEN), True), (ClaimError(SEEN, "why"), False)])
def test_a_witness_that_is_refused(error: ClaimError, *, anew: bool) -> None:
    """The next one is looked for in the same world, or in a new one where the claim has changed the states of it."""
    second = Claim("second", Mode.SOMETIMES, lambda _now: True)
    looked: list[Any] = []
    refused: list[Any] = []

    def shown(claim: Claim, world: Any) -> Any:
        looked.append(world)
        if claim is SEEN:
            raise error
        return world

    old, new = SimpleNamespace(needed="all"), SimpleNamespace(needed="all")
    self: Any = SimpleNamespace(world=old, witnesses=[SEEN, second], asked=lambda claims: claims, each_action=False)
    vars(self).update(shown=shown, refuse=refused.append, beside=lambda *_: new, model=RUN.model)
    Witnesses.show_witnesses(self)

    assert refused == [error]
    assert looked[0] is old
    assert looked[1] is (new if anew else old)


@pytest.mark.parametrize(
    ("left", "proves", "steps", "asked"),
    [(["way"], True, None, True), ([], True, None, False), (["way"], False, None, False), (["way"], True, 3, False)],
)
def test_what_is_invented(
    left: list[Any],
    proves: Any,
    steps: int | None,
    asked: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For ways that are left, of all shapes, if proofs are wanted."""
    said: list[str] = []
    monkeypatch.setattr(witnesses, "invent", lambda *_, **__: SimpleNamespace(formulas=["found"]))
    world: Any = SimpleNamespace(automaton=SimpleNamespace(steps=steps), invariant=None)
    self: Any = SimpleNamespace(proves=proves, limits=Limits(progress=said.append))

    found: Any = Witnesses.invented(self, Pending(SEEN, world), left)
    assert found == (["found"] if asked else None)
    assert said == ["seen: whether no run shows it, asked of Spacer"] * asked
