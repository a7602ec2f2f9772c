package io.holdfast.repository.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.Damage;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.verify.VerificationDepth;
import io.holdfast.repository.verify.VerificationReport;
import io.holdfast.repository.verify.VerifyOptions;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.wal.WalSegmentWriter;
import io.holdfast.repository.write.WriterOptions;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted backups: who can do what with them, and that whatever is changed in them is found. */
class SealedBackupTest {
    private static final UUID REPOSITORY = new UUID(7, 7);
    private static final String PREFIX = SampleBackup.TARGET + "/" + SampleBackup.CLUSTER + "/";
    private static final BackupId ID = new BackupId("b1");
    private static final String RECIPIENT = "Golden Recipient <golden@example.org>";
    private static final List<String> KINDS = List.of("packs/", "maps/", "indexes/", "manifests/", "wal/", "keys/");

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Map<FilePath, byte[]> files = SampleBackup.files();
    private final Path work;

    SealedBackupTest(@TempDir Path work) {
        this.work = work;
    }

    private TargetPlace place(RepositoryKeys keys) throws RepositoryException {
        return Repository.openOrInitialise(store, REPOSITORY, keys).at(SampleBackup.TARGET, SampleBackup.CLUSTER);
    }

    private WriterOptions options() {
        return WriterOptions.defaults(work).withPackBytes(2 << 20);
    }

    private BackupManifest write() throws Exception {
        TargetPlace place = place(GoldenKeys.workers());
        SampleBackup.writeWal(place, work);
        return SampleBackup.write(place, "b1", files, SampleBackup.physical(), options())
                .manifest();
    }

    private byte[] content(ObjectKey key) throws Exception {
        try (InputStream in = store.open(key)) {
            return in.readAllBytes();
        }
    }

    private void replace(ObjectKey key, byte[] content) {
        store.delete(key);
        store.putIfAbsent(key, content);
    }

    private void flip(ObjectKey key, int position) throws Exception {
        byte[] content = content(key);
        content[position] ^= 0x10;
        replace(key, content);
    }

    private List<ObjectKey> keys(String below) throws Exception {
        List<ObjectKey> keys = new ArrayList<>();
        ObjectStore.Listing listing = store.list(PREFIX + below);
        while (listing.hasNext()) {
            keys.add(listing.next().key());
        }
        return keys;
    }

    @Test
    void what_a_worker_wrote_a_verifier_checks_and_a_restorer_reads(@TempDir Path scratch) throws Exception {
        BackupManifest written = write();

        VerificationReport report = place(GoldenKeys.verifiers()).read(ID).verify(2, ReadProgress.NONE);
        assertThat(report.damages()).isEmpty();
        assertThat(report.isGood()).isTrue();
        assertThat(report.bytesNotOpened()).isPositive().isLessThanOrEqualTo(report.bytes());

        TargetPlace restorer = place(GoldenKeys.restorers());
        BackupReader backup = restorer.read(ID);
        assertThat(backup.manifest()).isEqualTo(written);
        VerificationReport opened = backup.verify(2, ReadProgress.NONE);
        assertThat(opened.isGood()).isTrue();
        assertThat(opened.bytesNotOpened()).isZero();
        backup.restoreTo(scratch.resolve("r"), RestoreOptions.defaults(), ReadProgress.NONE);
        for (Map.Entry<FilePath, byte[]> file : files.entrySet()) {
            assertThat(scratch.resolve("r").resolve(file.getKey().value())).hasBinaryContent(file.getValue());
        }
        WalSegmentName segment = WalSegmentName.of(1, 2, SampleBackup.SEGMENT_SIZE);
        try (InputStream in = restorer.wal(work).sealedOnly().open(segment)) {
            assertThat(in.readAllBytes()).isEqualTo(SampleBackup.segment(2));
        }
    }

    @Test
    void nothing_stored_shows_what_was_backed_up() throws Exception {
        write();

        for (String kind : KINDS) {
            for (ObjectKey key : keys(kind)) {
                assertThat(new String(content(key), StandardCharsets.ISO_8859_1))
                        .as(key.value())
                        .doesNotContain("base/5", "PG_VERSION", "unaligned", "170011", "system_identifier");
            }
        }
        assertThat(store.head(new ObjectKey("holdfast-sealed.json"))).isPresent();
    }

