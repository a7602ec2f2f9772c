package io.holdfast.repository.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.content.Damage;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.verify.VerificationDepth;
import io.holdfast.repository.verify.VerifyOptions;
import io.holdfast.repository.write.WriterOptions;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An encrypted backup needs the headers of earlier backups' packs: what is changed in them is found, whoever looks. */
class EarlierHeadersTest {
    private static final String PREFIX = SampleBackup.TARGET + "/" + SampleBackup.CLUSTER + "/";
    private static final ObjectKey FIRST_MANIFEST = new ObjectKey(PREFIX + "manifests/b1");

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Map<FilePath, byte[]> files = SampleBackup.files();
    private final Path work;

    EarlierHeadersTest(@TempDir Path work) {
        this.work = work;
    }

    /** A backup, and another one with the same files, which has no packs of its own. */
    private List<ObjectKey> write(WriterOptions options) throws Exception {
        var place = SampleBackup.place(store, GoldenKeys.workers());
        BackupManifest full = SampleBackup.write(place, "b1", files, SampleBackup.logical(), options)
                .manifest();
        IncrementalSample.write(place, "b2", full, files, options);
        List<ObjectKey> packs = new ArrayList<>();
        ObjectStore.Listing listing = store.list(PREFIX + "packs/");
        while (listing.hasNext()) {
            packs.add(listing.next().key());
        }
        return packs;
    }

    private List<Damage> verify(RepositoryKeys keys, VerificationDepth depth) throws Exception {
        return SampleBackup.place(store, keys)
                .read(new BackupId("b2"))
                .verify(VerifyOptions.of(depth, 2), ReadProgress.NONE)
                .damages();
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

    private void assertFound(ObjectKey pack, int from) throws Exception {
        byte[] before = content(pack);
        for (int position = from; position < 64; position += 5) {
            byte[] changed = before.clone();
            changed[position] ^= 0x10;
            replace(pack, changed);
            for (RepositoryKeys keys : List.of(GoldenKeys.verifiers(), GoldenKeys.restorers())) {
                for (VerificationDepth depth : VerificationDepth.values()) {
                    assertThat(verify(keys, depth))
                            .as("byte %d with %s, as deep as %s", position, keys, depth)
                            .isNotEmpty()
                            .allSatisfy(damage -> {
                                assertThat(damage.object()).isEqualTo(pack);
                                assertThat(damage.files()).isNotEmpty();
                            });
                }
            }
            replace(pack, before);
        }
        for (VerificationDepth depth : VerificationDepth.values()) {
            assertThat(verify(GoldenKeys.verifiers(), depth)).isEmpty();
        }
    }

    @Test
    void packs_of_an_attempt_vouch_for_each_others_headers_also_when_their_manifest_is_gone() throws Exception {
        List<ObjectKey> packs = write(WriterOptions.defaults(work).withPackBytes(2 << 20));
        assertThat(packs).hasSizeGreaterThan(2);
        store.delete(FIRST_MANIFEST);

        assertFound(packs.getFirst(), 0);
        assertFound(packs.getLast(), 3);
    }

    @Test
    void a_pack_that_is_alone_is_held_against_the_manifest_of_its_backup() throws Exception {
        List<ObjectKey> packs = write(WriterOptions.defaults(work));
        assertThat(packs).hasSize(1);

        assertFound(packs.getFirst(), 0);
    }
}
