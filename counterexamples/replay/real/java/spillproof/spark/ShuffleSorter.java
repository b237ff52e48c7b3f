package spillproof.spark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv$;
import org.apache.spark.TaskContext;
import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.array.LongArray;
import org.apache.spark.unsafe.memory.MemoryBlock;

/** The real sorter that writes a shuffle, two records to a page. */
final class ShuffleSorter extends Paged {
    private static final int RECORD = PAGE / 2 - 8;
    private static final int WORDS = 16;

    private final MemoryConsumer sorter;

    ShuffleSorter(SparkConf conf, long pool) {
        super(conf.clone().set("spark.buffer.pageSize", PAGE + "b"), pool);
        TaskContext context = new Task(conf, 1 << 20).context;
        sorter = (MemoryConsumer) Reflect.makeHidden("org.apache.spark.shuffle.sort.ShuffleExternalSorter",
                manager, SparkEnv$.MODULE$.get().blockManager(), context, WORDS, 4, conf,
                context.taskMetrics().shuffleWriteMetrics());
    }

    @Override
    MemoryConsumer consumer() {
        return sorter;
    }

    @Override
    void act(String what, long size, Map<String, Object> told) {
        switch (what) {
            case "ask": ask(told); break;
            case "insert": insert(); break;
            case "close": Reflect.call(sorter, "closeAndGetSpills"); break;
            case "free": Reflect.call(sorter, "cleanupResources"); break;
            default: throw new IllegalArgumentException("no sorter does " + what);
        }
        told.put("files", ((Collection<?>) Reflect.get(sorter, "spills")).size());
        told.put("pages", pages().size());
    }

    /** Says what the next record will need. */
    private void ask(Map<String, Object> told) {
        Object pointers = Reflect.get(sorter, "inMemSorter");
        boolean hasArray = Reflect.get(pointers, "array") != null;
        told.put("array", hasArray && !(boolean) Reflect.call(pointers, "hasSpaceForAnotherRecord"));
        MemoryBlock page = (MemoryBlock) Reflect.get(sorter, "currentPage");
        long end = page == null ? 0 : page.getBaseOffset() + page.size();
        told.put("page", page == null || Reflect.number(sorter, "pageCursor") + RECORD + 4 > end);
    }

    private void insert() {
        Reflect.call(sorter, "insertRecord", new byte[RECORD], (long) Platform.BYTE_ARRAY_OFFSET, RECORD, 0);
    }

    @SuppressWarnings("unchecked")
    private Collection<MemoryBlock> pages() {
        return (Collection<MemoryBlock>) Reflect.get(sorter, "allocatedPages");
    }

    @Override
    List<MemoryBlock> blocks() {
        List<MemoryBlock> found = new ArrayList<>(pages());
        Object pointers = Reflect.get(sorter, "inMemSorter");
        LongArray array = pointers == null ? null : (LongArray) Reflect.get(pointers, "array");
        if (array != null) {
            found.add(array.memoryBlock());
        }
        return found;
    }
}
