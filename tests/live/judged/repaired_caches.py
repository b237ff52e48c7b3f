"""The caches with what would repair them, tried: what was found is gone, and nothing else is found."""

from __future__ import annotations

import asyncio
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from pickle import PicklingError
from tempfile import SpooledTemporaryFile, TemporaryFile
from types import SimpleNamespace
from typing import Any

from spillproof.counterexamples.replay.live.aiocache_memory import AioMemory
from spillproof.counterexamples.replay.live.cachebox_cache import CacheboxFull
from spillproof.counterexamples.replay.live.cachelib_file import CachelibFiles, CachelibFilesMapped
from spillproof.counterexamples.replay.live.cachelib_simple import CachelibSimpleMapped
from spillproof.counterexamples.replay.live.cachey_cache import CacheyCache
from spillproof.counterexamples.replay.live.diskcache_cache import DiskCache
from spillproof.counterexamples.replay.live.diskcache_ways import DiskCacheMapped, DiskFanout
from spillproof.counterexamples.replay.live.dulwich_lru import DulwichLru
from spillproof.counterexamples.replay.live.fsspec_simplecache import (
    FsspecBlockwise,
    FsspecFileCache,
    FsspecFileWritten,
    FsspecSimpleCache,
    FsspecWritten,
)
from spillproof.counterexamples.replay.live.joblib_store import JoblibStore
from spillproof.counterexamples.replay.live.lru_dict import LruDict, LruDictAsked, LruDictMapped
from spillproof.counterexamples.replay.live.memoized_of import TheineCached
from spillproof.counterexamples.replay.live.multipart_file import MultipartFile
from spillproof.counterexamples.replay.live.spooled_full_disk import SpooledOnFullDisk
from spillproof.counterexamples.replay.live.theine_cache import TheineCache, TheineEmptied
from spillproof.counterexamples.replay.live.zarr_cache_store import ZarrCacheStore, ZarrPersistentCache
from spillproof.counterexamples.replay.live.zict_buffer import ZictCached
from spillproof.properties.live.own import step


class SpooledOnFullDiskRepaired(SpooledOnFullDisk):
    """What is in memory is given up when the file has it."""

    def make(self, most: int, folder: str) -> SpooledTemporaryFile[bytes]:
        class Careful(SpooledTemporaryFile[bytes]):
            def rollover(self) -> None:
                me: Any = self
                if me._rolled:
                    return
                held, file = me._file, TemporaryFile(dir=folder)  # noqa: SIM115 - it takes the place of what is held
                try:
                    file.write(held.getvalue())
                    file.seek(held.tell())  # which writes what is not written yet
                except OSError:
                    with suppress(OSError):
                        file.close()
                    raise
                me._file, me._rolled = file, True

        return Careful(max_size=most, dir=folder)


class MultipartFileRepaired(MultipartFile):
    """A flush that fails goes back to the end, and a write that fails on disk back to where it began."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        flush, write = self.file.flush_to_disk, self.file.write

        def flush_or_stay() -> None:
            try:
                flush()
            except OSError:
                self.file.file_object.seek(0, 2)
                raise

        def write_or_stay(data: bytes) -> int:
            at = self.file.size
            try:
                return int(write(data))
            except OSError:
                if not self.file.in_memory:
                    self.open_again(at)
                raise

        self.file.flush_to_disk, self.file.write = flush_or_stay, write_or_stay

    def open_again(self, at: int) -> None:
        """Open the file anew, with so many bytes: the old one has a buffer, which it would write when there is room."""
        old = self.file.file_object
        self.file._fileobj = new = Path(os.fsdecode(self.file.actual_file_name)).open("r+b")  # noqa: SIM115 - it takes the place of what is held
        new.truncate(at)
        new.seek(at)
        with suppress(OSError):
            old.close()


def removing(folder: Path, pattern: str, write: Any) -> Any:
    """Return a write that removes the files which it has begun when it fails."""

    def written(*given: Any, **options: Any) -> Any:
        before = set(folder.rglob(pattern))
        done = False
        try:
            done = write(*given, **options)
        finally:
            for left in set(folder.rglob(pattern)) - before if done is False else ():
                left.unlink()
        return done

    return written


class CachelibFilesRepaired(CachelibFiles):
    """A write that fails removes its temporary file."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.cache.set = removing(folder, "*.__wz_cache", self.cache.set)


class CachelibFilesMappedRepaired(CachelibFilesMapped):
    """The same."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.cache.set = removing(folder, "*.__wz_cache", self.cache.set)


class CachelibSimpleMappedRepaired(CachelibSimpleMapped):
    """What cannot be pickled raises, as it does where it is not `pickle` that says so, and is not set."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        dumps = self.cache.serializer.dumps

        def dumps_or_raise(value: Any) -> Any:
            found = dumps(value)
            if found is None:
                raise PicklingError
            return found

        self.cache.serializer = SimpleNamespace(dumps=dumps_or_raise, loads=self.cache.serializer.loads)


