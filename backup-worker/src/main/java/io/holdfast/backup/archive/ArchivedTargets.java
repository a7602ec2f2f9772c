package io.holdfast.backup.archive;

import io.holdfast.backup.job.KnownRepositories;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.secrets.SecretException;
import io.holdfast.runtime.secrets.Secrets;
import io.holdfast.runtime.work.WorkFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The targets that take archived log, and their repositories, which stay open. Thread safe. */
final class ArchivedTargets {
    private static final Logger LOG = Logger.getLogger(ArchivedTargets.class);

    private final Definitions definitions;
    private final KnownRepositories repositories;
    private final Secrets secrets;
    private final Path workDirectory;
    private final Map<TargetId, Opened> opened = new ConcurrentHashMap<>();
    private @Nullable WorkFolder folder;

    ArchivedTargets(Definitions definitions, KnownRepositories repositories, Secrets secrets, Path workDirectory) {
        this.definitions = definitions;
        this.repositories = repositories;
        this.secrets = secrets;
        this.workDirectory = workDirectory;
    }

    private record Opened(RepositoryDefined defined, Repository repository, ArchivedLog log) {}

    /** Whether the definitions are known at all yet. */
    boolean areKnown() {
        return definitions.caughtUp();
    }

    /** Whether a token is the one of a target. No target and no token let nobody in. */
    boolean letsIn(TargetId target, String token) {
        Optional<String> reference = definitions.target(target).flatMap(ArchivedTargets::token);
        if (reference.isEmpty()) {
            return false;
        }
        try {
            byte[] own = secrets.resolve(reference.get()).reveal().getBytes(StandardCharsets.UTF_8);
            return own.length > 0 && MessageDigest.isEqual(own, token.getBytes(StandardCharsets.UTF_8));
        } catch (SecretException e) {
            LOG.warnf("nobody can archive for %s: %s", target, e.getMessage());
            return false;
        }
    }

    private static Optional<String> token(TargetDefined target) {
        return Optional.ofNullable(target.wal()).map(wal -> wal.archiveToken());
    }

    /** Where a target's log goes; empty if the target or its repository is not defined. */
    Optional<ArchivedLog> log(TargetId target) throws IOException, InterruptedException {
        Optional<RepositoryDefined> defined =
                definitions.target(target).flatMap(it -> definitions.repository(it.repository()));
        if (defined.isEmpty()) {
            return Optional.empty();
        }
        Opened present = opened.get(target);
        if (present != null && present.defined().equals(defined.get())) {
            return Optional.of(present.log());
        }
        return Optional.of(open(target, defined.get()));
    }

    private synchronized ArchivedLog open(TargetId target, RepositoryDefined defined)
            throws IOException, InterruptedException {
        Opened present = opened.get(target);
        if (present != null && present.defined().equals(defined)) {
            return present.log();
        }
        WorkFolder work = folder;
        if (work == null) {
            work = WorkFolder.below(workDirectory);
            folder = work;
        }
        Repository repository = repositories.open(defined);
        ArchivedLog log = new ArchivedLog(repository, new TargetName(target.value()), work.path());
        opened.put(target, new Opened(defined, repository, log));
        // One that was replaced is not closed: something may be on its way through it.
        return log;
    }

    /** Forgets a repository that failed: what connects to it may have become stale, such as credentials. */
    void forget(TargetId target) {
        opened.remove(target);
    }

    synchronized void close() {
        for (Opened each : opened.values()) {
            try {
                each.repository().close();
            } catch (RepositoryException e) {
                LOG.debugf("a repository could not be closed: %s", e.getMessage());
            }
        }
        opened.clear();
        WorkFolder work = folder;
        folder = null;
        if (work != null) {
            work.close();
        }
    }
}
