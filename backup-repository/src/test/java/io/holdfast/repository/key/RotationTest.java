package io.holdfast.repository.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.key.BackupKeys.Needed;
import io.holdfast.repository.key.BackupKeys.Use;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.write.WriterOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipients come and go; what was written before stays readable, and it is known by whom. */
class RotationTest {
    private static final Map<FilePath, byte[]> FILES =
            Map.of(new FilePath("base/5/1"), "some bytes".getBytes(StandardCharsets.US_ASCII));

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Gpg gpg;
    private final Path work;

    RotationTest(@TempDir Path work) throws Exception {
        this.gpg = new Gpg();
        this.work = work;
    }

    @AfterEach
    void removeHome() throws Exception {
        gpg.remove();
    }

    private String person(String name) throws Exception {
        String fingerprint = gpg.makeKey(name, "ed25519", "sign,cert", "never", "");
        gpg.run(new byte[0], "", "--quick-add-key", fingerprint, "cv25519", "encr", "never");
        return fingerprint;
    }

    private OpenPgpRecipient recipient(String fingerprint) throws Exception {
        return OpenPgpRecipient.parse(gpg.publicKey(fingerprint), InstantSource.system())
                .getFirst();
    }

    private OpenPgpHolder holder(String fingerprint) throws Exception {
        return OpenPgpHolder.parse(gpg.secretKey(fingerprint, ""), new char[0]);
    }

    private Repository open(RepositoryKeys keys) throws RepositoryException {
        return Repository.openOrInitialise(store, new UUID(3, 3), keys);
    }

    private void write(String id, KeyRecipient... recipients) throws Exception {
        RepositoryKeys.Builder keys = RepositoryKeys.builder().indexKey(GoldenKeys.indexKey());
        List.of(recipients).forEach(keys::recipient);
        SampleBackup.write(
                open(keys.build()).at(SampleBackup.TARGET, SampleBackup.CLUSTER),
                id,
                FILES,
                SampleBackup.logical(),
                WriterOptions.defaults(work));
    }

    private String restored(String id, KeyHolder holder) throws Exception {
        Path directory = work.resolve(id + "-" + UUID.randomUUID());
        open(RepositoryKeys.builder().holder(holder).build())
                .at(SampleBackup.TARGET, SampleBackup.CLUSTER)
                .read(new BackupId(id))
                .restoreTo(directory, RestoreOptions.defaults(), ReadProgress.NONE);
        return Files.readString(directory.resolve("base/5/1"));
    }

    private Map<ObjectKey, Long> objects() throws Exception {
        Map<ObjectKey, Long> objects = new java.util.TreeMap<>();
        ObjectStore.Listing listing = store.list("");
        while (listing.hasNext()) {
            var object = listing.next();
            objects.put(object.key(), object.length());
        }
        return objects;
    }

    private StoredKeys.Rewrapped rewrap(KeyHolder holder, KeyRecipient... recipients) throws Exception {
        RepositoryKeys.Builder keys = RepositoryKeys.builder().holder(holder);
        List.of(recipients).forEach(keys::recipient);
        return open(keys.build()).rewrapKeys(SampleBackup.TARGET, SampleBackup.CLUSTER);
    }

    @Test
    void after_three_rotations_the_newest_key_restores_the_first_backup_and_no_data_was_touched() throws Exception {
        String alice = person("Alice");
        String bob = person("Bob");
        String carol = person("Carol");
        Passphrase passphrase = new Passphrase("the fourth way".toCharArray());
        write("b1", recipient(alice));
        Map<ObjectKey, Long> before = objects();

        rewrap(holder(alice), recipient(bob));
        write("b2", recipient(bob));
        rewrap(holder(bob), recipient(carol));
        write("b3", recipient(carol));
        StoredKeys.Rewrapped last = rewrap(holder(carol), passphrase);

        // The index key, and one data key of each backup.
        assertThat(last).isEqualTo(new StoredKeys.Rewrapped(4, 4, List.of()));
        for (String id : List.of("b1", "b2", "b3")) {
            assertThat(restored(id, holder(carol))).isEqualTo("some bytes");
            assertThat(restored(id, passphrase)).isEqualTo("some bytes");
        }
        assertThat(restored("b1", holder(alice))).isEqualTo("some bytes");
        assertThatThrownBy(() -> restored("b3", holder(alice)))
                .isInstanceOf(RepositoryException.Denied.class)
                .hasMessageContaining("packs/b3/");
        assertThat(objects()).containsAllEntriesOf(before);
    }

