// What is told in the gallery's story of a serialized block that did not fit. With the jars of Spark 4 on the class path,
// and the --add-opens that Spark's own launcher gives: java SerializedBlockOnSpark.java
import java.lang.ref.WeakReference;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv$;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskContext$;
import org.apache.spark.memory.MemoryMode;
import org.apache.spark.memory.UnifiedMemoryManager;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockInfoManager;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.storage.TestBlockId;
import org.apache.spark.storage.memory.BlockEvictionHandler;
import org.apache.spark.storage.memory.MemoryStore;
import org.apache.spark.storage.memory.PartiallySerializedBlock;
import org.apache.spark.storage.memory.PartiallyUnrolledIterator;
import scala.reflect.ClassTag;
import scala.util.Either;

public class SerializedBlockOnSpark {
  static final ClassTag<Object> ANY = scala.reflect.ClassTag$.MODULE$.Object();

  static class Records extends scala.collection.AbstractIterator<Object> {
    int given;
    public boolean hasNext() { return true; }
    public Object next() { given++; return new byte[64 << 10]; }
  }

  static class Nothing implements BlockEvictionHandler {
    public <T> StorageLevel dropFromMemory(BlockId id, scala.Function0<Either<Object, org.apache.spark.util.io.ChunkedByteBuffer>> data, ClassTag<T> type) {
      return StorageLevel.NONE();
    }
  }

  static Object get(Object of, String name) throws Exception {
    for (Field each : of.getClass().getDeclaredFields()) {
      if (each.getName().equals(name) || each.getName().endsWith("$$" + name)) {
        each.setAccessible(true);
        return each.get(of);
      }
    }
    throw new IllegalStateException(name);
  }

  static Object call(Object on, String name, Object... given) throws Exception {
    for (Method each : on.getClass().getMethods()) {
      if (!each.getName().equals(name)) continue;
      Object[] all = new Object[each.getParameterCount()];
      for (int k = 0; k < all.length; k++) {
        all[k] = scala.Option.empty();
        for (Object one : given) if (each.getParameterTypes()[k].isInstance(one)) all[k] = one;
      }
      return each.invoke(on, all);
    }
    throw new IllegalStateException(name);
  }

  static List<WeakReference<Object>> chunks(PartiallySerializedBlock<?> block) throws Exception {
    List<WeakReference<Object>> found = new ArrayList<>();
    for (ByteBuffer each : (ByteBuffer[]) get(block.getUnrolledChunkedByteBuffer(), "chunks")) {
      found.add(new WeakReference<>(each.array()));
    }
    return found;
  }

  static String alive(List<WeakReference<Object>> chunks) throws Exception {
    WeakReference<Object> canary = new WeakReference<>(new Object());
    while (canary.get() != null) { System.gc(); Thread.sleep(20); }
    long sum = 0;
    for (WeakReference<Object> each : chunks) {
      byte[] bytes = (byte[]) each.get();
      sum += bytes == null ? 0 : bytes.length;
    }
    return sum >> 20 == 0 ? "unreachable" : (sum >> 20) + " MB reachable";
  }

  public static void main(String[] arguments) throws Exception {
    SparkConf conf = new SparkConf(false).setMaster("local[1]").setAppName("b").set("spark.ui.enabled", "false").set("spark.driver.host", "127.0.0.1");
    SparkContext spark = new SparkContext(conf);
    UnifiedMemoryManager memory = new UnifiedMemoryManager(conf, 64L << 20, 32L << 20, 1);
    Constructor<?> make = BlockInfoManager.class.getConstructors()[0];
    BlockInfoManager locks = (BlockInfoManager) (make.getParameterCount() == 0 ? make.newInstance() : make.newInstance(false));
    MemoryStore store = new MemoryStore(conf, locks, SparkEnv$.MODULE$.get().serializerManager(), memory, new Nothing());
    memory.setMemoryStore(store);
    TaskContext task = TaskContext$.MODULE$.empty();
    TaskContext$.MODULE$.setTaskContext(task);
    Records records = new Records();
    Either<?, ?> put = (Either<?, ?>) call(store, "putIteratorAsBytes", new TestBlockId("b"), records, ANY, MemoryMode.ON_HEAP);
    PartiallySerializedBlock<?> block = (PartiallySerializedBlock<?>) put.left().get();
    int unrolled = records.given;
    System.out.printf("Spark %s: %d records of 64 KB did not fit; unroll memory %d MB%n", spark.version(), unrolled, store.currentUnrollMemory() >> 20);
    List<WeakReference<Object>> chunks = chunks(block);
    PartiallyUnrolledIterator<?> iterator = block.valuesIterator();
    block = null;
    put = null;
    for (int k = 0; k < unrolled; k++) { iterator.hasNext(); iterator.next(); }
    iterator.hasNext();
    System.out.printf("they are read: unroll memory %d, storage in use %d, the chunks are %s%n", store.currentUnrollMemory(), memory.storageMemoryUsed(), alive(chunks));
    iterator = null;
    System.out.printf("the iterator is dropped: the chunks are %s%n", alive(chunks));
    Object running = task;
    TaskContext$.MODULE$.unset();
    call(running, "markTaskCompleted");
    running = null;
    task = null;
    System.out.printf("the task is over: the chunks are %s%n", alive(chunks));
    System.exit(0);
  }
}
