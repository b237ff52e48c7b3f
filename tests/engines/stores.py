"""Small models whose consumers stand in a bag, with rests that stand for them, and with rests that do not."""

from __future__ import annotations

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.rest import Rest, WithRest
from spillproof.model.system import Model, action, require
from spillproof.properties.claims import always


class Store(HeapObject):
    """Holds what it is accounted for."""

    used: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.used


class Stores(Model):
    """Stores share a pool. One that needs room has a victim cleared, which may be itself."""

    capacity: Bytes
    free: Bytes

    def begin(self, capacity: Bytes, stores: int = 2) -> None:
        self.capacity = self.free = capacity
        self.stores: Bag[Store] = Bag(Store() for _ in range(stores))

    @action
    def put(self, into: Store, size: Bytes, victim: Store) -> None:
        if size > self.free:
            self.give(victim.used, victim)
        self.take(size, into)

    def take(self, size: Bytes, into: Store | Rest) -> None:
        require(size <= self.free)
        self.free -= size
        into.used += size

    def give(self, size: Bytes, of: Store | Rest) -> None:
        self.free += size
        of.used -= size

    def accounted(self) -> Bytes:
        return self.capacity - self.free

    def accounts(self) -> list[Bytes]:
        return [each.used for each in self.stores]


class ManyStores(WithRest, Stores):
    """The rest puts as a store does, and gives any part of what it has when it is the victim."""

    alike, counted_by = Store, "stores"

    def accounts(self) -> list[Bytes]:
        return [*Stores.accounts(self), self.others.used]

    @action
    def put_over_others(self, into: Store, size: Bytes, given: Bytes) -> None:
        require(size > self.free and given <= self.others.used)
        self.give(given, self.others)
        self.take(size, into)

    @action
    def others_put(self, size: Bytes, victim: Store) -> None:
        if size > self.free:
            self.give(victim.used, victim)
        self.take(size, self.others)

    @action
    def others_put_over_others(self, size: Bytes, given: Bytes) -> None:
        require(size > self.free and given <= self.others.used)
        self.give(given, self.others)
        self.take(size, self.others)


class DroppingStores(Stores):
    """Stores that are cleared without anybody's need, too."""

    @action
    def drop(self, store: Store) -> None:
        require(store.used > 0)
        self.give(store.used, store)


class CannotRelease(WithRest, DroppingStores):
    """A rest that gives nothing unless somebody needs it."""

    alike, counted_by = Store, "stores"
    accounts = ManyStores.accounts
    put_over_others = ManyStores.put_over_others
    others_put = ManyStores.others_put
    others_put_over_others = ManyStores.others_put_over_others


class Unspilled(Stores):
    """As `Stores`."""


class CannotSpill(WithRest, Unspilled):
    """A rest that is never a victim."""

    alike, counted_by = Store, "stores"
    accounts = ManyStores.accounts
    others_put = ManyStores.others_put


class Overspilled(Stores):
    """As `Stores`."""


class SpillsTooMuch(ManyStores, Overspilled):
    """A rest that gives all that it has, where one consumer of those in it would give its own."""

    @action
    def put_over_others(self, into: Store, size: Bytes, given: Bytes) -> None:
        require(given == self.others.used)
        super().put_over_others(into, size, given)

    @action
    def others_put_over_others(self, size: Bytes, given: Bytes) -> None:
        require(given == self.others.used)
        super().others_put_over_others(size, given)


class Counting(Stores):
    """Stores that lose account of what is put in as soon as there are three of them."""

    @action
    def put(self, into: Store, size: Bytes, victim: Store) -> None:
        super().put(into, size, victim)
        if len(self.stores) > 2:
            self.free += size


class CountingLate(Stores):
    """Stores that lose account of what is put in, but only where there are more of them than anybody tries."""

    @action
    def put(self, into: Store, size: Bytes, victim: Store) -> None:
        super().put(into, size, victim)
        if len(self.stores) > 60:
            self.free += size


class ManyCountingLate(ManyStores, CountingLate):
    """The same rest: nothing that is asked of two stores shows what sixty do."""


class ManyCounting(ManyStores, Counting):
    """A rest that does not stand in the bag, so that the count is of those on their own."""


class HiddenCounting(Counting):
    """As `Counting`."""


class HidesCounting(ManyStores, HiddenCounting):
    """A rest whose model has another `put` than the model that it is about, one that does not count."""

    put = Stores.put


class BeginsCounting(Stores):
    """Five stores begin with more than there is; no step counts them."""

    def begin(self, capacity: Bytes, stores: int = 2) -> None:
        super().begin(capacity, stores)
        if stores > 4:
            self.free += 1


class ManyBeginsCounting(ManyStores, BeginsCounting):
    """The same rest: each step is one of its own, and the beginning of five is not."""


class RaisesAtThree(Stores):
    """Stores into which nothing can be put where there are three of them: a step that raises is none to be covered."""

    @action
    def put(self, into: Store, size: Bytes, victim: Store) -> None:
        if len(self.stores) > 2:
            raise ValueError(len(self.stores))
        super().put(into, size, victim)


class ManyRaisesAtThree(ManyStores, RaisesAtThree):
    """The same rest."""


