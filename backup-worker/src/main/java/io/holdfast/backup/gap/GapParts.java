package io.holdfast.backup.gap;

import io.holdfast.runtime.configuration.HoldfastConfig;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.runtime.secrets.Secrets;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import javax.sql.DataSource;

/** Puts the watch's parts together. */
final class GapParts {
    @Produces
    @Singleton
    GapTable gapTable(DataSource database) {
        return new GapTable(database);
    }

    @Produces
    @Singleton
    GapVoice gapVoice(Outbox outbox, Instance instance, Clock clock) {
        return new GapVoice(outbox, instance, clock);
    }

    @Produces
    @Singleton
    ArchivingTargets archivingTargets(
            Definitions definitions, Secrets secrets, GapTable table, HoldfastConfig holdfast) {
        Path work = holdfast.workDirectory()
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"), "holdfast-backup-worker"));
        return new ArchivingTargets(definitions, secrets, table, work.resolve("gap-watch"));
    }
}
