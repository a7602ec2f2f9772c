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
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The targets that take archived log, and where it goes. Thread safe. */
final class ArchivedTargets {
    private static final Logger LOG = Logger.getLogger(ArchivedTargets.class);

    private final Definitions definitions;
    private final KnownRepositories repositories;
    private final Secrets secrets;
    private final Path workDirectory;
    private final OpenLogs logs = new OpenLogs(new Opening());
    private @Nullable WorkFolder folder;

    ArchivedTargets(Definitions definitions, KnownRepositories repositories, Secrets secrets, Path workDirectory) {
        this.definitions = definitions;
        this.repositories = repositories;
        this.secrets = secrets;
        this.workDirectory = workDirectory;
    }

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

    /** The repository that a target's log goes to; empty if the target or the repository is not defined. */
    Optional<RepositoryDefined> repository(TargetId target) {
        return definitions.target(target).flatMap(it -> definitions.repository(it.repository()));
    }

    /** Where a target's log goes. Takes as long as the repository takes to answer, of which nobody else hears. */
    OpenLogs.Use log(TargetId target, RepositoryDefined repository) throws IOException, InterruptedException {
        return logs.use(target, repository);
    }

    private final class Opening implements OpenLogs.Opening {
        @Override
        public Repository repository(RepositoryDefined defined) throws RepositoryException, InterruptedException {
            return repositories.open(defined);
        }

        @Override
        public ArchivedLog log(TargetId target, Repository repository) throws IOException {
            return new ArchivedLog(repository, new TargetName(target.value()), work());
        }
    }

    private synchronized Path work() throws IOException {
        WorkFolder present = folder;
        if (present == null) {
            present = WorkFolder.below(workDirectory);
            folder = present;
        }
        return present.path();
    }

    /** What is under way ends by itself, and closes what it used. */
    synchronized void close() {
        logs.close();
        WorkFolder work = folder;
        folder = null;
        if (work != null) {
            work.close();
        }
    }
}
