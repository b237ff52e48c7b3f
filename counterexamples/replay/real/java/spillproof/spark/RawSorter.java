package spillproof.spark;

import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.memory.MemoryBlock;
import org.apache.spark.util.collection.unsafe.sort.UnsafeExternalSorter;
import org.apache.spark.util.collection.unsafe.sort.UnsafeSorterIterator;

/** The real sorter of raw records, two to a page, each with its number as the prefix. */
final class RawSorter extends SorterOfPages {
    /** The array of pointers of a new sorter has room for so many words, two a pointer. */
    private static final int WORDS = 8;

    private final UnsafeExternalSorter sorter;
    private UnsafeSorterIterator iterator;
    private int records;

    RawSorter(SparkConf conf, long pool, int number) {
        super(conf, pool);
        sorter = Raw.sorter(manager, new Task(conf, 1 << 20).context, PAGE, WORDS, number);
    }

    @Override
    MemoryConsumer consumer() {
        return sorter;
    }

    @Override
    void act(String what, long size, Map<String, Object> told) throws Exception {
        switch (what) {
            case "ask": ask(told); break;
            case "insert": insert(size > 0); break;
            case "read": iterator = sorter.getSortedIterator(); break;
            case "next": iterator.loadNext(); told.put("record", iterator.getKeyPrefix()); break;
            case "free": sorter.cleanupResources(); break;
            default: throw new IllegalArgumentException("no sorter does " + what);
        }
        count("spillWriters", told);
    }

    private void insert(boolean isNull) throws Exception {
        sorter.insertRecord(new byte[RECORD], Platform.BYTE_ARRAY_OFFSET, RECORD, records, isNull);
        records++;
    }

    @Override
    List<MemoryBlock> blocks() {
        List<MemoryBlock> found = super.blocks();
        MemoryBlock last = iterator == null ? null : (MemoryBlock) Reflect.get(iterator, "lastPage");
        if (last != null && !found.contains(last)) {
            found.add(last);
        }
        return found;
    }
}
