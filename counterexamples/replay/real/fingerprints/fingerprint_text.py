"""Releases and methods in words."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from spillproof.counterexamples.replay.real.fingerprints.record import Record

MANY = 30
"""More methods than that are not named."""


def spans(releases: Iterable[str], record: Record) -> str:
    """Return releases as ranges in the order of the record: `2.4.0, 2.4.2–2.4.4`."""
    names = list(record.seen)
    pairs = groupby(enumerate(releases), key=lambda pair: names.index(pair[1]) - pair[0])
    found = [[release for _, release in group] for _, group in pairs]
    return ", ".join(each[0] if len(each) == 1 else f"{each[0]}–{each[-1]}" for each in found)


def listed(places: list[str]) -> str:
    """Return methods by class; if there are many, how many of each."""
    classes = {owner: [name for _, name in found] for owner, found in groupby(map(split, places), lambda pair: pair[0])}
    if len(places) > MANY:
        return ", ".join(f"{len(names)} of `{owner}`" for owner, names in classes.items())
    return ", ".join(f"`{owner}` ({', '.join(names)})" for owner, names in classes.items())


def split(place: str) -> tuple[str, str]:
    """Return the class and the name of a method."""
    owner, _, name = place.rpartition(".")
    return owner, name
