"""Fixes of the page table of a task's memory manager."""

from __future__ import annotations

from spillproof.model.claim_names import BALANCE, LEFT, NO_EXCEPTION
from spillproof.model.spark.fixes.fix import Bearing, fix
from spillproof.model.spark.releases import NEWEST

SPARK_13210 = "SPARK-13210"
SPARK_15045 = "SPARK-15045"
SPARK_57242 = "SPARK-57242"

FIXES = (
    fix(
        SPARK_13210,
        "What was granted and cannot be allocated is put aside, and asked for again; it was forgotten.",
        ("1.6.1", "2.0.0"),
        Bearing(
            f"spark:page-table@{NEWEST}",
            BALANCE,
            1,
            "Allocate a page for which there is no memory: what was granted for it is nobody's.",
        ),
    ),
    fix(
        SPARK_15045,
        "Pages that a task has left are freed at its end; the table was cleared before it was looked at.",
        ("2.0.0",),
        Bearing(
            f"spark:page-table@{NEWEST}",
            LEFT,
            2,
            "Allocate, off the heap, and end_task: the page is not freed, and counts as free.",
            {"off_heap": True},
        ),
    ),
    fix(
        SPARK_57242,
        "Others spill until what was granted can be allocated; more and more was asked for and put aside.",
        ("4.2.1",),
        Bearing(
            f"spark:page-table@{NEWEST}",
            NO_EXCEPTION,
            1,
            "Allocate a page for which there is no memory, where the pool has plenty: it is tried on and on.",
        ),
    ),
)
"""The last is known from the classes only: it is in those of 4.2.1, and not in those of 4.2.0."""
