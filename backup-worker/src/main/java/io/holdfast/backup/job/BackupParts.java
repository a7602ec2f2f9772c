package io.holdfast.backup.job;

import io.holdfast.backup.base.PhysicalBackup;
import io.holdfast.backup.dump.DumpLimits;
import io.holdfast.backup.dump.LogicalBackup;
import io.holdfast.backup.tool.Installations;
import io.holdfast.events.EventIds;
import io.holdfast.runtime.configuration.HoldfastConfig;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.repository.DefinedRepositories;
import io.holdfast.runtime.secrets.Secrets;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import javax.sql.DataSource;

/** Puts the service's parts together. */
final class BackupParts {
    @Produces
    @Singleton
    KnownRepositories knownRepositories(Secrets secrets, DataSource database, EventIds ids, Clock clock) {
        return new KnownRepositories(new DefinedRepositories(secrets), database, ids, clock);
    }

    @Produces
    @Singleton
    BackupJob backupJob(
            Definitions definitions,
            Secrets secrets,
            EventIds ids,
            Clock clock,
            KnownRepositories repositories,
            HoldfastConfig holdfast,
            BackupConfig config,
            ToolConfig tools,
            RefusedServers refused) {
        Installations installations = Installations.of(tools.postgresInstallations(), System.getenv("PATH"));
        DumpLimits limits = new DumpLimits(config.lockWait(), config.silenceLimit(), config.timeLimit());
        Path workDirectory = holdfast.workDirectory()
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"), "holdfast-backup-worker"))
                .resolve("attempts");
        BackupMaker maker = new BackupMaker(
                new PhysicalBackup(clock, new SecureRandom()),
                new LogicalBackup(installations, clock, limits),
                secrets,
                workDirectory,
                config,
                refused);
        return new BackupJob(
                new DefinedTargets(definitions, config.definitionsWait()),
                maker,
                new Attempts(ids, repositories),
                clock);
    }
}
