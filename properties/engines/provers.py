"""Proofs: what is guessed and invented is written out as a certificate, and believed when that was checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from spillproof.model.system import Kind, Model, open_parameters
from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.desk import Desk
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.pending import Pending, contained, timed
from spillproof.properties.engines.proof.certificate import (
    Certificate,
    Rejected,
    Unanswered,
    certify,
    check_with_cvc5,
    check_with_z3,
)
from spillproof.properties.engines.proof.houdini import strengthen
from spillproof.properties.engines.proof.inductive import inductive
from spillproof.properties.engines.proof.solver import Formula
from spillproof.properties.engines.proof.spacer import invent
from spillproof.properties.engines.verdict import (
    Proved,
    Unknown,
)
from spillproof.properties.engines.world import World

NOT_CHECKED = "the time was up before its certificate was checked"


@dataclass
class Proofs:
    """Claims that one invariant settles."""

    world: World
    """With that invariant."""
    invented: list[Formula] | None = None
    pending: list[Pending] = field(default_factory=list)


@dataclass(frozen=True)
class Confirmation:
    """Who confirmed a certificate."""

    solvers: tuple[str, ...]
    remark: str = ""
    """What kept another from it."""


class Provers(Desk):
    """Has invariants guessed and invented, and their certificates confirmed."""

    def guess(
        self, pending: list[Pending], proofs: Proofs, *, widely: bool = False, backward: bool = False
    ) -> list[Pending]:
        """Try inequalities for what the equations leave open. Return what is still open."""
        if not pending or not self.proves:
            return pending
        how = ", every guess" if widely else ", and what they need before" if backward else ""
        self.limits.progress(f"inequalities that hold in each shape{how}")
        remaining: dict[str, list[Goal]] = {}
        with timed(pending), contained("the guessing of inequalities", pending):
            try:
                stronger = strengthen(
                    proofs.world.automaton,
                    proofs.world.invariant,
                    [goal for each in pending for goal in each.left],
                    self.feasible,
                    widely=widely,
                    backward=backward,
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

    def induct(self, pending: list[Pending], also: list[Pending]) -> list[Pending]:
        """Try the claims as they are: that each step keeps them, all together. Return what is still open.

        `also` are claims that nobody asks for, of the same world: they go into the same certificate.
        """
        if not pending or not self.proves:
            return pending
        self.limits.progress("claims that are their own reason")
        world, every, settled = pending[0].world, [*pending, *also], list[Pending]()
        goals = [goal for each in every for goal in each.left]
        with timed(pending), contained("induction", pending):
            kept = inductive(world.automaton, goals, world.invariant, self.limits)
            settled = [each for each in every if kept.denies(each.left)]
            if any(each in pending for each in settled):
                self.confirm(Proofs(world, kept.formulas, settled))
        return [each for each in pending if each not in settled]

    def ask_spacer(self, pending: Pending, limits: Limits, effort: int | None = None) -> bool:
        """Have Spacer look for a proof in half of the time, or with an effort. Return whether there is a verdict."""
        if not self.proves:
            return False
        self.limits.progress(f"{pending.claim.name}: an invariant from Spacer")
        invented: list[Formula] | None = None
        with timed([pending]), contained("Spacer", [pending]):
            invention = invent(
                pending.world.automaton,
                pending.left,
                limits.half(),
                effort,
                known=pending.world.invariant,
            )
            pending.why, invented = invention.why, invention.formulas
        if invented is None:
            return False
        self.confirm(Proofs(pending.world, invented, [pending]))
        return True

    def confirm(self, proofs: Proofs) -> bool:
        """Write the certificate, have it checked, and report what it proves. Return whether it was accepted."""
        if not proofs.pending:
            return False
        self.limits.progress("checking the certificate")
        certificate: Certificate | None = None
        confirmation = Confirmation(())
        rejected = ""
        with timed(proofs.pending), contained("the checking of certificates", proofs.pending):
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

    def confirmed(self, proofs: Proofs) -> tuple[Certificate, Confirmation]:
        """Return a certificate, and who confirmed it. Raises `Rejected` where Z3 does not, or cvc5 contradicts."""
        automaton, certificate = proofs.world.automaton, self.certificate(proofs)
        check_with_z3(certificate, automaton, self.limits)
        return certificate, self.second(lambda: check_with_cvc5(certificate, automaton, self.limits))

    def certificate(self, proofs: Proofs) -> Certificate:
        """Return what is to be confirmed."""
        claims = [each.claim for each in proofs.pending]
        return certify(proofs.world.automaton, claims, proofs.world.invariant, proofs.invented)

    def second(self, check: Callable[[], int]) -> Confirmation:
        """Ask cvc5 as well, if that is wanted. Raises `Rejected` where it contradicts Z3."""
        if not self.certifies:
            return Confirmation(("Z3",))
        self.limits.progress("cvc5 checks the certificate")
        try:
            check()
        except Unanswered as why:
            return Confirmation(("Z3",), f"cvc5 did not answer: {why}")
        except OutOfTime:
            return Confirmation(("Z3",), "cvc5 did not answer: the time was up")
        except Rejected as why:
            message = (
                f"Z3 confirms it, and cvc5 does not: {why}; one of them is wrong: please report this with the model"
            )
            raise Rejected(message) from None
        return Confirmation(("Z3", "cvc5"))


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
