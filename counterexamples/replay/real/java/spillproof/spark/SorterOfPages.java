package spillproof.spark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.unsafe.array.LongArray;
import org.apache.spark.unsafe.memory.MemoryBlock;

/** A real sorter of records in pages, two to a page, and of pointers to them in an array. */
abstract class SorterOfPages extends Paged {
    static final int RECORD = PAGE / 2 - 8;

    SorterOfPages(SparkConf conf, long pool) {
        super(conf, pool);
    }

    /** Says what the next record will need. */
    final void ask(Map<String, Object> told) {
        Object pointers = Reflect.get(consumer(), "inMemSorter");
        boolean hasArray = Reflect.get(pointers, "array") != null;
        told.put("array", hasArray && !(boolean) Reflect.call(pointers, "hasSpaceForAnotherRecord"));
        MemoryBlock page = (MemoryBlock) Reflect.get(consumer(), "currentPage");
        long end = page == null ? 0 : page.getBaseOffset() + page.size();
        told.put("page", page == null || Reflect.number(consumer(), "pageCursor") + RECORD + 4 > end);
    }

    /** Says how many files there are, in the field that has them, and how many pages. */
    final void count(String files, Map<String, Object> told) {
        told.put("files", ((Collection<?>) Reflect.get(consumer(), files)).size());
        told.put("pages", pages().size());
    }

    @SuppressWarnings("unchecked")
    private Collection<MemoryBlock> pages() {
        return (Collection<MemoryBlock>) Reflect.get(consumer(), "allocatedPages");
    }

    @Override
    List<MemoryBlock> blocks() {
        List<MemoryBlock> found = new ArrayList<>(pages());
        Object pointers = Reflect.get(consumer(), "inMemSorter");
        LongArray array = pointers == null ? null : (LongArray) Reflect.get(pointers, "array");
        if (array != null) {
            found.add(array.memoryBlock());
        }
        return found;
    }
}
