package spillproof.spark;

import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.memory.MemoryMode;

/**
 * A consumer that only accounts: it holds no bytes, and frees all, half or none of them when it is asked to spill for
 * others; in the manner `self`, all of them even for a request of its own.
 */
final class ByteConsumer extends MemoryConsumer {
    private final String name;
    private final String manner;
    private final Task task;

    ByteConsumer(String name, String manner, MemoryMode mode, Task task) {
        super(task.manager, 1 << 20, mode);
        this.name = name;
        this.manner = manner;
        this.task = task;
    }

    @Override
    public long spill(long size, MemoryConsumer trigger) {
        long freed = trigger == this && !manner.equals("self") ? 0 : share();
        if (freed > 0) {
            freeMemory(freed);
            task.spilled(name, freed);
        }
        return freed;
    }

    private long share() {
        return manner.equals("half") ? (getUsed() + 1) / 2 : manner.equals("none") ? 0 : getUsed();
    }

    /** The same in every run, so that Spark's hash set has them in the same order: a run can be taken again. */
    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    long inUse() {
        return getUsed();
    }
}
