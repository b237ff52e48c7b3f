package spillproof.spark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.SparkConf;
import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.memory.MemoryMode;
import org.apache.spark.memory.TaskMemoryManager;
import org.apache.spark.memory.UnifiedMemoryManager;

/** The real memory manager of an executor, and tasks with a manager and consumers each. Who is short really waits. */
final class Sharing {
    /** What the consumers of a task do when they are asked to spill for another: free all, half, or nothing. */
    private static final String[] MANNERS = {"all", "half", "none"};

    private final class Sharer extends MemoryConsumer {
        private final int number;

        Sharer(TaskMemoryManager manager, int number) {
            super(manager, 1 << 20, MemoryMode.ON_HEAP);
            this.number = number;
        }

        @Override
        public long spill(long size, MemoryConsumer trigger) {
            String manner = MANNERS[number];
            long used = Raw.used(this);
            long freed = trigger == this || manner.equals("none") ? 0 : manner.equals("half") ? (used + 1) / 2 : used;
            dawdle();
            freeMemory(freed);
            dawdle();
            return freed;
        }

        /** A spill writes a file, and others go on meanwhile: so each order in which they can be had is met. */
        private void dawdle() {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(4) * 500_000L);
        }

        @Override
        public int hashCode() {
            return number;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }

    /** A task: until it ends, and then another with its number. */
    private final class Sharers {
        final TaskMemoryManager manager;
        final List<Sharer> consumers = new ArrayList<>();
        Thread request;

        Sharers(int task) {
            manager = new TaskMemoryManager(memory, task);
            for (int number = 0; number < MANNERS.length; number++) {
                consumers.add(new Sharer(manager, number));
            }
        }

        void acquire(int which, long size) {
            request = new Thread(() -> consumers.get(which).acquireMemory(size));
            request.setDaemon(true);
            request.start();
        }

        boolean isSettled() {
            return request == null || !request.isAlive() || request.getState() == Thread.State.WAITING;
        }

        boolean waits() {
            return request != null && request.isAlive();
        }
    }

    private final UnifiedMemoryManager memory;
    private final List<Sharers> tasks = new ArrayList<>();

    Sharing(SparkConf conf, long all, int tasks) {
        memory = new UnifiedMemoryManager(conf, all, 0, 1);
        for (int task = 0; task < tasks; task++) {
            this.tasks.add(new Sharers(task));
        }
    }

    /** Ends the threads that still wait. */
    void close() {
        tasks.stream().filter(Sharers::waits).forEach(each -> {
            each.request.setUncaughtExceptionHandler((thread, error) -> {});
            each.request.interrupt();
        });
    }

    /** Does one thing, lets all threads come to rest, and returns what everybody has. */
    Map<String, Object> obey(String what, int task, int which, long size) throws InterruptedException {
        Sharers by = tasks.get(task);
        switch (what) {
            case "acquire": by.acquire(which, size); break;
            case "release": by.consumers.get(which).freeMemory(size); break;
            case "end": by.manager.cleanUpAllAllocatedMemory(); tasks.set(task, new Sharers(task)); break;
            case "look": break;
            default: throw new IllegalArgumentException("no task does " + what);
        }
        settle();
        return told();
    }

    /** One that was notified still counts as waiting until it runs, which on a busy machine takes some milliseconds. */
    private void settle() throws InterruptedException {
        int quiet = 0;
        while (quiet < 12) {
            quiet = tasks.stream().allMatch(Sharers::isSettled) ? quiet + 1 : 0;
            Thread.sleep(1);
        }
    }

    private Map<String, Object> told() {
        List<Object> used = new ArrayList<>();
        List<Object> granted = new ArrayList<>();
        List<Object> waiting = new ArrayList<>();
        for (int task = 0; task < tasks.size(); task++) {
            List<Object> each = new ArrayList<>();
            tasks.get(task).consumers.forEach(consumer -> each.add(Raw.used(consumer)));
            used.add(each);
            granted.add(memory.getExecutionMemoryUsageForTask(task));
            if (tasks.get(task).waits()) {
                waiting.add(task);
            }
        }
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("used", used);
        told.put("granted", granted);
        told.put("waiting", waiting);
        told.put("execution", memory.executionMemoryUsed());
        return told;
    }
}
