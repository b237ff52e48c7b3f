package io.trino.operator.join;

import io.trino.memory.MemoryPool;

/** The fields of Trino's operator that a dump is asked for: pages that it holds, and contexts that it tells of them. */
public final class HashBuilderOperator {
    static final class Simple {
        long usedBytes;
    }

    static final class Context {
        final Simple delegate = new Simple();
    }

    final Context localUserMemoryContext = new Context();
    final Context localRevocableMemoryContext = new Context();
    final MemoryPool pool;
    Object index;

    public HashBuilderOperator(MemoryPool pool) {
        this.pool = pool;
    }

    public void add(int size) {
        index = new byte[][] {new byte[size]};
        localUserMemoryContext.delegate.usedBytes += size;
        pool.reservedBytes += size;
    }

    /** Tells its context that it has nothing any more; `lets` says whether that is so. */
    public void close(boolean lets) {
        pool.reservedBytes -= localUserMemoryContext.delegate.usedBytes;
        localUserMemoryContext.delegate.usedBytes = 0;
        if (lets) {
            index = null;
        }
    }
}
