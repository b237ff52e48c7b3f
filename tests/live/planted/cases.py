"""Which manager has which fault: the kind, the claim that it breaks, in how many steps, and who is to blame."""

from dataclasses import dataclass

from spillproof.properties.live import Adapter
from tests.live.planted import accounts, clients, flow, room


@dataclass(frozen=True)
class Planted:
    """A manager with one fault, and what is to be found of it."""

    kind: str
    adapter: type[Adapter]
    claim: str
    steps: int
    """Of a shortest run, by reasoning."""
    culprit: str = ""
    """What a report must name: what holds the bytes, or the step that is to blame."""


PLANTED = (
    Planted("release before unlink", accounts.ReleasedBeforeItIsWritten, "free_is_unreachable", 2, "memory"),
    Planted("release before unlink", accounts.ReleasedBeforeTheTrashIsEmptied, "free_is_unreachable", 2, "trash"),
    Planted("double release", accounts.ReleasedAgainAfterAFailure, "free_is_unreachable", 3, "memory"),
    Planted("double release", accounts.ReleasesAReservationTwice, "counters_never_negative", 1, "put(a, 7168)"),
    Planted("cancellation", flow.ACancelledPutStaysCounted, "empty_means_nothing_left", 1, "cancelled"),
    Planted("cancellation", flow.ACancelledReservationStays, "empty_means_nothing_left", 2, "cancel(a)"),
    Planted("re-entrancy", flow.RoomIsMadeBehindItsBack, "empty_means_nothing_left", 3, "delete"),
    Planted("re-entrancy", flow.AListenerIsCalledTooEarly, "free_is_unreachable", 2, "put"),
    Planted("iterator", clients.AnIteratorKeepsItsValue, "free_is_unreachable", 3, "h1 ▸ value"),
    Planted("iterator", clients.AGeneratorKeepsAll, "free_is_unreachable", 3, "h1 ▸ value"),
    Planted("view", clients.AViewKeepsTheBytes, "free_is_unreachable", 3, "h1 ▸ obj"),
    Planted("view", clients.AnArrayKeepsTheBytes, "free_is_unreachable", 3, "h1 ▸ base"),
    Planted("mmap", clients.AMapIsHeldByAView, "free_is_unreachable", 3, "h1 ▸ obj"),
    Planted("mmap", clients.AMapStaysInAHistory, "free_is_unreachable", 3, "recent"),
    Planted("pin", clients.APinForgetsThatThereWereTwo, "what_is_pinned_stays", 5, "put(b"),
    Planted("pin", clients.APinIsForgottenAfterAReading, "free_is_unreachable", 4, "pin of a"),
    Planted("two threads", flow.TwoThreadsAddAtOnce, "free_is_unreachable", 1, "put(b, 1024)"),
    Planted("two threads", flow.ASpillIsNotLocked, "no_exception", 2, "‖"),
    Planted("reopen", flow.ADeletedValueComesBack, "disk_is_accounted", 3, "reopen()"),
    Planted("reopen", flow.TheLastIsLostOnReopening, "disk_is_accounted", 2, "reopen()"),
    Planted("residue", room.SizesStayInATable, "tables_are_emptied", 2, "cache ▸ sizes"),
    Planted("residue", room.TheOrderStaysInAList, "tables_are_emptied", 2, "cache ▸ order"),
    Planted("refusal with room", room.RefusesTheLastByte, "nothing_that_fits_is_refused", 1, "put(a, 6144)"),
    Planted("refusal with room", room.RefusesAfterAReplacement, "nothing_that_fits_is_refused", 3, "put"),
    Planted("drop with room", room.DropsForTheLastByte, "nothing_that_fits_is_dropped", 2, "put(b"),
    Planted("drop with room", room.DropsByNumber, "nothing_that_fits_is_dropped", 3, "put(c, 1024)"),
    Planted("over-count", accounts.CountsAReplacementTwice, "empty_means_nothing_left", 3, "delete(a)"),
    Planted("over-count", accounts.CountsEachReading, "empty_means_nothing_left", 4, "delete(a)"),
    Planted("under-count", accounts.SubtractsTheNewSize, "free_is_unreachable", 2, "put(a"),
    Planted("under-count", accounts.CountsWholePagesOnly, "free_is_unreachable", 1, "put(a, 1024)"),
)

CORRECT: tuple[type[Adapter], ...] = (
    accounts.Spilling,
    accounts.EmptiesItsTrash,
    accounts.Budget,
    accounts.ReleasesAReservationOnce,
    accounts.CountsAReplacementOnce,
    accounts.KeepsWhatItReads,
    accounts.CountsBegunPages,
    clients.Lending,
    clients.AnIteratorLooksUp,
    clients.AGeneratorKeepsKeys,
    clients.AViewIsReleased,
    clients.AnArrayIsACopy,
    clients.Mapped,
    clients.AMapIsCopied,
    clients.AMapLeavesTheHistory,
    clients.Pinning,
    clients.PinnedSpilling,
    flow.Waiting,
    flow.Reserving,
    flow.Bounded,
    flow.AListenerIsCalledLast,
    flow.Threaded,
    flow.ASpillLooksAgain,
    flow.Durable,
    flow.SavesWhenItIsClosed,
    room.Ordered,
    room.CompactsLater,
    room.RemembersTheLatest,
    room.Dropping,
    room.DropsByNumberAsItSays,
)
