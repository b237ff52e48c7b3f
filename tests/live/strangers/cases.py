"""Which stranger's manager has which fault: its kind, its claim, the length of a shortest run, and who is to blame.

Written down, by reasoning, before any of them was run. Two lengths were too long: the checker found shorter runs, which
were right. Three KiB and three KiB do not fit two slabs of four, but six KiB alone do not fit one of eight; and what is
put while a spill looks for something to write is on disk after one step.
"""

from __future__ import annotations

from spillproof.properties.live import Adapter
from tests.live.planted.cases import Planted
from tests.live.strangers import books, limits, loans, turns

PLANTED = (
    Planted("release before unlink", books.OnShelfWithAGrave, "disk_is_accounted", 2, "delete(a)"),
    Planted("release before unlink", books.InAListOneWay, "free_is_unreachable", 2, "before ▸ value"),
    Planted("double release", books.WithChecksumsTwice, "counters_never_negative", 1, "put_unpicklable(a"),
    Planted("double release", books.RollingBackReleases, "free_is_unreachable", 2, "put(a, 7168)"),
    Planted("cancellation", turns.PromotedForEver, "empty_means_nothing_left", 4, "get(a) cancelled"),
    Planted("cancellation", turns.ToldTooEarly, "free_is_unreachable", 1, "store ▸ values"),
    Planted("re-entrancy", turns.WithAMonitorTooEarly, "counters_never_negative", 2, "spill()"),
    Planted("re-entrancy", turns.ComputedOnTop, "empty_means_nothing_left", 2, "fill(a"),
    Planted("iterator", loans.ReadingAndKeeping, "free_is_unreachable", 3, "h1 ▸ source"),
    Planted("iterator", loans.LentAndListed, "free_is_unreachable", 4, "cursors"),
    Planted("view", loans.InColumnsOfTheWhole, "free_is_unreachable", 3, "▸ base"),
    Planted("view", loans.PreviewingForEver, "free_is_unreachable", 2, "previews"),
    Planted("mmap", loans.MappedAndLent, "free_is_unreachable", 3, "h1 ▸ [0] ▸ base"),
    Planted("mmap", loans.SegmentsAreSpared, "free_is_unreachable", 2, "spare"),
    Planted("pin", loans.PinningUntilADelete, "what_is_pinned_stays", 5, "delete(b)"),
    Planted("pin", loans.PinningByAClockThatWears, "what_is_pinned_stays", 3, "put(b, 4096)"),
    Planted("two threads", turns.ReadingWithoutIt, "counters_balance", 2, "get(a)"),
    Planted("two threads", turns.WritingWithoutIt, "counters_never_negative", 2, "spill() ‖"),
    Planted("reopen", limits.ReopenedAndAdded, "disk_is_accounted", 2, "reopen()"),
    Planted("reopen", limits.CrashingUncounted, "free_is_unreachable", 2, "store ▸ values"),
    Planted("residue", limits.WithLocksThatStay, "tables_are_emptied", 2, "locks"),
    Planted("residue", limits.WithNotesThatStay, "tables_are_emptied", 2, "folder"),
    Planted("refusal with room", limits.InSlabs, "nothing_that_fits_is_refused", 1, "put(a, 6144)"),
    Planted("refusal with room", limits.QueuedForEver, "nothing_that_fits_is_refused", 2, "put(a, 7168)"),
    Planted("drop with room", limits.FlushingTooEarly, "nothing_that_fits_is_dropped", 2, "put(b"),
    Planted("drop with room", limits.Shards, "nothing_that_fits_is_dropped", 1, "put(a, 4096)"),
    Planted("over-count", books.WithAChargeForEver, "empty_means_nothing_left", 2, "delete(a)"),
    Planted("over-count", books.CountingFirstAndKeeping, "empty_means_nothing_left", 1, "put_unpicklable(a"),
    Planted("under-count", books.InPartsByTheLast, "free_is_unreachable", 2, "parts"),
    Planted("under-count", books.InClassesOnce, "free_is_unreachable", 2, "put(b, 1024)"),
)

CORRECT: tuple[type[Adapter], ...] = (
    books.OnShelf,
    books.InAList,
    books.WithChecksums,
    books.RollingBack,
    books.WithACharge,
    books.CountingFirst,
    books.InParts,
    books.InClasses,
    turns.Promoted,
    turns.Told,
    turns.WithAMonitor,
    turns.Computed,
    turns.WithALock,
    turns.Waits,
    loans.Reading,
    loans.Lent,
    loans.InColumns,
    loans.Previewing,
    loans.Mapped,
    loans.Segments,
    loans.Pinning,
    loans.PinningByAClock,
    limits.Reopened,
    limits.Crashing,
    limits.WithLocks,
    limits.WithNotes,
    limits.InSlabsAsItSays,
    limits.Queued,
    limits.Flushing,
    limits.ShardsAsItSays,
)
