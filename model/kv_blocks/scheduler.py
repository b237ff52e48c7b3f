"""vLLM's `Scheduler` and `BlockPool`, one block a step: it schedules ahead of the GPU, whose last step still writes.

Source: `vllm/v1/core/sched/scheduler.py` and `vllm/v1/core/block_pool.py` of the released 0.33.0. What is not modelled:
prefixes, priorities, and connectors, for whose sake a block must not be free while a step may write to it.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

DEFER_FREE = Repair(
    "vllm-45357",
    "Blocks are free when the step that may write to them is processed; they were when their request was done.",
    ("0.33.0",),
    issue="vllm-project/vllm#45357",
    claim="no_use_after_free",
    steps=2,
    run="A request is scheduled, and finished while its step is on the GPU: the step writes to a free block.",
)
NO_CASCADE = Repair(
    "vllm-49675",
    "Nobody is preempted whose blocks would not be free at once; one after the other was, and nothing became free.",
    ("0.33.0",),
    issue="vllm-project/vllm#49674",
    claim="nobody_is_given_up_in_vain",
    steps=4,
    run="Three requests have all blocks, and a step of theirs is on the GPU; the first needs another: both others go.",
    scope={"blocks": 3, "requests": 3},
)


class KVCacheBlock(HeapObject):
    """A block of the pool."""

    is_freed: bool = True

    def shallow_size(self) -> Bytes:
        return 1


class Request(HeapObject):
    """A request that runs: its blocks, and whether a step of it is on the GPU."""

    blocks: list[KVCacheBlock]
    in_flight: bool = False


class Scheduler(HeapObject):
    """Its pool, the requests that run, and the blocks that will be free."""

    free: list[KVCacheBlock]
    fixes: frozenset[str]
    running: list[Request]
    deferred: list[KVCacheBlock]
    writes: list[KVCacheBlock]
    """What the step on the GPU may write to."""

    def free_request(self, request: Request) -> None:
        """Give back the blocks of a request, now or when its step is processed."""
        if request.in_flight and DEFER_FREE.name in self.fixes:
            self.deferred = [*self.deferred, *request.blocks]
        else:
            self.give_back(request.blocks)
        self.running = [each for each in self.running if each is not request]

    def give_back(self, blocks: list[KVCacheBlock]) -> None:
        for block in blocks:
            block.is_freed = True
        self.free = [*self.free, *blocks]

    def preempt_for(self, request: Request) -> list[tuple[Bytes, Bytes]]:
        """Preempt the newest until a block is free; return the victims, as the claim asks for them."""
        victims: list[tuple[Bytes, Bytes]] = []
        promised = 0
        while not self.free:
            victim = self.running[-1]
            if victim.in_flight and NO_CASCADE.name in self.fixes:
                break
            victims.append((promised, 1))
            promised += len(victim.blocks)
            self.free_request(victim)
            if victim is request:
                break
        return victims


class Scheduling(Model):
    """A scheduler, requests that come and end, and a GPU that is a step behind."""

    scheduler: Scheduler
    given_up: list[tuple[Bytes, Bytes]]

    def begin(self, blocks: int = 2, requests: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.scheduler = Scheduler([KVCacheBlock() for _ in range(blocks)], fixes, [], [], [])
        self.blocks, self.most = blocks, requests
        self.given_up = []

    @action
    def arrive(self) -> None:
        """A request begins to run, with a block."""
        scheduler = self.scheduler
        require(len(scheduler.running) < self.most and bool(scheduler.free))
        self.given_up = []
        request = Request([])
        scheduler.running.append(request)
        self._give(request)

    @action
    def schedule(self, request: Request) -> None:
        """A request that runs needs another block."""
        require(request in self.scheduler.running)
        self.given_up = self.scheduler.preempt_for(request)
        if self.scheduler.free and request in self.scheduler.running:
            self._give(request)

    @action
    def finish(self, request: Request) -> None:
        """A request is found to be finished, or is aborted by its client."""
        require(request in self.scheduler.running)
        self.given_up = []
        self.scheduler.free_request(request)

    @action
    def process(self) -> None:
        """The step that is on the GPU is done, and its output is processed."""
        scheduler = self.scheduler
        require(bool(scheduler.writes))
        self.given_up = []
        scheduler.writes = []
        for request in scheduler.running:
            request.in_flight = False
        scheduler.give_back(scheduler.deferred)
        scheduler.deferred = []

    def _give(self, request: Request) -> None:
        block = self.scheduler.free.pop(0)
        block.is_freed = False
        request.blocks.append(block)
        request.in_flight = True
        if all(block is not each for each in self.scheduler.writes):
            self.scheduler.writes.append(block)

    def reachable(self) -> Bytes:
        """Return how many blocks a request has, or a step may write to."""
        scheduler = self.scheduler
        held = [block for request in scheduler.running for block in request.blocks]
        extra: list[KVCacheBlock] = []
        for block in (*scheduler.writes, *scheduler.deferred):
            if all(block is not each for each in (*held, *extra)):
                extra.append(block)
        return len(held) + len(extra)

    def accounted(self) -> Bytes:
        """Return how many blocks are not in the free queue."""
        return self.blocks - len(self.scheduler.free)

    def unused(self) -> Bytes:
        """Return 0: a block that is not free is some request's, or a step's."""
        return 0

    def nothing_is_taken(self) -> bool:
        """Return whether every block is in the free queue."""
        return len(self.scheduler.free) == self.blocks

    def pages_in_use(self) -> list[KVCacheBlock]:
        """Return what the step on the GPU may write to."""
        return self.scheduler.writes

    def victims(self) -> list[tuple[Bytes, Bytes]]:
        """Return whom the last step preempted: how many blocks others gave up for it already, and how many it needs."""
        return self.given_up
