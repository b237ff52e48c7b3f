"""Whether the shapes of a model seem to have no end: a run that goes deep, always on to where something new came up.

A model that is bounded by its scope has nothing new to offer after a while: so many objects, lists so long, so many
values. One that is not goes on and on. This is a guess, by which a search ends early; nothing is proved by it.
"""

from __future__ import annotations

from collections import deque

from spillproof.model.errors import ModelError
from spillproof.model.quantity import Needed
from spillproof.properties.engines.automaton.extraction import Extraction
from spillproof.properties.engines.automaton.growth import EndlessError, Novelty

EXPANDED = 80
"""Shapes whose steps are taken at the least."""

SHARE = 8
"""For as many edges as this that are known already, the steps of a shape are taken: what grows slowly shows late."""

NEW = 24
"""How often, along one run, something new must come up at the least; and once for so many shapes, if they are many."""
ONE_IN = 8


def is_endless(known: Extraction) -> bool:
    """Return whether the shapes of the model that is being extracted seem to have no end, as far as it is known."""
    most = max(EXPANDED, len(known.automaton.edges) // SHARE)
    sliced = known.sliced
    while True:
        probe = Extraction(known.model, (), sliced, known.feasible, any_preference=known.any_preference)
        try:
            return _goes_on(probe, most)
        except Needed as turned_out:
            sliced -= turned_out.fields
        except EndlessError:
            return True
        except ModelError:
            return False


def _goes_on(probe: Extraction, most: int) -> bool:
    novelty, enough = Novelty(), max(NEW, most // ONE_IN)
    probe.begin()
    shapes, keys = probe.automaton.shapes, list(probe.known)
    for key in keys:
        novelty.is_new(key)
    waiting = {0: deque(range(len(keys)))}
    """Shapes by how often something new came up on the way to them."""
    for turn in range(most):
        if not waiting:
            return False
        news = max(waiting)
        place = _taken(waiting, news, oldest=turn % 2 == 0)
        before = len(shapes)
        probe.expand(shapes[place])
        for number, key in enumerate([*probe.known][before:], before):
            waiting.setdefault(news + novelty.is_new(key), deque()).append(number)
        if enough in waiting:
            return True
    return False


def _taken(waiting: dict[int, deque[int]], news: int, *, oldest: bool) -> int:
    """Take the oldest shape or the newest: what is new is now one step away, and now many."""
    same = waiting[news]
    place = same.popleft() if oldest else same.pop()
    if not same:
        del waiting[news]
    return place
