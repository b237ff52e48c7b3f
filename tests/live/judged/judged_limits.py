"""Caches and decorators as targets where keys read alike, files are lost, many ask at once, or there is no limit."""

from __future__ import annotations

from functools import partial

from spillproof.properties.live.move import Move
from tests.live.judged.judged_caches import COMES_BACK
from tests.live.judged.target import DELETE, GET, PUT, Judgement, Target

LIVE = partial(Target, repairs="repaired_limits")

UNSIZED = (
    "`read_block`, and `cat_file` from the end, ask the file that they read for its `size`: a copy has none, and "
    "they raise AttributeError"
)
SIZE = "https://github.com/fsspec/filesystem_spec/pull/2168"

NOTHING = (
    "where the file ends a part without bytes is asked for: by `mmap` for a block that begins there, by `first` for "
    "whatever is read there. Over HTTP there is no such range, so that a server sends the whole file, and "
    "fsspec raises ValueError"
)
RANGES = "https://github.com/fsspec/filesystem_spec/issues/799"

NAMELESS = (
    "`memoize` makes a key of values that are given by name, and not of their names: `f(b=1)` and `f(a=1)` are one, "
    "and one is given what the other returned"
)

CALLERS = (
    "an array that is handed over stays the caller's: who writes to it afterwards changes what is stored (3.3.0, which "
    "needs Python 3.12, makes a copy)"
)
NOTES = "https://github.com/zarr-developers/zarr-python/blob/main/docs/release-notes.md"

HEARD = (
    "where the callback raises KeyError for what is known, it is taken for a key that is not there: it is told "
    "again, and the hit is counted twice (as before 4.5.1)"
)
AGAIN = "https://github.com/awolverp/cachebox/issues/20"

ASK, READ_BEYOND = Move("ask_both", "a"), Move("read_beyond", "a")

