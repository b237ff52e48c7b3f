"""A model as constrained Horn clauses in SMT-LIB, for Z3's Spacer, Eldarica and Golem: every size at once.

One predicate a shape over its sizes, one clause a way of a step, one question for each way that a claim is false.
`sat` says that there is an invariant: all claims hold. `unsat` says that one of them is violated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spillproof.counterexamples.export.checkers.preamble import preamble
from spillproof.counterexamples.export.checkers.program import Choice, Program, Region, Station, Transition
from spillproof.model.quantity import Condition, Is, Linear
from spillproof.model.state import Size
from spillproof.properties.engines.proof.smtlib import integer

_HOW = "sat: every claim holds, whatever the sizes. unsat: one is violated. Z3: z3 FILE; or Eldarica, Golem."


def chc(program: Program, _name: str) -> str:
    """Return the clauses. Sizes have no bound: those of arguments are at least 1."""
    return "\n".join(_lines(program)) + "\n"


def _lines(program: Program) -> Iterator[str]:
    yield from (f"; {line}".rstrip() for line in preamble(program, _HOW))
    yield "(set-logic HORN)"
    for station in program.stations:
        yield ""
        yield from (f"; {line}" for line in station.description)
        yield f"; sizes: {', '.join(station.sizes) or 'none'}"
        yield f"(declare-fun {station.name} ({' '.join('Int' for _ in station.sizes)}) Bool)"
    for action, choices in program.actions().items():
        yield ""
        yield f"; {action}"
        for choice in choices:
            yield f"; {choice.words}"
            for way in choice.ways:
                yield from _way(choice, way)
    for claim in program.claims:
        yield ""
        yield f"; {claim.name}: {claim.sentence}"
        broken = [
            (choice.arguments, region)
            for choice in program.choices
            for way in choice.ways
            for name, region in way.breaks
            if name == claim.name
        ]
        for arguments, region in [*(((), each) for each in claim.false), *broken]:
            yield _clause(region, arguments, region.conditions, "false")
    yield ""
    yield "(check-sat)"


def _way(choice: Choice, way: Transition) -> Iterator[str]:
    if way.target is not None:
        head = _applied(way.target, (_size(each, way.region) for each in way.update))
        yield _clause(way.region, choice.arguments, (*way.region.conditions, *way.goes_on), head)


def _applied(station: Station, sizes: Iterable[str]) -> str:
    words = " ".join(sizes)
    return f"({station.name} {words})" if words else station.name


def _clause(region: Region, arguments: Iterable[str], conditions: Iterable[Condition], head: str) -> str:
    sizes = region.station.sizes if region.station else ()
    quotients = [_unknown(symbol, region) for symbol, _, _ in region.quotients]
    reached = [_applied(region.station, sizes)] if region.station else []
    natural = [f"(>= {size} 0)" for size in (*sizes, *quotients)]
    chosen = [f"(>= {each} 1)" for each in arguments]
    body = [*reached, *natural, *chosen, *(bound for each in region.quotients for bound in _bounds(each, region))]
    body += [_condition(each, region) for each in conditions]
    variables = " ".join(f"({each} Int)" for each in (*sizes, *arguments, *quotients))
    clause = f"(=> (and true {' '.join(dict.fromkeys(body))}) {head})"
    return f"(assert (forall ({variables}) {clause}))" if variables else f"(assert {clause})"


def _bounds(quotient: tuple[int, Linear, int], region: Region) -> Iterator[str]:
    """Yield what makes an unknown a quotient."""
    symbol, dividend, divisor = quotient
    rest = dividend - Linear({symbol: divisor})
    yield f"(>= {_size(rest, region)} 0)"
    yield f"(>= {divisor - 1} {_size(rest, region)})"


def _condition(condition: Condition, region: Region) -> str:
    left = _size(condition.left, region)
    if condition.holds is Is.AT_LEAST_ZERO:
        return f"(>= {left} 0)"
    return f"(= {left} 0)" if condition.holds is Is.ZERO else f"(not (= {left} 0))"


def _size(value: Size, region: Region) -> str:
    if not isinstance(value, Linear):
        return integer(value)
    parts = [_product(factor, _unknown(symbol, region)) for symbol, factor in sorted(value.terms.items())]
    parts += [integer(value.constant)] if value.constant else []
    return parts[0] if len(parts) == 1 else f"(+ {' '.join(parts)})"


def _product(factor: int, name: str) -> str:
    return name if factor == 1 else f"(* {integer(factor)} {name})"


def _unknown(symbol: int, region: Region) -> str:
    return region.names.get(symbol) or f"quotient_{symbol}"
