"""Caches, and files that begin in memory, as targets; and how each of their violations was judged.

Of those that have no judgement nothing was found: they are controls.
"""

from __future__ import annotations

from functools import partial

from spillproof.properties.live.move import Move
from tests.live.judged.target import (
    CLOSE,
    DELETE,
    FILL,
    FREE,
    GET,
    PUT,
    SPILL,
    TWO,
    Judgement,
    Target,
)

CACHEY_TWICE = "https://github.com/dask/cachey/issues/16"

LOST = (
    "a rollover to a full disk gives up what is in memory before the file has it: it is lost, and another rollover "
    "raises AttributeError"
)
TEMPORARY = "a write that fails leaves its temporary file behind, which neither pruning nor `clear` removes"
PARTIAL = "a write that fails leaves its file behind: no row counts it, so that neither `cull` nor `clear` removes it"
TWICE = (
    "what is put again under its key is counted again, and what was counted before is never given back; a cache that "
    "has nothing left and counts too much never ends when it is made smaller (`cachey_never_smaller.py`)"
)
RETIRED = "what is retired by hand stays in the heap, so that making room for another, and `clear`, raise KeyError"
SCORES = "the cost and the score of a key stay when the key goes, for ever"
STALE = "a value that is too large is not kept, and the one before it is given out under its key still"
OVERSIZED = 'a value larger than `max_size`, which "will not be cached", is kept in the cache, and not counted'
DELETED = (
    "`delete` forgets the size of what it deletes, and leaves it in `current_size`; behind it lies another: a value "
    "that replaces the least recently used one may be evicted itself, and the old size is taken off twice "
    "(`zarr_replaced_is_evicted.py`)"
)
PART = "a copy that fails leaves the part that it has, which is given out as the whole file from then on"
TIMERS = "`clear` forgets the timers and does not cancel them: each goes off, and removes what has its key by then"
FLUSHED = "a flush that fails leaves the position where the copy broke off, and what is written next is put there"
OLD_VALUE = "another value for a key is counted and not taken: the cache goes on giving out the old one"
HEAD = "removing what was used last leaves it the head of the list; the next read raises AssertionError"
NEVER_FREED = (
    "the coroutine that removes what has expired refers to the cache, so that one that nobody else refers to is never "
    "cleared, though `__del__` says so; its maintainer knows, and asks to `clear` and `close` a cache that is to go"
)
THEINE = "https://github.com/Yiling-J/theine/issues/18"

EMPTIED = (
    "`clear` empties what the policy looks up, and not the policy: it counts what there was for ever, and a cache that "
    "was full keeps nothing any more"
)
EMPTIED_RUN = (PUT, Move("empty"), PUT, Move("put", "b", 1))

WRITTEN = "the copy of a file that was written through it stays when the file is removed through it, for ever"
FSSPEC = "https://github.com/fsspec/filesystem_spec/issues/2105"

BEGINS = "a cache on disk that has something already is counted from nothing, so that it outgrows its size"
ZARR = "https://github.com/zarr-developers/zarr-python/issues/4282"

NOT_SET = "what `pickle` refuses is said to be set, and whoever asks for it gets TypeError until it is deleted"
UNPICKLABLE = "what cannot be pickled leaves the file that was begun for it, until `reduce_size` or `clear`"

POPPED = "`popitem` takes one reference too many to what it returns, so that this is never freed"
LRU_DICT = "https://github.com/amitdev/lru-dict/issues/64"

UNDONE = (
    "a transaction that fails leaves the files that it has written, and the files of what it replaced are gone: what "
    "was there is lost"
)
EXCEEDED = "a larger value for a key that is there is refused with OverflowError, and is taken all the same"
WAITS = (
    "what waits for a function that has failed is not told, and stays: whoever asks for the same again waits for ever"
)
COMES_BACK = (
    "what is popped has its entry back at once, as the table on disk is read before it is written; it stays for ever"
)
SETS = (
    "what is too old cannot be removed where blocks of another file are known: they are a set, which JSON does not "
    "have; the file stays on disk, and is not known any more"
)
GENERATION = "a generation of a key is noted before it is written, and stays where the write fails"

POP, REOPEN = Move("pop"), Move("reopen")
UNDO, BAD_B = Move("undo", "a"), Move("put_unpicklable", "b", 1)
PUT_B, BIG_B = Move("put", "b", 1), Move("put", "b", 6)
OUTGROWN = (Move("put", "a", 3), PUT, Move("put", "b", 4))
LIVE = partial(Target, repairs="repaired_caches")

