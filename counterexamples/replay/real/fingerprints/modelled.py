"""Which methods of Spark the models follow, by class. Each is fingerprinted, with the closures that are made in it."""

from __future__ import annotations

MEMORY = "org/apache/spark/memory/"
COLLECTION = "org/apache/spark/util/collection/"
UNSAFE = "org/apache/spark/util/collection/unsafe/sort/"
SHUFFLE = "org/apache/spark/shuffle/sort/"
STORE = "org/apache/spark/storage/memory/"

MODELLED: dict[str, tuple[str, ...]] = {
    f"{MEMORY}TaskMemoryManager": (
        "acquireExecutionMemory",
        "trySpillAndAcquire",
        "spillConsumer",
        "releaseExecutionMemory",
        "allocatePage",
        "allocatePageWithMinimum",
        "allocatePageInternal",
        "recoverFromPageAllocationFailure",
        "spillConsumersForPageAllocation",
        "acquireAdditionalExecutionMemoryForPageAllocation",
        "freePage",
        "cleanUpAllAllocatedMemory",
    ),
    f"{MEMORY}MemoryConsumer": (
        "acquireMemory",
        "freeMemory",
        "allocateArray",
        "freeArray",
        "allocatePage",
        "freePage",
    ),
    f"{MEMORY}ExecutionMemoryPool": ("acquireMemory", "releaseMemory", "releaseAllMemoryForTask"),
    f"{MEMORY}StorageMemoryPool": ("acquireMemory", "releaseMemory", "releaseAllMemory", "freeSpaceToShrinkPool"),
    f"{MEMORY}UnifiedMemoryManager": (
        "acquireExecutionMemory",
        "maybeGrowExecutionPool$1",
        "computeMaxExecutionPoolSize$1",
        "acquireStorageMemory",
        "acquireUnrollMemory",
    ),
    "org/apache/spark/unsafe/memory/HeapMemoryAllocator": ("allocate", "free", "shouldPool"),
    "org/apache/spark/unsafe/memory/UnsafeMemoryAllocator": ("allocate", "free"),
    f"{COLLECTION}Spillable": ("maybeSpill", "spill", "releaseMemory"),
    f"{COLLECTION}ExternalAppendOnlyMap": (
        "insertAll",
        "spill",
        "forceSpill",
        "iterator",
        "destructiveIterator",
        "freeCurrentMap",
    ),
    f"{COLLECTION}ExternalAppendOnlyMap$SpillableIterator": ("spill", "readNext", "hasNext", "next", "destroy"),
    f"{COLLECTION}ExternalAppendOnlyMap$ExternalIterator": ("hasNext", "next"),
    f"{COLLECTION}AppendOnlyMap": ("growTable", "iterator", "destructiveSortedIterator"),
    f"{COLLECTION}ExternalSorter": (
        "insertAll",
        "insertAllAndUpdateMetrics",
        "maybeSpillCollection",
        "spill",
        "forceSpill",
        "iterator",
        "destructiveIterator",
        "stop",
    ),
    "org/apache/spark/shuffle/BlockStoreShuffleReader": ("read",),
    f"{COLLECTION}ExternalSorter$SpillableIterator": ("spill", "readNext", "hasNext", "next"),
    f"{COLLECTION}ExternalSorter$SpillReader": ("nextBatchStream", "cleanup"),
    "org/apache/spark/util/CompletionIterator": ("hasNext", "next"),
    f"{UNSAFE}UnsafeExternalSorter": (
        "<init>",
        "spill",
        "getMemoryUsage",
        "freeMemory",
        "clearAndGetAllocatedPagesToFree",
        "cleanupResources",
        "growPointerArrayIfNecessary",
        "allocateMemoryForRecordIfNecessary",
        "acquireNewPageIfNecessary",
        "insertRecord",
        "getSortedIterator",
    ),
    f"{UNSAFE}UnsafeExternalSorter$SpillableIterator": ("spill", "loadNext", "hasNext"),
    f"{UNSAFE}UnsafeInMemorySorter": (
        "reset",
        "free",
        "freeMemory",
        "getMemoryUsage",
        "expandPointerArray",
        "insertRecord",
        "getSortedIterator",
    ),
    f"{UNSAFE}UnsafeInMemorySorter$SortedIterator": ("loadNext",),
    "org/apache/spark/unsafe/map/BytesToBytesMap": (
        "iterator",
        "destructiveIterator",
        "allocate",
        "acquireNewPage",
        "free",
        "reset",
        "spill",
        "growAndRehash",
    ),
    "org/apache/spark/unsafe/map/BytesToBytesMap$Location": ("append",),
    "org/apache/spark/unsafe/map/BytesToBytesMap$MapIterator": (
        "<init>",
        "advanceToNextPage",
        "handleFailedDelete",
        "hasNext",
        "next",
        "spill",
    ),
    f"{SHUFFLE}ShuffleExternalSorter": (
        "spill",
        "getMemoryUsage",
        "freeMemory",
        "cleanupResources",
        "growPointerArrayIfNecessary",
        "acquireNewPageIfNecessary",
        "insertRecord",
        "acquireNewPageWithPointerArrayFallback",
        "allocateInitialPointerArray",
        "closeAndGetSpills",
    ),
    f"{SHUFFLE}ShuffleInMemorySorter": ("free", "reset", "getMemoryUsage", "expandPointerArray", "insertRecord"),
    f"{STORE}MemoryStore": (
        "putBytes",
        "putIterator",
        "putIteratorAsValues",
        "putIteratorAsBytes",
        "evictBlocksToFreeSpace",
        "blockIsEvictable$1",
        "dropBlock$1",
        "reserveAdditionalMemoryIfNecessary$1",
        "reserveUnrollMemoryForThisTask",
        "releaseUnrollMemoryForThisTask",
        "freeMemoryEntry",
    ),
    f"{STORE}PartiallyUnrolledIterator": ("releaseUnrollMemory", "hasNext", "next", "close"),
    f"{STORE}PartiallySerializedBlock": ("<init>", "valuesIterator", "discard", "finishWritingToStream"),
}
"""Those that `docs/reference/classes` says are followed. A class may lack one of them in some releases."""

PLACES: tuple[str, ...] = tuple(
    f"{owner.rpartition('/')[2]}.{name}" for owner, names in MODELLED.items() for name in names
)
"""Each of them as `Class.method`."""

JARS = ("spark-core", "spark-unsafe", "spark-common-utils")
"""In which of Spark's jars they are."""
