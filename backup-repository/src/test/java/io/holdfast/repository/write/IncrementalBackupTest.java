package io.holdfast.repository.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.MapSource;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.verify.VerificationDepth;
import io.holdfast.repository.verify.VerificationReport;
import io.holdfast.repository.verify.VerifyOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IncrementalBackupTest {
    private static final int PAGE = 8192;
    private static final PlaceLayout LAYOUT = new PlaceLayout(SampleBackup.TARGET, SampleBackup.CLUSTER);

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Path work;
    private final TargetPlace place;

    IncrementalBackupTest(@TempDir Path work) throws Exception {
        this.work = work;
        this.place = SampleBackup.place(store);
    }

    private WriterOptions options() {
        return WriterOptions.defaults(work).withPackBytes(1 << 20).withMemoryBytes(4 << 20);
    }

    private BackupManifest full(String backup, Map<FilePath, byte[]> files) throws Exception {
        return SampleBackup.write(place, backup, files, SampleBackup.logical(), options())
                .manifest();
    }

    private BackupManifest incremental(String backup, BackupManifest parent, Map<FilePath, byte[]> files)
            throws Exception {
        try (BackupWriter writer = begin(backup, parent)) {
            writer.addDirectory(new FilePath("base"), 0700, SampleBackup.NOW);
            for (Map.Entry<FilePath, byte[]> file : files.entrySet()) {
                FileSink sink = writer.beginFile(regular(file.getKey()));
                sink.write(file.getValue(), 0, file.getValue().length);
                sink.finish();
            }
            return commit(writer, parent);
        }
    }

    private BackupWriter begin(String backup, BackupManifest parent) throws RepositoryException {
        return place.beginIncremental(new BackupId(backup), new AttemptId("a1"), parent, options());
    }

    private static FileHeader regular(FilePath path) {
        return new FileHeader.Regular(path, 0600, SampleBackup.NOW);
    }

    private static BackupManifest commit(BackupWriter writer, BackupManifest parent) throws RepositoryException {
        BackupDetails sample = SampleBackup.logical();
        BackupDetails details = new BackupDetails(
                BackupKind.INCREMENTAL,
                Optional.of(parent.backup()),
                sample.startedAt(),
                sample.finishedAt(),
                sample.content(),
                List.of(),
                Map.of());
        return ((CommitOutcome.Committed) writer.commit(details)).manifest();
    }

    private void assertHolds(BackupManifest manifest, Map<FilePath, byte[]> files) throws Exception {
        BackupReader reader = place.read(manifest.backup());
        Set<FilePath> found = new HashSet<>();
        Map<Long, Integer> sums = new ConcurrentHashMap<>();
        assertThat(reader.verify(VerifyOptions.of(VerificationDepth.CONTENT, 2).withSums(sums::put), ReadProgress.NONE)
                        .damages())
                .isEmpty();
        AtomicLong number = new AtomicLong();
        reader.forEachEntry(entry -> {
            long at = number.getAndIncrement();
            if (entry instanceof IndexEntry.RegularFile file) {
                found.add(file.path());
                try (InputStream in = reader.open(file)) {
                    assertThat(Arrays.equals(in.readAllBytes(), files.get(file.path())))
                            .as(file.path() + " of " + manifest.backup())
                            .isTrue();
                    assertThat(sums).containsEntry(at, crc32c(Objects.requireNonNull(files.get(file.path()))));
                } catch (IOException e) {
                    throw new AssertionError(file.path() + " of " + manifest.backup(), e);
                }
            }
        });
        assertThat(found).isEqualTo(files.keySet());
        assertThat(reader.verify(VerifyOptions.of(VerificationDepth.BYTES, 2), ReadProgress.NONE)
                        .damages())
                .isEmpty();
    }

    private static int crc32c(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    @ParameterizedTest
    @EnumSource(VerificationDepth.class)
    void a_changed_byte_in_an_earlier_backups_pack_is_found_at_every_depth(VerificationDepth depth) throws Exception {
        // given
        Map<FilePath, byte[]> files = SampleBackup.files();
        BackupManifest full = full("full", files);
        BackupManifest child = incremental("child", full, files);
        ObjectKey pack =
                store.list(LAYOUT.packs(full.backup(), full.attempt())).next().key();
        byte[] content;
        try (InputStream in = store.open(pack)) {
            content = in.readAllBytes();
        }

        // when
        content[5_000] ^= 1;
        store.delete(pack);
        store.putIfAbsent(pack, content);
        Map<Long, Integer> sums = new ConcurrentHashMap<>();
        VerificationReport report =
                place.read(child.backup()).verify(VerifyOptions.of(depth, 2).withSums(sums::put), ReadProgress.NONE);

        // then
        assertThat(report.damages()).singleElement().satisfies(damage -> {
            assertThat(damage.object()).isEqualTo(pack);
            assertThat(damage.files()).containsExactly(new FilePath("base/5/1259"));
        });
        assertThat(sums).hasSize(depth == VerificationDepth.CONTENT ? files.size() - 1 : 0);
    }

    /** The attempts whose packs the maps of a backup use, but for its own. */
    private Set<AttemptReference> used(BackupManifest manifest) throws Exception {
        MapSource maps = new MapSource(store, LAYOUT, PlaceKeys.NONE);
        Set<AttemptReference> used = new HashSet<>();
        List<IndexEntry> entries = new ArrayList<>();
        place.read(manifest.backup()).forEachEntry(entries::add);
        for (IndexEntry entry : entries) {
            if (entry instanceof IndexEntry.WithContent file) {
                long rest = file.length();
                for (MapReference reference : file.maps()) {
                    MapSource.Found found = maps.get(reference, Math.min(rest, FileMap.BYTES_PER_PART));
                    rest -= FileMap.BYTES_PER_PART;
                    for (Run run : ((MapSource.Found.Good) found).map().runs()) {
                        if (run instanceof Run.Stored stored) {
                            used.add(new AttemptReference(
                                    stored.frame().pack().backup(),
                                    stored.frame().pack().attempt()));
                        }
                    }
                }
            }
        }
        used.remove(new AttemptReference(manifest.backup(), manifest.attempt()));
        return used;
    }

    private List<ObjectKey> keys(String below) throws Exception {
        List<ObjectKey> keys = new ArrayList<>();
        ObjectStore.Listing listing = store.list(LAYOUT.prefix() + below);
        while (listing.hasNext()) {
            keys.add(listing.next().key());
        }
        return keys;
    }

    @Test
    void what_has_not_changed_is_stored_no_more() throws Exception {
        Map<FilePath, byte[]> files = SampleBackup.files();
        BackupManifest parent = full("b1", files);
        List<ObjectKey> maps = keys("maps/");

        BackupManifest second = incremental("b2", parent, files);

        assertThat(second.packs()).isEmpty();
        assertThat(keys("maps/")).isEqualTo(maps).isNotEmpty();
        assertThat(second.sizes().storedBytes()).isEqualTo(second.index().length());
        assertThat(second.refersTo()).containsExactly(new AttemptReference(parent.backup(), parent.attempt()));
        assertThat(second.pageHashSeed()).isEqualTo(parent.pageHashSeed());
        assertHolds(second, files);
        assertThat(work).isEmptyDirectory();
    }

    @Test
    void a_changed_page_alone_is_stored() throws Exception {
        Map<FilePath, byte[]> files = SampleBackup.files();
        BackupManifest parent = full("b1", files);
        Map<FilePath, byte[]> changed = copy(files);
        large(changed)[333 * PAGE + 17]++;

        BackupManifest second = incremental("b2", parent, changed);

        assertThat(second.packs()).hasSize(1);
        assertThat(second.packs().getFirst().length()).isBetween((long) PAGE, PAGE + 200L);
        assertHolds(second, changed);
        assertHolds(parent, files);
    }

    @Test
    void what_has_become_zeros_and_what_stays_zeros_costs_nothing() throws Exception {
        Map<FilePath, byte[]> files = SampleBackup.files();
        BackupManifest parent = full("b1", files);
        Map<FilePath, byte[]> changed = copy(files);
        Arrays.fill(large(changed), 100 * PAGE, 300 * PAGE, (byte) 0);

        BackupManifest second = incremental("b2", parent, changed);

        assertThat(second.packs()).isEmpty();
        assertHolds(second, changed);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void generations_of_random_changes_hold_what_they_were_given(long seed) throws Exception {
        Random random = new Random(seed);
        Map<FilePath, byte[]> files = SampleBackup.files();
        BackupManifest parent = full("b0", files);
        Map<BackupManifest, Map<FilePath, byte[]>> written = new LinkedHashMap<>();
        written.put(parent, files);
        for (int generation = 1; generation <= 12; generation++) {
            files = changedFiles(files, random);
            parent = incremental("b" + generation, parent, files);
            assertThat(parent.refersTo()).as("generation " + generation).hasSameElementsAs(used(parent));
            written.put(parent, files);
        }
        for (Map.Entry<BackupManifest, Map<FilePath, byte[]>> backup : written.entrySet()) {
            assertHolds(backup.getKey(), backup.getValue());
        }
    }

    @Test
    void it_needs_nothing_of_earlier_backups_but_the_packs_of_those_it_refers_to() throws Exception {
        Random random = new Random(4);
        Map<FilePath, byte[]> files = SampleBackup.files();
        BackupManifest parent = full("b0", files);
        for (int generation = 1; generation <= 5; generation++) {
            files = changedFiles(files, random);
            parent = incremental("b" + generation, parent, files);
        }
        BackupManifest last = parent;
        for (ObjectKey key : keys("")) {
            String name = key.value().substring(LAYOUT.prefix().length());
            boolean own = name.startsWith("manifests/b5") || name.startsWith("indexes/b5") || name.startsWith("maps/");
            boolean referred = name.startsWith("packs/b5/")
                    || last.refersTo().stream().anyMatch(each -> name.startsWith("packs/" + each.backup() + "/"));
            if (!own && !referred) {
                store.delete(key);
            }
        }

        assertHolds(last, files);
        assertHolds(incremental("b6", last, files), files);
    }

    @Test
    void changed_pages_give_the_same_as_the_whole_file() throws Exception {
        Random random = new Random(5);
        FilePath path = new FilePath("base/5/1259");
        byte[] before = SampleBackup.compressible(random, 700 * PAGE);
        Arrays.fill(before, 40 * PAGE, 60 * PAGE, (byte) 0);
        BackupManifest parent = full("b0", Map.of(path, before));
        for (int round = 1; round <= 20; round++) {
            // given a file that was cut to some length, then grew, while some of its pages changed
            int kept = random.nextInt(900);
            int length = Math.max(1, random.nextInt(900));
            int[] numbers = random.ints(random.nextInt(1, 60), 0, length)
                    .distinct()
                    .sorted()
                    .toArray();
            ChangedPages pages = ChangedPages.of(kept, numbers);
            byte[] after = new byte[pages.length() * PAGE];
            System.arraycopy(before, 0, after, 0, Math.min(kept * PAGE, Math.min(before.length, after.length)));
            byte[] sent = SampleBackup.compressible(random, numbers.length * PAGE);
            for (int i = 0; i < numbers.length; i++) {
                System.arraycopy(sent, i * PAGE, after, numbers[i] * PAGE, PAGE);
            }

            // when only they come, in pieces of any size
            BackupManifest second;
            try (BackupWriter writer = begin("b" + round, parent)) {
                FileSink sink = writer.beginChangedFile(regular(path), pages);
                for (int at = 0; at < sent.length; ) {
                    int count = Math.min(sent.length - at, random.nextInt(1, 40_000));
                    sink.write(sent, at, count);
                    at += count;
                }
                sink.finish();
                second = commit(writer, parent);
            }

            // then
            assertHolds(second, Map.of(path, after));
            assertThat(second.refersTo()).hasSameElementsAs(used(second));
        }
    }

    @Test
    void a_file_of_several_parts_keeps_those_that_have_not_changed() throws Exception {
        FilePath path = new FilePath("base/5/huge");
        int length = (int) FileMap.BYTES_PER_PART + 5 * PAGE;
        byte[] before = new byte[length];
        Random random = new Random(6);
        for (long part = 0; part < 2; part++) {
            byte[] some = SampleBackup.random(random, 4 * PAGE);
            System.arraycopy(some, 0, before, (int) (part * FileMap.BYTES_PER_PART), some.length);
        }
        BackupManifest parent = full("b0", Map.of(path, before));

        // when the first page of the second part has changed, and is all that comes
        byte[] page = SampleBackup.random(random, PAGE);
        BackupManifest second;
        try (BackupWriter writer = begin("b1", parent)) {
            FileSink sink =
                    writer.beginChangedFile(regular(path), ChangedPages.of(length / PAGE, FileMap.PAGES_PER_PART));
            sink.write(page, 0, PAGE);
            sink.finish();
            second = commit(writer, parent);
        }
        byte[] after = before.clone();
        System.arraycopy(page, 0, after, (int) FileMap.BYTES_PER_PART, PAGE);

        assertHolds(second, Map.of(path, after));
        BackupManifest third = incremental("b2", second, Map.of(path, after));
        assertThat(third.packs()).isEmpty();
        assertThat(second.packs().getFirst().length()).isLessThan(PAGE + 200L);
    }

    @Test
    void what_of_the_parent_is_lost_is_stored_anew() throws Exception {
        Map<FilePath, byte[]> files = SampleBackup.files();
        for (String lost : List.of("packs/", "maps/")) {
            BackupManifest parent = full("parent-without-" + lost.substring(0, 4), files);
            keys(lost).forEach(store::delete);

            BackupManifest second = incremental("child-without-" + lost.substring(0, 4), parent, files);

            assertThat(second.packs()).as(lost).isNotEmpty();
            assertHolds(second, files);
        }
    }

    @Test
    void a_pack_that_was_cut_short_is_not_pointed_into() throws Exception {
        Map<FilePath, byte[]> files = SampleBackup.files();
        BackupManifest parent = full("b1", files);
        ObjectKey pack = keys("packs/").getFirst();
        byte[] bytes;
        try (InputStream in = store.open(pack)) {
            bytes = in.readAllBytes();
        }
        store.delete(pack);
        store.putIfAbsent(pack, Arrays.copyOf(bytes, bytes.length - 1));

        assertHolds(incremental("b2", parent, files), files);
    }

    @Test
    void packs_that_the_parents_manifest_does_not_name_are_not_pointed_into() throws Exception {
        // given a parent whose maps name packs of an attempt that its manifest says nothing of
        Map<FilePath, byte[]> files = SampleBackup.files();
        BackupManifest first = full("b1", files);
        BackupManifest second = incremental("b2", first, files);
        BackupManifest silent = new BackupManifest(
                second.backup(),
                second.attempt(),
                second.target(),
                second.place(),
                second.details(),
                second.pageSize(),
                second.pageHashSeed(),
                second.sizes(),
                second.index(),
                second.packs(),
                List.of(),
                List.of(),
                List.of());

        BackupManifest third = incremental("b3", silent, files);

        assertThat(third.refersTo()).isEmpty();
        assertHolds(third, files);
    }

    @Test
    void a_damaged_index_cannot_be_compared_with() throws Exception {
        BackupManifest parent = full("b1", SampleBackup.files());
        byte[] bytes;
        try (InputStream in = store.open(parent.index().key())) {
            bytes = in.readAllBytes();
        }
        bytes[bytes.length / 2]++;
        store.delete(parent.index().key());
        store.putIfAbsent(parent.index().key(), bytes);

        assertThatThrownBy(() -> begin("b2", parent)).isInstanceOf(RepositoryException.Damaged.class);

        store.delete(parent.index().key());
        assertThatThrownBy(() -> begin("b2", parent)).isInstanceOf(RepositoryException.NotFound.class);
        assertThat(work).isEmptyDirectory();
    }

    @Test
    void pages_to_be_kept_that_are_lost_end_the_attempt() throws Exception {
        FilePath path = new FilePath("base/5/1259");
        BackupManifest parent = full("b1", Map.of(path, SampleBackup.random(new Random(7), 900 * PAGE)));
        List<ObjectKey> maps = keys("maps/");
        assertThat(maps).isNotEmpty();
        maps.forEach(store::delete);

        try (BackupWriter writer = begin("b2", parent)) {
            assertThatThrownBy(() -> {
                        writer.beginChangedFile(regular(path), ChangedPages.of(900))
                                .finish();
                        commit(writer, parent);
                    })
                    .isInstanceOf(RepositoryException.Damaged.class);
            assertThatThrownBy(() -> writer.beginChangedFile(regular(new FilePath("base/5/other")), ChangedPages.of(1)))
                    .isInstanceOf(RepositoryException.Damaged.class);
        }
        assertThat(place.listManifests()).containsExactly(parent.backup());
    }

    @Test
    void a_store_that_does_not_answer_for_a_map_ends_the_attempt() throws Exception {
        FailingStore failing = new FailingStore(store);
        TargetPlace there = SampleBackup.place(failing);
        Map<FilePath, byte[]> files = SampleBackup.files();
        BackupManifest parent = full("b1", files);
        failing.failReadsFrom("maps/", new RepositoryException.Unavailable("gone", "wait", null));

        try (BackupWriter writer = there.beginIncremental(new BackupId("b2"), new AttemptId("a1"), parent, options())) {
            assertThatThrownBy(() -> {
                        for (Map.Entry<FilePath, byte[]> file : files.entrySet()) {
                            FileSink sink = writer.beginFile(regular(file.getKey()));
                            sink.write(file.getValue(), 0, file.getValue().length);
                            sink.finish();
                        }
                        commit(writer, parent);
                    })
                    .isInstanceOf(RepositoryException.Unavailable.class);
        }
        assertThat(place.listManifests()).containsExactly(parent.backup());
        assertThat(work).isEmptyDirectory();
    }

    @Test
    void a_manifest_names_the_parent_that_it_was_compared_with() throws Exception {
        BackupManifest parent = full("b1", SampleBackup.files());

        try (BackupWriter writer = begin("b2", parent)) {
            assertThatThrownBy(() -> writer.commit(SampleBackup.logical()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Map<FilePath, byte[]> copy(Map<FilePath, byte[]> files) {
        Map<FilePath, byte[]> copy = new LinkedHashMap<>();
        files.forEach((path, bytes) -> copy.put(path, bytes.clone()));
        return copy;
    }

    private static byte[] large(Map<FilePath, byte[]> files) {
        return Objects.requireNonNull(files.get(new FilePath("base/5/large")));
    }

    /** Some files changed, grown, cut, gone, new, in another order. */
    private static Map<FilePath, byte[]> changedFiles(Map<FilePath, byte[]> files, Random random) {
        List<Map.Entry<FilePath, byte[]>> entries = new ArrayList<>(copy(files).entrySet());
        Collections.shuffle(entries, random);
        Map<FilePath, byte[]> changed = new LinkedHashMap<>();
        for (Map.Entry<FilePath, byte[]> entry : entries) {
            byte[] bytes = entry.getValue();
            switch (random.nextInt(6)) {
                case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(40 * PAGE));
                case 2 -> {
                    for (int i = random.nextInt(40); i > 0 && bytes.length > 0; i--) {
                        bytes[random.nextInt(bytes.length)]++;
                    }
                }
                case 3 -> {
                    int from = random.nextInt(bytes.length + 1);
                    Arrays.fill(bytes, from, Math.min(bytes.length, from + random.nextInt(20 * PAGE)), (byte) 0);
                }
                default -> {
                    // Unchanged.
                }
            }
            if (random.nextInt(20) > 0) {
                changed.put(entry.getKey(), bytes);
            }
        }
        changed.put(
                new FilePath("new/" + random.nextLong()), SampleBackup.compressible(random, random.nextInt(20 * PAGE)));
        return changed;
    }

    @Test
    void an_index_of_many_files_finds_each() throws Exception {
        Map<FilePath, byte[]> files = new LinkedHashMap<>();
        for (int i = 0; i < 3000; i++) {
            files.put(new FilePath("base/" + i % 7 + "/" + i), new byte[] {(byte) i, (byte) (i >> 8), 1});
        }
        BackupManifest parent = full("b1", files);

        BackupManifest second = incremental("b2", parent, files);

        assertThat(second.packs()).isEmpty();
    }
}
