"""Methods in words."""

from __future__ import annotations

from itertools import groupby

MANY = 30
"""More methods than that are not named."""


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
