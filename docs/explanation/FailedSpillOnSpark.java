// What is told in the gallery's story of a spill that fails. With the jars of a Spark on the class path, and the --add-opens
// that Spark's own launcher gives: java FailedSpillOnSpark.java
import java.io.IOException;
import org.apache.spark.SparkConf;
import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.memory.MemoryMode;
import org.apache.spark.memory.TaskMemoryManager;
import org.apache.spark.memory.UnifiedMemoryManager;

public class FailedSpillOnSpark {
  static class Consumer extends MemoryConsumer {
    Consumer(TaskMemoryManager manager) { super(manager, 1 << 20, MemoryMode.ON_HEAP); }

    public long spill(long size, MemoryConsumer trigger) throws IOException {
      throw new IOException("No space left on device");
    }
  }

  public static void main(String[] arguments) {
    UnifiedMemoryManager memory = new UnifiedMemoryManager(new SparkConf(false), 100, 0, 1);
    TaskMemoryManager manager = new TaskMemoryManager(memory, 1);
    Consumer victim = new Consumer(manager), requester = new Consumer(manager);
    victim.acquireMemory(60);
    try {
      requester.acquireMemory(100);
      System.out.println("granted");
    } catch (Throwable error) {
      System.out.println("the request fails: " + error.getClass().getSimpleName());
    }
    long used = memory.executionMemoryUsed();
    System.out.printf("of 100 bytes the pool counts %d as used: the victim has %d, the requester %d, nobody %d%n",
        used, victim.getUsed(), requester.getUsed(), used - victim.getUsed() - requester.getUsed());
    victim.freeMemory(60);
    System.out.printf("when the victim has freed its own, another request for 100 gets %d%n", new Consumer(manager) {
      public long spill(long size, MemoryConsumer trigger) { return 0; }
    }.acquireMemory(100));
    System.out.printf("the task's end gives back %d%n", manager.cleanUpAllAllocatedMemory());
  }
}
