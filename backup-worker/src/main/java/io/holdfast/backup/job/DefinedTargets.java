package io.holdfast.backup.job;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.jobs.JobFailedException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Finds what a request names among the definitions. Thread safe. */
final class DefinedTargets {
    /** A definition and a request for it, said at the same time, come over two topics in either order. */
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(2);

    private static final long GLANCE_MILLIS = 50;

    private final Definitions definitions;
    private final Duration patience;

    DefinedTargets(Definitions definitions, Duration patience) {
        this.definitions = definitions;
        this.patience = patience;
    }

    /** What the request names, as far as it is known just now. */
    Optional<BackupWork> find(Event<?> request) {
        BackupRequested wanted = (BackupRequested) request.data();
        return definitions
                .target(wanted.target())
                .flatMap(target -> definitions
                        .repository(target.repository())
                        .map(repository -> new BackupWork(BackupId.of(request.id()), wanted, target, repository)));
    }

    /**
     * What the request names; waits for definitions that may be on their way.
     *
     * @throws JobFailedException if it names nothing that is defined
     */
    BackupWork await(Event<?> request) throws JobFailedException, InterruptedException {
        long began = System.nanoTime();
        while (true) {
            Optional<BackupWork> found = find(request);
            if (found.isPresent()) {
                return found.get();
            }
            long waited = System.nanoTime() - began;
            if (waited > (definitions.caughtUp() ? ON_ITS_WAY : patience).toNanos()) {
                throw missing((BackupRequested) request.data());
            }
            TimeUnit.MILLISECONDS.sleep(GLANCE_MILLIS);
        }
    }

    private JobFailedException missing(BackupRequested wanted) {
        if (!definitions.caughtUp()) {
            return new JobFailedException(Failures.failure(
                    FailureCategory.INTERNAL,
                    "The definitions could not be read from Kafka within " + patience.toSeconds() + " s.",
                    "See this worker's readiness for what is missing: the broker, or the control plane's public key."));
        }
        Optional<TargetDefined> target = definitions.target(wanted.target());
        return new JobFailedException(
                target.isEmpty()
                        ? Failures.failure(
                                FailureCategory.UNKNOWN_TARGET,
                                "No target is called \"" + wanted.target() + "\".",
                                "Define it in holdfast.yaml, or correct the request; holdfast list shows what there is.")
                        : Failures.failure(
                                FailureCategory.CONFIGURATION,
                                "The target \"" + wanted.target() + "\" goes to the repository \""
                                        + target.get().repository() + "\", which is not defined.",
                                "Define the repository in holdfast.yaml."));
    }

    /** The repository of a target, if both are defined. */
    Optional<RepositoryDefined> repository(Event<?> request) {
        return find(request).map(BackupWork::repository);
    }
}
