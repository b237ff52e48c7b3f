package io.trino.memory;

/** The fields of Trino's pool that a dump is asked for. */
public final class MemoryPool {
    public final long maxBytes = 10 << 20;
    public long reservedBytes;
    public long reservedRevocableBytes;
}
