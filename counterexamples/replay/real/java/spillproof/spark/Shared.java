package spillproof.spark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.memory.MemoryMode;
import org.apache.spark.memory.UnifiedMemoryManager;
import org.apache.spark.storage.TestBlockId;

/** The real memory manager of an executor, shared by tasks, each with a thread of its own that really waits. */
final class Shared {
    /** What a thread asked for, until it is granted. */
    private final class Request extends Thread {
        private final int task;
        private final long size;
        private volatile long granted = -1;

        Request(int task, long size) {
            this.task = task;
            this.size = size;
            setDaemon(true);
        }

        @Override
        public void run() {
            granted = memory.acquireExecutionMemory(size, task, MemoryMode.ON_HEAP);
        }

        boolean isSettled() {
            State state = getState();
            return state == State.TERMINATED || state == State.WAITING;
        }
    }

    private final UnifiedMemoryManager memory;
    private final int tasks;
    private final Map<Integer, Request> requests = new LinkedHashMap<>();

    Shared(SparkConf conf, long all, long region, int tasks) {
        this.memory = new UnifiedMemoryManager(conf, all, region, 1);
        this.tasks = tasks;
    }

    /** Ends the threads that still wait. */
    void close() {
        requests.values().forEach(each -> {
            each.setUncaughtExceptionHandler((thread, error) -> {});
            each.interrupt();
        });
    }

    /** Does one thing, lets all threads come to rest, and returns what everybody has. */
    Map<String, Object> obey(String what, int task, long size) throws InterruptedException {
        boolean stored = true;
        switch (what) {
            case "acquire": requests.put(task, new Request(task, size)); requests.get(task).start(); break;
            case "release": memory.releaseExecutionMemory(size, task, MemoryMode.ON_HEAP); break;
            case "leave": memory.releaseAllExecutionMemoryForTask(task); break;
            case "store": stored = memory.acquireStorageMemory(new TestBlockId("b"), size, MemoryMode.ON_HEAP); break;
            case "drop": memory.releaseStorageMemory(size, MemoryMode.ON_HEAP); break;
            case "look": break;
            default: throw new IllegalArgumentException("no task does " + what);
        }
        settle();
        return told(stored);
    }

    private void settle() throws InterruptedException {
        int quiet = 0;
        while (quiet < 3) {
            quiet = requests.values().stream().allMatch(Request::isSettled) ? quiet + 1 : 0;
            Thread.sleep(1);
        }
    }

    private Map<String, Object> told(boolean stored) {
        List<Long> used = new ArrayList<>();
        List<Integer> waiting = new ArrayList<>();
        for (int task = 0; task < tasks; task++) {
            used.add(memory.getExecutionMemoryUsageForTask(task));
            if (requests.containsKey(task) && requests.get(task).granted < 0) {
                waiting.add(task);
            } else {
                requests.remove(task);
            }
        }
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("used", used);
        told.put("waiting", waiting);
        told.put("execution", memory.executionMemoryUsed());
        told.put("storage", memory.storageMemoryUsed());
        told.put("stored", stored);
        return told;
    }
}
