"""The defects of older releases that are looked for, in the order in which they were chosen, and what came of it.

`known.py` looks for them, and writes the page.
"""

from __future__ import annotations

from typing import NamedTuple


class Defect(NamedTuple):
    """A defect that is known from a changelog or an issue."""

    what: str
    link: str
    target: str
    """The target by whose adapter it is looked for."""
    claims: tuple[str, ...]
    """The claims of which one at least it violates, by reasoning."""
    broken: tuple[str, ...]
    """What is installed: first the release that has it."""
    repaired: tuple[str, ...]
    """The same with the release that repairs it; nothing where there is none yet."""
    needs: tuple[str, ...] = ()
    """One of these must be in a step of the run, or it shows another defect."""


HEAPDICT, DASK = "HeapDict==1.0.1", "dask==2022.7.1"

GITHUB = "https://github.com"

BEFORE: tuple[Defect, ...] = (
    Defect(
        "a value that grows in its place evicts another, though there is room",
        f"{GITHUB}/tkem/cachetools/issues/405",
        "cachetools.LRUCache",
        ("nothing_that_fits_is_dropped",),
        ("cachetools==7.1.4",),
        ("cachetools==8.0.2",),
    ),
    Defect(
        "whoever asks for a key that is not there has it counted, and the cache outgrows its size",
        f"{GITHUB}/dgilland/cacheout/issues/9",
        "cacheout.LFUCache",
        ("acquired_can_be_allocated", "no_exception"),
        ("cacheout==0.11.1",),
        ("cacheout==0.11.2",),
        ("get_missing",),
    ),
    Defect(
        "a large value that replaces a small one goes to disk, and the small one stays in memory and is given out",
        f"{GITHUB}/dask/zict/pull/32",
        "zict.Buffer",
        ("no_record_lost_or_repeated", "free_is_unreachable"),
        ("zict==1.0.0", HEAPDICT),
        ("zict==3.0.0",),
    ),
    Defect(
        "two threads meet in a buffer: KeyError, and what one of them reads is lost",
        f"{GITHUB}/dask/zict/issues/69",
        "zict.Buffer",
        ("no_exception", "no_record_lost_or_repeated", "free_is_unreachable", "counters_balance"),
        ("zict==2.2.0", HEAPDICT),
        ("zict==3.0.0",),
        ("‖",),
    ),
    Defect(
        "what is spilled is measured in items and not in bytes",
        f"{GITHUB}/dask/distributed/pull/6789",
        "distributed.spill.SpillBuffer",
        ("disk_is_accounted",),
        ("distributed==2022.7.1", DASK, "zict==2.2.0", HEAPDICT, "tblib", "sortedcontainers"),
        ("distributed==2022.8.0", "dask==2022.8.0", "zict==2.2.0", HEAPDICT, "tblib", "sortedcontainers"),
    ),
    Defect(
        "all caches in memory are one",
        f"{GITHUB}/aio-libs/aiocache/pull/562",
        "aiocache.SimpleMemoryCache",
        ("free_is_unreachable", "empty_means_nothing_left", "nothing_left_at_end"),
        ("aiocache==0.11.1",),
        ("aiocache==0.12.0",),
    ),
    Defect(
        "a file that is overwritten is counted once more, so that values go too early",
        f"{GITHUB}/pallets-eco/cachelib/issues/18",
        "cachelib's threshold",
        ("nothing_that_fits_is_dropped",),
        ("cachelib==0.1.1",),
        ("cachelib==0.3.0",),
    ),
    Defect(
        "the collector of garbage does not see what a cache has",
        f"{GITHUB}/awolverp/cachebox/issues/55",
        "cachebox.LRUCache",
        ("free_is_unreachable", "no_exception"),
        ("cachebox==6.0.0",),
        ("cachebox==6.1.0",),
    ),
)
"""Chosen, by what was reported of them, before any was run; afterwards adapters and the search were changed."""

AFTER: tuple[Defect, ...] = (
    Defect(
        "a value that is replaced is no longer given out, and stays in the dictionary below",
        f"{GITHUB}/mahmoud/boltons/issues/348",
        "boltons.LRU",
        ("free_is_unreachable", "release_frees_what_it_says"),
        ("boltons==23.0.0",),
        ("boltons==23.1.0",),
    ),
    Defect(
        "some sequences of keys end with KeyError",
        f"{GITHUB}/mahmoud/boltons/issues/55",
        "boltons.LRU of three",
        ("no_exception",),
        ("boltons==15.1.1",),
        ("boltons==16.0.0",),
    ),
    Defect(
        "two threads that fill a cache: KeyError",
        f"{GITHUB}/mahmoud/boltons/issues/52",
        "boltons.LRU",
        ("no_exception",),
        ("boltons==15.1.0",),
        ("boltons==15.1.1",),
        ("‖",),
    ),
    Defect(
        "what comes after the first value that is dropped ends with KeyError",
        f"{GITHUB}/mahmoud/boltons/issues/21",
        "boltons.LRU",
        ("no_exception",),
        ("boltons==0.6.0",),
        ("boltons==16.0.0",),
        ("put(b",),
    ),
    Defect(
        "what cannot be pickled, or moved to a full disk, is lost",
        f"{GITHUB}/dask/zict/pull/48",
        "zict.Buffer",
        ("no_record_lost_or_repeated", "no_exception", "counters_balance", "free_is_unreachable"),
        ("zict==2.0.0", HEAPDICT),
        ("zict==2.1.0", HEAPDICT),
        ("disk", "unpicklable"),
    ),
    Defect(
        "the state of a buffer is wrong where it begins with something in it",
        f"{GITHUB}/dask/zict/pull/77",
        "zict.Buffer, begun anew",
        ("free_is_unreachable", "no_exception", "counters_balance"),
        ("zict==2.2.0", HEAPDICT),
        ("zict==3.0.0",),
        ("reopen",),
    ),
    Defect(
        "the number of files is lost, so that more of them stay than the threshold allows",
        f"{GITHUB}/pallets-eco/cachelib/pull/52",
        "cachelib's threshold",
        ("acquired_can_be_allocated",),
        ("cachelib==0.2.0",),
        ("cachelib==0.3.0",),
    ),
)
"""Chosen in the same way when all that had been changed, and before any of these was run."""

NUMPY = ("numpy", "packaging", "numcodecs", "google-crc32c", "donfig", "pyyaml", "typing-extensions")
OLD_NUMPY = ("numpy==1.26.4", "numcodecs==0.11.0", "asciitree", "fasteners", "entrypoints", "packaging")

