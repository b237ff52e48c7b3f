"""`cachebox.LRUCache`, a control written in Rust: values below a sum of sizes, and the one used least recently goes."""

from __future__ import annotations

from typing import Any

from spillproof.counterexamples.replay.live.lru_cache import LruCache


class CacheboxLru(LruCache):
    """The same as of cachetools, by another hand."""

    packages = ("cachebox",)

    def make(self) -> Any:
        import cachebox

        return cachebox.LRUCache(self.capacity_of_pool(), getsizeof=lambda _key, value: len(value))

    def accounted(self) -> int:
        return int(self.cache.current_size())
