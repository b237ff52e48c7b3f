"""Every state at fixed small sizes, by NumPy kernels that are generated from the automaton.

A layer is a sorted array of packed states. The states of one skeleton lie next to each other in it; each is an instance
of a shape of the automaton, whose edges are taken by all of them at once (`columns`). What comes out is sorted, and
what was met before is taken out. The answer is the plain walk's in `explore`, to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spillproof.model.quantity import Linear
from spillproof.model.system import Model
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.alarm import heard
from spillproof.properties.engines.automaton.extraction import Feasible
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.goals import goals, refuse_unanswered, witnesses
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction, quotients_of
from spillproof.properties.engines.exploration.canonical import Canon, Form, State
from spillproof.properties.engines.exploration.columns import (
    ColumnStep,
    Compiler,
    Embedding,
    LargeFactors,
    Mask,
    Overflow,
    Rows,
    Tests,
    ways_of,
)
from spillproof.properties.engines.exploration.explore import explore
from spillproof.properties.engines.exploration.layers import (
    DEFAULT,
    Bounds,
    Expansion,
    Exploration,
    LayerSearch,
    Progress,
    asked,
)
from spillproof.properties.engines.exploration.packed import Codes, Packing, Spot
from spillproof.properties.engines.exploration.seen import Seen, distinct
from spillproof.properties.engines.exploration.walk import Walk
from spillproof.properties.engines.limits import OutOfTime

MOST_ROWS = 1 << 15
"""States that are stepped at once: few enough that their columns stay in the cache."""

MOST_TARGETS = 1 << 20
"""Packed states that are kept before duplicates are taken out: 8 MiB."""


def explore_fast(
    model: Model,
    claims: Iterable[Claim] | None = None,
    bounds: Bounds = DEFAULT,
    *,
    automaton: Automaton | None = None,
    feasible: Feasible | None = None,
    progress: Progress | None = None,
    made: Callable[[Automaton], None] = lambda _automaton: None,
) -> Exploration:
    """Return what `explore` returns, from the automaton of the model. `made` is told of that before it is explored.

    `automaton` may be given if it was extracted for the claims, and honours heuristics (no `any_preference`). What was
    sliced from it is not told apart here either: every state of the model is counted only if nothing was. `feasible` is
    Z3's answer unless given. Where a shape has more symmetries than can be listed, a claim divides sizes, a factor is
    too large, or half of the time does not suffice to find all shapes, the plain walk is taken. Raises `ModelError`
    where the model asks for something that no engine can honour, or a size needs more than 40 bits, and `EndlessError`
    where shapes have no end.
    """
    walk, wanted = Walk(model, bounds.largest, bounds.opening), asked(model, claims)
    try:
        automaton = automaton or _extract(model, wanted, bounds.half(), feasible)
        refuse_unanswered(automaton, wanted)
        made(automaton)
        canon = Canon(automaton.sliced)
        ways = _goals(automaton, wanted)
        if _divide(ways) or not all(canon.form(shape.state).is_listed for shape in automaton.shapes):
            return explore(model, wanted, bounds, sliced=automaton.sliced, progress=progress)
        explorer = _Kernels(automaton, walk, canon, ways, bounds)
    except OutOfTime:
        heard()
        return explore(model, wanted, bounds, progress=progress)
    except KeyboardInterrupt:
        heard()
        return Exploration(stopped="interrupt")
    try:
        return LayerSearch(explorer, walk, canon, wanted, bounds=bounds, progress=progress).run()
    except LargeFactors:
        return explore(model, wanted, bounds, sliced=automaton.sliced, progress=progress)


def _extract(model: Model, claims: list[Claim], bounds: Bounds, feasible: Feasible | None) -> Automaton:
    if feasible is None:
        from spillproof.properties.engines.proof.solver import Feasibility

        feasible = Feasibility()
    return extract(model, claims, feasible, lambda *_counts: bounds.check_time())


@dataclass
class Layer:
    """Sorted packed states."""

    codes: Codes


class _Kernels:
    """Explores with one number a state."""

    def __init__(self, automaton: Automaton, walk: Walk, canon: Canon, ways: tuple[Ways, Ways], bounds: Bounds) -> None:
        self.automaton = automaton
        self.bounds = bounds
        self.forms = [canon.form(shape.state) for shape in automaton.shapes]
        self.packing = _first_packing(self.forms, walk, canon, bounds)
        self.embeddings = _embeddings(self.forms, self.packing)
        self.flows = _flows(automaton, self.forms, self.packing)
        self.at_shape, self.at_edge = ways
        self.kernels: dict[Embedding, _Kernel] = {}
        self.layers: list[Layer] = []
        self.seen = Seen()

    def enter(self, states: list[State]) -> Layer:
        return self.keep(distinct(self.packing.pack(states)))

    def keep(self, codes: Codes) -> Layer:
        layer = Layer(codes)
        self.layers.append(layer)
        self.seen.add(codes)
        return layer

    def size(self, layer: Layer) -> int:
        return len(layer.codes)

    def hits(self, layer: Layer, claims: list[Claim]) -> dict[str, State]:
        found = _Least(self.packing)
        for kernel, rows in self.rows(layer.codes) if claims else ():
            for claim in claims:
                if ways := kernel.false.get(claim.name):
                    found.add(claim.name, rows.codes[rows.where_any(ways)])
        return found.states()

    def expand(self, layer: Layer, claims: list[Claim]) -> Expansion[Layer]:
        while True:
            try:
                return self.expand_all(layer, [claim.name for claim in claims])
            except Overflow as overflow:
                self.widen(overflow.needed)

    def expand_all(self, layer: Layer, names: list[str]) -> Expansion[Layer]:
        transitions = 0
        hits = _Least(self.packing)
        targets = _Targets(self.seen, self.packing)
        for kernel, rows in self.rows(layer.codes):
            self.bounds.check_time()
            for step in kernel.steps:
                transitions += self.take(step, rows, names, hits, targets)
        if targets.needed:
            raise Overflow(targets.needed)
        return Expansion(self.keep(targets.new()), transitions, hits.states())

    def take(self, step: ColumnStep, rows: Rows, names: list[str], hits: _Least, targets: _Targets) -> int:
        """Take one step from all rows that it can be taken from. Return from how many."""
        mask = rows.where(step.guard)
        count = len(rows.codes) if mask is None else int(np.count_nonzero(mask))
        if count == len(rows.codes):
            mask = None
        if count:
            for name in names:
                if ways := step.claims.get(name):
                    shown = rows.where_any(ways)
                    hits.add(name, rows.codes[shown if mask is None else shown & mask])
            if not step.raises:
                targets.land(step, rows, mask)
        return count

    def parent(self, state: State, layer: Layer) -> State:
        wanted = self.packing.pack([state])
        rank = self.packing.ranks[state.skeleton]
        found = _Least(self.packing)
        for kernel, rows in self.rows(layer.codes):
            for step in kernel.steps:
                if step.rank == rank:
                    mask = step.landing(rows, rows.where(step.guard))
                    sources = rows.codes if mask is None else rows.codes[mask]
                    found.add("", sources[step.targets(rows, mask, self.packing) == wanted])
        return found.states()[""]

    def rows(self, codes: Codes) -> Iterator[tuple[_Kernel, Rows]]:
        """Yield sorted states by the shape that they are taken for instances of."""
        for rank, group in self.packing.groups(codes):
            for start in range(0, len(group), MOST_ROWS):
                yield from self.embedded(rank, group[start : start + MOST_ROWS])

    def embedded(self, rank: int, codes: Codes) -> Iterator[tuple[_Kernel, Rows]]:
        for embedding in self.embeddings[rank]:
            kernel = self.kernel(embedding, rank)
            words = self.packing.split(codes)
            mask = kernel.covers(words)
            if mask is None or mask.all():
                yield kernel, Rows(codes, words, kernel.compiler.read_size, kernel.compiler.quotients)
                return
            if mask.any():
                covered = codes[mask]
                yield (
                    kernel,
                    Rows(covered, self.packing.split(covered), kernel.compiler.read_size, kernel.compiler.quotients),
                )
                codes = codes[~mask]
        assert not len(codes), "a state that is no instance of any shape"

    def kernel(self, embedding: Embedding, rank: int) -> _Kernel:
        found = self.kernels.get(embedding)
        if found is None:
            found = self.kernels[embedding] = _Kernel(self, embedding, rank)
        return found

    def widen(self, needed: dict[Spot, int]) -> None:
        """Give sizes more bits, and pack everything again."""
        old, self.packing = self.packing, self.packing.widened(_downstream(needed, self.flows))
        self.kernels = {}
        for layer in self.layers:
            layer.codes = self.packing.repack(layer.codes, old)
        self.seen.parts = [self.packing.repack(part, old) for part in self.seen.parts]


class _Kernel:
    """The steps and the claims of one embedding, compiled when first asked for."""

    def __init__(self, explorer: _Kernels, embedding: Embedding, rank: int) -> None:
        self.explorer = explorer
        self.embedding = embedding
        self.compiler = Compiler(explorer.packing, explorer.forms, embedding, rank)
        places = explorer.packing.places[rank]
        masks = [0] * explorer.packing.words
        for zero in embedding.zeros:
            masks[places[zero].word] |= (1 << places[zero].bits) - 1 << places[zero].shift
        self.masks = [np.uint64(each) for each in masks]

    def covers(self, words: list[Codes]) -> np.ndarray[tuple[int], np.dtype[np.bool_]] | None:
        """Return which states are instances of the shape; None for all."""
        found = None
        for word, mask in zip(words, self.masks, strict=True):
            if mask:
                zero = word & mask == 0
                found = zero if found is None else found & zero
        return found

    @cached_property
    def false(self) -> dict[str, tuple[Tests, ...]]:
        ways = self.explorer.at_shape.get(self.embedding.shape, {})
        return {name: ways_of(each, {}) for name, each in ways.items()}

    @cached_property
    def steps(self) -> list[ColumnStep]:
        explorer = self.explorer
        return [
            step
            for edge in explorer.automaton.leaving[self.embedding.shape]
            for step in self.compiler.steps(edge, explorer.at_edge.get(edge.index, {}), explorer.bounds.largest)
        ]


class _Least:
    """The least state for each name."""

    def __init__(self, packing: Packing) -> None:
        self.packing = packing
        self.found: dict[str, Codes] = {}

    def add(self, name: str, codes: Codes) -> None:
        """Take note of the first of some sorted states."""
        if len(codes):
            before = self.found.get(name)
            self.found[name] = codes[:1] if before is None else distinct(np.concatenate((before, codes[:1])))[:1]

    def states(self) -> dict[str, State]:
        return {name: self.packing.unpack(code) for name, code in self.found.items()}


class _Targets:
    """Gathers the states that steps lead to, and takes out those that were met before."""

    def __init__(self, seen: Seen, packing: Packing) -> None:
        self.seen = seen
        self.packing = packing
        self.needed: dict[Spot, int] = {}
        """Bits for sizes that did not fit. Once there are any, nothing else that was gathered counts."""
        self.waiting: list[Codes] = []
        self.count = 0
        self.done: list[Codes] = [np.empty(0, dtype=packing.dtype)]

    def land(self, step: ColumnStep, rows: Rows, mask: Mask | None) -> None:
        """Take a step from the states in `mask`."""
        try:
            self.add(step.targets(rows, step.landing(rows, mask), self.packing))
        except Overflow as overflow:
            for spot, bits in overflow.needed.items():
                self.needed[spot] = max(bits, self.needed.get(spot, 0))

    def add(self, codes: Codes) -> None:
        self.waiting.append(codes)
        self.count += len(codes)
        if self.count > MOST_TARGETS:
            self.flush()

    def flush(self) -> None:
        if self.waiting:
            self.done.append(self.seen.without(distinct(np.concatenate(self.waiting))))
        self.waiting, self.count = [], 0

    def new(self) -> Codes:
        """Return the new states, sorted."""
        self.flush()
        return distinct(np.concatenate(self.done))


def _first_packing(forms: list[Form], walk: Walk, canon: Canon, bounds: Bounds) -> Packing:
    """Return a packing with as many bits for each size as the largest number needs that is given."""
    skeletons = sorted({form.skeleton for form in forms})
    sizes = {form.skeleton: len(form.orders[0]) for form in forms}
    given = [value for _, state in walk.beginnings() for value in canon.canonical(state)[0].values]
    bits = max(bounds.largest, *given, 1).bit_length()
    return Packing(skeletons, [[bits] * sizes[each] for each in skeletons])


def _embeddings(forms: list[Form], packing: Packing) -> list[list[Embedding]]:
    """Return for each skeleton the shapes that between them cover its states, the most general first."""
    found: list[list[Embedding]] = [[] for _ in packing.skeletons]
    every = [
        (packing.ranks[form.skeleton], _embedding(shape, order))
        for shape, form in enumerate(forms)
        for order in form.orders
    ]
    for rank, each in sorted(every, key=lambda pair: (len(pair[1].zeros), pair[1].shape)):
        if not any(other.zeros <= each.zeros for other in found[rank]):
            found[rank].append(each)
    return found


def _embedding(shape: int, order: tuple[int, ...]) -> Embedding:
    places = {slot: place for place, slot in enumerate(order) if slot >= 0}
    return Embedding(
        shape,
        tuple(places[slot] for slot in sorted(places)),
        frozenset(place for place, slot in enumerate(order) if slot < 0),
    )


Flows = dict[Spot, set[Spot]]


def _flows(automaton: Automaton, forms: list[Form], packing: Packing) -> Flows:
    """Return to which spots a step may move the size at a spot as it is."""
    flows: Flows = {}
    for edge in automaton.edges:
        if edge.source >= 0 and edge.target >= 0:
            for index, value in enumerate(edge.update):
                if isinstance(value, Linear) and value.constant == 0 and list(value.terms.values()) == [1]:
                    (symbol,) = value.terms
                    for spot in _spots(forms[edge.source], symbol, packing):
                        flows.setdefault(spot, set()).update(_spots(forms[edge.target], index, packing))
    return flows


def _spots(form: Form, slot: int, packing: Packing) -> set[Spot]:
    rank = packing.ranks[form.skeleton]
    return {(rank, place) for order in form.orders for place, each in enumerate(order) if each == slot}


def _downstream(needed: dict[Spot, int], flows: Flows) -> dict[Spot, int]:
    """Return what is needed at once where sizes that did not fit will go next."""
    found: dict[Spot, int] = {}
    waiting = list(needed.items())
    while waiting:
        spot, bits = waiting.pop()
        if found.get(spot, 0) < bits:
            found[spot] = bits
            waiting.extend((each, bits) for each in flows.get(spot, ()))
    return found


Ways = dict[int, dict[str, list[Conjunction]]]


def _divide(ways: tuple[Ways, Ways]) -> bool:
    """Return whether some claim divides sizes: its quotients are no part of a packed state."""
    return any(
        quotients_of(way) for part in ways for named in part.values() for found in named.values() for way in found
    )


def _goals(automaton: Automaton, claims: list[Claim]) -> tuple[Ways, Ways]:
    """Return, by shape and by edge, each way in which a claim is false (for `sometimes`: true) there."""
    at_shape: Ways = {}
    at_edge: Ways = {}
    for claim in claims:
        for goal in goals(automaton, claim) if claim.mode is Mode.ALWAYS else witnesses(automaton, claim):
            ways = at_shape.setdefault(goal.shape, {}) if goal.edge is None else at_edge.setdefault(goal.edge.index, {})
            ways.setdefault(claim.name, []).append(goal.also)
    return at_shape, at_edge
