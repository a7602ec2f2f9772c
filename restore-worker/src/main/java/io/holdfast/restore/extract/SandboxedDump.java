package io.holdfast.restore.extract;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.PostgresInstallation;
import io.holdfast.restore.cluster.PostgresVersion;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.logical.DumpSource;
import io.holdfast.restore.sandbox.Sandbox;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The dump of one database of a server in a sandbox: each opening runs {@code pg_dump} there anew. Nobody else works on that
 * server, so that each says the same, under the same numbers.
 *
 * @param tools has {@code pg_dump}; is to be seen in the sandbox
 * @param address of the database, as {@code pg_dump} takes it
 * @param what arguments that say what of it is dumped
 * @param roles that the server has
 * @see <a href="https://www.postgresql.org/docs/current/app-pgdump.html">pg_dump</a>
 */
record SandboxedDump(
        Sandbox sandbox,
        PostgresInstallation tools,
        String address,
        List<String> what,
        Set<String> roles,
        PostgresVersion server,
        PostgresVersion maker)
        implements DumpSource {
    /** What roles and databases of the cluster ask for is not loaded into the session of {@code pg_dump}. */
    private static final String NOTHING_RUNS_BY_ITSELF =
            "PGOPTIONS=-c session_preload_libraries= -c local_preload_libraries=";

    private static final int HAS_LOGIN_TRIGGERS = 17;

    SandboxedDump {
        what = List.copyOf(what);
        roles = Set.copyOf(roles);
    }

    /** The same, of which something else is dumped. */
    SandboxedDump of(List<String> other) {
        return new SandboxedDump(sandbox, tools, address, other, roles, server, maker);
    }

    /** A URI in which every byte but ASCII letters and digits is percent-encoded. */
    static String address(String socketDirectory, int port, String user, String database) {
        return "postgresql:///?host=" + encoded(socketDirectory) + "&port=" + port + "&user=" + encoded(user)
                + "&dbname=" + encoded(database);
    }

    private static String encoded(String value) {
        StringBuilder text = new StringBuilder();
        for (byte each : value.getBytes(StandardCharsets.UTF_8)) {
            boolean plain =
                    (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9');
            text.append(plain ? String.valueOf((char) each) : "%%%02X".formatted(each & 0xff));
        }
        return text.toString();
    }

    @Override
    public InputStream open() throws RestoreException {
        List<String> inner = new ArrayList<>(List.of(
                "env",
                NOTHING_RUNS_BY_ITSELF + (server.major() >= HAS_LOGIN_TRIGGERS ? " -c event_triggers=off" : ""),
                "HOME=/tmp",
                tools.program("pg_dump").toString(),
                "--format=custom",
                "--compress=0",
                "--no-password",
                "--dbname=" + address));
        inner.addAll(what);
        try {
            return new ProgramOutput(
                    "pg_dump",
                    Programs.builder(sandbox.command(sandbox.user(), List.of(), inner))
                            .redirectInput(new File("/dev/null"))
                            .start());
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.TOOL_FAILED,
                    "pg_dump cannot be started in the sandbox: " + e.getMessage() + ".",
                    "util-linux has to be installed.",
                    e);
        }
    }

    @Override
    public OptionalLong length() {
        return OptionalLong.empty();
    }
}
