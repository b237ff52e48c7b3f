package spillproof.spark;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.memory.MemoryMode;
import org.apache.spark.memory.TaskMemoryManager;
import org.apache.spark.memory.UnifiedMemoryManager;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.map.BytesToBytesMap;

/** The real map of raw records, each as large as a page, and another consumer, which spills everything for it. */
final class RawMap {
    private static final int PAGE = 128;
    private static final int KEY = 8;
    /** What a record has besides its key and its value: two lengths, a pointer, and the page's count. */
    private static final int MORE = 4 + 4 + 8 + 4;

    private final class Other extends MemoryConsumer {
        Other() {
            super(manager, PAGE, MemoryMode.ON_HEAP);
        }

        @Override
        public long spill(long size, MemoryConsumer trigger) {
            long freed = trigger == this ? 0 : getUsed();
            freeMemory(freed);
            return freed;
        }
    }

    private final UnifiedMemoryManager memory;
    private final TaskMemoryManager manager;
    private final BytesToBytesMap map;
    private final Other other;
    private java.util.Iterator<?> iterator;
    private long keys;

    RawMap(org.apache.spark.SparkConf conf, long pool) {
        memory = new UnifiedMemoryManager(conf, pool, 0, 1);
        manager = new TaskMemoryManager(memory, 1);
        map = new BytesToBytesMap(manager, 64, PAGE);
        other = new Other();
    }

    /** Does one thing, and returns what came of it, and what everybody has. */
    Map<String, Object> obey(String what, long size) {
        Map<String, Object> told = new LinkedHashMap<>();
        switch (what) {
            case "begin": break;
            case "append": append(told); break;
            case "reset": map.reset(); keys = 0; break;
            case "read": iterator = map.destructiveIterator(); break;
            case "next": iterator.hasNext(); iterator.next(); break;
            case "free": map.free(); break;
            case "acquire": told.put("granted", other.acquireMemory(size)); break;
            case "release": other.freeMemory(size); break;
            default: throw new IllegalArgumentException("no map does " + what);
        }
        told.put("map", Raw.used(map));
        told.put("other", Raw.used(other));
        told.put("pool", memory.executionMemoryUsed());
        return told;
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
