"""The evidence of a violation as plain data: what a claim read, in every state of the run, and what of it is false.

Nothing here is a live object, so that a trace can carry it, and whoever draws or tells it needs no model.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """A value that a claim reads of a state: the answer of a method, or a field."""

    words: str
    """As the claim has it, without the state: `records_owed()`, `cache.held`, `E1.used`."""
    meaning: str
    """What the method's own docstring says that it is. Empty for a field."""
    values: tuple[str | None, ...]
    """The value in each state of the run, in words; None where there is nothing to read."""
    inner: bool = False
    """Whether not the claim itself reads it, but the model, to give the answer that the claim reads."""

    def before(self, step: int) -> str | None:
        """Return the value before a step; None for the beginning."""
        return self.values[step - 1] if step else None

    def after(self, step: int) -> str | None:
        """Return the value after a step."""
        return self.values[step]

    def changes(self, step: int) -> bool:
        """Return whether the step changed it."""
        return step > 0 and self.values[step - 1] != self.values[step]

    @property
    def varies(self) -> bool:
        """Return whether any step of the run changes it."""
        return len({*self.values}) > 1


@dataclass(frozen=True)
class Evidence:
    """What a claim read at the step after which it was false for the first time (or, for a witness, true)."""

    claim: str
    step: int
    """0 for the beginning."""
    compared: str
    """What of the claim is false, as its source has it: `now.accounted() == sum(now.accounts())`; empty if unknown."""
    values: str
    """The same with the values in it: `7 == 5`."""
    readings: tuple[Reading, ...]

    @property
    def read(self) -> tuple[Reading, ...]:
        """Return what the claim itself reads."""
        return tuple(each for each in self.readings if not each.inner)

    @property
    def made_of(self) -> tuple[Reading, ...]:
        """Return what the model's answers are made of."""
        return tuple(each for each in self.readings if each.inner)
