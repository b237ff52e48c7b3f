"""SGLang's `RadixCache`, without its tree: finished requests leave what they computed, in whole pages, until evicted.

Source: `sglang/srt/mem_cache/radix_cache.py` of the released 0.5.23, and before #10637 as that describes it.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Count
from spillproof.model.system import Model, action, require

BY_VALUE = Repair(
    "sglang-10637",
    "What can be evicted counts slots, put in and taken out; it was less a key's tokens, which fill no whole page.",
    ("0.5.23",),
    issue="sgl-project/sglang#10637",
    claim="counters_never_negative",
    steps=3,
    run="A request computes a page and a token beyond it, and is done; the page is evicted: less than none is left.",
)


class Node(HeapObject):
    """What a request left: its tokens, and the slots of its whole pages."""

    key: Count
    value: Count
    locked: bool = False


class Running(HeapObject):
    """What a running request has computed: slots of whole pages, and the rest."""

    pages: Count
    rest: Count


class Caching(Model):
    """Slots that are free, a request's, or the cache's: to be evicted, or locked for a request with its prefix."""

    available: Count
    evictable: Count
    protected: Count
    size: Count

    def begin(self, size: Count, nodes: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.size = self.available = size
        self.evictable = self.protected = 0
        self.fixes = fixes
        self.most = nodes
        self.nodes: list[Node] = []
        self.running: Running | None = None

    @action
    def compute(self, pages: Count, rest: Count) -> None:
        """A request computes some pages and a rest."""
        require(self.running is None and pages + rest <= self.available)
        self.available -= pages + rest
        self.running = Running(pages, rest)

    @action
    def finish(self) -> None:
        """It is done: the pages are left in the cache, the rest is free."""
        require(self.running is not None and len(self.nodes) < self.most)
        assert self.running is not None
        pages, rest = self.running.pages, self.running.rest
        self.running = None
        self.available += rest
        self.evictable += pages
        self.nodes.append(Node(pages if BY_VALUE.name in self.fixes else pages + rest, pages))

    @action
    def evict(self, node: Node) -> None:
        """What nobody has locked makes room."""
        require(not node.locked)
        self.evictable -= node.key
        self.available += node.value
        self.nodes = [each for each in self.nodes if each is not node]

    @action
    def lock(self, node: Node) -> None:
        """`inc_lock_ref`: a request has the same prefix."""
        require(not node.locked)
        node.locked = True
        self.evictable -= node.value
        self.protected += node.value

    @action
    def unlock(self, node: Node) -> None:
        """`dec_lock_ref`: it is done."""
        require(node.locked)
        node.locked = False
        self.evictable += node.value
        self.protected -= node.value

    def sizes_of_pools(self) -> list[Count]:
        """Return what is free, what can be evicted, what is locked, and what a request has."""
        held = 0 if self.running is None else self.running.pages + self.running.rest
        return [self.available, self.evictable, self.protected, held]

    def capacity_of_pool(self) -> Count:
        """Return how many slots there are."""
        return self.size