    @Test
    void what_a_worker_has_opens_no_page() throws Exception {
        write();
        BackupReader backup = place(GoldenKeys.workers()).read(ID);
        IndexEntry.WithContent file = (IndexEntry.WithContent)
                backup.find(new FilePath("base/5/1259")).orElseThrow();
        KeyId dataKey = backup.manifest().dataKeys().getFirst();

        try (InputStream in = backup.open(file)) {
            assertThatThrownBy(in::readAllBytes)
                    .isInstanceOf(RepositoryException.Denied.class)
                    .hasMessageContaining(dataKey.hex())
                    .hasMessageContaining("packs/b1/")
                    .hasMessageContaining(RECIPIENT);
        }
        WalArchive wal = place(GoldenKeys.workers()).wal(work);
        assertThatThrownBy(() -> wal.open(WalSegmentName.of(1, 2, SampleBackup.SEGMENT_SIZE)))
                .isInstanceOf(RepositoryException.Denied.class)
                .hasMessageContaining("wal/00000001/000000010000000000000002");
    }

    @Test
    void the_data_key_does_not_follow_from_what_a_worker_has() throws Exception {
        KeyId first = write().dataKeys().getFirst();
        // The same worker, backup and files once more, in another store: everything a key could be derived from.
        MemoryObjectStore other = new MemoryObjectStore();
        TargetPlace again = Repository.openOrInitialise(other, REPOSITORY, GoldenKeys.workers())
                .at(SampleBackup.TARGET, SampleBackup.CLUSTER);
        KeyId second = SampleBackup.write(again, "b1", files, SampleBackup.physical(), options())
                .manifest()
                .dataKeys()
                .getFirst();

        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void a_missing_key_says_which_one_and_whose() throws Exception {
        write();

        for (RepositoryKeys wrong : List.of(
                RepositoryKeys.none(),
                RepositoryKeys.builder().indexKey(new byte[32]).build(),
                RepositoryKeys.builder()
                        .holder(new Passphrase("another".toCharArray()))
                        .build())) {
            assertThatThrownBy(() -> place(wrong).read(ID))
                    .isInstanceOf(RepositoryException.Denied.class)
                    .hasMessageContaining("manifests/b1")
                    .hasMessageContaining("index key")
                    .hasMessageContaining("HINT: give one of: the OpenPGP key");
        }
    }

    @Test
    void nobody_goes_on_unencrypted_where_something_is_encrypted() throws Exception {
        write();
        Repository repository = Repository.open(store);

        for (TargetPlace place : List.of(
                repository.at(SampleBackup.TARGET, SampleBackup.CLUSTER),
                repository.at(new TargetName("new"), Place.LOGICAL))) {
            assertThatThrownBy(() -> place.beginBackup(new BackupId("b2"), new AttemptId("a1"), options()))
                    .isInstanceOf(RepositoryException.Unusable.class)
                    .hasMessageContaining("is encrypted");
            assertThatThrownBy(() -> place.giveUp(new BackupId("b2"), new AttemptId("a1"), "reason"))
                    .isInstanceOf(RepositoryException.Unusable.class);
        }
        WalArchive wal = place(RepositoryKeys.none()).wal(work);
        assertThatThrownBy(() -> wal.putHistory(2, new byte[] {1})).isInstanceOf(RepositoryException.Unusable.class);
    }

    @Test
    void an_index_key_without_recipients_writes_no_backup() throws Exception {
        assertThatThrownBy(() -> place(GoldenKeys.verifiers()).beginBackup(ID, new AttemptId("a1"), options()))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("nobody for whom");
    }

    @Test
    void backups_from_before_the_encryption_still_restore(@TempDir Path scratch) throws Exception {
        TargetPlace plain = place(RepositoryKeys.none());
        SampleBackup.writeWal(plain, work);
        SampleBackup.write(plain, "b0", files, SampleBackup.physical(), options());
        SampleBackup.write(place(GoldenKeys.workers()), "b1", files, SampleBackup.logical(), options());

        BackupReader before = place(GoldenKeys.restorers()).read(new BackupId("b0"));
        before.restoreTo(scratch.resolve("r"), RestoreOptions.defaults(), ReadProgress.NONE);

        assertThat(before.verify(2, ReadProgress.NONE).isGood()).isTrue();
        assertThat(before.manifest().isSealed()).isFalse();
    }

    @Test
    void an_encrypted_backup_does_not_rest_on_an_unencrypted_one() throws Exception {
        TargetPlace plain = place(RepositoryKeys.none());
        BackupManifest parent = SampleBackup.write(plain, "b0", files, SampleBackup.logical(), options())
                .manifest();

        assertThatThrownBy(() -> place(GoldenKeys.workers())
                        .beginIncremental(new BackupId("b1"), new AttemptId("a1"), parent, options()))
                .isInstanceOf(RepositoryException.Damaged.class)
                .hasMessageContaining("not encrypted")
                .hasMessageContaining("full");
    }

    @Test
    void wal_that_is_not_encrypted_is_refused_for_a_backup_that_is() throws Exception {
        SampleBackup.writeWal(place(RepositoryKeys.none()), work);
        SampleBackup.write(place(GoldenKeys.workers()), "b1", files, SampleBackup.physical(), options());

        assertThat(place(GoldenKeys.verifiers())
                        .read(ID)
                        .verify(2, ReadProgress.NONE)
                        .damages())
                .hasSize(2)
                .allSatisfy(damage -> assertThat(damage.detail()).contains("not encrypted"));
        assertThatThrownBy(() -> place(GoldenKeys.restorers())
                        .wal(work)
                        .sealedOnly()
                        .open(WalSegmentName.of(1, 2, SampleBackup.SEGMENT_SIZE)))
                .isInstanceOf(RepositoryException.Damaged.class);
        assertThatThrownBy(() -> SampleBackup.writeWal(place(GoldenKeys.workers()), work))
                .isInstanceOf(RepositoryException.Conflict.class)
                .hasMessageContaining("unencrypted");
    }

    @Test
    void the_same_wal_again_is_fine_and_other_wal_is_a_conflict_without_the_data_key() throws Exception {
        write();
        SampleBackup.writeWal(place(GoldenKeys.workers()), work);

        try (WalSegmentWriter segment = place(GoldenKeys.workers()).wal(work).begin(1, 2, SampleBackup.SEGMENT_SIZE)) {
            byte[] bytes = SampleBackup.segment(2);
            bytes[100]++;
            segment.write(0, bytes, 0, bytes.length);
            assertThatThrownBy(segment::finish)
                    .isInstanceOf(RepositoryException.Conflict.class)
                    .hasMessageContaining("Other WAL");
        }
    }

    @Test
    void a_flipped_byte_anywhere_is_found_with_and_without_data_keys() throws Exception {
        write();
        Random random = new Random(3);
        for (RepositoryKeys keys : List.of(GoldenKeys.verifiers(), GoldenKeys.restorers())) {
            TargetPlace place = place(keys);
            BackupReader backup = place.read(ID);
            for (String kind : KINDS) {
                for (ObjectKey key : keys(kind)) {
                    byte[] before = content(key);
                    for (int position : new int[] {
                        0,
                        before.length - 1,
                        random.nextInt(Math.min(before.length, 200)),
                        random.nextInt(before.length)
                    }) {
                        flip(key, position);
                        for (VerificationDepth depth : VerificationDepth.values()) {
                            assertThat(backup.verify(VerifyOptions.of(depth, 2), ReadProgress.NONE)
                                            .damages())
                                    .as("byte %d of %s with %s, as deep as %s", position, key, keys, depth)
                                    .isNotEmpty()
                                    .allSatisfy(damage ->
                                            assertThat(damage.object()).isEqualTo(key));
                        }
                        replace(key, before);
                    }
                }
            }
            assertThat(backup.verify(2, ReadProgress.NONE).isGood()).isTrue();
        }
    }

    @Test
    void an_object_cut_short_or_made_longer_is_found_without_data_keys() throws Exception {
        write();
        BackupReader backup = place(GoldenKeys.verifiers()).read(ID);
        for (String kind : KINDS) {
            ObjectKey key = keys(kind).getFirst();
            byte[] before = content(key);
            for (int length : List.of(0, 1, 63, 64, 65, before.length - 17, before.length - 1, before.length + 16)) {
                replace(key, Arrays.copyOf(before, length));
                assertThat(backup.verify(2, ReadProgress.NONE).damages())
                        .as("%s cut to %d", key, length)
                        .isNotEmpty()
                        .extracting(Damage::object)
                        .containsOnly(key);
            }
            replace(key, before);
        }
    }

    @Test
    void an_object_in_the_place_of_another_is_refused() throws Exception {
        write();
        TargetPlace place = place(GoldenKeys.workers());
        SampleBackup.write(place, "b2", files, SampleBackup.physical(), options());
        for (String kind : List.of("packs/", "indexes/", "manifests/", "wal/")) {
            List<ObjectKey> all = keys(kind);
            ObjectKey one = all.getFirst();
            byte[] before = content(one);
            replace(one, content(all.getLast()));
            for (RepositoryKeys keys : List.of(GoldenKeys.verifiers(), GoldenKeys.restorers())) {
                if (kind.equals("manifests/")) {
                    assertThatThrownBy(() -> place(keys).read(ID)).isInstanceOf(RepositoryException.Damaged.class);
                } else {
                    assertThat(place(keys).read(ID).verify(2, ReadProgress.NONE).damages())
                            .as("%s with %s", one, keys)
                            .extracting(Damage::object)
                            .contains(one);
                }
            }
            replace(one, before);
        }
    }

    @Test
    void a_key_of_which_no_wrapped_form_is_left_is_missed() throws Exception {
        BackupManifest manifest = write();
        ObjectKey wrap = keys("keys/" + manifest.dataKeys().getFirst()).getFirst();
        store.delete(wrap);

        assertThat(place(GoldenKeys.verifiers())
                        .read(ID)
                        .verify(2, ReadProgress.NONE)
                        .damages())
                .singleElement()
                .satisfies(damage -> {
                    assertThat(damage.object().value())
                            .isEqualTo(PREFIX + "keys/" + manifest.dataKeys().getFirst());
                    assertThat(damage.detail()).contains("no wrapped form");
                });
    }

    @Test
    void equal_files_and_maps_of_two_backups_share_no_stored_bytes_but_maps() throws Exception {
        write();
        SampleBackup.write(place(GoldenKeys.workers()), "b2", files, SampleBackup.physical(), options());
        Set<String> seen = new HashSet<>();
        for (ObjectKey key : keys("packs/")) {
            // Key, salt and the number of the first frame, then sealed bytes.
            byte[] content = content(key);
            assertThat(seen.add(new String(content, 72, 200, StandardCharsets.ISO_8859_1)))
                    .isTrue();
        }
    }

    @Test
    void an_incremental_names_the_keys_of_all_packs_it_uses(@TempDir Path scratch) throws Exception {
        TargetPlace place = place(GoldenKeys.workers());
        BackupManifest full = SampleBackup.write(place, "b1", files, SampleBackup.logical(), options())
                .manifest();
        BackupManifest incremental = IncrementalSample.write(place, "b2", full, files, options());
        BackupManifest last = IncrementalSample.write(place, "b3", incremental, files, options());

        assertThat(last.dataKeys()).hasSize(2).contains(full.dataKeys().getFirst());
        BackupReader backup = place(GoldenKeys.restorers()).read(new BackupId("b3"));
        assertThat(backup.verify(2, ReadProgress.NONE).isGood()).isTrue();
        backup.restoreTo(scratch.resolve("r"), RestoreOptions.defaults(), ReadProgress.NONE);
        for (Map.Entry<FilePath, byte[]> file : files.entrySet()) {
            assertThat(Files.readAllBytes(
                            scratch.resolve("r").resolve(file.getKey().value())))
                    .isEqualTo(file.getValue());
        }
    }
}
