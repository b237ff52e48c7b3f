"""Runs in which alike objects do the same in turn: they soon show what is wrong where *all* of many do something.

Breadth first, that all of five have something is five steps deep and as wide as all that they may do instead. But who
counts them (`len(holding) == 4`) does so whatever they hold, and by whatever way they came to it. So a few actions are
taken by one after the other, with equal sizes or with ever larger ones, where there is ample room or just enough; the
claims are asked on the way, and in the end each action is taken once.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from spillproof.model.system import Action, Kind
from spillproof.properties.engines.challenge.hunt import Hunt
from spillproof.properties.engines.challenge.scratch import Choices, Nth, ScratchRun

AMPLE = 1_000
"""What the scope leaves open: enough for all."""

EQUAL = (2, 1)
"""The size of all arguments of a run."""

GROWING = 0
"""Stands for sizes of which each is 1 more than the one before."""

LONGEST = 3
"""So many actions at most are taken in turn."""


@dataclass
class _March:
    """A run, and who has had a turn."""

    at: ScratchRun
    had: set[int] = field(default_factory=set)
    """The numbers of the objects that had theirs."""
    last: set[int] = field(default_factory=set)
    """Those that were taken last."""


@dataclass(frozen=True)
class Turns:
    """Takes such runs of the model of a hunt, whose claims are asked about them."""

    hunt: Hunt
    number: int
    """How many alike objects there are."""
    led: dict[tuple[tuple[Action, ...], int], _March | None] = field(default_factory=dict)
    """Where actions that everybody took, with a size and ample room, have led to: longer runs go on from there."""

    def go(self) -> None:
        """Take all of them, the shortest first. Raises `Spent`."""
        for length in range(1, LONGEST + 1):
            for word in itertools.product(self.hunt.scratch.actions, repeat=length):
                for size in (*EQUAL, GROWING):
                    self.march(word, size, all_first=True)
                    if length > 1:
                        self.march(word, size, all_first=False)

    def march(self, word: tuple[Action, ...], size: int, *, all_first: bool) -> None:
        """Take actions one after the other, with ample room, and then with as much as that needed.

        With `all_first` everybody has a turn at each action; without, at all of them.
        """
        plan = self.plan(word, size, all_first=all_first)
        if all_first:
            end = self.led[word, size] = self.marched_on(word, size)
        else:
            end = self.marched(plan, AMPLE, all_first=False)
        if end is not None and any(each.kind is Kind.SIZE for each in self.hunt.scratch.opening):
            given = [value for deed in end.at.history.deeds for value in deed.arguments if type(value) is int]
            self.marched(plan, max(1, sum(given)), all_first=all_first)

    def plan(self, word: tuple[Action, ...], size: int, *, all_first: bool) -> list[tuple[Action, bool, int]]:
        """Return which action is taken when, whether by the same as the one before, and with which size."""
        turns = range(self.number)
        if all_first:
            return [(each, False, size or turn + 1) for each in word for turn in turns]
        return [(each, place > 0, size or turn + 1) for turn in turns for place, each in enumerate(word)]

    def marched_on(self, word: tuple[Action, ...], size: int) -> _March | None:
        """Have everybody take each of some actions with ample room: where all but the last were taken, the last."""
        key = word[:-1], size
        if not word[:-1] or key not in self.led:
            return self.marched(self.plan(word, size, all_first=True), AMPLE, all_first=True)
        before = self.led[key]
        march = None if before is None else _March(before.at)
        return march and self.taken(march, self.plan(word[-1:], size, all_first=True), all_first=True)

    def marched(self, plan: list[tuple[Action, bool, int]], room: int, *, all_first: bool) -> _March | None:
        """Take actions with these sizes, each by the same as the one before or by somebody else; then each once.

        Return where that leads to; None where no engine goes on.
        """
        begun = next(self.hunt.scratch.beginnings((room,)), None)
        if begun is None or self.hunt.deepest() < 0 or self.hunt.meet(begun, None):
            return None
        return self.taken(_March(begun), plan, all_first=all_first)

    def taken(self, march: _March, plan: list[tuple[Action, bool, int]], *, all_first: bool) -> _March | None:
        """Do the same from where a run has led to."""
        before: Action | None = None
        for action, again, size in plan:
            if all_first and action is not before:
                march.had = set()
            before = action
            if not self.step(march, action, size, again=again):
                return None
        if march.at.history.deeds:
            self.each_action(march, plan[-1][-1])
        return march

    def each_action(self, march: _March, size: int) -> None:
        """Take each action once from where a run has led to."""
        for action in self.hunt.scratch.actions:
            self.step(_March(march.at, march.had, march.last), action, size, again=True)

    def step(self, march: _March, action: Action, size: int, *, again: bool) -> bool:
        """Take an action by whoever's turn it is. Return whether the run goes on."""
        before = march.at
        for arguments in self.arguments(march, action, size, again=again):
            taken = self.hunt.scratch.attempt_on_copy(before, action, arguments, Choices((), action.name))
            if taken is not None:
                if self.hunt.meet(taken, before.spelling):
                    return False
                self.move(march, taken, {each.number for each in arguments if isinstance(each, Nth)})
                return True
        return True

    def arguments(self, march: _March, action: Action, size: int, *, again: bool) -> Iterator[tuple[Any, ...]]:
        """Yield the arguments that are tried: whose turn it is first, then others."""
        wanted = march.last if again else set(range(len(march.at.spelling.objects))) - march.had
        for is_wanted in (True, False):
            options = [
                [one for one in self.hunt.scratch.values(each, (size,), march.at.spelling.objects)
                 if not isinstance(one, Nth) or (one.number in wanted) is is_wanted]
                for each in action.parameters
            ]  # fmt: skip
            if all(options):
                yield tuple(each[0] for each in options)
            if not any(each.kind is Kind.OBJECT for each in action.parameters):
                return

    def move(self, march: _March, taken: ScratchRun, by: set[int]) -> None:
        """Go on from a state, in which objects may have other numbers."""
        now = {id(each): number for number, each in enumerate(taken.spelling.objects)}
        march.had, march.last = (
            {now[id(taken.earlier[each])] for each in numbers if id(taken.earlier[each]) in now}
            for numbers in (march.had | by, by)
        )
        march.at = taken
