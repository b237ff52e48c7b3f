"""The engines that work on the automaton, together: bounded, Houdini, Spacer, and the certificate of what they prove.

The automaton is extracted once, for all claims. Its affine invariant settles most claims at once, and tells the bounded
engine where a violation could be. What neither settles goes to Houdini, with what its guesses need, and once more to
the bounded engine, for what is violated costs the provers most; then to Spacer, and for the time that is left to all of
them. Whatever is proved is proved again from its certificate, whatever is found is replayed on integers, before it is
reported.

The automaton leaves the model's preferences open at first: fewer cases, and a proof then holds whatever the preference.
A run that is found but that the model's preferences exclude shows when it is replayed; then they are put in.

How long the bounded engine looks at first is counted in chains of steps, and how long Z3 thinks about a question in its
own units: so the verdicts are the same under any load, but for those that say that the time was up. Where an engine
fails, the claim that it worked on is unknown, and no other.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.alarm import as_it_rang, heard
from spillproof.properties.engines.automaton.symmetry import fewer_shapes
from spillproof.properties.engines.bounded import THE_TIME_WAS_UP
from spillproof.properties.engines.desk import NOT_EXTRACTED
from spillproof.properties.engines.limits import OutOfTime
from spillproof.properties.engines.lookout import Lookout
from spillproof.properties.engines.pending import Pending
from spillproof.properties.engines.provers import Proofs
from spillproof.properties.engines.verdict import (
    NATURAL,
    Holds,
    Never,
    Proved,
    Report,
    Unknown,
    Verdict,
)
from spillproof.properties.engines.witnesses import A_MOMENT, Witnesses
from spillproof.properties.engines.world import World

FIRST_LOOK = 500
"""Chains of steps that the bounded engine tries before every inequality is."""

SECOND_LOOK = 2_000
"""Chains that it tries before Spacer is asked: of what is violated Spacer finds no proof, and thinks for seconds."""


NOT_NATURAL = "no run makes it true in which no counter is negative, and that none ever is was not proved"


class Portfolio(Witnesses):
    """Gives a verdict on each claim about a model, and a run for each witness. Use it once."""

    def run(self) -> Report:
        try:
            with as_it_rang():
                self.settle_what_can_be()
        except KeyboardInterrupt:
            heard()
            self.report.interrupted = True
            self.give_up("interrupted")
        except OutOfTime as up:
            heard()
            self.give_up(str(up) or (THE_TIME_WAS_UP if hasattr(self, "world") else NOT_EXTRACTED))
        if not self.naturals_proved:
            self.limit_proofs()
        self.report.validated = self.validation.result()
        if hasattr(self, "lookout") and self.lookout.frontier.steps >= 0 and not self.report.interrupted:
            self.report.hints += fewer_shapes(self.lookout.frontier.automaton())
        return self.report

    def settle_what_can_be(self) -> None:
        """Make an automaton, and settle each claim with it; compare what was made with the model on integers."""
        self.world = self.first_world()
        self.refuse_claims()
        if self.world.automaton.steps is None:
            self.settle_all()
        else:
            self.search_what_is_known()
        self.validate()

    def first_world(self) -> World:
        """Make the first automaton, in time for what is to be done if that takes too long."""
        early = self.limits
        if self.limits.deadline is not None:
            early = replace(self.limits, deadline=self.limits.deadline - self.reserve)
        self.lookout = Lookout(self, self.frontier(self.asked(self.claims), any_preference=True, limits=early))
        self.feasible.limits = early
        try:
            with as_it_rang():
                self.lookout.run()
        except OutOfTime:
            self.feasible.limits = self.lookout.limits = self.limits.half()
            self.lookout.look()
            raise
        finally:
            self.feasible.limits = self.limits
        return self.world_of(self.lookout.frontier.automaton(), validated=True)

    def settle_all(self) -> None:
        """Give a verdict on everything, as all shapes are known."""
        left = self.invent_early(self.settle(self.undecided()))
        self.show_witnesses()
        spurious = self.insist(left)
        if spurious:
            self.world = self.extract(any_preference=False)
            self.insist(self.settle(self.asked(spurious)))
        if any(isinstance(result.verdict, Proved) and result.claim in self.claims for result in self.report.results):
            self.prove_silent()

    def search_what_is_known(self) -> None:
        """Search all runs that are known, as there are more shapes; nothing is proved then."""
        self.show_witnesses()
        left = self.undecided()
        for place, claim in enumerate(left):
            pending = self.known[claim.name]  # the lookout has looked for a violation of each
            share = self.limits.within(self.limits.left() / (len(left) - place))
            if self.lookout.endless or not self.look(pending, None, share):
                pending.why = self.lookout.why
                self.add(pending, self.open(pending), "bounded")

    def limit_proofs(self) -> None:
        """Say of each proof, and of what holds, that it speaks only of runs in which no counter becomes negative."""
        negative = self.may_be_negative()
        for place, result in enumerate(self.report.results):
            verdict: Verdict = result.verdict
            if isinstance(verdict, Proved) and result.claim.mode is not Mode.SOMETIMES:
                verdict = Holds(f"{verdict.covers}{NATURAL}")
            elif isinstance(verdict, Holds) and negative:
                verdict = Holds(f"{verdict.bounds}{NATURAL}")
            elif isinstance(verdict, Never):
                verdict = Unknown(NOT_NATURAL)
            self.report.results[place] = replace(result, verdict=verdict)

    def may_be_negative(self) -> bool:
        """Return whether some step that is known may make a counter negative: no run goes on from there."""
        if any(each.claim == NEVER_NEGATIVE and isinstance(each.verdict, Holds) for each in self.report.results):
            return False
        with suppress(OutOfTime):
            return hasattr(self, "world") and bool(self.world.open(NEVER_NEGATIVE))
        return True

    def settle(self, claims: list[Claim]) -> list[Pending]:
        """Give the verdicts that come quickly. Return the claims that are still open."""
        proofs = Proofs(self.world)
        pending: list[Pending] = []
        for claim in (*claims, *self.silent()):
            waiting = self.pending(claim, self.world)
            if waiting.failure:
                self.add(waiting, self.open(waiting), "prove")
            else:
                (pending if waiting.left else proofs.pending).append(waiting)
        pending = self.guess(pending, proofs)
        if self.confirm(proofs):
            self.world = proofs.world
        for each in pending:
            each.world = self.world
        return [each for each in pending if each.claim in claims and not self.look(each, FIRST_LOOK)]

    def silent(self) -> list[Claim]:
        """Return what is to be proved though nobody asks, as proofs rest on it."""
        return [] if self.naturals_proved or NEVER_NEGATIVE in self.claims else [NEVER_NEGATIVE]

    def prove_silent(self) -> None:
        """Look a little longer for the proof of what other proofs rest on, where nobody asks for it."""
        proofs = Proofs(self.world)
        left = self.guess([self.pending(each, self.world) for each in self.silent()], proofs, backward=True)
        self.confirm(proofs)
        for each in left:
            self.ask_spacer(each, self.limits, A_MOMENT)

    def invent_early(self, pending: list[Pending]) -> list[Pending]:
        """Look for proofs by claims themselves and by what guesses need, for violations, and a moment by Spacer.

        Return what is still open.
        """
        violated = [each for each in pending if each.is_violated]
        proofs = Proofs(self.world)
        also = [self.pending(each, self.world) for each in self.silent()]
        left = self.induct([each for each in pending if not each.is_violated], also)
        left = self.guess(left, proofs, backward=True)
        if self.confirm(proofs):
            self.world = proofs.world
        for each in left:
            each.world = self.world
        left = [each for each in left if not self.look(each, SECOND_LOOK)]
        return [
            *violated,
            *(each for each in left if each.is_violated or not self.ask_spacer(each, self.limits, A_MOMENT)),
        ]

    def insist(self, pending: list[Pending]) -> list[Claim]:
        """Spend the time that is left. Return the claims for which only runs were found that the model excludes."""
        proofs = Proofs(self.world)
        spurious = [each for each in pending if each.spurious]
        pending = [each for each in pending if not each.spurious]
        self.look_at_small_sizes(pending)
        violated = [each for each in pending if each.candidate is not None]
        pending = self.guess([each for each in pending if each.candidate is None], proofs, widely=True)
        if self.confirm(proofs):
            for each in pending:
                each.world = proofs.world
        pending = [*violated, *pending]
        for place, each in enumerate(pending):
            share = self.limits.within(self.limits.left() / (len(pending) - place))
            if each.candidate is not None:
                share = replace(share, max_steps=len(each.candidate.run))
            elif self.ask_spacer(each, share):
                continue
            if self.look(each, None, share):
                continue
            if each.spurious:
                spurious.append(each)
            else:
                self.add(each, self.open(each), "bounded" if self.searches else "prove")
        return [each.claim for each in spurious]
