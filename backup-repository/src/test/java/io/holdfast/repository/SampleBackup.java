package io.holdfast.repository;

import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentWriter;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import io.holdfast.repository.write.WriterOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Files and how they become a backup; for tests of this module and of others. */
public final class SampleBackup {
    /** Any moment. */
    public static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    /** The target that samples belong to. */
    public static final TargetName TARGET = new TargetName("orders");

    /** The place of a cluster. */
    public static final Place CLUSTER = Place.ofSystemIdentifier(7_300_000_000_000_000_001L);

    /** A small segment size that PostgreSQL allows. */
    public static final int SEGMENT_SIZE = 1 << 20;

    private SampleBackup() {}

    /** The place of a cluster in a repository in this store, which is made if need be. */
    public static TargetPlace place(ObjectStore store) throws RepositoryException {
        return place(store, RepositoryKeys.none());
    }

    /** The same, opened with keys. */
    public static TargetPlace place(ObjectStore store, RepositoryKeys keys) throws RepositoryException {
        return Repository.openOrInitialise(store, UUID.fromString("00000000-0000-4000-8000-000000000001"), keys)
                .at(TARGET, CLUSTER);
    }

    /** Files of all shapes: empty, one byte, unaligned, with zero pages, incompressible, hostile names. */
    public static Map<FilePath, byte[]> files() {
        Random random = new Random(42);
        Map<FilePath, byte[]> files = new LinkedHashMap<>();
        files.put(new FilePath("PG_VERSION"), "17\n".getBytes(StandardCharsets.US_ASCII));
        files.put(new FilePath("empty"), new byte[0]);
        files.put(new FilePath("one byte"), new byte[] {7});
        files.put(new FilePath("base/5/1259"), compressible(random, 40 * 8192));
        files.put(new FilePath("base/5/unaligned"), compressible(random, 3 * 8192 + 77));
        files.put(new FilePath("base/5/random"), random(random, 50 * 8192 + 1));
        files.put(new FilePath("base/5/zeros"), new byte[70 * 8192]);
        byte[] holes = compressible(random, 64 * 8192);
        Arrays.fill(holes, 16 * 8192, 48 * 8192, (byte) 0);
        files.put(new FilePath("base/5/holes"), holes);
        files.put(new FilePath("base/5/large"), random(random, 600 * 8192));
        files.put(new FilePath("it's \"quoted\" ;$(touch x)"), new byte[] {1, 2, 3});
        files.put(new FilePath("line\nbreak"), new byte[] {4});
        files.put(new FilePath("größe/漢字"), new byte[] {6});
        files.put(new FilePath("-rf"), new byte[] {5});
        return files;
    }

    /** Bytes that compress well but are not all the same. */
    public static byte[] compressible(Random random, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i % 7 == 0 ? random.nextInt(256) : 'a' + (i >> 5) % 20);
        }
        return bytes;
    }

    /** Bytes that do not compress. */
    public static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Details of a physical backup that needs WAL from 0/200028 to 0/300100, segments 2 and 3 of 1 MiB. */
    public static BackupDetails physical() {
        return BackupDetails.of(
                BackupKind.FULL,
                NOW,
                NOW,
                new BackupContent.Physical(
                        CLUSTER.value(),
                        170011,
                        new WalNeeded(1, Lsn.parse("0/200028"), Lsn.parse("0/300100"), SEGMENT_SIZE),
                        List.of(),
                        Optional.empty()));
    }

    /** Details of a dump. */
    public static BackupDetails logical() {
        return BackupDetails.of(
                BackupKind.LOGICAL, NOW, NOW, new BackupContent.Logical(170011, "17.11", List.of(), Optional.empty()));
    }

    /** Writes files and commits; fails if that is not the backup then. */
    public static CommitOutcome.Committed write(
            TargetPlace place, String backup, Map<FilePath, byte[]> files, BackupDetails details, WriterOptions options)
            throws RepositoryException {
        try (BackupWriter writer = place.beginBackup(new BackupId(backup), new AttemptId("a1"), options)) {
            writer.addDirectory(new FilePath("base"), 0700, NOW);
            for (Map.Entry<FilePath, byte[]> file : files.entrySet()) {
                FileSink sink = writer.beginFile(new FileHeader.Regular(file.getKey(), 0600, NOW));
                sink.write(file.getValue(), 0, file.getValue().length);
                sink.finish();
            }
            CommitOutcome outcome = writer.commit(details);
            if (outcome instanceof CommitOutcome.Committed committed) {
                return committed;
            }
            throw new AssertionError("Not committed: " + outcome);
        }
    }

    /** Stores complete segments 2 and 3 of timeline 1. */
    public static void writeWal(TargetPlace place, Path workDirectory) throws RepositoryException {
        WalArchive wal = place.wal(workDirectory);
        for (long number = 2; number <= 3; number++) {
            try (WalSegmentWriter segment = wal.begin(1, number, SEGMENT_SIZE)) {
                byte[] bytes = segment(number);
                segment.write(0, bytes, 0, bytes.length);
                segment.finish();
            }
        }
    }

    /** The content of a segment. */
    public static byte[] segment(long number) {
        return compressible(new Random(number), SEGMENT_SIZE);
    }
}
