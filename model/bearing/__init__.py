"""What each fix carries: the claim that falls without it, at the least scope that shows it, and in how many steps.

A test holds every line against the checker: violated without the fix in a shortest run of so many steps, proved with
it. A fix that cures one claim and breaks another says so, and that is checked as well.
"""

from __future__ import annotations

from spillproof.model.bearing import collection, memory, pages, pools, sorter, storage, unsafe
from spillproof.model.bearing.line import Bearing
from spillproof.model.spark.fixes import FIXES

_ORDER = list(FIXES)

BEARINGS: tuple[Bearing, ...] = tuple(
    sorted(
        (line for package in (memory, collection, sorter, unsafe, pages, pools, storage) for line in package.BEARINGS),
        key=lambda line: _ORDER.index(line.fix),
    )
)
"""In the order of the fixes' numbers; what was only proposed comes last."""