    @Test
    void wrapping_again_adds_nothing_and_says_what_it_could_not_open() throws Exception {
        String alice = person("Alice");
        String bob = person("Bob");
        write("b1", recipient(alice));
        write("b2", recipient(bob));

        assertThat(rewrap(holder(alice), recipient(alice)).added()).isZero();
        StoredKeys.Rewrapped shared = rewrap(holder(alice), recipient(bob));

        assertThat(shared.keys()).isEqualTo(3);
        // The index key is Bob's already, since he is the recipient of the second backup.
        assertThat(shared.added()).isEqualTo(1);
        assertThat(shared.closed()).hasSize(1);
        assertThat(rewrap(holder(alice), recipient(bob)).added()).isZero();
    }

    @Test
    void a_changed_passphrase_is_wrapped_beside_the_old_one() throws Exception {
        Passphrase old = new Passphrase("old".toCharArray());
        Passphrase changed = new Passphrase("changed".toCharArray());
        write("b1", old);

        assertThat(rewrap(old, changed).added()).isEqualTo(2);

        assertThat(restored("b1", changed)).isEqualTo("some bytes");
        assertThat(restored("b1", old)).isEqualTo("some bytes");
    }

    @Test
    void an_old_passphrase_is_removed_where_the_present_one_opens_and_nowhere_else() throws Exception {
        // given: the first two backups are wrapped again with a changed passphrase, and the third was forgotten
        Passphrase old = new Passphrase("old".toCharArray());
        Passphrase changed = new Passphrase("changed".toCharArray());
        write("b1", old);
        write("b2", old);
        rewrap(old, changed);
        write("b3", old);

        // when
        StoredKeys.Removed removed = open(RepositoryKeys.builder()
                        .holder(changed)
                        .recipient(changed)
                        .build())
                .removeRecipient(SampleBackup.TARGET, SampleBackup.CLUSTER, changed.id(), store);

        // then: of the index key and two data keys the old form is gone
        assertThat(removed.removed()).isEqualTo(3);
        assertThat(removed.kept()).hasSize(1);
        for (String id : List.of("b1", "b2")) {
            assertThat(restored(id, changed)).isEqualTo("some bytes");
            assertThatThrownBy(() -> restored(id, old)).isInstanceOf(RepositoryException.Denied.class);
        }
        assertThat(open(RepositoryKeys.builder().holder(old).holder(changed).build())
                        .checkKeys(SampleBackup.TARGET, SampleBackup.CLUSTER))
                .allMatch(BackupKeys::isReadable);
    }

    @Test
    void a_recipient_is_removed_only_where_another_one_was_seen_to_open() throws Exception {
        String alice = person("Alice");
        String bob = person("Bob");
        write("b1", recipient(alice), recipient(bob));
        write("b2", recipient(alice));

        StoredKeys.Removed removed = open(RepositoryKeys.builder()
                        .holder(holder(bob))
                        .build())
                .removeRecipient(
                        SampleBackup.TARGET,
                        SampleBackup.CLUSTER,
                        recipient(alice).id(),
                        store);

        assertThatThrownBy(() -> open(RepositoryKeys.builder()
                                .holder(holder(bob))
                                .recipient(recipient(bob))
                                .build())
                        .removeRecipient(
                                SampleBackup.TARGET,
                                SampleBackup.CLUSTER,
                                recipient(bob).id(),
                                store))
                .isInstanceOf(RepositoryException.Unusable.class);
        // The index key, and the data key of the first backup; that of the second opens for nobody else.
        assertThat(removed.removed()).isEqualTo(2);
        assertThat(removed.kept()).hasSize(1);
        assertThat(restored("b1", holder(bob))).isEqualTo("some bytes");
        assertThatThrownBy(() -> restored("b1", holder(alice))).isInstanceOf(RepositoryException.Denied.class);
        assertThat(open(RepositoryKeys.builder().holder(holder(alice)).build())
                        .removeRecipient(
                                SampleBackup.TARGET,
                                SampleBackup.CLUSTER,
                                recipient(alice).id(),
                                store)
                        .removed())
                .isZero();
    }

    @Test
    void a_check_tells_damage_of_one_backup_and_goes_on_and_leaves_deleted_ones_out() throws Exception {
        String alice = person("Alice");
        for (String id : List.of("b1", "b2", "b3")) {
            write(id, recipient(alice));
        }
        String manifests = new PlaceLayout(SampleBackup.TARGET, SampleBackup.CLUSTER).manifests();
        store.delete(new ObjectKey(manifests + "b1"));
        store.putIfAbsent(new ObjectKey(manifests + "b1"), new byte[] {1});
        store.putIfAbsent(
                new PlaceLayout(SampleBackup.TARGET, SampleBackup.CLUSTER).tombstone(new BackupId("b3")), new byte[0]);

        List<BackupKeys> found = open(RepositoryKeys.builder()
                        .holder(holder(alice))
                        .build())
                .checkKeys(SampleBackup.TARGET, SampleBackup.CLUSTER);

        assertThat(found).extracting(keys -> keys.backup().value()).containsExactly("b1", "b2");
        assertThat(found.get(0).isReadable()).isFalse();
        assertThat(found.get(0).problem()).contains("manifests/b1 is damaged");
        assertThat(found.get(1).isReadable()).isTrue();
    }

