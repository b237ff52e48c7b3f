import java.io.File;
import org.graalvm.visualvm.lib.jfluid.heap.Heap;
import org.graalvm.visualvm.lib.jfluid.heap.HeapFactory;
import org.graalvm.visualvm.lib.jfluid.heap.Instance;

/** What VisualVM's library of heaps finds in a dump: the objects that retain most, and how much. */
public final class Retained {
    public static void main(String[] arguments) throws Exception {
        Heap heap = HeapFactory.createHeap(new File(arguments[0]));
        for (Instance each : heap.getBiggestObjectsByRetainedSize(Integer.parseInt(arguments[1]))) {
            System.out.println(each.getInstanceId() + " " + each.getRetainedSize() + " " + each.getJavaClass().getName());
        }
    }
}
