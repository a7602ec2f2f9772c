package io.holdfast.verifier.verification;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import io.holdfast.repository.write.WriterOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A small real logical backup. The resources were made by PostgreSQL 15: {@code pg_dump --format=custom --compress=0} of
 * a database with one table of 40 rows, and {@code pg_dumpall --globals-only --no-role-passwords}.
 *
 * @param dumpVersion as the manifest says it
 */
public record Dumps(String dumpVersion, byte[] shop, byte[] globals) {

    /** Where the dump lies in the backup. */
    public static final FilePath SHOP = new FilePath("databases/shop.dump");

    private static final FilePath GLOBALS = new FilePath("globals.sql");
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    public static Dumps good() {
        return new Dumps("15.18", resource("shop.dump"), resource("globals.sql"));
    }

    /** Makes it a backup. */
    public CommitOutcome.Committed store(TargetPlace place, BackupId backup, Path work) throws RepositoryException {
        try (BackupWriter writer = place.beginBackup(backup, new AttemptId("a1"), WriterOptions.defaults(work))) {
            put(writer, GLOBALS, globals);
            put(writer, SHOP, shop);
            CommitOutcome outcome = writer.commit(BackupDetails.of(
                    BackupKind.LOGICAL,
                    NOW,
                    NOW,
                    new BackupContent.Logical(
                            150018,
                            dumpVersion,
                            List.of(new BackupContent.DumpedDatabase("shop", SHOP)),
                            Optional.of(GLOBALS))));
            if (outcome instanceof CommitOutcome.Committed committed) {
                return committed;
            }
            throw new AssertionError(outcome);
        }
    }

    private static void put(BackupWriter writer, FilePath path, byte[] content) throws RepositoryException {
        FileSink sink = writer.beginFile(new FileHeader.Regular(path, 0600, NOW));
        sink.write(content, 0, content.length);
        sink.finish();
    }

    private static byte[] resource(String name) {
        try (InputStream in = Dumps.class.getResourceAsStream("/dumps/" + name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing among the test's resources");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
