package spillproof.spark;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.memory.MemoryConsumer;

/**
 * A consumer of the real Spark, with a name. It is held only as long as the application would hold it: while it is
 * built. Later, whoever wants to look at it must find it where Spark keeps it.
 */
abstract class Consumer {
    final String name;
    private final WeakReference<MemoryConsumer> watched;
    private MemoryConsumer built;
    private scala.collection.Iterator<?> iterator;
    private final List<WeakReference<Object>> generations = new ArrayList<>();
    int records;

    Consumer(String name, MemoryConsumer consumer) {
        this.name = name;
        this.built = consumer;
        this.watched = new WeakReference<>(consumer);
    }

    /** Returns the collection that is in memory by the consumer's own fields, or null. */
    abstract Object inMemory(MemoryConsumer consumer);

    /** Inserts records, one of which makes the consumer ask for so many bytes; see `Batch`. */
    abstract void insert(Batch batch);

    abstract scala.collection.Iterator<?> open();

    /** Returns how many records there are to one of the model. */
    abstract int recordsEach();

    MemoryConsumer consumer() {
        return watched.get();
    }

    MemoryConsumer building() {
        if (built == null) {
            throw new IllegalStateException(name + " is read already, so that nothing can be put into it");
        }
        return built;
    }

    long used() {
        MemoryConsumer there = consumer();
        return there == null ? 0 : ((Number) Reflect.call(there, "getUsed")).longValue();
    }

    /** Asks for the consumer once only: garbage may be collected at any moment. */
    private Object inMemoryNow() {
        MemoryConsumer there = consumer();
        return there == null ? null : inMemory(there);
    }

    /** Takes note of the collection that is in memory now, if it is another than before. */
    final void watch() {
        Object there = inMemoryNow();
        if (there != null && (generations.isEmpty() || generations.get(generations.size() - 1).get() != there)) {
            generations.add(new WeakReference<>(there));
        }
    }

    /** The application is done with building: from now on it holds the iterator only. */
    final void read() {
        iterator = open();
        built = null;
    }

    /** Pulls as many records as make one of the model; returns how many there were. */
    final int pull() {
        int pulled = 0;
        while (iterator != null && pulled < recordsEach() && iterator.hasNext()) {
            iterator.next();
            pulled++;
        }
        return pulled;
    }

    final void drop() {
        iterator = null;
    }

    final void leave() {
        iterator = null;
        built = null;
    }

    /** Returns the collections that are still there, each with its size and whether the consumer's fields name it. */
    final List<Map<String, Object>> alive() {
        List<Map<String, Object>> found = new ArrayList<>();
        Object current = inMemoryNow();
        for (int i = 0; i < generations.size(); i++) {
            Object there = generations.get(i).get();
            if (there != null) {
                Map<String, Object> told = new LinkedHashMap<>();
                told.put("generation", i + 1);
                told.put("current", there == current);
                told.put("bytes", Heap.deepSize(there));
                found.add(told);
            }
        }
        return found;
    }

    final Object generation(int number) {
        return generations.get(number - 1).get();
    }

    final void roots(Map<String, Object> roots) {
        roots.put("downstream's iterator over " + name, iterator);
        roots.put("downstream, building " + name, built);
    }
}
