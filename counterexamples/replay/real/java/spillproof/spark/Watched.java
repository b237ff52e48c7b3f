package spillproof.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.memory.MemoryManager;
import org.apache.spark.memory.TaskMemoryManager;
import org.apache.spark.unsafe.memory.MemoryBlock;

/** The real memory manager of a task, whose requests can be refused, and whose pages are watched as they are freed. */
final class Watched extends TaskMemoryManager {
    private final Set<MemoryBlock> freed = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
    private final List<Object> monitors = new ArrayList<>();
    boolean refuses;
    int requests;
    /** Whether a page was freed that had been freed before. */
    boolean freedTwice;
    /** Whether a page was freed by a thread that held one of the monitors. */
    boolean freedWithMonitor;

    Watched(MemoryManager memory) {
        super(memory, 1);
    }

    void watch(Object monitor) {
        monitors.add(monitor);
    }

    @Override
    public long acquireExecutionMemory(long required, MemoryConsumer consumer) {
        requests++;
        return refuses ? 0 : super.acquireExecutionMemory(required, consumer);
    }

    @Override
    public void freePage(MemoryBlock page, MemoryConsumer consumer) {
        freedTwice |= freed.contains(page);
        freedWithMonitor |= monitors.stream().anyMatch(Thread::holdsLock);
        if (freed.add(page)) {
            super.freePage(page, consumer);
        }
    }
}
