"""Models of batches that wait, which go wrong only where three or more of them do, at some sizes: two never show it."""

from __future__ import annotations

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.rest import Rest, WithRest
from spillproof.model.system import Model, action, require
from spillproof.properties.claims import always


class Batch(HeapObject):
    """Lines that will be written together."""

    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size


class Waiting(Model):
    """Lines are collected in a batch; batches wait until they are written, one of them at a time, in any order."""

    limit: Bytes
    used: Bytes

    def begin(self, limit: Bytes, places: int = 2) -> None:
        self.limit, self.used = limit, 0
        self.places = places
        self.batch = Batch()
        self.queue: Bag[Batch] = Bag()

    @action
    def append(self, size: Bytes) -> None:
        require(self.used + size <= self.limit)
        self.used += size
        self.batch.size += size

    @action
    def hand_over(self) -> None:
        require(self.batch.size > 0 and len(self.queue) < self.places)
        self.queue.add(self.batch)
        self.batch = Batch()

    @action
    def written(self, batch: Batch) -> None:
        require(batch in self.queue)
        is_kept = self.keeps(batch, [each.size for each in self.queue])
        self.used -= batch.size
        if not is_kept:
            self.queue.discard(batch)

    def keeps(self, batch: Batch, sizes: list[Bytes]) -> bool:
        """Return whether a batch that was written is still referred to, which is a defect."""
        return False

    def accounted(self) -> Bytes:
        return self.used

    def capacity_of_pool(self) -> Bytes:
        return self.limit


class Others(WithRest):
    """Others are handed over, and written."""

    alike, counted_by = Batch, "places"
    batch: Batch
    used: Bytes

    @action
    def hand_over_to_others(self) -> None:
        require(self.batch.size > 0)
        self.others.absorb(self.batch, self.batch.size)
        self.batch = Batch()

    @action
    def another_is_written(self, size: Bytes) -> None:
        self.used -= self.others.give(size)


class ManyWaiting(Others, Waiting):
    """What is said of them is true of any number."""


class Closing(Waiting):
    """Who is known is told when all is closed, and forgotten: after that nothing happens."""

    def begin(self, limit: Bytes, places: int = 2) -> None:
        super().begin(limit, places)
        self.known: Bag[HeapObject] = Bag()
        self.is_closed = False

    @action
    def append(self, size: Bytes) -> None:
        require(not self.is_closed)
        super().append(size)

    @action
    def close(self) -> None:
        require(not self.is_closed)
        self.is_closed, self.used = True, 0
        self.batch = Batch()
        self.queue.clear()
        self.known.clear()


class ManyClosing(WithRest, Closing):
    """A rest that is among those who are known, and so forgotten with them."""

    alike, counted_by = Batch, "places"

    def place(self) -> None:
        self.known.add(Rest())

    @action
    def hand_over_to_others(self, others: Rest) -> None:
        require(self.batch.size > 0)
        others.absorb(self.batch, self.batch.size)
        self.batch = Batch()

    @action
    def another_is_written(self, others: Rest, size: Bytes) -> None:
        self.used -= others.give(size)


class SevenTimes(Waiting):
    """Two of three are seven times the third."""

    def keeps(self, batch: Batch, sizes: list[Bytes]) -> bool:
        return len(sizes) == 3 and any(sum(sizes) == 8 * each for each in sizes)


class ManySevenTimes(Others, SevenTimes):
    """The same rest, as in all that follow."""


class ThirdLargest(Waiting):
    """The third largest is more than half of the largest."""

    def keeps(self, batch: Batch, sizes: list[Bytes]) -> bool:
        return len(sizes) > 2 and 2 * sorted(sizes)[-3] > max(sizes) + 40


class ManyThirdLargest(Others, ThirdLargest):
    """The same rest."""


class Odd(Waiting):
    """An odd number of batches waits, and not one alone."""

    def keeps(self, batch: Batch, sizes: list[Bytes]) -> bool:
        return len(sizes) % 2 == 1 < len(sizes) and batch.size == 90


class ManyOdd(Others, Odd):
    """The same rest."""


class Squares(Waiting):
    """The square of one is the sum of the squares of the others: no engine works that out."""

    def keeps(self, batch: Batch, sizes: list[Bytes]) -> bool:
        return len(sizes) == 3 and 2 * max(sizes) * max(sizes) == sum(each * each for each in sizes)


class ManySquares(Others, Squares):
    """The same rest."""


class Between(Waiting):
    """The batch that is written is one of three, and by 20 more than one, by 30 less than the other."""

    def keeps(self, batch: Batch, sizes: list[Bytes]) -> bool:
        low, *middle, high = sorted(sizes) if len(sizes) == 3 else [batch.size] * 2
        return len(middle) == 1 and middle[0] == low + 20 == high - 30


class ManyBetween(Others, Between):
    """The same rest."""


class Nearest(Waiting):
    """The two nearest of three differ by 37."""

    def keeps(self, batch: Batch, sizes: list[Bytes]) -> bool:
        apart = [high - low for low, high in zip(sorted(sizes), sorted(sizes)[1:], strict=False)]
        return len(apart) == 2 and min(apart) == 37


class ManyNearest(Others, Nearest):
    """The same rest."""


class Together(Waiting):
    """Three fill all that there is, and nothing is collected."""

    def keeps(self, batch: Batch, sizes: list[Bytes]) -> bool:
        return len(sizes) == 3 and sum(sizes) == self.limit == 3 * batch.size + 50


class ManyTogether(Others, Together):
    """The same rest."""


class Fourth(Waiting):
    """Of four, one is what the others are together, and 11 more."""

    def keeps(self, batch: Batch, sizes: list[Bytes]) -> bool:
        return len(sizes) == 4 and sum(sizes) + 11 == 2 * batch.size


class ManyFourth(Others, Fourth):
    """The same rest."""


class Claimed(Waiting):
    """As `Waiting`, and claims about it look at three."""


class ManyClaimed(Others, Claimed):
    """The same rest."""


@always
def no_two_are_seven_times_the_third(now: Claimed) -> bool:
    """No two of three that wait are seven times the third."""
    sizes = [each.size for each in now.queue]
    return len(sizes) != 3 or all(sum(sizes) != 8 * each for each in sizes)


@always
def the_third_is_small(now: Claimed) -> bool:
    """The third largest is never as large as half of the largest and 60 more."""
    sizes = sorted(each.size for each in now.queue)
    return len(sizes) < 3 or 2 * sizes[-3] < sizes[-1] + 120
