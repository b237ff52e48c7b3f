"""The validation of one check: of each automaton that it rests on, within a share of what the check itself costs."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from operator import add

from spillproof.model.system import Model
from spillproof.properties.claims import Claim, ClaimError
from spillproof.properties.engines.automaton.goals import about
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.validation.outside import Outside, refuse_shared
from spillproof.properties.engines.validation.result import Validated
from spillproof.properties.engines.validation.sizes import Learned
from spillproof.properties.engines.validation.validator import Validator

SHARE = 0.2
"""Of the processor time of a check, how much may go into validation."""


class Validation:
    """Spends the share of a check's time. Made where the check begins, or where a further part of it does.

    What goes beyond comparing all once is left for the last part, as there are more automata to come.
    """

    def __init__(
        self, model: Model, limits: Limits = UNLIMITED, earlier: Validation | None = None, *, has_more: bool = False
    ) -> None:
        """Take the validation of the part before this one; `has_more` where another part of the check follows."""
        self.model = model
        self.limits = limits
        self.earlier = earlier
        self.has_more = has_more
        self.failure = ""
        """What went wrong within the validation itself."""
        self.started: float = earlier.started if earlier else time.process_time()
        self.known: Learned = earlier.known if earlier else Learned()
        """What was found out about conjunctions, in whatever automaton."""
        self.begin()

    def begin(self) -> None:
        """Begin, or begin anew: of this part nothing was compared."""
        self.outside = Outside(type(self.model))
        self.validators: list[Validator] = []

    def add(self, automaton: Automaton, also: Iterable[Claim] = ()) -> None:
        """Take note of an automaton that verdicts will rest on.

        `also` are claims that it was not made for: it is only seen that they do nothing but look.
        """
        self.validators.append(self.validator(automaton, also))

    def validator(self, automaton: Automaton, also: Iterable[Claim] = ()) -> Validator:
        """Return what compares an automaton."""
        return Validator(automaton, self.limits, also, put_back=self.outside.put_back, known=self.known)

    def rest_on(self, automaton: Automaton) -> None:
        """Take note that a verdict rests on an automaton, if that is not known."""
        if all(each.automaton is not automaton for each in self.validators):
            self.add(automaton)

    def go_on(self, *, only_once: bool = False) -> list[ClaimError]:
        """Compare everything once, then go on as far as the time goes. Return what is wrong with claims.

        Raises `Disagreement` where the model on integers is not what an automaton says.
        """
        refuse_shared(type(self.model))
        for once in (True,) if only_once or self.has_more else (True, False):
            for each in self.all():
                each.within(self.limits)
                each.go_on(self.allowance(), only_once=once)
        refuse_shared(type(self.model))
        errors = [error for each in self.all() for error in each.asking.refused.values()]
        if not (errors and only_once):  # else a claim may have changed it, and all begins anew without that claim
            self.outside.refuse_changed()
        return errors

    def all(self) -> list[Validator]:
        """Return the validators of this part, and of those before it."""
        return [*self.validators, *(self.earlier.all() if self.earlier else ())]

    def deny(self, automaton: Automaton, claim: Claim) -> None:
        """Compare on integers that a `sometimes` claim is true only where the automaton says so.

        Raises `ClaimError` or `Disagreement` where it is not, and `OutOfTime` at the deadline.
        """
        validator = self.validator(about(automaton, claim))
        if claim.over_steps:
            validator.go_on(self.allowance())
        else:
            validator.ask_about_states()
        if claim in validator.asking.refused:
            raise validator.asking.refused[claim]

    def allowance(self) -> float:
        """Return how many seconds of processor time may still be spent now."""
        spent = sum(each.seconds for each in self.all())
        others = time.process_time() - self.started - spent
        return others * SHARE / (1 - SHARE) - spent

    def result(self) -> Validated | None:
        """Return what was validated; None where there was nothing to validate yet."""
        if not (validators := self.all()):
            return None
        return replace(reduce(add, (each.result() for each in validators)), failure=self.failed())

    def failed(self) -> str:
        """Return what went wrong within the validation itself, in whatever part."""
        return self.failure or (self.earlier.failed() if self.earlier else "")
