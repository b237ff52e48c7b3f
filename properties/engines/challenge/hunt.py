"""A hunt for runs that contradict verdicts: breadth first over small sizes, then at random over larger ones."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from spillproof.model.errors import Require
from spillproof.model.identity import Identity
from spillproof.model.system import Action, Kind, Parameter
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, ClaimError, Mode
from spillproof.properties.engines.challenge.scratch import Choices, History, Scratch, ScratchRun, Unrepeatable
from spillproof.properties.engines.challenge.words import Spelling, is_negative

RUNS, LONGEST = 60, 12
"""How many runs at random there are at most, and how many steps they have."""

TRIES = 8
"""How often a run at random looks for a step that is not refused."""

LARGE = (1, 2, 3, 5, 8, 13, 100, 1000)


@dataclass
class Stake:
    """What a verdict says cannot be: a run of at most `most` steps that ends with the claim false (or, seen)."""

    claim: Claim
    most: float = inf
    action: str = ""
    """For the claim that an action is taken: which."""
    weight: tuple[int, int] | None = None
    """Live objects at the end, and bytes given: a run of `most` steps contradicts only if it has less."""
    found: History | None = None
    trouble: str = ""
    """Why the claim cannot be asked at the end of the run that was found, if that is what contradicts the verdict."""

    def is_open(self, steps: int) -> bool:
        """Return whether a run of so many steps would contradict the verdict, and none was found."""
        return self.found is None and steps <= self.most

    def ask(self, before: Spelling | None, taken: ScratchRun, *, negative: bool) -> None:
        """Keep a run that ends with what cannot be, or with a state about which the claim cannot be asked."""
        try:
            if self.is_lighter(before, taken) and self.shows(before, taken, negative=negative):
                self.found = taken.history
        except ClaimError as error:
            self.found, self.trouble = taken.history, str(error)

    def shows(self, before: Spelling | None, taken: ScratchRun, *, negative: bool) -> bool:
        """Return whether a run ends with what cannot be. `before` is the state before its last step, if it has one."""
        if self.claim is NO_EXCEPTION or taken.raised:
            return taken.raised and self.claim is NO_EXCEPTION
        if self.claim is NEVER_NEGATIVE or negative:
            return negative and self.claim is NEVER_NEGATIVE
        return self.is_so(before, taken)

    def is_lighter(self, before: Spelling | None, taken: ScratchRun) -> bool:
        """Return whether a run has fewer steps, objects or bytes than one that is said to have the fewest.

        What a step that raises leaves behind means nothing: there the objects before it count.
        """
        if self.weight is None or len(taken.history) < self.most:
            return True
        end = before if taken.raised and before is not None else taken.spelling
        return (len(end.objects) - 1, taken.history.bytes()) < self.weight

    def is_so(self, before: Spelling | None, taken: ScratchRun) -> bool:
        """Return whether the claim itself is false (for a `sometimes` claim: true) at the end of a run."""
        if self.action:
            return bool(taken.history.deeds) and taken.history.deeds[-1].action.name == self.action
        if self.claim.over_steps:
            return before is not None and self.is_so_of_step(before, taken)
        return bool(self.claim(taken.state)) is (self.claim.mode is Mode.SOMETIMES)

    def is_so_of_step(self, before: Spelling, taken: ScratchRun) -> bool:
        """Return whether a claim about a step is. The objects of both states are the same ones by their numbers."""
        same = Identity(zip(taken.earlier[1:], before.objects[1:], strict=True))
        return bool(self.claim(before.objects[0], taken.state, identity=same)) is (self.claim.mode is Mode.SOMETIMES)


class Hunt:
    """Looks for runs that contradict verdicts, for as long as there is work allowed."""

    def __init__(self, scratch: Scratch, stakes: Iterable[Stake]) -> None:
        self.scratch = scratch
        self.stakes = list(stakes)

    def deepest(self) -> float:
        """Return how long a run may be and still contradict anything. -1 where nothing is left to contradict."""
        return max((stake.most for stake in self.stakes if stake.found is None), default=-1)

    # Breadth first

    def breadth(self, sizes: Sequence[int], deepest: float = inf) -> bool:
        """Look at every run with these sizes, shortest first. Return whether there is no other with them."""
        seen: set[object] = set()
        layer = [
            begun for begun in self.scratch.beginnings(sizes) if self.is_new(begun, seen) and not self.meet(begun, None)
        ]
        depth = 0
        while layer and depth < min(deepest, self.deepest()):
            layer = [after for before in layer for after in self.expanded(before, sizes, seen)]
            depth += 1
        return not layer

    def expanded(self, reached: ScratchRun, sizes: Sequence[int], seen: set[object]) -> list[ScratchRun]:
        """Return what one more step leads to that was not seen yet."""
        history = reached.history
        before = self.scratch.spell(self.scratch.at(history))
        if reached.spelling.whole and before.words != reached.spelling.words:
            raise Unrepeatable(history)
        found = []
        for taken in self.scratch.steps(history, before, sizes):
            new = not taken.raised and self.is_new(taken, seen)
            if not self.meet(taken, before, new=new) and new:
                found.append(taken)
        return found

    def is_new(self, taken: ScratchRun, seen: set[object]) -> bool:
        known = len(seen)
        seen.add(taken.spelling.words)
        return len(seen) > known

    def meet(self, taken: ScratchRun, before: Spelling | None, *, new: bool = True) -> bool:
        """Ask every claim that is open about a run. Return whether no engine goes on from there."""
        negative = not taken.raised and is_negative(taken.spelling)
        for stake in self.stakes:
            if stake.is_open(len(taken.history)) and (new or negative or taken.raised or stake.claim.over_steps):
                self.scratch.allowance.spend()
                stake.ask(before, taken, negative=negative)
        return negative or taken.raised

    # At random

    def random_runs(self) -> None:
        """Take runs at random, always the same ones."""
        chance = random.Random(0)
        for _ in range(RUNS):
            self.random_run(chance)

    def random_run(self, chance: random.Random) -> None:
        """Take one run at random."""
        state = self.some_beginning(chance)
        while state is not None and len(state.history) < min(LONGEST, self.deepest()):
            state = self.some_step(state, chance)

    def some_beginning(self, chance: random.Random) -> ScratchRun | None:
        opening = tuple(self.some(each, [], chance) for each in self.scratch.opening)
        choices = _Chance(chance, "begin")
        try:
            state = self.scratch.begin(opening, choices)
        except Require:
            return None
        begun = ScratchRun(History(opening, tuple(choices.taken)), state, self.scratch.spell(state))
        return None if self.meet(begun, None) else begun

    def some_step(self, reached: ScratchRun, chance: random.Random) -> ScratchRun | None:
        for _ in range(TRIES):
            action = chance.choice(self.scratch.actions)
            arguments = self.some_arguments(action, reached.spelling, chance)
            if arguments is None:
                continue
            taken = self.scratch.attempt(reached.history, action, arguments, _Chance(chance, action.name))
            if taken is not None:
                return None if self.meet(taken, reached.spelling) else taken
        return None

    def some_arguments(self, action: Action, before: Spelling, chance: random.Random) -> tuple[Any, ...] | None:
        sizes = [value for each in before.objects for value in vars(each).values() if type(value) is int and value > 0]
        live = {each.name: self.scratch.values(each, (), before.objects) for each in action.parameters}
        if any(each.kind is Kind.OBJECT and not live[each.name] for each in action.parameters):
            return None
        return tuple(
            chance.choice(live[each.name]) if each.kind is Kind.OBJECT else self.some(each, sizes, chance)
            for each in action.parameters
        )

    def some(self, parameter: Parameter, sizes: Sequence[int], chance: random.Random) -> Any:
        """Return a value for an argument: of sizes, one near those of the state or any."""
        if parameter.kind is not Kind.SIZE:
            return chance.choice(parameter.values)
        if sizes and chance.random() < 0.5:  # noqa: PLR2004 - one in two
            return max(1, chance.choice(sizes) + chance.choice((-1, 0, 1, -chance.choice(sizes))))
        return chance.choice(LARGE)


class _Chance(Choices):
    """Makes the environment's choices at random."""

    def __init__(self, chance: random.Random, doing: str) -> None:
        super().__init__((), doing)
        self.chance = chance

    def pick(self, place: int, options: int) -> int:  # noqa: ARG002 - any place
        return self.chance.randrange(options) if options else 0
