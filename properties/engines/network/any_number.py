"""Claims about any number of alike consumers: proved of one and a rest, and the rest proved to stand for all others."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from spillproof.model.quantity import Condition, Field, Is, Linear, Needed
from spillproof.model.rest import WithRest, standing
from spillproof.model.state import NOTHING
from spillproof.model.system import Model
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.alarm import heard
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.automaton.quantities import quantities, quantities_of
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.network.cover import MOST_STEPS as COVERED
from spillproof.properties.engines.network.cover import Covering
from spillproof.properties.engines.network.few import FewAsTheyAre, Unlike
from spillproof.properties.engines.network.fold import CannotFold
from spillproof.properties.engines.network.folded_step import Unmatched
from spillproof.properties.engines.network.invariance import Invariance
from spillproof.properties.engines.network.larger import MOSTLY, contradicted, other_numbers
from spillproof.properties.engines.network.network_text import SEVERAL, as_they_are, proviso, refusal, strange_step
from spillproof.properties.engines.network.rests import rests_of
from spillproof.properties.engines.network.script import second_half
from spillproof.properties.engines.network.stand_in_search import MOST_STEPS
from spillproof.properties.engines.network.transfer import Excluded, excluded
from spillproof.properties.engines.portfolio import Portfolio
from spillproof.properties.engines.proof.certificate import (
    Certificate,
    Rejected,
    Unanswered,
    ask_cvc5,
    ask_z3,
    certify,
    check_with_cvc5,
    check_with_z3,
)
from spillproof.properties.engines.proof.houdini import strengthen
from spillproof.properties.engines.proof.invariant import Invariant
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.provers import scope_of
from spillproof.properties.engines.validation.result import Validated
from spillproof.properties.engines.verdict import Proved, Refused, Report, Result, Unknown, Verdict

TRIED = 120
"""Random steps with more consumers that are held against one and the rest."""

TRIED_AT = 200
"""Further ones with the number that was asked about, where the proof is to stand for one."""

MOST_LARGER = 2
"""Consumers on their own of whom each step is to be one of the rest: two show how one meets another."""

EXTENT = "all sizes, any number of steps"


@dataclass(frozen=True)
class BothHalves(Certificate):
    """A certificate whose second half is that the rest is a network invariant."""

    network: str = field(default="", compare=False, repr=False)

    def smtlib(self, automaton: Automaton) -> str:
        return f"{super().smtlib(automaton)}(reset)\n(set-logic QF_LIA)\n{self.network}"


@dataclass
class AnyNumber:
    """What is known of any number of consumers."""

    certificate: Certificate | None = None
    claims: frozenset[str] = frozenset()
    """The names of the claims that it proves."""
    confirmed_by: tuple[str, ...] = ()
    remark: str = ""
    why: dict[str, str] = field(default_factory=dict)
    """For the name of another claim, why it is not proved."""
    doubted: dict[Claim, int] = field(default_factory=dict)
    """The number of consumers, as they are, that perhaps make a claim false."""
    as_they_are: dict[int, int | None] = field(default_factory=dict)
    """For each number of consumers that were looked at as they are, in runs of how many steps; None for all runs."""
    tried: dict[int, int] = field(default_factory=dict)
    """How many random steps were tried, with each number of consumers."""
    validated: Validated | None = None
    """How much of the smaller automaton was compared with the model on integers."""


def prove(
    model: Model, claims: list[Claim], limits: Limits, *, certify: bool = False, number: int | None = None
) -> AnyNumber:
    """Prove claims of any number of the consumers of a model, as far as its rests allow.

    They are proved already of as many as the model has. With `number`, random steps with so many consumers are held
    against one and the rest as well.
    Raises `ModelError` where nobody has written a rest for it, and `OutOfTime` at the deadline.
    """
    found: list[AnyNumber] = []
    for each in rests_of(model):
        found.append(_Proof(each, model, claims, limits, by_both=certify, number=number).run())
        if found[-1].certificate is not None:
            return found[-1]
    return found[0]


def generalised(report: Report, limits: Limits, *, certify: bool = False) -> Report:
    """Return a report in which what is proved at one number of consumers is proved of any number, or unknown."""
    model, counted_by = report.model, rests_of(report.model)[0].counted_by
    at = f"{counted_by}={model.scope[counted_by]}"
    proved = [each.claim for each in report.results if is_proof(each)]
    started = time.monotonic()
    try:
        found = _proved(model, proved, limits, certify=certify) if proved else AnyNumber()
    except OutOfTime as up:
        heard()
        found = AnyNumber(why=dict.fromkeys((each.name for each in proved), str(up) or "the time was up"))
    seconds = (time.monotonic() - started) / max(1, len(proved))
    covers = scope_of(model).replace(at, f"any number of {counted_by}")
    of_any = Proved(
        covers,
        found.certificate,
        found.confirmed_by,
        found.remark,
        f"any number of {counted_by}, {EXTENT}",
        proviso(counted_by, found.as_they_are, found.tried),
    )
    results = []
    for each in report.results:
        if not is_proof(each):
            results.append(_of_a_number(each, at))
            continue
        verdict: Verdict = of_any
        if each.claim.name not in found.claims:
            verdict = Unknown(
                f"it is proved for {at} only: {found.why.get(each.claim.name, 'no rest stands for all others')}"
            )
        results.append(replace(each, verdict=verdict, seconds=each.seconds + seconds))
    return replace(report, results=results, any_number_of=counted_by)


def _proved(model: Model, claims: list[Claim], limits: Limits, *, certify: bool) -> AnyNumber:
    """Return what is proved of any number, but for what some other number contradicts."""
    worked, many = time.process_time(), rests_of(model)[0]
    found = prove(model, claims, limits, certify=certify)
    sure = [claim for claim in claims if claim.name in found.claims]
    seconds, numbers = time.process_time() - worked, other_numbers(model.scope[many.counted_by], found.as_they_are)
    false = contradicted(model, many.counted_by, sure, limits, seconds, numbers=numbers) if sure else {}
    found.why |= false | _shown_false(FewAsTheyAre(many, model, Feasibility(limits), limits), found.doubted, seconds)
    found.claims -= false.keys()
    return found


def _shown_false(few: FewAsTheyAre, doubted: dict[Claim, int], seconds: float) -> dict[str, str]:
    """Return for the name of each claim that so many consumers, as they are, make false how: by a shortest run, if that
    is found.
    """
    found = few.shown_false(doubted)
    for number in {*doubted.values()}:
        claims = [claim for claim, doubtful in doubted.items() if doubtful == number and claim.name not in found]
        if claims:
            numbers = {number: MOSTLY}
            found |= contradicted(few.model, few.many.counted_by, claims, few.limits, seconds, numbers=numbers)
    return found


def _of_a_number(result: Result, at: str) -> Result:
    """Return a result that is no proof of safety: ways back that are proved at a number are proved of no other."""
    if result.claim.mode is Mode.RECOVERABLE and isinstance(result.verdict, Proved):
        return replace(result, verdict=Unknown(f"it is proved for {at} only: a rest stands for others in what can "
                                               "happen, and not in what must be possible"))  # fmt: skip
    return result


def is_proof(result: Result) -> bool:
    """Return whether a result is a proof of safety."""
    return isinstance(result.verdict, Proved) and result.claim.mode is Mode.ALWAYS


class _Proof:
    def __init__(
        self,
        many: type[WithRest],
        model: Model,
        claims: list[Claim],
        limits: Limits,
        *,
        by_both: bool,
        number: int | None,
    ) -> None:
        self.many, self.claims, self.limits, self.by_both, self.number = many, claims, limits, by_both, number
        scope = dict(model.scope)
        self.one = standing(many, scope, many.alone)
        self.larger = [standing(many, scope, number) for number in range(many.alone + 1, MOST_LARGER + 1)]
        """Those whose steps are to be its own: with two consumers; where none stands on its own, with one as well."""
        self.feasible = Feasibility(limits)
        self.needed: frozenset[Field] = NOTHING if many.alone else quantities_of(many.alike)
        """Quantities that matter with a consumer more, and so are not sliced away: that they do turns out, and where
        none stands on its own, those of the first matter.
        """
        self.left_open: dict[Claim, str] = {}
        """Why a claim cannot be asked of one consumer and the rest."""
        self.few = FewAsTheyAre(many, model, self.feasible, limits)
        self.found = AnyNumber(as_they_are={self.few.own: None})

    def run(self) -> AnyNumber:
        try:
            while not self.prove():
                pass
        except Unlike as unlike:
            self.doubt(self.claims, unlike.number, as_they_are(unlike.number, self.many.counted_by, unlike.why))
        except CannotFold as why:
            self.refuse(self.claims, f"{self.many.__name__}: {why}")
        except Rejected as why:
            self.refuse(self.claims, f"its certificate was rejected: {why}")
        return self.found

    def refuse(self, claims: Iterable[Claim], why: str) -> None:
        self.found.why |= {claim.name: why for claim in claims}

    def prove(self) -> bool:
        """Prove what can be. Return False where that is to be tried again, with more quantities."""
        try:
            self.attempt()
        except Needed as turned_out:
            if turned_out.fields <= self.needed:
                raise
            self.needed |= turned_out.fields
            return False
        return True

    def attempt(self) -> None:
        """Prove the claims of one consumer and the rest, then that the rest stands for all others.

        Raises `Needed` for quantities that were sliced away.
        """
        smaller, invariant, proved = self.of_one()
        for each in self.claims:
            if each not in proved:
                self.refuse([each], f"it is not proved of one consumer and the rest{self.left_open.get(each, '')}")
        if not proved:
            return
        network = ""
        for number, larger in self.all_larger(smaller, proved):
            steps = MOST_STEPS if number is None else COVERED
            try:
                invariance = self.matched(smaller, invariant, larger, steps)
            except Unmatched as unmatched:
                self.doubt(proved, number, self.refusal(unmatched, smaller, larger, number))
                return
            invariant = invariance.invariant
            network += second_half(invariance, self.ruled_out(invariance, proved, number))
        if proved and self.covers(smaller, proved):
            self.confirm(smaller, invariant, proved, network)

    def all_larger(self, smaller: Automaton, proved: list[Claim]) -> Iterator[tuple[int | None, Automaton]]:
        """Yield the automata whose steps are to be those of the smaller one; of those without a rest, the number."""
        for model in self.larger:
            yield None, self.extracted(model, proved, smaller)
        for number, larger in self.few.automata(proved, smaller):
            self.found.as_they_are[number] = larger.steps
            yield number, larger

    def refusal(self, unmatched: Unmatched, smaller: Automaton, larger: Automaton, number: int | None) -> str:
        if number is None:
            return refusal(unmatched, smaller, larger)
        return as_they_are(number, self.many.counted_by, strange_step(unmatched, smaller, larger, COVERED))

    def doubt(self, claims: Iterable[Claim], number: int | None, why: str) -> None:
        """Refuse claims for what more consumers do: with a rest, or so many as they are."""
        if number is not None:
            self.found.doubted |= dict.fromkeys(claims, number)
        self.refuse(claims, why)

    def ruled_out(self, invariance: Invariance, proved: list[Claim], number: int | None) -> list[Excluded]:
        """Return what rules out each way in which claims are false of the larger model; drop those that can be."""
        ruled_out: list[Excluded] = []
        for claim in list(proved):
            found = None if claim in invariance.larger.refused else excluded(invariance, claim, self.feasible)
            if found is None:
                why = "two consumers can make it false where it is true of each with the rest"
                if number is not None:
                    why = as_they_are(number, self.many.counted_by, "it is not seen to be true")
                self.doubt([claim], number, why)
                proved.remove(claim)
            else:
                ruled_out += found
        return ruled_out

    def matched(self, smaller: Automaton, invariant: Invariant, larger: Automaton, most_steps: int) -> Invariance:
        """Return how each step of more consumers is done by one and the rest. Raises `Unmatched` for one that is not.

        A step that is not may begin where nobody comes to, only that too little is known: then more is looked for.
        """
        found = Invariance(smaller, invariant, larger, self.limits, most_steps)
        try:
            found.check()
        except Unmatched:
            self.limits.progress("one consumer and the rest: more inequalities")
            wider = strengthen(smaller, invariant, [], self.feasible, widely=True, limits=self.limits)
            found = Invariance(smaller, wider, larger, self.limits, most_steps)
            found.check()
        return found

    def covers(self, smaller: Automaton, proved: list[Claim]) -> bool:
        """Return whether random steps with more consumers are covered, too."""
        self.limits.progress("steps of more consumers")
        scope = dict(self.one.scope)
        tried = Covering(self.many, scope, smaller, self.limits)
        uncovered = tried.go(TRIED)
        if uncovered is None and self.number is not None:
            uncovered = tried.go(TRIED_AT, (self.number,))
        self.found.tried = tried.taken
        if uncovered is not None:
            self.refuse(
                proved,
                f"with {uncovered.number} {self.many.counted_by} there is a step that is none of one and the rest: "
                f"{uncovered.step}; {SEVERAL}",
            )
        return uncovered is None

    def of_one(self) -> tuple[Automaton, Invariant, list[Claim]]:
        """Prove the claims of one consumer and the rest. Return the automaton, the invariant, and what is proved."""
        portfolio = Portfolio(self.one, self.claims, [], self.limits, search=False, needed=self.needed)
        report = portfolio.run()
        proved = [each.claim for each in report.results if isinstance(each.verdict, Proved)]
        self.found.validated = report.validated
        self.left_open = {
            each.claim: f", as {each.verdict.why}" for each in report.results if isinstance(each.verdict, Refused)
        }
        if not hasattr(portfolio, "world"):
            raise KeyboardInterrupt if report.interrupted else OutOfTime
        world = portfolio.world
        stronger = _strengthened(world.automaton, world.invariant, self.feasible, self.limits)
        world = world.with_(stronger)  # what Spacer alone has proved does not follow from it
        return world.automaton, stronger, [claim for claim in proved if not world.open(claim)]

    def extracted(self, model: Model, claims: list[Claim], like: Automaton) -> Automaton:
        """Return the automaton of a model with the same quantities sliced away as another.

        Raises `Needed` for those of them that matter here.
        """
        needed = quantities(model) - like.sliced
        larger = extract(model, claims, self.feasible, self.told, any_preference=like.any_preference, needed=needed)
        if larger.sliced != like.sliced:
            raise Needed(like.sliced - larger.sliced)
        return larger

    def told(self, found: int, done: int, edges: int) -> None:
        self.limits.check()
        self.limits.progress(f"two consumers and the rest: {found} shapes found, {done} done, {edges} edges")

    def confirm(self, smaller: Automaton, invariant: Invariant, proved: list[Claim], network: str) -> None:
        """Have both halves confirmed. Raises `Rejected` where a solver does not."""
        self.limits.progress("checking the certificate")
        first = certify(smaller, proved, invariant)
        check_with_z3(first, smaller, self.limits)
        ask_z3(network, self.limits)
        self.found.confirmed_by = ("Z3",)
        if self.by_both:
            try:
                check_with_cvc5(first, smaller, self.limits)
                ask_cvc5(network, self.limits)
                self.found.confirmed_by = ("Z3", "cvc5")
            except Unanswered as why:
                self.found.remark = f"cvc5 did not answer: {why}"
        self.found.certificate = BothHalves(
            first.claims, first.fingerprint, first.invariants, automaton=smaller, network=network
        )
        self.found.claims = frozenset(first.claims)


def _strengthened(automaton: Automaton, invariant: Invariant, feasible: Feasibility, limits: Limits) -> Invariant:
    """Return an invariant that says besides which sizes are never 0, as far as that is inductive: it saves cases."""
    zero = [
        Goal(shape.index, (Condition(Linear({size: 1}), Is.ZERO),))
        for shape in automaton.shapes
        for size in range(len(shape.slots))
    ]
    open_ = [goal for goal in zero if not invariant.refutes(goal, feasible)]
    return strengthen(automaton, invariant, open_, feasible, widely=False, limits=limits)