class DiskCacheRepaired(DiskCache):
    """A write that fails removes its file."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.cache._disk._write = removing(folder, "*.val", self.cache._disk._write)


class FsspecSimpleCacheRepaired(FsspecSimpleCache):
    """A copy that fails removes what it has copied."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        copy = self.remote.get_file

        def copy_or_not(path: str, local: str, **options: Any) -> None:
            try:
                copy(path, local, **options)
            except OSError:
                Path(local).unlink(missing_ok=True)
                raise

        self.remote.get_file = copy_or_not


class JoblibStoreRepaired(JoblibStore):
    """What cannot be stored is cleared away."""

    def put(self, key: str, value: Any) -> None:
        try:
            super().put(key, value)
        except OSError:
            self.items.clear_item(self.name(key))
            raise


class FsspecWrittenRepaired(FsspecWritten):
    """What is removed is removed from the copies first."""

    def delete(self, key: str) -> None:
        Path(self.cached._check_file(self.paths[key])).unlink(missing_ok=True)
        super().delete(key)


class ZarrCacheStoreRepaired(ZarrCacheStore):
    """What is deleted is no longer counted; what is too large is not kept, nor what had its key before."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        state, forget, track = self.store._state, self.store._remove_from_tracking, self.store._track_entry

        def give_back(key: Any) -> None:
            state.current_size -= state.key_sizes.get(key, 0)
            forget(key)

        async def track_or_remove(key: Any, value: Any) -> bool:
            give_back(key)  # first, so that what makes room does not find it
            tracked = bool(await track(key, value))
            if not tracked:
                await self.memory.delete(key)
            return tracked

        self.store._remove_from_tracking, self.store._track_entry = give_back, track_or_remove


class ZarrPersistentCacheRepaired(ZarrPersistentCache):
    """What is in the cache is counted when a store begins with it, and what is replaced or deleted no more."""

    def make(self, files: Any) -> Any:
        store = super().make(files)
        for file in sorted(self.folder.iterdir()):
            store._state.cache_order[file.name] = None
            store._state.key_sizes[file.name] = file.stat().st_size
            store._state.current_size += file.stat().st_size
        return store

    def put(self, key: str, value: Any) -> None:
        self.give_back(key)
        super().put(key, value)

    def delete(self, key: str) -> None:
        self.give_back(key)
        super().delete(key)

    def give_back(self, key: str) -> None:
        """Count what is under a key no more, which is another defect; what makes room then does not find it either."""
        self.store._state.current_size -= self.store._state.key_sizes.get(key, 0)
        self.store._remove_from_tracking(key)


class CacheyCacheRepaired(CacheyCache):
    """What has the key is retired before another is put there, and what is retired is forgotten altogether."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        cache, retire, put = self.cache, self.cache.retire, self.cache.put

        def retire_all(key: str) -> None:
            retire(key)
            cache.heap.pop(key, None)
            cache.scorer.cost.pop(key, None)
            cache.scorer.time.pop(key, None)

        def put_instead(key: str, value: Any, cost: float) -> None:
            if key in cache:
                retire_all(key)
            put(key, value, cost)
            if key not in cache:
                cache.scorer.cost.pop(key, None)
                cache.scorer.time.pop(key, None)

        cache.retire, cache.put = retire_all, put_instead


class DulwichLruRepaired(DulwichLru):
    """What has the key is removed before another is put there; the head is one that is there."""

    def put(self, key: str, value: Any) -> None:
        cache = self.cache
        node = cache._cache.get(key)
        if node is not None:
            if node is cache._most_recently_used and node.next_key in cache._cache:
                cache._most_recently_used = cache._cache[node.next_key]
            cache._remove_node(node)
        super().put(key, value)


class AioMemoryRepaired(AioMemory):
    """`clear` cancels the timers."""

    def delete(self, key: str) -> None:
        for timer in self.cache._handlers.values():
            timer.cancel()
        super().delete(key)


class LruDictRepaired(LruDict):
    """What is to go is looked at, and deleted."""

    @step
    def pop(self) -> None:
        if len(self.cache):
            del self.cache[self.cache.peek_last_item()[0]]


class TheineCacheRepaired(TheineCache):
    """What removes what has expired refers to the cache only while it does."""

    def begin(self, folder: Path) -> None:
        from theine import Cache

        class Released(Cache[str, Any]):  # type: ignore[misc] # it has no types here
            async def _advance(self) -> bool:
                with self._core_mutex:
                    expired = [] if self._closed else self.core.advance()
                for key in expired:
                    self._shards[key & (self._shard_count - 1)].remove_expired(key)
                return not self._closed

            def maintenance(self) -> Any:
                return _maintain(weakref.ref(self))

        self.cache = Released(100)


