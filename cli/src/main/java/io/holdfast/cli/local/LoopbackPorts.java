package io.holdfast.cli.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Ports on 127.0.0.1, outside the range from which Linux takes those of outgoing connections. */
public final class LoopbackPorts {
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;

    private final RandomGenerator random;

    public LoopbackPorts(RandomGenerator random) {
        this.random = random;
    }

    /** A port that nobody listens on and that is not among those already given away. */
    public int free(Set<Integer> taken) throws IOException {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = random.nextInt(FIRST, LAST);
            if (!taken.contains(port) && isFree(port)) {
                return port;
            }
        }
        throw new IOException("no free port between " + FIRST + " and " + LAST + " on 127.0.0.1");
    }

    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            // Somebody has it, or it is not ours to have.
            return false;
        }
    }
}
