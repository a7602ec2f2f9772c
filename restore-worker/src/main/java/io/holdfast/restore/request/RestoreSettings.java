package io.holdfast.restore.request;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a restore-worker can be told, beside what every service can. {@code holdfast.run-as} is {@code HOLDFAST_RUN_AS}. */
@ConfigMapping(prefix = "holdfast")
public interface RestoreSettings {

    /** The site whose restores this worker takes. All workers of a site are one consumer group. */
    @WithDefault("local")
    String site();

    /** The directories below which restores may write. Default: none, so that every restore into a directory is refused. */
    Optional<List<Path>> restoreDirectories();

    /** How long a repository may be away in the middle of a restore before that fails. Zero: it fails at once. */
    @WithDefault("2h")
    Duration restoreRepositoryPatience();

    /** How much WAL may lie ready for a restored server that recovers along it; two segments at least. */
    @WithDefault("256M")
    MemorySize restoreWalAhead();

    /** PostgreSQL installations, each with {@code bin}. Default: all of {@code /usr/lib/postgresql}. */
    Optional<List<Path>> postgresInstallations();

    /** As whom restored servers run where the worker is root. Default: {@code postgres}, else {@code nobody}. */
    Optional<String> runAs();

    /** How many bytes of dumps may lie in the work directory, so that several connections can load them. Default: none. */
    @WithDefault("0")
    MemorySize spoolLimit();

    /** Where files are kept while working. Default: a folder below the system's temporary one. */
    Optional<Path> workDirectory();

    /** Where sandboxes of drills are made: needs the room of a whole restore. Default: {@code drills} in the work directory. */
    Optional<Path> drillDirectory();

    /** How much address space each process in a sandbox may have. */
    @WithDefault("8G")
    MemorySize drillMemory();

    /** How many processes there may be in a sandbox. */
    @WithDefault("512")
    int drillProcesses();

    /** How long a program that looks at a restored cluster may take, such as pg_amcheck and a smoke command. */
    @WithDefault("1h")
    Duration drillProgramLimit();

    /** The directory with the programs that requests may name as hooks; only root may write to it. Default: there are none. */
    Optional<Path> restoreHooks();

    /** The directory where reports of restores are written. Default: each beside its data directory. */
    Optional<Path> restoreReports();

    /** How long each hook may take. */
    @WithDefault("5m")
    Duration restoreHookLimit();
}
