package spillproof.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv$;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskContext$;
import org.apache.spark.memory.MemoryMode;
import org.apache.spark.memory.UnifiedMemoryManager;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockInfo;
import org.apache.spark.storage.BlockInfoManager;
import org.apache.spark.storage.RDDBlockId;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.storage.TestBlockId;
import org.apache.spark.storage.memory.BlockEvictionHandler;
import org.apache.spark.storage.memory.MemoryStore;
import org.apache.spark.util.io.ChunkedByteBuffer;
import scala.reflect.ClassTag;
import scala.util.Either;

/** The real memory store of an executor: one task puts blocks into it, unrolls others, and reads those that did not fit. */
final class Storage {
    private static final long TASK = 1;
    private static final ClassTag<Object> ANY = scala.reflect.ClassTag$.MODULE$.Object();

    /** The real memory manager, which notes what it is asked for and whether it grants that. */
    private final class Asked extends UnifiedMemoryManager {
        private boolean unrolls;

        Asked(SparkConf conf, long all, long region) {
            super(conf, all, region, 1);
        }

        @Override
        public synchronized boolean acquireUnrollMemory(BlockId block, long size, MemoryMode mode) {
            unrolls = true;
            try {
                return noted(size, super.acquireUnrollMemory(block, size, mode));
            } finally {
                unrolls = false;
            }
        }

        @Override
        public synchronized boolean acquireStorageMemory(BlockId block, long size, MemoryMode mode) {
            boolean granted = super.acquireStorageMemory(block, size, mode);
            return unrolls ? granted : noted(size, granted);
        }
    }

    /** What becomes of an evicted block: it is dropped, unless the disk is full. */
    private final class Dropping implements BlockEvictionHandler {
        @Override
        public <T> StorageLevel dropFromMemory(
                BlockId block, scala.Function0<Either<Object, ChunkedByteBuffer>> data, ClassTag<T> type) {
            if (fails > 0 && --fails == 0) {
                throw Reflect.<RuntimeException>undeclared(new java.io.IOException("No space left on device"));
            }
            store.remove(block);
            return StorageLevel.NONE();
        }
    }

    final Map<String, Unrolling> puts = new LinkedHashMap<>();
    final MemoryStore store;
    TaskContext context;
    private final SparkConf conf;
    private final Asked memory;
    private final BlockInfoManager locks = (BlockInfoManager) Reflect.make(BlockInfoManager.class);
    private final Map<String, BlockId> blocks = new LinkedHashMap<>();
    private final List<Object> requests = new ArrayList<>();
    /** That drop from now on fails; 0: none. */
    private int fails;

    /** So many bytes, of which storage keeps its region if it uses it. A put reserves a first so many. */
    Storage(SparkConf conf, long all, long region, long first) {
        this.conf = conf.clone()
                .set("spark.storage.unrollMemoryThreshold", Long.toString(first))
                .set("spark.storage.unrollMemoryCheckPeriod", "1");
        memory = new Asked(this.conf, all, region);
        store = new MemoryStore(
                this.conf, locks, SparkEnv$.MODULE$.get().serializerManager(), memory, new Dropping());
        memory.setMemoryStore(store);
        locks.registerTask(TASK);
        begin();
    }

    private void begin() {
        context = new Task(conf, 1 << 20).context;
    }

    /** Does one thing, and returns what came of it, and what everybody has. */
    Map<String, Object> obey(String what, String name, long size, String more) throws Exception {
        requests.clear();
        TaskContext$.MODULE$.setTaskContext(context);
        Map<String, Object> told = new LinkedHashMap<>();
        switch (what) {
            case "begin": break;
            case "put": told.put("stored", put(name, size, more)); break;
            case "get": get(name); break;
            case "remove": remove(name); break;
            case "lock": Reflect.call(locks, "lockForReading", blocks.get(name), false); break;
            case "unlock": unlock(name); break;
            case "acquire": told.put("granted", memory.acquireExecutionMemory(size, TASK, MemoryMode.ON_HEAP)); break;
            case "release": memory.releaseExecutionMemory(size, TASK, MemoryMode.ON_HEAP); break;
            case "fail": fails = (int) size; break;
            case "open": open(name, more); break;
            case "end": end(); break;
            case "look": told.put("alive", alive()); break;
            default: puts.get(name).act(what, size, told);
        }
        tell(told);
        if (puts.containsKey(name)) {
            puts.get(name).tell(told);
        }
        if (told.containsKey("size")) {
            puts.remove(name); // it is a block like any other
        }
        return told;
    }

