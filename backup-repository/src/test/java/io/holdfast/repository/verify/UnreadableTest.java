package io.holdfast.repository.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.Damage;
import io.holdfast.repository.content.DamageKind;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.restore.RestoreReport;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.store.StoredObject;
import io.holdfast.repository.write.WriterOptions;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A place on the disk that cannot be read costs what lies there, and nothing else. */
class UnreadableTest {
    private final BadSector store = new BadSector(new MemoryObjectStore());
    private final Path scratch;
    private final BackupReader backup;

    UnreadableTest(@TempDir Path work) throws Exception {
        scratch = work;
        TargetPlace place = SampleBackup.place(store);
        SampleBackup.writeWal(place, work);
        SampleBackup.write(place, "b1", SampleBackup.files(), SampleBackup.physical(), WriterOptions.defaults(work));
        backup = place.read(new BackupId("b1"));
    }

    @Test
    void verification_names_the_files_that_lie_there_and_goes_on() throws Exception {
        store.bad = 1_000_000;

        VerificationReport report = backup.verify(1, ReadProgress.NONE);

        assertThat(report.isGood()).isFalse();
        assertThat(report.damages()).isNotEmpty().allSatisfy(damage -> {
            assertThat(damage.kind()).isEqualTo(DamageKind.UNREADABLE);
            assertThat(damage.object().value()).contains("/packs/");
        });
        assertThat(report.damages())
                .flatExtracting(Damage::files)
                .contains(new FilePath("base/5/large"))
                .doesNotHaveDuplicates();
    }

    @Test
    void a_restore_that_goes_on_despite_damage_brings_back_all_other_files() throws Exception {
        store.bad = 1_000_000;

        RestoreReport report = backup.restoreTo(
                scratch.resolve("restored"), RestoreOptions.defaults().withAcceptDamage(true), ReadProgress.NONE);

        assertThat(report.damages()).flatExtracting(Damage::files).containsOnly(new FilePath("base/5/large"));
    }

    /** A store with one byte in each pack that its disk cannot read. */
    private static final class BadSector implements ObjectStore {
        private final MemoryObjectStore good;
        private long bad = Long.MAX_VALUE;

        BadSector(MemoryObjectStore good) {
            this.good = good;
        }

        @Override
        public InputStream open(ObjectKey key) throws RepositoryException {
            return open(key, 0, Long.MAX_VALUE);
        }

        @Override
        public InputStream open(ObjectKey key, long offset, long length) throws RepositoryException {
            InputStream in = good.open(key, offset, length);
            return key.value().contains("/packs/") ? new Sectors(in, offset) : in;
        }

        private final class Sectors extends FilterInputStream {
            private long position;

            Sectors(InputStream in, long position) {
                super(in);
                this.position = position;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (position <= bad && position + length > bad) {
                    throw new RepositoryException.Damaged("the sector is bad.", "buy another disk.");
                }
                int count = super.read(bytes, offset, length);
                position += Math.max(count, 0);
                return count;
            }
        }

        @Override
        public PutOutcome putIfAbsent(ObjectKey key, byte[] content) {
            return good.putIfAbsent(key, content);
        }

        @Override
        public ObjectUpload upload(ObjectKey key) {
            return good.upload(key);
        }

        @Override
        public Optional<StoredObject> head(ObjectKey key) {
            return good.head(key);
        }

        @Override
        public Listing list(String prefix, Optional<ObjectKey> startAfter) {
            return good.list(prefix, startAfter);
        }

        @Override
        public String describe() {
            return good.describe();
        }

        @Override
        public void close() {}
    }
}
