"""Conditions and sizes as SMT-LIB 2: unknown 3 is called q3. Z3 reads a text much faster than it is built in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spillproof.model.quantity import Condition, Is, Linear

if TYPE_CHECKING:
    from spillproof.model.state import Size


def smt(condition: Condition) -> str:
    """Return a condition as an SMT-LIB 2 term."""
    left = linear(condition.left)
    if condition.holds is Is.AT_LEAST_ZERO:
        return f"(>= {left} 0)"
    return f"(= {left} 0)" if condition.holds is Is.ZERO else f"(not (= {left} 0))"


def residue(size: int, known: tuple[int, int]) -> str:
    """Return that a size has a residue modulo something (0: that it is it) as an SMT-LIB 2 term."""
    modulus, rest = known
    return f"(= {f'(mod q{size} {modulus})' if modulus else f'q{size}'} {integer(rest)})"


def linear(value: Size) -> str:
    """Return a size as an SMT-LIB 2 term."""
    if not isinstance(value, Linear):
        return integer(value)
    parts = [_product(factor, f"q{symbol}") for symbol, factor in sorted(value.terms.items())]
    if value.constant:
        parts.append(integer(value.constant))
    return parts[0] if len(parts) == 1 else f"(+ {' '.join(parts)})"


def _product(factor: int, name: str) -> str:
    if factor == 1:
        return name
    return f"(- {name})" if factor == -1 else f"(* {integer(factor)} {name})"


def integer(value: int) -> str:
    """Return a whole number as an SMT-LIB 2 term."""
    return str(value) if value >= 0 else f"(- {-value})"
