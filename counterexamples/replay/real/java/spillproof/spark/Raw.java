package spillproof.spark;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkEnv$;
import org.apache.spark.TaskContext;
import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.memory.TaskMemoryManager;
import org.apache.spark.util.collection.unsafe.sort.PrefixComparators;
import org.apache.spark.util.collection.unsafe.sort.RecordComparator;
import org.apache.spark.util.collection.unsafe.sort.UnsafeExternalSorter;
import org.apache.spark.util.collection.unsafe.sort.UnsafeInMemorySorter;

/** Makes consumers of raw records, whose constructors differ between releases. */
final class Raw {
    /** The array of pointers of a new sorter has room for so many. */
    static final int POINTERS = 64;

    /** In Spark's settings, the number of records after which a collection spills, and a sorter of raw records. */
    static final String NUMBER = "spark.shuffle.spill.numElementsForceSpillThreshold";

    /** Returns a sorter that compares prefixes only, whose first array of pointers has room for so many. */
    static UnsafeExternalSorter sorter(TaskMemoryManager manager, TaskContext context, long page, int pointers) {
        return sorter(manager, context, page, pointers, 0);
    }

    /** Besides, it spills when it has a number of records, if that is not 0. */
    static UnsafeExternalSorter sorter(
            TaskMemoryManager manager, TaskContext context, long page, int pointers, int number) {
        return made("create", manager, context, page, pointers, number, null);
    }

    /** Returns a sorter that has written what is in memory, in pages that are not its own. */
    static UnsafeExternalSorter written(
            TaskMemoryManager manager, TaskContext context, long page, UnsafeInMemorySorter records) {
        return made("createWithExistingInMemorySorter", manager, context, page, POINTERS, 0, records);
    }

    /** Returns what compares the records of a sorter whose prefixes are all different. */
    static RecordComparator prefixes() {
        return new Prefixes();
    }

    private static UnsafeExternalSorter made(
            String name, TaskMemoryManager manager, TaskContext context, long page, int pointers, int number,
            UnsafeInMemorySorter existing) {
        Method create = Arrays.stream(UnsafeExternalSorter.class.getMethods())
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
        RecordComparator records = new Prefixes();
        java.util.function.Supplier<RecordComparator> supplier = () -> records;
        List<Object> objects = Arrays.asList(
                manager, SparkEnv$.MODULE$.get().blockManager(), SparkEnv$.MODULE$.get().serializerManager(), context,
                PrefixComparators.LONG, records, supplier, existing);
        int most = number == 0 ? Integer.MAX_VALUE : number;
        boolean isLong = Arrays.stream(create.getParameterTypes()).filter(each -> each == int.class).count() == 1;
        List<Integer> ints = new ArrayList<>(Arrays.asList(pointers, most, -1));
        List<Long> longs = new ArrayList<>(Arrays.asList(page, isLong ? (long) most : Long.MAX_VALUE, 0L));
        Object[] arguments = new Object[create.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            Class<?> type = create.getParameterTypes()[i];
            arguments[i] = type == int.class ? (Object) ints.remove(0)
                    : type == long.class ? (Object) longs.remove(0)
                    : type == boolean.class ? (Object) true
                    : objects.stream().filter(type::isInstance).findFirst().orElse(null);
        }
        try {
            return (UnsafeExternalSorter) create.invoke(null, arguments);
        } catch (InvocationTargetException error) {
            throw Reflect.<RuntimeException>undeclared(error.getCause());
        } catch (IllegalAccessException error) {
            throw new IllegalStateException(error);
        }
    }

    /** Is there so that prefixes may be sorted by their digits. No two are the same, so that no records are compared. */
    private static final class Prefixes extends RecordComparator {
        @Override
        public int compare(Object left, long at, int length, Object right, long rightAt, int rightLength) {
            throw new IllegalStateException("two records have the same prefix");
        }
    }

    static long used(MemoryConsumer consumer) {
        return ((Number) Reflect.call(consumer, "getUsed")).longValue();
    }

    private Raw() {}
}
