"""The kernels, part by part: which shape covers a state, where a size goes that did not fit, what is the least."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from spillproof.model.quantity import Linear
from spillproof.properties.engines.automaton.shapes import Divided
from spillproof.properties.engines.exploration import kernel
from spillproof.properties.engines.exploration.canonical import State
from spillproof.properties.engines.exploration.columns import Embedding, Overflow
from spillproof.properties.engines.exploration.kernel import (
    _divide,
    _downstream,
    _embeddings,
    _flows,
    _Kernel,
    _Kernels,
    _Least,
    _Targets,
)
from spillproof.properties.engines.exploration.layers import TooLargeError
from spillproof.properties.engines.exploration.packed import Packing
from spillproof.properties.engines.exploration.seen import Seen

Q0, Q1 = Linear({0: 1}), Linear({1: 1})
ONE, TWO = ("one",), ("two",)

fake: Any = SimpleNamespace
nothing: Any = None


def form(skeleton: Any, *orders: tuple[int, ...]) -> Any:
    """How the sizes of a shape stand in its skeleton, for each of its symmetries."""
    return fake(skeleton=skeleton, orders=orders)


def states(packing: Packing, codes: Any) -> list[tuple[int, ...]]:
    """The sizes of packed states."""
    return [packing.unpack(codes[place : place + 1]).values for place in range(len(codes))]


def test_where_sizes_go_as_they_are() -> None:
    """To each place where the size may stand after a step, from each where it did; a sum or a constant goes nowhere."""
    forms = [form(ONE, (0, 1), (1, 0)), form(TWO, (-1, 0, 1))]
    edges = [
        (-1, 0, (Q0, Q1)),
        (0, 1, (Q1, Q0 + 1)),
        (0, 1, (3, Linear({0: 2}))),
        (1, 0, (Q0 + Q1, Q0)),
        (1, -1, (Q0, Q1)),
        (1, 1, (0, Q1)),
    ]
    automaton = fake(edges=[fake(source=a, target=b, update=update) for a, b, update in edges])
    packing: Any = fake(ranks={ONE: 0, TWO: 1})

    assert _flows(automaton, forms, packing) == {
        (0, 0): {(1, 1)},
        (0, 1): {(1, 1)},
        (1, 1): {(0, 0), (0, 1)},
        (1, 2): {(1, 2)},
    }


def test_what_goes_on_needs_as_many_bits() -> None:
    """Wherever a size goes from where it did not fit, round in a circle as well; what needs more keeps it."""
    flows: dict[Any, Any] = {(0, 0): {(0, 1)}, (0, 1): {(0, 2)}, (0, 2): {(0, 0)}, (0, 3): {(0, 4)}}

    assert _downstream({(0, 0): 5, (0, 1): 2}, flows) == {(0, 0): 5, (0, 1): 5, (0, 2): 5}
    assert _downstream({(0, 1): 7, (0, 0): 5, (0, 4): 1}, flows) == {(0, 0): 7, (0, 1): 7, (0, 2): 7, (0, 4): 1}


def test_which_shapes_cover_the_states_of_a_skeleton() -> None:
    """The most general first; one that has 0 wherever another has, and elsewhere, covers nothing more."""
    forms = [
        form(ONE, (-1, 0), (0, -1)),
        form(ONE, (1, 0)),
        form(TWO, (0, -1)),
        form(TWO, (-1, 0)),
        form(TWO, (-1, -1)),
    ]
    packing: Any = fake(skeletons=[ONE, TWO], ranks={ONE: 0, TWO: 1})

    assert _embeddings(forms, packing) == [
        [Embedding(1, (1, 0), frozenset())],
        [Embedding(2, (0,), frozenset({1})), Embedding(3, (1,), frozenset({0}))],
    ]


@pytest.mark.parametrize(("at_shape", "at_edge", "divide"), [(0, 0, False), (1, 0, True), (0, 1, True)])
def test_whether_a_claim_divides(at_shape: int, at_edge: int, *, divide: bool) -> None:
    """At a shape, or at an edge, in any of its ways."""
    plain, divided = (), Divided((), ((1, Q0, 2),))
    ways: Any = tuple({3: {"a": [plain], "b": [plain, *([divided] * some)]}} for some in (at_shape, at_edge))

    assert _divide(ways) is divide


PACKING = Packing([ONE, TWO], [[3, 3], [3]])


def test_which_states_a_kernel_covers() -> None:
    """Those that have 0 where its shape has."""
    codes = PACKING.pack([State(ONE, each) for each in ((0, 0), (0, 5), (5, 0), (1, 7))])
    covered = {}
    for zeros in ((), (0,), (1,), (0, 1)):
        made = _Kernel(fake(packing=PACKING, forms=[]), Embedding(0, (), frozenset(zeros)), 0)
        covered[zeros] = made.covers(PACKING.split(codes))

    assert covered.pop(()) is None
    assert {zeros: [*map(bool, mask)] for zeros, mask in covered.items() if mask is not None} == {
        (0,): [True, True, False, False],
        (1,): [True, False, True, False],
        (0, 1): [True, False, False, False],
    }


def test_the_least_of_each_name() -> None:
    """Of sorted states that come in parts, in whatever order the parts do; of none, nothing."""
    least, some = _Least(PACKING), PACKING.pack([State(ONE, each) for each in ((0, 1), (0, 2), (3, 0))])
    for name, codes in (("a", some[1:]), ("a", some[:1]), ("a", some[2:]), ("b", some[2:]), ("c", some[:0])):
        least.add(name, codes)

    assert {name: state.values for name, state in least.states().items()} == {"a": (0, 1), "b": (3, 0)}


@pytest.mark.parametrize("most", [1, 2, 100])
def test_states_that_are_new(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sorted, each once, without those that were met before: however many are gathered at a time."""
    monkeypatch.setattr(kernel, "MOST_TARGETS", most)
    packed = PACKING.pack([State(ONE, (0, each)) for each in range(6)])
    seen = Seen()
    seen.add(packed[2:4])
    targets = _Targets(seen, PACKING)
    for places in ([5, 1, 5], [3], [], [1, 2, 0]):
        targets.add(packed[places])
        assert targets.count <= most

    assert states(PACKING, targets.new()) == [(0, 0), (0, 1), (0, 5)]
    assert len(_Targets(seen, PACKING).new()) == 0


