"""Caches and decorators as targets that are watched as they choose, told of, emptied, or asked by several at once."""

from __future__ import annotations

from functools import partial

from spillproof.properties.live.move import Move
from tests.live.judged.judged_caches import LRU_DICT, POP, POPPED
from tests.live.judged.target import CLOSE, DELETE, PUT, Judgement, Target

OTHERS = (
    "who asks for what another is waiting for is told that he is cancelled where that other is: he asked for no such "
    "thing, and waits for a result that could be made"
)
KEPT = (
    "what was cancelled stays in the cache, and whoever asks for the same from then on is told that he is cancelled; "
    "it takes the place of another"
)
NOTED = (
    "where the one who asks first is cancelled, and so are those who wait, it is noted that this was cancelled, for "
    "ever, and whoever asks for the same next is told so"
)

LEAVE = (Move("leave"),)
CUT = tuple(Move("put_cancelled", key, 1, at=1) for key in "ab")
LIVE = partial(Target, repairs="repaired_ways")

WAYS: tuple[Target, ...] = (
    LIVE("cachetools.LRUCache, watched", "lru_cache", "LruOrdered", ("cachetools",)),
    LIVE("cachetools.LFUCache, watched", "lru_cache", "LfuOrdered", ("cachetools",)),
    LIVE("cachetools.FIFOCache, watched", "lru_cache", "FifoOrdered", ("cachetools",)),
    LIVE("cachetools.RRCache, emptied", "lru_cache", "RrHandled", ("cachetools",)),
    LIVE("cachetools.TTLCache, emptied", "lru_cache", "TtlHandled", ("cachetools",)),
    LIVE("cachetools.TLRUCache, emptied", "lru_cache", "TlruHandled", ("cachetools",)),
    LIVE("cachebox.LRUCache, watched", "cachebox_cache", "CacheboxLruOrdered", ("cachebox",)),
    LIVE("cachebox.LFUCache, watched", "cachebox_cache", "CacheboxLfuOrdered", ("cachebox",)),
    LIVE("cachebox.FIFOCache, watched", "cachebox_cache", "CacheboxFifoOrdered", ("cachebox",)),
    LIVE("cachebox.RRCache, emptied", "cachebox_cache", "CacheboxRrHandled", ("cachebox",)),
    LIVE("cachebox.TTLCache, emptied", "cachebox_cache", "CacheboxTtlHandled", ("cachebox",)),
    LIVE("boltons.LRU, watched", "boltons_lru", "BoltonsLruOrdered", ("boltons",)),
    LIVE("boltons.LRI, watched", "boltons_lru", "BoltonsLriOrdered", ("boltons",)),
    LIVE(
        "lru-dict, watched",
        "lru_dict",
        "LruDictOrdered",
        ("lru",),
        "LruDictOrderedRepaired",
        tuple(
            Judgement(claim, "defect", POPPED, run, "lru_dict_popitem_keeps", LRU_DICT)
            for claim, run in (
                ("free_is_unreachable", (PUT, POP)),
                ("release_frees_what_it_says", (PUT, POP)),
                ("empty_means_nothing_left", (PUT, POP)),
                ("nothing_left_at_end", (PUT, POP, CLOSE)),
            )
        ),
    ),
    LIVE("cacheout.LRUCache, watched", "cacheout_ways", "CacheoutLruOrdered", ("cacheout",)),
    LIVE("cacheout.LFUCache, watched", "cacheout_ways", "CacheoutLfuOrdered", ("cacheout",)),
    LIVE("cacheout.Cache, watched", "cacheout_ways", "CacheoutOrdered", ("cacheout",)),
    LIVE("cacheout.MRUCache, watched", "cacheout_ways", "CacheoutMruOrdered", ("cacheout",)),
    LIVE("cacheout.LIFOCache, watched", "cacheout_ways", "CacheoutLifoOrdered", ("cacheout",)),
    LIVE("dulwich's LRUCache, watched", "dulwich_lru", "DulwichOrdered", ("dulwich",)),
    LIVE("theine.Cache, in all ways of time", "theine_cache", "TheineTimed", ("theine",)),
    LIVE("distributed.spill.SpillBuffer, in all ways", "spill_buffer", "DaskSpillMapped", ("distributed", "zict")),
    LIVE("diskcache.Cache with a limit", "diskcache_culled", "DiskCulled", ("diskcache",)),
    LIVE("diskcache.Cache with a limit, watched", "diskcache_culled", "DiskCulledUsed", ("diskcache",)),
    LIVE("diskcache's recipes", "diskcache_culled", "DiskRecipes", ("diskcache",)),
    LIVE("diskcache's memoize", "memoized_ways", "DiskMemoized", ("diskcache",)),
    LIVE("diskcache's memoize_stampede", "memoized_ways", "DiskStampede", ("diskcache",)),
    LIVE("cachetools.cached that tells of itself", "memoized_ways", "CachetoolsInformed", ("cachetools",)),
    LIVE(
        "cachetools.cached that tells of itself, with a lock",
        "memoized_ways",
        "CachetoolsInformedLocked",
        ("cachetools",),
    ),
    LIVE(
        "cachetools.cached that tells of itself, where one asks",
        "memoized_ways",
        "CachetoolsInformedTogether",
        ("cachetools",),
    ),
    LIVE("cachebox.cached that tells of itself", "memoized_ways", "CacheboxInformed", ("cachebox",)),
    LIVE("cachebox.cached, unlocked, that tells of itself", "memoized_ways", "CacheboxInformedFree", ("cachebox",)),
    LIVE("cachetools.cachedmethod", "memoized_ways", "CachetoolsMethod", ("cachetools",)),
    LIVE("cachebox.cached, of a method", "memoized_ways", "CacheboxMethod", ("cachebox",)),
    LIVE("boltons.cachedmethod", "memoized_ways", "BoltonsMethod", ("boltons",)),
    LIVE("moka_py.cached", "memoized_ways", "MokaDecorated", ("moka_py",)),
    LIVE(
        "cachebox.cached, of a coroutine",
        "memoized_awaited",
        "CacheboxAwaited",
        ("cachebox",),
        "CacheboxAwaitedRepaired",
        (
            Judgement("no_exception", "defect", OTHERS, LEAVE, "cachebox_cancels_others"),
            Judgement(
                "tables_are_emptied", "defect", NOTED, (PUT, Move("leave_alone"), DELETE), "cachebox_notes_cancelled"
            ),
        ),
    ),
    LIVE("aiocache.cached, of a coroutine", "memoized_awaited", "AioAwaited", ("aiocache",)),
    LIVE("aiocache.cached_stampede", "memoized_awaited", "AioStampede", ("aiocache",)),
    LIVE("cacheout's memoize, of a coroutine, cached", "memoized_awaited", "CacheoutAwaited", ("cacheout",)),
    LIVE(
        "theine.Memoize of a coroutine that is cancelled",
        "memoized_awaited",
        "TheineCancelled",
        ("theine",),
        "TheineCancelledRepaired",
        (Judgement("no_exception", "defect", OTHERS, LEAVE, "theine_cancels_others"),),
    ),
    LIVE("moka_py.cached, of a coroutine", "memoized_awaited", "MokaAwaited", ("moka_py",)),
    LIVE(
        "moka_py.cached, of a coroutine, where one asks",
        "memoized_awaited",
        "MokaTogether",
        ("moka_py",),
        "MokaTogetherRepaired",
        (
            Judgement("no_exception", "defect", f"{OTHERS}; {KEPT}", LEAVE, "moka_cancels_others"),
            Judgement(
                "nothing_that_fits_is_dropped",
                "defect",
                KEPT,
                (*CUT, Move("put", "c", 1)),
                "moka_cancels_others",
            ),
        ),
    ),
    LIVE("async_lru.alru_cache", "memoized_awaited", "AsyncLru", ("async_lru",)),
)
