package example;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.runtime.memory.MemoryManager;

/** An operator that frees two of three segments, and still has one of the two in a list. */
public final class Flink {
    public static void main(String[] arguments) throws Exception {
        MemoryManager manager = new MemoryManager();
        List<MemorySegment> held = new ArrayList<>();
        Object owner = new Object();
        held.add(manager.allocate(owner));
        held.add(manager.allocate(owner));
        manager.release(manager.allocate(owner));
        manager.release(held.get(1));
        System.gc();
        System.out.println("ready");
        System.in.read();
        System.out.println(manager.toString() + held.size());
    }
}
