package io.holdfast.restore.physical;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.replay.SafeLog;
import io.holdfast.restore.replay.WalkedLog;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Lays the WAL that a backup needs into {@code pg_wal} before the server starts: exactly what makes it consistent, so that
 * recovery needs nobody else.
 */
final class WalFetch {
    private WalFetch() {}

    /** @param told how many bytes are there, after each segment */
    static void into(Path walDirectory, WalArchive archive, WalNeeded needed, LongConsumer told)
            throws IOException, RestoreException {
        Files.createDirectories(walDirectory);
        long bytes = 0;
        WalkedLog walked = WalkedLog.NOTHING;
        for (WalSegmentName segment : needed.segments()) {
            Path file = walDirectory.resolve(segment.value());
            try (InputStream in = archive.openUntil(segment, needed.stopLsn())) {
                bytes += write(file, in);
                walked = SafeLog.make(file, segment, needed.segmentSize(), needed.stopLsn(), walked);
                RestoreMarker.sync(file);
            } catch (RepositoryException.NotFound e) {
                throw new RestoreException(new Failure(FailureCategory.WAL_MISSING, e.what(), e.hint()), List.of(), e);
            }
            told.accept(bytes);
        }
        if (needed.timeline() > 1) {
            Optional<byte[]> history = archive.history(needed.timeline());
            if (history.isPresent()) {
                Path file = walDirectory.resolve("%08X.history".formatted(needed.timeline()));
                write(file, new ByteArrayInputStream(history.get()));
                RestoreMarker.sync(file);
            }
        }
        RestoreMarker.sync(walDirectory);
    }

    /**
     * Makes sure that {@link #into} would find everything.
     *
     * @param opened whether the beginning of each segment is opened too, as those that are encrypted need keys of their own
     */
    static void requireAtHand(WalArchive archive, WalNeeded needed, boolean opened)
            throws RepositoryException, RestoreException {
        List<WalSegmentName> missing =
                archive.covers(needed.timeline(), needed.startLsn(), needed.stopLsn(), needed.segmentSize());
        if (!missing.isEmpty()) {
            throw new RestoreException(
                    FailureCategory.WAL_MISSING,
                    "the WAL segment " + missing.getFirst() + " that the backup needs is not in the repository.",
                    "restore another backup.");
        }
        for (WalSegmentName segment : opened ? needed.segments() : List.<WalSegmentName>of()) {
            try (InputStream in = archive.openUntil(segment, needed.stopLsn())) {
                in.read();
            } catch (IOException e) {
                throw RepositoryException.from(e, "Reading the WAL segment " + segment);
            }
        }
        if (needed.timeline() > 1 && archive.history(needed.timeline()).isEmpty()) {
            throw new RestoreException(
                    FailureCategory.WAL_MISSING,
                    "the history of timeline " + needed.timeline() + " that the backup needs is not in the repository.",
                    "restore another backup.");
        }
    }

    private static long write(Path file, InputStream in) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            long bytes = in.transferTo(Channels.newOutputStream(channel));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            return bytes;
        }
    }
}
