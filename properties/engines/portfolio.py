"""The engines that work on the automaton, together: bounded, Houdini, Spacer, and the certificate of what they prove.

The automaton is extracted once, for all claims. Its affine invariant settles most claims at once, and tells the bounded
engine where a violation could be. What neither settles goes to Houdini, then to Spacer, then back to the bounded engine
for the time that is left. Whatever is proved is proved again from its certificate, whatever is found is replayed on
integers, before it is reported.

The automaton leaves the model's preferences open at first: fewer cases, and a proof then holds whatever the preference.
A run that is found but that the model's preferences exclude shows when it is replayed; then they are put in.

How long the bounded engine looks at first is counted in chains of steps, and how long Z3 thinks about a question in its
own units: so the verdicts are the same under any load, but for those that say that the time was up. Where an engine
fails, the claim that it worked on is unknown, and no other.
"""

from __future__ import annotations

import itertools
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from spillproof.model.errors import ModelError
from spillproof.model.quantity import Field, Needed
from spillproof.model.state import NOTHING
from spillproof.model.system import Kind, Model, actions_of, open_parameters
from spillproof.properties import registry
from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.claims import Claim, ClaimChangedError, ClaimError, Mode
from spillproof.properties.engines.alarm import bell_in, heard
from spillproof.properties.engines.automaton.concrete import concrete
from spillproof.properties.engines.automaton.frontier import Frontier
from spillproof.properties.engines.automaton.goals import Goal, taken, witnesses
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.bounded import EFFORT_SPENT, THE_TIME_WAS_UP, Searched, shortest
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.lookout import Lookout
from spillproof.properties.engines.proof.certificate import (
    Certificate,
    Rejected,
    Unanswered,
    certify,
    check_unreachable,
    check_with_cvc5,
    check_with_z3,
)
from spillproof.properties.engines.proof.houdini import strengthen
from spillproof.properties.engines.proof.invariant import Invariant, find_equations
from spillproof.properties.engines.proof.solver import EFFORT, QUICK, Feasibility, Formula
from spillproof.properties.engines.proof.spacer import invent
from spillproof.properties.engines.run import Moment, Run, false_at, replay, weight
from spillproof.properties.engines.small import small_runs
from spillproof.properties.engines.validation.validation import Validation
from spillproof.properties.engines.verdict import (
    Holds,
    Never,
    Proved,
    Refused,
    Report,
    Result,
    Unknown,
    Verdict,
    Violated,
)
from spillproof.properties.engines.world import World

FIRST_LOOK = 500
"""Chains of steps that the bounded engine tries before every inequality is."""

WITNESS_LOOKS = (150, 4_000)
"""Chains for one attempt to find a run that shows a `sometimes` claim: first a few for each way, then many."""

MINIMAL = (
    "every run of fewer steps was ruled out, over all sizes; among the shortest it has the fewest objects, then bytes"
)

FEWEST_STEPS = (
    "every run of fewer steps was ruled out, over all sizes; whether another of as many steps has fewer objects or "
    "bytes was not found out"
)

NOT_EXTRACTED = "the time was up before all shapes were found"

NOT_CHECKED = "the time was up before its certificate was checked"

NOT_NATURAL = "no run makes it true in which no counter is negative, and that none ever is was not proved"

A_MOMENT = 4_000_000
"""What Spacer may spend on one claim before anything that takes long, in Z3's units: about two seconds."""

SINGLE_TRIES = 3
"""Ways of a witness that are tried one by one, the nearest first, before several are tried together."""

MOST_TRIES = 20
"""Ways that are tried for one `sometimes` claim."""


@dataclass
class _Pending:
    """A claim that has no verdict yet: where it could still be false, and how far runs were searched."""

    claim: Claim
    world: World
    left: list[Goal] = field(default_factory=list)
    """Goals of that world."""
    depth: int = -1
    seconds: float = 0.0
    why: str = ""
    failure: str = ""
    """What went wrong in an engine that worked on it."""
    spurious: bool = False
    """Whether what was found is no run of the model, but of the automaton that ignores its heuristics."""
    candidate: Violated | None = None
    """A violation that may not be the smallest."""


@dataclass
class _Proofs:
    """Claims that one invariant settles."""

    world: World
    """With that invariant."""
    invented: list[Formula] | None = None
    pending: list[_Pending] = field(default_factory=list)