async def _maintain(cache: Any) -> None:
    while (alive := cache()) is not None and await alive._advance():
        del alive
        await asyncio.sleep(1)


class DiskCacheUndone(DiskCacheMapped):
    """Files go when a transaction has ended: those that it has written where it failed, else those that it replaced."""

    def transaction(self) -> Any:
        return settled(self.cache, [self.cache._disk], super().transaction())


class DiskFanoutUndone(DiskFanout):
    """The same."""

    def transaction(self) -> Any:
        return settled(self.cache, [each._disk for each in self.cache._shards], super().transaction())


@contextmanager
def settled(cache: Any, disks: list[Any], transaction: Any) -> Iterator[None]:
    """Take part in a transaction, and remove files when it has ended."""
    methods = [(disk, disk.remove, disk.store) for disk in disks]
    gone: list[tuple[Any, str]] = []
    new: list[tuple[Any, str]] = []
    for disk, remove, store in methods:
        disk.remove = lambda name, remove=remove: gone.append((remove, name))
        disk.store = _noting(store, new, remove)
    try:
        with transaction:
            yield
    except BaseException:
        gone = new
        raise
    finally:
        for disk, remove, store in methods:
            disk.remove, disk.store = remove, store
        for remove, name in gone:
            if name:
                remove(name)


def _noting(store: Any, new: list[tuple[Any, str]], remove: Any) -> Any:
    def stored(*given: Any, **options: Any) -> Any:
        result = store(*given, **options)
        new.append((remove, result[2]))
        return result

    return stored


class CacheboxFullRepaired(CacheboxFull):
    """What would be too much in the place of another is refused before it is taken."""

    def put(self, key: str, value: Any) -> None:
        before = len(self.cache[key]) if key in self.cache else 0
        if self.accounted() - before + len(value) > self.capacity_of_pool():
            message = "the cache is full"
            raise OverflowError(message)
        super().put(key, value)

    @step
    def put_many(self, key: str, value: Any) -> None:
        self.put(key, value)


class TheineEmptiedRepaired(TheineEmptied):
    """What is emptied tells its policy of each value that goes."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        cache = self.cache

        def clear() -> None:
            for key in [key for shard in cache._shards for key in shard._map]:
                cache.delete(key)
            cache._force_drain_write()

        cache.clear = clear


class TheineCachedRepaired(TheineCached):
    """Who fails tells those who wait, and leaves nothing to wait for."""

    def decorated(self, function: Any) -> Any:
        call = super().decorated(function)
        compute, events = self.cache._get_or_compute, self.cache._events

        def computed(key: str, made: Any) -> Any:
            try:
                return compute(key, made)
            except BaseException:
                events.pop(key).event.set()
                raise

        self.cache._get_or_compute = computed
        return call


class FsspecFileCacheRepaired(FsspecFileCache):
    """What is forgotten is forgotten in the table on disk first, from which it would come back; an empty one goes."""

    def forget(self, key: str) -> None:
        (self.folder / "cache").unlink(missing_ok=True)
        super().forget(key)
        if not self.paths:
            (self.folder / "cache").unlink(missing_ok=True)


class FsspecFileWrittenRepaired(FsspecFileWritten):
    """What was written is no copy: it is removed when the remote has it."""

    def put(self, key: str, value: bytes) -> None:
        super().put(key, value)
        (self.folder / self.cached._mapper(self.paths[key])).unlink()


class FsspecBlockwiseRepaired(FsspecBlockwise):
    """What is forgotten is forgotten on disk too; and blocks are a list where they are written."""

    def forget(self, key: str) -> None:
        (self.folder / "cache").unlink(missing_ok=True)
        super().forget(key)
        if not self.paths:
            (self.folder / "cache").unlink(missing_ok=True)

    def made_of(self, filesystem: str) -> Any:
        found = super().made_of(filesystem)
        save = found._metadata._save

        def save_lists(details: dict[str, Any], name: str) -> None:
            lists = {key: [*each["blocks"]] for key, each in details.items() if each["blocks"] is not True}
            save({key: {**each, "blocks": lists.get(key, True)} for key, each in details.items()}, name)

        found._metadata._save = save_lists
        return found


class LruDictMappedRepaired(LruDictMapped):
    """What is to go is looked at, and deleted."""

    pop = LruDictRepaired.pop  # pyright: ignore[reportAssignmentType] # it has what that needs


class LruDictAskedRepaired(LruDictAsked):
    """The same."""

    pop = LruDictRepaired.pop


class ZictCachedRepaired(ZictCached):
    """A write that fails leaves no generation of its key."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        write, noted = type(self.buffer).__setitem__, self.buffer

        def written(cache: Any, key: str, value: Any) -> None:
            try:
                write(cache, key, value)
            except TypeError:
                cache._last_updated.pop(key, None)
                raise

        noted.__class__ = type("Noting", (type(noted),), {"__setitem__": written})
