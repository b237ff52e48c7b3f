"""How many states and steps small scopes of the scenarios have, and what is violated in them.

The numbers are not derived by hand: the walk on integers and the kernels agree about them, and a change of one is to be
explained. That nothing is violated which the catalogue does not expect is.
"""

import pytest

from spillproof.model.catalogue import find
from spillproof.model.system import open_parameters
from spillproof.properties.engines.exploration.explore import explore
from spillproof.properties.engines.exploration.layers import Bounds, Exploration

COUNTS = [
    ("spark@1.6.0", 3, 3, 4, 93, 217),
    ("spark@2.3.4", 3, 3, 4, 103, 221),
    ("spark@4.1.0", 3, 3, 4, 93, 217),
    ("incident@2.0.0", 3, 3, 3, 4, 5),
    ("incident@4.1.0", 3, 3, 6, 7, 8),
    ("spark:requests@1.6.0", 3, 3, 4, 130, 267),
    ("spark:requests@4.1.0", 3, 3, 3, 47, 92),
    ("spark:off-heap@2.0.0", 3, 3, 3, 52, 92),
    ("spark:off-heap@4.1.0+spills", 3, 3, 4, 104, 239),
    ("spark:by-number@2.0.0", 3, 3, 4, 71, 164),
    ("spark:by-number@4.1.0+count-anew", 3, 3, 4, 97, 217),
    ("spark:merge@2.4.0", 3, 3, 4, 99, 221),
    ("spark:merge@4.1.0", 3, 3, 4, 99, 221),
    ("spark:victims@2.0.0", 3, 3, 4, 52, 259),
    ("spark:victims@3.4.4", 3, 3, 4, 49, 231),
    ("spark:partial-spills@2.0.0", 3, 3, 6, 107, 411),
    ("spark:partial-spills@3.4.4", 3, 3, 6, 107, 411),
    ("spark:modes@2.2.0", 3, 3, 3, 131, 269),
    ("spark:modes@3.4.4", 3, 3, 3, 73, 166),
    ("spark:failing-spills@2.0.0", 3, 3, 3, 18, 71),
    ("spark:failing-spills@4.0.0+release-on-failure", 3, 3, 3, 15, 62),
    ("spark:sampled@2.0.0", 3, 3, 6, 99, 194),
    ("spark:sampled@4.1.0", 3, 3, 6, 99, 194),
    ("spark:growing@1.6.0", 3, 3, 10, 121, 326),
    ("spark:growing@4.1.0+account-growth", 3, 3, 10, 92, 295),
    ("spark:page-rank@2.0.0", 3, 3, 5, 74, 127),
    ("spark:page-rank@4.1.0", 3, 3, 5, 68, 123),
    ("spark:execution-pool@1.6.0", 3, 3, 6, 27, 56),
    ("spark:execution-pool@2.1.2", 3, 3, 6, 27, 56),
    ("spark:borrowing@1.6.0", 3, 3, 6, 52, 101),
    ("spark:borrowing@2.1.2", 3, 3, 6, 52, 101),
    ("spark:cached-block@1.6.0", 3, 3, 6, 60, 117),
    ("spark:cached-block@2.1.2", 3, 3, 6, 60, 117),
    ("spark:full-disk@1.6.0", 3, 3, 6, 60, 117),
    ("spark:full-disk@2.1.2", 3, 3, 6, 60, 117),
    ("spark:unroll-values@2.0.0", 6, 6, 7, 49, 115),
    ("spark:unroll-values@2.1.1", 6, 6, 7, 49, 115),
    ("spark:unroll-bytes@2.0.0", 6, 6, 7, 49, 115),
    ("spark:unroll-bytes@4.0.0+drop-unrolled-buffer", 6, 6, 7, 49, 115),
    ("spark:unroll-off-heap@2.0.0", 6, 6, 7, 49, 115),
    ("spark:unroll-off-heap@2.1.1", 6, 6, 7, 49, 115),
    ("spark:sorting@2.0.0", 3, 3, 4, 93, 210),
    ("spark:sorting@4.1.0+swap-at-once", 3, 3, 4, 98, 214),
    ("spark:raw-sort@2.0.0", 8, 2, 3, 76, 156),
    ("spark:raw-sort@4.0.0+repaired", 8, 2, 3, 75, 156),
    ("spark:raw-map@2.0.0", 8, 2, 3, 90, 201),
    ("spark:raw-map@4.0.0+repaired", 8, 2, 3, 82, 183),
    ("spark:aggregate@2.0.0", 8, 2, 5, 101, 274),
    ("spark:aggregate@4.0.0+repaired", 8, 2, 5, 76, 202),
    ("spark:shuffle@2.0.0", 8, 2, 3, 51, 138),
    ("spark:shuffle@4.2.1", 8, 2, 3, 51, 138),
    ("spark:page-table@1.6.0", 8, 2, 3, 7, 11),
    ("spark:page-table@4.2.1", 8, 2, 3, 5, 11),
    ("spark:locks-map-advances@2.0.0", 3, 3, 4, 10, 13),
    ("spark:locks-map-advances@3.2.2", 3, 3, 5, 12, 18),
    ("spark:locks-sorter-loads@2.0.0", 3, 3, 6, 12, 16),
    ("spark:locks-sorter-loads@3.2.2", 3, 3, 7, 16, 22),
    ("spark:locks-sorter-cleans-up@2.0.0", 3, 3, 6, 15, 22),
    ("spark:locks-sorter-cleans-up@3.2.2", 3, 3, 7, 18, 28),
]
"""A model, its capacity and whatever else it leaves open, the steps that are taken, states, and transitions."""


def explored(name: str, capacity: int, rest: int, steps: int) -> Exploration:
    """What a walk sees of an entry, for sizes of 1 and 2."""
    model = find(name).build()
    opening = {each.name: capacity if each.name == "capacity" else rest for each in open_parameters(model)}
    return explore(model, None, Bounds(2, opening=opening, depth=steps))


@pytest.mark.parametrize("counted", COUNTS, ids=lambda counted: counted[0])
def test_counts(counted: tuple[str, int, int, int, int, int]) -> None:
    """States and transitions are as many as always, and what is violated is expected."""
    name, *scope, states, transitions = counted
    found = explored(name, *scope)

    assert (found.states, found.transitions) == (states, transitions)
    assert {*found.violations} <= {*(find(name).violated or ())}
