"""Witnesses: a run that makes a `sometimes` claim true, or a proof that none does."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from spillproof.model.errors import ModelError
from spillproof.model.names import counted
from spillproof.model.quantity import Field, Needed
from spillproof.model.state import NOTHING
from spillproof.model.system import actions_of
from spillproof.properties.claims import Claim, ClaimChangedError, ClaimError, Mode
from spillproof.properties.engines.automaton.concrete import concrete
from spillproof.properties.engines.automaton.goals import Goal, taken, witnesses
from spillproof.properties.engines.pending import Pending, contained, timed
from spillproof.properties.engines.proof.certificate import (
    Rejected,
    certify,
    check_unreachable,
)
from spillproof.properties.engines.proof.solver import Formula
from spillproof.properties.engines.proof.spacer import invent
from spillproof.properties.engines.provers import Provers, scope_of
from spillproof.properties.engines.run import Run, false_at, replay
from spillproof.properties.engines.verdict import (
    Never,
    Proved,
    Unknown,
    Verdict,
)
from spillproof.properties.engines.violations import Violations
from spillproof.properties.engines.world import World

WITNESS_LOOKS = (150, 4_000)
"""Chains for one attempt to find a run that shows a `sometimes` claim: first a few for each way, then many."""


A_MOMENT = 4_000_000
"""What Spacer may spend on one claim before anything that takes long, in Z3's units: about two seconds."""


SINGLE_TRIES = 3
"""Ways of a witness that are tried one by one, the nearest first, before several are tried together."""

MOST_TRIES = 20
"""Ways that are tried for one `sometimes` claim."""


