package spillproof.spark;

import java.io.InterruptedIOException;
import java.lang.ref.WeakReference;
import org.apache.spark.SparkConf;
import org.apache.spark.memory.MemoryMode;
import org.apache.spark.memory.UnifiedMemoryManager;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.map.BytesToBytesMap;
import org.apache.spark.util.CompletionIterator$;
import org.apache.spark.util.collection.ExternalSorter;
import org.apache.spark.util.collection.unsafe.sort.PrefixComparators;
import org.apache.spark.util.collection.unsafe.sort.UnsafeExternalSorter;
import org.apache.spark.util.collection.unsafe.sort.UnsafeInMemorySorter;
import org.apache.spark.util.collection.unsafe.sort.UnsafeSorterIterator;

/** Finds out by running a release whether it does what a fix made it do. */
final class Dates {
    private static final int PAGE = 4096;
    private static final int RECORD = 1000;

    private final SparkConf conf;

    Dates(SparkConf conf) {
        this.conf = conf;
    }

    /** Returns whether the release behaves as with the fix. */
    boolean has(String fix) throws Exception {
        switch (fix) {
            case "SPARK-18986": return forcedBeforeIterator();
            case "SPARK-19244": return smallestVictim();
            case "SPARK-19839": return arrayFreedForDestruction();
            case "SPARK-21907": return !freesArrayTwice(new InMemory());
            case "SPARK-22713-forced-spill": return !mapKept(false);
            case "SPARK-22713-exhaustion": return !mapKept(true);
            case "SPARK-23306": return victimAskedAgain();
            case "SPARK-25081": return !freesArrayTwice(new OfShuffle());
            case "SPARK-26114-completion": return !completedKept();
            case "SPARK-26114-stop": return !stoppedKept();
            case "SPARK-26265": return !mapFreesWithMonitor();
            case "SPARK-27338": return !sorterFreesWithMonitor();
            case "SPARK-27558": return !failsWithoutArray(new InMemory());
            case "SPARK-29244": return !mapFreesTwice();
            case "SPARK-32900": return spillsNulls();
            case "SPARK-32901": return spillsWithoutRequest();
            case "SPARK-32911": return spillsWhenRead();
            case "SPARK-33756": return endsTwice();
            case "SPARK-35486": return requesterAskedAgain();
            case "SPARK-36933": return !newcomerAsked();
            case "SPARK-39283": return !cleansUpWithMonitor();
            case "SPARK-48642": return killIsNoShortage();
            case "SPARK-56511-usage": return !failsWithoutArray(new OfShuffle());
            case "SPARK-56511-reset": return !resetAllocates();
            case "SPARK-57242": return asksBeforeRetry();
            default: throw new IllegalArgumentException("nobody knows how to find out about " + fix);
        }
    }

    private Watched manager(long pool) {
        return new Watched(new UnifiedMemoryManager(conf, pool, 0, 1));
    }

    // Who is asked to spill

    /** Of two victims one suffices. Before, whichever the hash set has first was asked, and both in one of two cases. */
    private boolean smallestVictim() {
        for (int i = 0; i < 64; i++) {
            Watched manager = manager(60);
            Asked small = new Asked(manager, 1);
            Asked large = new Asked(manager, 1);
            small.acquireMemory(10);
            large.acquireMemory(50);
            new Asked(manager, 1).acquireMemory(40);
            if (small.asked > 0) {
                return false;
            }
        }
        return true;
    }

    private boolean victimAskedAgain() {
        Watched manager = manager(100);
        Asked victim = new Asked(manager, 0.5);
        victim.acquireMemory(100);
        new Asked(manager, 0).acquireMemory(100);
        return victim.asked > 1;
    }

    private boolean requesterAskedAgain() {
        Asked alone = new Asked(manager(100), 0.5);
        alone.acquireMemory(100);
        alone.acquireMemory(100);
        return alone.asked > 1;
    }

    private boolean newcomerAsked() {
        Asked alone = new Asked(manager(100), 1);
        alone.acquireMemory(200);
        return alone.asked > 0;
    }

    private boolean killIsNoShortage() {
        Watched manager = manager(100);
        Asked victim = new Asked(manager, 1);
        victim.acquireMemory(100);
        victim.fails = new InterruptedIOException("killed");
        try {
            new Asked(manager, 1).acquireMemory(100);
        } catch (OutOfMemoryError error) {
            return false;
        } catch (RuntimeException error) {
            return true;
        }
        throw new IllegalStateException("a failed spill went unnoticed");
    }

