package spillproof.spark;

import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.util.collection.ExternalAppendOnlyMap;

/** The map that goes to disk when memory is short: E1 and E2 of the report. */
final class DrivenMap extends Spilling {
    DrivenMap(String name, Task task) {
        super(name, task.newMap());
        watch();
    }

    @Override
    Object inMemory(MemoryConsumer consumer) {
        return Reflect.get(consumer, "currentMap");
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    void insert(Batch batch) {
        ((ExternalAppendOnlyMap) building()).insertAll((scala.collection.Iterator) batch);
    }

    @Override
    scala.collection.Iterator<?> open() {
        return ((ExternalAppendOnlyMap<?, ?, ?>) building()).iterator();
    }

    @Override
    int recordsEach() {
        return Batch.KEYS;
    }

    @Override
    boolean looksFirst() {
        return true;
    }

    @Override
    int keys(int records) {
        return Math.min(Batch.KEYS, records);
    }

    @Override
    int keyBytes() {
        return 24;
    }
}
