package spillproof.spark;

import org.apache.spark.memory.MemoryConsumer;

/** What the maps and sorters that spill have in common: Spark's `Spillable`. */
abstract class Spilling extends Consumer {
    /** What a record takes besides its bytes, by Spark's estimate. */
    private static final int CELL = 24 + 24 + 16;

    private int batches;

    Spilling(String name, MemoryConsumer consumer) {
        super(name, consumer);
    }

    /** Puts records in so that the collection asks for so many bytes when it next looks. */
    final void ask(long bytes, boolean again) {
        MemoryConsumer there = building();
        batches += again ? 0 : 1;
        int looks = Batch.LOOKS_EVERY - (int) (elements(there) % Batch.LOOKS_EVERY);
        long content = (threshold(there) + bytes) / 2 - estimate() - overhead(looks, again);
        if (content < 0) {
            throw new IllegalArgumentException(name + " asks for at least as much as it has, and not for " + bytes);
        }
        insert(new Batch(this, key(), keys(looks), looks, looksFirst(), content / looks / 8 * 8));
        records = batches;
        watch();
    }

    /** Puts bytes in until what is in memory is what is accounted; Spark does not look in between. */
    final void fill() {
        MemoryConsumer there = building();
        long missing = used() - estimate();
        if (missing > 0 && elements(there) % Batch.LOOKS_EVERY < Batch.LOOKS_EVERY - 2) {
            insert(new Batch(this, key(), 1, 1, false, missing));
        }
        watch();
    }

    /** Returns whether the collection looks before it puts a record in, so that one more is needed to make it look. */
    abstract boolean looksFirst();

    abstract int keys(int records);

    abstract int keyBytes();

    /** Later records come first in the order of keys: so that what is in memory is read before what was spilled. */
    private long key() {
        return (1000L - batches) * Batch.LOOKS_EVERY * 2;
    }

    private long overhead(int looks, boolean again) {
        return (long) looks * CELL + (long) (again ? 0 : keys(looks)) * keyBytes();
    }

    /** What Spark's estimator says now. The collection's own estimate is a sample of some records ago, extrapolated. */
    private long estimate() {
        return org.apache.spark.util.SizeEstimator.estimate(inMemory(building()));
    }

    private static long elements(Object spillable) {
        return Reflect.number(spillable, "_elementsRead");
    }

    private static long threshold(Object spillable) {
        return Reflect.number(spillable, "myMemoryThreshold");
    }
}
