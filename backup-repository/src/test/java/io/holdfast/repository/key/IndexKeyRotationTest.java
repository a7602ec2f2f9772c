package io.holdfast.repository.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentWriter;
import io.holdfast.repository.write.WriterOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new index key takes the place of another; what was written under that stays of use where it is listed. */
class IndexKeyRotationTest {
    private static final byte[] HISTORY =
            "1\t0/3000000\tno recovery target specified\n".getBytes(StandardCharsets.US_ASCII);

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Map<FilePath, byte[]> files = SampleBackup.files();
    private final byte[] old = GoldenKeys.indexKey();
    private final byte[] fresh = new byte[32];
    private final Path work;

    IndexKeyRotationTest(@TempDir Path work) throws Exception {
        this.work = work;
        fresh[0] = 1;
    }

    private static RepositoryKeys.Builder keys(byte[]... indexKeys) {
        RepositoryKeys.Builder keys = RepositoryKeys.builder();
        for (byte[] each : indexKeys) {
            keys.indexKey(each);
        }
        return keys;
    }

    private TargetPlace worker(byte[]... indexKeys) throws Exception {
        return SampleBackup.place(
                store,
                keys(indexKeys)
                        .recipient(OpenPgpRecipient.parse(GoldenKeys.publicKey(), InstantSource.system())
                                .getFirst())
                        .build());
    }

    private TargetPlace verifier(byte[]... indexKeys) throws Exception {
        return SampleBackup.place(store, keys(indexKeys).build());
    }

    private BackupManifest write(TargetPlace place, String id) throws Exception {
        return SampleBackup.write(place, id, files, SampleBackup.logical(), WriterOptions.defaults(work))
                .manifest();
    }

    private void assertRestores(String id) throws Exception {
        Path directory = work.resolve("restored-" + id);
        SampleBackup.place(store, GoldenKeys.restorers())
                .read(new BackupId(id))
                .restoreTo(directory, RestoreOptions.defaults(), ReadProgress.NONE);
        for (Map.Entry<FilePath, byte[]> file : files.entrySet()) {
            assertThat(Files.readAllBytes(directory.resolve(file.getKey().value())))
                    .as(file.getKey().value())
                    .isEqualTo(file.getValue());
        }
    }

    private Set<ObjectKey> sharedMaps() throws Exception {
        Set<ObjectKey> found = new HashSet<>();
        ObjectStore.Listing listing = store.list("");
        while (listing.hasNext()) {
            ObjectKey key = listing.next().key();
            if (key.value().contains("/maps/")) {
                found.add(key);
            }
        }
        return found;
    }

    @Test
    void an_incremental_goes_on_from_a_backup_under_the_key_from_before() throws Exception {
        BackupManifest first = write(worker(old), "b1");
        Set<ObjectKey> maps = sharedMaps();

        BackupManifest second = IncrementalSample.write(
                worker(fresh, old),
                "b2",
                worker(fresh, old).manifest(first.backup()).orElseThrow(),
                files,
                WriterOptions.defaults(work));

        assertThat(second.sizes().storedBytes()).isLessThan(first.sizes().storedBytes() / 10);
        assertThat(maps).isNotEmpty();
        // Maps are written anew, so that all of it opens with the new key alone, and nothing with the old one.
        assertThat(verifier(fresh)
                        .read(second.backup())
                        .verify(1, ReadProgress.NONE)
                        .isGood())
                .isTrue();
        assertThat(verifier(fresh, old)
                        .read(first.backup())
                        .verify(1, ReadProgress.NONE)
                        .isGood())
                .isTrue();
        assertRestores("b1");
        assertRestores("b2");
        assertThatThrownBy(() -> verifier(old).manifest(second.backup()))
                .isInstanceOf(RepositoryException.Denied.class);
    }

    @Test
    void where_the_key_from_before_is_not_listed_only_a_full_backup_can_be_made_and_all_restore() throws Exception {
        BackupManifest first = write(worker(old), "b1");

        assertThatThrownBy(() -> worker(fresh).manifest(first.backup()))
                .isInstanceOf(RepositoryException.Denied.class)
                .hasMessageContaining("index key");
        BackupManifest second = write(worker(fresh), "b2");

        assertThat(verifier(fresh)
                        .read(second.backup())
                        .verify(1, ReadProgress.NONE)
                        .isGood())
                .isTrue();
        assertRestores("b1");
        assertRestores("b2");
    }

    @Test
    void the_same_log_again_is_compared_with_the_key_that_it_was_stored_under() throws Exception {
        SampleBackup.writeWal(worker(old), work);
        worker(old).wal(work).putHistory(2, HISTORY);

        SampleBackup.writeWal(worker(fresh, old), work);
        worker(fresh, old).wal(work).putHistory(2, HISTORY);

        byte[] other = SampleBackup.segment(2);
        other[100]++;
        assertThatThrownBy(() -> writeSegment(worker(fresh, old).wal(work), other))
                .isInstanceOf(RepositoryException.Conflict.class)
                .hasMessageContaining("Other WAL");
        assertThatThrownBy(() -> worker(fresh, old).wal(work).putHistory(2, new byte[HISTORY.length]))
                .isInstanceOf(RepositoryException.Conflict.class)
                .hasMessageContaining("Other WAL");
        assertThatThrownBy(() -> writeSegment(worker(fresh).wal(work), SampleBackup.segment(2)))
                .isInstanceOf(RepositoryException.Conflict.class)
                .hasMessageContaining("HINT: list the index key from before under earlier_index_keys");
    }

    private static void writeSegment(WalArchive wal, byte[] bytes) throws RepositoryException {
        try (WalSegmentWriter segment = wal.begin(1, 2, SampleBackup.SEGMENT_SIZE)) {
            segment.write(0, bytes, 0, bytes.length);
            segment.finish();
        }
    }
}
