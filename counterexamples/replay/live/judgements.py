"""The targets, and how each violation was judged: a defect, a documented limit, or what could not be otherwise.

A violation that is not listed here is news, and the tests say so; one that is listed and no longer found, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from spillproof.properties.live.adapter import Adapter

Word = Literal["defect", "documented limit", "by design"]


@dataclass(frozen=True)
class Judgement:
    """What is thought of a claim that a target violates."""

    claim: str
    word: Word
    why: str
    reproduced: str = ""
    """The script that shows it without this project."""
    upstream: str = ""
    """An issue of the target. Empty where a search found none."""


@dataclass(frozen=True)
class Target:
    """A maintained package, by its adapter."""

    name: str
    """What the table calls it."""
    module: str
    adapter: str
    needs: tuple[str, ...]
    """The modules that must be installed."""
    repaired: str = ""
    """The adapter in `repaired.py` of which nothing is found any more but what is by design."""
    judgements: tuple[Judgement, ...] = ()

    def load(self) -> type[Adapter]:
        """Return the adapter."""
        found: type[Adapter] = getattr(import_module(f"{__package__}.{self.module}"), self.adapter)
        return found

    def load_repaired(self) -> type[Adapter]:
        """Return the adapter of the repaired target."""
        found: type[Adapter] = getattr(import_module(f"{__package__}.repaired"), self.repaired)
        return found


ITERATOR = "https://github.com/python/cpython/issues/87034"

KEPT = "an iterator is the copy in memory itself, and keeps it after the file has rolled over"
LEFT = "a write that fails leaves its file behind; nothing accounts for it, and nothing removes it"
STAYS = "`delete` and `drop` leave `memory_usage` and `lengths` as they were"
FULL_DISK = "what cannot be written to a full disk stays in memory"

TARGETS: tuple[Target, ...] = (
    Target(
        "tempfile.SpooledTemporaryFile",
        "spooled",
        "SpooledFile",
        (),
        "SpooledFileRepaired",
        (
            Judgement("free_is_unreachable", "defect", KEPT, "spooled_iterator", ITERATOR),
            Judgement("release_frees_what_it_says", "defect", KEPT, "spooled_iterator", ITERATOR),
            Judgement("spill_frees_what_it_claims", "defect", KEPT, "spooled_iterator", ITERATOR),
            Judgement("acquired_can_be_allocated", "defect", KEPT, "spooled_iterator", ITERATOR),
        ),
    ),
    Target(
        "zict.Buffer",
        "zict_buffer",
        "ZictBuffer",
        ("zict",),
        "ZictBufferRepaired",
        (Judgement("disk_is_accounted", "defect", LEFT, "zict_partial_file"),),
    ),
    Target(
        "distributed.spill.SpillBuffer",
        "spill_buffer",
        "DaskSpillBuffer",
        ("distributed", "zict"),
        "DaskSpillBufferRepaired",
        (
            Judgement("disk_is_accounted", "defect", LEFT, "zict_partial_file"),
            Judgement(
                "no_exception",
                "defect",
                "a read moves another value to disk, and raises when that one cannot be written: `__setitem__` "
                "handles this, `__getitem__` does not",
                "spill_buffer_get_raises",
            ),
        ),
    ),
    Target(
        "partd.Buffer",
        "partd_buffer",
        "PartdBuffer",
        ("partd",),
        "PartdBufferRepaired",
        (
            Judgement(
                "no_record_lost_or_repeated",
                "defect",
                "a flush that fails half-way keeps what it wrote, and what is in memory is read after it once more",
                "partd_repeats",
            ),
            Judgement("empty_means_nothing_left", "defect", STAYS, "partd_keeps_account"),
            Judgement("nothing_left_at_end", "defect", STAYS, "partd_keeps_account"),
            Judgement("spill_frees_what_it_claims", "defect", STAYS, "partd_keeps_account"),
            Judgement("acquired_can_be_allocated", "by design", FULL_DISK),
        ),
    ),
    Target("cachetools.LRUCache", "lru_cache", "LruCache", ("cachetools",)),
    Target("pyarrow memory pool", "arrow_pool", "ArrowPool", ("pyarrow",)),
)
