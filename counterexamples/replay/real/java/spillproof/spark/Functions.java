package spillproof.spark;

import java.io.Serializable;
import org.apache.spark.util.io.ChunkedByteBuffer;
import scala.runtime.AbstractFunction0;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/** What a map is told to do with records. Scala's functions are abstract classes up to 2.11: no lambda will do. */
final class Functions {
    static final class Create extends AbstractFunction1<Object, Object> implements Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public Object apply(Object value) {
            return value;
        }
    }

    static final class Merge extends AbstractFunction2<Object, Object, Object> implements Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public Object apply(Object there, Object value) {
            return Cell.merge((Cell) there, (Cell) value);
        }
    }

    static final class Join extends AbstractFunction2<Object, Object, Object> implements Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public Object apply(Object one, Object other) {
            return Cell.join((Cell) one, (Cell) other);
        }
    }

    /** Nothing at all. */
    static final class Nothing extends AbstractFunction0<BoxedUnit> {
        @Override
        public BoxedUnit apply() {
            return BoxedUnit.UNIT;
        }
    }

    /** So many bytes of a block. */
    static final class Bytes extends AbstractFunction0<ChunkedByteBuffer> {
        private final int size;

        Bytes(int size) {
            this.size = size;
        }

        @Override
        public ChunkedByteBuffer apply() {
            return new ChunkedByteBuffer(java.nio.ByteBuffer.allocate(size));
        }
    }

    /** What a reader of shuffles does when its iterator is at its end. */
    static final class Stop extends AbstractFunction0<BoxedUnit> {
        private final DrivenSorter.Stopped sorter;

        Stop(DrivenSorter.Stopped sorter) {
            this.sorter = sorter;
        }

        @Override
        public BoxedUnit apply() {
            sorter.stop();
            return BoxedUnit.UNIT;
        }
    }

    private Functions() {}
}
