package example;

import java.util.ArrayList;
import java.util.List;

/** A pool that counts the bytes of its buffers, and one buffer that was given back and kept its bytes. */
public final class Pool {
    final String name;
    final List<Buffer> buffers = new ArrayList<>();
    final long capacity = 10 << 20;
    long used;

    Pool(String name) {
        this.name = name;
    }

    static final class Buffer {
        long size;
        byte[] data;
    }

    /** Fields of all sizes, so that a layout has something to fill. */
    static class A { byte b; }
    static class B extends A { long l; Object o; short s; }
    static class C extends B { boolean z; double d; int i; Object p; }

    Buffer take(int size) {
        Buffer buffer = new Buffer();
        buffer.size = size;
        buffer.data = new byte[size];
        buffers.add(buffer);
        used += size;
        return buffer;
    }

    /** Gives a buffer's bytes back, and forgets to let them go. */
    void release(Buffer buffer) {
        used -= buffer.size;
        buffer.size = 0;
    }

    public static void main(String[] arguments) throws Exception {
        Pool pool = new Pool("main");
        pool.take(1 << 20);
        pool.release(pool.take(2 << 20));
        List<Object> others = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            others.add(i % 3 == 0 ? new A() : i % 3 == 1 ? new B() : new C());
            others.add(new long[i % 9]);
            others.add(new Object[i % 7]);
            others.add("text " + i);
        }
        System.out.println("ready");
        System.in.read();
        System.out.println(pool.name + others.size());
    }
}
