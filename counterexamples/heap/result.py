"""What was found in a dump: data, of which words, JSON and a page are made."""

from __future__ import annotations

from dataclasses import dataclass

from spillproof.counterexamples.heap.accountants import Accountant, Accounting, Fault
from spillproof.counterexamples.heap.paths import Way


@dataclass(frozen=True)
class Consumer:
    """A consumer: what is on its account, and what it holds. Sizes are in bytes."""

    node: int
    address: int
    class_: str
    label: str
    accounted: int | None
    """None where that could not be read."""
    held: int
    """What is reached from it without passing through what belongs to no consumer."""
    exclusive: int
    """What of that is reached only through it: it would go with it."""
    elsewhere: bool
    """Whether its bytes are not in the heap."""
    excess: int
    """What it holds beyond its account, where that is more than it may; else 0."""

    @property
    def shared(self) -> int:
        """What of it is held by others, too."""
        return self.held - self.exclusive


@dataclass(frozen=True)
class Account:
    """An accountant and its consumers, those who hold most first."""

    accountant: Accountant
    node: int
    label: str
    consumers: tuple[Consumer, ...]
    held: int
    """What its consumers hold together, each byte counted once."""
    pool: int
    """The object that is its pool, or -1."""

    @property
    def accounted(self) -> int:
        """What is on the accounts of its consumers, in the heap."""
        return sum(each.accounted or 0 for each in self.consumers if not each.elsewhere)

    @property
    def excess(self) -> int:
        """What its consumers hold beyond their accounts, where that is more than they may."""
        return sum(each.excess for each in self.consumers)


@dataclass(frozen=True)
class PoolState:
    """A pool: what it believes, beside what is true."""

    node: int
    capacity: int
    accounted: int
    held: int

    @property
    def believed(self) -> int:
        """What is counted free."""
        return self.capacity - self.accounted

    @property
    def free(self) -> int:
        """What is not held by any consumer."""
        return self.capacity - self.held


@dataclass(frozen=True)
class Found:
    """A holder of bytes that are counted free."""

    node: int
    holder: str
    """The consumer, or what else holds."""
    fault: Fault | None
    """What is known of it; None where nothing is."""
    bytes: int
    path: tuple[str, ...]
    """From the holder to what is held: fields, and the class at its end."""
    ways: tuple[Way, ...]
    """How what is held is reached from the roots."""
    end: int
    """The object that is held."""


@dataclass(frozen=True)
class Branch:
    """An object of the dominator tree, with those that it dominates and that retain most."""

    name: str
    by: str
    shallow: int
    retained: int
    below: tuple[Branch, ...] = ()
    more: int = 0
    """How many others it dominates immediately."""
    times: int = 1
    """How many objects stand here: a chain of which each holds the next by the same field is drawn together."""
    ends: bool = True
    """Whether these are all of the chain: it is followed through the largest objects only."""

    def in_a_row(self) -> str:
        """Return how many stand here, in words; nothing where it is one."""
        at_least = "" if self.ends else "at least "
        return f", {at_least}{self.times:,} in a row" if self.times > 1 else ""


@dataclass(frozen=True)
class ClassRow:
    """A class: its objects and their bytes."""

    name: str
    objects: int
    bytes: int


@dataclass(frozen=True)
class Moment:
    """A consumer in the log and in the heap: what was believed, and what is true."""

    task: int
    logged: str
    """What the log calls it."""
    believed: str
    """What it uses by the log, at its end, with the rounding in the open."""
    consumer: str
    """What it is called here; empty where the heap has none that fits."""
    accounted: int | None
    held: int
    words: str = ""
    """What the log says of its release, and when."""


@dataclass(frozen=True)
class Result:
    """All that was found."""

    file: str
    size: int
    written: str
    java: str
    layout: str
    program: str
    """The accounting's name, and its release as far as it is in the heap; empty where none of its classes is there."""
    accounting: Accounting
    objects: int
    live: int
    """Bytes that are strongly reachable."""
    softly: int
    """Bytes that soft references hold."""
    weakly: int
    """Bytes that only weak references refer to."""
    total: int
    """Bytes of all objects in the dump."""
    accounts: tuple[Account, ...]
    pools: tuple[PoolState, ...]
    found: tuple[Found, ...]
    unowned: int
    """Bytes that are reachable and that no consumer holds."""
    tree: tuple[Branch, ...]
    rest: tuple[Branch, ...]
    """What retains most of what no consumer holds."""
    classes: tuple[ClassRow, ...]
    troubles: tuple[str, ...] = ()
    strays: str = ""
    """Objects of the consumers' classes that are reachable, where no accountant leads to any."""
    moments: tuple[Moment, ...] = ()
    """What the log beside the dump says, consumer by consumer."""
    logged: str = ""
    """From when to when the log goes, or why it does not fit."""

    def exit_status(self) -> int:
        """Return 1 where bytes are counted free and held, 3 where there was nothing or not all to ask, else 0."""
        if self.found:
            return 1
        return 3 if not any(each.consumers for each in self.accounts) or self.troubles else 0
