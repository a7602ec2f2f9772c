package io.holdfast.repository.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.manifest.ManifestObject;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import io.holdfast.repository.write.WriterOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Two who write and one who sweeps, each asleep or killed at any step: what is listed restores, and what nobody needs is
 * gone after the second sweep. For one run.
 */
public final class SweepSimulation {
    private static final int PAGE = 8192;
    private static final PlaceLayout LAYOUT = new PlaceLayout(SampleBackup.TARGET, SampleBackup.CLUSTER);
    private static final Duration PATIENCE = Duration.ofHours(12);

    private final ObjectStore store;
    private final DeletableStore deletable;
    private final Map<String, Map<FilePath, byte[]>> written = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger writers = new AtomicInteger(2);
    private final AtomicInteger completed = new AtomicInteger();
    private final AtomicInteger deleted = new AtomicInteger();
    private final AtomicReference<Instant> now = new AtomicReference<>(SampleBackup.NOW);
    private final Path work;

    /**
     * A simulation that has not begun.
     *
     * @param store an empty one
     * @param deletable the same
     * @param work an existing folder
     */
    public SweepSimulation(ObjectStore store, DeletableStore deletable, Path work) throws Exception {
        this.store = store;
        this.deletable = deletable;
        this.work = work;
        SampleBackup.place(store);
    }

    /** Runs it once, as the seed has it. */
    public void run(long seed) throws Exception {
        Fate fate = new Fate(store, deletable, seed, 0.004, 0.05);
        Random random = new Random(seed);
        List<Callable<Void>> processes = List.of(
                writing(fate, new Random(random.nextLong())),
                writing(fate, new Random(random.nextLong())),
                sweeping(fate, new Random(random.nextLong())),
                checking(),
                checking());
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (Future<Void> ended : threads.invokeAll(processes)) {
                try {
                    ended.get();
                } catch (ExecutionException e) {
                    throw new AssertionError("seed " + seed, e.getCause());
                }
            }
        }
        // Else it would show nothing.
        assertThat(completed.get()).isGreaterThan(3);
        assertThat(deleted.get()).isPositive();
        int listed = check(place(store));
        sweeper(new Fate(store, deletable, seed, 0, 0).process()).sweep();
        now.updateAndGet(time -> time.plus(PATIENCE).plusSeconds(1));
        SweepReport last =
                sweeper(new Fate(store, deletable, seed, 0, 0).process()).sweep();