class Witnesses(Violations, Provers):
    """Shows that claims are not vacuous."""

    def show_witnesses(self) -> None:
        """Find for each `sometimes` claim, and for each action, a run that shows it."""
        world = self.world
        for claim in self.asked(self.witnesses):
            try:
                world = self.shown(claim, world)
            except ClaimError as error:
                self.refuse(error)
                if isinstance(error, ClaimChangedError):
                    world = self.beside(world, world.needed)
        for action in actions_of(type(self.model)) if self.each_action else ():
            self.witness(action_taken(action.name), self.world, partial(taken, self.world.automaton, action.name))

    def shown(self, claim: Claim, world: World) -> World:
        """Show a witness, in a world with the quantities that it asks for. Return that world."""
        while True:
            try:
                self.witness(claim, world, partial(witnesses, world.automaton, claim))
            except Needed as needed:
                if needed.fields <= world.needed:
                    raise
                world = self.beside(world, world.needed | needed.fields | self.needed_soon(world))
            else:
                return world

    def beside(self, world: World, needed: frozenset[Field]) -> World:
        """Return a world with more quantities, and without the claims that are always to be true.

        A run that is found in it is replayed on integers; it is validated only where something rests on it alone.
        """
        return self.extract(any_preference=world.automaton.any_preference, needed=needed, claims=[], validated=False)

    def needed_soon(self, world: World) -> frozenset[Field]:
        """Return the quantities that other witnesses ask for at first, so that there is one world for all."""
        found: frozenset[Field] = NOTHING
        for claim in self.asked(self.witnesses):
            try:
                # A failure costs that claim, and is said where its turn comes.
                with contained("the search for what a witness needs", []):
                    next(witnesses(world.automaton, claim), None)
            except Needed as needed:
                found |= needed.fields
            except ClaimError:
                continue  # likewise
        return found

    def witness(self, claim: Claim, world: World, found: Callable[[], Iterator[Goal]]) -> None:
        self.limits.progress(f"looking for a run: {claim.name}")
        pending = Pending(claim, world)
        verdict: Verdict = Unknown("")
        with timed([pending]), contained("the search for a run", [pending]):
            verdict = self.seen(pending, found())
        if not isinstance(verdict, Proved):
            self.validation.rest_on(world.automaton)
        self.add(pending, Unknown(pending.failure) if pending.failure else verdict, "bounded")

    def seen(self, pending: Pending, found: Iterator[Goal]) -> Verdict:
        """Return the verdict on a witness: a run that shows it, or that none does."""
        refuted: list[Goal] = []
        tried: list[Goal] = []
        possible = self.possible(pending.world, found, refuted)
        for goal in itertools.islice(possible, SINGLE_TRIES):
            tried.append(goal)
            if (run := self.show(pending, [goal], WITNESS_LOOKS[0])[0]) is not None:
                return Proved(scope_of(self.model), run)
        tried += itertools.islice(possible, MOST_TRIES - len(tried))
        if len(tried) > SINGLE_TRIES and (run := self.show(pending, tried, 2 * WITNESS_LOOKS[0])[0]) is not None:
            return Proved(scope_of(self.model), run)
        tried += possible
        invented = self.invented(pending, tried)
        if pending.world.automaton.steps is None and (not tried or invented is not None):
            return self.never(pending, [*refuted, *tried], invented)
        for goal in tried[:MOST_TRIES]:
            if (run := self.show(pending, [goal], WITNESS_LOOKS[1])[0]) is not None:
                return Proved(scope_of(self.model), run)
        run, depth = self.show(pending, tried, WITNESS_LOOKS[1])
        ways = f"no run was found in {counted(len(tried), 'way')}" if tried else "nothing that was found makes it true"
        return Unknown(ways, depth) if run is None else Proved(scope_of(self.model), run)

    def invented(self, pending: Pending, left: list[Goal]) -> list[Formula] | None:
        """Return what Spacer invents to rule out all ways of a witness, in a moment; None where it does not."""
        if not left or not self.proves or pending.world.automaton.steps is not None:
            return None
        self.limits.progress(f"{pending.claim.name}: whether no run shows it, asked of Spacer")
        world = pending.world
        return invent(world.automaton, left, self.limits, A_MOMENT, known=world.invariant).formulas

    def possible(self, world: World, found: Iterable[Goal], refuted: list[Goal]) -> Iterator[Goal]:
        """Yield the goals that the invariant does not rule out, and keep the others."""
        for goal in found:
            if world.invariant.refutes(goal, self.feasible):
                refuted.append(goal)
            else:
                yield goal

    def never(self, pending: Pending, refuted: list[Goal], invented: list[Formula] | None) -> Verdict:
        """Return that no run comes to any of some goals, once that is checked as a proof is, and the goals on integers.

        Raises `ClaimError` where the claim is true of integers for which there is no goal.
        """
        world = pending.world
        if pending.claim.function.__module__ != __name__:  # an action's being taken is seen by its edges
            self.validation.deny(world.automaton, pending.claim)
        certificate = certify(world.automaton, (), world.invariant, invented)
        try:
            check_unreachable(certificate, world.automaton, refuted, self.limits)
            self.second(lambda: check_unreachable(certificate, world.automaton, refuted, self.limits, by_cvc5=True))
        except Rejected as why:
            return Unknown(f"that no run makes it true was not confirmed: {why}")
        return Never(scope_of(self.model))

    def show(self, pending: Pending, wanted: list[Goal], chains: int) -> tuple[Run | None, int]:
        """Return a run that reaches a goal and, replayed on integers, makes the claim true.

        Where there is none, every run of at most so many steps was ruled out.
        """
        world = pending.world
        searched = self.search(pending.claim, world, wanted, chains, self.limits, first=True)
        if searched.found is None:
            return None, searched.depth
        depth = min(searched.depth, searched.found.steps - 1)
        try:
            run = concrete(world.automaton, searched.found)
            moments = replay(run)
        except ModelError:  # the engines disagree about this run: it shows nothing
            return None, depth
        shows = not moments[-1].refused and false_at(pending.claim, moments) is not None
        return run if shows else None, depth


def action_taken(action: str) -> Claim:
    """Return that an action is taken in some run, as a claim."""

    def function(_before: Any, _after: Any) -> bool:
        return True

    function.__doc__ = f"The action {action} is taken in some run."
    return Claim(f"{action}_is_taken", Mode.SOMETIMES, function, over_steps=True)
