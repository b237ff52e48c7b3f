package spillproof.spark;

import scala.Tuple2;
import scala.collection.AbstractIterator;

/**
 * Records that are put into a collection as one record of the model is: so large that the collection, when it next looks
 * (at every 32nd record), asks for as many bytes as it is told to. Spark asks for twice the present estimate less the
 * threshold: what it asks for is chosen here by the size of the records, and what it gets is Spark's business.
 */
final class Batch extends AbstractIterator<scala.Product2<Object, Object>> {
    /** So many keys a batch: more than any iterator of Spark reads ahead. */
    static final int KEYS = 8;

    static final int LOOKS_EVERY = 32;

    /** A few small records. */
    static final class Few extends AbstractIterator<Object> {
        private long next;

        @Override
        public boolean hasNext() {
            return next < KEYS;
        }

        @Override
        public Object next() {
            return new Tuple2<Object, Object>(next++, Cell.of(8));
        }
    }

    private final Consumer into;
    private final long firstKey;
    private final int keys;
    private final int records;
    private final boolean trigger;
    private final long each;
    private int next;

    Batch(Consumer into, long firstKey, int keys, int records, boolean trigger, long each) {
        this.into = into;
        this.firstKey = firstKey;
        this.keys = keys;
        this.records = records;
        this.trigger = trigger;
        this.each = each;
    }

    @Override
    public boolean hasNext() {
        into.watch();
        return next < records || trigger && next == records;
    }

    @Override
    public scala.Product2<Object, Object> next() {
        into.watch();
        long key = next < records ? firstKey + next % keys : firstKey;
        Cell value = Cell.of(next < records ? each : 0);
        next++;
        return new Tuple2<Object, Object>(key, value);
    }
}
