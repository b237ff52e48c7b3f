package spillproof.spark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.array.LongArray;
import org.apache.spark.unsafe.map.BytesToBytesMap;
import org.apache.spark.unsafe.memory.MemoryBlock;
import org.apache.spark.util.collection.unsafe.sort.PrefixComparators;
import org.apache.spark.util.collection.unsafe.sort.UnsafeExternalSorter;
import org.apache.spark.util.collection.unsafe.sort.UnsafeInMemorySorter;

/** The real map of raw records, each as large as a page. */
final class RawMap extends Paged {
    private static final int KEY = 8;
    /** What a record has besides its key and its value: two lengths, a pointer, and the page's count. */
    private static final int MORE = 4 + 4 + 8 + 4;

    private final org.apache.spark.TaskContext context;
    private final BytesToBytesMap map;
    private java.util.Iterator<?> iterator;
    private long keys;
    private UnsafeExternalSorter sorter;

    RawMap(org.apache.spark.SparkConf conf, long pool) {
        super(conf, pool);
        context = new Task(conf, 1 << 20).context;
        map = new BytesToBytesMap(manager, 64, PAGE);
    }

    @Override
    MemoryConsumer consumer() {
        return map;
    }

    @Override
    void act(String what, long size, Map<String, Object> told) throws java.io.IOException {
        switch (what) {
            case "append": append(told, keys); keys++; break;
            case "repeat": append(told, Math.max(0, keys - 1)); keys = Math.max(1, keys); break;
            case "sort": sort(size > 0); break;
            case "reset": map.reset(); keys = 0; break;
            case "read": iterator = map.destructiveIterator(); break;
            case "next": iterator.hasNext(); iterator.next(); break;
            case "free": free(); break;
            default: throw new IllegalArgumentException("no map does " + what);
        }
        told.put("larger", 8 * 4L * Reflect.number(map, "numValues"));
        told.put("overfull", Reflect.get(map, "longArray") != null && isOverfull());
        told.put("sorted", sorter == null ? 0 : ((Collection<?>) Reflect.get(sorter, "spillWriters")).size());
    }

    /** Returns whether a sort of the records needs a larger array than the map's. */
    private boolean isOverfull() {
        return map.numValues() > map.getArray().size() / 4;
    }

    /**
     * Sorts what is in the map, writes and merges it, and resets the map: what the constructor of UnsafeKVExternalSorter
     * and its merge do. That class is in the jar of Spark SQL; what it does is said here in its order. Before
     * SPARK-23376 it has no larger array.
     */
    private void sort(boolean hasLarger) throws java.io.IOException {
        LongArray pointers = map.getArray();
        if (hasLarger && isOverfull()) {
            pointers = map.allocateArray(map.numValues() * 4L);
        }
        UnsafeInMemorySorter records =
                new UnsafeInMemorySorter(null, manager, Raw.prefixes(), PrefixComparators.LONG, pointers, true);
        long prefix = 0;
        for (java.util.Iterator<BytesToBytesMap.Location> all = map.iterator(); all.hasNext(); ) {
            BytesToBytesMap.Location place = all.next();
            long address = manager.encodePageNumberAndOffset(place.getMemoryPage(), place.getKeyOffset() - 8);
            records.insertRecord(address, prefix++, false);
        }
        UnsafeExternalSorter written = Raw.written(manager, context, PAGE, records);
        map.reset();
        keys = 0;
        if (sorter == null) {
            sorter = written;
        } else {
            sorter.merge(written);
        }
    }

    private void free() {
        map.free();
        if (sorter != null) {
            sorter.cleanupResources();
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    List<MemoryBlock> blocks() {
        List<MemoryBlock> found = new ArrayList<>((Collection<MemoryBlock>) Reflect.get(map, "dataPages"));
        LongArray array = (LongArray) Reflect.get(map, "longArray");
        if (array != null) {
            found.add(array.memoryBlock());
        }
        return found;
    }

    private void append(Map<String, Object> told, long key) {
        byte[] value = new byte[PAGE - KEY - MORE];
        BytesToBytesMap.Location place = map.lookup(new long[] {key}, Platform.LONG_ARRAY_OFFSET, KEY);
        told.put("fills", Reflect.number(map, "numKeys") + 1 >= Reflect.number(map, "growthThreshold"));
        told.put("appended", place.append(new long[] {key}, Platform.LONG_ARRAY_OFFSET, KEY,
                value, Platform.BYTE_ARRAY_OFFSET, value.length));
    }
}
