package io.holdfast.verifier.verification;

import io.holdfast.events.verification.Damage;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.verifier.verification.ServerManifest.BadManifestException;
import io.holdfast.verifier.verification.ServerManifest.ListedFile;
import io.holdfast.verifier.verification.ServerManifest.WalRange;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Whether the stored files are those that PostgreSQL listed: names, sizes, and the checksums that the server computed
 * while it read them, computed again from the stored bytes: while these were checked, or else by reading them once more. Both lists have the order of sending, so that only what is
 * out of step is held. Used once, by one thread.
 *
 * <p>Of an incremental that the server made, it listed what it sent: for most files only their changes. Their stored bytes
 * are known by the digests of frames and hashes of pages alone, which the repository's own verification has checked.
 */
final class FileListCheck {

    /** More out of step than this is not held; then the lists were made in different orders. */
    private static final int MOST_HELD = 200_000;

    private static final String CHANGES = "INCREMENTAL.";

    private static final FilePath WAL = new FilePath("pg_wal");

    private final BackupReader reader;
    private final BackupContent.Physical content;
    private final int threads;
    private final ReadSums sums;
    private final CheckProgress progress;
    private final String index;
    private final List<Damage> damages = Collections.synchronizedList(new ArrayList<>());
    private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, ListedFile> ahead = new HashMap<>();
    private final boolean onlyChangesSent;
    private long incomparable;
    private final AtomicLong bytesDone = new AtomicLong();
    private @Nullable String manifestDamage;

    FileListCheck(
            BackupReader reader, BackupContent.Physical content, int threads, ReadSums sums, CheckProgress progress) {
        this.sums = sums;
        this.reader = reader;
        this.content = content;
        this.threads = threads;
        this.progress = progress;
        this.onlyChangesSent = BackupDetails.SERVER_INCREMENTAL.equals(
                reader.manifest().details().labels().get(BackupDetails.METHOD_LABEL));
        this.index = reader.manifest().index().key().value();
    }

    /** The lists are too much out of step to be compared within the memory allowed. */
    private static final class OutOfStepException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    Shown check(FilePath listPath) throws IOException, InterruptedException {
        Optional<IndexEntry> found = reader.find(listPath);
        if (found.isEmpty() || !(found.get() instanceof IndexEntry.WithContent list)) {
            return new Shown(
                    List.of(new Damage(index, listPath.value(), "PostgreSQL's backup_manifest is missing")), List.of());
        }
        try {
            try (InputStream bytes = reader.open(list)) {
                ServerManifest.requireOwnChecksum(bytes);
            }
            try (ServerManifest listed = ServerManifest.read(reader.open(list));
                    ChecksumPool pool = new ChecksumPool(threads)) {
                AtomicLong number = new AtomicLong();
                reader.<IOException>forEachEntry(entry -> {
                    long at = number.getAndIncrement();
                    if (entry instanceof IndexEntry.RegularFile file
                            && !file.path().startsWith(WAL)) {
                        compare(file, at, listed, pool);
                    }
                });
                takeRest(listed);
                pool.finish();
                if (incomparable > 0) {
                    notes.add("of " + incomparable
                            + " files PostgreSQL sent only what had changed, so that its list has no"
                            + " checksum of the whole; their pages were compared with the repository's own hashes");
                }
            }
        } catch (BadManifestException e) {
            manifestDamage = e.getMessage();
        } catch (OutOfStepException e) {
            notes.add("its files come in another order than PostgreSQL's list, and are too many to be compared");
        }
        if (manifestDamage != null) {
            damages.add(new Damage(index, listPath.value(), "PostgreSQL's backup_manifest: " + manifestDamage));
        }
        return new Shown(damages, notes);
    }

