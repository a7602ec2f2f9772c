package io.holdfast.repository.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.key.Passphrase;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.SealingKey;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.store.StoredObject;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockExtensionsTest {
    /** Files of which each has packs and a map of its own, all used again. */
    private static final int FILES = 4;

    @TempDir
    private Path work;

    private final LockingStore store = new LockingStore();

    @Test
    void locks_of_what_is_used_again_are_prolonged_several_at_a_time() throws Exception {
        TargetPlace place = SampleBackup.place(store);
        BackupManifest parent = full(place);
        // Each waits until as many others are on their way: one after the other, none would ever end.
        store.meeting = new CountDownLatch(FILES);

        CommitOutcome outcome = again(place, parent);

        assertThat(outcome).isInstanceOf(CommitOutcome.Committed.class);
        assertThat(store.prolonged)
                .hasSizeGreaterThanOrEqualTo(2 * FILES)
                .anyMatch(key -> key.value().contains("/packs/"))
                .anyMatch(key -> key.value().contains("/maps/"));
    }

    @Test
    void locks_of_the_keys_of_what_is_used_again_are_prolonged_too() throws Exception {
        Passphrase passphrase = new Passphrase("one for all".toCharArray());
        RepositoryKeys keys = RepositoryKeys.builder()
                .indexKey(new byte[SealingKey.LENGTH])
                .recipient(passphrase)
                .build();
        TargetPlace place = SampleBackup.place(store, keys);
        BackupManifest parent = full(place);
        store.prolonged.clear();

        again(place, parent);

        KeyId first = parent.dataKeys().getFirst();
        assertThat(store.prolonged)
                .anyMatch(key -> key.value().contains("/keys/" + first + "/"))
                // Its own, that of the parent, and the index key.
                .filteredOn(key -> key.value().contains("/keys/"))
                .hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void a_backup_whose_locks_could_not_all_be_prolonged_is_none() throws Exception {
        TargetPlace place = SampleBackup.place(store);
        BackupManifest parent = full(place);
        store.failing = true;

        assertThatThrownBy(() -> again(place, parent)).isInstanceOf(RepositoryException.Denied.class);

        assertThat(place.manifest(new BackupId("b2"))).isEmpty();
    }

    private BackupManifest full(TargetPlace place) throws Exception {
        return SampleBackup.write(place, "b1", files(), SampleBackup.logical(), options())
                .manifest();
    }

    private CommitOutcome again(TargetPlace place, BackupManifest parent) throws Exception {
        try (BackupWriter writer = place.beginIncremental(new BackupId("b2"), new AttemptId("a1"), parent, options())) {
            for (Map.Entry<FilePath, byte[]> file : files().entrySet()) {
                FileSink sink = writer.beginFile(new FileHeader.Regular(file.getKey(), 0600, SampleBackup.NOW));
                sink.write(file.getValue(), 0, file.getValue().length);
                sink.finish();
            }
            BackupDetails sample = SampleBackup.logical();
            return writer.commit(new BackupDetails(
                    BackupKind.INCREMENTAL,
                    Optional.of(parent.backup()),
                    sample.startedAt(),
                    sample.finishedAt(),
                    sample.content(),
                    List.of(),
                    Map.of()));
        }
    }

    private WriterOptions options() {
        return WriterOptions.defaults(work).withPackBytes(1 << 20).withMemoryBytes(4 << 20);
    }

    private static Map<FilePath, byte[]> files() {
        Random random = new Random(3);
        Map<FilePath, byte[]> files = new LinkedHashMap<>();
        for (int i = 0; i < FILES; i++) {
            files.put(new FilePath("f" + i), SampleBackup.random(random, 600 * 8192));
        }
        return files;
    }

    /** A store whose objects have locks. */
    private static final class LockingStore implements ObjectStore {
        private final MemoryObjectStore store = new MemoryObjectStore();
        private final Set<ObjectKey> prolonged = ConcurrentHashMap.newKeySet();
        private volatile CountDownLatch meeting = new CountDownLatch(0);
        private volatile boolean failing;

        @Override
        public void extendLock(ObjectKey key) throws RepositoryException {
            if (failing) {
                throw new RepositoryException.Denied("the lock of " + key + " is refused.", "allow it.", null);
            }
            meeting.countDown();
            try {
                if (!meeting.await(1, TimeUnit.MINUTES)) {
                    throw new RepositoryException.Unavailable("nobody else came.", "come together.", null);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RepositoryException.Unavailable("interrupted.", "wait.", e);
            }
            prolonged.add(key);
        }

        @Override
        public PutOutcome putIfAbsent(ObjectKey key, byte[] content) throws RepositoryException {
            return store.putIfAbsent(key, content);
        }

        @Override
        public ObjectUpload upload(ObjectKey key) throws RepositoryException {
            return store.upload(key);
        }

        @Override
        public InputStream open(ObjectKey key) throws RepositoryException {
            return store.open(key);
        }

        @Override
        public InputStream open(ObjectKey key, long offset, long length) throws RepositoryException {
            return store.open(key, offset, length);
        }

        @Override
        public Optional<StoredObject> head(ObjectKey key) {
            return store.head(key);
        }

        @Override
        public Listing list(String prefix, Optional<ObjectKey> startAfter) {
            return store.list(prefix, startAfter);
        }

        @Override
        public String describe() {
            return store.describe();
        }

        @Override
        public void close() {}
    }
}
