"""Runs that violate a claim: what the bounded engine finds is replayed on integers before it is believed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from spillproof.model.errors import ModelError
from spillproof.model.names import counted
from spillproof.properties.claims import Claim, ClaimError
from spillproof.properties.engines.automaton.concrete import concrete
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.bounded import EFFORT_SPENT, THE_TIME_WAS_UP, Searched, shortest
from spillproof.properties.engines.desk import Desk
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.pending import Pending, contained, timed
from spillproof.properties.engines.proof.solver import EFFORT, QUICK
from spillproof.properties.engines.run import Moment, Run, false_at, replay, weight
from spillproof.properties.engines.small import small_runs
from spillproof.properties.engines.smallest import FEWEST_STEPS, MINIMAL
from spillproof.properties.engines.verdict import (
    Unknown,
    Verdict,
    Violated,
)
from spillproof.properties.engines.world import World


class Violations(Desk):
    """Looks for violations, and says of each how certain it is that it is the smallest."""

    def look_at_small_sizes(self, pending: list[Pending]) -> None:
        """Find violations at small sizes, for claims of which none is known: there is nothing to prove then."""
        left = [each for each in pending if each.candidate is None]
        if not self.searches or not left:
            return
        self.limits.progress("every state at the smallest sizes")
        found: dict[str, Run] = {}
        with timed(left), contained("the search at small sizes", left), suppress(OutOfTime, ClaimError):
            found = small_runs(self.model, [each.claim for each in left], self.limits)
        for each in left:
            if each.claim.name in found:
                run = found[each.claim.name]
                each.candidate = Violated(run, *weight(run))

    def look(self, pending: Pending, chains: int | None, limits: Limits | None = None) -> bool:
        """Search for a violation. Return whether there is a verdict."""
        if not self.searches:
            return False
        verdict: Verdict | None = None
        with timed([pending]), contained("the bounded engine", [pending]):
            try:
                searched = self.search(
                    pending.claim,
                    pending.world,
                    pending.left,
                    chains,
                    limits or self.limits,
                    ruled_out=pending.depth,
                )
            except OutOfTime:
                searched = Searched(None, -1, THE_TIME_WAS_UP)
            # Of the length of what was found, nothing is ruled out before that is a verdict.
            depth = searched.depth if searched.found is None else min(searched.depth, searched.found.steps - 1)
            pending.depth, pending.why = max(pending.depth, depth), searched.why
            if searched.found is not None:
                try:
                    verdict = self.violated(pending, searched)
                except ClaimError as error:
                    self.refuse(error, pending.seconds)
                    return True
                pending.spurious = verdict is None
            if searched.why == EFFORT_SPENT and isinstance(verdict, Violated):
                pending.candidate, verdict = verdict, None
        if verdict is not None:
            self.add(pending, verdict, "bounded")
        return verdict is not None

    def search(
        self,
        claim: Claim,
        world: World,
        left: list[Goal],
        chains: int | None,
        limits: Limits,
        *,
        first: bool = False,
        ruled_out: int = -1,
    ) -> Searched:
        told = limits.progress
        return shortest(
            world.automaton,
            left,
            world.invariant,
            self.feasible,
            replace(limits, progress=lambda words: told(f"{claim.name}: {words}")),
            most_chains=chains,
            effort=EFFORT if chains is None else QUICK,
            first=first,
            ruled_out=ruled_out,
        )

    def violated(self, pending: Pending, searched: Searched) -> Verdict | None:
        """Replay what the bounded engine found: the verdict, or None for a run that a heuristic of the model excludes.

        As the automaton has every run of the model, and perhaps more, the shortest of them is the model's shortest if
        it is one of the model's at all.
        """
        found, automaton = searched.found, pending.world.automaton
        assert found is not None
        try:
            run = concrete(automaton, found)
            moments = replay(run)
            at = self.false_at(pending.claim, moments)
        except ClaimError:
            raise
        except ModelError as error:
            return Unknown(disagree(found.steps, (), f"replayed on integers, it cannot be taken: {error}"))
        if moments[-1].refused and automaton.any_preference:
            return None
        if at is not None and at < found.steps:
            shorter = replace(run, steps=run.steps[:at])
            return Violated(shorter, *weight(shorter))
        if at is None:
            return Unknown(disagree(found.steps, moments, "on integers the same steps do not"))
        minimal = "" if not searched.shortest else MINIMAL if searched.least else FEWEST_STEPS
        return Violated(run, found.objects, found.bytes, minimal, least=minimal == MINIMAL)

    def false_at(self, claim: Claim, moments: Sequence[Moment]) -> int | None:
        """Return the first moment at which a claim is false on integers, or None."""
        return false_at(claim, moments)


def disagree(steps: int, moments: Iterable[Moment], but: str) -> str:
    """Return that a run was found that is not one, with both sides."""
    taken_ = ", ".join(moment.spelled for moment in itertools.islice(moments, 1, None))
    run = f"a run of {counted(steps, 'step')} violates it{f' ({taken_})' if taken_ else ''}"
    return (
        f"the engines disagree: on unknown sizes {run}, {but}; this is a defect of spillproof, or of a model that "
        "keeps state outside of its heap (a mutable default argument, a global): please report it, with the model"
    )
