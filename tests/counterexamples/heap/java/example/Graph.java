package example;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Nodes that refer to each other at random: shared, in cycles, in chains, some of them to nothing. */
public final class Graph {
    static final class Node {
        Object first;
        Node second;
        Node[] others;
        byte[] data;
    }

    public static void main(String[] arguments) throws Exception {
        Random random = new Random(14);
        Node[] nodes = new Node[30_000];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = new Node();
            nodes[i].data = new byte[random.nextInt(2000)];
        }
        for (int i = 0; i < nodes.length; i++) {
            int near = Math.max(0, i - 1 - random.nextInt(50));
            nodes[near].second = nodes[i];
            nodes[i].first = random.nextInt(40) == 0 ? nodes[random.nextInt(nodes.length)] : "text " + i;
            nodes[i].others = new Node[random.nextInt(4)];
            for (int k = 0; k < nodes[i].others.length; k++) {
                nodes[i].others[k] = nodes[Math.min(nodes.length - 1, i + random.nextInt(2000))];
            }
        }
        List<Node> held = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            held.add(nodes[random.nextInt(nodes.length)]);
        }
        nodes = null;
        System.out.println("ready");
        System.in.read();
        System.out.println(held.size());
    }
}
