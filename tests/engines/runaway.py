"""Models that run away: each would take hours, or forever, if nobody kept the limit."""

from itertools import combinations
from typing import Any

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.oracle import choose
from spillproof.model.quantity import Bytes, Count
from spillproof.model.system import Model, action, require
from spillproof.properties.claims import always


class Page(HeapObject):
    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class Accounted(Model):
    """What all of them share."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0

    @action
    def load(self, size: Bytes) -> None:
        self.used += size

    def accounted(self) -> Bytes:
        return self.used


class Sorts(Accounted):
    """Sorts nine sizes in a step: 9! orders."""

    sizes: list[Bytes]

    def begin(self, s1: Bytes, s2: Bytes, s3: Bytes, s4: Bytes, s5: Bytes, s6: Bytes, s7: Bytes, s8: Bytes) -> None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride]  # noqa: PLR0917 - that many
        self.used = 0
        self.sizes = [s1, s2, s3, s4, s5, s6, s7, s8]

    @action
    def sort(self) -> None:
        self.sizes = sorted(self.sizes)


class Packs(Accounted):
    """A claim that compares every subset of ten sizes with a limit: 2^(2^10) ways."""

    sizes: list[Bytes]

    def begin(self, s1: Bytes, s2: Bytes, s3: Bytes, s4: Bytes, s5: Bytes, s6: Bytes, s7: Bytes) -> None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride]  # noqa: PLR0917 - that many
        self.used, self.sizes = 0, [s1, s2, s3, s4, s5, s6, s7]


@always
def no_knapsack_is_full(now: Packs) -> bool:
    """No subset of the sizes is exactly 1000."""
    return all(sum(each) != 1000 for count in range(8) for each in combinations(now.sizes, count))


class Alike(Accounted):
    """Eleven members of a bag that nothing tells apart: 11! orders."""

    def begin(self) -> None:
        self.used, self.pages = 0, Bag([Page(0) for _ in range(11)])

    @action
    def grow(self, page: Page, size: Bytes) -> None:
        page.size += size
        self.used += size


class Loops(Accounted):
    """A step that never ends."""

    @action
    def spin(self) -> None:
        while True:
            pass


class Clings(Accounted):
    """A step that takes long, and catches whatever would end it."""

    @action
    def cling(self) -> None:
        for _ in range(10**5):
            try:  # noqa: SIM105 - it is to be as bare as that
                sum(range(10**4))
            except:  # noqa: E722, S110 - that is what it does
                pass


class LoopsAtTheBeginning(Accounted):
    def begin(self) -> None:
        self.used = 0
        while self.used == 0:
            pass


class LoopsInAClaim(Accounted):
    pass


@always
def forever(now: LoopsInAClaim) -> bool:
    """A claim that never answers."""
    while True:
        if now.used < 0:
            return False


class CountsUp(Accounted):
    """A constant that takes ever new values in two fields: shapes without end."""

    def begin(self) -> None:
        self.used, self.left = 0, 0
        self.right: tuple[bool, ...] = ()

    @action
    def count(self, up: bool) -> None:  # noqa: FBT001 - an action's argument
        self.left = 0 if up else self.left + 1
        self.right = (*self.right[-5:], up)


class Chooses(Accounted):
    """A step with 8^12 choices."""

    def begin(self) -> None:
        self.used = 0
        self.chosen: tuple[int, ...] = ()

    @action
    def roll(self) -> None:
        self.chosen = tuple(choose(range(8)) for _ in range(12))


class Piles(Accounted):
    """Objects in lists in every order: far too many shapes."""

    def begin(self) -> None:
        self.used, self.piles = 0, ([], [], [])  # type: ignore[var-annotated]

    @action
    def put(self, left: bool, size: Bytes) -> None:  # noqa: FBT001 - an action's argument
        require(sum(map(len, self.piles)) < 40)
        choose(self.piles).append(Page(size))
        self.used += size
        if left:
            self.piles = (*self.piles[1:], self.piles[0])


class Diophantine(Accounted):
    """Guards whose solutions are hard to find."""

    a: Count
    b: Count
    c: Count

    def begin(self, a: Count, b: Count, c: Count) -> None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride]
        self.used, self.a, self.b, self.c = 0, a, b, c

    @action
    def mix(self) -> None:
        self.a, self.b, self.c = 3 * self.b + self.c % 7, 5 * self.c - self.a // 3, self.a + 11 * self.b % 13

    @action
    def meet(self) -> None:
        require(123457 * self.a - 98765 * self.b + 54321 * self.c == 31415926535)
        self.used -= 1


class Grows(Accounted):
    """An object graph that is huge after one step."""

    def begin(self) -> None:
        self.used, self.pages = 0, []  # type: ignore[var-annotated]

    @action
    def grow(self) -> None:
        self.pages = [Page(1) for _ in range(3_000_000)]


RUNAWAY: list[type[Any]] = [
    Sorts,
    Packs,
    Alike,
    Loops,
    Clings,
    LoopsAtTheBeginning,
    LoopsInAClaim,
    CountsUp,
    Chooses,
    Piles,
    Diophantine,
    Grows,
]