KINDS: tuple[Defect, ...] = (
    Defect(
        "a value that has had its time when it comes leaves the old one under its key",
        f"{GITHUB}/tkem/cachetools/issues/406",
        "cachetools.TLRUCache",
        ("no_record_lost_or_repeated",),
        ("cachetools==7.1.4",),
        ("cachetools==8.0.2",),
    ),
    Defect(
        "the timer of a value that was replaced goes on, and removes the new one",
        f"{GITHUB}/aio-libs/aiocache/pull/424",
        "aiocache.SimpleMemoryCache, with time",
        ("no_exception", "tables_are_emptied"),
        ("aiocache==0.10.0",),
        ("aiocache==0.10.1",),
        ("put",),
    ),
    Defect(
        "a value for which `if value` is false is deleted, and its timer stays",
        f"{GITHUB}/aio-libs/aiocache/pull/508",
        "aiocache.SimpleMemoryCache of several keys",
        ("tables_are_emptied",),
        ("aiocache==0.11.1",),
        ("aiocache==0.12.0",),
        ("falsy",),
    ),
    Defect(
        "a lock that is given back leaves its timer",
        f"{GITHUB}/aio-libs/aiocache/pull/807",
        "aiocache.SimpleMemoryCache of several keys",
        ("tables_are_emptied",),
        ("aiocache==0.12.2",),
        ("aiocache==0.12.3",),
        ("lock",),
    ),
    Defect(
        "a cache that is empty cannot be emptied",
        f"{GITHUB}/dask/cachey/pull/6",
        "cachey.Cache",
        ("no_exception",),
        ("cachey==0.1.1", HEAPDICT),
        ("cachey==0.2.1", HEAPDICT),
        ("empty", "close"),
    ),
    Defect(
        "a key that has had its time is said to be there",
        f"{GITHUB}/dgilland/cacheout/issues/14",
        "cacheout.Cache, with time",
        ("no_exception",),
        ("cacheout==0.11.2",),
        ("cacheout==0.12.0",),
        ("wait",),
    ),
    Defect(
        "what has had its time goes while keys are searched for, which ends with RuntimeError",
        f"{GITHUB}/dgilland/cacheout/issues/17",
        "cacheout.Cache, searched",
        ("no_exception",),
        ("cacheout==0.12.1",),
        ("cacheout==0.13.0",),
        ("wait",),
    ),
    Defect(
        "a key that is put again is noted again, and what is deleted is not forgotten",
        f"{GITHUB}/mahmoud/boltons/issues/155",
        "boltons.LRI",
        ("no_exception", "tables_are_emptied"),
        ("boltons==18.0.0",),
        ("boltons==19.0.0",),
    ),
    Defect(
        "what has had its time is in the way of what is added",
        f"{GITHUB}/pallets-eco/cachelib/pull/449",
        "cachelib.SimpleCache, with time",
        ("no_exception",),
        ("cachelib==0.13.0",),
        ("cachelib==0.14.0",),
        ("wait",),
    ),
    Defect(
        "a store with nothing in it cannot be reduced",
        f"{GITHUB}/joblib/joblib/pull/1503",
        "joblib's store",
        ("no_exception",),
        ("joblib==1.3.2",),
        ("joblib==1.4.0",),
        ("reduce",),
    ),
    Defect(
        "a value is taken out, and its file is removed before it is read",
        f"{GITHUB}/grantjenks/python-diskcache/commit/a6caf68",
        "diskcache.Cache",
        ("no_exception",),
        ("diskcache==2.4.1",),
        ("diskcache==5.6.3",),
        ("take_out",),
    ),
    Defect(
        "what is looked at in a queue goes, where it has a file",
        f"{GITHUB}/grantjenks/python-diskcache/pull/288",
        "diskcache.Cache as a queue",
        ("disk_is_accounted", "no_record_lost_or_repeated", "no_exception"),
        ("diskcache==5.6.1",),
        ("diskcache==5.6.3",),
        ("look",),
    ),
    Defect(
        "a cache on disk that has something already is counted from nothing",
        f"{GITHUB}/zarr-developers/zarr-python/issues/4282",
        "zarr's CacheStore on disk",
        ("disk_is_accounted", "disk_stays_within_capacity"),
        ("zarr==3.1.6", *NUMPY),
        (),
        ("reopen",),
    ),
    Defect(
        "a cache of two values ends the process (a panic)",
        f"{GITHUB}/Yiling-J/theine-core/issues/9",
        "theine.Cache, full",
        ("no_exception",),
        ("theine==0.4.2", "theine-core==0.4.3"),
        ("theine==0.4.4", "theine-core==0.4.5"),
    ),
)
"""Chosen from changelogs and issues to learn what kinds of steps and values the adapters lacked."""

FRESH: tuple[Defect, ...] = (
    Defect(
        "what is written through the cache stays in it when it is removed",
        f"{GITHUB}/fsspec/filesystem_spec/issues/2105",
        "fsspec's simplecache, written through",
        ("disk_is_accounted", "tables_are_emptied"),
        ("fsspec==2026.9.0",),
        (),
    ),
    Defect(
        "who reads while walking over a cache does not meet every key",
        f"{GITHUB}/awolverp/cachebox/issues/75",
        "cachebox.LRUCache",
        ("no_exception",),
        ("cachebox==6.2.2",),
        ("cachebox==6.2.5",),
        ("walk",),
    ),
    Defect(
        "what cannot be pickled is said to be stored",
        f"{GITHUB}/joblib/joblib/pull/1359",
        "joblib's store",
        ("no_record_lost_or_repeated", "no_exception"),
        ("joblib==1.2.0",),
        ("joblib==1.3.0",),
        ("unpicklable",),
    ),
    Defect(
        "what is written last is not in the file",
        f"{GITHUB}/Kludex/python-multipart/pull/13",
        "python-multipart's File",
        ("no_record_lost_or_repeated", "disk_is_accounted"),
        ("python-multipart==0.0.4", "six"),
        ("python-multipart==0.0.5", "six"),
    ),
    Defect(
        "two threads remove the same file",
        f"{GITHUB}/dask/zict/pull/33",
        "zict.Buffer",
        ("no_exception",),
        ("zict==1.0.0", HEAPDICT),
        ("zict==2.0.0", HEAPDICT),
        ("‖",),
    ),
    Defect(
        "whoever asks with a default for a key that is not there gets KeyError",
        f"{GITHUB}/dgilland/cacheout/blob/master/CHANGELOG.rst",
        "cacheout.LRUCache",
        ("no_exception",),
        ("cacheout==0.10.1",),
        ("cacheout==0.10.2",),
        ("missing",),
    ),
    Defect(
        "what is read back from disk is a second copy of what somebody still holds",
        f"{GITHUB}/dask/distributed/pull/5936",
        "distributed.spill.SpillBuffer",
        ("free_is_unreachable", "acquired_can_be_allocated"),
        ("distributed==2022.3.0", "dask==2022.3.0", "zict==2.1.0", HEAPDICT, "tblib", "sortedcontainers"),
        ("distributed==2022.5.0", "dask==2022.5.0", "zict==2.2.0", HEAPDICT, "tblib", "sortedcontainers"),
        ("keep",),
    ),
)
"""Chosen when the adapters had been widened for those, and before any of these was run."""

