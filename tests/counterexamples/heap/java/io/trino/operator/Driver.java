package io.trino.operator;

import io.trino.memory.MemoryPool;
import java.util.ArrayList;
import java.util.List;

/** The fields of Trino's driver that a dump is asked for, and of what leads from it to its pool. */
public final class Driver {
    public static final class QueryContext {
        final MemoryPool memoryPool;

        QueryContext(MemoryPool pool) {
            memoryPool = pool;
        }
    }

    public static final class TaskContext {
        final QueryContext queryContext;

        TaskContext(MemoryPool pool) {
            queryContext = new QueryContext(pool);
        }
    }

    public static final class PipelineContext {
        final TaskContext taskContext;

        PipelineContext(MemoryPool pool) {
            taskContext = new TaskContext(pool);
        }
    }

    public static final class DriverContext {
        final PipelineContext pipelineContext;

        DriverContext(MemoryPool pool) {
            pipelineContext = new PipelineContext(pool);
        }
    }

    public final DriverContext driverContext;
    public final List<Object> allOperators = new ArrayList<>();

    public Driver(MemoryPool pool) {
        driverContext = new DriverContext(pool);
    }
}
