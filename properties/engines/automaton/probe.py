"""Whether the shapes of a model seem to have no end: a run that goes deep, always on to where something new came up.

A model that is bounded by its scope has nothing new to offer after a while: so many objects, lists so long, so many
values. One that is not goes on and on. This is a guess, by which a search ends early; nothing is proved by it.
"""

from __future__ import annotations

from heapq import heappop, heappush

from spillproof.model.errors import ModelError
from spillproof.model.quantity import Needed
from spillproof.properties.engines.automaton.extraction import Extraction
from spillproof.properties.engines.automaton.growth import EndlessError, Novelty

EXPANDED = 80
"""Shapes whose steps are taken."""

NEW = 24
"""How often, along one run, something new must come up."""


def is_endless(known: Extraction) -> bool:
    """Return whether the shapes of the model that is being extracted seem to have no end."""
    sliced = known.sliced
    while True:
        probe = Extraction(known.model, (), sliced, known.feasible, any_preference=known.any_preference)
        try:
            return _goes_on(probe)
        except Needed as turned_out:
            sliced -= turned_out.fields
        except EndlessError:
            return True
        except ModelError:
            return False


def _goes_on(probe: Extraction) -> bool:
    novelty = Novelty()
    probe.begin()
    shapes, keys = probe.automaton.shapes, list(probe.known)
    waiting: list[tuple[int, int]] = []
    for place, key in enumerate(keys):
        novelty.is_new(key)
        heappush(waiting, (0, -place))
    for _ in range(EXPANDED):
        if not waiting:
            return False
        news, place = heappop(waiting)
        before = len(shapes)
        probe.expand(shapes[-place])
        for number, key in enumerate([*probe.known][before:], before):
            heappush(waiting, (news - novelty.is_new(key), -number))
        if waiting and waiting[0][0] <= -NEW:
            return True
    return False