WIDER: tuple[Defect, ...] = (
    Defect(
        "a function that fails leaves the lock of its key",
        f"{GITHUB}/awolverp/cachebox/commit/7d05fe9",
        "cachebox.cached",
        ("tables_are_emptied", "no_exception"),
        ("cachebox==6.2.1",),
        ("cachebox==6.2.2",),
        ("fail",),
    ),
    Defect(
        "what makes a value for `setdefault_with` waits for ever where it asks the cache",
        f"{GITHUB}/awolverp/cachebox/pull/68",
        "cachebox.LRUCache, in all ways",
        ("no_exception",),
        ("cachebox==6.2.2",),
        ("cachebox==6.2.4",),
    ),
    Defect(
        "who reads beyond the end of a file that is cached in blocks gets an error",
        f"{GITHUB}/fsspec/filesystem_spec/pull/2081",
        "fsspec's blockcache",
        ("no_exception",),
        ("fsspec==2026.6.0",),
        ("fsspec==2026.7.0",),
        ("read",),
    ),
    Defect(
        "what is written through the cache leaves its temporary file",
        f"{GITHUB}/fsspec/filesystem_spec/pull/1006",
        "fsspec's simplecache, written through",
        ("tables_are_emptied", "disk_is_accounted"),
        ("fsspec==2022.7.1",),
        ("fsspec==2022.8.1",),
    ),
    Defect(
        "who has a file forgotten that is not in the cache gets an error",
        f"{GITHUB}/fsspec/filesystem_spec/pull/855",
        "fsspec's filecache",
        ("no_exception",),
        ("fsspec==2021.11.1",),
        ("fsspec==2022.1.0",),
    ),
    Defect(
        "a value that has had its time is removed as it is read, and is counted on",
        f"{GITHUB}/pallets-eco/cachelib/issues/20",
        "cachelib's threshold, with time",
        ("nothing_that_fits_is_dropped", "no_exception"),
        ("cachelib==0.1.1",),
        ("cachelib==0.2.0",),
        ("wait",),
    ),
    Defect(
        "who is told that a value goes, and puts another, ends the process",
        f"{GITHUB}/amitdev/lru-dict/pull/69",
        "lru-dict that asks what goes",
        ("no_exception",),
        ("lru-dict==1.3.0",),
        ("lru-dict==1.4.1",),
    ),
    Defect(
        "whoever asks again for what a coroutine failed for waits for ever",
        f"{GITHUB}/Yiling-J/theine/issues/34",
        "theine.Memoize of a coroutine",
        ("no_exception",),
        ("theine==0.4.4", "theine-core==0.4.5"),
        ("theine==0.5.0", "theine-core==0.4.5"),
        ("fail",),
    ),
)
"""Chosen when the adapters drove nearly all that their packages offer, and before any of these was run."""

ONCE_MORE: tuple[Defect, ...] = (
    Defect(
        "two threads at a cache for one process: RuntimeError, and what is removed is removed twice",
        f"{GITHUB}/pallets-eco/cachelib/issues/446",
        "cachelib.SimpleCache for two threads",
        ("no_exception",),
        ("cachelib==0.14.0",),
        ("cachelib==0.15.4",),
        ("‖",),
    ),
    Defect(
        "the folders of files that are removed stay, until the disk has no inode left",
        f"{GITHUB}/grantjenks/python-diskcache/issues/220",
        "diskcache.Cache",
        ("tables_are_emptied",),
        ("diskcache==5.2.1",),
        ("diskcache==5.3.0",),
    ),
    Defect(
        "what is in a cache of blocks cannot be noted by who opens it again (a list, and no set)",
        f"{GITHUB}/fsspec/filesystem_spec/issues/1555",
        "fsspec's blockcache of a file system",
        ("no_exception",),
        ("fsspec==2024.3.1",),
        ("fsspec==2024.5.0",),
    ),
    Defect(
        "the thread that reads ahead stays when the file is closed",
        f"{GITHUB}/fsspec/filesystem_spec/pull/2069",
        "fsspec's blockcache",
        ("tables_are_emptied", "free_is_unreachable"),
        ("fsspec==2026.6.0",),
        ("fsspec==2026.7.0",),
    ),
    Defect(
        "who is cancelled while a function works leaves the lock of its key",
        f"{GITHUB}/awolverp/cachebox/commit/a4f4787",
        "cachebox.cached, of a coroutine",
        ("tables_are_emptied",),
        ("cachebox==6.2.1",),
        ("cachebox==6.2.2",),
        ("cancelled",),
    ),
    Defect(
        "a cache that holds itself to be too large has nothing left to remove: IndexError",
        f"{GITHUB}/dask/cachey/pull/15",
        "cachey.Cache",
        ("no_exception",),
        ("cachey==0.1.1", HEAPDICT),
        ("cachey==0.2.1", HEAPDICT),
        ("put", "resize"),
    ),
    Defect(
        "two threads make room at once, as what makes room is not locked",
        f"{GITHUB}/dask/partd/pull/15",
        "partd.Buffer for two threads",
        ("no_exception", "no_record_lost_or_repeated", "counters_balance", "free_is_unreachable"),
        ("partd==0.3.5", "toolz", "locket"),
        ("partd==0.3.6", "toolz", "locket"),
        ("‖",),
    ),
    Defect(
        "what is written through a cache of files cannot be written",
        f"{GITHUB}/fsspec/filesystem_spec/pull/1622",
        "fsspec's filecache, written through",
        ("no_exception",),
        ("fsspec==2024.6.0",),
        ("fsspec==2024.6.1",),
    ),
)
"""Chosen from changelogs when what is done with the packages stood as it is, and before any of these was run."""

