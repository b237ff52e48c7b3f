import java.lang.management.ManagementFactory;
import com.sun.management.HotSpotDiagnosticMXBean;

/** Makes a tree of so many nodes, each with a small array, and writes a dump of its own heap. */
public final class Many {
    Many left, right;
    byte[] data;

    Many(byte[] data) {
        this.data = data;
    }

    public static void main(String[] arguments) throws Exception {
        int many = Integer.parseInt(arguments[0]);
        Many[] all = new Many[many];
        for (int at = 0; at < many; at++) {
            all[at] = new Many(new byte[40 + at % 32]);
            if (at > 0) {
                Many above = all[(at - 1) / 2];
                if (at % 2 == 1) above.left = all[at]; else above.right = all[at];
            }
        }
        Many root = all[0];
        all = null;
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(arguments[1], true);
        System.out.println(root.data.length);
    }
}
