"""What was found in a log, as data: a line that contradicts the rules of the release, and how badly."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

KEPT = 10
"""Findings of one rule that are kept; all are counted."""


class Rule(Enum):
    """What Spark keeps to, each as a sentence that a finding contradicts."""

    ASKS = "A collection asks for twice its estimate less its threshold."
    THRESHOLD = "A collection's threshold is what it was granted, and a constant to begin with."
    GRANT = "Nobody is granted more than was asked for."
    POOL = "What is accounted fits into the pool."
    RELEASED_UNKNOWN = "Nothing is released that was not acquired."
    RELEASED_MORE = "Nobody's counter goes below zero."
    RELEASES_ALL = "A collection that spills releases all that it holds."
    BOOKS = "What Spark prints of a consumer is what its grants and releases add up to."
    LEFT = "A task that succeeds has released everything."
    ALLOCATES = "What the pool grants can be allocated."
    SPILLS = "A consumer that is told to spill can."
    VICTIM = "The smallest consumer that suffices is spilled first, else the largest (since 2.2.0)."
    RELEASE = "The lines are of the release that was named."


@dataclass(frozen=True)
class Finding:
    """A line that contradicts a rule."""

    rule: Rule
    words: str
    line: int
    time: float | None = None
    task: int | None = None
    who: str = ""


@dataclass
class Findings:
    """What contradicted the rules, and how often each was held against a line."""

    kept: dict[Rule, list[Finding]] = field(default_factory=dict)
    counts: dict[Rule, int] = field(default_factory=dict)
    held: dict[Rule, int] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        """Keep a finding, or only count it where there are many."""
        rule = finding.rule
        self.counts[rule] = self.counts.get(rule, 0) + 1
        found = self.kept.setdefault(rule, [])
        if len(found) < KEPT:
            found.append(finding)

    def all(self) -> list[Finding]:
        """Return those that were kept, by rule."""
        return [finding for rule in Rule for finding in self.kept.get(rule, ())]