    @Test
    void a_check_says_which_keys_open_and_for_whom_the_others_are() throws Exception {
        String alice = person("Alice");
        String bob = person("Bob");
        write("b1", recipient(alice), recipient(bob));
        write("b2", recipient(bob));

        List<BackupKeys> found = open(RepositoryKeys.builder()
                        .holder(holder(alice))
                        .build())
                .checkKeys(SampleBackup.TARGET, SampleBackup.CLUSTER);

        assertThat(found).extracting(keys -> keys.backup().value()).containsExactly("b1", "b2");
        assertThat(found.get(0).isReadable()).isTrue();
        assertThat(found.get(0).keys()).extracting(Needed::use).containsExactly(Use.INDEX, Use.PACKS);
        assertThat(found.get(0).keys())
                .allSatisfy(key -> assertThat(key.recipients()).hasSize(2));
        assertThat(found.get(1).isReadable()).isFalse();
        Needed closed = found.get(1).keys().get(1);
        assertThat(closed.opens()).isFalse();
        assertThat(closed.detail()).contains(closed.key().hex());
        assertThat(closed.recipients())
                .singleElement()
                .asString()
                .containsIgnoringCase(recipient(bob).id().substring("openpgp-".length()));
    }

    @Test
    void a_check_tries_the_history_of_a_later_timeline_too() throws Exception {
        // given: a backup on timeline 2, whose history was stored for somebody else
        Passphrase one = new Passphrase("one".toCharArray());
        Passphrase other = new Passphrase("other".toCharArray());
        BackupContent.Physical first =
                (BackupContent.Physical) SampleBackup.physical().content();
        WalNeeded later = new WalNeeded(
                2, first.wal().startLsn(), first.wal().stopLsn(), first.wal().segmentSize());
        SampleBackup.write(
                place(one),
                "b1",
                FILES,
                BackupDetails.of(
                        BackupKind.FULL,
                        SampleBackup.NOW,
                        SampleBackup.NOW,
                        new BackupContent.Physical(
                                first.systemIdentifier(), first.serverVersion(), later, List.of(), Optional.empty())),
                WriterOptions.defaults(work));
        place(other).wal(work).putHistory(2, "1\t0/200000\tpromoted\n".getBytes(StandardCharsets.US_ASCII));

        // when
        BackupKeys found = open(RepositoryKeys.builder().holder(one).build())
                .checkKeys(SampleBackup.TARGET, SampleBackup.CLUSTER)
                .getFirst();

        // then
        assertThat(found.keys())
                .filteredOn(key -> !key.opens())
                .extracting(Needed::use)
                .containsExactly(Use.WAL);
        assertThat(found.isReadable()).isFalse();
    }

    private TargetPlace place(KeyRecipient recipient) throws RepositoryException, java.io.IOException {
        return open(RepositoryKeys.builder()
                        .indexKey(GoldenKeys.indexKey())
                        .recipient(recipient)
                        .build())
                .at(SampleBackup.TARGET, SampleBackup.CLUSTER);
    }

    @Test
    void a_check_without_keys_names_the_index_key_and_with_the_index_key_alone_the_data_keys() throws Exception {
        String alice = person("Alice");
        RepositoryKeys workers = RepositoryKeys.builder()
                .indexKey(GoldenKeys.indexKey())
                .recipient(recipient(alice))
                .build();
        SampleBackup.writeWal(open(workers).at(SampleBackup.TARGET, SampleBackup.CLUSTER), work);
        SampleBackup.write(
                open(workers).at(SampleBackup.TARGET, SampleBackup.CLUSTER),
                "b1",
                FILES,
                SampleBackup.physical(),
                WriterOptions.defaults(work));

        List<List<Use>> closed = new ArrayList<>();
        for (RepositoryKeys keys : List.of(RepositoryKeys.none(), GoldenKeys.verifiers())) {
            closed.add(open(keys).checkKeys(SampleBackup.TARGET, SampleBackup.CLUSTER).getFirst().keys().stream()
                    .filter(key -> !key.opens())
                    .map(Needed::use)
                    .toList());
        }
        BackupKeys all = open(RepositoryKeys.builder().holder(holder(alice)).build())
                .checkKeys(SampleBackup.TARGET, SampleBackup.CLUSTER)
                .getFirst();

        assertThat(closed).containsExactly(List.of(Use.INDEX), List.of(Use.PACKS, Use.WAL));
        assertThat(all.keys()).extracting(Needed::use).containsExactly(Use.INDEX, Use.PACKS, Use.WAL);
        assertThat(all.isReadable()).isTrue();
    }
}