@dataclass(frozen=True)
class _Confirmation:
    """Who confirmed a certificate."""

    solvers: tuple[str, ...]
    remark: str = ""
    """What kept another from it."""


class Portfolio:
    """Gives a verdict on each claim about a model, and a run for each witness. Use it once."""

    def __init__(
        self,
        model: Model,
        claims: list[Claim],
        witnesses: list[Claim],
        limits: Limits,
        *,
        search: bool = True,
        prove: bool = True,
        each_action: bool = False,
        certify: bool = False,
        reserve: float = 0.0,
        needed: frozenset[Field] = NOTHING,
    ) -> None:
        """Take a model and what to ask of it.

        `certify` has cvc5 confirm each certificate as well. `reserve` are seconds that are not spent on finding shapes.
        `needed` are quantities that are not sliced away, whatever the claims look at.
        """
        self.needed = needed
        self.model = model
        self.report = Report(model)
        self.refused: set[Claim] = set()
        """The claims that cannot be asked."""
        self.claims = claims
        self.witnesses = witnesses
        self.each_action = each_action
        self.searches = search
        self.proves = prove
        self.certifies = certify
        self.reserve = reserve
        self.limits = limits
        self.feasible = Feasibility(limits)
        self.validation = Validation(model, limits)
        self.naturals_proved = False
        """Whether it is proved that no counter is ever negative. The other proofs rest on it."""
        self.world: World
        self.known: dict[str, _Pending] = {}
        """What was found out about each claim so far, for when the time is up."""

    def run(self) -> Report:
        try:
            self.world = self.first_world()
            self.refuse_claims()
            if self.world.automaton.steps is None:
                self.settle_all()
            else:
                self.search_what_is_known()
            self.validate()
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
        return self.report

    def settle_all(self) -> None:
        """Give a verdict on everything, as all shapes are known."""
        left = self.invent_early(self.settle(self.undecided()))
        self.show_witnesses()
        spurious = self.insist(left)
        if spurious:
            self.world = self.extract(any_preference=False)
            self.insist(self.settle(self.asked(spurious)))

    def search_what_is_known(self) -> None:
        """Search all runs that are known, as there are more shapes; nothing is proved then."""
        self.show_witnesses()
        left = self.undecided()
        for place, claim in enumerate(left):
            pending = self.known.get(claim.name) or self.pending(claim, self.world)
            share = self.limits.within(self.limits.left() / (len(left) - place))
            if self.lookout.endless or not self.look(pending, None, share):
                pending.why = self.lookout.why
                self.add(pending, self.open(pending), "bounded")

    def limit_proofs(self) -> None:
        """Say of each proof that it speaks only of runs in which no counter becomes negative."""
        for place, result in enumerate(self.report.results):
            verdict: Verdict = result.verdict
            if isinstance(verdict, Proved) and result.claim.mode is Mode.ALWAYS:
                verdict = Holds(f"{verdict.covers}, in runs in which no counter is negative")
            elif isinstance(verdict, Never):
                verdict = Unknown(NOT_NATURAL)
            self.report.results[place] = replace(result, verdict=verdict)

    def first_world(self) -> World:
        """Make the first automaton, in time for what is to be done if that takes too long."""
        early = self.limits
        if self.limits.deadline is not None:
            early = replace(self.limits, deadline=self.limits.deadline - self.reserve)
        self.lookout = Lookout(self, self.frontier(self.asked(self.claims), any_preference=True, limits=early))
        self.feasible.limits = early
        try:
            self.lookout.run()
        except OutOfTime:
            self.feasible.limits = self.lookout.limits = self.limits.within(self.limits.left() / 2)
            self.lookout.look()
            raise
        finally:
            self.feasible.limits = self.limits
        return self.world_of(self.lookout.frontier.automaton(), validated=True)

    def extract(self, *, any_preference: bool, needed: frozenset[Field] = NOTHING) -> World:
        """Make the automaton, as far as the first one went, and find the equations that hold in it."""
        frontier = self.frontier(self.asked(self.claims), any_preference=any_preference, needed=needed)
        frontier.advance(steps=self.world.automaton.steps if hasattr(self, "world") else None)
        return self.world_of(frontier.automaton(), needed, validated=True)

    def frontier(
        self,
        claims: list[Claim],
        *,
        any_preference: bool,
        needed: frozenset[Field] = NOTHING,
        limits: Limits | None = None,
    ) -> Frontier:
        """Return an automaton for claims of which nothing is known yet."""
        within = limits or self.limits

        def told(found: int, done: int, edges: int) -> None:
            within.check()
            within.progress(f"shapes: {found} found, {done} done, {edges} edges")

        needed |= self.needed
        return Frontier(self.model, claims, self.feasible, told, any_preference=any_preference, needed=needed)

    def world_of(self, automaton: Automaton, needed: frozenset[Field] = NOTHING, *, validated: bool = False) -> World:
        """Return an automaton with the equations that hold in it."""
        for error in automaton.refused.values():
            self.refuse(error)
        if validated:
            own = [claim for claim in self.asked(self.witnesses) if not registry.is_own(claim.function)]
            self.validation.add(automaton, own)
        self.limits.progress("equations that hold in each shape")
        try:
            invariant = find_equations(automaton, self.feasible, self.limits)
        except (KeyboardInterrupt, OutOfTime, ModelError):
            raise
        except Exception as error:  # noqa: BLE001 - without equations less is proved, and nothing wrongly
            invariant = Invariant([[] for _ in automaton.shapes])
            self.limits.progress(defect("the search for equations", error))
        return World(automaton, invariant, self.feasible, needed | self.needed)

    # Claims that cannot be asked

    def asked(self, claims: list[Claim]) -> list[Claim]:
        """Return the claims that can be asked, as far as is known."""
        return [claim for claim in claims if claim not in self.refused]

    def undecided(self) -> list[Claim]:
        """Return the claims that have no verdict."""
        decided = {result.claim for result in self.report.results}
        return [claim for claim in self.asked(self.claims) if claim not in decided]

    def pending(self, claim: Claim, world: World) -> _Pending:
        """Return what is known of a claim, and where in a world it could be false."""
        waiting = self.known.setdefault(claim.name, _Pending(claim, world))
        waiting.world, waiting.left, waiting.spurious, waiting.why = world, [], False, ""
        with _timed([waiting]), _contained("the search for what could violate it", [waiting]):
            waiting.left = world.open(claim)
        return waiting

    def refuse(self, error: ClaimError, seconds: float = 0.0) -> None:
        """Report that a claim cannot be asked; the others go on."""
        if error.claim not in self.refused:
            self.refused.add(error.claim)
            self.report.results = [each for each in self.report.results if each.claim is not error.claim]
            self.report.results.append(Result(error.claim, Refused(str(error)), "none", seconds))

    def refuse_claims(self) -> None:
        """Refuse the claims that turn out so on integers; what they have touched is made anew."""
        before = set(self.refused)
        self.validate()
        if not (self.refused - before).isdisjoint(self.claims):
            self.validation = Validation(self.model, self.limits)
            self.world = self.extract(any_preference=True)

    def validate(self) -> None:
        """Compare what the verdicts rest on with the model on integers, as far as its share of the time goes."""
        self.limits.progress("the automaton against the model on integers")
        try:
            for error in self.validation.go_on():
                self.refuse(error)
        except (ModelError, OutOfTime):
            raise
        except Exception as error:  # noqa: BLE001 - the verdicts stand, and less is validated
            self.validation.failure = defect("the validation", error)

    # Claims

    def settle(self, claims: list[Claim]) -> list[_Pending]:
        """Give the verdicts that come quickly. Return the claims that are still open."""
        proofs = _Proofs(self.world)
        pending: list[_Pending] = []
        silent = [] if NEVER_NEGATIVE in self.claims else [NEVER_NEGATIVE]
        for claim in (*claims, *silent):
            waiting = self.pending(claim, self.world)
            if waiting.failure:
                self.add(waiting, self.open(waiting), "prove")
            else:
                (pending if waiting.left else proofs.pending).append(waiting)
        pending = self.guess(pending, proofs, widely=False)
        if self.confirm(proofs):
            self.world = proofs.world
        for each in pending:
            each.world = self.world
        return [each for each in pending if each.claim not in silent and not self.look(each, FIRST_LOOK)]

    def invent_early(self, pending: list[_Pending]) -> list[_Pending]:
        """Have Spacer look for a proof of each claim that is open, for a moment. Return those that are still open."""
        return [each for each in pending if each.spurious or not self.ask_spacer(each, self.limits, A_MOMENT)]

    def insist(self, pending: list[_Pending]) -> list[Claim]:
        """Spend the time that is left. Return the claims for which only runs were found that the model excludes."""
        proofs = _Proofs(self.world)
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

    def look_at_small_sizes(self, pending: list[_Pending]) -> None:
        """Find violations at small sizes, for claims of which none is known: there is nothing to prove then."""
        left = [each for each in pending if each.candidate is None]
        if not self.searches or not left:
            return
        self.limits.progress("every state at the smallest sizes")
        found: dict[str, Run] = {}
        with _timed(left), _contained("the search at small sizes", left), suppress(OutOfTime, ClaimError):
            found = small_runs(self.model, [each.claim for each in left], self.limits)
        for each in left:
            if each.claim.name in found:
                run = found[each.claim.name]
                each.candidate = Violated(run, *weight(run))

    def open(self, pending: _Pending) -> Verdict:
        """Return the verdict on a claim that was neither proved nor found to be violated for certain."""
        if pending.candidate is not None:
            return pending.candidate if pending.candidate.minimal else uncertified(pending.candidate, pending.depth)
        if self.limits.max_steps is not None and pending.depth >= self.limits.max_steps:
            return Holds(f"all sizes, runs of at most {pending.depth} steps")
        return Unknown(pending.failure or pending.why or "no invariant was found", pending.depth)

    def look(self, pending: _Pending, chains: int | None, limits: Limits | None = None) -> bool:
        """Search for a violation. Return whether there is a verdict."""
        if not self.searches:
            return False
        verdict: Verdict | None = None
        with _timed([pending]), _contained("the bounded engine", [pending]):
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

    def violated(self, pending: _Pending, searched: Searched) -> Verdict | None:
        """Replay what the bounded engine found: the verdict, or None for a run that a heuristic of the model excludes.

        As the automaton has every run of the model, and perhaps more, the shortest of them is the model's shortest if
        it is one of the model's at all.
        """
        found, automaton = searched.found, pending.world.automaton
        assert found is not None
        try:
            run = concrete(automaton, found)
            moments = replay(run)
            at = false_at(pending.claim, moments)
        except ClaimError:
            raise
        except ModelError as error:
            return Unknown(_disagree(found.steps, (), f"replayed on integers, it cannot be taken: {error}"))
        if moments[-1].refused and automaton.any_preference:
            return None
        if at is not None and at < found.steps:
            shorter = replace(run, steps=run.steps[:at])
            return Violated(shorter, *weight(shorter))
        if at is None:
            return Unknown(_disagree(found.steps, moments, "on integers the same steps do not"))
        minimal = "" if not searched.shortest else MINIMAL if searched.least else FEWEST_STEPS
        return Violated(run, found.objects, found.bytes, minimal, least=minimal == MINIMAL)

    # Proofs

    def guess(self, pending: list[_Pending], proofs: _Proofs, *, widely: bool) -> list[_Pending]:
        """Try inequalities for what the equations leave open. Return what is still open."""
        if not pending or not self.proves:
            return pending
        self.limits.progress(f"inequalities that hold in each shape{', every guess' if widely else ''}")
        remaining: dict[str, list[Goal]] = {}
        with _timed(pending), _contained("the guessing of inequalities", pending):
            try:
                stronger = strengthen(
                    proofs.world.automaton,
                    proofs.world.invariant,
                    [goal for each in pending for goal in each.left],
                    self.feasible,
                    widely=widely,
                    limits=self.limits,
                )
                remaining = {each.claim.name: proofs.world.remaining(each.left, stronger) for each in pending}
            except OutOfTime:
                return pending
        settled = [each for each in pending if remaining.get(each.claim.name, each.left) == []]
        if settled:
            proofs.world = proofs.world.with_(stronger)
            proofs.pending.extend(settled)
        return [each for each in pending if each not in settled]

    def ask_spacer(self, pending: _Pending, limits: Limits, effort: int | None = None) -> bool:
        """Have Spacer look for a proof in half of the time, or with an effort. Return whether there is a verdict."""
        if not self.proves:
            return False
        self.limits.progress(f"{pending.claim.name}: an invariant from Spacer")
        invented: list[Formula] | None = None
        with _timed([pending]), _contained("Spacer", [pending]):
            invention = invent(
                pending.world.automaton,
                pending.left,
                limits.within(limits.left() / 2),
                effort,
                known=pending.world.invariant,
            )
            pending.why, invented = invention.why, invention.formulas
        if invented is None:
            return False
        self.confirm(_Proofs(pending.world, invented, [pending]))
        return True

    def confirm(self, proofs: _Proofs) -> bool:
        """Write the certificate, have it checked, and report what it proves. Return whether it was accepted."""
        if not proofs.pending:
            return False
        self.limits.progress("checking the certificate")
        certificate: Certificate | None = None
        confirmation = _Confirmation(())
        rejected = ""
        with _timed(proofs.pending), _contained("the checking of certificates", proofs.pending):
            try:
                certificate, confirmation = self.confirmed(proofs)
            except OutOfTime:
                rejected = NOT_CHECKED
            except Rejected as why:
                rejected = f"its certificate was rejected: {why}"
        if certificate is None and len(proofs.pending) > 1:
            # What is wrong may be wrong of one of the claims alone.
            alone = [self.confirm(replace(proofs, pending=[each])) for each in proofs.pending]
            return all(alone)
        for each in proofs.pending:
            each.why = rejected or each.why
            if certificate is None:
                self.add(each, Unknown(rejected or each.failure, each.depth), "prove")
            else:
                each.failure = ""
                proved = Proved(scope_of(self.model), certificate, confirmation.solvers, confirmation.remark)
                self.add(each, proved, "prove")
        if certificate is not None:
            self.naturals_proved = self.naturals_proved or NEVER_NEGATIVE.name in certificate.claims
        return certificate is not None

    def confirmed(self, proofs: _Proofs) -> tuple[Certificate, _Confirmation]:
        """Return a certificate, and who confirmed it. Raises `Rejected` where Z3 does not, or cvc5 contradicts."""
        automaton = proofs.world.automaton
        claims = [each.claim for each in proofs.pending]
        certificate = certify(automaton, claims, proofs.world.invariant, proofs.invented)
        check_with_z3(certificate, automaton, self.limits)
        return certificate, self.second(lambda: check_with_cvc5(certificate, automaton, self.limits))

    def second(self, check: Callable[[], int]) -> _Confirmation:
        """Ask cvc5 as well, if that is wanted. Raises `Rejected` where it contradicts Z3."""
        if not self.certifies:
            return _Confirmation(("Z3",))
        self.limits.progress("cvc5 checks the certificate")
        try:
            check()
        except Unanswered as why:
            return _Confirmation(("Z3",), f"cvc5 did not answer: {why}")
        except OutOfTime:
            return _Confirmation(("Z3",), "cvc5 did not answer: the time was up")
        except Rejected as why:
            message = (
                f"Z3 confirms it, and cvc5 does not: {why}; one of them is wrong: please report this with the model"
            )
            raise Rejected(message) from None
        return _Confirmation(("Z3", "cvc5"))

    # Witnesses

    def show_witnesses(self) -> None:
        """Find for each `sometimes` claim, and for each action, a run that shows it."""
        world = self.world
        for claim in self.asked(self.witnesses):
            try:
                world = self.shown(claim, world)
            except ClaimError as error:
                self.refuse(error)
                if isinstance(error, ClaimChangedError):
                    world = self.extract(any_preference=world.automaton.any_preference, needed=world.needed)
        for action in actions_of(type(self.model)) if self.each_action else ():
            self.witness(_taken(action.name), self.world, partial(taken, self.world.automaton, action.name))

    def shown(self, claim: Claim, world: World) -> World:
        """Show a witness, in a world with the quantities that it asks for. Return that world."""
        while True:
            try:
                self.witness(claim, world, partial(witnesses, world.automaton, claim))
            except Needed as needed:
                if needed.fields <= world.needed:
                    raise
                world = self.extract(any_preference=world.automaton.any_preference, needed=world.needed | needed.fields)
            else:
                return world

    def witness(self, claim: Claim, world: World, found: Callable[[], Iterator[Goal]]) -> None:
        self.limits.progress(f"looking for a run: {claim.name}")
        pending = _Pending(claim, world)
        verdict: Verdict = Unknown("")
        with _timed([pending]), _contained("the search for a run", [pending]):
            verdict = self.seen(pending, found())
        self.add(pending, Unknown(pending.failure) if pending.failure else verdict, "bounded")

    def seen(self, pending: _Pending, found: Iterator[Goal]) -> Verdict:
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
        return (
            Unknown(f"no run was found in {len(tried)} ways", depth)
            if run is None
            else Proved(scope_of(self.model), run)
        )

    def invented(self, pending: _Pending, left: list[Goal]) -> list[Formula] | None:
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

    def never(self, pending: _Pending, refuted: list[Goal], invented: list[Formula] | None) -> Verdict:
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

    def show(self, pending: _Pending, wanted: list[Goal], chains: int) -> tuple[Run | None, int]:
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

    # Reporting

    def add(self, pending: _Pending, verdict: Verdict, engine: str) -> None:
        if pending.claim in (*self.claims, *self.witnesses) or pending.claim.mode is Mode.SOMETIMES:
            self.report.results.append(Result(pending.claim, verdict, engine, pending.seconds))

    def give_up(self, why: str) -> None:
        """Report what is known of the claims that have no verdict."""
        reported = {result.claim for result in self.report.results}
        for claim in (*self.claims, *self.witnesses):
            if claim not in reported:
                pending = self.known.get(claim.name)
                if pending is None:
                    self.report.results.append(Result(claim, Unknown(why), "none", 0.0))
                else:
                    pending.why = why
                    self.add(pending, self.open(pending), "bounded" if pending.depth >= 0 else "none")


