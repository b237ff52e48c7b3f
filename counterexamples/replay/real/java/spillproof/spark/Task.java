package spillproof.spark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.Aggregator;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv$;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskContext$;
import org.apache.spark.TaskContextImpl;
import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.memory.MemoryMode;
import org.apache.spark.memory.TaskMemoryManager;
import org.apache.spark.memory.UnifiedMemoryManager;
import org.apache.spark.util.collection.ExternalAppendOnlyMap;
import org.apache.spark.util.collection.ExternalSorter;

/** One task of the real Spark, with a pool of its own, and what an application would hold of it. */
final class Task {
    final TaskMemoryManager manager;
    final TaskContext context;
    private final UnifiedMemoryManager memory;
    private final Map<String, Consumer> consumers = new LinkedHashMap<>();
    private final Map<String, ByteConsumer> bytes = new LinkedHashMap<>();
    private final List<Object> spills = new ArrayList<>();

    Task(SparkConf conf, long pool) {
        this(conf, pool, 0);
    }

    /** With memory off the heap, which then is Tungsten's, or with 0 bytes without. */
    Task(SparkConf conf, long pool, long offHeap) {
        SparkConf own = conf.clone();
        if (offHeap > 0) {
            own.set("spark.memory.offHeap.enabled", "true").set("spark.memory.offHeap.size", Long.toString(offHeap));
        }
        memory = new UnifiedMemoryManager(own, pool, 0, 1);
        manager = new TaskMemoryManager(memory, 1);
        context = (TaskContext) Reflect.make(TaskContextImpl.class, manager);
        TaskContext$.MODULE$.setTaskContext(context);
    }

    /** Adds a consumer. A collection may have a number of records after which it spills, which is not 0. */
    void add(String name, String kind, String manner, int number) {
        SparkConf settings = SparkEnv$.MODULE$.get().conf();
        if (number > 0) {
            settings.set(Raw.NUMBER, Integer.toString(number));
        }
        try {
            add(name, kind, manner);
        } finally {
            settings.remove(Raw.NUMBER);
        }
    }

    /** Adds a consumer: a map, a sorter (with an aggregator or without), or one of bytes only. */
    void add(String name, String kind, String manner) {
        switch (kind) {
            case "map": consumers.put(name, new DrivenMap(name, this)); break;
            case "sorter": consumers.put(name, new DrivenSorter(name, this, manner.equals("aggregates"))); break;
            case "bytes": bytes.put(name, new ByteConsumer(name, manner, MemoryMode.ON_HEAP, this)); break;
            case "off-heap": bytes.put(name, new ByteConsumer(name, manner, MemoryMode.OFF_HEAP, this)); break;
            default: throw new IllegalArgumentException("no consumer is called " + kind);
        }
    }

    MemoryConsumer newMap() {
        return (MemoryConsumer) Reflect.make(
                ExternalAppendOnlyMap.class, new Functions.Create(), new Functions.Merge(), new Functions.Join(),
                SparkEnv$.MODULE$.get().serializer(), SparkEnv$.MODULE$.get().blockManager(), context,
                SparkEnv$.MODULE$.get().serializerManager());
    }

    MemoryConsumer newSorter(boolean aggregates) {
        Object aggregator = scala.Option.apply(aggregates
                ? new Aggregator<Object, Object, Object>(new Functions.Create(), new Functions.Merge(), new Functions.Join())
                : null);
        Object ordering = scala.Option.apply(aggregates ? null : Reflect.module("scala.math.Ordering$Long"));
        return (MemoryConsumer) Reflect.make(
                ExternalSorter.class, context, aggregator, scala.Option.empty(), ordering,
                SparkEnv$.MODULE$.get().serializer());
    }

    Spilling spilling(String name) {
        return (Spilling) named(name);
    }

    Consumer named(String name) {
        Consumer found = consumers.get(name);
        if (found == null) {
            throw new IllegalArgumentException("nothing is called " + name);
        }
        return found;
    }

    ByteConsumer bytes(String name) {
        return bytes.get(name);
    }

    void spilled(String name, long freed) {
        List<Object> spill = new ArrayList<>();
        spill.add(name);
        spill.add(freed);
        spills.add(spill);
    }

    /** The task ends: the application returns from its frames, listeners run, and the executor cleans up. */
    long end() {
        consumers.values().forEach(Consumer::leave);
        complete(context);
        return manager.cleanUpAllAllocatedMemory();
    }

    /** Lets the listeners of a task run, as its end does. */
    static void complete(TaskContext context) {
        try {
            context.getClass().getMethod("markTaskCompleted", scala.Option.class).invoke(context, scala.Option.empty());
        } catch (NoSuchMethodException older) {
            Reflect.call(context, "markTaskCompleted");
        } catch (ReflectiveOperationException error) {
            throw new IllegalStateException(error);
        }
    }

    /** Returns what the accounting believes. */
    Map<String, Object> accounts() {
        Map<String, Object> used = new LinkedHashMap<>();
        consumers.forEach((name, each) -> used.put(name, each.used()));
        bytes.forEach((name, each) -> used.put(name, each.inUse()));
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("pool", memory.executionMemoryUsed());
        told.put("task", manager.getMemoryConsumptionForThisTask());
        told.put("used", used);
        told.put("spills", new ArrayList<>(spills));
        spills.clear();
        return told;
    }

    /** Returns what is in the heap, after garbage was collected. */
    Map<String, Object> reachable() throws InterruptedException {
        consumers.values().forEach(Consumer::watch);
        Heap.collect();
        Map<String, Object> told = new LinkedHashMap<>();
        consumers.forEach((name, each) -> told.put(name, each.alive()));
        return told;
    }

    /** Returns which references lead to a collection, from what Spark and the application hold. */
    List<String> chain(String name, int generation, boolean fromDownstream) {
        Map<String, Object> roots = Heap.named();
        if (fromDownstream) {
            consumers.values().forEach(each -> each.roots(roots));
        } else {
            roots.put("task memory manager", manager);
            roots.put("task context", context);
        }
        return Heap.chain(roots, named(name).generation(generation));
    }
}
