package spillproof.spark;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.memory.MemoryMode;
import org.apache.spark.memory.TaskMemoryManager;
import org.apache.spark.memory.UnifiedMemoryManager;
import org.apache.spark.storage.TestBlockId;
import org.apache.spark.unsafe.memory.MemoryBlock;

/** A real consumer of pages, another one, which spills everything for it, and others who may take what is released. */
abstract class Paged {
    static final int PAGE = 128;

    /** The real manager of a task. While others wait, storage gets what is released at once, and keeps it. */
    private final class Contended extends TaskMemoryManager {
        Contended() {
            super(memory, 1);
        }

        @Override
        public void releaseExecutionMemory(long size, MemoryConsumer consumer) {
            super.releaseExecutionMemory(size, consumer);
            if (othersWait && size > 0 && !memory.acquireStorageMemory(new TestBlockId("b"), size, MemoryMode.ON_HEAP)) {
                throw new IllegalStateException("what was released is not free");
            }
        }
    }

    private final class Other extends MemoryConsumer {
        Other() {
            super(manager, PAGE, MemoryMode.ON_HEAP);
        }

        @Override
        public long spill(long size, MemoryConsumer trigger) {
            long freed = trigger == this ? 0 : Raw.used(this);
            freeMemory(freed);
            return freed;
        }
    }

    final UnifiedMemoryManager memory;
    final TaskMemoryManager manager;
    private final Other other;
    private boolean othersWait;
    private final List<WeakReference<Object>> watched = new ArrayList<>();

    /** All memory but a byte is storage's own: execution borrows it, and what storage takes is not given back. */
    Paged(SparkConf conf, long pool) {
        memory = new UnifiedMemoryManager(conf, pool + 1, pool, 1);
        memory.acquireExecutionMemory(1, 1, MemoryMode.ON_HEAP); // some byte must be execution's own
        manager = new Contended();
        other = new Other();
    }

    /** With a number of records after which a sorter spills, or with 0 without. */
    static Paged of(String kind, SparkConf conf, long pool, int number) {
        switch (kind) {
            case "map": return new RawMap(conf, pool);
            case "sorter": return new RawSorter(conf, pool, number);
            case "shuffle": return new ShuffleSorter(conf, pool, number);
            default: throw new IllegalArgumentException("no consumer of pages is a " + kind);
        }
    }

    /** Does one thing, and returns what came of it, and what everybody has. */
    final Map<String, Object> obey(String what, long size) throws Exception {
        Map<String, Object> told = new LinkedHashMap<>();
        watch();
        switch (what) {
            case "begin": break;
            case "acquire": told.put("granted", other.acquireMemory(size)); break;
            case "release": other.freeMemory(size); break;
            case "wait": othersWait = size > 0; break;
            case "look": look(told); break;
            default: act(what, size, told);
        }
        told.put("used", Raw.used(consumer()));
        told.put("other", Raw.used(other));
        told.put("pool", memory.executionMemoryUsed());
        return told;
    }

    abstract MemoryConsumer consumer();

    abstract void act(String what, long size, Map<String, Object> told) throws Exception;

    /** Returns the blocks that the consumer has. */
    abstract List<MemoryBlock> blocks();

    private void watch() {
        for (MemoryBlock block : blocks()) {
            Object base = block.getBaseObject();
            if (watched.stream().noneMatch(each -> each.get() == base)) {
                watched.add(new WeakReference<>(base));
            }
        }
    }

    /** Returns whether a block was not given back. Before 2.3.0 one that was still refers to its array. */
    private boolean isHad(MemoryBlock block) {
        return Arrays.asList((Object[]) Reflect.get(manager, "pageTable")).contains(block);
    }

    /** Says how many bytes of arrays that were freed can be reached, and by which references one of them is. */
    private void look(Map<String, Object> told) throws InterruptedException {
        Heap.collect();
        long sum = 0;
        for (WeakReference<Object> each : watched) {
            Object base = each.get();
            if (base != null && blocks().stream().noneMatch(block -> block.getBaseObject() == base && isHad(block))) {
                sum += 8L * ((long[]) base).length;
                told.put("by", Heap.chain(Map.of("task", manager, "consumer", consumer(), "driver", this), base));
            }
        }
        told.put("kept", sum);
    }
}
