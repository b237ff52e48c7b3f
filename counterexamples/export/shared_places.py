"""Places that objects share in the drawing of a long run: who has gone leaves its place to the next of its class.

Without this a run of a thousand steps that makes an object in each would need a thousand places, of which a few are
taken at any time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import heappop, heappush
from itertools import zip_longest

from spillproof.counterexamples.export.scene import SHARED, Arrow, Key, Panel


def shared(runs: Mapping[str, Sequence[Panel]]) -> dict[str, list[Panel]]:
    """Return the panels of runs with places in the stead of objects, the same for the same object of each run.

    Two objects that are there after the same number of steps, in any of the runs, never share a place.
    """
    found: dict[str, list[Panel]] = {name: [] for name in runs}
    beside = zip_longest(*runs.values())
    for panels, places in zip(beside, _places(zip_longest(*runs.values())), strict=True):
        for name, panel in zip(found, panels, strict=True):
            if panel is not None:
                found[name].append(_placed(panel, places))
    return found


def _places(steps: Iterable[Sequence[Panel | None]]) -> Iterator[dict[Key, Key]]:
    """Yield for each step where its objects are."""
    taken: dict[Key, Key] = {}
    left: dict[str, list[int]] = defaultdict(list)
    made = 0
    for panels in steps:
        there = dict.fromkeys(key for panel in panels if panel is not None for key in panel.looks)
        for gone in [key for key in taken if key not in there]:
            heappush(left[gone.kind], -taken.pop(gone).number)
        for key in there:
            if key not in taken:
                number = -heappop(left[key.kind]) if left[key.kind] else SHARED - made
                made += number == SHARED - made
                taken[key] = Key(number, key.kind)
        yield dict(taken)


def _placed(panel: Panel, places: Mapping[Key, Key]) -> Panel:
    def arrow(each: Arrow) -> Arrow:
        return Arrow(places[each.holder], each.field, places[each.target])

    return replace(
        panel,
        looks={places[key]: look for key, look in panel.looks.items()},
        arrows=frozenset(map(arrow, panel.arrows)),
        lit=frozenset(map(arrow, panel.lit)),
        free=frozenset(places[key] for key in panel.free),
        cut=frozenset(map(arrow, panel.cut)),
        fresh=frozenset(arrow(each) if isinstance(each, Arrow) else places[each] for each in panel.fresh),
    )