        assertThat(last.underWay()).as("seed " + seed).isEmpty();
        assertThat(last.mapsKept()).as("seed " + seed).isEmpty();
        assertThat(check(place(store))).as("seed " + seed).isEqualTo(listed);
        assertNothingIsLeft(seed);
    }

    private static TargetPlace place(ObjectStore through) throws RepositoryException {
        return Repository.open(through).at(SampleBackup.TARGET, SampleBackup.CLUSTER);
    }

    private Sweeper sweeper(Fate.Mortal process) {
        InstantSource simulated = () -> Objects.requireNonNull(now.get());
        return new Sweeper(
                process, process, LAYOUT, PlaceKeys.NONE, List::of, PATIENCE, simulated.withZone(ZoneOffset.UTC));
    }

    private Callable<Void> writing(Fate fate, Random random) {
        return () -> {
            try {
                return write(fate, random);
            } finally {
                writers.decrementAndGet();
            }
        };
    }

    private @Nullable Void write(Fate fate, Random random) throws RepositoryException {
        Map<FilePath, byte[]> files = new TreeMap<>();
        for (int page : List.of(1, 3, 600)) {
            files.put(new FilePath("base/" + page), pages(random, page));
        }
        Fate.Mortal process = fate.process();
        for (int i = 0; i < 8; i++) {
            // Now and then somebody else has taken the same job.
            int job = random.nextInt(4) == 0 ? numbers.get() : numbers.incrementAndGet();
            change(files, random);
            // Time goes by with those who write, however fast the sweeps follow each other.
            now.updateAndGet(time -> time.plus(PATIENCE.dividedBy(1 + random.nextInt(8))));
            try {
                write(process, "b%05d".formatted(job), files, random);
            } catch (RepositoryException e) {
                if (!process.isDead() && !(e instanceof RepositoryException.Conflict)) {
                    throw e;
                }
                process = fate.process();
            }
        }
        return null;
    }

    private void write(Fate.Mortal process, String backup, Map<FilePath, byte[]> files, Random random)
            throws RepositoryException {
        String attempt = "a" + UUID.nameUUIDFromBytes(SampleBackup.random(random, 16));
        TargetPlace place = place(process);
        Optional<BackupManifest> parent = random.nextInt(5) == 0 ? Optional.empty() : newest(place);
        WriterOptions options = new WriterOptions(work, 1, 1, 4 << 20, 64 << 10);
        Begun begun = begin(place, new BackupId(backup), new AttemptId(attempt), parent, options);
        try (BackupWriter writer = begun.writer()) {
            for (Map.Entry<FilePath, byte[]> file : files.entrySet()) {
                FileSink sink = writer.beginFile(new FileHeader.Regular(file.getKey(), 0600, SampleBackup.NOW));
                sink.write(file.getValue(), 0, file.getValue().length);
                sink.finish();
            }
            written.put(attempt, Map.copyOf(files));
            CommitOutcome outcome = writer.commit(details(begun.parent()));
            if (outcome instanceof CommitOutcome.Committed) {
                completed.incrementAndGet();
            }
        }
    }

    private record Begun(BackupWriter writer, Optional<BackupId> parent) {}

    private static Begun begin(
            TargetPlace place,
            BackupId backup,
            AttemptId attempt,
            Optional<BackupManifest> parent,
            WriterOptions options)
            throws RepositoryException {
        if (parent.isPresent()) {
            try {
                BackupWriter writer = place.beginIncremental(backup, attempt, parent.get(), options);
                return new Begun(writer, parent.map(BackupManifest::backup));
            } catch (RepositoryException.NotFound e) {
                // It is being deleted: a full one then.
            }
        }
        return new Begun(place.beginBackup(backup, attempt, options), Optional.empty());
    }

    private static BackupDetails details(Optional<BackupId> parent) {
        BackupDetails full = SampleBackup.logical();
        return parent.isEmpty()
                ? full
                : new BackupDetails(
                        BackupKind.INCREMENTAL,
                        parent,
                        full.startedAt(),
                        full.finishedAt(),
                        full.content(),
                        List.of(),
                        Map.of());
    }

    private static Optional<BackupManifest> newest(TargetPlace place) throws RepositoryException {
        for (BackupId backup : place.listManifests().reversed()) {
            Optional<BackupManifest> found = place.manifest(backup);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static byte[] pages(Random random, int pages) {
        byte[] bytes = new byte[pages * PAGE];
        for (int page = 0; page < pages; page++) {
            System.arraycopy(SampleBackup.random(random, 100), 0, bytes, page * PAGE, 100);
        }
        return bytes;
    }

    private static void change(Map<FilePath, byte[]> files, Random random) {
        FilePath large = new FilePath("base/600");
        byte[] bytes = Objects.requireNonNull(files.get(large)).clone();
        switch (random.nextInt(4)) {
            case 0 -> bytes = Arrays.copyOf(bytes, 560 * PAGE);
            case 1 -> bytes = Arrays.copyOf(bytes, 620 * PAGE);
            default -> bytes[random.nextInt(bytes.length)]++;
        }
        files.put(large, bytes);
        files.put(new FilePath("base/3"), pages(random, 3));
    }

    private Callable<Void> sweeping(Fate fate, Random random) {
        return () -> {
            Fate.Mortal process = fate.process();
            for (int after = 0; after < 3; after += writers.get() == 0 ? 1 : 0) {
                try {
                    List<BackupId> listed = place(process).listManifests();
                    if (listed.size() > 2) {
                        deleteOneOf(listed, process, random);
                    }
                    sweeper(process).sweep();
                } catch (RepositoryException.NotFound e) {
                    // Somebody else's sweep, or an aborted backup: nothing to delete there.
                } catch (RepositoryException e) {
                    if (!process.isDead()) {
                        throw e;
                    }
                    process = fate.process();
                }
            }
            return null;
        };
    }

    private void deleteOneOf(List<BackupId> listed, Fate.Mortal process, Random random) throws RepositoryException {
        BackupId chosen = listed.get(random.nextInt(listed.size()));
        if (place(process).manifest(chosen).isPresent()) {
            sweeper(process).delete(chosen);
            deleted.incrementAndGet();
        }
    }

    private Callable<Void> checking() {
        return () -> {
            for (int i = 0; i < 10; i++) {
                check(place(store));
            }
            return null;
        };
    }

    /** Reads all that is listed; what fails must have been deleted meanwhile. */
    private int check(TargetPlace place) throws RepositoryException {
        int read = 0;
        for (BackupId backup : place.listManifests()) {
            try {
                if (place.manifest(backup).isPresent()) {
                    assertHolds(place.read(backup));
                    read++;
                }
            } catch (IOException e) {
                assertThat(place.manifest(backup))
                        .as("%s is listed and cannot be read: %s", backup, e)
                        .isEmpty();
            }
        }
        return read;
    }

    private void assertHolds(BackupReader reader) throws IOException {
        Map<FilePath, byte[]> expected =
                Objects.requireNonNull(written.get(reader.manifest().attempt().value()));
        List<IndexEntry.RegularFile> files = new ArrayList<>();
        reader.forEachEntry(entry -> {
            if (entry instanceof IndexEntry.RegularFile file) {
                files.add(file);
            }
        });
        assertThat(files).hasSize(expected.size());
        for (IndexEntry.RegularFile file : files) {
            try (InputStream in = reader.open(file)) {
                assertThat(Arrays.equals(in.readAllBytes(), expected.get(file.path())))
                        .as("%s of %s", file.path(), reader.manifest().backup())
                        .isTrue();
            }
        }
    }

    private void assertNothingIsLeft(long seed) throws RepositoryException {
        Manifests manifests = new Manifests(store, LAYOUT, PlaceKeys.NONE);
        Set<String> needed = new HashSet<>();
        needed.add("holdfast-repository.json");
        Set<String> neededPacks = new HashSet<>();
        for (BackupId backup : manifests.list()) {
            needed.add(LAYOUT.manifest(backup).value());
            if (manifests.get(backup) instanceof ManifestObject.Committed(BackupManifest manifest)) {
                needed.add(manifest.index().key().value());
                neededPacks.add(LAYOUT.packs(new PackName(backup, manifest.attempt(), 0)));
                for (AttemptReference attempt : manifest.refersTo()) {
                    neededPacks.add(LAYOUT.packs(attempt.backup(), attempt.attempt()));
                }
                place(store).read(backup).forEachEntry(entry -> {
                    if (entry instanceof IndexEntry.WithContent file) {
                        file.maps().forEach(map -> {
                            if (map instanceof MapReference.Shared shared) {
                                needed.add(LAYOUT.map(shared.id()).value());
                            }
                        });
                    }
                });
            }
        }
        List<String> left = new ArrayList<>();
        ObjectStore.Listing all = store.list("");
        while (all.hasNext()) {
            String key = all.next().key().value();
            boolean kept = needed.contains(key)
                    || key.startsWith(LAYOUT.tombstones())
                    || neededPacks.stream().anyMatch(key::startsWith);
            if (!kept) {
                left.add(key);
            }
        }
        assertThat(left).as("seed " + seed).isEmpty();
    }
}
