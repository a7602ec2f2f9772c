package io.holdfast.backup.replication;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A Unix domain socket: a server on this host, without the price of a network. Never encrypted, as with libpq. Java has no
 * timeouts for it, so it does not block, and selectors wait. A thread that is interrupted while it reads or writes closes it.
 */
final class LocalWire implements Wire {
    private final SocketChannel channel;
    private final Selector readable = Selector.open();
    private final Selector writable = Selector.open();
    private volatile int patience;

    private LocalWire(SocketChannel channel, int patience) throws IOException {
        this.channel = channel;
        this.patience = patience;
        channel.configureBlocking(false);
        channel.register(readable, SelectionKey.OP_READ);
        channel.register(writable, SelectionKey.OP_WRITE);
    }

    static LocalWire open(ConnectionSettings settings) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        int patience = Wire.millis(settings.connectTimeout());
        AtomicBoolean decided = new AtomicBoolean();
        // A server that is stopped, or accepts nobody, keeps whoever connects waiting for ever.
        CompletableFuture<Void> timeout = CompletableFuture.runAsync(
                () -> {
                    if (decided.compareAndSet(false, true)) {
                        closeNow(channel);
                    }
                },
                CompletableFuture.delayedExecutor(patience, TimeUnit.MILLISECONDS));
        try {
            channel.connect(UnixDomainSocketAddress.of(settings.address()));
            if (!decided.compareAndSet(false, true)) {
                throw new AsynchronousCloseException();
            }
            timeout.cancel(false);
            return new LocalWire(channel, patience);
        } catch (AsynchronousCloseException e) {
            throw ReplicationException.of(
                    FailureCause.UNREACHABLE,
                    "The server at the socket " + settings.address() + " took no connection within " + patience
                            + " ms.",
                    "Check that it runs and is not stopped.",
                    e);
        } catch (IOException e) {
            timeout.cancel(false);
            try (channel) {
                throw ReplicationException.of(
                        FailureCause.REFUSED,
                        "No connection to the socket " + settings.address() + ": " + e.getMessage() + ".",
                        "Check that PostgreSQL runs, its port and unix_socket_directories, and that this process may use"
                                + " the socket.",
                        e);
            }
        }
    }

    private static void closeNow(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InputStream in() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                Objects.checkFromIndexSize(offset, length, bytes.length);
                if (length == 0) {
                    return 0;
                }
                ByteBuffer into = ByteBuffer.wrap(bytes, offset, length);
                int count = channel.read(into);
                while (count == 0) {
                    await(readable);
                    count = channel.read(into);
                }
                return count;
            }
        };
    }

    @Override
    public OutputStream out() {
        return new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                ByteBuffer from = ByteBuffer.wrap(bytes, offset, length);
                while (from.hasRemaining()) {
                    if (channel.write(from) == 0) {
                        await(writable);
                    }
                }
            }
        };
    }

    private void await(Selector selector) throws IOException {
        try {
            selector.select(patience);
            boolean nothing = selector.selectedKeys().isEmpty();
            selector.selectedKeys().clear();
            if (nothing && channel.isOpen() && !Thread.currentThread().isInterrupted()) {
                throw new SocketTimeoutException("nothing for " + patience + " ms");
            }
        } catch (ClosedSelectorException e) {
            ClosedChannelException closed = new ClosedChannelException();
            closed.initCause(e);
            throw closed;
        }
    }

    @Override
    public @Nullable SSLSocket tls() {
        return null;
    }

    @Override
    public boolean isPrivate() {
        return true;
    }

    @Override
    public void patience(Duration silence) {
        patience = Wire.millis(silence);
    }

    @Override
    public void close() throws IOException {
        // Closing a selector wakes up whoever waits in it; closing the channel alone would not.
        try (readable;
                writable) {
            channel.close();
        }
    }
}
