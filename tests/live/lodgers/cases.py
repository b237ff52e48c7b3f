"""Which lodger's manager has which fault: its kind, its claim, the length of a shortest run, and who is to blame.

Written down, by reasoning, before any of them was run. All but one were found so. The pin on what was replaced was not:
what is pinned was never replaced before there was `pins_keys`.
"""

from __future__ import annotations

from spillproof.properties.live import Adapter
from tests.live.lodgers import lent, narrow, settled
from tests.live.planted.cases import Planted

PLANTED = (
    Planted("release before unlink", settled.AtACounterWithALast, "free_is_unreachable", 2, "now"),
    Planted("release before unlink", settled.RowsThatAreMarked, "disk_is_accounted", 3, "delete(a)"),
    Planted("double release", settled.CheckedTwice, "counters_never_negative", 1, "put_unpicklable(a"),
    Planted("double release", settled.PipeThatGivesBackAlways, "free_is_unreachable", 3, "waiting"),
    Planted("cancellation", settled.CreditsThatAreLost, "empty_means_nothing_left", 1, "cancelled at"),
    Planted("cancellation", settled.LoadingForEver, "free_is_unreachable", 3, "loading"),
    Planted("re-entrancy", settled.GroupsToldTooEarly, "counters_never_negative", 2, "delete(a)"),
    Planted("iterator", lent.ScannedAsItWas, "free_is_unreachable", 4, "h1 ▸"),
    Planted("view", lent.ArraysOfWhichHeadersAreLent, "free_is_unreachable", 3, "▸ base"),
    Planted("view", lent.TitlesOfTheWhole, "free_is_unreachable", 2, "titles"),
    Planted("mmap", lent.MapsInRetirement, "free_is_unreachable", 2, "retired"),
    Planted("pin", lent.BoardOfEntries, "what_is_pinned_stays", 4, "put(b"),
    Planted("two threads", lent.StripedWithoutASumLock, "free_is_unreachable", 1, "‖"),
    Planted("two threads", lent.RecentWithoutALock, "no_exception", 2, "get(a) ‖ get(a)"),
    Planted("reopen", lent.JournalOfWhatComes, "disk_is_accounted", 4, "reopen()"),
    Planted("residue", narrow.HashedOnce, "tables_are_emptied", 2, "digest"),
    Planted("refusal with room", narrow.ExtentsThatStayApart, "nothing_that_fits_is_refused", 3, "put("),
    Planted("drop with room", narrow.AtTheDoorToAll, "nothing_that_fits_is_dropped", 1, "put(a, 1024)"),
    Planted("over-count", narrow.ArenaThatGivesBackLess, "empty_means_nothing_left", 2, "delete(a)"),
    Planted("under-count", lent.ArraysThatAreCounted, "free_is_unreachable", 1, "values"),
)

CORRECT: tuple[type[Adapter], ...] = (
    settled.AtACounter,
    settled.Rows,
    settled.Checked,
    settled.Pipe,
    settled.Credits,
    settled.Loading,
    settled.Groups,
    lent.Scanned,
    lent.Arrays,
    lent.Titles,
    lent.Maps,
    lent.Board,
    lent.Striped,
    lent.Recent,
    lent.Journal,
    narrow.Hashed,
    narrow.Extents,
    narrow.AtTheDoor,
    narrow.Arena,
)
"""The same without the faults."""
