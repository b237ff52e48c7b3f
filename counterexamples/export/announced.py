"""What a step announced, in words: equal events in a row as one, for a map that grows asks again and again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from spillproof.counterexamples.trace import Event, State
from spillproof.properties.engines.story.phrases import roughly


@dataclass(frozen=True)
class Announced:
    """Equal events in a row."""

    words: str
    lines: tuple[str, ...]
    """The lines of the model that led to the first, the action's own first."""


def announced(state: State) -> list[Announced]:
    """Return what a step announced, in order."""
    told = [(each, _words(each), _size(each)) for each in state.events]
    found = []
    for words, group in groupby(told, key=lambda each: each[1]):
        events = list(group)
        sizes = [size for _, _, size in events if size is not None]
        parts = f" in {len(sizes)} parts" if len(sizes) > 1 else ""
        found.append(Announced(f"{words} {roughly(sum(sizes))}{parts}" if sizes else words, events[0][0].lines))
    return found


def _words(event: Event) -> str:
    words = [event.name]
    for key, value in event.details:
        if value == "True":
            words.insert(0, key)
        elif key == "consumer":
            words.append(value)
        elif value != "False" and key != "size":
            words.append(f"{key}={value}" if key else str(value))
    return " ".join(words)


def _size(event: Event) -> int | None:
    text = dict(event.details).get("size", "")
    return int(text) if text.isascii() and text.removeprefix("-").isdecimal() else None