CACHES: tuple[Target, ...] = (
    LIVE(
        "tempfile.SpooledTemporaryFile on a full disk",
        "spooled_full_disk",
        "SpooledOnFullDisk",
        (),
        "SpooledOnFullDiskRepaired",
        (
            Judgement("no_record_lost_or_repeated", "defect", LOST, (PUT, FILL, SPILL, GET), "spooled_rollover_loses"),
            Judgement("no_exception", "defect", LOST, (PUT, FILL, SPILL, SPILL), "spooled_rollover_loses"),
        ),
    ),
    LIVE("boltons.SpooledBytesIO", "boltons_spooled", "BoltonsSpooled", ("boltons",)),
    LIVE("boltons.LRU", "boltons_lru", "BoltonsLru", ("boltons",)),
    LIVE("boltons.LRU of three", "boltons_lru", "BoltonsLruOfThree", ("boltons",)),
    LIVE("boltons.LRI", "boltons_lru", "BoltonsLri", ("boltons",)),
    LIVE("cachetools.LFUCache", "lru_cache", "LfuCache", ("cachetools",)),
    LIVE("cachetools.FIFOCache", "lru_cache", "FifoCache", ("cachetools",)),
    LIVE("cachetools.RRCache", "lru_cache", "RrCache", ("cachetools",)),
    LIVE("cachetools.TTLCache", "lru_cache", "TtlCache", ("cachetools",)),
    LIVE("cachetools.TLRUCache", "lru_cache", "TlruCache", ("cachetools",)),
    LIVE("cachelib's threshold", "cachelib_threshold", "CachelibThreshold", ("cachelib",)),
    LIVE("cachelib's threshold, with time", "cachelib_threshold", "CachelibThresholdTtl", ("cachelib",)),
    LIVE("cachelib.SimpleCache", "cachelib_simple", "CachelibSimple", ("cachelib",)),
    LIVE("cachelib.SimpleCache, with time", "cachelib_simple", "CachelibSimpleTtl", ("cachelib",)),
    LIVE(
        "python-multipart's File",
        "multipart_file",
        "MultipartFile",
        ("python_multipart",),
        "MultipartFileRepaired",
        (
            Judgement(
                "no_record_lost_or_repeated",
                "defect",
                FLUSHED,
                (TWO, FILL, SPILL, PUT, GET),
                "multipart_part_left",
            ),
        ),
    ),
    LIVE(
        "cachelib.FileSystemCache",
        "cachelib_file",
        "CachelibFiles",
        ("cachelib",),
        "CachelibFilesRepaired",
        (
            Judgement("disk_is_accounted", "defect", TEMPORARY, (FILL, PUT), "cachelib_temporary_file"),
            Judgement(
                "tables_are_emptied",
                "defect",
                TEMPORARY,
                (PUT, FILL, PUT_B, FREE, DELETE),
                "cachelib_temporary_file",
            ),
        ),
    ),
    LIVE(
        "diskcache.Cache",
        "diskcache_cache",
        "DiskCache",
        ("diskcache",),
        "DiskCacheRepaired",
        (Judgement("disk_is_accounted", "defect", PARTIAL, (FILL, PUT), "diskcache_partial_file"),),
    ),
    LIVE("diskcache.Cache, with time", "diskcache_cache", "DiskCacheTtl", ("diskcache",)),
    LIVE("diskcache.Cache as a queue", "diskcache_cache", "DiskCacheQueue", ("diskcache",)),
    LIVE(
        "joblib's store",
        "joblib_store",
        "JoblibStore",
        ("joblib",),
        "JoblibStoreRepaired",
        (
            Judgement(
                "tables_are_emptied",
                "defect",
                UNPICKLABLE,
                (PUT, Move("put_unpicklable", "b", 1), DELETE),
                "joblib_unpicklable_stays",
            ),
        ),
    ),
    LIVE(
        "fsspec's simplecache",
        "fsspec_simplecache",
        "FsspecSimpleCache",
        ("fsspec",),
        "FsspecSimpleCacheRepaired",
        (Judgement("no_record_lost_or_repeated", "defect", PART, (PUT, FILL, GET, GET), "fsspec_serves_part"),),
    ),
    LIVE(
        "fsspec's simplecache, written through",
        "fsspec_simplecache",
        "FsspecWritten",
        ("fsspec",),
        "FsspecWrittenRepaired",
        (
            Judgement("disk_is_accounted", "defect", WRITTEN, (PUT, DELETE), "fsspec_written_stays", FSSPEC),
            Judgement("tables_are_emptied", "defect", WRITTEN, (PUT, DELETE), "fsspec_written_stays", FSSPEC),
        ),
    ),
    LIVE(
        "zarr's CacheStore on disk",
        "zarr_cache_store",
        "ZarrPersistentCache",
        ("zarr",),
        "ZarrPersistentCacheRepaired",
        (
            Judgement("disk_is_accounted", "defect", BEGINS, (PUT, REOPEN), "zarr_cache_begins_at_nothing", ZARR),
            Judgement(
                "disk_stays_within_capacity",
                "defect",
                BEGINS,
                (TWO, REOPEN, Move("put", "b", 2)),
                "zarr_cache_begins_at_nothing",
                ZARR,
            ),
        ),
    ),
    LIVE(
        "zarr's CacheStore",
        "zarr_cache_store",
        "ZarrCacheStore",
        ("zarr",),
        "ZarrCacheStoreRepaired",
        (
            Judgement("free_is_unreachable", "defect", OVERSIZED, (Move("put", "a", 4),), "zarr_oversized_is_kept"),
            Judgement(
                "release_frees_what_it_says", "defect", OVERSIZED, (Move("put", "a", 4),), "zarr_oversized_is_kept"
            ),
            Judgement(
                "acquired_can_be_allocated", "defect", OVERSIZED, (Move("put", "a", 4),), "zarr_oversized_is_kept"
            ),
            Judgement("counters_balance", "defect", DELETED, (PUT, DELETE), "zarr_delete_stays_counted"),
            Judgement("empty_means_nothing_left", "defect", DELETED, (PUT, DELETE), "zarr_delete_stays_counted"),
        ),
    ),
    LIVE(
        "cachey.Cache",
        "cachey_cache",
        "CacheyCache",
        ("cachey",),
        "CacheyCacheRepaired",
        (
            Judgement("counters_balance", "defect", TWICE, (PUT, PUT), "cachey_counts_twice", CACHEY_TWICE),
            Judgement(
                "empty_means_nothing_left", "defect", TWICE, (PUT, PUT, DELETE), "cachey_counts_twice", CACHEY_TWICE
            ),
            Judgement("nothing_left_at_end", "defect", TWICE, (PUT, PUT, CLOSE), "cachey_counts_twice", CACHEY_TWICE),
            Judgement(
                "no_record_lost_or_repeated",
                "defect",
                STALE,
                (PUT, Move("put", "a", 6), GET),
                "cachey_gives_old_value",
            ),
            Judgement("tables_are_emptied", "defect", SCORES, (PUT, DELETE), "cachey_scores_stay"),
            Judgement("no_exception", "defect", RETIRED, (PUT, PUT_B, DELETE, CLOSE), "cachey_retired_stays_in_heap"),
        ),
    ),
    LIVE(
        "dulwich's LRUSizeCache",
        "dulwich_lru",
        "DulwichLru",
        ("dulwich",),
        "DulwichLruRepaired",
        (
            Judgement("free_is_unreachable", "defect", OLD_VALUE, (TWO, PUT), "dulwich_keeps_old_value"),
            Judgement("release_frees_what_it_says", "defect", OLD_VALUE, (TWO, PUT), "dulwich_keeps_old_value"),
            Judgement("acquired_can_be_allocated", "defect", OLD_VALUE, OUTGROWN, "dulwich_keeps_old_value"),
            Judgement("no_record_lost_or_repeated", "defect", OLD_VALUE, (PUT, PUT, GET), "dulwich_keeps_old_value"),
            Judgement("no_exception", "defect", HEAD, (PUT, PUT_B, BIG_B, GET), "dulwich_head_is_removed"),
        ),
    ),
    LIVE(
        "aiocache.SimpleMemoryCache",
        "aiocache_memory",
        "AioMemory",
        ("aiocache",),
        "AioMemoryRepaired",
        (Judgement("tables_are_emptied", "defect", TIMERS, (PUT, DELETE), "aiocache_clear_keeps_timers"),),
    ),
    LIVE("dulwich's LRUCache", "dulwich_lru", "DulwichLruCounted", ("dulwich",)),
    LIVE("aiocache.SimpleMemoryCache of several keys", "aiocache_memory", "AioMemoryKeys", ("aiocache",)),
    LIVE("aiocache.SimpleMemoryCache, with time", "aiocache_memory", "AioMemoryTtl", ("aiocache",)),
    LIVE("theine.Cache, full", "theine_cache", "TheineFull", ("theine",)),
    LIVE(
        "theine.Cache, emptied",
        "theine_cache",
        "TheineEmptied",
        ("theine",),
        "TheineEmptiedRepaired",
        (Judgement("nothing_that_fits_is_dropped", "defect", EMPTIED, EMPTIED_RUN, "theine_clear_keeps_count"),),
    ),
    LIVE(
        "theine.Cache",
        "theine_cache",
        "TheineCache",
        ("theine",),
        "TheineCacheRepaired",
        tuple(
            Judgement(claim, "documented limit", NEVER_FREED, (PUT, CLOSE), "theine_is_never_freed", THEINE)
            for claim in (
                "free_is_unreachable",
                "release_frees_what_it_says",
                "empty_means_nothing_left",
                "nothing_left_at_end",
            )
        ),
    ),
    LIVE("cachebox.LRUCache", "cachebox_cache", "CacheboxLru", ("cachebox",)),
    LIVE("cachebox.LFUCache", "cachebox_cache", "CacheboxLfu", ("cachebox",)),
    LIVE("cachebox.FIFOCache", "cachebox_cache", "CacheboxFifo", ("cachebox",)),
    LIVE("cachebox.RRCache", "cachebox_cache", "CacheboxRr", ("cachebox",)),
    LIVE("cacheout.LFUCache", "cacheout_cache", "CacheoutLfu", ("cacheout",)),
    LIVE("cacheout.LRUCache", "cacheout_cache", "CacheoutLru", ("cacheout",)),
    LIVE("cacheout.Cache, with time", "cacheout_cache", "CacheoutTtl", ("cacheout",)),
    LIVE("cacheout.Cache, searched", "cacheout_cache", "CacheoutSearched", ("cacheout",)),
    LIVE("moka_py.Moka", "moka_cache", "MokaCache", ("moka_py",)),
    LIVE(
        "lru-dict",
        "lru_dict",
        "LruDict",
        ("lru",),
        "LruDictRepaired",
        tuple(
            Judgement(claim, "defect", POPPED, run, "lru_dict_popitem_keeps", LRU_DICT)
            for claim, run in (
                ("free_is_unreachable", (PUT, POP)),
                ("release_frees_what_it_says", (PUT, POP)),
                ("acquired_can_be_allocated", (PUT, POP, PUT, PUT_B)),
                ("empty_means_nothing_left", (PUT, POP)),
                ("nothing_left_at_end", (PUT, POP, CLOSE)),
            )
        ),
    ),
    LIVE("cachetools.LRUCache, in all ways", "lru_cache", "LruMapped", ("cachetools",)),
    LIVE("cachetools.LFUCache, in all ways", "lru_cache", "LfuMapped", ("cachetools",)),
    LIVE("cachetools.TTLCache, in all ways", "lru_cache", "TtlMapped", ("cachetools",)),
    LIVE("cachetools.cached", "memoized_of", "CachetoolsCached", ("cachetools",)),
    LIVE("cachebox.LRUCache, in all ways", "cachebox_cache", "CacheboxMapped", ("cachebox",)),
    LIVE("cachebox.LFUCache, in all ways", "cachebox_cache", "CacheboxLfuMapped", ("cachebox",)),
    LIVE("cachebox.FIFOCache, in all ways", "cachebox_cache", "CacheboxFifoMapped", ("cachebox",)),
    LIVE("cachebox.VTTLCache", "cachebox_cache", "CacheboxTimed", ("cachebox",)),
    LIVE("cachebox.LRUCache, let go of", "cachebox_cache", "CacheboxCircled", ("cachebox",)),
    LIVE(
        "cachebox.Cache",
        "cachebox_cache",
        "CacheboxFull",
        ("cachebox",),
        "CacheboxFullRepaired",
        (
            Judgement(
                "acquired_can_be_allocated",
                "defect",
                EXCEEDED,
                (PUT, PUT_B, Move("put", "a", 6)),
                "cachebox_full_is_exceeded",
            ),
        ),
    ),
    LIVE("cachebox.cached", "memoized_of", "CacheboxCached", ("cachebox",)),
    LIVE("cachebox.LRUCache that counts, in all ways", "cachebox_cache", "CacheboxCounted", ("cachebox",)),
    LIVE("cachebox.LFUCache that counts, in all ways", "cachebox_cache", "CacheboxLfuCounted", ("cachebox",)),
    LIVE("cachebox.TTLCache that counts, in all ways", "cachebox_cache", "CacheboxTtlCounted", ("cachebox",)),
    LIVE("boltons.LRU, in all ways", "boltons_lru", "BoltonsMapped", ("boltons",)),
    LIVE("boltons.LRI, in all ways", "boltons_lru", "BoltonsLriMapped", ("boltons",)),
    LIVE("boltons.LRU that makes what it has not", "boltons_lru", "BoltonsAsked", ("boltons",)),
    LIVE("boltons.cached", "memoized_of", "BoltonsCached", ("boltons",)),
    LIVE(
        "lru-dict, in all ways",
        "lru_dict",
        "LruDictMapped",
        ("lru",),
        "LruDictMappedRepaired",
        tuple(
            Judgement(claim, "defect", POPPED, run, "lru_dict_popitem_keeps", LRU_DICT)
            for claim, run in (
                ("free_is_unreachable", (PUT, POP)),
                ("release_frees_what_it_says", (PUT, POP)),
                ("acquired_can_be_allocated", (PUT, PUT_B, POP, PUT, Move("put", "c", 1))),
                ("empty_means_nothing_left", (PUT, POP)),
                ("nothing_left_at_end", (PUT, POP, CLOSE)),
            )
        ),
    ),
    LIVE(
        "lru-dict that asks what goes",
        "lru_dict",
        "LruDictAsked",
        ("lru",),
        "LruDictAskedRepaired",
        tuple(
            Judgement(claim, "defect", POPPED, run, "lru_dict_popitem_keeps", LRU_DICT)
            for claim, run in (
                ("free_is_unreachable", (PUT, POP)),
                ("release_frees_what_it_says", (PUT, POP)),
                ("acquired_can_be_allocated", (PUT, PUT_B, POP, PUT)),
                ("empty_means_nothing_left", (PUT, POP)),
                ("nothing_left_at_end", (PUT, POP, CLOSE)),
            )
        ),
    ),
    LIVE("cacheout.Cache, in all ways", "cacheout_ways", "CacheoutMapped", ("cacheout",)),
    LIVE("cacheout.LFUCache, in all ways", "cacheout_ways", "CacheoutLfuMapped", ("cacheout",)),
    LIVE("cacheout.MRUCache, in all ways", "cacheout_ways", "CacheoutMruMapped", ("cacheout",)),
    LIVE("cacheout.LIFOCache, in all ways", "cacheout_ways", "CacheoutLifoMapped", ("cacheout",)),
    LIVE("cacheout.RRCache, in all ways", "cacheout_ways", "CacheoutRrMapped", ("cacheout",)),
    LIVE("cacheout's memoize", "memoized_of", "CacheoutCached", ("cacheout",)),
    LIVE(
        "cachelib.SimpleCache, in all ways",
        "cachelib_simple",
        "CachelibSimpleMapped",
        ("cachelib",),
        "CachelibSimpleMappedRepaired",
        (Judgement("no_exception", "defect", NOT_SET, (Move("put_in_vain"),), "cachelib_unpicklable_is_set"),),
    ),
    LIVE(
        "cachelib.FileSystemCache, in all ways",
        "cachelib_file",
        "CachelibFilesMapped",
        ("cachelib",),
        "CachelibFilesMappedRepaired",
        (
            Judgement("disk_is_accounted", "defect", TEMPORARY, (Move("put_in_vain"),), "cachelib_temporary_file"),
            Judgement(
                "tables_are_emptied",
                "defect",
                TEMPORARY,
                (PUT, Move("put_in_vain"), DELETE),
                "cachelib_temporary_file",
            ),
        ),
    ),
    LIVE("moka_py.Moka, in all ways", "moka_cache", "MokaMapped", ("moka_py",)),
    LIVE("moka_py.Moka.get_with", "memoized_of", "MokaCached", ("moka_py",)),
    LIVE("aiocache.SimpleMemoryCache, in all ways", "aiocache_memory", "AioMapped", ("aiocache",)),
    LIVE("aiocache.cached", "memoized_of", "AioCached", ("aiocache",)),
    LIVE(
        "theine.Memoize",
        "memoized_of",
        "TheineCached",
        ("theine",),
        "TheineCachedRepaired",
        (Judgement("no_exception", "defect", WAITS, (Move("fail"),), "theine_waits_for_ever"),),
    ),
    LIVE(
        "theine.Memoize of a coroutine",
        "memoized_of",
        "TheineAwaited",
        ("theine",),
    ),
    LIVE(
        "diskcache.Cache, in all ways",
        "diskcache_ways",
        "DiskCacheMapped",
        ("diskcache",),
        "DiskCacheUndone",
        (
            Judgement("disk_is_accounted", "defect", UNDONE, (PUT, UNDO), "diskcache_transaction_loses"),
            Judgement("no_exception", "defect", UNDONE, (PUT, UNDO, GET), "diskcache_transaction_loses"),
        ),
    ),
    LIVE(
        "diskcache.FanoutCache",
        "diskcache_ways",
        "DiskFanout",
        ("diskcache",),
        "DiskFanoutUndone",
        (
            Judgement("disk_is_accounted", "defect", UNDONE, (PUT, UNDO), "diskcache_transaction_loses"),
            Judgement("no_exception", "defect", UNDONE, (PUT, UNDO, GET), "diskcache_transaction_loses"),
        ),
    ),
    LIVE("diskcache.Index", "diskcache_index", "DiskIndex", ("diskcache",)),
    LIVE("diskcache.Deque", "diskcache_index", "DiskDeque", ("diskcache",)),
    LIVE("zict.Buffer, in all ways", "zict_buffer", "ZictMapped", ("zict",)),
    LIVE(
        "zict.Cache",
        "zict_buffer",
        "ZictCached",
        ("zict",),
        "ZictCachedRepaired",
        (Judgement("tables_are_emptied", "defect", GENERATION, (PUT, BAD_B, DELETE), "zict_cache_keeps_generation"),),
    ),
    LIVE("dulwich's LRUCache, in all ways", "dulwich_lru", "DulwichMapped", ("dulwich",)),
    LIVE("joblib's store, reduced", "joblib_store", "JoblibReduced", ("joblib",)),
    LIVE("joblib's Memory.cache, in all ways", "joblib_store", "JoblibCached", ("joblib",)),
    LIVE("fsspec's simplecache in a temporary folder", "fsspec_simplecache", "FsspecTemporary", ("fsspec",)),
    LIVE(
        "fsspec's filecache",
        "fsspec_simplecache",
        "FsspecFileCache",
        ("fsspec",),
        "FsspecFileCacheRepaired",
        (Judgement("tables_are_emptied", "defect", COMES_BACK, (PUT, GET, DELETE), "fsspec_popped_comes_back"),),
    ),
    LIVE(
        "fsspec's filecache, written through",
        "fsspec_simplecache",
        "FsspecFileWritten",
        ("fsspec",),
        "FsspecFileWrittenRepaired",
        (
            Judgement("disk_is_accounted", "defect", WRITTEN, (PUT,), "fsspec_written_stays", FSSPEC),
            Judgement("tables_are_emptied", "defect", WRITTEN, (PUT, DELETE), "fsspec_written_stays", FSSPEC),
        ),
    ),
    LIVE(
        "fsspec's blockcache of a file system",
        "fsspec_simplecache",
        "FsspecBlockwise",
        ("fsspec",),
        "FsspecBlockwiseRepaired",
        (
            Judgement("tables_are_emptied", "defect", COMES_BACK, (PUT, GET, DELETE), "fsspec_popped_comes_back"),
            Judgement(
                "no_exception", "defect", SETS, (PUT, Move("read_part", "a"), Move("expire")), "fsspec_expiry_fails"
            ),
        ),
    ),
    LIVE("cachelib.SimpleCache for two threads", "cachelib_simple", "CachelibSimpleThreads", ("cachelib",)),
    LIVE("fsspec's readahead", "fsspec_blocks", "FsspecBlocks", ("fsspec",)),
    LIVE("fsspec's bytes", "fsspec_blocks", "FsspecBytes", ("fsspec",)),
    LIVE("fsspec's blockcache", "fsspec_blocks", "FsspecBlockCache", ("fsspec",)),
)