    /** More is granted than there is heap: is the victim asked at once, or only when nothing more is granted? */
    private boolean asksBeforeRetry() {
        Watched manager = manager(1L << 36);
        Asked victim = new Asked(manager, 0);
        victim.acquireMemory(1);
        int before = manager.requests;
        manager.allocatePage(1L << 33, new Asked(manager, 0));
        return victim.asked > 0 && victim.requestsWhenAsked == before + 1;
    }

    // Maps and sorters of objects

    private boolean forcedBeforeIterator() {
        Task task = new Task(conf, 98304);
        task.add("E", "map", "");
        task.spilling("E").ask(65536, false);
        try {
            new ByteConsumer("other", "all", MemoryMode.ON_HEAP, task).acquireMemory(65536);
            return true;
        } catch (AssertionError error) {
            return false;
        }
    }

    private boolean mapKept(boolean readToEnd) throws InterruptedException {
        Task task = new Task(conf, 98304);
        task.add("E", "map", "");
        task.spilling("E").ask(65536, false);
        task.named("E").read();
        if (readToEnd) {
            while (task.named("E").pull() > 0) {}
            task.named("E").drop();
        } else {
            new ByteConsumer("other", "all", MemoryMode.ON_HEAP, task).acquireMemory(65536);
        }
        Heap.collect();
        return !task.named("E").alive().isEmpty();
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private boolean completedKept() throws InterruptedException {
        scala.collection.Iterator<?> sub = new Batch.Few();
        WeakReference<Object> watched = new WeakReference<>(sub);
        scala.collection.Iterator<?> completed =
                CompletionIterator$.MODULE$.apply((scala.collection.Iterator) sub, new Functions.Nothing());
        while (completed.hasNext()) {
            completed.next();
        }
        sub = null;
        Heap.collect();
        return watched.get() != null && completed != null;
    }

    private boolean stoppedKept() throws InterruptedException {
        Task task = new Task(conf, 1 << 20);
        ExternalSorter<?, ?, ?> sorter = (ExternalSorter<?, ?, ?>) task.newSorter(false);
        WeakReference<Object> watched = filled(sorter);
        sorter.stop();
        Heap.collect();
        return watched.get() != null && sorter.toString() != null;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static WeakReference<Object> filled(ExternalSorter<?, ?, ?> sorter) {
        ((ExternalSorter) sorter).insertAll((scala.collection.Iterator) new Batch.Few());
        sorter.iterator().hasNext();
        return new WeakReference<>(Reflect.get(sorter, "readingIterator"));
    }

    // What sorts pointers

    /** A sorter of pointers, whose array can be asked for anew. */
    private interface Pointers {
        Object made(Asked consumer);
    }

    private static final class InMemory implements Pointers {
        @Override
        public Object made(Asked consumer) {
            return new UnsafeInMemorySorter(
                    consumer, (Watched) Reflect.get(consumer, "taskMemoryManager"), null, PrefixComparators.LONG, 64, true);
        }
    }

    private static final class OfShuffle implements Pointers {
        @Override
        public Object made(Asked consumer) {
            return Reflect.makeHidden("org.apache.spark.shuffle.sort.ShuffleInMemorySorter", consumer, 64, true);
        }
    }

    /** While a reset asks for its new array, it is spilled, as a request that falls short may do. */
    private boolean freesArrayTwice(Pointers pointers) {
        Asked consumer = new Asked(manager(1 << 20), 0);
        Object sorter = pointers.made(consumer);
        consumer.instead = () -> Reflect.call(sorter, "free");
        Reflect.call(sorter, "reset");
        return consumer.arraysFreed > 1;
    }

    /** After a reset whose request was refused, it is asked how much it uses. */
    private boolean failsWithoutArray(Pointers pointers) {
        Asked consumer = new Asked(manager(1 << 20), 0);
        Object sorter = pointers.made(consumer);
        consumer.instead = () -> {
            throw new IllegalStateException("refused");
        };
        try {
            Reflect.call(sorter, "reset");
        } catch (IllegalStateException refused) {
            consumer.instead = null;
        }
        try {
            Reflect.call(sorter, "getMemoryUsage");
            return false;
        } catch (NullPointerException error) {
            return true;
        }
    }

    private boolean resetAllocates() {
        Asked consumer = new Asked(manager(1 << 20), 0);
        Object sorter = new OfShuffle().made(consumer);
        int before = consumer.arrays;
        Reflect.call(sorter, "reset");
        return consumer.arrays > before;
    }

    // The sorter of raw records

    private UnsafeExternalSorter sorter(Watched manager, int records, boolean nulls) throws Exception {
        UnsafeExternalSorter made = Raw.sorter(manager, new Task(conf, 1 << 20).context, PAGE, Raw.POINTERS);
        byte[] record = new byte[RECORD];
        for (int i = 0; i < records; i++) {
            made.insertRecord(record, Platform.BYTE_ARRAY_OFFSET, RECORD, i, nulls && i % 2 == 0);
        }
        return made;
    }

    private boolean spillsNulls() throws Exception {
        Watched manager = manager(1 << 20);
        UnsafeExternalSorter sorter = sorter(manager, 20, true);
        sorter.getSortedIterator();
        return sorter.spill(Long.MAX_VALUE, new Asked(manager, 0)) > 0;
    }

    private boolean spillsWhenRead() throws Exception {
        Watched manager = manager(1 << 20);
        UnsafeExternalSorter sorter = sorter(manager, 20, false);
        for (UnsafeSorterIterator each = sorter.getSortedIterator(); each.hasNext(); ) {
            each.loadNext();
        }
        return sorter.spill(Long.MAX_VALUE, new Asked(manager, 0)) > 0;
    }

    private boolean spillsWithoutRequest() throws Exception {
        Watched manager = manager(1 << 20);
        UnsafeExternalSorter sorter = sorter(manager, 20, false);
        manager.refuses = true;
        try {
            sorter.spill(Long.MAX_VALUE, sorter);
            return true;
        } catch (OutOfMemoryError error) {
            return false;
        }
    }

    private boolean sorterFreesWithMonitor() throws Exception {
        Watched manager = manager(1 << 20);
        UnsafeExternalSorter sorter = sorter(manager, 20, false);
        UnsafeSorterIterator iterator = sorter.getSortedIterator();
        iterator.loadNext();
        sorter.spill(Long.MAX_VALUE, new Asked(manager, 0));
        manager.watch(iterator);
        iterator.loadNext();
        iterator.loadNext();
        return manager.freedWithMonitor;
    }

    private boolean cleansUpWithMonitor() throws Exception {
        Watched manager = manager(1 << 20);
        UnsafeExternalSorter sorter = sorter(manager, 20, false);
        manager.watch(sorter);
        sorter.cleanupResources();
        return manager.freedWithMonitor;
    }

    // The map of raw records

    private static BytesToBytesMap map(Watched manager, int keys) {
        BytesToBytesMap map = new BytesToBytesMap(manager, 64, PAGE);
        byte[] value = new byte[RECORD];
        for (long i = 0; i < keys; i++) {
            map.lookup(new long[] {i}, Platform.LONG_ARRAY_OFFSET, 8)
                    .append(new long[] {i}, Platform.LONG_ARRAY_OFFSET, 8, value, Platform.BYTE_ARRAY_OFFSET, RECORD);
        }
        return map;
    }

    private boolean arrayFreedForDestruction() {
        BytesToBytesMap map = map(manager(1 << 20), 20);
        long before = Raw.used(map);
        map.destructiveIterator();
        return Raw.used(map) < before;
    }

    private boolean mapFreesWithMonitor() {
        Watched manager = manager(1 << 20);
        java.util.Iterator<?> iterator = map(manager, 20).destructiveIterator();
        manager.watch(iterator);
        while (iterator.hasNext()) {
            iterator.next();
        }
        return manager.freedWithMonitor;
    }

    private boolean mapFreesTwice() {
        Watched manager = manager(1 << 20);
        BytesToBytesMap map = map(manager, 20);
        manager.refuses = true;
        try {
            map.reset();
        } catch (OutOfMemoryError refused) {
            manager.refuses = false;
        }
        map.free();
        return manager.freedTwice;
    }

    /** A map that was spilled is read to its end, and asked once more whether there is anything. */
    private boolean endsTwice() throws Exception {
        Watched manager = manager(1 << 20);
        BytesToBytesMap map = map(manager, 20);
        java.util.Iterator<?> iterator = map.destructiveIterator();
        map.spill(Long.MAX_VALUE, new Asked(manager, 0));
        while (iterator.hasNext()) {
            iterator.next();
        }
        try {
            return !iterator.hasNext();
        } catch (RuntimeException error) {
            return false;
        }
    }
}
