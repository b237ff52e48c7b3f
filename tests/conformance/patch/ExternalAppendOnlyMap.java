package org.apache.spark.util.collection;

import org.apache.spark.util.CompletionIterator;
import scala.Tuple2;
import scala.collection.AbstractIterator;
import scala.collection.Iterator;

/** Stands for Spark's own, so that a class within it can be compiled: nothing else of what comes out is used. */
@SuppressWarnings({"unchecked", "rawtypes"})
public abstract class ExternalAppendOnlyMap {
    public abstract class DiskMapIterator extends AbstractIterator {}

    public abstract DiskMapIterator
            org$apache$spark$util$collection$ExternalAppendOnlyMap$$spillMemoryIteratorToDisk(Iterator records);

    public abstract void org$apache$spark$util$collection$ExternalAppendOnlyMap$$freeCurrentMap();

    /**
     * A wrong repair of SPARK-22713: after a forced spill the next record comes from the file, as it ought to, and what
     * was read before is kept, "to tell in the end how much of it there was".
     */
    public class SpillableIterator extends AbstractIterator {
        private Iterator upstream;
        private Iterator drained;
        private boolean hasSpilled;
        private Tuple2 cur;

        public SpillableIterator(Iterator upstream) {
            this.upstream = upstream;
            this.cur = readNext();
        }

        public synchronized boolean spill() {
            if (hasSpilled) {
                return false;
            }
            drained = upstream;
            upstream = org$apache$spark$util$collection$ExternalAppendOnlyMap$$spillMemoryIteratorToDisk(upstream);
            hasSpilled = true;
            return true;
        }

        private void destroy() {
            org$apache$spark$util$collection$ExternalAppendOnlyMap$$freeCurrentMap();
            upstream = new Nothing();
            drained = null;
        }

        public CompletionIterator toCompletionIterator() {
            return new CompletionIterator(this) {
                @Override
                public void completion() {
                    destroy();
                }
            };
        }

        public synchronized Tuple2 readNext() {
            return upstream.hasNext() ? (Tuple2) upstream.next() : null;
        }

        @Override
        public boolean hasNext() {
            return cur != null;
        }

        @Override
        public Object next() {
            Tuple2 found = cur;
            cur = readNext();
            return found;
        }
    }

    /** No record. */
    static final class Nothing extends AbstractIterator {
        @Override
        public boolean hasNext() {
            return false;
        }

        @Override
        public Object next() {
            throw new java.util.NoSuchElementException();
        }
    }
}
