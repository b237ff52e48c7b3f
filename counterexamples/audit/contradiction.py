"""What was found in a log, as data: a line that contradicts the rules of the release, and how sure that is.

Some lines contradict a rule by themselves. Most only do together with others, and then a line that is missing may be
all that is wrong: what a shipper dropped, or a person cut out. Such a finding has a doubt, unless the log is known to
be whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

KEPT = 10
"""Findings of one rule that are kept; all are counted."""

MISSING = "a line may be missing"
"""The doubt that knowing the log to be whole takes away."""

EARLY = "a task that does not read its input to the end, as take and limit do not, leaves as much, and Spark frees it"


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

    __hash__ = object.__hash__  # it is looked up for each line; an enumeration's own is Python


@dataclass(frozen=True)
class Finding:
    """A line that contradicts a rule, or that does if the doubt is none."""

    rule: Rule
    words: str
    line: int
    time: float | None = None
    task: int | None = None
    who: str = ""
    doubt: str = ""
    """Why it may be nothing; empty where the line by itself leaves no doubt."""

    @property
    def sure(self) -> bool:
        """Return whether it contradicts the rule, whatever else is not in the log."""
        return not self.doubt


@dataclass
class Findings:
    """What contradicted the rules, and how often each was held against a line."""

    kept: dict[Rule, list[Finding]] = field(default_factory=dict)
    counts: dict[Rule, int] = field(default_factory=dict)
    held: dict[Rule, int] = field(default_factory=dict)

    def hold(self, rule: Rule) -> None:
        """Count a line that a rule was held against."""
        self.held[rule] = self.held.get(rule, 0) + 1

    def add(self, finding: Finding) -> None:
        """Keep a finding, or only count it where there are many."""
        rule = finding.rule
        self.counts[rule] = self.counts.get(rule, 0) + 1
        found = self.kept.setdefault(rule, [])
        if len(found) < KEPT:
            found.append(finding)

    def join(self, other: Findings) -> None:
        """Take in what was found by another."""
        for rule, count in other.held.items():
            self.held[rule] = self.held.get(rule, 0) + count
        for rule, count in other.counts.items():
            self.counts[rule] = self.counts.get(rule, 0) + count
            self.kept[rule] = [*self.kept.get(rule, ()), *other.kept[rule]][:KEPT]

    def all(self, *, whole: bool = False) -> list[Finding]:
        """Return those that were kept, by rule; of a log that is whole, without the doubt that a line may be missing."""  # noqa: E501 - one text
        found = [finding for rule in Rule for finding in self.kept.get(rule, ())]
        return [replace(each, doubt="") if whole and each.doubt == MISSING else each for each in found]
