"""Small models to learn from, and the yardstick that is written for many tools."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.catalogue.entry import Entry
from spillproof.model.claim_names import ALLOCATABLE, CHIEF, GUILTY, LEAK
from spillproof.model.lessons.partial_grant import PartialGrant
from spillproof.model.lessons.pool import PoolThatForgetsToCheck
from spillproof.model.lessons.release import ReleaseThatForgetsAReference
from spillproof.model.lessons.yardstick import Forgets, Yardstick
from spillproof.model.system import Model

LESSONS: tuple[tuple[str, type[Model], str, bool, str, frozenset[str]], ...] = (
    ("pool", PoolThatForgetsToCheck, "checks", False, "A pool that forgets to check", frozenset({ALLOCATABLE})),
    (
        "release",
        ReleaseThatForgetsAReference,
        "forgets",
        True,
        "A release that forgets a reference",
        frozenset({CHIEF, GUILTY}),
    ),
    ("grant", PartialGrant, "looks", False, "A consumer that takes a partial grant for the whole", LEAK),
)
"""Name, model, the switch in its scope and the value that breaks it, summary, and what is violated then."""


def lessons() -> Iterator[Entry]:
    """The yardstick and the lessons, each broken and repaired."""
    for forgets in Forgets:
        broken_claims = frozenset[str]() if forgets is Forgets.NEVER else frozenset({CHIEF, GUILTY})
        yield Entry(
            f"yardstick:{forgets.value}",
            f"The yardstick that is written for many tools ({forgets.value}).",
            Yardstick,
            {"consumers": 2, "forgets": forgets},
            violated=broken_claims,
            repaired="" if forgets is Forgets.NEVER else f"yardstick:{Forgets.NEVER.value}",
        )
    for lesson, model, switch, broken, summary, violated in LESSONS:
        repaired = f"lesson:{lesson}+repaired"
        yield Entry(f"lesson:{lesson}", f"{summary}.", model, {switch: broken}, violated=violated, repaired=repaired)
        yield Entry(repaired, f"{summary}, repaired.", model, {switch: not broken})
