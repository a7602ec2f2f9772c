package io.holdfast.restore.request;

import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.drill.Drill;
import io.holdfast.restore.extract.ClusterExtract;
import io.holdfast.restore.logical.LogicalRestore;
import io.holdfast.restore.physical.PhysicalRestore;
import io.holdfast.restore.sandbox.Sandbox;
import io.holdfast.restore.sandbox.SandboxLimits;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** Makes the engines that work in sandboxes as this host's configuration wants it. */
final class SandboxEngines {
    private static final long TEMPORARY = SandboxLimits.USUAL.temporary();

    @Produces
    @Singleton
    Drill drill(
            RestoreSettings settings,
            PhysicalRestore engine,
            PostgresInstallations installations,
            Programs programs,
            RestoreWork work,
            Clock clock)
            throws IOException {
        Path folder = folder(settings, work);
        Sandbox.removeOrphans(folder);
        return new Drill(
                engine,
                installations,
                programs,
                settings.runAs().orElse(null),
                folder,
                limits(settings),
                settings.drillProgramLimit(),
                clock);
    }

    @Produces
    @Singleton
    ClusterExtract extract(
            RestoreSettings settings,
            PhysicalRestore engine,
            LogicalRestore loading,
            PostgresInstallations installations,
            Programs programs,
            RestoreWork work)
            throws IOException {
        Path folder = folder(settings, work);
        Sandbox.removeOrphans(folder);
        return new ClusterExtract(
                engine, loading, installations, programs, settings.runAs().orElse(null), folder, limits(settings));
    }

    private static SandboxLimits limits(RestoreSettings settings) {
        return new SandboxLimits(settings.drillMemory().asLongValue(), settings.drillProcesses(), TEMPORARY);
    }

    private static Path folder(RestoreSettings settings, RestoreWork work) throws IOException {
        return Files.createDirectories(
                        settings.drillDirectory().orElse(work.directory().resolve("drills")))
                .toRealPath();
    }
}
