package org.apache.flink.runtime.memory;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.core.memory.MemorySegment;

/** The fields of Flink's manager that a dump is asked for. */
public final class MemoryManager {
    static final class UnsafeMemoryBudget {
        final long totalMemorySize = 10 << 20;
        final AtomicLong availableMemorySize = new AtomicLong(totalMemorySize);
    }

    final Map<Object, Set<MemorySegment>> allocatedSegments = new ConcurrentHashMap<>();
    final long pageSize = 1 << 20;
    final UnsafeMemoryBudget memoryBudget = new UnsafeMemoryBudget();

    public MemorySegment allocate(Object owner) {
        MemorySegment segment = new MemorySegment((int) pageSize, owner);
        allocatedSegments.computeIfAbsent(owner, each -> new HashSet<>()).add(segment);
        memoryBudget.availableMemorySize.addAndGet(-pageSize);
        return segment;
    }

    public void release(MemorySegment segment) {
        allocatedSegments.get(segment.owner).remove(segment);
        memoryBudget.availableMemorySize.addAndGet(pageSize);
        segment.free();
    }
}
