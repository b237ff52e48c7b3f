"""The smallest runs, in order: every run of one step, then of two, and so on, with values of every size that is tried.

The first run that breaks a claim is then a shortest, and nothing depends on chance. A run that leads where a shorter
one has led is not gone on with: from there the same follows.
"""

from __future__ import annotations

import gc
import math
from collections import deque
from dataclasses import dataclass, field, replace
from itertools import takewhile

from spillproof.properties.claims import Claim
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.fingerprint import fingerprint
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.operations.threads import Pair
from spillproof.properties.live.session import Seen, Session, false_at, hits
from spillproof.properties.live.sizes import in_words

OFTEN = 100
"""Runs."""

Hit = tuple[str, str]
"""A claim that is false, and the step with which it became false."""


@dataclass
class Frontier:
    """How far the smallest runs were taken, and what they have shown."""

    kind: type[Adapter]
    claims: list[Claim]
    sizes: tuple[int, ...]
    """Of the values that are put, in units."""
    at_once: bool = False
    """Whether two steps at once are taken as well."""
    runs: int = 0
    steps: int = 0
    done: int = -1
    """Every run of so many steps was taken."""
    waiting: deque[Script] = field(default_factory=lambda: deque([()]))
    """Runs that are to be taken, the shorter first."""
    first: dict[Hit, Script] = field(default_factory=dict)
    """The first run that broke a claim with a step of a kind, or that showed a `sometimes` claim."""
    later: dict[Hit, Script] = field(default_factory=dict)
    """The first run after which a claim broke as it was ended: two steps at once show later what they have done."""
    counts: dict[str, int] = field(default_factory=dict)
    empty: list[Script] = field(default_factory=list)
    """Runs that end with nothing held, and did not begin so."""
    seen: set[bytes] = field(default_factory=set)
    taken: list[int] = field(default_factory=list)
    """How many runs there were of no step, one step, and so on."""

    def go_on(self, most: int, length: int | None = None) -> None:
        """Take so many more runs; no more of more steps than `length`."""
        last = self.runs + most
        while self.waiting and self.runs < last and (length is None or len(self.waiting[0]) <= length):
            self.take(self.waiting.popleft())
            if self.runs % OFTEN == 0:
                gc.collect()
                gc.freeze()  # what waits need not be looked at whenever garbage is collected
            self.done = len(self.waiting[0]) - 1 if self.waiting else max(self.done, 1_000)

    def left(self, length: int) -> float:
        """Return how many runs of no more steps than `length` wait; infinity where these lead to others that are."""
        if self.waiting and len(self.waiting[0]) < length:
            return math.inf
        return sum(1 for _ in takewhile(lambda each: len(each) <= length, self.waiting))

    def take(self, script: Script) -> None:
        """Take a run, and note what may follow."""
        with Session(self.kind, self.claims, alone=True) as playing:
            for move in script:
                playing.take(move)
            self.runs, self.steps = self.runs + 1, self.steps + len(script)
            self.taken += [0] * (len(script) + 1 - len(self.taken))
            self.taken[len(script)] += 1
            last = playing.steps[-1]
            self.note(script, playing.steps)
            if script and script[-1].at and last.met:
                more = replace(script[-1], at=script[-1].at + 1)
                if more.at <= playing.operations[more.action].points:
                    self.waiting.appendleft((*script[:-1], more))
            if last.raised or self.was_there(playing):
                return
            self.waiting.extend((*script, move) for move in self.next(playing))
            if last.met:
                self.end(playing, script)

    def end(self, playing: Session, script: Script) -> None:
        """Read what is there, drop what is held, and close; note what is false then."""
        for move in list(playing.closing()):
            if not playing.can(move) or playing.steps[-1].raised:
                return
            script = (*script, move)
            playing.take(move)
            for claim in self.claims:
                if hits(claim, playing.steps[-2], playing.steps[-1]):
                    self.later.setdefault((claim.name, move.action), script)

    def next(self, playing: Session) -> list[Move]:
        """Return what may follow a run."""
        ending = [Move("close")] if playing.can(Move("close")) else []
        moves = [*playing.possible(self.sizes), *ending]
        return [move for move in moves if self.at_once or not isinstance(playing.operations[move.action], Pair)]

    def was_there(self, playing: Session) -> bool:
        """Return whether a run has led here before."""
        word = fingerprint(playing)
        if word is None:
            return False
        known = word in self.seen
        self.seen.add(word)
        return known

    def note(self, script: Script, steps: list[Seen]) -> None:
        """Note which claims a run breaks, or shows, with its last step."""
        before, last = (steps[-2] if script else None), steps[-1]
        for claim in self.claims:
            if hits(claim, before, last) and false_at(claim, steps) == len(script):
                self.counts[claim.name] = self.counts.get(claim.name, 0) + 1
                self.first.setdefault((claim.name, script[-1].action if script else ""), script)
        was_empty = before is None or before.now.seen["is_empty"]
        if last.now.seen["is_empty"] and not was_empty and not last.raised:
            self.empty.append(script)

    def scripts(self, claim: Claim) -> list[Script]:
        """Return the runs that broke a claim, the first first, one for each kind of step that did."""
        found = [script for (name, _), script in self.first.items() if name == claim.name]
        return sorted(found, key=len)

    def certifies(self, length: int) -> str:
        """Return in words that every run of fewer steps was taken; nothing where that is not so."""
        if self.done < length - 1:
            return ""
        shorter = sum(self.taken[:length])
        with_values = f"with values of {in_words(self.sizes)}"
        return f"each of the {shorter} shorter runs that lead to anything new was taken, {with_values}"
