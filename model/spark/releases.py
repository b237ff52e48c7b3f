"""Spark's releases from 1.6.0 to 4.0.0, each as the set of fixes that it has."""

from __future__ import annotations

from spillproof.model.spark.fixes import FIXES

RELEASES: tuple[str, ...] = (
    *(f"1.6.{patch}" for patch in range(4)),
    *(f"2.0.{patch}" for patch in range(3)),
    *(f"2.1.{patch}" for patch in range(4)),
    *(f"2.2.{patch}" for patch in range(4)),
    *(f"2.3.{patch}" for patch in range(5)),
    *(f"2.4.{patch}" for patch in range(9)),
    *(f"3.0.{patch}" for patch in range(4)),
    *(f"3.1.{patch}" for patch in range(1, 4)),  # 3.1.0 was never announced
    *(f"3.2.{patch}" for patch in range(5)),
    *(f"3.3.{patch}" for patch in range(5)),
    *(f"3.4.{patch}" for patch in range(5)),
    *(f"3.5.{patch}" for patch in range(8)),
    "4.0.0",
)
"""What tells them apart is the fixes that each has; some were ported back to older lines."""


def fixes_of(release: str) -> frozenset[str]:
    """Return the names of the fixes that a release has."""
    return frozenset(fix.name for fix in FIXES.values() if fix.is_in(release))
