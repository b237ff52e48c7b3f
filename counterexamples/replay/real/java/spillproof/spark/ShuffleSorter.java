package spillproof.spark;

import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv$;
import org.apache.spark.TaskContext;
import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.unsafe.Platform;

/** The real sorter that writes a shuffle, two records to a page. */
final class ShuffleSorter extends SorterOfPages {
    private static final int WORDS = 16;

    private final MemoryConsumer sorter;

    ShuffleSorter(SparkConf conf, long pool, int number) {
        super(conf.clone().set("spark.buffer.pageSize", PAGE + "b"), pool);
        SparkConf own = number == 0 ? conf : conf.clone().set(Raw.NUMBER, Integer.toString(number));
        TaskContext context = new Task(conf, 1 << 20).context;
        sorter = (MemoryConsumer) Reflect.makeHidden("org.apache.spark.shuffle.sort.ShuffleExternalSorter",
                manager, SparkEnv$.MODULE$.get().blockManager(), context, WORDS, 4, own,
                context.taskMetrics().shuffleWriteMetrics());
    }

    @Override
    MemoryConsumer consumer() {
        return sorter;
    }

    @Override
    void act(String what, long size, Map<String, Object> told) {
        switch (what) {
            case "ask": ask(told); break;
            case "insert": insert(); break;
            case "close": Reflect.call(sorter, "closeAndGetSpills"); break;
            case "free": Reflect.call(sorter, "cleanupResources"); break;
            default: throw new IllegalArgumentException("no sorter does " + what);
        }
        count("spills", told);
    }

    private void insert() {
        Reflect.call(sorter, "insertRecord", new byte[RECORD], (long) Platform.BYTE_ARRAY_OFFSET, RECORD, 0);
    }
}
