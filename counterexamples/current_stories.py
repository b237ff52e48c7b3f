"""The stories of what Spark's newest modelled release violates: for its maintainers, with what each rests on."""

from __future__ import annotations

from spillproof.counterexamples.stories import Story
from spillproof.model.spark.releases import NEWEST

LINE = NEWEST.rpartition(".")[0]

CURRENT_STORIES: tuple[Story, ...] = (
    Story(
        "spark-4.0-sorter",
        f"Spark {LINE}: a sorter is spilled by force, counted free, and still there",
        f"spark:sorting@{NEWEST}",
        "free_is_unreachable",
        """
SPARK-22713 was repaired in the map, and never in the sorter: `ExternalSorter`'s SpillableIterator has the same name
and the same making. A sorter has a record and hands out its iterator; a CoGroupedRDD over sorted parents builds all
its iterators before it pulls any. Another sorter needs memory and forces the first to spill. What was written becomes
`nextUpstream`, and `upstream` refers to the collection until the next pull. {gap} is counted free, and the one path
to it is cut at {repair}.

What it rests on: `ExternalSorter.scala`, `SpillableIterator.spill` and `readNext`, in v2.0.0, v2.4.1 and the main
branch of April 2025; the classes in the jars of 4.0.0 and 4.3.0; and this run on released Spark 4.3.0, where the
buffer is reachable after a full collection while its sorter is accounted at 0, and where consumers that allocate what
they are granted die of an OutOfMemoryError. In the same heap the run of the map allocates everything.

`spillproof replay run.itf.json --on pyspark==4.3.0 --evidence` shows the first, `--heap 300m --allocate` the second;
`docs/explanation/the-sorter-that-was-not-repaired.md` has both. It takes two consumers in one task, of which one is a
sorter that waits for its next pull: an iterator that is pulled soon lets go soon, but one whose part in memory was
read before it spilled is not pulled again until the whole merge is read.
""",
    ),
    Story(
        "spark-4.0-serialized-block",
        f"Spark {LINE}: a serialized block that did not fit stays until the task ends, released or not",
        f"spark:unroll-bytes@{NEWEST}",
        "free_is_unreachable",
        """
A block is to be cached serialized, on the heap, and does not fit. Whoever asked for it gets an iterator over what was
unrolled and then over the rest. When the unrolled part is read, its memory is released: from now on {gap} is counted
free. But the chunks are a field of `PartiallySerializedBlock` (`unrolledBuffer`, a lazy val), and the listener that
it added to the task's context refers to it, until the task ends. `toInputStream(dispose = true)` disposes of each
chunk that was read, which does nothing to a buffer on the heap.

What it rests on: `MemoryStore.scala`, `PartiallySerializedBlock.valuesIterator` and the listener in its constructor,
from v2.0.0 to v4.0.0; `finishWritingToStream` has the same. It was not run on released Spark. How much it is: at most
what one task unrolls of a block before it gives up, once for each such block of the task. Cutting {repair} when the
buffer is handed on is enough, and then every claim is proved.
""",
    ),
    Story(
        "spark-4.0-raw-sorter",
        f"Spark {LINE}: a sorter that was cleaned up keeps the last page that was read",
        f"spark:raw-sort@{NEWEST}",
        "free_is_unreachable",
        """
An `UnsafeExternalSorter` is filled and read, and cleaned up before its task is over, as by a limit that needs no
more. All its pages are freed, and {gap} of that is still reachable. The sorter has its iterator in `readingIterator`,
and there are two ways on from it: the array of the page of the current record is its `currentBaseObject`, and the
`baseObject` of the `SortedIterator` that is its `upstream`. Nothing drops any of them. To clear one of the two leaves
the other; cutting {repair} is enough, as long as nobody else has the iterator.

What it rests on: the classes in the jars of 4.0.0 to 4.3.0, and a run on released Spark 4.0.5 and 4.3.0
(`docs/explanation/RawSorterOnSpark.java`): after the cleaning up nothing is accounted and the array is reachable after
a full collection; with `currentBaseObject` set to null it still is; with `readingIterator` set to null it is not.

How loud it is: a page at most for each sorter, until the sorter is dropped or the task ends, and often nothing. Arrays
of 1 MB and more that were freed are pooled by `HeapMemoryAllocator` behind weak references, and as this one is still
there, the next page of its size *is* the same array: so it was in the run. What is lost is a page below 1 MB, and a
larger one of which no second is ever asked for. With memory outside of the heap nothing is kept.
""",
    ),
    Story(
        "spark-4.3-off-heap",
        f"Spark {LINE}: beside memory off the heap, maps and sorters do not give way",
        f"spark:off-heap@{NEWEST}",
        "no_request_goes_short_of_spills",
        """
With `spark.memory.offHeap.enabled`, Tungsten's pages are off the heap. A map or a sorter of objects is on the heap as
ever. When another consumer on the heap needs memory, `Spillable.spill` asks which memory *Tungsten* uses, and answers
0 where that is off the heap, whatever the request is for. So the first map has the pool, and the second goes short: it
is as it was before Spark 2.0, when nobody could be forced to spill.

What it rests on: `Spillable.spill` in the classes of 2.1.2 to 4.3.0; and a run on released Spark 4.3.0, of
`docs/explanation/SorterOnSpark.java` with `-Dspark.memory.offHeap.enabled=true -Dspark.memory.offHeap.size=67108864`.
The other consumer acquired 180 of 256 MB, and the sorter kept 79 MB, whose iterator nobody had pulled. Without the two
settings it acquired all 256.

How loud it is: no byte is lost, and none is counted wrongly. Whoever asks gets less; a map then spills itself, again
and again in small files, and a consumer that cannot spill fails for want of memory. It takes the setting, and two
consumers on the heap in one task. Not to ask for Tungsten's mode is enough (`proposal-spill-beside-off-heap`): who is
asked is chosen by mode already.
""",
    ),
    Story(
        "spark-4.0-failed-spill",
        f"Spark {LINE}: what a request got before a victim failed to spill is nobody's",
        f"spark:failing-spills@{NEWEST}",
        "a_failure_strands_no_bytes",
        """
A consumer asks for more than there is. The pool grants what is left, and for the rest somebody has to spill; that
fails, as a disk may be full. The exception goes to the caller, and what had been granted until then is in the pool's
account, in no consumer's, and never given back before the task ends: `acquireExecutionMemory` has no finally.

What it rests on: `TaskMemoryManager.java`, `acquireExecutionMemory` and `trySpillAndAcquire`, v2.1.0 to v4.0.0: the
grant is a local variable. Most such failures end the task, and then everything is cleaned up; those that do not are
the ones that are caught and tried again. Giving back what was got is enough (`proposal-release-on-failure`).
""",
    ),
)
