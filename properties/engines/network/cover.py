"""Steps of the model with many consumers, on plain integers, held against the model with one and the rest.

The theorem about two consumers speaks of any number where the model treats its consumers one by one, and does not count
them. That it does is not proved: it is tried, on random runs with two to five consumers. Each step, seen by one of the
consumers with all others in the rest, must be one of at most `MOST_STEPS` edges of the smaller automaton, and each
beginning one of its beginnings. The runs are those of the model itself, whatever the one with a rest has instead of its
methods: a rest is put into copies of their states.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from spillproof.model import oracle
from spillproof.model.clone import clone
from spillproof.model.rest import WithRest, without_rest
from spillproof.model.state import snapshot
from spillproof.model.step import attempt, begin, bind, ranges
from spillproof.model.system import Action, Kind, actions_of, open_parameters
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.network.fold import Folded, Parts, blank, fold, with_rest
from spillproof.properties.engines.network.images import Images
from spillproof.properties.engines.network.ways import NOWHERE, Image, Task, Ways, worked_out

NUMBERS = (2, 3, 4, 5)
"""How many consumers there are in the runs."""

MOST_STEPS = 3
"""Edges that may stand for one step: two for what one consumer does, and one for what others did before."""

LENGTHS = (1, 0, *range(2, MOST_STEPS + 1))
"""How many edges are tried, in this order."""

LARGEST = 6
"""Arguments are sizes up to this, and capacities up to four times as much."""

MOSTLY, LARGE = 0.8, 10_000
"""How often what the scope leaves open is that small, and up to what it is otherwise."""

LENGTH = 40
"""Steps of one run, at most."""


@dataclass(frozen=True)
class Uncovered:
    """A step that one consumer and the rest cannot do."""

    number: int
    """How many consumers there were."""
    step: str


@dataclass
class Covering:
    """Random runs of a model with its consumers on their own, each with an idle rest, against the smaller automaton."""

    many: type[WithRest]
    scope: dict[str, Any]
    smaller: Automaton
    limits: Limits = UNLIMITED
    seed: int = 0
    taken: dict[int, int] = field(default_factory=lambda: dict.fromkeys(NUMBERS, 0))
    """How many steps were covered, with each number of consumers."""

    def __post_init__(self) -> None:
        self.images, self.ways = Images(self.smaller), Ways(self.smaller)
        self.random = random.Random(self.seed)
        self.base = without_rest(self.many)
        self.actions = actions_of(self.base)

    @property
    def steps(self) -> int:
        return sum(self.taken.values())

    def go(self, steps: int, numbers: Sequence[int] = NUMBERS) -> Uncovered | None:
        """Take so many steps more, as many with each number. Return the first that is not covered, or None."""
        share = -(-steps // len(numbers))
        for number in numbers:
            until = self.taken.setdefault(number, 0) + share
            for _ in range(share):  # a model whose runs have no steps has none to cover
                if self.taken[number] >= until:
                    break
                found = self.run(number, min(LENGTH, until - self.taken[number]))
                if found is not None:
                    return found
        return None

    def run(self, number: int, length: int) -> Uncovered | None:
        """Take a run of random steps."""
        choices = _Choices(self.random)
        model = self.base(**{**self.scope, self.many.counted_by: number})
        opening = [
            self.size() if each.kind is Kind.SIZE else self.random.choice(each.values)
            for each in open_parameters(model)
        ]
        with oracle.consulting(choices):
            state, outcome = begin(model, opening)
        if outcome.taken and not self.covers_beginning(state):
            return Uncovered(number, "begin")
        for _ in range(length if outcome.taken else 0):
            self.limits.check()
            taken = self.step(state, choices)
            if taken is None:
                return None
            action, arguments, copies, after = taken
            if not self.covers(action, arguments, (state, after), copies):
                words = ", ".join(str(each + 1) for each in arguments)
                return Uncovered(number, f"{action.name}({words})")
            state = after
            self.taken[number] += 1
        return None

    def size(self) -> int:
        """Return a size that the scope leaves open: mostly one that a few arguments fill, sometimes a large one."""
        most = 4 * LARGEST if self.random.random() < MOSTLY else LARGE
        return self.random.randint(1, most)

    def step(self, state: Any, choices: _Choices) -> tuple[Action, list[Any], dict[int, Any], Any] | None:
        """Take a random step on a copy. Return None where none of many tries is one."""
        objects = snapshot(state).objects
        for _ in range(60):
            action = self.random.choice(self.actions)
            options = ranges(action.parameters, objects, tuple(range(LARGEST)))
            if not all(options):
                continue
            picked: list[Any] = [self.random.choice(each) for each in options]
            values = [
                1 + value if each.kind is Kind.SIZE else value
                for each, value in zip(action.parameters, picked, strict=True)
            ]
            copies: dict[int, Any] = {}
            after = clone(state, copies)
            given = bind(action.parameters, values, [copies[id(each)] for each in objects])
            with oracle.consulting(choices):
                outcome = attempt(after, action, given)
            if outcome.taken:
                sizes = [value for each, value in zip(action.parameters, picked, strict=True) if each.kind is Kind.SIZE]
                return action, sizes, copies, after
        return None

    def covers(self, action: Action, sizes: list[int], states: tuple[Any, Any], copies: dict[int, Any]) -> bool:
        """Return whether a step, seen by a consumer or by none with all others in the rest, is one of the smaller."""
        (before, earlier), (after, later) = (with_rest(each, self.many) for each in states)
        bare, _ = with_rest(states[1], self.many, placed=False)
        twins = {id(earlier[place]): later.get(id(copy)) for place, copy in copies.items()}
        objects = snapshot(before).objects
        parts = Parts(objects, self.many.alike)
        kept = self.random.choice(parts.consumers) if parts.consumers and self.many.alone else -1
        folded = parts.of(each for each in parts.consumers if each != kept)
        gone = {id(twins.get(id(objects[each]))) for each in folded}
        old = {id(twins.get(id(objects[each]))) for each in parts.consumers}
        task, sources = Task(action.name, tuple(sizes)), self.read(before, objects, folded)
        reached, left = snapshot(after).objects, snapshot(bare).objects
        return any(
            self.is_done(task, sources, self.read(state, known, each))
            for each in self.after(reached, gone, old)
            for state, known in ([(after, reached)] if each else [(after, reached), (bare, left)])
        )  # where nobody is left, the rest may have gone with them

    def covers_beginning(self, state: Any) -> bool:
        """Return whether a beginning, seen by a consumer with all others in the rest, is one of the smaller."""
        begun, _ = with_rest(state, self.many)
        objects = snapshot(begun).objects
        return any(
            self.is_done(Task("begin", ()), [NOWHERE], self.read(begun, objects, each), (1,))
            for each in self.after(objects, set(), set())
        )

    def after(self, objects: list[Any], gone: set[int], old: set[int]) -> Iterator[Folded]:
        """Yield what is folded after a step: what was before, and new consumers, or all but one where none is alone."""
        parts = Parts(objects, self.many.alike)
        taken = parts.of(number for number, each in enumerate(objects) if id(each) in gone)
        alone = [each for each in parts.consumers if each not in taken]
        new = [each for each in alone if id(objects[each]) not in old]
        yield taken | parts.of(new)
        if self.many.alone and len(new) == len(alone):
            yield from (taken | parts.of(each for each in new if each != kept) for kept in new)

    def is_done(
        self, task: Task, sources: Sequence[Image], targets: Sequence[Image], lengths: Iterable[int] = LENGTHS
    ) -> bool:
        """Return whether so many edges lead from one of these states to another."""
        return any(
            next(worked_out(self.ways.of(source, target, steps, task)), None) is not None
            for steps in lengths
            for source in sources
            for target in targets
        )

    def read(self, state: Any, objects: list[Any], folded: Folded) -> Sequence[Image]:
        """Return what a state with these objects, folded, is in the smaller automaton."""
        sliced = self.smaller.sliced
        return self.images.read(blank(fold(state, objects, folded, sliced), sliced)).images


class _Choices(oracle.Oracle):
    """Chooses at random."""

    def __init__(self, chance: random.Random) -> None:
        self.random = chance

    def choose(self, options: int) -> int:
        return self.random.randrange(options)
