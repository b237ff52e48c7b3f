"""What the engines of one check share: the model and its claims, the worlds made of it, what is refused, the report."""

from __future__ import annotations

from spillproof.model.errors import ModelError
from spillproof.model.names import counted
from spillproof.model.quantity import Field
from spillproof.model.state import NOTHING
from spillproof.model.system import Model
from spillproof.properties import registry
from spillproof.properties.claims import Claim, ClaimError, Mode
from spillproof.properties.engines.automaton.frontier import Frontier
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.pending import Pending, contained, defect, timed
from spillproof.properties.engines.proof.invariant import Invariant, find_equations
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.smallest import uncertified
from spillproof.properties.engines.validation.validation import Validation
from spillproof.properties.engines.verdict import (
    Holds,
    Refused,
    Report,
    Result,
    Unknown,
    Verdict,
)
from spillproof.properties.engines.world import World

NOT_EXTRACTED = "the time was up before all shapes were found"


class Desk:
    """All that the engines of one check share."""

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
        validation: Validation | None = None,
    ) -> None:
        """Take a model and what to ask of it.

        `certify` has cvc5 confirm each certificate as well. `reserve` are seconds that are not spent on finding shapes.
        `needed` are quantities that are not sliced away, whatever the claims look at. `validation` is of this part of a
        check, where that has others.
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
        self.validation = validation or Validation(model, limits)
        self.naturals_proved = False
        """Whether it is proved that no counter is ever negative. The other proofs rest on it."""
        self.world: World
        self.known: dict[str, Pending] = {}
        """What was found out about each claim so far, for when the time is up."""

    # Worlds

    def extract(
        self,
        *,
        any_preference: bool,
        needed: frozenset[Field] = NOTHING,
        claims: list[Claim] | None = None,
        validated: bool = True,
    ) -> World:
        """Make the automaton for claims, or for all, as far as the first one went, and find the equations in it."""
        asked = self.asked(self.claims if claims is None else claims)
        frontier = self.frontier(asked, any_preference=any_preference, needed=needed)
        frontier.advance(steps=self.world.automaton.steps if hasattr(self, "world") else None)
        return self.world_of(frontier.automaton(), needed, validated=validated)

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

    def pending(self, claim: Claim, world: World) -> Pending:
        """Return what is known of a claim, and where in a world it could be false."""
        waiting = self.known.setdefault(claim.name, Pending(claim, world))
        waiting.world, waiting.left, waiting.spurious, waiting.why = world, [], False, ""
        with timed([waiting]), contained("the search for what could violate it", [waiting]):
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
        self.validate(only_once=True)
        if not (self.refused - before).isdisjoint(self.claims):
            self.validation.begin()
            self.world = self.extract(any_preference=True)

    def validate(self, *, only_once: bool = False) -> None:
        """Compare what the verdicts rest on with the model on integers, as far as its share of the time goes."""
        self.limits.progress("the automaton against the model on integers")
        try:
            for error in self.validation.go_on(only_once=only_once):
                self.refuse(error)
        except (ModelError, OutOfTime):
            raise
        except Exception as error:  # noqa: BLE001 - the verdicts stand, and less is validated
            self.validation.failure = defect("the validation", error)

    def open(self, pending: Pending) -> Verdict:
        """Return the verdict on a claim that was neither proved nor found to be violated for certain."""
        if pending.candidate is not None:
            return pending.candidate if pending.candidate.minimal else uncertified(pending.candidate, pending.depth)
        if self.limits.max_steps is not None and pending.depth >= self.limits.max_steps:
            return Holds(f"all sizes, runs of at most {counted(pending.depth, 'step')}")
        return Unknown(pending.failure or pending.why or "no invariant was found", pending.depth)

    # Reporting

    def add(self, pending: Pending, verdict: Verdict, engine: str) -> None:
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