class CannotBeThree(Stores):
    """Stores that cannot begin where there are three of them."""

    def begin(self, capacity: Bytes, stores: int = 2) -> None:
        super().begin(capacity, stores)
        if stores > 2:
            raise ValueError(stores)


class ManyCannotBeThree(ManyStores, CannotBeThree):
    """The same rest."""


class Claimed(Stores):
    """As `Stores`, and claims about it count the stores."""


class ManyClaimed(ManyStores, Claimed):
    """The same rest."""


@always
def at_most_two(now: Claimed) -> bool:
    """There are at most two stores."""
    return len(now.stores) <= 2


@always
def at_most_two_hold_something(now: Claimed) -> bool:
    """At most two stores hold something."""
    return len([store for store in now.stores if store.used > 0]) <= 2


@always
def at_most_two_after_a_step(before: Claimed, after: Claimed) -> bool:
    """At most two stores hold something after a step."""
    return len([store for store in after.stores if store.used > 0]) <= 2 or before is after


class Shared(Stores):
    """As `Stores`, and a claim about it is about each store."""


class NoneAlone(ManyStores, Shared):
    """A rest that stands for all of them, so that it puts where there is no other victim: none stands on its own."""

    alone = 0

    @action
    def others_put_what_fits(self, size: Bytes) -> None:
        self.take(size, self.others)


@always
def each_holds_at_most_the_capacity(now: Shared) -> bool:
    """No store holds more than there is."""
    return all(store.used <= now.capacity for store in now.stores)


@always
def no_two_hold_the_same(now: Shared) -> bool:
    """No two stores hold the same, and something."""
    held = [store.used for store in now.stores if store.used > 0]
    return len(held) < 2 or any(each != held[0] for each in held)


class CountingTwo(Stores):
    """Stores that lose account of what is put in as soon as there are two of them."""

    @action
    def put(self, into: Store, size: Bytes, victim: Store) -> None:
        super().put(into, size, victim)
        if len(self.stores) > 1:
            self.free += size


class NoneAloneCountingTwo(NoneAlone, CountingTwo):
    """A rest that stands for all of them, and does what one does."""


class SharedDropping(DroppingStores):
    """As `DroppingStores`."""


class NoneAloneCannotRelease(CannotRelease, SharedDropping):
    """A rest that stands for all of them, and gives nothing unless somebody needs it."""

    alone = 0
    others_put_what_fits = NoneAlone.others_put_what_fits


class AllAtOnce(Stores):
    """As `Stores`, and claims about it are false of so many stores only, and of those only if all hold something."""


class ManyAllAtOnce(ManyStores, AllAtOnce):
    """The same rest."""


@always
def four_do_not_hold_two(now: AllAtOnce) -> bool:
    """It is never four stores that hold two bytes."""
    return len([store for store in now.stores if store.used == 2]) != 4


@always
def not_all_of_five_hold_two(now: AllAtOnce) -> bool:
    """Five stores do not all hold two bytes."""
    return len(now.stores) != 5 or any(store.used != 2 for store in now.stores)


@always
def no_three_are_alike_after_a_step(before: AllAtOnce, after: AllAtOnce) -> bool:
    """No three stores hold the same, and two bytes or more."""
    held = [store.used for store in after.stores if store.used > 1]
    return before.capacity == 0 or len(held) < 3 or not all(each == held[0] for each in held)


@always
def four_do_not_hold_all(now: AllAtOnce) -> bool:
    """Four stores hold something only where there is more room than they need."""
    return len([store for store in now.stores if store.used > 0]) < 4 or now.free > 0


@always
def three_do_not_hold_ever_more(now: AllAtOnce) -> bool:
    """It is never three stores that hold 1, 2 and 3 bytes."""
    return len(now.stores) < 3 or sorted(store.used for store in now.stores)[-3:] != [1, 2, 3]


@always
def it_is_never_six(now: AllAtOnce) -> bool:
    """It is never six stores that hold something."""
    return len([store for store in now.stores if store.used > 0]) != 6


@always
def there_are_not_many(now: AllAtOnce) -> bool:
    """There are few stores."""
    return len(now.stores) < 60


@always
def not_nine_hold_something(now: AllAtOnce) -> bool:
    """It is never nine stores that hold something."""
    return len([store for store in now.stores if store.used > 0]) != 9


class Sealed(Stores):
    """Once four stores hold something, what is there can be sealed."""

    def begin(self, capacity: Bytes, stores: int = 2) -> None:
        super().begin(capacity, stores)
        self.is_sealed = False

    @action
    def seal(self) -> None:
        require(len([store for store in self.stores if store.used > 0]) == 4)
        self.is_sealed = True


@always
def nothing_is_sealed(now: Sealed) -> bool:
    """Nothing is ever sealed."""
    return not now.is_sealed


class Lonely(Stores):
    """As `Stores`, and a claim about it is true of one store only."""


class ManyLonely(ManyStores, Lonely):
    """The same rest."""


@always
def at_most_one_holds_something(now: Lonely) -> bool:
    """At most one store holds something."""
    return len([store for store in now.stores if store.used > 0]) <= 1
