package example;

import io.trino.memory.MemoryPool;
import io.trino.operator.Driver;
import io.trino.operator.join.HashBuilderOperator;

/** Three builds of a driver: one runs, one was closed as it should be, and one was closed and keeps its pages. */
public final class Trino {
    public static void main(String[] arguments) throws Exception {
        MemoryPool pool = new MemoryPool();
        Driver driver = new Driver(pool);
        for (int size = 1; size <= 3; size++) {
            HashBuilderOperator build = new HashBuilderOperator(pool);
            build.add(size << 20);
            driver.allOperators.add(build);
            if (size > 1) {
                build.close(size == 3);
            }
        }
        System.gc();
        System.out.println("ready");
        System.in.read();
        System.out.println(driver.toString() + pool);
    }
}
