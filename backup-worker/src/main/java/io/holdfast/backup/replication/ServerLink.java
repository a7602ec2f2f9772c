package io.holdfast.backup.replication;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * One connection at the level of messages: opens it, encrypts it, tells failures apart, and keeps what may come at any
 * time (notices, parameters) from those who read answers. Reading belongs to one thread; {@link #send} and
 * {@link #close} to any.
 */
final class ServerLink implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ServerLink.class.getName());

    private final ConnectionSettings settings;
    private final Wire wire;
    private final FrameReader in;
    private final FrameWriter out;
    private final Map<String, String> parameters = new ConcurrentHashMap<>();
    private volatile Consumer<ServerError> noticeListener = notice -> {};
    private volatile boolean closed;
    private boolean established;

    private ServerLink(ConnectionSettings settings, Wire wire) throws IOException {
        this.settings = settings;
        this.wire = wire;
        this.in = new FrameReader(wire.in());
        this.out = new FrameWriter(wire.out());
    }

    /** Connects and encrypts; the session has not begun yet. */
    static ServerLink open(ConnectionSettings settings) throws ReplicationException {
        try {
            return new ServerLink(settings, Wire.open(settings));
        } catch (IOException e) {
            throw unopened(settings, e, false);
        }
    }

    ConnectionSettings settings() {
        return settings;
    }

    /** Proves who we are, with the parameters of the start. */
    void logIn(byte[] startup) throws ReplicationException {
        try {
            out.sendUntyped(startup);
            Login login = new Login(settings, out, wire.tls(), wire.isPrivate());
            boolean content = false;
            while (!content) {
                FrameReader.Frame frame = next();
                if (frame.type() != 'R') {
                    throw unexpected(frame, "a login");
                }
                content = login.answer(frame.body());
            }
        } catch (IOException e) {
            throw translated(e);
        }
    }

    /** From now on a lost connection is an interruption, and silence is measured by the reading timeout. */
    void established() throws ReplicationException {
        established = true;
        patience(settings.readTimeout());
    }

    /** How long the server may be silent from now on. */
    void patience(Duration silence) throws ReplicationException {
        try {
            wire.patience(silence);
        } catch (IOException e) {
            throw translated(e);
        }
    }

    void onNotice(Consumer<ServerError> listener) {
        noticeListener = listener;
    }

    /** A parameter that the server has reported, such as {@code server_version}. */
    @Nullable
    String parameter(String name) {
        return parameters.get(name);
    }

    void send(char type, byte[] body) throws ReplicationException {
        try {
            out.send(type, body);
        } catch (IOException e) {
            throw translated(e);
        }
    }

    void sendUntyped(byte[] body) throws ReplicationException {
        try {
            out.sendUntyped(body);
        } catch (IOException e) {
            throw translated(e);
        }
    }

    /**
     * Reads the next message that answers something.
     *
     * @return the message, its body valid until the next call
     * @throws ReplicationException also for an ErrorResponse; where the session goes on after it, it has been read up
     *     to the point where the server waits for the next command
     */
    FrameReader.Frame next() throws ReplicationException {
        try {
            while (true) {
                FrameReader.Frame frame = in.next();
                switch (frame.type()) {
                    case 'N' -> noticeListener.accept(ServerError.parse(frame.body()));
                    case 'S' -> parameters.put(Fields.text(frame.body()), Fields.text(frame.body()));
                    case 'A' -> {
                        // A notification: nobody here listens for any.
                    }
                    case 'E' -> throw failed(ServerError.parse(frame.body()));
                    default -> {
                        return frame;
                    }
                }
            }
        } catch (IOException e) {
            throw translated(e);
        }
    }

    private ReplicationException failed(ServerError error) throws IOException {
        ReplicationException failure = ReplicationException.server("PostgreSQL at " + settings.address(), error);
        if (established && !error.endsConnection()) {
            try {
                // What the failed command still had to say; parameters may tell that a standby was promoted.
                for (FrameReader.Frame left = in.next(); left.type() != 'Z'; left = in.next()) {
                    if (left.type() == 'S') {
                        parameters.put(Fields.text(left.body()), Fields.text(left.body()));
                    }
                }
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
        return failure;
    }

    ReplicationException unexpected(FrameReader.Frame frame, String during) {
        return ReplicationException.protocol("a message of type '" + frame.type() + "' during " + during);
    }

    private ReplicationException translated(IOException e) {
        if (closed || e instanceof ClosedByInterruptException) {
            return ReplicationException.of(
                    FailureCause.CANCELLED,
                    "The connection to " + settings.address() + " was closed from this side.",
                    "Run it again when it is wanted.",
                    e);
        }
        return switch (e) {
            case ReplicationException known -> known;
            case SocketTimeoutException silent ->
                ReplicationException.of(
                        FailureCause.TIMEOUT,
                        "PostgreSQL at " + settings.address() + " was silent for too long.",
                        "Check whether the server hangs, and the network between; raise the timeouts where it is"
                                + " only slow.",
                        silent);
            case SSLHandshakeException refused -> TlsHandshake.failed(settings, refused);
            case SSLException broken when !established -> TlsHandshake.failed(settings, broken);
            default -> interrupted(settings, e);
        };
    }

    private static ReplicationException interrupted(ConnectionSettings settings, IOException e) {
        return ReplicationException.of(
                FailureCause.SERVER_INTERRUPTED,
                "The connection to PostgreSQL at " + settings.address() + " was lost: " + e.getMessage() + ".",
                "See the server's log for a stop or a crash at this time, and check the network; then try again.",
                e);
    }

    static ReplicationException unopened(ConnectionSettings settings, IOException e, boolean connected) {
        return switch (e) {
            case ReplicationException known -> known;
            case SocketTimeoutException silent ->
                ReplicationException.of(
                        connected ? FailureCause.TIMEOUT : FailureCause.UNREACHABLE,
                        "Nothing answered at " + settings.address() + " within "
                                + settings.connectTimeout().toSeconds() + " s.",
                        "Check host, port and firewalls between this worker and the server.",
                        silent);
            case NoRouteToHostException unreachable ->
                ReplicationException.of(
                        FailureCause.UNREACHABLE,
                        "There is no way to " + settings.address() + ": " + e.getMessage() + ".",
                        "Check the address and the network between.",
                        unreachable);
            case ConnectException refused ->
                ReplicationException.of(
                        FailureCause.REFUSED,
                        "Nothing listens at " + settings.address() + ": " + e.getMessage() + ".",
                        "Check that PostgreSQL runs, its port, and that listen_addresses covers this address.",
                        refused);
            case SSLException broken -> TlsHandshake.failed(settings, broken);
            case EOFException ended -> interrupted(settings, ended);
            default ->
                ReplicationException.of(
                        FailureCause.UNREACHABLE,
                        "No connection to " + settings.address() + ": " + e.getMessage() + ".",
                        "Check the address and the network between.",
                        e);
        };
    }

    /** Ends the connection at once. Whoever is reading fails with cause CANCELLED. */
    @Override
    public void close() {
        closed = true;
        try {
            wire.close();
        } catch (IOException e) {
            // A socket that cannot be closed is as gone as one that can; the reason for closing is what matters.
            LOG.log(System.Logger.Level.DEBUG, "A connection could not be closed.", e);
        }
    }
}
