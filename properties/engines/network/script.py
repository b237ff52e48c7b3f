"""The second half of a certificate for any number of consumers, as SMT-LIB 2: that the rest is a network invariant.

For each folded shape of the larger automaton, in one question: what is known of its folds; and either a step that none
of the ways found for it does, or a way in which a proved claim is false. Each question must be answered `unsat`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spillproof.properties.engines.automaton.shapes import Conjunction
from spillproof.properties.engines.network.invariance import FoldedShape, Invariance, Matched
from spillproof.properties.engines.network.transfer import Excluded
from spillproof.properties.engines.proof.smtlib import smt


def second_half(invariance: Invariance, claims: Iterable[Excluded]) -> str:
    """Return the script. Sizes are those of the larger automaton's shapes, q0, q1, …, then the arguments of a step."""
    return "\n".join(_lines(invariance, list(claims))) + "\n"


def _lines(invariance: Invariance, claims: list[Excluded]) -> Iterator[str]:
    larger, smaller = invariance.larger, invariance.smaller
    steps = sum(map(len, invariance.matched.values()))
    yield f"; The rest is a network invariant: {steps} folded steps of {len(larger.edges)} edges"
    yield f"; between {len(larger.shapes)} shapes are done by {len(smaller.edges)}. Every check-sat must answer unsat."
    by_node: dict[int, list[Excluded]] = {}
    for each in claims:
        by_node.setdefault(id(each.node), []).append(each)
    for place, node in invariance.nodes.items():
        yield from _question(node, invariance.matched[place], by_node.get(id(node), []))


def _question(node: FoldedShape, matched: list[Matched], claims: list[Excluded]) -> Iterator[str]:
    wrong = {*map(_undone, matched), *(_all([], each.conditions) for each in claims)}
    if not wrong:
        return
    symbols = max([_symbols(node.known), *(each.edge.symbols for each in matched), *(each.symbols for each in claims)])
    yield f"; shape {node.shape}, with {' or '.join(_spelled(each) for each in sorted(node.family, key=sorted))} folded"
    yield "(push 1)"
    for symbol in range(symbols):
        yield f"(declare-const q{symbol} Int)"
        yield f"(assert (>= q{symbol} 0))"
    yield from (f"(assert {smt(each)})" for each in node.known)
    yield f"(assert (or false {' '.join(sorted(wrong))}))"
    yield "(check-sat)"
    yield "(pop 1)"


def _undone(matched: Matched) -> str:
    """Return that an edge is taken at sizes that none of the ways does."""
    return _all([f"(not {_all([], way.conditions)})" for way in matched.ways], matched.edge.guard)


def _all(terms: list[str], conditions: Conjunction) -> str:
    return f"(and true {' '.join([*map(smt, conditions), *terms])})"


def _symbols(conditions: Conjunction) -> int:
    return max((symbol + 1 for each in conditions for symbol in each.left.terms), default=0)


def _spelled(folded: frozenset[int]) -> str:
    return f"objects {', '.join(map(str, sorted(folded)))}" if folded else "nothing"
