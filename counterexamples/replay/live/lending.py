"""Limiters and pools: of few slots each is lent once, whoever waits is served, and none is lost.

An adapter says what is made, and how one has a slot: with a context, which may wait. Clients are tasks that ask, have
and give back, and are cancelled in each of the moments in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from itertools import permutations
from pathlib import Path
from typing import Any, ClassVar

from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.clock import Clock
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step

TURNS = 24
"""So often the loop goes round until nothing more happens: nothing here takes any time."""

MOMENTS = range(5)
"""So often the loop goes round between two things that happen nearly at once."""


OLD = 100_000.0
"""Seconds, after which everything is older than it may be."""


Lend = Callable[[], AbstractAsyncContextManager[Any]]
"""What lends: a context in which one has a slot."""


class FullError(Exception):
    """What is raised for a client that would have to wait."""


class BrokenError(Exception):
    """What a client fails with while it has a slot."""


class Client:
    """Somebody who asks for a slot, has it, and gives it back when it is told to."""

    def __init__(self, lend: Lend, is_in_order: Callable[[Any], bool], value: Any = None) -> None:
        self.value, self.error = value, ""
        self.lent: Any = None
        self.has = self.waited = self.fails = False
        self.is_content = True
        self.gone = asyncio.Event()
        self.task = asyncio.ensure_future(self.work(lend, is_in_order))

    async def work(self, lend: Lend, is_in_order: Callable[[Any], bool]) -> None:
        """Ask, have and give back; of an error its name is kept."""
        try:
            async with lend() as self.lent:
                self.has, self.is_content = True, is_in_order(self.lent)
                try:
                    await self.gone.wait()
                    if self.fails:
                        raise BrokenError
                finally:
                    self.has = False
        except Exception as error:  # noqa: BLE001 - whoever asked says what is right
            self.error = type(error).__name__
        finally:
            self.value = self.lent = None

    @property
    def waits(self) -> bool:
        return not self.has and not self.task.done()

    def end(self) -> None:
        """Give the slot back; who waits for one is cancelled."""
        self.gone.set()
        if self.waits:
            self.task.cancel()


class Lending(Adapter):
    """What lends slots. Values are what clients have as long as they have one."""

    faults = frozenset()
    keys_used = ("a", "b", "c")
    most = 1
    oversized = False
    refuses = (FullError,)
    slots: ClassVar[int] = 2
    full: ClassVar[tuple[str, ...]] = ()
    """What it raises, by name, where it does not let anybody wait."""
    may_leave: ClassVar[bool] = True
    """Whether somebody waits, who may be cancelled at any moment."""
    is_fair: ClassVar[bool] = True
    """Whether those who wait are served in the order in which they came."""

    async def begin(self, folder: Path) -> None:
        self.linked: set[int] = set()
        self.clients: dict[str, Client] = {}
        self.asking: dict[str, Client] = {}
        self.strangers: list[Client] = []
        self.number, self.fails = self.slots, False
        await self.renew()

    async def renew(self) -> None:
        """Have a new one."""
        self.linked.clear()
        made = self.make()
        self.lender: Any = await made if isinstance(made, Awaitable) else made

    def make(self) -> Any:
        """Return what lends; it may be a coroutine that does."""
        raise NotImplementedError

    def lend(self) -> AbstractAsyncContextManager[Any]:
        """Return a context in which one has a slot."""
        lender: AbstractAsyncContextManager[Any] = self.lender
        return lender

    def _come_in(self, value: Any = None) -> Client:
        """Return one more who asks for a slot."""
        return Client(self.lend, self.is_in_order, value)

    def is_in_order(self, lent: Any) -> bool:
        """Return whether what somebody is lent is as if nobody had had it before."""
        del lent
        return True

    def told(self) -> int:
        """Return how many slots are lent by its own account."""
        return len(self.having())

    def everybody(self) -> list[Client]:
        """Return all who have come and are not gone, in that order but for those who are named."""
        return [*self.clients.values(), *self.asking.values(), *self.strangers]

    def having(self) -> list[Client]:
        """Return who has a slot."""
        return [each for each in self.everybody() if each.has]

    async def settle(self) -> None:
        """Let happen what happens by itself, and see whether it ought to be so."""
        await self.turn(TURNS)
        self.see()

    async def turn(self, times: int) -> None:
        """Let the loop go round."""
        for _ in range(times):
            await asyncio.sleep(0)

    def see(self) -> None:
        """See whether slots and clients are as they ought to be, when nothing happens any more."""
        having, waiting = self.having(), [each for each in self.everybody() if each.waits]
        ought(len(having) <= self.number, f"{len(having)} have a slot, and there are {self.number}")
        ought(
            not waiting or len(having) >= self.number, f"one waits, and of {self.number} slots {len(having)} are lent"
        )
        links = len(self.linked)
        ought(links <= self.number, f"{links} connections are open, and there are {self.number} slots")
        ought(self.told() == len(having), f"{self.told()} slots are said to be lent, and {len(having)} are")
        self.see_lent(having)
        refused = [each for each in self.strangers if each.error in self.full and not (each.waited or self.fails)]
        ought(not refused or len(having) >= self.number, f"one is refused, and {len(having)} slots are lent")
        self.see_order()
        for each in (*waiting, *refused):
            each.waited = True

    def see_lent(self, having: list[Client]) -> None:
        """See whether what is lent is in order, and each to one only."""
        ought(all(each.is_content for each in having), "what is lent is not in order: somebody had it before")
        lent = [id(each.lent) for each in having if each.lent is not None and each.lent is not self.lender]
        ought(len({*lent}) == len(lent), "two have the same at the same time")

    def see_order(self) -> None:
        """See whether somebody was served before another who has waited longer."""
        strangers = [each for each in self.strangers if each.waited or each.waits]
        first = next((at for at, each in enumerate(strangers) if each.waits), len(strangers))
        ought(
            not self.is_fair or not any(each.has for each in strangers[first:]),
            "one who came later is served, and another waits",
        )

    async def fill(self, more: int) -> list[Client]:
        """Have strangers come until all is lent, and so many more; return those who have a slot, and the others."""
        came = [self._come_in() for _ in range(max(0, self.number - len(self.having())) + more)]
        self.strangers += came
        await self.settle()
        return came

    async def leave(self) -> None:
        """Have all strangers go."""
        for each in self.strangers:
            each.end()
        await self.turn(TURNS)
        self.strangers.clear()
        self.see()

    async def put(self, key: str, value: Any) -> None:
        await self.delete(key)
        client = self.clients[key] = self._come_in(value)
        del value
        await self.turn(TURNS)
        if not client.has:
            await self.delete(key)
            raise FullError(client.error)

    def get(self, key: str) -> Any:
        return self.clients[key].value

    async def delete(self, key: str) -> None:
        if key in self.clients:
            self.clients[key].end()
            await self.turn(TURNS)
            del self.clients[key]

    def keys(self) -> Iterable[str]:
        return [key for key, each in self.clients.items() if each.has and each.value is not None]

    def fits(self, key: str, size: int) -> bool:
        """Return whether a slot is free, or would be, and nobody waits for it."""
        return sum(not each.task.done() for each in self.everybody() if each is not self.clients.get(key)) < self.number

    async def close(self) -> None:
        for each in self.everybody():
            each.end()
        await self.turn(TURNS)
        await self.end()

    async def end(self) -> None:
        """Have it end, where it does not by itself."""

    def accounted(self) -> int:
        return self.told() * Ledger.unit

    def capacity_of_pool(self) -> int:
        return self.slots * Ledger.unit

    @step(opens=True)
    async def ask(self, key: str) -> None:
        """Have one come who waits if there is no slot."""
        if key not in self.asking:
            self.asking[key] = self._come_in()
        await self.settle()

    @step(closes=True)
    async def go(self, key: str) -> None:
        """Have one go, who gives back what he has, or waits no longer."""
        self.asking.pop(key).end()
        await self.settle()

    @step
    async def crowd(self) -> None:
        """Have more come than there are slots, and go one after another: each slot goes to the next."""
        came = await self.fill(2)
        told = [each.error for each in came if each.error and each.error not in self.full]
        ought(not told, f"who is refused is told of {told}")
        for each in came:
            each.end()
            await self.settle()
        await self.leave()

    @step
    async def leave_as_it_comes(self) -> None:
        """Have one who waits be cancelled just as a slot comes to him: the next has it."""
        for moment in MOMENTS if self.may_leave else ():
            came = await self.fill(2)
            for each in came[:1]:
                each.end()
            await self.turn(moment)
            came[-2].task.cancel()
            await self.settle()
            await self.leave()

    @step
    async def snatch(self) -> None:
        """Have one more come just as a slot goes to another who waits: it is lent once."""
        for moment in MOMENTS:
            for each in (await self.fill(1))[:1]:
                each.end()
            await self.turn(moment)
            self.strangers.append(self._come_in())
            await self.settle()
            await self.leave()

    @step
    async def meet(self) -> None:
        """Have one give back, one who waits be cancelled, and one come, in each order, nearly at once."""
        for order in permutations((self._give, self._leave, self._come)) if self.may_leave else ():
            for moment in (0, 1):
                came = await self.fill(1)
                for act in order:
                    act(came)
                    await self.turn(moment)
                await self.settle()
                await self.leave()

    def _give(self, came: list[Client]) -> None:
        for each in came[:-1][:1]:
            each.end()

    def _leave(self, came: list[Client]) -> None:
        came[-1].task.cancel()

    def _come(self, came: list[Client]) -> None:
        self.strangers.append(self._come_in())

    @step
    async def break_off(self) -> None:
        """Have one be cancelled as he comes, or as soon as he has a slot: the slot is free."""
        for moment in MOMENTS:
            self.strangers.append(self._come_in())
            await self.turn(moment)
            self.strangers[-1].task.cancel()
            await self.settle()
            await self.leave()
        await self.fill(0)
        await self.leave()

    @step
    async def break_off_late(self) -> None:
        """Have one be cancelled as he gives back what he has: the slot is free."""
        for moment in MOMENTS:
            for each in (await self.fill(0))[:1]:
                each.end()
                await self.turn(moment)
                each.task.cancel()
                await self.settle()
            await self.leave()
        await self.fill(0)
        await self.leave()

    @step
    async def fail(self) -> None:
        """Have one fail while he has a slot: it is free."""
        for each in await self.fill(0):
            each.fails = True
            each.gone.set()
        await self.settle()
        await self.fill(0)
        await self.leave()


class Resized(Lending):
    """What can be given more slots, or fewer."""

    def resize(self, more: int) -> None:
        """Have so many slots more, or fewer where it is negative."""
        raise NotImplementedError

    @step
    async def resize_meanwhile(self) -> None:
        """Have more slots while two wait, who have them; then as many as before."""
        for more in () if any(each.waits for each in self.everybody()) else (1, 2):
            await self.fill(2)
            self.number += more
            self.resize(more)
            await self.settle()
            await self.leave()
            self.number -= more
            self.resize(-more)
            await self.settle()


class Making(Lending):
    """What makes a slot where there is none: a connection, which may fail."""

    async def _made(self) -> None:
        """Have a connection be made, which gives way once, and may fail."""
        await asyncio.sleep(0)
        if self.fails:
            raise OSError

    def _links(self, link: Any, *, is_open: bool) -> None:
        """Note that a connection is open, or no longer."""
        (self.linked.add if is_open else self.linked.discard)(id(link))

    @step
    async def end_meanwhile(self) -> None:
        """Have it end while some come, who go then: no connection stays open. Then there is a new one."""
        if self.having() or any(each.waits for each in self.everybody()):
            return
        for moment in MOMENTS:
            self.strangers += [self._come_in() for _ in range(self.number + 1)]
            await self.turn(moment)
            await self.end()
            await self.leave()
            is_open = len(self.linked)
            await self.renew()
            ought(not is_open, f"it has ended, and {is_open} connections stay open")

    @step
    async def fail_to_make(self) -> None:
        """Have none be made for those who ask, who are told so: then they can be made for others."""
        for self.fails in (True, False):
            await self.fill(1)
            await self.leave()

    @step
    async def ask_in_vain(self) -> None:
        """Have none be made for those who ask: each is told so, and of nothing else."""
        self.fails = True
        came = await self.fill(1)
        told = {each.error for each in came if each.error} - {OSError.__name__, *self.full}
        ought(not told, f"no connection can be made, and who asks for one is told of {sorted(told)}")
        await self.leave()
        self.fails = False


class Outliving(Making):
    """What replaces connections that are older than they may be."""

    async def begin(self, folder: Path) -> None:
        self.clock = Clock()
        self.have_clock()
        await super().begin(folder)

    def have_clock(self) -> None:
        """Have it ask the clock of this run for the time."""
        raise NotImplementedError

    @step
    async def outlive(self) -> None:
        """Have connections grow old while they are lent, and while nobody has them: there are no more than slots."""
        await self.fill(0)
        self.clock.go_on(OLD)
        await self.leave()
        await self.fill(0)
        await self.leave()
        self.clock.go_on(OLD)
        await self.fill(1)
        await self.leave()
