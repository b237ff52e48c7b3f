"""The validation of one check: of each automaton that it rests on, within a share of what the check itself costs."""

from __future__ import annotations

import time
from functools import reduce
from operator import add

from spillproof.model.system import Model
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.limits import UNLIMITED, Limits, OutOfTime
from spillproof.properties.engines.validation.outside import refuse_shared
from spillproof.properties.engines.validation.result import Validated
from spillproof.properties.engines.validation.validator import Validator

SHARE = 0.2
"""Of the processor time of a check, how much may go into validation."""

LEAST = 0.3
"""Seconds of processor time that validation may take however short the check is."""


class Validation:
    """Spends the share of a check's time. Made where the check begins."""

    def __init__(self, model: Model, limits: Limits = UNLIMITED) -> None:
        self.model = model
        self.limits = limits
        self.started = time.process_time()
        self.validators: list[Validator] = []

    def of(self, automaton: Automaton) -> None:
        """Validate an automaton, as far as the time goes that was spent so far.

        Raises `Disagreement` where the model on integers is not what the automaton says.
        """
        refuse_shared(type(self.model))
        self.validators.append(Validator(automaton, self.limits))
        self.go_on()
        refuse_shared(type(self.model))

    def go_on(self) -> None:
        """Go on with what is left, as far as the time goes that was spent meanwhile. Raises `Disagreement`."""
        for each in self.validators:
            try:
                each.go_on(min(self.allowance(), self.limits.left()))
            except OutOfTime:
                return

    def allowance(self) -> float:
        """Return how many seconds of processor time may still be spent now."""
        spent = sum(each.seconds for each in self.validators)
        others = time.process_time() - self.started - spent
        return max(LEAST, others * SHARE / (1 - SHARE)) - spent

    def result(self) -> Validated | None:
        """Return what was validated; None where there was nothing to validate yet."""
        return reduce(add, (each.result() for each in self.validators)) if self.validators else None
