"""How a fix is recognised in the instructions of a release: by what it brought, not by how that was compiled.

A fingerprint says that a method is another one, and not why: another compiler makes another one, too. A sign says why.
It is a question about names: which methods there are, what they call, what they catch, in which order.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import dropwhile

from spillproof.counterexamples.replay.real.fingerprints.class_file import Method
from spillproof.counterexamples.replay.real.fingerprints.program import Program


@dataclass(frozen=True)
class Sign:
    """A question about a release, and the methods that it looks at."""

    places: tuple[str, ...]
    is_in: Callable[[Program], bool]


def has(*places: str) -> Sign:
    """Return whether one of these methods is there: `TaskMemoryManager.trySpillAndAcquire`."""
    return Sign(places, lambda program: any(program.at(place) for place in places))


def says(pattern: str, *places: str) -> Sign:
    """Return whether one of these methods has a line that a pattern is found in."""

    def is_in(program: Program) -> bool:
        lines = (line for place in places for method in program.at(place) for line in method.lines())
        return any(re.search(pattern, line) for line in lines)

    return Sign(places, is_in)


def silent(pattern: str, *places: str) -> Sign:
    """Return whether none of these methods has one. Where a method is not there, it has none."""
    said = says(pattern, *places)
    return Sign(places, lambda program: not said.is_in(program))


def follows(first: str, then: str, place: str) -> Sign:
    """Return whether, in a method, the first instruction with `first` comes before the first with `then`."""

    def is_in(program: Program) -> bool:
        lines = [str(each) for method in program.at(place) for each in method.instructions]
        rest = list(dropwhile(lambda line: not re.search(f"{first}|{then}", line), lines))
        return bool(rest) and re.search(first, rest[0]) is not None

    return Sign((place,), is_in)


def twice(pattern: str, place: str) -> Sign:
    """Return whether a method has two instructions that a pattern is found in."""

    def is_in(program: Program) -> bool:
        lines = [str(each) for method in program.at(place) for each in method.instructions]
        return len([line for line in lines if re.search(pattern, line)]) > 1

    return Sign((place,), is_in)


def loops(pattern: str, place: str) -> Sign:
    """Return whether the last call of what a pattern is found in lies in a loop: something after it jumps before it."""
    return Sign((place,), lambda program: any(is_in_loop(method, pattern) for method in program.at(place)))


def is_in_loop(method: Method, pattern: str) -> bool:
    """Return whether the last instruction that a pattern is found in is jumped over backwards."""
    places = [at for at, each in enumerate(method.instructions) if re.search(pattern, str(each))]
    if not places:
        return False
    after = [str(each) for each in method.instructions[places[-1] :]]
    return any(int(target) <= places[-1] for each in after for target in re.findall(r"@(\d+)", each))


def both(*signs: Sign) -> Sign:
    """Return whether all of these are there."""
    return Sign(_places(signs), lambda program: all(sign.is_in(program) for sign in signs))


def either(*signs: Sign) -> Sign:
    """Return whether one of these is there."""
    return Sign(_places(signs), lambda program: any(sign.is_in(program) for sign in signs))


def _places(signs: tuple[Sign, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place for sign in signs for place in sign.places))


ASK = ("TaskMemoryManager.acquireExecutionMemory", "TaskMemoryManager.trySpillAndAcquire")
"""Where victims are asked: in a method of its own since SPARK-36933."""

ASKING = (*ASK, "TaskMemoryManager.spillConsumer")

SIGNS: dict[str, Sign] = {
    # The task's memory manager
    "SPARK-19244": says("java/util/TreeMap", ASK[0]),
    "SPARK-20250": says("ClosedByInterruptException$", *ASKING),
    "SPARK-23306": says(r"java/util/List\.get:", *ASK),
    "SPARK-35486": loops(r"MemoryConsumer\.spill:|\.trySpillAndAcquire:", ASK[0]),
    "SPARK-36933": has(ASK[1]),
    "SPARK-48642": says("InterruptedIOException$", *ASKING),
    # Collections
    "SPARK-4452": has("Spillable.spill"),
    "SPARK-11293": says("freeCurrentMap|releaseMemory", "ExternalAppendOnlyMap.freeCurrentMap"),
    "SPARK-18986": silent(r"Predef\$\.assert", "ExternalAppendOnlyMap.forceSpill"),
    "SPARK-22713-forced-spill": silent("nextUpstream", "ExternalAppendOnlyMap$SpillableIterator.spill"),
    "SPARK-22713-exhaustion": has("ExternalAppendOnlyMap$SpillableIterator.destroy"),
    "SPARK-26114-completion": says(r"putfield .*CompletionIterator\.iter:", "CompletionIterator.hasNext"),
    "SPARK-26114-stop": says("readingIterator", "ExternalSorter.stop"),
    "SPARK-23040": says(
        "addTaskCompletionListener", "BlockStoreShuffleReader.read", "ExternalSorter.insertAllAndUpdateMetrics"
    ),
    "SPARK-49386": follows("numElementsForceSpillThreshold", r"\.acquireMemory:", "Spillable.maybeSpill"),
    "SPARK-16873": says("ifnull", "ExternalSorter$SpillReader.cleanup"),
    # The sorter of raw records
    "SPARK-12089": says(
        "getCurrentPageNumber|CurrentBaseObject|getBaseObject", "UnsafeExternalSorter$SpillableIterator.spill"
    ),
    "SPARK-14363": both(
        says(r"UnsafeInMemorySorter\.(reset|freeMemory):", "UnsafeExternalSorter.spill"),
        says(r"\.freeArray:", "UnsafeInMemorySorter.reset", "UnsafeInMemorySorter.freeMemory"),
        says(r"\.freeArray:", "ShuffleInMemorySorter.reset"),
    ),
    "SPARK-17113": says("getCurrentPageNumber", "UnsafeExternalSorter$SpillableIterator.spill"),
    "SPARK-21907": either(
        follows("aconst_null", r"\.allocateArray:", "UnsafeInMemorySorter.reset"),
        has("UnsafeInMemorySorter.freeMemory"),
    ),
    "SPARK-26265": follows("monitorexit", r"\.freePage:", "BytesToBytesMap$MapIterator.advanceToNextPage"),
    "SPARK-27338": follows("monitorexit", r"\.freePage:", "UnsafeExternalSorter$SpillableIterator.loadNext"),
    "SPARK-27558": says("ifnonnull", "UnsafeInMemorySorter.getMemoryUsage"),
    "SPARK-32900": silent("instanceof", "UnsafeExternalSorter$SpillableIterator.spill"),
    "SPARK-32901": says(r"UnsafeInMemorySorter\.freeMemory:", "UnsafeExternalSorter.spill"),
    "SPARK-32911": says(r"LinkedList\.clear:", "UnsafeExternalSorter$SpillableIterator.loadNext"),
    "SPARK-39283": has("UnsafeExternalSorter.clearAndGetAllocatedPagesToFree"),
    # Pools
    "SPARK-4715": says(r"math/package\$\.max:|Math\.max:", "ExecutionMemoryPool.acquireMemory"),
    "SPARK-12155": says(r"acquireMemory\(JJLscala/Function1;Lscala/Function0;\)", "ExecutionMemoryPool.acquireMemory"),
    "SPARK-12253": loops(r"Function1\.apply", "ExecutionMemoryPool.acquireMemory"),
    "SPARK-15260": has("StorageMemoryPool.freeSpaceToShrinkPool"),
    "SPARK-22083": says(r"BlockInfoManager\.unlock:", "MemoryStore.evictBlocksToFreeSpace"),
    "SPARK-59444": loops(r"HashMap\.contains:", "ExecutionMemoryPool.acquireMemory"),
    # Unrolling
    "SPARK-17491-mode": says("MemoryMode", "PartiallyUnrolledIterator.releaseUnrollMemory"),
    "SPARK-17491-close": says(r"SerializationStream\.close:", "PartiallySerializedBlock.valuesIterator"),
    "SPARK-17503": says(r"putfield .*\.unrolled:", "PartiallyUnrolledIterator.releaseUnrollMemory"),
    "SPARK-18827": says(r"\.rest:", "PartiallyUnrolledIterator.next"),
    # The map of raw records
    "SPARK-18208": says(r"\.freeArray:", "BytesToBytesMap.reset"),
    "SPARK-19839": says(r"\.freeArray:", "BytesToBytesMap$MapIterator.<init>"),
    "SPARK-29244": says(r"putfield .*\.longArray:", "BytesToBytesMap.reset"),
    "SPARK-31511": silent(r"getfield .*\.loc:", "BytesToBytesMap.iterator"),
    "SPARK-32872": twice(r"putfield .*\.canGrowArray:", "BytesToBytesMap$Location.append"),
    "SPARK-33756": says(r"LinkedList\.size:", "BytesToBytesMap$MapIterator.handleFailedDelete"),
    # The sorter of a shuffle
    "SPARK-21033": says("TooLargePageException$", "ShuffleExternalSorter.growPointerArrayIfNecessary"),
    "SPARK-25081": says("aconst_null", "ShuffleInMemorySorter.reset"),
    "SPARK-56511-usage": says("ifnonnull", "ShuffleInMemorySorter.getMemoryUsage"),
    "SPARK-56511-reset": silent(r"\.allocateArray:", "ShuffleInMemorySorter.reset"),
    # The page table
    "SPARK-13210": says(
        "acquiredButNotUsed", "TaskMemoryManager.allocatePage", "TaskMemoryManager.allocatePageInternal"
    ),
    "SPARK-15045": follows(r"MemoryAllocator\.free:", r"Arrays\.fill:", "TaskMemoryManager.cleanUpAllAllocatedMemory"),
    "SPARK-57242": has("TaskMemoryManager.recoverFromPageAllocationFailure"),
}
"""By fix."""

SOURCE = ("SPARK-4777", "SPARK-10907", "SPARK-12165", "SPARK-12189", "SPARK-13122", "SPARK-15357", "SPARK-17465")
"""Fixes of 2.0.1 and before, which no names tell apart: the source says which release has them. The first jars that
there are, those of 2.1.2, are younger.
"""

ELSEWHERE = ("SPARK-23376", "SPARK-34089")
"""Fixes in classes of Spark SQL, whose jar is not looked at: the source says which release has them."""