FIRST_AGAIN: tuple[Defect, ...] = (
    Defect(
        "what is put with `set_many` is not counted, and the cache outgrows its size",
        f"{GITHUB}/dgilland/cacheout/pull/43",
        "cacheout.LFUCache, in all ways",
        ("acquired_can_be_allocated", "no_exception"),
        ("cacheout==0.16.0",),
        ("cacheout==0.17.0",),
        ("put_many",),
    ),
    Defect(
        "a copy has the values of the cache that was copied, and a number of its own",
        f"{GITHUB}/tkem/cachetools/blob/master/CHANGELOG.rst",
        "cachetools.FIFOCache",
        ("no_exception", "no_record_lost_or_repeated", "empty_means_nothing_left", "nothing_that_fits_is_dropped"),
        ("cachetools==7.3.0",),
        ("cachetools==7.3.2",),
        ("copy",),
    ),
    Defect(
        "what is counted as in memory is lost when a buffer is pickled",
        f"{GITHUB}/dask/partd/pull/12",
        "partd.Buffer",
        ("no_exception", "free_is_unreachable", "counters_balance"),
        ("partd==0.3.4", "toolz", "locket"),
        ("partd==0.3.5", "toolz", "locket"),
        ("restore",),
    ),
    Defect(
        "where something has had its time, other values go as well to make room",
        f"{GITHUB}/pallets-eco/cachelib/pull/26",
        "cachelib.SimpleCache, with time",
        ("nothing_that_fits_is_dropped", "no_exception"),
        ("cachelib==0.1.1",),
        ("cachelib==0.2.0",),
        ("wait",),
    ),
    Defect(
        "a part that is read is kept as the whole",
        f"{GITHUB}/zarr-developers/zarr-python/pull/3710",
        "zarr's CacheStore on disk",
        ("no_record_lost_or_repeated", "no_exception"),
        ("zarr==3.1.5", *NUMPY),
        ("zarr==3.1.6", *NUMPY),
        ("read_part",),
    ),
    Defect(
        "what is spilled is measured as it was in memory, and not as it is on disk",
        f"{GITHUB}/dask/distributed/pull/5805",
        "distributed.spill.SpillBuffer",
        ("disk_is_accounted",),
        ("distributed==2022.2.0", "dask==2022.2.0", "zict==2.1.0", HEAPDICT, "tblib", "sortedcontainers"),
        ("distributed==2022.2.1", "dask==2022.2.1", "zict==2.1.0", HEAPDICT, "tblib", "sortedcontainers"),
    ),
    Defect(
        "what a function failed with is kept for ever",
        f"{GITHUB}/awolverp/cachebox/issues/57",
        "cachebox.cached",
        ("tables_are_emptied", "no_exception"),
        ("cachebox==6.1.0",),
        ("cachebox==6.1.1",),
    ),
    Defect(
        "a file of one block is said to be in the cache before anything was read",
        f"{GITHUB}/fsspec/filesystem_spec/pull/802",
        "fsspec's blockcache of a file system",
        ("no_record_lost_or_repeated", "no_exception"),
        ("fsspec==2021.10.0",),
        ("fsspec==2021.10.1",),
    ),
)
"""Chosen afresh from changelogs, issues and histories, of memory, sizes and files, before any of these was run."""

LAST_OF_ALL: tuple[Defect, ...] = (
    Defect(
        "the folder for a time stays, with all copies, when the file system goes",
        f"{GITHUB}/fsspec/filesystem_spec/pull/1354",
        "fsspec's simplecache in a temporary folder",
        ("disk_is_accounted", "tables_are_emptied", "nothing_left_at_end"),
        ("fsspec==2023.9.0",),
        ("fsspec==2023.9.1",),
    ),
    Defect(
        "where several values come at once, the pickles of all are in memory",
        f"{GITHUB}/dask/zict/pull/64",
        "zict.Buffer, in all ways",
        ("free_is_unreachable", "acquired_can_be_allocated"),
        ("zict==2.1.0", HEAPDICT),
        ("zict==2.2.0", HEAPDICT),
    ),
    Defect(
        "what a function failed with is kept until it is asked again",
        f"{GITHUB}/awolverp/cachebox/issues/23",
        "cachebox.cached",
        ("tables_are_emptied", "no_exception"),
        ("cachebox==4.5.2",),
        ("cachebox==4.5.3",),
    ),
    Defect(
        "what is stored after the store was cleared is never found",
        f"{GITHUB}/joblib/joblib/pull/1289",
        "joblib's Memory.cache, in all ways",
        ("no_exception", "no_record_lost_or_repeated"),
        ("joblib==1.1.0",),
        ("joblib==1.2.0",),
    ),
    Defect(
        "a value whose time cannot be reckoned stays without any",
        f"{GITHUB}/tkem/cachetools/blob/master/CHANGELOG.rst",
        "cachetools.TTLCache, in all ways",
        ("no_exception", "tables_are_emptied", "empty_means_nothing_left"),
        ("cachetools==7.2.1",),
        ("cachetools==7.2.2",),
    ),
    Defect(
        "what cannot be pickled ends with UnboundLocalError",
        f"{GITHUB}/pallets-eco/cachelib/pull/448",
        "cachelib.SimpleCache, in all ways",
        ("no_exception",),
        ("cachelib==0.13.0",),
        ("cachelib==0.14.0",),
    ),
    Defect(
        "what cannot be pickled ends with RecursionError",
        f"{GITHUB}/dask/distributed/pull/8404",
        "distributed.spill.SpillBuffer",
        ("no_exception", "no_record_lost_or_repeated"),
        ("distributed==2023.12.0", "dask==2023.12.0", "zict==3.0.0", "tblib==3.0.0", "sortedcontainers"),
        ("distributed==2023.12.1", "dask==2023.12.1", "zict==3.0.0", "tblib==3.0.0", "sortedcontainers"),
        ("unpicklable",),
    ),
)
"""Chosen in the same way when kinds had been mended for those, and before any of these was run."""

