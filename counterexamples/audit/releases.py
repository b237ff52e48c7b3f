"""Which release of Spark wrote a log: what it says, what the names of its files say, and what only some releases write.

A release is a tuple of numbers here. `older_than((2, 4, 0))` decides, and may answer that nobody knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from spillproof.counterexamples.audit.families import Pattern
from spillproof.model.errors import ModelError
from spillproof.model.spark.fixes.fix import order
from spillproof.model.spark.releases import RELEASES

Version = tuple[int, ...]

FIRST, LAST = (1, 6), (99,)

_NAMES = re.compile(rb"spark-(?:core_2\.1\d-)?([1-4]\.\d+\.\d+(?:\.\d+)*)(?:-bin|\.jar|-amzn|[/\\])")

NAMES = 8
"""Releases that are kept of those that a log names."""


def version(text: str) -> Version:
    """Return a release as numbers, whatever a vendor has added. Raises `ModelError` for what is none.

    >>> version("2.3.2.3.1.0.0-78")
    (2, 3, 2, 3, 1, 0, 0)
    """
    found = numbers(text.removeprefix("spark@"))
    if not found:
        raise ModelError(f"--release {text}: a release is written as 2.3.4")
    return found


def numbers(text: str) -> Version:
    """Return the numbers of a release, without what a vendor has added; none where it is no release."""
    found = re.fullmatch(r"(\d{1,4}(?:\.\d{1,9}){1,9})(?:-[\w.+-]*|[._+](?!x)[a-z][\w.+-]*)?", text)
    return order(found[1]) if found else ()


def words(release: Version) -> str:
    """Return a release as a person writes it."""
    return ".".join(map(str, release))


@dataclass
class ReleaseEvidence:
    """What is known about the release that wrote a log."""

    asked: Version = ()
    """What the reader of the log says."""
    sayings: set[Version] = field(default_factory=set)
    """What Spark says of itself, wherever in the log: the order of lines decides nothing."""
    names: set[Version] = field(default_factory=set)
    """What paths and jars in the log are called."""
    since: Version = FIRST
    """The first release that writes lines such as these."""
    before: Version = LAST
    """The first release that no longer does."""
    why: dict[str, str] = field(default_factory=dict)
    """For each end of that range, an example."""
    heard: set[tuple[object, ...]] = field(default_factory=set)
    """What was looked at already."""

    @property
    def said(self) -> Version:
        """Return what Spark says of itself, if it says one thing only."""
        return next(iter(self.sayings)) if len(self.sayings) == 1 else ()

    @property
    def named(self) -> Version:
        """Return what the paths in the log say, if they say one thing only."""
        return next(iter(self.names)) if len(self.names) == 1 else ()

    def name(self, block: bytes) -> None:
        """Look at the paths in lines."""
        at = block.find(b"spark-")
        while at >= 0 and len(self.names) < NAMES:
            if found := _NAMES.match(block, at):
                self.names.add(order(found[1].decode()))
            at = block.find(b"spark-", at + 6)

    def say(self, release: Version) -> None:
        """Take note that Spark says its release."""
        if release and len(self.sayings) < NAMES:
            self.sayings.add(release)

    def hear(self, pattern: Pattern, text: str, start: int) -> None:
        """Take note of a line that only some releases write. Its message begins at `start`."""
        newer, older = "iB" in text, " MB" in text or " GB" in text or " KB" in text
        if (pattern.what, pattern.needle, newer, older) in self.heard:
            return
        self.heard.add((pattern.what, pattern.needle, newer, older))
        message, since, before = text[start:], pattern.since, pattern.before or LAST
        if "iB" in message and re.search(r"\d [KMGTPE]iB\b", message):
            since = max(since, (3, 0))
        elif pattern.spark and re.search(r"\d [KMGTPE]B\b", message):
            before = min(before, (3, 0))
        if since > self.since:
            self.since = since
            self.why["since"] = message
        if before < self.before:
            self.before = before
            self.why["before"] = message

    def known(self) -> Version:
        """Return the release, where it is known to the number."""
        return self.asked or self.said or (self.named if not self.sayings else ())

    def older_than(self, release: Version) -> bool | None:
        """Return whether the log's release is older than another, or None where that is not known."""
        if known := self.known():
            return known < release
        if several := self.sayings or self.names:
            older = {each < release for each in several}
            return older.pop() if len(older) == 1 else None
        if self.since >= self.before:
            return None  # lines of several releases
        if self.before <= release:
            return True
        return False if self.since >= release else None

    def told(self) -> str:
        """Return in one phrase which release it is, and how that is known."""
        if self.asked:
            return f"Spark {words(self.asked)}, as asked"
        if self.said:
            return f"Spark {words(self.said)}, as the log says"
        if self.named and not self.sayings:
            return f"Spark {words(self.named)}, after the name of a file in the log"
        if several := self.sayings or self.names:
            return f"several releases of Spark: {', '.join(map(words, sorted(several)))}"
        if self.since >= self.before:
            return "several releases of Spark, by its wording"
        if self.before == LAST:
            return f"some Spark since {words(self.since)}: the log does not say which"
        return f"some Spark from {words(self.since)} up to, without, {words(self.before)}, by its wording"

    def disagreement(self) -> str:
        """Return why the release that was asked for cannot have written the log, or nothing."""
        if not self.asked:
            return ""
        if self.sayings and self.asked[:2] not in {each[:2] for each in self.sayings}:
            return f"the log says that it is of Spark {words(min(self.sayings))}"
        if self.asked < self.since:
            return f"only Spark {words(self.since)} and later write lines such as: {self.why['since']}"
        if self.asked[:2] >= self.before:
            return f"only releases before {words(self.before)} write lines such as: {self.why['before']}"
        return ""

    def modelled(self) -> str:
        """Return the release whose model to take: the nearest that is not newer, or the last without the fix."""
        wanted = self.known() or ((2, 3, 4) if self.older_than((2, 4, 0)) is not False else self.since)
        fitting = [each for each in RELEASES if order(each)[: len(wanted)] <= wanted]
        return fitting[-1] if fitting else RELEASES[0]