@contextmanager
def _timed(pending: list[_Pending]) -> Iterator[None]:
    """Count the time that passes to some claims, in equal shares."""
    started = time.monotonic()
    try:
        yield
    finally:
        for each in pending:
            each.seconds += (time.monotonic() - started) / len(pending)


@contextmanager
def _contained(engine: str, pending: list[_Pending]) -> Iterator[None]:
    """Let an engine's failure cost the claims that it worked on, and no other."""
    try:
        yield
    except (ModelError, Needed, OutOfTime):
        raise
    except Exception as error:
        if bell := bell_in(error):
            raise bell from error
        for each in pending:
            each.failure = defect(engine, error)


def defect(engine: str, error: Exception) -> str:
    """Return that an engine failed, in one line, and what to do."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    words = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return (
        f"{engine} failed with {words} ({Path(last.filename).name}:{last.lineno}); "
        "this is a defect of spillproof: please report it, with the model"
    )


def _disagree(steps: int, moments: Iterable[Moment], but: str) -> str:
    """Return that a run was found that is not one, with both sides."""
    taken_ = ", ".join(moment.spelled for moment in itertools.islice(moments, 1, None))
    return (
        f"the engines disagree: on unknown sizes a run of {steps} steps violates it{f' ({taken_})' if taken_ else ''}, "
        f"{but}; this is a defect of spillproof, or of a model that keeps state outside of its heap (a mutable default "
        "argument, a global): please report it, with the model"
    )


def _taken(action: str) -> Claim:
    def function(_before: Any, _after: Any) -> bool:
        return True

    function.__doc__ = f"The action {action} is taken in some run."
    return Claim(f"{action}_is_taken", Mode.SOMETIMES, function, over_steps=True)


def uncertified(violated: Violated, ruled_out: int) -> Violated:
    """Return a violation that may not be the smallest, where no run of at most so many steps violates the claim."""
    if ruled_out >= len(violated.run) - 1:
        return replace(violated, minimal=FEWEST_STEPS, least=False)
    return replace(violated, ruled_out=ruled_out)


def scope_of(model: Model) -> str:
    """Return the scope in words: its constants, and what is left open."""
    words = [
        f"{name}={getattr(value, 'name', value)}"
        for name, value in model.scope.items()
        if not isinstance(value, frozenset)
    ]
    opened = open_parameters(model)
    words += [f"any {each.name}" for each in opened if each.kind is Kind.SIZE]
    words += [f"every {each.name}" for each in opened if each.kind is not Kind.SIZE]
    return ", ".join([*words, "all sizes, any number of steps"])