def test_what_did_not_fit_is_gathered() -> None:
    """The most bits for each size: the others are known as well before anything is packed again."""
    asked = iter(({(0, 0): 4, (0, 1): 6}, {(0, 0): 5, (0, 1): 5}))

    def overflow(*_: Any) -> Any:
        raise Overflow(next(asked))

    targets, step = _Targets(Seen(), PACKING), fake(targets=overflow, landing=lambda _, mask: mask)
    for _ in range(2):
        targets.land(step, fake(), None)

    assert targets.needed == {(0, 0): 5, (0, 1): 6}


def rows_of(*masks: Any) -> Any:
    """Four states, and which of them meet what is asked, one question after the other."""
    answers = [None if each is None else np.array([*map(bool, each)]) for each in masks]
    return fake(codes=np.arange(4), where=lambda _: answers[0], where_any=lambda _: answers[1])


@pytest.mark.parametrize(
    ("guard", "shown", "raises", "taken", "hit", "landed"),
    [
        (None, (0, 1, 1, 0), False, 4, [1, 2], [None]),
        ((1, 1, 1, 1), (0, 1, 1, 0), False, 4, [1, 2], [None]),
        ((0, 0, 1, 1), (0, 1, 1, 0), False, 2, [2], [[False, False, True, True]]),
        ((0, 0, 1, 1), (0, 1, 1, 0), True, 2, [2], []),
        ((0, 0, 0, 0), (1, 1, 1, 1), False, 0, None, []),
    ],
)
def test_a_step_of_many_states(  # noqa: PLR0917 - a table
    guard: Any, shown: Any, raises: Any, taken: int, hit: Any, landed: list[Any]
) -> None:
    """It is taken where its guard is met, shows claims there alone, and leads nowhere where it raises."""
    step = fake(guard=None, claims={"a": "ways"}, raises=raises)
    hits: dict[str, Any] = {}
    lands: list[Any] = []
    found: Any = fake(add=lambda name, codes: hits.update({name: [*codes]}))
    targets: Any = fake(land=lambda _step, _rows, mask: lands.append(None if mask is None else [*map(bool, mask)]))
    self: Any = fake()

    assert _Kernels.take(self, step, rows_of(guard, shown), ["a", "b"], found, targets) == taken
    assert (hits, lands) == ({} if hit is None else {"a": hit}, landed)


@pytest.mark.parametrize(("ones", "twos"), [(0, 0), (2, 0), (0, 1), (2, 1)])
def test_states_of_each_skeleton(ones: int, twos: int) -> None:
    """They stand next to each other; of a skeleton that none has, there is no group."""
    packed = PACKING.pack(
        [State(ONE, (0, each)) for each in range(ones)] + [State(TWO, (each,)) for each in range(twos)]
    )
    groups = PACKING.groups(packed)

    assert [(rank, len(codes)) for rank, codes in groups] == [*[(0, ones)] * (ones > 0), *[(1, twos)] * (twos > 0)]
    wider = PACKING.widened({(0, 1): 5, (0, 0): 2, (1, 0): 40})
    assert [list(each) for each in wider.bits] == [[3, 5], [40]]
    assert states(wider, wider.repack(packed, PACKING)) == states(PACKING, packed)
    with pytest.raises(TooLargeError, match="a size needs 41 bits, more than 40"):
        PACKING.widened({(1, 0): 41})


@pytest.mark.parametrize(
    ("listed", "divides", "plain"),
    [
        ((True, True), False, False),
        ((True, False), False, True),
        ((False, True), False, True),
        ((True, True), True, True),
    ],
)
def test_when_the_plain_walk_is_taken(
    listed: tuple[bool, bool], monkeypatch: pytest.MonkeyPatch, *, divides: bool, plain: bool
) -> None:
    """Where some shape has more symmetries than are listed, or a claim divides."""
    shapes = [fake(state=each) for each in listed]
    for name, instead in {
        "Walk": lambda *_: None, "asked": lambda *_: [], "_extract": lambda *_: fake(shapes=shapes, sliced="few"),
        "refuse_unanswered": lambda *_: None, "_goals": lambda *_: (), "_divide": lambda _: divides,
        "Canon": lambda sliced: fake(form=lambda state: fake(is_listed=state), sliced=sliced),
        "explore": lambda *_, sliced, **__: f"plain, without {sliced}", "_Kernels": lambda *_: None,
        "LayerSearch": lambda *_, **__: fake(run=lambda: "fast"),
    }.items():  # fmt: skip
        monkeypatch.setattr(kernel, name, instead)

    found: Any = kernel.explore_fast(nothing, [])
    assert found == ("plain, without few" if plain else "fast")
