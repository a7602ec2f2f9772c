package io.holdfast.restore.request;

import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.hook.HostHooks;
import io.holdfast.restore.logical.LogicalRestore;
import io.holdfast.restore.physical.PhysicalRestore;
import io.holdfast.restore.physical.RestoreRoots;
import io.holdfast.restore.physical.WalServing;
import io.holdfast.runtime.postgres.InstallationFolders;
import io.holdfast.runtime.repository.DefinedRepositories;
import io.holdfast.runtime.secrets.Secrets;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.util.List;

/** Makes the engines as this host's configuration wants them. */
final class RestoreEngines {

    @Produces
    @Singleton
    DefinedRepositories repositories(Secrets secrets) {
        return new DefinedRepositories(secrets);
    }

    @Produces
    @Singleton
    Programs programs() {
        return new Programs();
    }

    @Produces
    @Singleton
    PostgresInstallations installations(RestoreSettings settings, Programs programs) {
        return new PostgresInstallations(
                InstallationFolders.of(settings.postgresInstallations().orElse(List.of())), programs);
    }

    @Produces
    @Singleton
    PhysicalRestore physical(
            RestoreSettings settings,
            PostgresInstallations installations,
            Programs programs,
            RestoreWork work,
            Clock clock) {
        return new PhysicalRestore(
                new RestoreRoots(settings.restoreDirectories().orElse(List.of())),
                installations,
                programs,
                settings.runAs().orElse(null),
                work.directory(),
                settings.restoreRepositoryPatience(),
                clock,
                WalServing.usual().withRoom(settings.restoreWalAhead().asLongValue()));
    }

    @Produces
    @Singleton
    LogicalRestore logical(RestoreSettings settings, PostgresInstallations installations, RestoreWork work, Clock clock)
            throws IOException {
        LogicalRestore logical = new LogicalRestore(
                installations, work.directory(), settings.spoolLimit().asLongValue(), clock);
        logical.removeOrphans();
        return logical;
    }

    @Produces
    @Singleton
    HostHooks hooks(RestoreSettings settings) {
        return new HostHooks(settings.restoreHooks().orElse(null), settings.restoreHookLimit());
    }
}
