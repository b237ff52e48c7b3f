package spillproof.spark;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is reachable, how many bytes it takes, and by which references. */
final class Heap {
    private static final sun.misc.Unsafe UNSAFE = unsafe();
    private static final Map<Class<?>, List<Slot>> SLOTS = new HashMap<>();

    /** Writes a heap dump of what is reachable into a file that is not there yet. */
    static void dump(String file) throws java.io.IOException {
        java.lang.management.ManagementFactory
                .getPlatformMXBean(com.sun.management.HotSpotDiagnosticMXBean.class)
                .dumpHeap(file, true);
    }

    /** A field that refers to an object, and where it is. */
    private static final class Slot {
        final String name;
        final long offset;

        Slot(String name, long offset) {
            this.name = name;
            this.offset = offset;
        }
    }

    /** An object that was found, with the reference that led to it. */
    private static final class Found {
        final Object object;
        final Found holder;
        final String by;

        Found(Object object, Found holder, String by) {
            this.object = object;
            this.holder = holder;
            this.by = by;
        }
    }

    private interface Visitor {
        /** Returns whether that was enough. */
        boolean visit(Found found);
    }

    /** Collects garbage until what is known to be garbage is gone: System.gc() is only a request. */
    static void collect() throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            WeakReference<Object> canary = canary();
            System.gc();
            if (canary.get() == null) {
                return;
            }
            Thread.sleep(10);
        }
        throw new IllegalStateException("this JVM does not collect garbage when asked to");
    }

    /** Returns a reference to garbage. Made elsewhere, so that no slot of the caller's frame can hold it. */
    private static WeakReference<Object> canary() {
        return new WeakReference<>(new Object());
    }

    /** Returns the bytes of an object and of all that it refers to. */
    static long deepSize(Object of) {
        long[] sum = {0};
        walk(Collections.singletonMap("", of), found -> {
            sum[0] += shallowSize(found.object);
            return false;
        });
        return sum[0];
    }

    /** Returns a shortest chain of references from a named root to an object: each link `Class.field`; or nothing. */
    static List<String> chain(Map<String, Object> roots, Object to) {
        Found[] there = {null};
        walk(roots, found -> {
            there[0] = found.object == to ? found : null;
            return there[0] != null;
        });
        List<String> links = new ArrayList<>();
        for (Found each = there[0]; each != null; each = each.holder) {
            links.add(each.holder == null ? each.by : each.holder.object.getClass().getName() + each.by);
        }
        Collections.reverse(links);
        if (there[0] != null) {
            links.add(to.getClass().getName());
        }
        return links;
    }

    private static void walk(Map<String, Object> roots, Visitor visitor) {
        Map<Object, Boolean> seen = new IdentityHashMap<>();
        Deque<Found> waiting = new ArrayDeque<>();
        for (Map.Entry<String, Object> root : roots.entrySet()) {
            enqueue(root.getValue(), null, root.getKey(), seen, waiting);
        }
        while (!waiting.isEmpty()) {
            Found next = waiting.remove();
            if (visitor.visit(next)) {
                return;
            }
            Object[] array = next.object instanceof Object[] ? (Object[]) next.object : new Object[0];
            for (int i = 0; i < array.length; i++) {
                enqueue(array[i], next, "[" + i + "]", seen, waiting);
            }
            for (Slot slot : slots(next.object.getClass())) {
                enqueue(UNSAFE.getObject(next.object, slot.offset), next, "." + slot.name, seen, waiting);
            }
        }
    }

    private static void enqueue(Object object, Found holder, String by, Map<Object, Boolean> seen, Deque<Found> waiting) {
        if (object == null || object instanceof Class || object instanceof ClassLoader || object instanceof Thread) {
            return;
        }
        if (seen.put(object, true) == null) {
            waiting.add(new Found(object, holder, by));
        }
    }

    /** Returns the fields of a class that refer to objects, strongly. */
    private static List<Slot> slots(Class<?> of) {
        List<Slot> known = SLOTS.get(of);
        if (known == null) {
            known = new ArrayList<>();
            for (Class<?> each = of; each != null && each != Reference.class && !each.isArray(); each = each.getSuperclass()) {
                slotsOf(each, known);
            }
            SLOTS.put(of, known);
        }
        return known;
    }

    private static void slotsOf(Class<?> of, List<Slot> slots) {
        for (Field field : of.getDeclaredFields()) {
            if (!field.getType().isPrimitive() && !Modifier.isStatic(field.getModifiers())) {
                try {
                    slots.add(new Slot(field.getName(), UNSAFE.objectFieldOffset(field)));
                } catch (UnsupportedOperationException hidden) {
                    return; // a lambda's class or a record does not say where its fields are
                }
            }
        }
    }

    private static long shallowSize(Object of) {
        Class<?> type = of.getClass();
        if (type.isArray()) {
            long header = UNSAFE.arrayBaseOffset(type);
            return aligned(header + (long) Array.getLength(of) * UNSAFE.arrayIndexScale(type));
        }
        long end = 12;
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            end = Math.max(end, endOf(each));
        }
        return aligned(end);
    }

    private static long endOf(Class<?> of) {
        long end = 0;
        for (Field field : of.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                try {
                    end = Math.max(end, UNSAFE.objectFieldOffset(field) + width(field.getType()));
                } catch (UnsupportedOperationException hidden) {
                    return end;
                }
            }
        }
        return end;
    }

    private static long width(Class<?> type) {
        if (type == long.class || type == double.class) return 8;
        if (type == byte.class || type == boolean.class) return 1;
        if (type == short.class || type == char.class) return 2;
        return type.isPrimitive() ? 4 : UNSAFE.arrayIndexScale(Object[].class);
    }

    private static long aligned(long size) {
        return (size + 7) / 8 * 8;
    }

    private static sun.misc.Unsafe unsafe() {
        try {
            Field field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (sun.misc.Unsafe) field.get(null);
        } catch (ReflectiveOperationException error) {
            throw new IllegalStateException(error);
        }
    }

    private Heap() {}

    static Map<String, Object> named() {
        return new LinkedHashMap<>();
    }
}
