package spillproof.spark;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/** Reads commands from standard input, a line each, and answers each with a line of JSON on standard output. */
public final class Worker {
    private final SparkConf conf;
    private Task task;
    private Shared shared;
    private Sharing sharing;
    private Paged paged;
    private Storage storage;

    private Worker(SparkConf conf) {
        this.conf = conf;
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err); // whatever Spark prints is no answer
        SparkConf conf = new SparkConf(false)
                .setMaster("local[1]")
                .setAppName("spillproof")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.local.dir", System.getProperty("java.io.tmpdir"))
                .set("spark.shuffle.spill.initialMemoryThreshold", "1024")
                .set("spark.testing.memory", "500000000"); // for Spark's own pool, which is not used here
        SparkContext context = new SparkContext(conf);
        context.setLogLevel("ERROR");
        Map<String, Object> ready = new LinkedHashMap<>();
        ready.put("version", context.version());
        ready.put("java", System.getProperty("java.version"));
        ready.put("heap", Runtime.getRuntime().maxMemory());
        answers.println(Json.of(ready));
        answers.flush();
        new Worker(conf).serve(answers);
        System.exit(0);
    }

    private void serve(PrintStream answers) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            answers.println(answer(line.split(" ")));
            answers.flush();
        }
    }

    /** Does what it is told, and returns what came of it. What Spark throws is an answer like any other. */
    private String answer(String[] words) {
        Map<String, Object> told = new LinkedHashMap<>();
        try {
            Object result = obey(words);
            if (result != null) {
                told.put("result", result);
            }
        } catch (ThreadDeath death) {
            throw death;
        } catch (Throwable error) {
            told.put("raised", error.toString());
            StackTraceElement[] stack = error.getStackTrace();
            told.put("at", stack.length == 0 ? "" : stack[0].toString());
        }
        if (task != null) {
            told.put("accounts", task.accounts());
        }
        return Json.of(told);
    }

    /** Begins with an executor's memory that so many tasks share: all of it, and storage's region. */
    private void share(String[] words) {
        if (shared != null) {
            shared.close();
        }
        shared = new Shared(conf, Long.parseLong(words[1]), Long.parseLong(words[2]), Integer.parseInt(words[3]));
    }

    private Task begun(String[] words) {
        return new Task(conf, Long.parseLong(words[1]), words.length > 2 ? Long.parseLong(words[2]) : 0);
    }

    private void add(String[] words) {
        int number = words.length > 4 ? Integer.parseInt(words[4]) : 0;
        task.add(words[1], words[2], words.length > 3 ? words[3] : "", number);
    }

    private Paged paged(String[] words) {
        return Paged.of(words[1], conf, Long.parseLong(words[2]), words.length > 3 ? Integer.parseInt(words[3]) : 0);
    }

    /** Begins with an executor's memory, and so many tasks, each with a manager and consumers. */
    private void shareByManagers(String[] words) {
        if (sharing != null) {
            sharing.close();
        }
        sharing = new Sharing(conf, Long.parseLong(words[1]), Integer.parseInt(words[2]));
    }

    private Storage stored(String[] words) {
        return new Storage(conf, Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
    }

    private Object obey(String[] words) throws Exception {
        String name = words.length > 1 ? words[1] : "";
        switch (words[0]) {
            case "begin": task = null; task = begun(words); return null;
            case "new": add(words); return null;
            case "insert": task.spilling(name).ask(Long.parseLong(words[2]), false); return null;
            case "again": task.spilling(name).ask(Long.parseLong(words[2]), true); return null;
            case "fill": task.spilling(name).fill(); return null;
            case "open": task.named(name).read(); return null;
            case "pull": return task.named(name).pull();
            case "drop": task.named(name).drop(); return null;
            case "acquire": return task.bytes(name).acquireMemory(Long.parseLong(words[2]));
            case "free": task.bytes(name).freeMemory(Long.parseLong(words[2])); return null;
            case "end": return task.end();
            case "reach": return task.reachable();
            case "shared": share(words); return null;
            case "task": return shared.obey(name, Integer.parseInt(words[2]), Long.parseLong(words[3]));
            case "sharing": shareByManagers(words); return null;
            case "sharer": return sharing.obey(
                    name, Integer.parseInt(words[2]), Integer.parseInt(words[3]), Long.parseLong(words[4]));
            case "paged": paged = paged(words); return paged.obey("begin", 0);
            case "page": return paged.obey(name, Long.parseLong(words[2]));
            case "storage": storage = stored(words); return storage.obey("begin", "", 0, "");
            case "store": return storage.obey(name, words[2], Long.parseLong(words[3]), words.length > 4 ? words[4] : "");
            case "date": return new Dates(conf).has(name);
            case "dump": Heap.dump(String.join(" ", Arrays.copyOfRange(words, 1, words.length))); return null;
            case "chain": return task.chain(name, Integer.parseInt(words[2]), words[3].equals("downstream"));
            default: throw new IllegalArgumentException("no command is called " + words[0]);
        }
    }
}
