package io.holdfast.backup.replication;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * An open connection below the level of messages. Reading belongs to one thread, writing to one at a time, closing to any.
 * Reading fails with a {@link java.net.SocketTimeoutException} where nothing comes for longer than {@link #patience}.
 */
sealed interface Wire extends Closeable permits NetworkWire, LocalWire {
    /** Opens a connection as the settings ask: to a host, or where that is a folder, to the socket in it. */
    static Wire open(ConnectionSettings settings) throws IOException {
        return settings.isLocal() ? LocalWire.open(settings) : NetworkWire.open(settings);
    }

    InputStream in() throws IOException;

    OutputStream out() throws IOException;

    /** TLS, where there is any. */
    @Nullable
    SSLSocket tls();

    /** Whether nobody but this host can hear what is sent. */
    boolean isPrivate();

    /** How long the peer may be silent from now on. */
    void patience(Duration silence) throws IOException;

    /** What the system's calls take. */
    static int millis(Duration duration) {
        return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
    }
}
