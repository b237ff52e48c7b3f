package spillproof.spark;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.apache.spark.TaskContext$;
import org.apache.spark.memory.MemoryMode;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.memory.PartiallySerializedBlock;
import org.apache.spark.storage.memory.PartiallyUnrolledIterator;
import scala.collection.AbstractIterator;
import scala.reflect.ClassTag;
import scala.util.Either;

/**
 * A put of a block whose size nobody knows, in a thread of its own: it goes on whenever it is given records, and stops
 * where it asks for more. Then the application has what is left of it, if it did not fit.
 */
final class Unrolling {
    private static final ClassTag<Object> ANY = scala.reflect.ClassTag$.MODULE$.Object();

    /** The records of the block: as many as are given, and without end for whoever reads what did not fit. */
    private final class Source extends AbstractIterator<Object> {
        private int left;
        private int size;
        private int given;
        private boolean ends;
        private boolean fails;

        @Override
        public boolean hasNext() {
            while (left == 0 && !ends && !refused && !fails) {
                resting.release();
                turn.acquireUninterruptibly();
            }
            if (fails) {
                throw new IllegalStateException("the records end with an error");
            }
            return left > 0 || !ends;
        }

        @Override
        public Object next() {
            byte[] record = ByteBuffer.allocate(Math.max(size, 4)).putInt(given).array();
            given++;
            left = Math.max(left - 1, 0);
            if (!isOver && !serialized) {
                watched.add(new WeakReference<>(record));
            }
            return record;
        }
    }

    private final Storage storage;
    private final BlockId id;
    private final boolean serialized;
    private final Thread thread = new Thread(this::put);
    private final Semaphore turn = new Semaphore(0);
    private final Semaphore resting = new Semaphore(0);
    private final Source source = new Source();
    private final List<WeakReference<Object>> watched = new ArrayList<>();
    /** How many records it has taken itself, once it is over. */
    private int unrolled;
    private volatile boolean isOver;
    private volatile boolean refused;
    private volatile Throwable raised;
    private PartiallySerializedBlock<Object> block;
    private PartiallyUnrolledIterator<Object> iterator;

    Unrolling(Storage storage, BlockId id, boolean serialized) {
        this.storage = storage;
        this.id = id;
        this.serialized = serialized;
    }

    void begin() throws InterruptedException {
        thread.setDaemon(true);
        thread.start();
        resting.acquire();
    }

    /** Does one thing. What the put asks for is noted by its memory manager. */
    void act(String what, long size, Map<String, Object> told) throws Exception {
        switch (what) {
            case "batch": source.size = (int) size; source.left = 16; go(); break;
            case "finish": source.ends = true; go(); break;
            case "break": source.fails = true; go(); break;
            case "values": iterator = block.valuesIterator(); watch(); block = null; break;
            case "ask": told.put("more", iterator.hasNext()); break;
            case "pull": told.put("record", ByteBuffer.wrap((byte[]) iterator.next()).getInt()); break;
            case "close": iterator.close(); break;
            case "discard": block.discard(); watch(); block = null; break;
            case "write": write(); break;
            case "drop": watch(); block = null; iterator = null; break;
            default: throw new IllegalArgumentException("no put does " + what);
        }
    }

    /** Says how far the put is. */
    void tell(Map<String, Object> told) {
        told.put("given", source.given);
        told.put("over", isOver);
        if (isOver && raised == null && !refused) {
            told.put("size", storage.size(id));
        }
    }

    private void write() {
        source.ends = true;
        block.finishWritingToStream(new java.io.ByteArrayOutputStream());
        watch();
        block = null;
    }

    private void go() throws InterruptedException {
        turn.release();
        resting.acquire();
    }

    /** Somebody's request was granted or not: if it was of this put, and was not, the put does not fit. */
    void noted(boolean granted) {
        refused |= !granted && Thread.currentThread() == thread;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private void put() {
        TaskContext$.MODULE$.setTaskContext(storage.context);
        boolean stored = false;
        storage.lock(id);
        try {
            String how = serialized ? "putIteratorAsBytes" : "putIteratorAsValues";
            Either<Object, Object> result = (Either) Reflect.callFitting(storage.store, how, id, source, MemoryMode.ON_HEAP, ANY);
            stored = result.isRight();
            if (!stored && serialized) {
                block = (PartiallySerializedBlock) result.left().get();
            } else if (!stored) {
                iterator = (PartiallyUnrolledIterator) result.left().get();
            }
        } catch (Throwable error) {
            raised = error;
        } finally {
            storage.settle(id, stored);
            unrolled = source.given;
            isOver = true;
            source.left = 0;
            resting.release();
        }
    }

    /** Ends the thread, if it is still there, and gives up what the application has. */
    void forget() throws InterruptedException {
        if (!isOver) {
            source.fails = true;
            go();
        }
        block = null;
        iterator = null;
    }

    /** Notes which chunks there are, if any: those that were written, and those that are read. */
    void watch() {
        if (block == null) {
            return;
        }
        scala.collection.Seq<?> written = (scala.collection.Seq<?>) Reflect.get(Reflect.get(block, "bbos"), "chunks");
        for (int i = 0; i < written.size(); i++) {
            watch((ByteBuffer) written.apply(i));
        }
        Object buffer = Reflect.get(block, "unrolledBuffer");
        if (buffer != null) {
            for (ByteBuffer each : (ByteBuffer[]) Reflect.get(buffer, "chunks")) {
                watch(each);
            }
        }
    }

    private void watch(ByteBuffer chunk) {
        watched.add(new WeakReference<>(chunk.array()));
    }

    /** Returns whether the put did not fit, and what it had unrolled can be reached. */
    boolean isAlive() {
        return isOver && refused && unrolled > 0 && watched.stream().anyMatch(each -> each.get() != null);
    }
}
