package spillproof.spark;

import java.io.Serializable;

/** A combined value: what a record brought, and what was there before. Its bytes are the bytes of a replay. */
final class Cell implements Serializable {
    private static final long serialVersionUID = 1L;

    final byte[][] payload;
    final Cell next;

    Cell(byte[][] payload, Cell next) {
        this.payload = payload;
        this.next = next;
    }

    /** Returns a value of about so many bytes, in arrays that no heap is too fragmented for. */
    static Cell of(long bytes) {
        int chunks = (int) Math.max(1, (bytes + CHUNK - 1) / CHUNK);
        byte[][] payload = new byte[chunks][];
        for (int i = 0; i < chunks; i++) {
            payload[i] = new byte[(int) Math.min(CHUNK, bytes - i * CHUNK)];
        }
        return new Cell(payload, null);
    }

    /** Adds a value to what is there. A value that is empty only counts as a record. */
    static Cell merge(Cell there, Cell value) {
        return value.payload[0].length == 0 ? there : new Cell(value.payload, there);
    }

    /** Puts two combined values together, as when a file and a map have the same key. */
    static Cell join(Cell one, Cell other) {
        Cell joined = other;
        for (Cell each = one; each != null; each = each.next) {
            joined = new Cell(each.payload, joined);
        }
        return joined;
    }

    private static final long CHUNK = 1 << 20;
}
