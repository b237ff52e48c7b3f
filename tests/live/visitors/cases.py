"""Which visitor's manager has which fault: its kind, its claim, the length of a shortest run, and who is to blame.

Written down, by reasoning, before any of them was run; what the first run showed otherwise is said beside the case.
Fifteen are of the fifteen kinds, one each. Three have what they keep in a class, and not in an object.
"""

from __future__ import annotations

from spillproof.properties.live import Adapter
from tests.live.planted.cases import Planted
from tests.live.visitors import accounts, lending, turns

PLANTED = (
    Planted("release before unlink", accounts.InSlotsThatAreLeft, "free_is_unreachable", 2, "slots"),
    Planted("double release", accounts.WritingThroughTwice, "counters_never_negative", 2, "put(a, 1024)"),
    Planted("cancellation", turns.OnTheMoveForEver, "free_is_unreachable", 2, "moving"),
    Planted("re-entrancy", accounts.UnderPressureWithAnOldSum, "counters_balance", 2, "put(b"),
    Planted("iterator", lending.ByteByByteOfTheWhole, "free_is_unreachable", 3, "h1 ▸"),
    Planted("view", lending.InCWithoutACopy, "free_is_unreachable", 3, "h1 ▸"),
    Planted("mmap", lending.VersionsStay, "free_is_unreachable", 2, "versions"),
    Planted("pin", lending.UsedRecentlyAndForgotten, "what_is_pinned_stays", 4, "put(b"),
    Planted("two threads", turns.CheckingBefore, "counters_never_negative", 2, "delete(a) ‖ delete(a)"),
    Planted("reopen", accounts.LoggedAndBuried, "empty_means_nothing_left", 3, "reopen()"),
    Planted("residue", accounts.CountingHitsForEver, "tables_are_emptied", 3, "hits"),
    Planted("refusal with room", accounts.FlushedTooLate, "nothing_that_fits_is_refused", 3, "put("),
    Planted("drop with room", accounts.InGenerationsThatPass, "nothing_that_fits_is_dropped", 2, "put(b, 3072)"),
    Planted("over-count", accounts.PackingOnTop, "empty_means_nothing_left", 3, "delete(a)"),
    Planted("under-count", accounts.WithSnapshotsForNothing, "free_is_unreachable", 3, "snapshots"),
    Planted("release before unlink", turns.OfAClassAndKept, "free_is_unreachable", 2, "keep"),
    Planted("release before unlink", turns.ParsingByTheClass, "free_is_unreachable", 3, "parse"),
    Planted("residue", turns.WithNamesForEver, "tables_are_emptied", 2, "names"),
)

CORRECT: tuple[type[Adapter], ...] = (
    accounts.InSlots,
    accounts.WritingThrough,
    turns.OnTheMove,
    accounts.UnderPressure,
    lending.ByteByByte,
    lending.InC,
    lending.Versions,
    lending.UsedRecently,
    turns.Checking,
    accounts.Logged,
    accounts.CountingHits,
    accounts.Flushed,
    accounts.InGenerations,
    accounts.Packing,
    accounts.WithSnapshots,
    turns.OfAClass,
    turns.Parsing,
    turns.WithNames,
    turns.Working,
    turns.ByChance,
)
"""The same without the faults; and two that nobody sees through at once: with a worker, and by chance."""
