package spillproof.spark;

import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.util.CompletionIterator$;
import org.apache.spark.util.collection.ExternalSorter;

/** The sorter of objects that goes to disk when memory is short, with an aggregator or without. */
final class DrivenSorter extends Spilling {
    private final boolean aggregates;
    private final Task task;

    DrivenSorter(String name, Task task, boolean aggregates) {
        super(name, task.newSorter(aggregates));
        this.task = task;
        this.aggregates = aggregates;
        watch();
    }

    /** A sorter that is to be stopped, at the end of iteration and at task end: what both closures refer to. */
    static final class Stopped implements org.apache.spark.util.TaskCompletionListener {
        private final ExternalSorter<?, ?, ?> sorter;

        Stopped(ExternalSorter<?, ?, ?> sorter) {
            this.sorter = sorter;
        }

        void stop() {
            sorter.stop();
        }

        @Override
        public void onTaskCompletion(org.apache.spark.TaskContext context) {
            stop();
        }
    }

    @Override
    Object inMemory(MemoryConsumer consumer) {
        return Reflect.get(consumer, aggregates ? "map" : "buffer");
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    void insert(Batch batch) {
        ((ExternalSorter) building()).insertAll((scala.collection.Iterator) batch);
    }

    /** Opens it as Spark's reader of shuffles does. */
    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    scala.collection.Iterator<?> open() {
        ExternalSorter<?, ?, ?> sorter = (ExternalSorter<?, ?, ?>) building();
        Stopped stopped = new Stopped(sorter);
        task.context.addTaskCompletionListener(stopped);
        return CompletionIterator$.MODULE$.apply((scala.collection.Iterator) sorter.iterator(), new Functions.Stop(stopped));
    }

    @Override
    int recordsEach() {
        return aggregates ? Batch.KEYS : Batch.LOOKS_EVERY;
    }

    @Override
    boolean looksFirst() {
        return false;
    }

    @Override
    int keys(int records) {
        return aggregates ? Math.min(Batch.KEYS, records) : records;
    }

    @Override
    int keyBytes() {
        return 24 + 24;
    }
}
