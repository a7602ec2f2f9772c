package io.holdfast.restore.cluster;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;

/** A port for a restored server, free at this moment. */
public final class FreePort {
    private FreePort() {}

    /** The wanted port if it is free, or any if none is wanted. */
    public static int choose(@Nullable Integer wanted) throws RestoreException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted == null ? 0 : wanted));
            return socket.getLocalPort();
        } catch (IOException | IllegalArgumentException e) {
            throw new RestoreException(
                    FailureCategory.DESTINATION,
                    "port " + wanted + " of 127.0.0.1 cannot be used: " + e.getMessage() + ".",
                    "choose another port, or none for any that is free.",
                    e);
        }
    }
}
