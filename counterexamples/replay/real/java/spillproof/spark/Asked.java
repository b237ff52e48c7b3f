package spillproof.spark;

import java.io.IOException;
import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.memory.MemoryMode;
import org.apache.spark.unsafe.array.LongArray;

/** A consumer that counts how often it is asked to spill, and of which arrays are wanted. */
class Asked extends MemoryConsumer {
    /** Frees that part of what it uses, at least one byte; 0: nothing. */
    private final double share;
    IOException fails;
    int asked;
    /** How many requests its manager had been made, when it was last asked. */
    int requestsWhenAsked;
    int arrays;
    int arraysFreed;
    /** What is done in the place of giving an array, once there were some. */
    Runnable instead;

    Asked(Watched manager, double share) {
        super(manager, 1 << 20, MemoryMode.ON_HEAP);
        this.share = share;
    }

    @Override
    public long spill(long size, MemoryConsumer trigger) throws IOException {
        asked++;
        requestsWhenAsked = ((Watched) taskMemoryManager).requests;
        if (fails != null) {
            throw fails;
        }
        long freed = (long) Math.ceil(share * ((Number) Reflect.call(this, "getUsed")).longValue());
        freeMemory(freed);
        return freed;
    }

    @Override
    public LongArray allocateArray(long size) {
        arrays++;
        if (instead != null) {
            instead.run();
        }
        return super.allocateArray(size);
    }

    @Override
    public void freeArray(LongArray array) {
        arraysFreed++;
        if (arraysFreed <= arrays) {
            super.freeArray(array);
        }
    }
}
