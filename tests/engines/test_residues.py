"""Sizes that are rounded, and claims that divide: proved for all sizes, and violated by the least size that does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.claims import Claim, always
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.check import check
from spillproof.properties.engines.proof.certificate import (
    Certificate,
    Rejected,
    certify,
    check_with_cvc5,
    check_with_z3,
)
from spillproof.properties.engines.proof.invariant import find_equations
from spillproof.properties.engines.proof.residues import divides, residues
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.verdict import Proved, Violated

MB = 1 << 20


class Quantized(Model):
    """A pool that reserves in steps of a megabyte: what is used, rounded up."""

    used: Bytes
    reserved: Bytes
    limit: Bytes

    def begin(self, limit: Bytes, *, sloppy: bool = False) -> None:
        self.used = self.reserved = 0
        self.limit = limit
        self.sloppy = sloppy

    @action
    def reserve(self, size: Bytes) -> None:
        needed = (self.used + size + MB - 1) // MB * MB
        require(needed <= self.limit)
        self.used += size
        self.reserved = needed

    @action
    def release(self, size: Bytes) -> None:
        require(size <= self.used)
        self.used -= size
        self.reserved = self.used if self.sloppy else (self.used + MB - 1) // MB * MB


@always
def whole_megabytes_are_reserved(now: Quantized) -> bool:
    """What is reserved is a whole number of megabytes."""
    return now.reserved % MB == 0


@always
def what_is_reserved_is_rounded_up(now: Quantized) -> bool:
    """No more is reserved than what is used, rounded up."""
    return now.reserved == (now.used + MB - 1) // MB * MB


class Classes(Model):
    """Blocks of 16, 64 or 256 bytes, or of whole pages."""

    held: Bytes
    booked: Bytes

    def begin(self) -> None:
        self.held = self.booked = 0

    @action
    def allocate(self, size: Bytes) -> None:
        require(self.held == 0)
        self.held = size
        self.booked = next((each for each in (16, 64, 256) if size <= each), (size + 4095) // 4096 * 4096)

    @action
    def free(self) -> None:
        require(self.held > 0)
        self.held = self.booked = 0


@always
def sixteens_are_booked(now: Classes) -> bool:
    """What is booked is a multiple of 16."""
    return now.booked % 16 == 0


@always
def at_most_a_page_is_lost(now: Classes) -> bool:
    """No more than a page more is booked than is held."""
    return now.booked // 4096 <= now.held // 4096 + 1


CLAIMS = (whole_megabytes_are_reserved, what_is_reserved_is_rounded_up, sixteens_are_booked, at_most_a_page_is_lost)


@pytest.mark.parametrize(("model", "claims"), [(Quantized(), CLAIMS[:2]), (Classes(), CLAIMS[2:])])
def test_what_is_rounded_is_proved(model: Model, claims: tuple[Claim, ...]) -> None:
    """For all sizes and any number of steps; both solvers accept it."""
    report = check(model, claims, witnesses=False)

    for result in report.results:
        assert isinstance(result.verdict, Proved), result.claim.name
        certificate = result.verdict.certificate
        assert isinstance(certificate, Certificate)
        assert certificate.automaton is not None
        assert check_with_z3(certificate, certificate.automaton) > 0
        assert check_with_cvc5(certificate, certificate.automaton) > 0


def test_what_is_not_rounded_is_violated() -> None:
    """Two bytes are reserved and one is released: one byte is no megabyte. One step less has not released anything."""
    report = check(Quantized(sloppy=True), CLAIMS[:2], witnesses=False)

    for claim in CLAIMS[:2]:
        verdict = report.of(claim)
        assert isinstance(verdict, Violated)
        assert (len(verdict.run), verdict.run.steps[0].arguments, verdict.run.steps[1].arguments) == (2, (2,), (1,))
        assert verdict.least


def test_a_residue_that_is_not_so_is_rejected() -> None:
    """A certificate that says more of a size than is true is refused by the solver."""
    automaton = extract(Quantized(), CLAIMS[:1], Feasibility(), needed=frozenset())
    invariant = find_equations(automaton)
    assert check_with_z3(certify(automaton, CLAIMS[:1], invariant), automaton) > 0

    wrong = [{size: (2 * modulus, rest) for size, (modulus, rest) in each.items()} for each in invariant.residues]
    assert wrong != invariant.residues
    with pytest.raises(Rejected):
        check_with_z3(certify(automaton, CLAIMS[:1], replace(invariant, residues=wrong)), automaton)


class Stairs(Model):
    """Up by 6, or by 10, from 3: always 1 modulo 2, and nothing more."""

    height: Bytes

    def begin(self) -> None:
        self.height = 3

    @action
    def small(self) -> None:
        self.height += 6

    @action
    def large(self) -> None:
        self.height += 10


@always
def the_height_is_odd(now: Stairs) -> bool:
    """The height is odd."""
    return now.height % 2 == 1


def test_residues_of_stairs() -> None:
    """Of 3, 9, 13, 15, 19, … the differences have the greatest common divisor 2."""
    automaton = extract(Stairs(), [the_height_is_odd], Feasibility(), needed=frozenset())

    assert divides(automaton)
    assert residues(automaton) == [{0: (2, 1)}]
    assert isinstance(check(Stairs(), [the_height_is_odd], witnesses=False).of(the_height_is_odd), Proved)