    private boolean noted(long size, boolean granted) {
        requests.add(Arrays.asList(size, granted));
        puts.values().forEach(each -> each.noted(granted));
        return granted;
    }

    // Blocks

    private BlockId named(String name, String rdd) {
        BlockId id = rdd.equals("none") ? new TestBlockId(name)
                : new RDDBlockId(Integer.parseInt(rdd), Integer.parseInt(name.substring(1)));
        blocks.put(name, id);
        return id;
    }

    /** Puts a block whose size is known. */
    private boolean put(String name, long size, String rdd) {
        BlockId id = named(name, rdd);
        lock(id);
        boolean stored = false;
        try {
            stored = store.putBytes(id, size, MemoryMode.ON_HEAP, new Functions.Bytes((int) size), ANY);
        } finally {
            settle(id, stored);
        }
        return stored;
    }

    void lock(BlockId id) {
        BlockInfo info = new BlockInfo(org.apache.spark.api.java.StorageLevels.MEMORY_ONLY, ANY, false);
        Reflect.callFitting(locks, "lockNewBlockForWriting", id, info);
    }

    /** What a writer of a block does at its end: anybody may read it, or there is none. */
    void settle(BlockId id, boolean stored) {
        if (stored) {
            Reflect.call(locks, "unlock", id, scala.Option.empty());
        } else {
            locks.removeBlock(id);
        }
    }

    private void get(String name) {
        BlockId id = blocks.get(name);
        if (entry(id).getClass().getSimpleName().startsWith("Serialized")) {
            store.getBytes(id);
        } else {
            store.getValues(id);
        }
    }

    private void remove(String name) {
        BlockId id = blocks.get(name);
        Reflect.call(locks, "lockForWriting", id, false);
        store.remove(id);
        locks.removeBlock(id);
    }

    private void unlock(String name) {
        Reflect.call(locks, "unlock", blocks.get(name), scala.Option.empty());
    }

    @SuppressWarnings("unchecked")
    private Map<BlockId, Object> entries() {
        return (Map<BlockId, Object>) Reflect.get(store, "entries");
    }

    /** Returns a block's entry without using it: to be got would make it the most recently used. */
    private Object entry(BlockId id) {
        return entries().entrySet().stream().filter(each -> each.getKey().equals(id)).findFirst().get().getValue();
    }

    long size(BlockId id) {
        return ((Number) Reflect.call(entry(id), "size")).longValue();
    }

    // Puts of blocks whose sizes nobody knows

    private void open(String name, String rddAndLevel) throws Exception {
        String[] words = rddAndLevel.split(",");
        Unrolling put = new Unrolling(this, named(name, words[0]), words[1].equals("bytes"));
        puts.put(name, put);
        put.begin();
    }

    /** The task ends: its listeners run, and the executor cleans up. Blocks stay. */
    private void end() throws InterruptedException {
        for (Unrolling each : puts.values()) {
            each.forget();
        }
        puts.clear();
        Task.complete(context);
        store.releaseUnrollMemoryForThisTask(MemoryMode.ON_HEAP, Long.MAX_VALUE);
        store.releaseUnrollMemoryForThisTask(MemoryMode.OFF_HEAP, Long.MAX_VALUE);
        begin();
    }

    /** Returns of which puts what was unrolled can be reached. */
    private List<String> alive() throws InterruptedException {
        puts.values().forEach(Unrolling::watch);
        Heap.collect();
        List<String> found = new ArrayList<>();
        puts.forEach((name, each) -> {
            if (each.isAlive()) {
                found.add(name);
            }
        });
        return found;
    }

    private void tell(Map<String, Object> told) {
        List<String> order = new ArrayList<>();
        for (BlockId id : entries().keySet()) {
            blocks.forEach((name, each) -> {
                if (each.equals(id)) {
                    order.add(name);
                }
            });
        }
        told.put("requests", new ArrayList<>(requests));
        told.put("storage", memory.storageMemoryUsed());
        told.put("execution", memory.executionMemoryUsed());
        told.put("pool", ((Number) Reflect.call(Reflect.get(memory, "onHeapExecutionMemoryPool"), "poolSize")).longValue());
        told.put("unroll", store.currentUnrollMemoryForThisTask());
        told.put("accounts", Reflect.call(Reflect.get(store, "onHeapUnrollMemoryMap"), "size"));
        told.put("entries", order);
    }
}
