package io.holdfast.backup.base;

import io.holdfast.backup.replication.BackupStart;
import io.holdfast.backup.replication.BackupStop;
import io.holdfast.backup.replication.BaseBackupStream;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.NotedException;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a server's base backup: every file goes into the repository as it comes, its pages are checked, and at
 * the end the server's own manifest is compared with what came. Memory does not depend on the sizes of files. For one
 * thread; {@link #run} is called once.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html#PROTOCOL-REPLICATION-BASE-BACKUP">
 *     BASE_BACKUP</a>
 */
public final class BaseBackup {
    /** Where PostgreSQL's own manifest lies in the backup, verbatim. */
    public static final FilePath MANIFEST = new FilePath("backup_manifest");

    private static final Pattern TABLESPACE_ARCHIVE = Pattern.compile("(\\d{1,10})\\.tar");

    private final BaseBackupStream stream;
    private final BackupWriter writer;
    private final PageChecks checks;
    private final boolean incremental;
    private final Progress progress;
    private final Path folder;

    private @Nullable TarStream archive;
    private @Nullable FileSink manifest;
    private @Nullable ManifestCheck manifestCheck;

    /** Hears how much of the archives the server has sent, about once a second. */
    @FunctionalInterface
    public interface Progress {
        void sent(long bytes);
    }

    /**
     * What came.
     *
     * @param bytes of all files
     * @param exceptions pages that need a second look
     */
    public record Received(BackupStart start, BackupStop stop, long bytes, List<NotedException> exceptions) {
        public Received {
            exceptions = List.copyOf(exceptions);
        }
    }

    /**
     * A pass over a stream.
     *
     * @param incremental whether it holds only what has changed since the writer's parent
     * @param folder an existing folder, for the list of files while they come
     */
    public BaseBackup(
            BaseBackupStream stream,
            ServerFacts facts,
            BackupWriter writer,
            boolean incremental,
            Path folder,
            Progress progress) {
        this.incremental = incremental;
        this.stream = stream;
        this.writer = writer;
        this.folder = folder;
        this.progress = progress;
        this.checks = new PageChecks(facts.dataChecksums(), stream.start().startLsn(), facts.pagesPerSegment());
    }

    /**
     * Reads the stream to its end. Returns only after the server has confirmed the backup and the manifest agrees with
     * what came; nothing is committed here.
     *
     * @throws io.holdfast.backup.replication.ReplicationException for what the server or the stream does
     * @throws io.holdfast.repository.RepositoryException for what the repository does
     */
    public Received run() throws IOException {
        try (ReceivedFiles received = ReceivedFiles.in(folder)) {
            for (ByteBuffer piece = stream.next(); piece != null; piece = stream.next()) {
                take(piece, received);
            }
            endArchive();
            ManifestCheck check = manifestCheck;
            if (check == null) {
                throw new MalformedStreamException("no backup manifest");
            }
            FileSink sink = manifest;
            if (sink != null) {
                sink.finish();
            }
            long bytes = received.bytes();
            check.finish();
            return new Received(stream.start(), stream.stop(), bytes, checks.found());
        } catch (MalformedStreamException e) {
            throw e.asFailure();
        }
    }

    private void take(ByteBuffer piece, ReceivedFiles received) throws IOException {
        if (!piece.hasRemaining()) {
            throw new MalformedStreamException("an empty message");
        }
        byte kind = piece.get();
        switch (kind) {
            case 'n' -> {
                endArchive();
                beforeManifest();
                archive = new TarStream(new ArchiveFiles(prefix(name(piece)), writer, received, checks, incremental));
            }
            case 'm' -> {
                endArchive();
                beforeManifest();
                received.requireDistinct();
                manifest = writer.beginFile(new FileHeader.Attached(MANIFEST));
                manifestCheck = new ManifestCheck(received);
            }
            case 'd' -> data(piece);
            case 'p' -> {
                if (piece.remaining() != Long.BYTES) {
                    throw new MalformedStreamException("a report of progress that is none");
                }
                progress.sent(piece.getLong());
            }
            default -> throw new MalformedStreamException("a message of unknown kind " + kind);
        }
    }

    private void data(ByteBuffer piece) throws IOException {
        TarStream files = archive;
        FileSink sink = manifest;
        ManifestCheck check = manifestCheck;
        if (sink != null && check != null) {
            check.take(piece);
            sink.write(piece);
        } else if (files != null) {
            files.take(piece);
        } else {
            throw new MalformedStreamException("data before any archive");
        }
    }

    private void endArchive() throws IOException {
        if (archive != null) {
            archive.finish();
            archive = null;
        }
    }

    private void beforeManifest() throws MalformedStreamException {
        if (manifest != null) {
            throw new MalformedStreamException("something behind the backup manifest");
        }
    }

    private static String prefix(String archiveName) throws MalformedStreamException {
        if (archiveName.equals("base.tar")) {
            return "";
        }
        Matcher matcher = TABLESPACE_ARCHIVE.matcher(archiveName);
        if (!matcher.matches()) {
            throw new MalformedStreamException("an archive of an unknown name");
        }
        return "pg_tblspc/" + matcher.group(1) + "/";
    }

    private static String name(ByteBuffer piece) throws MalformedStreamException {
        int start = piece.position();
        while (piece.hasRemaining()) {
            if (piece.get() == 0) {
                return StandardCharsets.UTF_8
                        .decode(piece.slice(start, piece.position() - 1 - start))
                        .toString();
            }
        }
        throw new MalformedStreamException("an archive without a name");
    }
}
