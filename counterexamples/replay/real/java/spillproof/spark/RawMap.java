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

/** The real map of raw records, each as large as a page. */
final class RawMap extends Paged {
    private static final int KEY = 8;
    /** What a record has besides its key and its value: two lengths, a pointer, and the page's count. */
    private static final int MORE = 4 + 4 + 8 + 4;

    private final BytesToBytesMap map;
    private java.util.Iterator<?> iterator;
    private long keys;

    RawMap(org.apache.spark.SparkConf conf, long pool) {
        super(conf, pool);
        map = new BytesToBytesMap(manager, 64, PAGE);
    }

    @Override
    MemoryConsumer consumer() {
        return map;
    }

    @Override
    void act(String what, long size, Map<String, Object> told) {
        switch (what) {
            case "append": append(told); break;
            case "reset": map.reset(); keys = 0; break;
            case "read": iterator = map.destructiveIterator(); break;
            case "next": iterator.hasNext(); iterator.next(); break;
            case "free": map.free(); break;
            default: throw new IllegalArgumentException("no map does " + what);
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

    private void append(Map<String, Object> told) {
        byte[] value = new byte[PAGE - KEY - MORE];
        BytesToBytesMap.Location place = map.lookup(new long[] {keys}, Platform.LONG_ARRAY_OFFSET, KEY);
        told.put("fills", Reflect.number(map, "numKeys") + 1 >= Reflect.number(map, "growthThreshold"));
        told.put("appended", place.append(new long[] {keys}, Platform.LONG_ARRAY_OFFSET, KEY,
                value, Platform.BYTE_ARRAY_OFFSET, value.length));
        keys++;
    }
}