    private void compare(IndexEntry.RegularFile file, long entry, ServerManifest listed, ChecksumPool pool)
            throws IOException {
        String path = file.path().value();
        ListedFile expected = find(path, listed);
        if (expected == null) {
            damages.add(new Damage(index, path, "PostgreSQL did not list this file"));
        } else if (!isAsSent(expected)) {
            incomparable++;
        } else if (expected.size() != file.length()) {
            damages.add(
                    new Damage(index, path, "has " + file.length() + " bytes, PostgreSQL listed " + expected.size()));
        } else if (expected.algorithm() != null && expected.checksum() != null) {
            String algorithm = expected.algorithm();
            String stated = expected.checksum();
            OptionalInt sum = FileChecksum.isCrc32c(algorithm) ? sums.of(entry) : OptionalInt.empty();
            if (sum.isEmpty()) {
                pool.submit(() -> compareChecksum(file, algorithm, stated));
            } else if (!FileChecksum.isCrc32c(sum.getAsInt(), stated)) {
                differs(file, algorithm);
            }
        }
    }

    private void differs(IndexEntry.RegularFile file, String algorithm) {
        damages.add(new Damage(
                index,
                file.path().value(),
                "its " + algorithm + " is another one than PostgreSQL computed when it sent the file"));
    }

    private void compareChecksum(IndexEntry.RegularFile file, String algorithm, String stated) throws IOException {
        try (InputStream bytes = reader.open(file)) {
            Optional<Boolean> same = FileChecksum.matches(bytes, algorithm, stated, this::read);
            if (same.isEmpty()) {
                notes.add("checksums of the kind " + algorithm + " are not known, as of " + file.path());
            } else if (!same.get()) {
                differs(file, algorithm);
            }
        } catch (RepositoryException.Damaged e) {
            damages.add(new Damage(index, file.path().value(), e.what()));
        }
    }

    private void read(long bytes) {
        progress.at(
                "compare", bytesDone.addAndGet(bytes), reader.manifest().sizes().bytes());
    }

    private @Nullable ListedFile find(String path, ServerManifest listed) throws IOException {
        ListedFile held = ahead.remove(path);
        held = held == null && onlyChangesSent ? ahead.remove(changesOf(path)) : held;
        if (held != null) {
            return held;
        }
        for (Optional<ListedFile> next = listed.next(); next.isPresent(); next = listed.next()) {
            String listedPath = next.get().path();
            if (listedPath.equals(path) || onlyChangesSent && listedPath.equals(changesOf(path))) {
                return next.get();
            }
            hold(next.get());
        }
        return null;
    }

    /** How the server lists a file of which it sends only what has changed. */
    private static String changesOf(String path) {
        int name = path.lastIndexOf('/') + 1;
        return path.substring(0, name) + CHANGES + path.substring(name);
    }

    /** Whether what is stored is what was sent. The label of an incremental is stored without saying that it is one. */
    private boolean isAsSent(ListedFile file) {
        String name = file.path().substring(file.path().lastIndexOf('/') + 1);
        return !onlyChangesSent || !name.startsWith(CHANGES) && !file.path().equals("backup_label");
    }

    private void takeRest(ServerManifest listed) throws IOException {
        for (Optional<ListedFile> next = listed.next(); next.isPresent(); next = listed.next()) {
            hold(next.get());
        }
        for (ListedFile missing : ahead.values()) {
            damages.add(new Damage(index, missing.path(), "PostgreSQL listed this file, and it is not in the backup"));
        }
        WalNeeded needed = content.wal();
        for (WalRange range : listed.walRanges()) {
            if (range.timeline() == needed.timeline()
                    && (range.start().compareTo(needed.startLsn()) < 0
                            || range.end().compareTo(needed.stopLsn()) > 0)) {
                damages.add(new Damage(
                        index,
                        null,
                        "PostgreSQL needs WAL from " + range.start() + " to " + range.end()
                                + ", the backup has it from " + needed.startLsn() + " to " + needed.stopLsn()));
            }
        }
    }

    private void hold(ListedFile file) throws OutOfStepException {
        if (ahead.size() >= MOST_HELD) {
            throw new OutOfStepException();
        }
        ahead.put(file.path(), file);
    }
}
