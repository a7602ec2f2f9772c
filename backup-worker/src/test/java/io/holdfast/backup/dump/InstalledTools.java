package io.holdfast.backup.dump;

import io.holdfast.backup.tool.Installations;
import io.holdfast.backup.tool.PostgresInstallation;
import io.holdfast.backup.tool.ToolException;
import org.junit.jupiter.api.Assumptions;

/** The client programs of this host. Tests that need them are skipped, visibly, where there are none. */
public final class InstalledTools {
    private InstalledTools() {}

    public static Installations all() {
        return Installations.of("/usr/lib/postgresql/*", System.getenv("PATH"));
    }

    /** Those that can dump a server of this major version. */
    public static PostgresInstallation assumeFor(int major) throws InterruptedException {
        try {
            return all().suitableFor(major);
        } catch (ToolException e) {
            return Assumptions.abort("no pg_dump for PostgreSQL " + major + " on this host: " + e.getMessage());
        }
    }
}
