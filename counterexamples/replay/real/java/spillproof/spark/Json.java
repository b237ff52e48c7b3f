package spillproof.spark;

import java.util.Map;

/** Writes maps, lists, numbers, booleans and text as JSON, in one line. */
final class Json {
    static String of(Object value) {
        StringBuilder text = new StringBuilder();
        write(value, text);
        return text.toString();
    }

    private static void write(Object value, StringBuilder text) {
        if (value instanceof Map) {
            members((Map<?, ?>) value, text);
        } else if (value instanceof Iterable) {
            elements((Iterable<?>) value, text);
        } else if (value instanceof Number || value instanceof Boolean || value == null) {
            text.append(value);
        } else {
            quoted(value.toString(), text);
        }
    }

    private static void members(Map<?, ?> map, StringBuilder text) {
        String between = "{";
        for (Map.Entry<?, ?> each : map.entrySet()) {
            text.append(between);
            quoted(each.getKey().toString(), text);
            text.append(':');
            write(each.getValue(), text);
            between = ",";
        }
        text.append(map.isEmpty() ? "{}" : "}");
    }

    private static void elements(Iterable<?> list, StringBuilder text) {
        text.append('[');
        String between = "";
        for (Object each : list) {
            text.append(between);
            write(each, text);
            between = ",";
        }
        text.append(']');
    }

    private static void quoted(String words, StringBuilder text) {
        text.append('"');
        for (char each : words.toCharArray()) {
            if (each == '"' || each == '\\') {
                text.append('\\').append(each);
            } else if (each < ' ' || each > '~') {
                text.append(String.format("\\u%04x", (int) each));
            } else {
                text.append(each);
            }
        }
        text.append('"');
    }

    private Json() {}
}