WATCHED: tuple[Defect, ...] = (
    Defect(
        "what a function was asked for in vain is not counted, where there is no lock",
        f"{GITHUB}/awolverp/cachebox/commit/b8a5184",
        "cachebox.cached, unlocked, that tells of itself",
        ("no_exception",),
        ("cachebox==6.2.1",),
        ("cachebox==6.2.2",),
        ("count",),
    ),
    Defect(
        "what a coroutine failed with is kept until it is asked again",
        f"{GITHUB}/aio-libs/async-lru/pull/595",
        "async_lru.alru_cache",
        ("tables_are_emptied", "no_exception", "empty_means_nothing_left"),
        ("async-lru==2.0.4", "typing-extensions"),
        ("async-lru==2.0.5", "typing-extensions"),
        ("fail",),
    ),
    Defect(
        "a coroutine goes on, and its result is kept, where all who waited for it were cancelled",
        f"{GITHUB}/aio-libs/async-lru/blob/master/CHANGES.rst",
        "async_lru.alru_cache",
        ("no_exception", "tables_are_emptied", "free_is_unreachable"),
        ("async-lru==2.0.5", "typing-extensions"),
        ("async-lru==2.1.0", "typing-extensions"),
        ("cancelled", "leave"),
    ),
    Defect(
        "a copy has the order of the cache that was copied, and changes it",
        f"{GITHUB}/tkem/cachetools/blob/master/CHANGELOG.rst",
        "cachetools.LRUCache, watched",
        ("no_exception", "no_record_lost_or_repeated", "empty_means_nothing_left", "nothing_that_fits_is_dropped"),
        ("cachetools==8.0.0",),
        ("cachetools==8.0.1",),
        ("copy",),
    ),
    Defect(
        "the blocks that were read are noted in a set that nobody looks at, once the table was saved",
        f"{GITHUB}/fsspec/filesystem_spec/issues/845",
        "fsspec's blockcache of a file system",
        ("no_record_lost_or_repeated", "no_exception"),
        ("fsspec==2021.11.1",),
        ("fsspec==2022.1.0",),
        ("open_only", "read_part", "get"),
    ),
    Defect(
        "a method whose results are kept is not given its object",
        f"{GITHUB}/awolverp/cachebox/issues/10",
        "cachebox.cached, of a method",
        ("no_exception",),
        ("cachebox==4.1.0",),
        ("cachebox==4.1.1",),
    ),
    Defect(
        "whoever reads line by line gets an error, or not all",
        f"{GITHUB}/mahmoud/boltons/blob/master/CHANGELOG.md",
        "boltons.SpooledBytesIO",
        ("no_exception", "no_record_lost_or_repeated"),
        ("boltons==17.1.0",),
        ("boltons==18.0.0",),
        ("pull", "issue"),
    ),
    Defect(
        "a file that is read through the cache stays open",
        f"{GITHUB}/fsspec/filesystem_spec/pull/1016",
        "fsspec's simplecache",
        ("tables_are_emptied", "no_exception"),
        ("fsspec==2022.7.1",),
        ("fsspec==2022.8.1",),
    ),
)
"""Chosen when adapters watched the order in which values go, and drove decorators, before any of these was run."""

BLIND: tuple[Defect, ...] = (
    Defect(
        "what a cache of a store has forgotten is counted on",
        f"{GITHUB}/zarr-developers/zarr-python/issues/1076",
        "zarr.LRUStoreCache",
        ("no_exception", "free_is_unreachable", "counters_balance", "empty_means_nothing_left"),
        ("zarr==2.12.0", *OLD_NUMPY),
        ("zarr==2.13.0", *OLD_NUMPY),
        ("invalidate",),
    ),
    Defect(
        "what has no room any more when its coroutine has ended raises KeyError, where values have a time",
        f"{GITHUB}/aio-libs/async-lru/issues/480",
        "async_lru.alru_cache, with time, asked by many",
        ("no_exception",),
        ("async-lru==2.0.2", "typing-extensions"),
        ("async-lru==2.0.3", "typing-extensions"),
    ),
    Defect(
        "a file that is cut short ends with EOFError for whoever asks for it",
        f"{GITHUB}/pallets-eco/cachelib/pull/51",
        "cachelib.FileSystemCache, damaged",
        ("no_exception",),
        ("cachelib==0.2.0",),
        ("cachelib==0.3.0",),
    ),
    Defect(
        "what a coroutine is asked for in vain is counted as found, where there is no lock",
        f"{GITHUB}/awolverp/cachebox/pull/79",
        "cachebox.cached, of a coroutine, unlocked, that tells of itself",
        ("no_exception",),
        ("cachebox==6.2.5",),
        ("cachebox==6.2.6",),
        ("count",),
    ),
    Defect(
        "parts of several files are read where the files themselves are, and not where their copies are",
        f"{GITHUB}/fsspec/filesystem_spec/pull/1892",
        "fsspec's simplecache, several at once",
        ("no_exception", "no_record_lost_or_repeated"),
        ("fsspec==2025.7.0",),
        ("fsspec==2026.9.0",),
    ),
    Defect(
        "a cache without a limit that is asked whether it is full raises TypeError",
        f"{GITHUB}/dgilland/cacheout/blob/master/CHANGELOG.rst",
        "cacheout.Cache, unlimited",
        ("no_exception",),
        ("cacheout==0.12.1",),
        ("cacheout==0.13.0",),
        ("ask",),
    ),
    Defect(
        "a cache that was emptied cannot say how many values it has (a panic)",
        f"{GITHUB}/Yiling-J/theine-core/pull/10",
        "theine.Cache, emptied",
        ("no_exception",),
        ("theine==0.4.1", "theine-core==0.4.1"),
        ("theine==0.4.4", "theine-core==0.4.5"),
    ),
)
"""Chosen from changelogs and histories, for what an adapter may lack, before any of these was run."""

NEXT: tuple[Defect, ...] = (
    Defect(
        "a class is no value of a cache, and no key: TypeError",
        f"{GITHUB}/awolverp/cachebox/issues/43",
        "cachebox.LRUCache, keys that read alike",
        ("no_exception",),
        ("cachebox==5.2.1",),
        ("cachebox==6.0.0",),
    ),
    Defect(
        "a cache of coroutines cannot be emptied while one works",
        f"{GITHUB}/aio-libs/async-lru/pull/506",
        "async_lru.alru_cache, asked by many",
        ("no_exception",),
        ("async-lru==2.0.3", "typing-extensions"),
        ("async-lru==2.0.4", "typing-extensions"),
    ),
    Defect(
        "several files that are read at once are others",
        f"{GITHUB}/fsspec/filesystem_spec/pull/719",
        "fsspec's filecache, several at once",
        ("no_exception", "no_record_lost_or_repeated"),
        ("fsspec==2021.7.0",),
        ("fsspec==2021.8.1",),
        ("read_several",),
    ),
    Defect(
        "who reads to the end of a file, of which the beginning is kept, gets TypeError",
        f"{GITHUB}/fsspec/filesystem_spec/pull/2082",
        "fsspec's first",
        ("no_exception",),
        ("fsspec==2026.6.0",),
        ("fsspec==2026.7.0",),
        ("read",),
    ),
)
"""Four more, chosen in the same way when the kinds of those had been mended."""

