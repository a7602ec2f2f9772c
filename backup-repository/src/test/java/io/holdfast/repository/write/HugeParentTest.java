package io.holdfast.repository.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.IndexReference;
import io.holdfast.repository.index.IndexSpool;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.PackReference;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FileMapCodec;
import io.holdfast.repository.map.FrameDigest;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.MapId;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.map.PageHashes;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectUpload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A parent of terabytes, all of whose maps are looked at, takes no more memory than a small one. */
@Tag("long")
class HugeParentTest {
    private static final System.Logger LOG = System.getLogger(HugeParentTest.class.getName());
    private static final PlaceLayout LAYOUT = new PlaceLayout(SampleBackup.TARGET, SampleBackup.CLUSTER);
    private static final BackupId PARENT = new BackupId("parent");
    private static final AttemptId ATTEMPT = new AttemptId("a1");
    private static final int PARTS_PER_FILE = 4;

    private final MemoryObjectStore store = new MemoryObjectStore();

    @TempDir
    Path work;

    @ParameterizedTest
    @CsvSource({"1024, 16", "100, 1", "10240, 16"})
    void memory_stays_bounded(int gigabytes, int pagesPerRun) throws Exception {
        TargetPlace place = SampleBackup.place(store);
        BackupManifest parent = parent(gigabytes, pagesPerRun);
        long peak = 0;
        long before = System.nanoTime();

        // when nothing has changed, and a server says so
        BackupManifest second;
        WriterOptions options = WriterOptions.defaults(work).withMemoryBytes(4 << 20);
        try (BackupWriter writer = place.beginIncremental(new BackupId("b2"), ATTEMPT, parent, options)) {
            for (int file = 0; file < gigabytes; file++) {
                writer.beginChangedFile(
                                new FileHeader.Regular(path(file), 0600, SampleBackup.NOW),
                                ChangedPages.of(PARTS_PER_FILE * FileMap.PAGES_PER_PART))
                        .finish();
                peak = file % (gigabytes / 10) == 0 ? Math.max(peak, live()) : peak;
            }
            second = ((CommitOutcome.Committed) writer.commit(details(Optional.of(PARENT)))).manifest();
        }

        // then
        LOG.log(
                System.Logger.Level.INFO,
                "{0} GiB in runs of {1} pages: {2} ms, {3} MiB live at most, index of {4} bytes",
                gigabytes,
                pagesPerRun,
                (System.nanoTime() - before) / 1_000_000,
                peak >> 20,
                second.index().length());
        assertThat(second.sizes().bytes()).isEqualTo((long) gigabytes << 30);
        assertThat(second.packs()).isEmpty();
        assertThat(second.sizes().storedBytes()).isLessThan(gigabytes * 200L + 10_000);
        assertThat(peak).isLessThan(160L << 20);
    }

    private static FilePath path(int file) {
        return new FilePath("base/5/16384." + file);
    }

    /** All parts have the same map, which is stored once. */
    private BackupManifest parent(int files, int pagesPerRun) throws Exception {
        PackName pack = new PackName(PARENT, ATTEMPT, 0);
        store.putIfAbsent(LAYOUT.pack(pack), new byte[1000]);
        Random random = new Random(1);
        List<Run> runs = new ArrayList<>();
        for (int page = 0; page < FileMap.PAGES_PER_PART; page += pagesPerRun) {
            FrameReference frame = new FrameReference(
                    pack,
                    64 + page % 800,
                    100,
                    pagesPerRun * FrameReference.PAGE,
                    new FrameDigest(random.nextLong(), random.nextLong()));
            runs.add(new Run.Stored(
                    frame, 0, PageHashes.of(random.longs(pagesPerRun).toArray())));
        }
        byte[] encoded = FileMapCodec.encode(new FileMap(FileMap.BYTES_PER_PART, runs));
        MapId map = FileMapCodec.id(encoded, BodySeal.NONE.key());
        store.putIfAbsent(
                LAYOUT.map(map),
                BodySeal.NONE.object(ObjectHeader.Type.MAP, LAYOUT.map(map), FileMapCodec.toBody(encoded)));
        List<MapReference> maps = Collections.nCopies(PARTS_PER_FILE, new MapReference.Shared(map));
        try (IndexSpool index = IndexSpool.in(work)) {
            for (int file = 0; file < files; file++) {
                index.add(new IndexEntry.RegularFile(path(file), 0600, SampleBackup.NOW, 1L << 30, maps));
            }
            ObjectUpload upload = store.upload(LAYOUT.index(PARENT, ATTEMPT));
            String sha256 = index.copyTo(upload, LAYOUT.index(PARENT, ATTEMPT), BodySeal.NONE);
            long length = upload.length();
            upload.commit();
            return new BackupManifest(
                    PARENT,
                    ATTEMPT,
                    SampleBackup.TARGET,
                    SampleBackup.CLUSTER,
                    details(Optional.empty()),
                    FrameReference.PAGE,
                    "00000000000000aa",
                    new BackupManifest.Sizes(files, (long) files << 30, 1000),
                    new IndexReference(LAYOUT.index(PARENT, ATTEMPT), length, sha256, index.entries()),
                    List.of(new PackReference(0, 1000, "0".repeat(64))),
                    List.of(),
                    List.of(),
                    List.of());
        }
    }

    private static BackupDetails details(Optional<BackupId> parent) {
        BackupDetails sample = SampleBackup.logical();
        return new BackupDetails(
                BackupKind.INCREMENTAL,
                parent,
                sample.startedAt(),
                sample.finishedAt(),
                sample.content(),
                List.of(),
                Map.of());
    }

    /** Bytes of the heap that are in use now, with work on its way. */
    private static long live() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
