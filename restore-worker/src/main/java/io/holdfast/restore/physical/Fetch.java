package io.holdfast.restore.physical;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.restore.RestoreReport;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.ControlFile;
import io.holdfast.restore.replay.StoredWalSource;
import io.holdfast.restore.replay.WalPath;
import io.holdfast.restore.replay.WalSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gets the files of a cluster and its WAL out of the repository, and waits where that is away for a while. For one thread.
 */
final class Fetch {
    /** What makes a directory one that a server starts on; it is held back until all else is done. */
    static final FilePath CONTROL = new FilePath(ControlFile.PATH);

    private static final int MOST_THREADS = 4;

    private final PhysicalRequest request;
    private final BackupReader backup;
    private final BackupContent.Physical content;
    private final Destination destination;
    private final Path workDirectory;
    private final Patience patience;
    private final RestoreWatch watch;
    private final RecoveryPlan plan;
    private final AtomicLong furthest = new AtomicLong();

    Fetch(
            PhysicalRequest request,
            BackupReader backup,
            BackupContent.Physical content,
            Destination destination,
            Path workDirectory,
            Patience patience,
            RestoreWatch watch,
            RecoveryPlan plan) {
        this.request = request;
        this.backup = backup;
        this.content = content;
        this.destination = destination;
        this.workDirectory = workDirectory;
        this.patience = patience;
        this.watch = watch;
        this.plan = plan;
    }

    private static long walBytes(WalNeeded wal) {
        return (long) wal.segments().size() * wal.segmentSize();
    }

    /** Bytes of WAL that are laid beside the files. What a recovery is served while it replays is not among them. */
    long walBytes() {
        return switch (plan) {
            case RecoveryPlan.ToBackupsEnd toEnd -> walBytes(content.wal());
            case RecoveryPlan.Along along -> 0;
        };
    }

    /** How files are fetched, whatever the request says beside. */
    static RestoreOptions options() {
        return RestoreOptions.defaults()
                .withThreads(Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
    }

    /**
     * Fetches everything; after the repository was away, what is still to be fetched.
     *
     * @param compared whether something is there already
     */
    RestoreReport run(boolean compared) throws IOException, RestoreException, InterruptedException {
        boolean compare = compared;
        while (true) {
            try {
                watch.goOn();
                return fetchFromWhatIsThere(compare);
            } catch (RepositoryException.Unavailable e) {
                patience.await(e, furthest.get(), watch, this::requireRepository);
                compare = true;
            }
        }
    }

    /** Where a disk is not mounted any more, packs seem to be missing, and so does the manifest. */
    private RestoreReport fetchFromWhatIsThere(boolean compare)
            throws IOException, RestoreException, InterruptedException {
        try {
            RestoreReport report = fetch(compare);
            if (!report.damages().isEmpty()) {
                requireRepository();
            }
            return report;
        } catch (RepositoryException.Damaged | RepositoryException.NotFound e) {
            requireRepository();
            throw e;
        } catch (RestoreException e) {
            if (e.failure().category() == FailureCategory.WAL_MISSING) {
                requireRepository();
            }
            throw e;
        }
    }

    private void requireRepository() throws RepositoryException {
        try {
            request.place().read(request.backup());
        } catch (RepositoryException.NotFound e) {
            throw new RepositoryException.Unavailable(
                    "The repository is away: even the manifest of backup " + request.backup()
                            + " is not there any more.",
                    "see that its disk is mounted.",
                    e);
        }
    }

    private RestoreReport fetch(boolean compare) throws IOException, RestoreException, InterruptedException {
        long total = backup.manifest().sizes().bytes() + walBytes();
        RestoreOptions options = options()
                .withAcceptDamage(request.acceptDamage())
                .withRedirects(destination.redirects())
                .withCompared(compare)
                .withHeldBack(Set.of(CONTROL));
        RestoreReport report = backup.restoreTo(destination.dataDirectory(), options, (files, bytes) -> {
            furthest.accumulateAndGet(bytes, Math::max);
            watch.progress(RestorePhase.FETCH, bytes, total);
        });
        watch.goOn();
        switch (plan) {
            case RecoveryPlan.ToBackupsEnd toEnd ->
                WalFetch.into(
                        destination.dataDirectory().resolve("pg_wal"),
                        wal(),
                        content.wal(),
                        bytes -> watch.progress(RestorePhase.FETCH, report.bytes() + bytes, total));
            case RecoveryPlan.Along along -> {}
        }
        watch.goOn();
        return report;
    }

    /**
     * Makes sure that nothing is given up for a backup that cannot be restored: its keys open, its packs are there, and so
     * is its WAL, and that of the way to the moment. Changes nothing.
     */
    void requireAtHand() throws RepositoryException, RestoreException, InterruptedException {
        try {
            backup.requireAtHand(!request.acceptDamage());
            WalFetch.requireAtHand(wal(), content.wal(), backup.manifest().isSealed());
            switch (plan) {
                case RecoveryPlan.ToBackupsEnd toEnd -> {}
                case RecoveryPlan.Along along -> new PathAtHand(wal(), along.path(), watch).require();
            }
        } catch (RepositoryException e) {
            throw unchanged(RepositoryFailures.of(e));
        } catch (RestoreException e) {
            throw unchanged(e);
        }
    }

    private static RestoreException unchanged(RestoreException e) {
        Failure failure = new Failure(
                e.failure().category(), e.failure().message(), e.failure().hint() + " Nothing was changed.");
        return new RestoreException(failure, e.damages(), e);
    }

    /** Where a recovery along stored WAL gets it from. */
    WalSource walSource(WalPath path) {
        long before = furthest.get();
        return new StoredWalSource(wal(), path, this::requireRepository, (failure, read) -> {
            synchronized (patience) {
                patience.await(failure, before + read, watch, this::requireRepository);
            }
        });
    }

    private WalArchive wal() {
        WalArchive archive = request.place().wal(workDirectory);
        return backup.manifest().isSealed() ? archive.sealedOnly() : archive;
    }
}
