"""The targets, and how each violation was judged: a defect, a documented limit, or what could not be otherwise.

A violation that is not listed here is news, and the tests say so; one that is listed and no longer found, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.move import Move, Script

Word = Literal["defect", "documented limit", "by design"]


@dataclass(frozen=True)
class Judgement:
    """What is thought of a claim that a target violates."""

    claim: str
    word: Word
    why: str
    run: Script
    """The shortest run that was found."""
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

PUT, GET, ISSUE, SPILL = Move("put", "a", 1), Move("get", "a"), Move("issue", "a", name="h1"), Move("spill")
FILL, TWO = Move("fill_disk"), Move("put", "a", 2)

OVER = (PUT, TWO, ISSUE, TWO)
DELETED = (PUT, Move("delete", "a"))
FULL_RUN = (FILL, *(Move("put", "a", units) for units in (3, 3, 1)))

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
            Judgement("free_is_unreachable", "defect", KEPT, (PUT, ISSUE, SPILL), "spooled_iterator", ITERATOR),
            Judgement("release_frees_what_it_says", "defect", KEPT, (PUT, ISSUE, SPILL), "spooled_iterator", ITERATOR),
            Judgement("spill_frees_what_it_claims", "defect", KEPT, (PUT, ISSUE, SPILL), "spooled_iterator", ITERATOR),
            Judgement("acquired_can_be_allocated", "defect", KEPT, OVER, "spooled_iterator", ITERATOR),
        ),
    ),
    Target(
        "zict.Buffer",
        "zict_buffer",
        "ZictBuffer",
        ("zict",),
        "ZictBufferRepaired",
        (Judgement("disk_is_accounted", "defect", LEFT, (PUT, FILL, SPILL), "zict_partial_file"),),
    ),
    Target(
        "zict.AsyncBuffer",
        "async_buffer",
        "ZictAsyncBuffer",
        ("zict",),
        "ZictAsyncBufferRepaired",
        (Judgement("disk_is_accounted", "defect", LEFT, (PUT, FILL, SPILL), "zict_partial_file"),),
    ),
    Target(
        "distributed.spill.SpillBuffer",
        "spill_buffer",
        "DaskSpillBuffer",
        ("distributed", "zict"),
        "DaskSpillBufferRepaired",
        (
            Judgement("disk_is_accounted", "defect", LEFT, (PUT, FILL, SPILL), "zict_partial_file"),
            Judgement(
                "no_exception",
                "defect",
                "a read moves another value to disk, and raises when that one cannot be written: when it cannot be "
                'pickled, when the disk is full, or when `max_spill` is reached (`MaxSpillExceeded` is "never raised '
                'by SpillBuffer", says its source); `__setitem__` handles this, `__getitem__` does not',
                (Move("put", "a", 3), Move("put_unpicklable", "b", 4), GET),
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
                "what was appended later comes before what was flushed; and a flush that fails half-way keeps what it "
                "wrote, which is then read twice",
                (PUT, SPILL, PUT, GET),
                "partd_order",
            ),
            Judgement("empty_means_nothing_left", "defect", STAYS, DELETED, "partd_keeps_account"),
            Judgement("nothing_left_at_end", "defect", STAYS, (PUT, Move("close")), "partd_keeps_account"),
            Judgement("spill_frees_what_it_claims", "defect", STAYS, (*DELETED, SPILL), "partd_keeps_account"),
            Judgement("acquired_can_be_allocated", "by design", FULL_DISK, FULL_RUN),
        ),
    ),
    Target("cachetools.LRUCache", "lru_cache", "LruCache", ("cachetools",)),
    Target("pyarrow memory pool", "arrow_pool", "ArrowPool", ("pyarrow",)),
)

UNJUDGED: dict[str, frozenset[str]] = {
    "zict.Buffer": frozenset({"no_exception"}),
    "zict.AsyncBuffer": frozenset({"empty_means_nothing_left", "no_record_lost_or_repeated", "no_exception"}),
    "distributed.spill.SpillBuffer": frozenset({"tables_are_emptied"}),
    "partd.Buffer": frozenset({"tables_are_emptied"}),
}
"""What steps of a second thread and repeated runs have found besides: each has its run, and whose fault it is was not
decided. Nothing is told of it before it is."""
