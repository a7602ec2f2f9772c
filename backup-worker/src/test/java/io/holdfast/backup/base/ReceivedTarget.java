package io.holdfast.backup.base;

import io.holdfast.backup.replication.BaseBackupCommand;
import io.holdfast.backup.replication.ConnectionSettings;
import io.holdfast.backup.replication.ReplicationConnection;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.TlsMode;
import io.holdfast.backup.replication.TlsSettings;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.fuzz.FuzzTarget;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.WriterOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** What a server sends. */
enum ReceivedTarget implements FuzzTarget {
    /** All that a server says, from the login to the end of a base backup; what we say it does not hear. */
    SESSION {
        @Override
        void parse(byte[] input, Path folder) throws IOException {
            try (Answers server = new Answers(input)) {
                ConnectionSettings settings = ConnectionSettings.of(
                                "127.0.0.1", server.port(), "backup", null, TlsSettings.of(TlsMode.DISABLE))
                        .withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(2));
                try (ReplicationConnection connection = ReplicationConnection.open(settings, "fuzz");
                        MemoryObjectStore store = new MemoryObjectStore()) {
                    ServerFacts facts = ServerFacts.of(connection);
                    WriterOptions options = WriterOptions.defaults(folder).withMemoryBytes(4 << 20);
                    try (BackupWriter writer =
                            SampleBackup.place(store).beginBackup(new BackupId("fuzz"), new AttemptId("a"), options)) {
                        BaseBackupCommand command = PhysicalBackupOptions.of(
                                        new BackupId("fuzz"), new AttemptId("a"), options, folder)
                                .command(false);
                        new BaseBackup(connection.baseBackup(command), facts, writer, false, folder, sent -> {}).run();
                    }
                }
            }
        }

        @Override
        public List<byte[]> seeds() throws Exception {
            return List.of(Session.whole(archive(), manifest()));
        }
    },

    /** A tar archive, in pieces of up to 1000 bytes. */
    ARCHIVE {
        @Override
        void parse(byte[] input, Path folder) throws IOException {
            try (MemoryObjectStore store = new MemoryObjectStore();
                    ReceivedFiles received = ReceivedFiles.in(folder);
                    BackupWriter writer = SampleBackup.place(store)
                            .beginBackup(
                                    new BackupId("fuzz"),
                                    new AttemptId("a"),
                                    WriterOptions.defaults(folder).withMemoryBytes(4 << 20))) {
                PageChecks checks = new PageChecks(true, Lsn.parse("0/2000028"), 131_072);
                TarStream stream = new TarStream(new ArchiveFiles("", writer, received, checks, false));
                for (int at = 0; at < input.length; at += 1000) {
                    stream.take(ByteBuffer.wrap(input, at, Math.min(1000, input.length - at)));
                }
                stream.finish();
            }
        }

        @Override
        public List<byte[]> seeds() throws Exception {
            return List.of(archive());
        }
    },

    /** What of a file has changed, in pieces of up to 1000 bytes. */
    CHANGES {
        @Override
        void parse(byte[] input, Path folder) throws IOException {
            try (MemoryObjectStore store = new MemoryObjectStore()) {
                TargetPlace place = SampleBackup.place(store);
                WriterOptions options = WriterOptions.defaults(folder).withMemoryBytes(4 << 20);
                BackupManifest parent = SampleBackup.write(
                                place,
                                "parent",
                                Map.of(CHANGED, new byte[3 * PageChecksum.PAGE]),
                                SampleBackup.logical(),
                                options)
                        .manifest();
                try (BackupWriter writer =
                        place.beginIncremental(new BackupId("fuzz"), new AttemptId("a"), parent, options)) {
                    IncrementalFile file = new IncrementalFile(
                            new FileHeader.Regular(CHANGED, 0600, SampleBackup.NOW),
                            input.length,
                            writer,
                            new PageChecks(true, Lsn.parse("0/2000028"), 131_072),
                            131_072);
                    for (int at = 0; at < input.length; at += 1000) {
                        file.take(ByteBuffer.wrap(input, at, Math.min(1000, input.length - at)));
                    }
                    file.end();
                }
            }
        }

        @Override
        public List<byte[]> seeds() {
            ByteBuffer file = ByteBuffer.allocate(3 * PageChecksum.PAGE).order(ByteOrder.LITTLE_ENDIAN);
            file.putInt(0xd3ae1f0d).putInt(2).putInt(3).putInt(1).putInt(4);
            ByteBuffer unchanged = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
            unchanged.putInt(0xd3ae1f0d).putInt(0).putInt(3);
            return List.of(file.array(), unchanged.array());
        }
    },

    /** PostgreSQL's own manifest, in pieces of up to 100 bytes. */
    BACKUP_MANIFEST {
        @Override
        void parse(byte[] input, Path folder) throws IOException {
            try (ReceivedFiles received = ReceivedFiles.in(folder)) {
                CRC32C sum = new CRC32C();
                sum.update(CONTENT);
                received.add(new FilePath("PG_VERSION"), CONTENT.length, sum);
                received.requireDistinct();
                ManifestCheck check = new ManifestCheck(received);
                for (int at = 0; at < input.length; at += 100) {
                    check.take(ByteBuffer.wrap(input, at, Math.min(100, input.length - at)));
                }
                check.finish();
            }
        }

        @Override
        public List<byte[]> seeds() throws Exception {
            return List.of(manifest());
        }
    };

    private static final FilePath CHANGED = new FilePath("base/5/1259");
    private static final byte[] CONTENT = "17\n".getBytes(StandardCharsets.US_ASCII);

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void take(byte[] input) throws Exception {
        Path folder = Files.createTempDirectory("holdfast-fuzz");
        try {
            parse(input, folder);
        } catch (MalformedStreamException | ReplicationException | RepositoryException e) {
            if (e.getMessage() == null) {
                throw new IllegalStateException("refused without a reason", e);
            }
        } finally {
            Files.delete(folder);
        }
    }

    abstract void parse(byte[] input, Path folder) throws IOException;

    /** Says the same to whoever connects first, whatever is asked. */
    private static final class Answers implements AutoCloseable {
        private final ServerSocket server;
        private final Thread thread;

        Answers(byte[] bytes) throws IOException {
            server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            thread = Thread.ofPlatform().daemon().start(() -> say(bytes));
        }

        int port() {
            return server.getLocalPort();
        }

        private void say(byte[] bytes) {
            try (Socket socket = server.accept();
                    OutputStream out = socket.getOutputStream();
                    InputStream in = socket.getInputStream()) {
                out.write(bytes);
                socket.shutdownOutput();
                in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // The other side had enough.
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static byte[] archive() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry directory = new TarArchiveEntry("base/");
            tar.putArchiveEntry(directory);
            tar.closeArchiveEntry();
            file(tar, "PG_VERSION", CONTENT);
            file(tar, "base/5/1259", new byte[2 * 8192]);
        }
        return bytes.toByteArray();
    }

    private static void file(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry file = new TarArchiveEntry(name);
        file.setSize(content.length);
        tar.putArchiveEntry(file);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static byte[] manifest() throws Exception {
        CRC32C version = new CRC32C();
        version.update(CONTENT);
        CRC32C pages = new CRC32C();
        pages.update(new byte[2 * 8192]);
        return Session.manifest("PG_VERSION", CONTENT.length, version, "base/5/1259", 2 * 8192, pages);
    }
}
