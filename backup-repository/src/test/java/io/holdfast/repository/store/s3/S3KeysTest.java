package io.holdfast.repository.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.key.GoldenKeys;
import io.holdfast.repository.key.OpenPgpHolder;
import io.holdfast.repository.key.Passphrase;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.key.StoredKeys;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoreAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys of an encrypted repository that lies in a bucket. */
class S3KeysTest {
    private static final BackupId BACKUP = new BackupId("golden");

    private S3Server server;

    @TempDir
    private Path folder;

    @BeforeEach
    void copyTheGoldenRepository() throws Exception {
        server = S3Server.start();
        Path golden = Objects.requireNonNull(
                Path.of(Objects.requireNonNull(getClass().getResource("/golden/format-1-sealed/holdfast-sealed.json"))
                                .toURI())
                        .getParent());
        try (ObjectStore store = connect();
                Stream<Path> files = Files.walk(golden)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                store.putIfAbsent(new ObjectKey(golden.relativize(file).toString()), Files.readAllBytes(file));
            }
        }
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private StoreAddress address() throws RepositoryException {
        return StoreAddress.parse(
                "s3://" + S3Server.BUCKET + "/some/where?path_style=true&endpoint=" + server.endpoint());
    }

    private ObjectStore connect() throws RepositoryException {
        return address().connect(S3Server.ACCESS);
    }

    @Test
    void keys_are_wrapped_for_a_new_recipient_and_those_of_the_old_one_are_removed() throws Exception {
        // given
        Passphrase fresh = new Passphrase("a fresh passphrase".toCharArray());
        RepositoryKeys keys = RepositoryKeys.builder()
                .holder(OpenPgpHolder.parse(GoldenKeys.secretKey(), new char[0]))
                .holder(fresh)
                .recipient(fresh)
                .build();
        String old = wrapped().stream()
                .filter(name -> name.startsWith("openpgp-"))
                .map(name -> name.substring(0, name.indexOf('.')))
                .findFirst()
                .orElseThrow();

        // when
        StoredKeys.Rewrapped rewrapped;
        StoredKeys.Rewrapped again;
        StoredKeys.Removed removed;
        try (Repository repository = Repository.open(connect(), keys);
                DeletableStore deletable = address().connectToDelete(S3Server.ACCESS)) {
            rewrapped = repository.rewrapKeys(SampleBackup.TARGET, SampleBackup.CLUSTER);
            again = repository.rewrapKeys(SampleBackup.TARGET, SampleBackup.CLUSTER);
            removed = repository.removeRecipient(SampleBackup.TARGET, SampleBackup.CLUSTER, old, deletable);
        }

        // then
        assertThat(rewrapped.added()).isPositive().isEqualTo(rewrapped.keys());
        assertThat(again.added()).isZero();
        assertThat(removed.removed()).isEqualTo(rewrapped.keys());
        assertThat(removed.kept()).isEmpty();
        assertThat(wrapped()).isNotEmpty().noneMatch(name -> name.startsWith("openpgp-"));
        restore(RepositoryKeys.builder().holder(fresh).build());
        assertThatThrownBy(() -> restore(GoldenKeys.restorers())).isInstanceOf(RepositoryException.Denied.class);
    }

    private void restore(RepositoryKeys keys) throws Exception {
        Path directory = Files.createTempDirectory(folder, "restored");
        try (Repository repository = Repository.open(connect(), keys)) {
            repository
                    .at(SampleBackup.TARGET, SampleBackup.CLUSTER)
                    .read(BACKUP)
                    .restoreTo(directory.resolve("data"), RestoreOptions.defaults(), ReadProgress.NONE);
        }
        assertThat(directory.resolve("data/PG_VERSION")).hasContent("17\n");
    }

    /** The names of wrapped keys, without their folders. */
    private List<String> wrapped() throws Exception {
        List<String> names = new ArrayList<>();
        try (ObjectStore store = connect()) {
            ObjectStore.Listing listing = store.list("");
            while (listing.hasNext()) {
                String key = listing.next().key().value();
                if (key.contains("/keys/")) {
                    names.add(key.substring(key.lastIndexOf('/') + 1));
                }
            }
        }
        return names;
    }
}
