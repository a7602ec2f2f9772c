package io.holdfast.verifier.verification;

import io.holdfast.events.verification.Damage;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.verifier.verification.PostgresPrograms.PgRestore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether the dumps of a backup can be read: each archive by pg_restore, to its end, and the script of roles to its last
 * line.
 *
 * @param limit how long reading one dump may take
 */
record LogicalCheck(PostgresPrograms programs, Duration limit) {

    private static final byte[] ARCHIVE_START = "PGDMP".getBytes(StandardCharsets.US_ASCII);
    private static final String GLOBALS_END = "-- PostgreSQL database cluster dump complete";
    private static final int TAIL = 256;

    Shown check(BackupReader reader, BackupContent.Logical content, CheckProgress progress)
            throws IOException, InterruptedException {
        List<Damage> damages = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        Optional<PgRestore> program = programs.reading(content.dumpVersion());
        if (program.isEmpty()) {
            notes.add(
                    "there is no pg_restore of version " + content.dumpVersion().split("\\D", 2)[0]
                            + " or newer here to read its dumps with. HINT: install one and name its folder in"
                            + " HOLDFAST_POSTGRES_INSTALLATIONS.");
        }
        long total = reader.manifest().sizes().bytes();
        AtomicLong done = new AtomicLong();
        for (BackupContent.DumpedDatabase database : content.databases()) {
            Optional<String> wrong = wrong(reader, database.file(), bytes -> {
                if (program.isEmpty()) {
                    return Arrays.equals(bytes.readNBytes(ARCHIVE_START.length), ARCHIVE_START)
                            ? Optional.empty()
                            : Optional.of("it does not begin as an archive of pg_dump");
                }
                return new ArchiveReading(program.get().program(), limit)
                        .read(bytes, length -> progress.at("dump", done.addAndGet(length), total));
            });
            wrong.ifPresent(what -> damages.add(
                    damage(reader, database.file(), "the dump of database \"" + database.name() + "\": " + what)));
        }
        if (content.globals().isPresent()) {
            FilePath globals = content.globals().get();
            wrong(reader, globals, LogicalCheck::endOfGlobals)
                    .ifPresent(what -> damages.add(damage(reader, globals, "the script of roles: " + what)));
        }
        return new Shown(damages, notes);
    }

    /** Looks at a file's bytes. */
    @FunctionalInterface
    private interface Look {
        Optional<String> at(InputStream bytes) throws IOException, InterruptedException;
    }

    private static Optional<String> wrong(BackupReader reader, FilePath path, Look look)
            throws IOException, InterruptedException {
        Optional<IndexEntry> entry = reader.find(path);
        if (entry.isEmpty() || !(entry.get() instanceof IndexEntry.WithContent file)) {
            return Optional.of("it is not in the backup");
        }
        try (InputStream bytes = reader.open(file)) {
            return look.at(bytes);
        } catch (RepositoryException.Damaged e) {
            return Optional.of(e.what());
        }
    }

    private static Optional<String> endOfGlobals(InputStream bytes) throws IOException {
        byte[] tail = new byte[0];
        byte[] buffer = new byte[64 * 1024];
        for (int length = bytes.read(buffer); length >= 0; length = bytes.read(buffer)) {
            byte[] joined = Arrays.copyOf(tail, tail.length + length);
            System.arraycopy(buffer, 0, joined, tail.length, length);
            tail = Arrays.copyOfRange(joined, Math.max(0, joined.length - TAIL), joined.length);
        }
        return new String(tail, StandardCharsets.UTF_8).contains(GLOBALS_END)
                ? Optional.empty()
                : Optional.of("its last line is missing, so it is cut short");
    }

    private static Damage damage(BackupReader reader, FilePath file, String what) {
        return new Damage(reader.manifest().index().key().value(), file.value(), what);
    }
}
