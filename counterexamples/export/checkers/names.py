"""Names that every checker's language takes: ASCII, no word of the language, each for one thing."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORDS = """
    abs active and assert atomic auto bit bool break byte case chan char check claim const continue d_step
    default define declare distinct div do double else empty enabled enum eval exists export extern false
    fi float for forall full get goto hidden if implies import in init inline int ite len let linux local long ltl
    main mod module mtype name nempty never nfull none not notrace now od of or par pop printf priority process
    proctype provided push register return run select short show signed sizeof skip start static steps
    struct switch timeout trace true type typedef union unix unless unsigned vars void volatile
    while xor xr xs shape broken least model
"""
RESERVED = frozenset(_WORDS.split())
"""Words of TLA+, Promela, C and SMT-LIB, and those that the writers use themselves."""


class Names:
    """Names that were given so far."""

    def __init__(self) -> None:
        self.given: dict[tuple[str, str], str] = {}
        self.taken: set[str] = set(RESERVED)

    def of(self, kind: str, text: str) -> str:
        """Return the name of a thing of some kind that a person calls `text`: always the same one."""
        known = self.given.get((kind, text))
        if known is None:
            known = self.given[kind, text] = self.new(spelled(text))
        return known

    def new(self, wanted: str) -> str:
        """Return a name that nothing else has, as wanted or with something after it."""
        number, name = 1, wanted
        while name in self.taken:
            number += 1
            name = f"{wanted}_{number}"
        self.taken.add(name)
        return name


def given_in(words: Iterable[str]) -> str:
    """Return arguments as they stand behind a name: in parentheses, or nothing where there are none."""
    told = ", ".join(words)
    return f"({told})" if told else ""


def spelled(text: str) -> str:
    """Return a text as an identifier: `maps[0].used` is `maps_0_used`."""
    word = re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9]", "_", text)).strip("_")
    return word if re.match(r"[A-Za-z]", word) else f"x_{word}".rstrip("_")
