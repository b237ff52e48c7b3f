"""The targets, and how each violation was judged: a defect, a documented limit, or what could not be otherwise.

A violation that is not listed here is news, and the tests say so; one that is listed and no longer found, too.
"""

from __future__ import annotations

from spillproof.properties.live.move import Move
from tests.live.judged.judged_caches import CACHES
from tests.live.judged.judged_lending import LENDING
from tests.live.judged.judged_limits import LIMITS
from tests.live.judged.judged_ways import WAYS
from tests.live.judged.target import (
    CLOSE,
    DELETE,
    FILL,
    FREE,
    GET,
    ISSUE,
    PUT,
    SPILL,
    TWO,
    Judgement,
    Target,
)

ITERATOR = "https://github.com/python/cpython/issues/87034"

OVER = (PUT, TWO, ISSUE, TWO)
DELETED = (PUT, DELETE)
LEFT_AGAIN = (PUT, FILL, SPILL, FREE, DELETE)
FULL_RUN = (FILL, *(Move("put", "a", units) for units in (3, 3, 1)))

KEPT = "an iterator is the copy in memory itself, and keeps it after the file has rolled over"
LEFT = "a write that fails leaves its file behind; nothing accounts for it, and nothing removes it"
ORDER = "what was appended later comes before what was flushed"
STAYS = "`delete` and `drop` leave `memory_usage` and `lengths` as they were"
GENERATION = (
    "`zict.Cache`, in which it keeps what is on disk, notes a generation of each key before it writes, and leaves it "
    "where the write fails; what is then deleted from memory has its entry for ever"
)
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
        (
            Judgement("disk_is_accounted", "defect", LEFT, (PUT, FILL, SPILL), "zict_partial_file"),
            Judgement("tables_are_emptied", "defect", LEFT, LEFT_AGAIN, "zict_partial_file"),
        ),
    ),
    Target(
        "zict.AsyncBuffer",
        "async_buffer",
        "ZictAsyncBuffer",
        ("zict",),
        "ZictAsyncBufferRepaired",
        (
            Judgement("disk_is_accounted", "defect", LEFT, (PUT, FILL, SPILL), "zict_partial_file"),
            Judgement("tables_are_emptied", "defect", LEFT, LEFT_AGAIN, "zict_partial_file"),
        ),
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
            Judgement(
                "tables_are_emptied",
                "defect",
                GENERATION,
                (Move("put_unpicklable", "a", 1), SPILL, DELETE),
                "zict_cache_keeps_generation",
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
                f"{ORDER}; and a flush that fails half-way keeps what it wrote, which is then read twice",
                (PUT, SPILL, PUT, GET),
                "partd_order",
            ),
            Judgement("empty_means_nothing_left", "defect", STAYS, DELETED, "partd_keeps_account"),
            Judgement("nothing_left_at_end", "defect", STAYS, (PUT, CLOSE), "partd_keeps_account"),
            Judgement("spill_frees_what_it_claims", "defect", STAYS, (*DELETED, SPILL), "partd_keeps_account"),
            Judgement("tables_are_emptied", "defect", STAYS, DELETED, "partd_keeps_account"),
            Judgement("acquired_can_be_allocated", "by design", FULL_DISK, FULL_RUN),
        ),
    ),
    Target(
        "partd.Buffer for two threads",
        "partd_buffer",
        "PartdTwoThreads",
        ("partd",),
        "PartdTwoThreadsRepaired",
        (
            Judgement("no_record_lost_or_repeated", "defect", ORDER, (PUT, PUT, PUT, GET), "partd_order"),
            Judgement("empty_means_nothing_left", "defect", STAYS, DELETED, "partd_keeps_account"),
            Judgement("nothing_left_at_end", "defect", STAYS, (PUT, CLOSE), "partd_keeps_account"),
            Judgement("tables_are_emptied", "defect", STAYS, DELETED, "partd_keeps_account"),
        ),
    ),
    Target("zict.Buffer, begun anew", "zict_buffer", "ZictReopened", ("zict",)),
    Target("cachetools.LRUCache", "lru_cache", "LruCache", ("cachetools",)),
    Target("pyarrow memory pool", "arrow_pool", "ArrowPool", ("pyarrow",)),
    *CACHES,
    *WAYS,
    *LIMITS,
    *LENDING,
)

OLDER: tuple[Target, ...] = (Target("zarr.LRUStoreCache", "zarr_lru", "ZarrLru", ("zarr", "zarr._storage")),)
"""Of these only older releases of their packages have anything, so that there is nothing to be told of today."""
