package io.holdfast.backup.archive;

import io.holdfast.backup.job.KnownRepositories;
import io.holdfast.runtime.configuration.HoldfastConfig;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.secrets.Secrets;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;

/** Puts the parts together. */
final class ArchiveParts {
    @Produces
    @Singleton
    ArchivedTargets archivedTargets(
            Definitions definitions, KnownRepositories repositories, Secrets secrets, HoldfastConfig holdfast) {
        Path work = holdfast.workDirectory()
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"), "holdfast-backup-worker"));
        return new ArchivedTargets(definitions, repositories, secrets, work.resolve("archive"));
    }
}
