package org.apache.flink.core.memory;

import java.util.concurrent.atomic.AtomicBoolean;

/** The fields of Flink's segment that a dump is asked for: freeing one leaves its bytes. */
public final class MemorySegment {
    public final byte[] heapMemory;
    public final int size;
    public final Object owner;
    public final AtomicBoolean isFreedAtomic = new AtomicBoolean();

    public MemorySegment(int size, Object owner) {
        this.heapMemory = new byte[size];
        this.size = size;
        this.owner = owner;
    }

    public void free() {
        isFreedAtomic.set(true);
    }
}
