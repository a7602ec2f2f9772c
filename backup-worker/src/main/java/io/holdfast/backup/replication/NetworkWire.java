package io.holdfast.backup.replication;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** TCP, encrypted as the settings ask. */
final class NetworkWire implements Wire {
    private final Socket plain;
    private final @Nullable SSLSocket tls;

    private NetworkWire(Socket plain, @Nullable SSLSocket tls) {
        this.plain = plain;
        this.tls = tls;
    }

    static NetworkWire open(ConnectionSettings settings) throws IOException {
        InetSocketAddress address = new InetSocketAddress(settings.host(), settings.port());
        if (address.isUnresolved()) {
            throw ReplicationException.of(
                    FailureCause.UNKNOWN_HOST,
                    "The host name " + settings.host() + " does not resolve.",
                    "Check the target's host and this machine's name service.");
        }
        Socket socket = new Socket();
        try {
            int patience = Wire.millis(settings.connectTimeout());
            socket.connect(address, patience);
            socket.setSoTimeout(patience);
            socket.setTcpNoDelay(true);
            keepAlive(socket);
            return new NetworkWire(socket, TlsHandshake.over(socket, settings));
        } catch (IOException e) {
            try (socket) {
                throw ServerLink.unopened(settings, e, socket.isConnected());
            }
        }
    }

    // The peer's silence is noticed by reading with a timeout; this also frees connections of peers that vanished while
    // nothing is read, such as during a long checkpoint.
    private static void keepAlive(Socket socket) throws IOException {
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 30);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 10);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
        }
    }

    private Socket socket() {
        return tls == null ? plain : tls;
    }

    @Override
    public InputStream in() throws IOException {
        return socket().getInputStream();
    }

    @Override
    public OutputStream out() throws IOException {
        return socket().getOutputStream();
    }

    @Override
    public @Nullable SSLSocket tls() {
        return tls;
    }

    @Override
    public boolean isPrivate() {
        return plain.getInetAddress().isLoopbackAddress();
    }

    @Override
    public void patience(Duration silence) throws IOException {
        plain.setSoTimeout(Wire.millis(silence));
    }

    /** The socket below TLS is closed, since an orderly end of TLS would wait for a peer that may never read. */
    @Override
    public void close() throws IOException {
        plain.close();
    }
}