ANYIO = ("idna", "sniffio", "typing-extensions")
HTTPCORE = ("anyio==3.7.1", "h11==0.14.0", "certifi", *ANYIO)
AIOHTTP = ("multidict", "yarl", "propcache", "frozenlist", "aiosignal", "attrs", "aiohappyeyeballs", "idna")

DRAWN: tuple[Defect, ...] = (
    Defect(
        "where who is told of a call raises KeyError, the function is asked again",
        f"{GITHUB}/awolverp/cachebox/issues/20",
        "cachebox.cached, which tells of each call",
        ("no_exception",),
        ("cachebox==4.5.0",),
        ("cachebox==4.5.1",),
    ),
    Defect(
        "a store in memory keeps what is the caller's own, who goes on writing to it",
        f"{GITHUB}/zarr-developers/zarr-python/blob/main/docs/release-notes.md",
        "zarr's MemoryStore",
        ("no_exception",),
        ("zarr==3.1.6", *NUMPY),
        (),
        ("write_over",),
    ),
    Defect(
        "what is given back twice, or to another pool, is counted, so that a pool exceeds its limit",
        f"{GITHUB}/redis/redis-py/pull/3514",
        "redis-py's ConnectionPool of threads",
        ("no_exception", "acquired_can_be_allocated"),
        ("redis==5.2.1",),
        ("redis==6.0.0",),
    ),
    Defect(
        "who is cancelled as he waits for a slot does not pass it on, and others wait for ever",
        f"{GITHUB}/aio-libs/aiohttp/issues/9670",
        "aiohttp's connector",
        ("no_exception", "nothing_that_fits_is_refused"),
        ("aiohttp==3.10.10", *AIOHTTP),
        ("aiohttp==3.10.11", *AIOHTTP),
    ),
    Defect(
        "what a coroutine failed with is fetched by the cache, and never told of where nobody asked for it",
        f"{GITHUB}/aio-libs/async-lru/pull/725",
        "async_lru.alru_cache",
        ("no_exception",),
        ("async-lru==2.0.5",),
        ("async-lru==2.1.0",),
        ("unheard",),
    ),
    Defect(
        "a lock and a semaphore whose waiters are cancelled are waited for for ever",
        f"{GITHUB}/agronholm/anyio/blob/master/docs/versionhistory.rst",
        "anyio.Semaphore",
        ("no_exception", "nothing_that_fits_is_refused"),
        ("anyio==4.13.0", *ANYIO),
        ("anyio==4.14.0", *ANYIO),
    ),
    Defect(
        "who is cancelled leaves the pool of connections as it is, so that others wait for ever",
        f"{GITHUB}/encode/httpcore/pull/726",
        "httpcore.AsyncConnectionPool",
        ("no_exception", "nothing_that_fits_is_refused"),
        ("httpcore==0.17.2", *HTTPCORE),
        ("httpcore==0.17.3", *HTTPCORE),
    ),
    Defect(
        "whoever asks whether a key is there has all keys listed",
        f"{GITHUB}/zarr-developers/zarr-python/pull/1499",
        "zarr.LRUStoreCache",
        ("no_exception",),
        ("zarr==2.16.0", *OLD_NUMPY),
        ("zarr==2.16.1", *OLD_NUMPY),
        ("contains",),
    ),
)
"""Drawn from 72 that were collected by kind, when kinds of the others had been added; before any of these was run."""

DRAWN_LATER: tuple[Defect, ...] = (
    Defect(
        "another loop waits for what the first one has begun",
        f"{GITHUB}/aio-libs/async-lru/pull/732",
        "async_lru.alru_cache",
        ("no_exception",),
        ("async-lru==2.1.0",),
        ("async-lru==2.2.0",),
    ),
    Defect(
        "what `ls` is given beside a path is not passed on",
        f"{GITHUB}/fsspec/filesystem_spec/pull/2068",
        "fsspec's filecache, beside what is below",
        ("no_exception",),
        ("fsspec==2026.6.0",),
        ("fsspec==2026.7.0",),
        ("hand_on",),
    ),
    Defect(
        "connections stay after the pool was closed",
        f"{GITHUB}/psycopg/psycopg/issues/784",
        "psycopg_pool.AsyncConnectionPool",
        ("no_exception", "tables_are_emptied"),
        ("psycopg_pool==3.2.1", "psycopg==3.3.9", "psycopg-binary==3.3.9", "typing-extensions"),
        ("psycopg_pool==3.2.2", "psycopg==3.3.9", "psycopg-binary==3.3.9", "typing-extensions"),
    ),
    Defect(
        "who has waited too long stays in the queue, and is given a connection",
        f"{GITHUB}/encode/httpcore/pull/502",
        "httpcore.AsyncConnectionPool",
        ("no_exception", "nothing_that_fits_is_refused"),
        ("httpcore==0.14.6", "anyio==3.7.1", "h11==0.12.0", "certifi", *ANYIO),
        ("httpcore==0.14.7", "anyio==3.7.1", "h11==0.12.0", "certifi", *ANYIO),
    ),
    Defect(
        "a key that is put again is in the file twice, and what there was is lost",
        f"{GITHUB}/dask/zict/pull/95",
        "zict.Zip",
        ("no_exception", "no_record_lost_or_repeated"),
        ("zict==2.2.0", HEAPDICT),
        ("zict==3.0.0",),
    ),
    Defect(
        "what is no string as a key, or no bytes as a value, is taken in part",
        f"{GITHUB}/dask/zict/pull/95",
        "zict.File",
        ("no_exception", "disk_is_accounted"),
        ("zict==2.2.0", HEAPDICT),
        ("zict==3.0.0",),
    ),
    Defect(
        "who waits until all is done waits for ever",
        f"{GITHUB}/aio-libs/janus/pull/716",
        "janus.Queue",
        ("no_exception",),
        ("janus==1.1.0", "typing-extensions"),
        ("janus==1.2.0", "typing-extensions"),
    ),
    Defect(
        "a pool of coroutines that is full raises another error than one of threads",
        f"{GITHUB}/redis/redis-py/pull/3859",
        "redis-py's ConnectionPool",
        ("no_exception",),
        ("redis==7.1.0",),
        ("redis==7.2.0",),
    ),
)
"""The next eight of those 72, written down before any of them was run; of three targets there is none yet."""

SHARED = ("anyio==3.7.1", "h11==0.12.0", "h2==4.1.0", "hpack==4.0.0", "hyperframe==6.0.1", "certifi", *ANYIO)
PSYCOPG, PSYCOPG_OF_OLD = ("psycopg==3.3.9", "psycopg-binary==3.3.9"), ("psycopg==3.0.3",)
NUMBERS = ("pyarrow==12.0.1", "numpy==1.26.4")

