package io.holdfast.repository.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.Damage;
import io.holdfast.repository.content.DamageKind;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.restore.RestoreReport;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.write.WriterOptions;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever byte of a repository is changed, verification finds it and names it. */
class DamageTest {
    private static final String PREFIX = SampleBackup.TARGET + "/" + SampleBackup.CLUSTER + "/";
    private static final BackupId ID = new BackupId("b1");

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Map<FilePath, byte[]> files = SampleBackup.files();
    private final TargetPlace place;
    private final BackupReader backup;

    DamageTest(@TempDir Path work) throws Exception {
        place = SampleBackup.place(store);
        SampleBackup.writeWal(place, work);
        SampleBackup.write(
                place,
                "b1",
                files,
                SampleBackup.physical(),
                WriterOptions.defaults(work).withPackBytes(2 << 20));
        backup = place.read(ID);
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

    /** How deep the verifications go that must find it. */
    VerificationDepth depth() {
        return VerificationDepth.CONTENT;
    }

    private VerificationReport verify() throws Exception {
        return verify(backup);
    }

    private VerificationReport verify(BackupReader one) throws Exception {
        return one.verify(VerifyOptions.of(depth(), 2), ReadProgress.NONE);
    }

    private Damage onlyDamage() throws Exception {
        List<Damage> damages = verify().damages();
        assertThat(damages).hasSize(1);
        return damages.getFirst();
    }

    @Test
    void an_undamaged_backup_is_good() throws Exception {
        VerificationReport report = verify();

        assertThat(report.damages()).isEmpty();
        assertThat(report.isGood()).isTrue();
        assertThat(report.files()).isEqualTo(files.size());
        assertThat(report.bytes()).isEqualTo(backup.manifest().sizes().bytes());
        assertThat(report.storedBytes()).isEqualTo(backup.manifest().sizes().storedBytes());
    }

    @Test
    void a_flipped_byte_anywhere_is_found_in_the_object_that_has_it() throws Exception {
        Random random = new Random(3);
        for (String below : List.of("packs/", "maps/", "indexes/", "manifests/", "wal/")) {
            List<ObjectKey> keys = keys(below);
            assertThat(keys).as(below).isNotEmpty();
            for (ObjectKey key : keys) {
                byte[] before = content(key);
                for (int round = 0; round < 6; round++) {
                    int position = round == 0 ? 0 : round == 1 ? before.length - 1 : random.nextInt(before.length);
                    flip(key, position);
                    assertThat(verify().damages())
                            .as("byte %d of %s", position, key)
                            .isNotEmpty()
                            .allSatisfy(damage -> assertThat(damage.object()).isEqualTo(key));
                    replace(key, before);
                }
            }
        }
        assertThat(verify().isGood()).isTrue();
    }

    @Test
    void every_byte_of_every_header_counts() throws Exception {
        for (String below : List.of("packs/", "maps/", "wal/")) {
            ObjectKey key = keys(below).getFirst();
            byte[] before = content(key);
            for (int position = 0; position < 64; position++) {
                flip(key, position);
                assertThat(verify().damages())
                        .as("byte %d of %s", position, key)
                        .singleElement()
                        .satisfies(damage -> assertThat(damage.object()).isEqualTo(key));
                replace(key, before);
            }
        }
    }

    @Test
    void an_object_cut_short_anywhere_is_found() throws Exception {
        Random random = new Random(4);
        for (String below : List.of("packs/", "maps/", "indexes/", "manifests/", "wal/")) {
            ObjectKey key = keys(below).getLast();
            byte[] before = content(key);
            for (int length : List.of(0, 1, 63, 64, 65, before.length - 1, random.nextInt(before.length))) {
                replace(key, Arrays.copyOf(before, length));
                assertThat(verify().damages())
                        .as("%s cut to %d", key, length)
                        .isNotEmpty()
                        .allSatisfy(damage -> assertThat(damage.object()).isEqualTo(key));
            }
            replace(key, before);
        }
    }

    @Test
    void bytes_behind_an_objects_end_are_found() throws Exception {
        for (String below : List.of("packs/", "maps/", "indexes/", "manifests/", "wal/")) {
            ObjectKey key = keys(below).getFirst();
            byte[] before = content(key);
            replace(key, Arrays.copyOf(before, before.length + 9));
            assertThat(onlyDamage().object()).isEqualTo(key);
            replace(key, before);
        }
    }

    @Test
    void a_damaged_frame_names_the_file_and_its_pages() throws Exception {
        ObjectKey first = keys("packs/").getFirst();
        // The first frame is that of PG_VERSION, the second that of the one-byte file, then base/5/1259.
        flip(first, 64 + 12 + 40 + 60);

        Damage damage = onlyDamage();

        assertThat(damage.object()).isEqualTo(first);
        assertThat(damage.files()).containsExactly(new FilePath("base/5/1259"));
        assertThat(damage.pages()).contains(new Damage.PageRange(0, 16));
        assertThat(damage.kind()).isEqualTo(DamageKind.WRONG_DIGEST);
        assertThat(damage.describe()).contains(first.value(), "base/5/1259", "pages 0 to 15");
    }

    @Test
    void a_missing_pack_names_every_file_in_it_once() throws Exception {
        ObjectKey last = keys("packs/").getLast();
        store.delete(last);

        List<Damage> damages = verify().damages();

        assertThat(damages).allSatisfy(damage -> {
            assertThat(damage.object()).isEqualTo(last);
            assertThat(damage.kind()).isEqualTo(DamageKind.MISSING);
        });
        assertThat(damages.stream().flatMap(damage -> damage.files().stream()))
                .doesNotHaveDuplicates()
                .contains(new FilePath("base/5/large"), new FilePath("-rf"));
    }

    @Test
    void damages_in_several_objects_are_all_reported() throws Exception {
        for (ObjectKey key : keys("packs/")) {
            flip(key, 5_000);
        }
        ObjectKey map = keys("maps/").getFirst();
        store.delete(map);
        store.delete(keys("wal/").getFirst());

        VerificationReport report = verify();

        assertThat(report.damages()).extracting(Damage::object).contains(map).containsAll(keys("packs/"));
        assertThat(report.missingWal()).hasSize(1);
        assertThat(report.isGood()).isFalse();
    }

    @Test
    void the_history_of_a_later_timeline_is_part_of_what_a_backup_needs(@TempDir Path work) throws Exception {
        // given
        BackupContent.Physical first =
                (BackupContent.Physical) SampleBackup.physical().content();
        WalNeeded later = new WalNeeded(
                2, first.wal().startLsn(), first.wal().stopLsn(), first.wal().segmentSize());
        BackupDetails details = BackupDetails.of(
                BackupKind.FULL,
                SampleBackup.NOW,
                SampleBackup.NOW,
                new BackupContent.Physical(
                        first.systemIdentifier(), first.serverVersion(), later, List.of(), Optional.empty()));
        SampleBackup.write(place, "b2", Map.of(), details, WriterOptions.defaults(work));
        BackupReader promoted = place.read(new BackupId("b2"));
        ObjectKey history = new ObjectKey(PREFIX + "wal/00000002.history");

        // when it is missing
        assertThat(verify(promoted).damages()).singleElement().satisfies(damage -> {
            assertThat(damage.object()).isEqualTo(history);
            assertThat(damage.kind()).isEqualTo(DamageKind.MISSING);
        });

        // when it is there
        place.wal(work).putHistory(2, "1\t0/200000\tpromoted\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(verify(promoted).damages()).isEmpty();

        // when it is damaged
        flip(history, 170);
        assertThat(verify(promoted).damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.object()).isEqualTo(history));
    }

    @Test
    void a_restore_refuses_damage_and_names_it(@TempDir Path directory) throws Exception {
        ObjectKey key = keys("packs/").getFirst();
        flip(key, 100_000);

        assertThatThrownBy(() -> backup.restoreTo(directory.resolve("r"), RestoreOptions.defaults(), ReadProgress.NONE))
                .isInstanceOf(RepositoryException.Damaged.class)
                .hasMessageContaining(key.value())
                .hasMessageContaining("base/5/")
                .hasMessageContaining("HINT:")
                .satisfies(refused -> assertThat(((RepositoryException.Damaged) refused).damage())
                        .hasValueSatisfying(
                                damage -> assertThat(damage.object()).isEqualTo(key)));
    }

    @Test
    void accepted_damage_becomes_zeros_and_is_listed(@TempDir Path directory) throws Exception {
        ObjectKey pack = keys("packs/").getFirst();
        flip(pack, 100_000);
        store.delete(keys("maps/").getFirst());
        List<Damage> known = verify().damages();

        RestoreReport report = backup.restoreTo(
                directory.resolve("r"), RestoreOptions.defaults().withAcceptDamage(true), ReadProgress.NONE);

        assertThat(report.damages()).containsExactlyInAnyOrderElementsOf(known);
        for (Map.Entry<FilePath, byte[]> file : files.entrySet()) {
            byte[] expected = file.getValue().clone();
            for (Damage damage : known) {
                if (damage.files().contains(file.getKey())) {
                    Damage.PageRange pages = damage.pages().orElseThrow();
                    int from = (int) pages.first() * 8192;
                    Arrays.fill(expected, from, Math.min(expected.length, from + (int) pages.count() * 8192), (byte) 0);
                }
            }
            assertThat(Files.readAllBytes(
                            directory.resolve("r").resolve(file.getKey().value())))
                    .as(file.getKey().value())
                    .isEqualTo(expected);
        }
    }

    @Test
    void a_damaged_manifest_is_named_when_the_backup_is_opened() throws Exception {
        ObjectKey key = keys("manifests/").getFirst();
        flip(key, 700);

        assertThatThrownBy(() -> place.read(ID))
                .isInstanceOf(RepositoryException.Damaged.class)
                .hasMessageContaining(key.value())
                .satisfies(refused -> assertThat(((RepositoryException.Damaged) refused).damage())
                        .hasValueSatisfying(
                                damage -> assertThat(damage.object()).isEqualTo(key)));
        assertThat(place.listManifests()).containsExactly(ID);
    }

    @Test
    void a_manifest_under_another_name_is_refused() throws Exception {
        ObjectKey key = keys("manifests/").getFirst();
        store.putIfAbsent(new ObjectKey(PREFIX + "manifests/b2"), content(key));

        assertThatThrownBy(() -> place.read(new BackupId("b2"))).isInstanceOf(RepositoryException.Damaged.class);
    }
}