LIMITS: tuple[Target, ...] = (
    LIVE("cachetools.LRUCache, keys that read alike", "told_apart", "CachetoolsApart", ("cachetools",)),
    LIVE("cachebox.LRUCache, keys that read alike", "told_apart", "CacheboxApart", ("cachebox",)),
    LIVE("boltons.LRU, keys that read alike", "told_apart", "BoltonsApart", ("boltons",)),
    LIVE("diskcache.Cache, keys that read alike", "told_apart", "DiskApart", ("diskcache",)),
    LIVE(
        "distributed.spill.SpillBuffer, keys that read alike", "told_apart", "DaskSpillApart", ("distributed", "zict")
    ),
    LIVE("cachetools.LRUCache, unlimited", "unlimited", "CachetoolsUnlimited", ("cachetools",)),
    LIVE("cachebox.LRUCache, unlimited", "unlimited", "CacheboxUnlimited", ("cachebox",)),
    LIVE("cacheout.Cache, unlimited", "unlimited", "CacheoutUnlimited", ("cacheout",)),
    LIVE("cachelib.FileSystemCache, unlimited", "unlimited", "CachelibUnlimited", ("cachelib",)),
    LIVE("cachetools.cached, by all that is given", "memoized_calls", "CachetoolsCalls", ("cachetools",)),
    LIVE("cachetools.func.lru_cache, by all that is given", "memoized_calls", "CachetoolsTyped", ("cachetools",)),
    LIVE("cachebox.cached, by all that is given", "memoized_calls", "CacheboxCalls", ("cachebox",)),
    LIVE(
        "cachebox.cached, which tells of each call",
        "memoized_calls",
        "CacheboxHeard",
        ("cachebox",),
        "CacheboxHeardRepaired",
        (Judgement("no_exception", "defect", HEARD, (Move("hear_in_vain"),), "cachebox_tells_twice", AGAIN),),
    ),
    LIVE("cachebox.cached of a coroutine, by all that is given", "memoized_calls", "CacheboxCoroutine", ("cachebox",)),
    LIVE("boltons.cached, by all that is given", "memoized_calls", "BoltonsCalls", ("boltons",)),
    LIVE("moka_py.cached, by all that is given", "memoized_calls", "MokaCalls", ("moka_py",)),
    LIVE(
        "cacheout's memoize, by all that is given",
        "memoized_calls",
        "CacheoutCalls",
        ("cacheout",),
        "CacheoutCallsRepaired",
        (Judgement("no_exception", "defect", NAMELESS, (Move("ask_shapes"),), "cacheout_names_are_lost"),),
    ),
    LIVE("aiocache.cached, by all that is given", "memoized_calls", "AioCalls", ("aiocache",)),
    LIVE("async_lru.alru_cache, by all that is given", "memoized_calls", "AsyncLruCalls", ("async_lru",)),
    LIVE("diskcache's memoize, by all that is given", "memoized_calls", "DiskCalls", ("diskcache",)),
    LIVE("joblib's Memory.cache, by all that is given", "memoized_calls", "JoblibCalls", ("joblib",)),
    LIVE("cachebox.cached, of a coroutine, that tells of itself", "memoized_crowded", "CacheboxTelling", ("cachebox",)),
    LIVE(
        "cachebox.cached, of a coroutine, unlocked, that tells of itself",
        "memoized_crowded",
        "CacheboxTellingFree",
        ("cachebox",),
    ),
    LIVE("async_lru.alru_cache, asked by many", "memoized_crowded", "AsyncLruTelling", ("async_lru",)),
    LIVE("async_lru.alru_cache, with time, asked by many", "memoized_crowded", "AsyncLruTimed", ("async_lru",)),
    LIVE("aiocache.cached, asked by many", "memoized_crowded", "AioCrowded", ("aiocache",)),
    LIVE("cacheout's memoize, of a coroutine, asked by many", "memoized_crowded", "CacheoutCrowded", ("cacheout",)),
    LIVE("moka_py.cached, of a coroutine, asked by many", "memoized_crowded", "MokaCrowded", ("moka_py",)),
    LIVE("cachelib.FileSystemCache, damaged", "files_lost", "CachelibDamaged", ("cachelib",)),
    LIVE("cachelib's threshold, damaged", "files_lost", "CachelibDamagedFull", ("cachelib",)),
    LIVE("joblib's Memory.cache, damaged", "files_lost", "JoblibDamaged", ("joblib",)),
    LIVE("fsspec's simplecache, several at once", "files_lost", "FsspecSeveral", ("fsspec",)),
    LIVE(
        "fsspec's filecache, several at once",
        "files_lost",
        "FsspecFileSeveral",
        ("fsspec",),
        "FsspecFileSeveralRepaired",
        (Judgement("tables_are_emptied", "defect", COMES_BACK, (PUT, GET, DELETE), "fsspec_popped_comes_back"),),
    ),
    LIVE(
        "fsspec's simplecache, beside what is below",
        "fsspec_between",
        "FsspecSimpleBetween",
        ("fsspec",),
        "FsspecSimpleBetweenRepaired",
        (Judgement("no_exception", "defect", UNSIZED, (PUT, ASK), "fsspec_read_block_fails", SIZE),),
    ),
    LIVE(
        "fsspec's filecache, beside what is below",
        "fsspec_between",
        "FsspecFileBetween",
        ("fsspec",),
        "FsspecFileBetweenRepaired",
        (
            Judgement("no_exception", "defect", UNSIZED, (PUT, ASK), "fsspec_read_block_fails", SIZE),
            Judgement("tables_are_emptied", "defect", COMES_BACK, (PUT, GET, DELETE), "fsspec_popped_comes_back"),
        ),
    ),
    LIVE(
        "fsspec's filecache that looks whether files have changed",
        "fsspec_between",
        "FsspecChecked",
        ("fsspec",),
        "FsspecCheckedRepaired",
        (Judgement("tables_are_emptied", "defect", COMES_BACK, (PUT, GET, DELETE), "fsspec_popped_comes_back"),),
    ),
    LIVE(
        "fsspec's mmap",
        "fsspec_blocks",
        "FsspecMapped",
        ("fsspec",),
        "FsspecMappedRepaired",
        (Judgement("no_exception", "defect", NOTHING, (PUT, READ_BEYOND), "fsspec_asks_for_nothing", RANGES),),
    ),
    LIVE(
        "fsspec's first",
        "fsspec_blocks",
        "FsspecFirst",
        ("fsspec",),
        "FsspecFirstRepaired",
        (Judgement("no_exception", "defect", NOTHING, (PUT, READ_BEYOND), "fsspec_asks_for_nothing", RANGES),),
    ),
    LIVE("fsspec's background", "fsspec_blocks", "FsspecBackground", ("fsspec",)),
    LIVE("fsspec's all", "fsspec_blocks", "FsspecAll", ("fsspec",)),
    LIVE(
        "zarr's MemoryStore",
        "zarr_memory",
        "ZarrMemory",
        ("zarr",),
        "ZarrMemoryRepaired",
        (Judgement("no_exception", "defect", CALLERS, (Move("write_over"),), "zarr_keeps_callers", NOTES),),
    ),
    LIVE("tempfile.SpooledTemporaryFile as a file", "as_file", "AsTemporaryFile", ()),
    LIVE("boltons.SpooledBytesIO as a file", "as_file", "AsBoltonsBytes", ("boltons",)),
    LIVE("zict.File", "zict_stores", "ZictFile", ("zict",)),
    LIVE("zict.Zip", "zict_stores", "ZictZip", ("zict",)),
)