DRAWN_LAST: tuple[Defect, ...] = (
    Defect(
        "where no connection can be made, who asked for one waits for ever for the lock that he has himself",
        f"{GITHUB}/redis/redis-py/issues/3056",
        "redis-py's BlockingConnectionPool",
        ("no_exception",),
        ("redis==5.0.1",),
        ("redis==5.0.2",),
    ),
    Defect(
        "what could not be connected stays in the pool, and takes its slot",
        f"{GITHUB}/encode/httpcore/pull/433",
        "httpcore.AsyncConnectionPool",
        ("no_exception",),
        ("httpcore==0.14.1", *SHARED),
        ("httpcore==0.14.2", *SHARED),
    ),
    Defect(
        "a connection that several share, and that fails, is removed from the pool once for each: ValueError",
        f"{GITHUB}/encode/httpcore/pull/437",
        "httpcore.AsyncConnectionPool, shared",
        ("no_exception",),
        ("httpcore==0.14.2", *SHARED),
        ("httpcore==0.14.3", *SHARED),
    ),
    Defect(
        "who is cancelled just as he has taken a lock keeps it",
        f"{GITHUB}/agronholm/anyio/issues/398",
        "anyio.Lock",
        ("no_exception",),
        ("anyio==3.4.0", *ANYIO),
        ("anyio==3.5.0", *ANYIO),
    ),
    Defect(
        "who reads on where the file has ended has the server asked for more",
        f"{GITHUB}/fsspec/filesystem_spec/issues/110",
        "fsspec's bytes",
        ("no_exception", "no_record_lost_or_repeated"),
        ("fsspec==0.4.1", *NUMBERS),
        ("fsspec==0.4.4", *NUMBERS),
    ),
    Defect(
        "of those who wait for a limiter the last is served first",
        f"{GITHUB}/agronholm/anyio/blob/master/docs/versionhistory.rst",
        "anyio.CapacityLimiter",
        ("no_exception",),
        ("anyio==3.6.1", *ANYIO),
        ("anyio==3.7.0", *ANYIO),
    ),
    Defect(
        "a pool that looks after its connections leaves each in a transaction",
        f"{GITHUB}/psycopg/psycopg/issues/144",
        "psycopg_pool.AsyncConnectionPool",
        ("no_exception",),
        ("psycopg_pool==3.0", *PSYCOPG_OF_OLD, "typing-extensions"),
        ("psycopg_pool==3.0.1", *PSYCOPG_OF_OLD, "typing-extensions"),
    ),
    Defect(
        "for a connection that is too old others are made, without end, where whoever closes one gives it back",
        f"{GITHUB}/psycopg/psycopg/issues/1176",
        "psycopg_pool.AsyncConnectionPool",
        ("no_exception",),
        ("psycopg_pool==3.2.6", *PSYCOPG, "typing-extensions"),
        ("psycopg_pool==3.2.7", *PSYCOPG, "typing-extensions"),
    ),
)
"""The eight after those, measured before anything was changed for them."""

FIRST = """\
## The first eight

They were chosen from changelogs and issues before any was looked for. The adapters as they were then found the first
of them, and could not be used with such old releases of `zict`. They were widened, each for a kind of step or value and
not for one defect: caches are asked for what is missing, some values are larger than what stays in memory, values are
pickled as arrays of numbers are, and a cache on disk has a threshold that is reached: three were found. Then the search
was changed: a key that was only asked for is another than one that was not, the smallest and the largest values go
deeper than the others, and a step that goes round in a circle is broken off. The adapter of `aiocache` had emptied the
cache's own table as it closed, and lets go of it now. What is found here is therefore no sample of what would be found
of other defects.
"""

LATER = """\
## Seven more

They were chosen in the same way when all that had been changed, before any of them was run. (An eighth, of `lru-dict`
1.0, is not loaded by a Python of today.) Of these two were found at once. Then the release of one was corrected,
which had its repair already when the reporter's script was run on it; a lost value of another was said to be an
exception as well, as it is when it is asked for; and one thing was changed: beside a run of two threads one without
them is told, if there is one, as another defect may lie behind: three were found. One more is found by an adapter that
was added later, of a buffer that begins with something in it.
"""

OF_KINDS = """\
## Fourteen more, to learn from

They were chosen from changelogs, issues and histories of the packages whose adapters are shipped, to learn what kinds
of steps, values and states these lacked, and then the adapters were widened, each for all defects of its kind: time
goes on, a cache is copied, emptied, walked over, taken from, made smaller, pickled, begun anew with what is on disk; a
value is false where somebody asks `if value`; a cache is full; a panic of a manager in Rust is one more error; what is
on disk may have a limit; and further classes of each package are driven. Some that were chosen cannot be loaded by a
Python of today, and are not in the table. What is found here is no sample either.
"""

OF_FRESH = """\
## Seven that were chosen afresh

They were chosen when all that had been changed, before any of them was run. Of these one was found at once (what is
written through the cache). Then two adapters were mended that could not be used with such old releases, and two kinds
of steps were added: a cache is walked over, and what cannot be pickled is handed to a store. So the adapters find far
fewer of the defects that they were not widened for than of the others.
"""

OF_WIDER = """\
## Eight more, when the adapters did nearly all that their packages offer

They were chosen when the adapters had been widened to the rest of what their packages offer (the ways of a dictionary,
pickling, defaults, counting, transactions, memoizing, further classes), before any of them was run. Of these one was
found at once (the temporary file); two adapters could not be used with so old a release; and one is hidden: it breaks
the same claim as another defect of the same release. Then kinds were mended: what a function fails for has another name
each time, and the function may be a coroutine; a file is read far beyond its end; what is not there is to be forgotten;
who is told of what goes puts another; the two adapters can be used: six were found. One lets all of Python stand still,
so that no check in the same process can tell of it. Again the adapters find far fewer of the defects that they were not
widened for than of the others; what the widening itself has found is in newest releases, [among the
targets](targets.md).
"""

OF_ONCE_MORE = """\
## Eight once more

They were chosen from changelogs and issues when that stood, before any of them was run. Of these none was found at
once: four need two threads, a coroutine that is cancelled, files that are written, or a smaller cache, which an adapter
of the package did not have. Then kinds were added: a cache for one process and a buffer have two threads, a decorator
of a coroutine is cancelled, what is written through a cache of files, the blocks of a file system, and a folder that
stays is as much of a residue as a file, whatever else goes meanwhile. Two of the four, of two threads and of folders,
were found after a miss had shown what was still in the way, so that they say nothing of defects that nobody knows. Of
those that are not found, one is met by two processes, whose runs did not repeat; of two others the reason is read from
their code and was not tried: a thread that goes with the garbage, and lost bytes of the same release that come first.
What repairs the cache that has nothing left to remove goes on for ever instead, which is told of, [among the
targets](targets.md).
"""

