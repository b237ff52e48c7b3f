"""What one writes to have a running memory manager checked: an adapter, of about 20 lines.

Three methods are needed. Every other one that a subclass writes is one more step that may be taken, or one more claim
that can be asked: the protocols in `operations/` say which, each beside its step, and those below. Keys are the strings
that the adapter is given; values are made by the adapter's measure, and are handed over: whoever keeps one is a holder.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from spillproof.properties.live.measure import Ledger, Measure, folder_size


@dataclass(frozen=True)
class Known:
    """A defect that is known already, so that a second one is not hidden behind it."""

    claim: str
    """The name of the claim that it violates."""
    step: str
    """The step that violates it, such as `spill`."""
    because: str = ""
    """Where it was reported, or why it is so."""


class Adapter(ABC):
    """A running memory manager, as claims see it. A new one is made for every run."""

    measure: Measure
    """How reachable bytes are measured; a new one for every run."""

    measured_by: ClassVar[type[Measure]] = Ledger
    """The ledger follows payload objects; `Traced` follows bytes, where the manager keeps no objects."""
    most: ClassVar[int] = 4
    """The largest value that is put, in units of the measure."""
    larger: ClassVar[tuple[int, ...]] = ()
    """Further sizes, in units, that the manager treats in another way, such as what goes to disk at once."""
    faults: ClassVar[frozenset[str]] = frozenset()
    """What the environment may inflict: `unpicklable`, `full_disk`, `spill_limit` (no more may be on disk than is),
    `kept` (the client keeps a value that it got), `missing` (the client asks for what is not there), `cancelled` (a
    step that is a coroutine is cancelled), `second_thread` (one works while another has half done something)."""
    excused: ClassVar[tuple[type[Exception], ...]] = ()
    """What the manager is documented to raise because of another value, or because the disk is full."""
    refuses: ClassVar[tuple[type[Exception], ...]] = ()
    """What the manager raises where it is full: right then, and wrong where there was room. What is larger than the
    whole capacity may be refused with a `MemoryError`, `ValueError` or `OverflowError` in any case."""
    oversized: ClassVar[bool] = True
    """Whether values are put that are larger than the capacity."""
    histories: ClassVar[tuple[str, ...]] = ()
    """Attributes, of the adapter or of what it has, that are meant to grow with every step, such as a log."""
    known: ClassVar[tuple[Known, ...]] = ()
    """Defects that are known: where one shows, the run says nothing more of its claim, and the search goes on."""
    packages: ClassVar[tuple[str, ...]] = ()
    """The distributions whose versions are recorded with each result."""
    appends: ClassVar[bool] = False
    """Whether a second `put` under a key adds to what is there, instead of replacing it."""
    has_memory: ClassVar[bool] = True
    """Whether there are bytes in memory to account for. Where the manager only lends, orders or answers, or keeps files
    and no value stays in memory, say False: no claim about bytes in memory is asked, and that is told."""
    drops: ClassVar[bool] = False
    """Whether the manager may forget a value by itself, as a cache does. It then has `keys`."""
    pins_keys: ClassVar[bool] = False
    """Whether a pin is on a key, so that what is under it may be replaced, and is then pinned as well."""
    keys_used: ClassVar[tuple[str, ...]] = ("a", "b", "c")

    @abstractmethod
    def begin(self, folder: Path) -> Awaitable[None] | None:
        """Make the manager. The folder is empty, and is removed after the run."""

    @abstractmethod
    def put(self, key: str, value: Any) -> Awaitable[None] | None:
        """Hand a value over to the manager. As every step, it may be a coroutine."""

    @abstractmethod
    def accounted(self) -> int:
        """Return the bytes that the manager holds to be in memory."""

    def excuses(self, error: Exception, *, own: bool) -> bool:
        """Return whether the manager is documented to raise this while a fault is in force.

        `own` says that the step put the value that has the fault; otherwise another value has it, or the disk is full.
        """
        return own or isinstance(error, self.excused)

    def reachable(self) -> int:
        """Return the bytes that are in memory, measured."""
        return self.measure.reachable()

    def unclaimed(self) -> int:
        """Return what the manager is documented to hold beyond its account, in bytes."""
        return 0

    @staticmethod
    def folder_size(folder: Path) -> int:
        """Return the bytes of all files below a folder: what is on disk, of a manager that has the folder to itself."""
        return folder_size(folder)


class Admits(Protocol):
    """A manager of which it is more than a matter of bytes whether a value fits."""

    def fits(self, key: str, size: int) -> bool:
        """Return whether a value of so many bytes must find room under a key now.

        Without this, it must where what is reachable leaves so many bytes of `capacity_of_pool`; a manager that drops
        values must not count what is under the key, as the new value replaces it.
        """
        ...


class Ages(Protocol):
    """A manager whose values go for another reason than want of room, such as their time."""

    def may_go(self, key: str) -> bool:
        """Return whether the value under a key may go now for such a reason.

        Without this, it may after each step of one's own that is about it, or about no key.
        """
        ...


class Lists(Protocol):
    """A manager that says which keys it has. Needed where an operation may raise and the manager go on."""

    def keys(self) -> Iterable[str]:
        """Return the keys under which there is a value."""
        ...


class Limited(Protocol):
    """A manager that promises no more than a capacity."""

    def capacity_of_pool(self) -> int:
        """Return the bytes that may be in memory."""
        ...


class Itemised(Protocol):
    """A manager that accounts for each key."""

    def accounts(self) -> list[int]:
        """Return the bytes accounted for each key in memory."""
        ...


class OnDisk(Protocol):
    """A manager that accounts for what it has on disk."""

    def disk_accounted(self) -> int:
        """Return the bytes that the manager holds to be on disk."""
        ...

    def disk_used(self) -> int:
        """Return the bytes that are on disk, measured: `folder_size(folder)`."""
        ...


class LimitedOnDisk(OnDisk, Protocol):
    """A manager that promises to have no more on disk than so much."""

    def capacity_of_disk(self) -> int:
        """Return the bytes that may be on disk."""
        ...
