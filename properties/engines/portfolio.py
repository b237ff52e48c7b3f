"""The engines that work on the automaton, together: bounded, Houdini, Spacer, and the certificate of what they prove.

The automaton is extracted once, for all claims. Its affine invariant settles most claims at once, and tells the bounded
engine where a violation could be. What neither settles goes to Houdini, then to Spacer, then back to the bounded engine
for the time that is left. Whatever is proved is proved again from its certificate, whatever is found is replayed on
integers, before it is reported.

The automaton leaves the model's preferences open at first: fewer cases, and a proof then holds whatever the preference.
A run that is found but that the model's preferences exclude shows when it is replayed; then they are put in.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from spillproof.model.errors import ModelError
from spillproof.model.quantity import Field, Needed
from spillproof.model.state import NOTHING
from spillproof.model.system import Kind, Model, actions_of, open_parameters
from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.automaton.concrete import concrete
from spillproof.properties.engines.automaton.goals import Goal, goals, taken, witnesses
from spillproof.properties.engines.automaton.shapes import Automaton, extract
from spillproof.properties.engines.bounded import OutOfTime, Searched, shortest
from spillproof.properties.engines.honest import refuse_dishonest
from spillproof.properties.engines.proof.certificate import Rejected, certify, check_with_z3
from spillproof.properties.engines.proof.houdini import strengthen
from spillproof.properties.engines.proof.invariant import Invariant, find_equations
from spillproof.properties.engines.proof.solver import Feasibility, Formula
from spillproof.properties.engines.proof.spacer import invent
from spillproof.properties.engines.run import Run, false_at, replay
from spillproof.properties.engines.verdict import Holds, Never, Proved, Report, Result, Unknown, Verdict, Violated

Progress = Callable[[str], None]
"""Told what is being done, in a few words, often."""

FIRST_LOOK = 1.0
"""Seconds that the bounded engine gets before every inequality is tried."""

WITNESS_LOOKS = (0.1, 2.0)
"""Seconds for one attempt to find a run that shows a `sometimes` claim: first a short one for each way, then a long."""

MINIMAL = (
    "every run of fewer steps was ruled out, over all sizes; among the shortest it has the fewest objects, then bytes"
)

NOT_EXTRACTED = "the time was up before all shapes were found"

MOST_TRIES = 20
"""Ways that are tried for one `sometimes` claim."""


@dataclass
class _Pending:
    """A claim that has no verdict yet: where it could still be false, and how far runs were searched."""

    claim: Claim
    left: list[Goal]
    depth: int = -1
    seconds: float = 0.0
    why: str = ""
    spurious: bool = False
    """Whether what was found is no run of the model, but of the automaton that ignores its heuristics."""


@dataclass
class _Proofs:
    """Claims that one invariant settles."""

    invariant: Invariant
    invented: list[Formula] | None = None
    pending: list[_Pending] = field(default_factory=list)


@dataclass(frozen=True)
class Limits:
    """When to stop looking, and whom to tell meanwhile."""

    deadline: float | None = None
    """In seconds of `time.monotonic`."""
    max_steps: int | None = None
    """How long the runs are that are searched. Proofs are of any length."""
    progress: Progress = field(default=lambda _words: None)


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
    ) -> None:
        self.model = model
        self.report = Report(model)
        self.claims = claims
        self.witnesses = witnesses
        self.each_action = each_action
        self.searches = search
        self.proves = prove
        self.deadline = limits.deadline
        self.max_steps = limits.max_steps
        self.progress = limits.progress
        self.feasible = Feasibility()
        self.naturals_proved = False
        """Whether it is proved that no counter is ever negative. The other proofs rest on it."""
        self.automaton: Automaton
        self.invariant: Invariant

    def run(self) -> Report:
        try:
            self.extract(any_preference=True)
            refuse_dishonest(self.model, self.claims)
            left = self.settle(self.claims)
            self.show_witnesses()
            spurious = self.insist(left)
            if spurious:
                self.extract(any_preference=False)
                self.insist(self.settle(spurious))
        except KeyboardInterrupt:
            self.report.interrupted = True
            self.give_up("interrupted")
        except OutOfTime:
            self.give_up(NOT_EXTRACTED)
        if not self.naturals_proved:
            self.limit_proofs()
        return self.report

    def limit_proofs(self) -> None:
        """Say of each proof that it speaks only of runs in which no counter becomes negative."""
        for place, result in enumerate(self.report.results):
            if result.claim.mode is Mode.ALWAYS and isinstance(result.verdict, Proved):
                holds = Holds(f"{result.verdict.covers}, in runs in which no counter is negative")
                self.report.results[place] = Result(result.claim, holds, result.engine, result.seconds)

    def extract(self, *, any_preference: bool, needed: frozenset[Field] = NOTHING) -> None:
        """Make the automaton, and find the equations that hold in it."""

        def told(found: int, done: int, edges: int) -> None:
            if self.deadline is not None and time.monotonic() > self.deadline:
                raise OutOfTime
            self.progress(f"shapes: {found} found, {done} done, {edges} edges")

        self.automaton = extract(
            self.model, self.claims, self.feasible, told, any_preference=any_preference, needed=needed
        )
        self.progress("equations that hold in each shape")
        self.invariant = find_equations(self.automaton)

    # Claims

    def settle(self, claims: list[Claim]) -> list[_Pending]:
        """Give the verdicts that come quickly. Return the claims that are still open."""
        proofs = _Proofs(self.invariant)
        pending: list[_Pending] = []
        silent = [] if NEVER_NEGATIVE in self.claims else [NEVER_NEGATIVE]
        for claim in (*claims, *silent):
            started = time.monotonic()
            left = self.remaining(goals(self.automaton, claim), self.invariant)
            waiting = _Pending(claim, left, seconds=time.monotonic() - started)
            (pending if left else proofs.pending).append(waiting)
        pending = self.guess(pending, proofs, widely=False)
        self.confirm(proofs)
        self.invariant = proofs.invariant
        return [each for each in pending if each.claim not in silent and not self.look(each, FIRST_LOOK)]

    def insist(self, pending: list[_Pending]) -> list[Claim]:
        """Spend the time that is left. Return the claims for which only runs were found that the model excludes."""
        proofs = _Proofs(self.invariant)
        spurious = [each for each in pending if each.spurious]
        pending = self.guess([each for each in pending if not each.spurious], proofs, widely=True)
        self.confirm(proofs)
        for each in pending:
            if self.ask_spacer(each, proofs.invariant) or self.look(each, None):
                continue
            if each.spurious:
                spurious.append(each)
            else:
                self.add(each, self.open(each), "bounded" if self.searches else "prove")
        return [each.claim for each in spurious]

    def open(self, pending: _Pending) -> Verdict:
        """Return the verdict on a claim that was neither proved nor found to be violated."""
        if self.max_steps is not None and pending.depth >= self.max_steps:
            return Holds(f"all sizes, runs of at most {pending.depth} steps")
        return Unknown(pending.why or "no invariant was found", pending.depth)

    def remaining(self, found: list[Goal], invariant: Invariant) -> list[Goal]:
        return [goal for goal in found if not invariant.refutes(goal, self.feasible)]

    def look(self, pending: _Pending, seconds: float | None) -> bool:
        """Search for a violation. Return whether there is a verdict."""
        if not self.searches:
            return False
        started = time.monotonic()
        searched = self.search(pending.claim, pending.left, seconds)
        verdict = None if searched.found is None else self.violated(pending.claim, searched)
        pending.seconds += time.monotonic() - started
        pending.depth, pending.why = max(pending.depth, searched.depth), searched.why
        pending.spurious = searched.found is not None and verdict is None
        if verdict is not None:
            self.add(pending, verdict, "bounded")
        return verdict is not None

    def search(self, claim: Claim, left: list[Goal], seconds: float | None, *, first: bool = False) -> Searched:
        limits = [
            limit
            for limit in (self.deadline, None if seconds is None else time.monotonic() + seconds)
            if limit is not None
        ]
        return shortest(
            self.automaton,
            left,
            self.invariant,
            self.feasible,
            most_steps=self.max_steps,
            deadline=min(limits, default=None),
            first=first,
            progress=lambda steps, chains: self.progress(f"{claim.name}: {steps} steps, {chains} chains"),
        )

    def violated(self, claim: Claim, searched: Searched) -> Verdict | None:
        """Replay what the bounded engine found: the verdict, or None for a run that a heuristic of the model excludes.

        As the automaton has every run of the model, and perhaps more, the shortest of them is the model's shortest if
        it is one of the model's at all.
        """
        found = searched.found
        assert found is not None
        run = concrete(self.automaton, found)
        moments = replay(run)
        if moments[-1].refused and self.automaton.any_preference:
            return None
        at = false_at(claim, moments)
        if at != len(run):
            message = (
                f"{type(self.model).__name__}: a run on unknown sizes violates {claim.name}, but on integers it does "
                f"{'not' if at is None else f'so after step {at}'}; the usual cause is state outside of the heap, such "
                "as a mutable default argument; without such, it is a defect of the checker"
            )
            raise ModelError(message)
        return Violated(run, found.objects, found.bytes, MINIMAL)

    # Proofs

    def guess(self, pending: list[_Pending], proofs: _Proofs, *, widely: bool) -> list[_Pending]:
        """Try inequalities for what the equations leave open. Return what is still open."""
        if not pending or not self.proves:
            return pending
        self.progress(f"inequalities that hold in each shape{', every guess' if widely else ''}")
        started = time.monotonic()
        try:
            stronger = strengthen(
                self.automaton,
                proofs.invariant,
                [goal for each in pending for goal in each.left],
                self.feasible,
                widely=widely,
                deadline=self.deadline,
            )
        except OutOfTime:
            return pending
        share = (time.monotonic() - started) / len(pending)
        for each in pending:
            each.left = self.remaining(each.left, stronger)
            each.seconds += share
        settled = [each for each in pending if not each.left]
        if settled:
            proofs.invariant = stronger
            proofs.pending.extend(settled)
        return [each for each in pending if each.left]

    def ask_spacer(self, pending: _Pending, invariant: Invariant) -> bool:
        if not self.proves:
            return False
        self.progress(f"{pending.claim.name}: an invariant from Spacer")
        started = time.monotonic()
        half = None if self.deadline is None else time.monotonic() + max(0.0, self.deadline - time.monotonic()) / 2
        invented = invent(self.automaton, pending.left, half)
        pending.seconds += time.monotonic() - started
        if invented is None:
            return False
        return self.confirm(_Proofs(invariant, invented, [pending]))

    def confirm(self, proofs: _Proofs) -> bool:
        """Write the certificate, have it checked, and report what it proves."""
        if not proofs.pending:
            return False
        self.progress("checking the certificate")
        started = time.monotonic()
        claims = [each.claim for each in proofs.pending]
        certificate = certify(self.automaton, claims, proofs.invariant, proofs.invented)
        try:
            check_with_z3(certificate, self.automaton)
        except Rejected as rejected:
            for each in proofs.pending:
                self.add(each, Unknown(f"its certificate was rejected: {rejected}", each.depth), "prove")
            return True
        share = (time.monotonic() - started) / len(proofs.pending)
        self.naturals_proved = self.naturals_proved or NEVER_NEGATIVE.name in certificate.claims
        for each in proofs.pending:
            each.seconds += share
            self.add(each, Proved(scope_of(self.model), certificate), "prove")
        return True

    # Witnesses

    def show_witnesses(self) -> None:
        """Find for each `sometimes` claim, and for each action, a run that shows it."""
        for claim in self.witnesses:
            try:
                self.witness(claim, witnesses(self.automaton, claim))
            except Needed as needed:
                self.extract(any_preference=self.automaton.any_preference, needed=needed.fields)
                self.witness(claim, witnesses(self.automaton, claim))
        for action in actions_of(type(self.model)) if self.each_action else ():
            self.witness(_taken(action.name), taken(self.automaton, action.name))

    def witness(self, claim: Claim, found: Iterator[Goal]) -> None:
        self.progress(f"looking for a run: {claim.name}")
        started = time.monotonic()
        possible = (goal for goal in found if not self.invariant.refutes(goal, self.feasible))
        tried: list[Goal] = []
        run = None
        for goal in itertools.islice(possible, MOST_TRIES):
            tried.append(goal)
            run = self.show(claim, goal, WITNESS_LOOKS[0])
            if run is not None:
                break
        if run is None:
            run = next((run for goal in tried if (run := self.show(claim, goal, WITNESS_LOOKS[1]))), None)
        verdict = (
            Proved(scope_of(self.model), run)
            if run is not None
            else Unknown(f"no run was found in {len(tried)} ways")
            if tried
            else Never(scope_of(self.model))
        )
        self.add(_Pending(claim, [], seconds=time.monotonic() - started), verdict, "bounded")

    def show(self, claim: Claim, goal: Goal, seconds: float) -> Run | None:
        """Return a run that reaches a goal and, replayed on integers, makes the claim true."""
        searched = self.search(claim, [goal], seconds, first=True)
        if searched.found is None:
            return None
        run = concrete(self.automaton, searched.found)
        moments = replay(run)
        return run if not moments[-1].refused and false_at(claim, moments) is not None else None

    # Reporting

    def add(self, pending: _Pending, verdict: Verdict, engine: str) -> None:
        if pending.claim in (*self.claims, *self.witnesses) or pending.claim.mode is Mode.SOMETIMES:
            self.report.results.append(Result(pending.claim, verdict, engine, pending.seconds))

    def give_up(self, why: str) -> None:
        known = {result.claim.name for result in self.report.results}
        for claim in (*self.claims, *self.witnesses):
            if claim.name not in known:
                self.report.results.append(Result(claim, Unknown(why), "none", 0.0))


def _taken(action: str) -> Claim:
    def function(_before: Any, _after: Any) -> bool:
        return True

    function.__doc__ = f"The action {action} is taken in some run."
    return Claim(f"{action}_is_taken", Mode.SOMETIMES, function, over_steps=True)


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
