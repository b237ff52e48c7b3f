"""Paths that lead to the same kind of object by the same fields: 36 pages of a list are one line, and not 36.

The signature of a path is its fields, with what is repeated drawn together (`reader ▸ next* ▸ page`) and without
indices and keys (`pages[*]`). Paths that repeat a part once, or not at all, have the signature of those that repeat it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

LONGEST = 3
"""Of so many fields a part that is repeated may consist."""

Block = tuple[str, ...]


@dataclass
class Alike:
    """Paths of one signature."""

    words: str
    """The signature: `reader ▸ next* ▸ page`."""
    kind: str
    """The class of the objects that they lead to."""
    places: list[int] = field(default_factory=list)
    """Which of the paths, in their order."""


@dataclass(frozen=True)
class _Folded:
    blocks: tuple[tuple[Block, bool], ...]
    """The parts of a path, and whether each is repeated."""

    @property
    def bare(self) -> Block:
        return tuple(name for block, _ in self.blocks for name in block)

    @property
    def repeats(self) -> int:
        return sum(repeated for _, repeated in self.blocks)

    def words(self) -> str:
        """Return the signature as a person reads it."""
        return " ▸ ".join(_starred(block) if repeated else " ▸ ".join(block) for block, repeated in self.blocks)

    def without(self) -> Iterable[Block]:
        """Yield the path without each part that is repeated."""
        for at, (_, repeated) in enumerate(self.blocks):
            if repeated:
                yield tuple(name for place, (block, _) in enumerate(self.blocks) if place != at for name in block)


def _starred(block: Block) -> str:
    return f"{block[0]}*" if len(block) == 1 else f"({' ▸ '.join(block)})*"


def alike(paths: Sequence[tuple[Sequence[str], str]]) -> list[Alike]:
    """Return paths, each given by its fields and the class that it leads to, with those of one signature together."""
    folded = [_fold([re.sub(r"\[.*\]", "[*]", name) for name in names]) for names, _ in paths]
    fullest: dict[tuple[Block, str], _Folded] = {}
    for each, (_, kind) in zip(folded, paths, strict=True):
        known = fullest.get((each.bare, kind))
        if known is None or each.repeats > known.repeats:
            fullest[each.bare, kind] = each
    shorter = {(bare, kind): each for (_, kind), each in fullest.items() for bare in each.without()}
    found: dict[tuple[Block, str], Alike] = {}
    for place, (each, (_, kind)) in enumerate(zip(folded, paths, strict=True)):
        whole = shorter.get((each.bare, kind), fullest[each.bare, kind])
        found.setdefault((whole.bare, kind), Alike(whole.words(), kind)).places.append(place)
    return list(found.values())


def _fold(names: Sequence[str]) -> _Folded:
    """Return the parts of a path, with those that follow upon themselves drawn together."""
    blocks: list[tuple[Block, bool]] = []
    at = 0
    while at < len(names):
        size, times = _repeated(names, at)
        blocks.append((tuple(names[at : at + size]), times > 1))
        at += size * times
    return _Folded(tuple(blocks))


def _repeated(names: Sequence[str], at: int) -> tuple[int, int]:
    """Return the length of the part that begins at a place, and how often it follows there upon itself."""
    for size in range(1, LONGEST + 1):
        part, times = names[at : at + size], 1
        while len(part) == size and names[at + size * times : at + size * (times + 1)] == part:
            times += 1
        if times > 1:
            return size, times
    return 1, 1
