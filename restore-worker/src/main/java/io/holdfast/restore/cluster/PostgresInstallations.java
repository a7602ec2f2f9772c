package io.holdfast.restore.cluster;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.runtime.postgres.InstallationFolders;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The PostgreSQL installations of this host. Programs are taken from here only, never from the search path, and each is
 * asked for its version before it is used. Thread safe.
 */
public final class PostgresInstallations {
    private final InstallationFolders folders;
    private final Programs programs;

    public PostgresInstallations(InstallationFolders folders, Programs programs) {
        this.folders = folders;
        this.programs = programs;
    }

    /** An installation that can run a server of this major version, of the highest minor one. */
    public PostgresInstallation forServer(int major) throws RestoreException, InterruptedException {
        NavigableMap<PostgresVersion, PostgresInstallation> found = versionsOf("postgres");
        return found.descendingMap().entrySet().stream()
                .filter(entry -> entry.getKey().major() == major)
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new RestoreException(
                        FailureCategory.TOOL_VERSION,
                        "the backup is of PostgreSQL " + major + ", and " + describe("postgres", found) + ".",
                        "install PostgreSQL " + major + " on this host and name its folder in"
                                + " HOLDFAST_POSTGRES_INSTALLATIONS."));
    }

    /**
     * The installation whose program is the lowest that is not below a version: an archive is not read by a program older
     * than its maker, and a newer one may say things that an older server does not know.
     */
    public PostgresInstallation atLeast(String program, PostgresVersion version)
            throws RestoreException, InterruptedException {
        NavigableMap<PostgresVersion, PostgresInstallation> found = versionsOf(program);
        PostgresInstallation best = null;
        int major = 0;
        // In ascending order: of the lowest major that will do, the highest minor.
        for (Map.Entry<PostgresVersion, PostgresInstallation> each : found.entrySet()) {
            int candidate = each.getKey().major();
            if (candidate >= version.major() && (best == null || candidate == major)) {
                best = each.getValue();
                major = candidate;
            }
        }
        if (best == null) {
            throw new RestoreException(
                    FailureCategory.TOOL_VERSION,
                    "the dump was made by version " + version + ", and " + describe(program, found) + ".",
                    "install PostgreSQL " + version.major() + "'s client programs on this host and name their folder in"
                            + " HOLDFAST_POSTGRES_INSTALLATIONS.");
        }
        return best;
    }

    /** The version of one of an installation's programs. */
    public PostgresVersion version(PostgresInstallation installation, String program)
            throws RestoreException, InterruptedException {
        return programs.version(installation.program(program))
                .orElseThrow(() -> new RestoreException(
                        FailureCategory.TOOL_VERSION,
                        installation.program(program) + " does not say its version.",
                        "see that the installation is whole."));
    }

    private NavigableMap<PostgresVersion, PostgresInstallation> versionsOf(String program)
            throws RestoreException, InterruptedException {
        NavigableMap<PostgresVersion, PostgresInstallation> found = new TreeMap<>();
        for (PostgresInstallation each : all()) {
            if (each.has(program)) {
                Optional<PostgresVersion> version = programs.version(each.program(program));
                version.ifPresent(known -> found.putIfAbsent(known, each));
            }
        }
        return found;
    }

    private String describe(String program, Map<PostgresVersion, PostgresInstallation> found) {
        if (found.isEmpty()) {
            return "no " + program + " was found in " + folders.named();
        }
        return "the only " + program + " found " + (found.size() == 1 ? "is" : "are") + " of version " + found.keySet();
    }

    private List<PostgresInstallation> all() throws RestoreException {
        try {
            return folders.present().stream().map(PostgresInstallation::new).toList();
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.TOOL_VERSION,
                    "an installation folder cannot be listed: " + e.getMessage() + ".",
                    "let this service read what HOLDFAST_POSTGRES_INSTALLATIONS names.",
                    e);
        }
    }
}
