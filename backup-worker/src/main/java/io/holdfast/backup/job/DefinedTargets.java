package io.holdfast.backup.job;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.jobs.JobFailedException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

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
                .flatMap(target -> where(wanted, target)
                        .flatMap(definitions::repository)
                        .map(repository -> new BackupWork(BackupId.of(request.id()), wanted, target, repository)));
    }

    /**
     * Where the backup goes: whoever may ask for one may choose among the target's repositories, and no other. What is
     * defined is signed; what is asked for is not.
     */
    private static Optional<RepositoryId> where(BackupRequested wanted, TargetDefined target) {
        RepositoryId named = wanted.repository();
        if (named == null) {
            return Optional.of(target.repository());
        }
        return target.allRepositories().contains(named) ? Optional.of(named) : Optional.empty();
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
        return new JobFailedException(target.map(known -> unknownRepository(wanted, known))
                .orElseGet(() -> Failures.failure(
                        FailureCategory.UNKNOWN_TARGET,
                        "No target is called \"" + wanted.target() + "\".",
                        "Define it in holdfast.yaml, or correct the request; holdfast list shows what there is.")));
    }

    private static Failure unknownRepository(BackupRequested wanted, TargetDefined target) {
        return where(wanted, target)
                .map(undefined -> Failures.failure(
                        FailureCategory.CONFIGURATION,
                        "The target \"" + target.target() + "\" goes to the repository \"" + undefined
                                + "\", which is not defined.",
                        "Define the repository in holdfast.yaml."))
                .orElseGet(() -> Failures.failure(
                        FailureCategory.CONFIGURATION,
                        "The target \"" + target.target() + "\" does not go to the repository \"" + wanted.repository()
                                + "\".",
                        "Ask for one of these: " + names(target) + "; or name it in the target's `repositories`."));
    }

    private static String names(TargetDefined target) {
        return target.allRepositories().stream().map(RepositoryId::value).collect(Collectors.joining(", "));
    }
}
