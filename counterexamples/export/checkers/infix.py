"""Linear expressions and conditions as a person writes them: `size <= pool_free - 1`, without negative numbers."""

from __future__ import annotations

from dataclasses import dataclass

from spillproof.counterexamples.export.checkers.program import Region
from spillproof.model.quantity import Condition, Is, Linear
from spillproof.model.state import Size


@dataclass(frozen=True)
class Infix:
    """How a language spells what all spell nearly alike."""

    divided: str
    equal: str
    different: str

    def size(self, value: Size, region: Region) -> str:
        """Return an expression."""
        if not isinstance(value, Linear):
            return str(value) if value >= 0 else f"(0 - {-value})"
        more, less = self.sides(value, region)
        return " - ".join([" + ".join(more) or "0", *less])

    def condition(self, condition: Condition, region: Region) -> str:
        """Return a condition."""
        more, less = self.sides(condition.left, region)
        left, right = " + ".join(more), " + ".join(less)
        least = {Is.AT_LEAST_ZERO: (">=", "<="), Is.ZERO: (self.equal,) * 2, Is.NOT_ZERO: (self.different,) * 2}
        forward, backward = least[condition.holds]
        if not condition.left.terms.keys() - {each for each, by in condition.left.terms.items() if by < 0}:
            return f"{right or 0} {backward} {left or 0}"
        return f"{left or 0} {forward} {right or 0}"

    def conditions(self, region: Region) -> list[str]:
        """Return the conditions of a region, each once."""
        return list(dict.fromkeys(self.condition(each, region) for each in region.conditions))

    def sides(self, value: Linear, region: Region) -> tuple[list[str], list[str]]:
        """Return what is added and what is subtracted."""
        more: list[str] = []
        less: list[str] = []
        for symbol, factor in sorted(value.terms.items()):
            name = self.unknown(symbol, region)
            (more if factor > 0 else less).append(name if abs(factor) == 1 else f"{abs(factor)} * {name}")
        if value.constant:
            (more if value.constant > 0 else less).append(str(abs(value.constant)))
        return more, less

    def unknown(self, symbol: int, region: Region) -> str:
        name = region.names.get(symbol)
        if name is not None:
            return name
        dividend, divisor = next((of, by) for quotient, of, by in region.quotients if quotient == symbol)
        return f"(({self.size(dividend, region)}) {self.divided} {divisor})"
