package spillproof.spark;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds by name what differs between releases, or is private in Scala. */
final class Reflect {
    private static final Map<String, Field> FIELDS = new HashMap<>();
    private static final Map<String, Method> METHODS = new HashMap<>();

    /** Returns a field of an object. Scala 2.11 and 2.12 write the class before the names of some: `…$$name`. */
    static Object get(Object of, String name) {
        try {
            return field(of.getClass(), name).get(of);
        } catch (IllegalAccessException error) {
            throw new IllegalStateException(error);
        }
    }

    static Field field(Class<?> of, String name) {
        return FIELDS.computeIfAbsent(of.getName() + " " + name, key -> findField(of, name));
    }

    private static Field findField(Class<?> of, String name) {
        for (Class<?> each = of; each != null; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (field.getName().equals(name) || field.getName().endsWith("$$" + name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new IllegalStateException(of.getName() + " has no field " + name + " in this release");
    }

    /** Calls the method with that many arguments, be it public or not. */
    static Object call(Object on, String name, Object... given) {
        String known = on.getClass().getName() + " " + name + " " + given.length;
        Method method = METHODS.computeIfAbsent(known, key -> findMethod(on, name, given.length));
        try {
            return method.invoke(on, given);
        } catch (IllegalAccessException error) {
            throw new IllegalStateException(error);
        } catch (InvocationTargetException error) {
            throw Reflect.<RuntimeException>undeclared(error.getCause());
        }
    }

    /** Calls the only method of that name, giving each parameter what fits its type, nothing where nothing does. */
    static Object callFitting(Object on, String name, Object... given) {
        Method method = METHODS.computeIfAbsent(on.getClass().getName() + " " + name, key -> onlyMethod(on, name));
        List<Object> left = new ArrayList<>();
        Collections.addAll(left, given);
        Object[] arguments = new Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = fitting(method.getParameterTypes()[i], left);
        }
        try {
            return method.invoke(on, arguments);
        } catch (IllegalAccessException error) {
            throw new IllegalStateException(error);
        } catch (InvocationTargetException error) {
            throw Reflect.<RuntimeException>undeclared(error.getCause());
        }
    }

    private static Method onlyMethod(Object on, String name) {
        for (Method method : on.getClass().getMethods()) {
            if (method.getName().equals(name)) {
                return method;
            }
        }
        throw new IllegalStateException(on.getClass().getName() + " has no method " + name + " in this release");
    }

    private static Method findMethod(Object on, String name, int parameters) {
        for (Class<?> each = on.getClass(); each != null; each = each.getSuperclass()) {
            for (Method method : each.getDeclaredMethods()) {
                if (method.getName().equals(name) && method.getParameterCount() == parameters) {
                    method.setAccessible(true);
                    return method;
                }
            }
        }
        throw new IllegalStateException(on.getClass().getName() + " has no method " + name + " in this release");
    }

    static long number(Object of, String name) {
        return ((Number) get(of, name)).longValue();
    }

    /** Returns a Scala object: its only instance. */
    static Object module(String name) {
        try {
            return Class.forName(name + "$").getField("MODULE$").get(null);
        } catch (ReflectiveOperationException error) {
            throw new IllegalStateException(error);
        }
    }

    /** Makes an object by the constructor with the most parameters, giving each what fits its type. */
    static Object make(Class<?> of, Object... given) {
        Constructor<?> longest = of.getConstructors()[0];
        for (Constructor<?> each : of.getConstructors()) {
            longest = each.getParameterCount() > longest.getParameterCount() ? each : longest;
        }
        List<Object> left = new ArrayList<>();
        Collections.addAll(left, given);
        Object[] arguments = new Object[longest.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = fitting(longest.getParameterTypes()[i], left);
        }
        try {
            return longest.newInstance(arguments);
        } catch (InvocationTargetException error) {
            throw Reflect.<RuntimeException>undeclared(error.getCause());
        } catch (ReflectiveOperationException error) {
            throw new IllegalStateException(error);
        }
    }

    /** Makes an object of a class that is not public, by the first constructor with as many parameters. */
    static Object makeHidden(String name, Object... given) {
        try {
            for (Constructor<?> each : Class.forName(name).getDeclaredConstructors()) {
                if (each.getParameterCount() == given.length) {
                    each.setAccessible(true);
                    return each.newInstance(given);
                }
            }
            throw new IllegalStateException(name + " is made otherwise in this release");
        } catch (InvocationTargetException error) {
            throw Reflect.<RuntimeException>undeclared(error.getCause());
        } catch (ReflectiveOperationException error) {
            throw new IllegalStateException(error);
        }
    }

    /** Takes the first of what is given that fits a type; what nobody gave is 0, empty or null. */
    private static Object fitting(Class<?> type, List<Object> left) {
        for (Object each : left) {
            if (type.isInstance(each)) {
                left.remove(each);
                return each;
            }
        }
        if (type == int.class) return 0;
        if (type == long.class) return 1L;
        if (type == boolean.class) return false;
        if (type == java.util.Properties.class) return new java.util.Properties();
        if (type == scala.math.BigDecimal.class) return scala.math.BigDecimal.javaBigDecimal2bigDecimal(java.math.BigDecimal.ONE);
        if (type == scala.collection.immutable.Map.class) return Reflect.call(module("scala.collection.immutable.Map"), "empty");
        if (type == scala.Option.class) return scala.Option.empty();
        if (type.isArray()) return java.lang.reflect.Array.newInstance(type.getComponentType(), 0);
        if (type.getSimpleName().equals("TaskMetrics")) return make(type);
        return null;
    }

    @SuppressWarnings("unchecked")
    static <T extends Throwable> T undeclared(Throwable error) throws T {
        throw (T) error;
    }

    private Reflect() {}
}
