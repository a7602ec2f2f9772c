package io.holdfast.backup.job;

import io.holdfast.events.EventData;
import io.holdfast.events.EventIds;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupManifest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/** Attempts as the repository tells them apart, and what is done about them when no more will be made. Thread safe. */
final class Attempts {
    private static final Logger LOG = Logger.getLogger(Attempts.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final EventIds ids;
    private final KnownRepositories repositories;

    Attempts(EventIds ids, KnownRepositories repositories) {
        this.ids = ids;
        this.repositories = repositories;
    }

    StoredBackups open(BackupWork work) throws RepositoryException, InterruptedException {
        return StoredBackups.open(work, repositories);
    }

    /**
     * An identifier that no other attempt has, nor one with the same number that goes on elsewhere after its worker was
     * taken for dead.
     */
    AttemptId next(int number) {
        return new AttemptId(number + "-" + ids.next());
    }

    /**
     * Brings the repository and what is about to be said of a backup together: a backup that will be told as failed or
     * cancelled must not be completed later by an attempt that still goes on elsewhere, and one that has been completed
     * must not be told as failed. Where the repository does not answer, as is likely after a failure, what will be said
     * stands: then no attempt can be completed either, as long as that lasts.
     *
     * @param others whether other attempts may still be going on
     * @return the completion, if the backup exists after all
     */
    Optional<EventData> settle(BackupWork work, boolean others, String reason) {
        FutureTask<Optional<BackupManifest>> asked = new FutureTask<>(() -> {
            try (StoredBackups stored = open(work)) {
                return others ? stored.giveUp(next(0), reason) : stored.manifest();
            }
        });
        Thread asking = Thread.ofVirtual().name("settle-" + work.backup()).start(asked);
        try {
            return asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).map(manifest -> Completion.of(work, manifest));
        } catch (ExecutionException | TimeoutException e) {
            LOG.infof("backup %s (%s) could not be given up in the repository: %s", work.backup(), reason, e);
            asking.interrupt();
            return Optional.empty();
        } catch (InterruptedException e) {
            asking.interrupt();
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