OF_FIRST_AGAIN = """\
## Eight of memory, sizes and files

They were chosen from changelogs, issues and histories when all of the above stood, before any of them was run: what is
counted, in memory or on disk, or kept. Of these two were found at once (what is put with `set_many`, and the copy); a
third claim was violated, which the same line repairs, and by another run than the one that was reported. One broke what
the adapter asks after each step, and the search ended there; three adapters could not be used with so old a release; a
part of a value was never read, and a file never opened without being read. Then kinds were mended: what can be asked no
more after a step is the doing of that step; adapters read what older releases have; a function that failed is let work
again; parts are read; a file is of one block, and is opened only. Of the two that are not found, one takes six steps
with a clock between them, and of the other the release that repairs it has another defect that the same runs show.
"""

OF_LAST_OF_ALL = """\
## Seven more of them

They were chosen in the same way when those kinds had been mended, before any of these was run. (An eighth, of `partd`
0.3.1, is not loaded without `pandas`.) Of these none was found at once: a temporary folder, a function that has its
results in files, and what `pickle` itself refuses were in no adapter. Then adapters were added for the first two, of
which the second was found only when that one began anew as well, after a further miss; values of the third kind are met
by another defect of the newest release ([among the targets](targets.md)), and tell of this one by the same run. Of the
others, one shows in memory only while a call lasts, which nothing asks about; one needs a time with which nothing can
be reckoned; one leaves behind what another defect of the same release leaves as well, by a shorter run; and of one it
was not looked why it does not show.
"""

OF_WATCHED = """\
## Eight when more was watched

They were chosen from changelogs, histories and issues when kinds had been added that no adapter had (in which order
values go; a cache on disk with a limit; decorators of methods and of coroutines, which are cancelled, met by two at
once, asked how often they had what was asked for), before any of them was run. The changelogs had been read for those
kinds as well, so that none of them is a surprise. Of these two were found at once (the copy, and line by line). One
more violated its claim, but by a step that another defect of the same release violates, which was not counted; that one
is hidden still. Then kinds were mended: what a package tells of itself is its account; all who wait are cancelled; a
function has no lock; a method is decorated as older releases do it. The release of one was corrected, which had its
repair already, and a claim was added to another, whose account is now its own. Of the two that are not found, the other
leaves a file open, which nothing looks at.
"""

OF_BLIND = """\
## Seven for what an adapter may lack

They were chosen from changelogs and histories when all of the above stood, before any of them was run. (An eighth, two
keys of `distributed` that are one on disk, had never been in a release.) Of these two were found at once (what was
forgotten is counted on, and the cache that was emptied), the first of them by an adapter that was written when its
changelog had been read. Then kinds were added that no adapter had: keys and calls read alike; files are cut short or
removed; many ask at once; what has no lock, or a time, counts; several files are read; there is no limit; and what is
raised in a callback of a loop, or ends a thread, is an exception of its step. All were found.
"""

OF_NEXT = """\
## Four more of them

They were chosen in the same way when those kinds had been added, before any of these was run. Of these none was found
at once: an adapter could not be used with so old a release, one asked for what such a release does not have, a cache
was never emptied while somebody waited, and nobody read to an end that is not said. Then these were mended; of one the
repair was in part, so that a later release is beside it; and a list of one file was taken for a file by the adapter
itself, as by the defect, which was mended and not looked for again.
"""

OF_DRAWN = """\
## Eight that were drawn

This time 72 defects were collected from changelogs and histories first, each with its kind; they were shuffled, and the
first eight kept back, before anything was built for the kinds of the others: of what lends (limiters, pools) there had
been no adapter, and nobody asked a cache beside what is below it. Of these eight none was found at once. (One was
drawn again, as no Python from 3.11 on can load its release.) Two broke their claim, but the release that repairs them
has the same run: there the defect was repaired in part, and their newest releases have it still ([among the
targets](targets.md)). Of four there was a kind that no adapter had: one comes as another leaves; a pool of threads; the
caller's own array; who is told of a call. Of one it is asked what is done in vain. One is in what a loop logs.
"""

OF_DRAWN_LATER = """\
## The next eight of them

They were written down before any of them was run, and are the next in the order that was drawn, when the kinds of the
first had been mended. Of these one was found at once (who has waited too long); of three there was no adapter. Then
these were added (a queue, two stores on disk), and pools are closed while somebody comes, are asked what they tell of
whom they refuse, and caches hand on what they are given. Of the two that are not found one is told of by RuntimeError
in both releases, and the other (a queue, whose loop goes round in a circle) takes longer than a minute.
"""

OF_DRAWN_LAST = """\
## The eight after those

They had been written down in the order that was drawn, and were measured by the adapters as they were, before anything
was changed. Of these three were found at once (the lock of redis-py, and both of anyio). Two adapters could not be used
with so old a release (fsspec's also needs a `pyarrow` of its time, psycopg's a `psycopg`); one defect broke its claim,
but by a step that was not told of, as no more than three were; of two there was no kind: connections that several
share, and such as are too old. Then each step that breaks a claim was told of, and kinds were added to what lends:
what somebody has is in order, and no other has it; whoever cannot be served is told why, and of nothing else; a pool is
asked to look after what it has; connections grow old, are used again, and are shared; and whoever reads a file goes on
where it has ended, over which a server is asked for nothing. All were found then, by what was added for them, so that
this says nothing of others. One of these kinds has found two defects in the newest release of fsspec ([among the
targets](targets.md)).
"""

SECTIONS: tuple[tuple[str, tuple[Defect, ...]], ...] = (
    (FIRST, BEFORE),
    (LATER, AFTER),
    (OF_KINDS, KINDS),
    (OF_FRESH, FRESH),
    (OF_WIDER, WIDER),
    (OF_ONCE_MORE, ONCE_MORE),
    (OF_FIRST_AGAIN, FIRST_AGAIN),
    (OF_LAST_OF_ALL, LAST_OF_ALL),
    (OF_WATCHED, WATCHED),
    (OF_BLIND, BLIND),
    (OF_NEXT, NEXT),
    (OF_DRAWN, DRAWN),
    (OF_DRAWN_LATER, DRAWN_LATER),
    (OF_DRAWN_LAST, DRAWN_LAST),
)
"""What the page says of some defects, and these."""
