"""Which guest's manager has which fault: its kind, its claim, the length of a shortest run, and who is to blame.

Written down, by reasoning, before any of them was run; what the first run showed otherwise is said beside the case.
"""

from __future__ import annotations

from spillproof.properties.live import Adapter
from tests.live.guests import styles
from tests.live.planted.cases import Planted

PLANTED = (
    Planted("cancellation", styles.AdmittingForEver, "empty_means_nothing_left", 1, "cancelled at 1"),
    Planted("double release", styles.UndoingTwice, "counters_never_negative", 1, "put_unpicklable(a"),
    Planted("under-count", styles.InARingThatKeeps, "free_is_unreachable", 2, "root"),
    Planted("residue", styles.FinalizingForEver, "tables_are_emptied", 2, "finalizers"),
    Planted("over-count", styles.InADictThatCountsItems, "empty_means_nothing_left", 2, "delete(a)"),
    Planted("pin", styles.TidiedAndUnpinned, "what_is_pinned_stays", 4, "put(b"),
    Planted("release before unlink", styles.InAVaultThatRemembers, "free_is_unreachable", 2, "latest"),
    Planted("view", styles.SlicesOfTheWhole, "free_is_unreachable", 3, "h1"),
    Planted("mmap", styles.MapsToSpare, "free_is_unreachable", 2, "spare"),
    Planted("two threads", styles.ConditioningTooLate, "free_is_unreachable", 2, "delete(a)"),
)

CORRECT: tuple[type[Adapter], ...] = (
    styles.Admitting,
    styles.Undoing,
    styles.InARing,
    styles.Finalizing,
    styles.InADict,
    styles.Tidied,
    styles.InAVault,
    styles.Slices,
    styles.Maps,
    styles.Conditioning,
)
"""The same without the faults."""
