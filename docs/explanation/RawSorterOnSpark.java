// What is told in the gallery's story of the raw sorter. With the jars of a Spark on the class path, and the --add-opens
// that Spark's own launcher gives: java RawSorterOnSpark.java SIZE, where SIZE is that of a page in bytes.
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv$;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskContext$;
import org.apache.spark.memory.TaskMemoryManager;
import org.apache.spark.memory.UnifiedMemoryManager;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.serializer.SerializerManager;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.util.collection.unsafe.sort.PrefixComparators;
import org.apache.spark.util.collection.unsafe.sort.PrefixComparator;
import org.apache.spark.util.collection.unsafe.sort.RecordComparator;
import org.apache.spark.util.collection.unsafe.sort.UnsafeExternalSorter;
import org.apache.spark.util.collection.unsafe.sort.UnsafeSorterIterator;

public class RawSorterOnSpark {
  static class Same extends RecordComparator {
    public int compare(Object a, long b, int c, Object d, long e, int f) { return 0; }
  }

  static Object get(Object of, String name) throws Exception {
    Field field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(of);
  }

  static void clear(Object of, String name) throws Exception {
    Field field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    field.set(of, null);
  }

  static boolean alive(WeakReference<Object> what) throws Exception {
    for (int k = 0; k < 3; k++) {
      WeakReference<Object> canary = new WeakReference<>(new Object());
      while (canary.get() != null) { System.gc(); Thread.sleep(20); }
    }
    return what.get() != null;
  }

  static UnsafeExternalSorter sorter(TaskMemoryManager manager, TaskContext context, long page) throws Exception {
    for (Method each : UnsafeExternalSorter.class.getDeclaredMethods()) {
      if (!each.getName().equals("create")) continue;
      Class<?>[] types = each.getParameterTypes();
      Object[] given = new Object[types.length];
      int ints = 0, longs = 0;
      for (int k = 0; k < types.length; k++) {
        Class<?> type = types[k];
        if (type == TaskMemoryManager.class) given[k] = manager;
        else if (type == TaskContext.class) given[k] = context;
        else if (type == BlockManager.class) given[k] = SparkEnv$.MODULE$.get().blockManager();
        else if (type == SerializerManager.class) given[k] = SparkEnv$.MODULE$.get().serializerManager();
        else if (type == Supplier.class) given[k] = (Supplier<RecordComparator>) Same::new;
        else if (type == PrefixComparator.class) given[k] = PrefixComparators.LONG;
        else if (type == int.class) given[k] = ints++ == 0 ? 16 : ints == 2 ? Integer.MAX_VALUE : -1;
        else if (type == long.class) given[k] = longs++ == 0 ? page : Long.MAX_VALUE;
        else if (type == boolean.class) given[k] = false;
      }
      return (UnsafeExternalSorter) each.invoke(null, given);
    }
    throw new IllegalStateException("no create");
  }

  public static void main(String[] arguments) throws Exception {
    long page = Long.parseLong(arguments[0]);
    SparkConf conf = new SparkConf(true).setMaster("local[1]").setAppName("r").set("spark.ui.enabled", "false").set("spark.driver.host", "127.0.0.1");
    SparkContext spark = new SparkContext(conf);
    TaskMemoryManager manager = new TaskMemoryManager(new UnifiedMemoryManager(conf, 64L << 20, 0, 1), 1);
    TaskContext context = TaskContext$.MODULE$.empty();
    UnsafeExternalSorter sorter = sorter(manager, context, page);
    byte[] record = new byte[64];
    sorter.insertRecord(record, Platform.BYTE_ARRAY_OFFSET, 64, 1L, false);
    UnsafeSorterIterator reader = sorter.getSortedIterator();
    reader.loadNext();
    WeakReference<Object> bytes = new WeakReference<>(reader.getBaseObject());
    reader = null;
    sorter.cleanupResources();
    System.out.printf("Spark %s, pages of %,d bytes%n", spark.version(), page);
    System.out.printf("cleaned up: accounted %d, the page is %s%n", manager.getMemoryConsumptionForThisTask(), alive(bytes) ? "reachable" : "unreachable");
    clear(get(sorter, "readingIterator"), "currentBaseObject");
    System.out.printf("without currentBaseObject: %s%n", alive(bytes) ? "reachable" : "unreachable");
    Object next = manager.allocatePage(page, (org.apache.spark.memory.MemoryConsumer) sorter).getBaseObject();
    System.out.printf("the next page of that size is %s%n", next == bytes.get() ? "the same array" : "another array");
    next = null;
    clear(sorter, "readingIterator");
    manager.cleanUpAllAllocatedMemory();
    System.out.printf("without readingIterator: %s%n", alive(bytes) ? "reachable" : "unreachable");
    if (sorter.getNumberOfAllocatedPages() < 0) System.out.println(sorter);  // it is alive until here
    spark.stop();
    System.exit(0);
  }
}
