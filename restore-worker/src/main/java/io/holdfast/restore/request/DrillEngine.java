package io.holdfast.restore.request;

import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.drill.Drill;
import io.holdfast.restore.physical.PhysicalRestore;
import io.holdfast.restore.sandbox.Sandbox;
import io.holdfast.restore.sandbox.SandboxLimits;
import io.holdfast.runtime.identity.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** Makes the engine of drills as this host's configuration wants it. */
final class DrillEngine {
    private static final long TEMPORARY = SandboxLimits.USUAL.temporary();

    @Produces
    @Singleton
    Drill drill(
            RestoreSettings settings,
            PhysicalRestore engine,
            PostgresInstallations installations,
            Programs programs,
            Instance instance,
            Clock clock)
            throws IOException {
        Path folder = Files.createDirectories(settings.drillDirectory()
                        .or(() -> settings.workDirectory().map(work -> work.resolve("drills")))
                        .orElse(Path.of(
                                System.getProperty("java.io.tmpdir"), "holdfast-" + instance.service(), "drills")))
                .toRealPath();
        Sandbox.removeOrphans(folder);
        return new Drill(
                engine,
                installations,
                programs,
                settings.runAs().orElse(null),
                folder,
                new SandboxLimits(settings.drillMemory().asLongValue(), settings.drillProcesses(), TEMPORARY),
                settings.drillProgramLimit(),
                clock);
    }
}
