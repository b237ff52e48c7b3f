package spillproof.spark;

import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.memory.MemoryMode;

/** A consumer that only accounts: it holds no bytes, and frees all, half or none of them when it is asked to spill. */
final class ByteConsumer extends MemoryConsumer {
    private final String name;
    private final String manner;
    private final Task task;

    ByteConsumer(String name, String manner, Task task) {
        super(task.manager, 1 << 20, MemoryMode.ON_HEAP);
        this.name = name;
        this.manner = manner;
        this.task = task;
    }

    @Override
    public long spill(long size, MemoryConsumer trigger) {
        long freed = trigger == this ? 0 : manner.equals("all") ? getUsed() : manner.equals("half") ? (getUsed() + 1) / 2 : 0;
        if (freed > 0) {
            freeMemory(freed);
            task.spilled(name, freed);
        }
        return freed;
    }

    long inUse() {
        return getUsed();
    }
}
