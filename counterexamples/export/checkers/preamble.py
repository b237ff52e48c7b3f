"""What stands at the top of a model for another checker: what it is, how it is read, and what is not in it."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.counterexamples.export.checkers.program import Program


def preamble(program: Program, *how: str) -> Iterator[str]:
    """Yield the lines of a comment; `how` says how a checker is run."""
    states = ", ".join(each.name for each in program.claims) or "none"
    yield f"{' '.join(program.title.split())}: the automaton that spillproof extracts from the model."
    yield ""
    yield "A shape is a heap without its sizes: objects, what they refer to, constants; it is named after the action"
    yield "that first reaches it. From each shape every action has its ways, with linear guards and new sizes. The"
    yield "first step is begin: there is one state more than spillproof counts, the one before it."
    yield ""
    yield f"Claims: {states}."
    for name, why in program.unasked:
        yield f"Not asked: {name}: {' '.join(why.split())}"
    yield from how
