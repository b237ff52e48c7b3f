// A map of raw records that is sorted where it lies, by Spark's own UnsafeKVExternalSorter, in a task of a local Spark. With
// all jars of a Spark since 4.1 on the class path, compiled (javac -d out), and run with the --add-opens that Spark's own
// launcher gives: java -cp "out:$JARS/*" SortedMapOnSpark
import java.util.Collections;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.memory.TaskMemoryManager;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.execution.UnsafeKVExternalSorter;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.map.BytesToBytesMap;

public class SortedMapOnSpark {
  static final long PAGE = 4096;

  /** Puts in records of which the last keys are all the same, and sorts and frees the map. */
  static void sort(int records, int keys) throws Exception {
    TaskMemoryManager manager = TaskContext.get().taskMemoryManager();
    BytesToBytesMap map = new BytesToBytesMap(manager, 64, PAGE);
    byte[] row = new byte[16];
    UnsafeRow key = new UnsafeRow(1);
    key.pointTo(row, row.length);
    for (int i = 0; i < records; i++) {
      key.setLong(0, Math.min(i, keys - 1));
      map.lookup(row, Platform.BYTE_ARRAY_OFFSET, row.length)
          .append(row, Platform.BYTE_ARRAY_OFFSET, row.length, row, Platform.BYTE_ARRAY_OFFSET, row.length);
    }
    long array = map.getArray().size() * 8;
    StructType schema = new StructType().add("key", DataTypes.LongType);
    new UnsafeKVExternalSorter(schema, schema, SparkEnv.get().blockManager(), SparkEnv.get().serializerManager(), PAGE,
        Integer.MAX_VALUE, Long.MAX_VALUE, map);
    map.free();
    System.out.printf("%d records, an array of %d bytes: when the map was freed %d bytes are accounted%n",
        records, array, manager.getMemoryConsumptionForThisTask());
  }

  public static void main(String[] arguments) {
    SparkConf conf = new SparkConf().setMaster("local[1]").setAppName("sorted map").set("spark.ui.enabled", "false");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      spark.parallelize(Collections.singletonList(0)).foreach(nothing -> {
        sort(20, 20);
        sort(60, 20);
      });
    }
  }
}
