package io.holdfast.backup.dump;

import io.holdfast.backup.replication.TlsMode;
import io.holdfast.backup.replication.TlsSettings;
import io.holdfast.backup.source.SourceServer;
import io.holdfast.backup.source.UnusableDefinitionException;
import io.holdfast.backup.tool.PostgresInstallation;
import io.holdfast.backup.tool.ToolCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The commands of a logical backup, as argument vectors and environments. Pure.
 *
 * @param home a folder without any {@code .postgresql} or {@code .pgpass}, so that nobody's own settings take part
 */
record DumpCommands(
        PostgresInstallation tools, SourceServer server, DumpSelection selection, Path home, Duration lockWait) {
    // libpq learned to refuse kinds of login, and to trust the system's authorities, in this version. Before it, only
    // channel binding keeps a password from a server that has not proved to know it.
    private static final int REFUSES_LOGINS = 16;
    private static final long CONNECT_SECONDS = 10;

    /** Dumps one database, uncompressed: the repository compresses, better and in parallel. */
    ToolCommand database(String name, @Nullable Path passwordFile) throws UnusableDefinitionException {
        List<String> arguments = new ArrayList<>(
                List.of("--format=custom", "--compress=0", "--dbname=" + ConnectionUri.of(server, name)));
        arguments.addAll(selection.arguments());
        return command(
                "pg_dump", "of database \"" + name.replaceAll("\\p{Cntrl}", " ") + "\"", passwordFile, arguments);
    }

    /**
     * Dumps roles, their memberships and settings, and tablespaces.
     *
     * @param withPasswords whether the hashes of the roles' passwords come along
     */
    ToolCommand globals(boolean withPasswords, @Nullable Path passwordFile) throws UnusableDefinitionException {
        String uri = ConnectionUri.of(server, server.database());
        List<String> arguments = new ArrayList<>(List.of("--globals-only", "--database=" + uri, "--dbname=" + uri));
        if (!withPasswords) {
            arguments.add("--no-role-passwords");
        }
        return command("pg_dumpall", "of roles", passwordFile, arguments);
    }

    private ToolCommand command(String program, String purpose, @Nullable Path passwordFile, List<String> own)
            throws UnusableDefinitionException {
        List<String> arguments = new ArrayList<>(own);
        arguments.add("--no-password");
        arguments.add("--lock-wait-timeout=" + lockWait.toMillis());
        return new ToolCommand(tools.program(program), purpose, arguments, environment(passwordFile));
    }

    private Map<String, String> environment(@Nullable Path passwordFile) throws UnusableDefinitionException {
        Map<String, String> environment = new HashMap<>();
        environment.put("HOME", home.toString());
        environment.put("PGAPPNAME", "holdfast");
        environment.put("PGCONNECT_TIMEOUT", Long.toString(CONNECT_SECONDS));
        environment.put("PGGSSENCMODE", "disable");
        if (passwordFile != null) {
            environment.put("PGPASSFILE", passwordFile.toString());
        }
        if (!server.allowCleartext()) {
            keepPassword(environment, passwordFile != null);
        }
        tls(environment, server.tls());
        return environment;
    }

    /** Sees to it that the program sends the password to no server that merely asks for it in clear text. */
    private void keepPassword(Map<String, String> environment, boolean hasPassword) throws UnusableDefinitionException {
        if (tools.version().major() >= REFUSES_LOGINS) {
            environment.put("PGREQUIREAUTH", "!password,!md5");
        } else if (hasPassword && !server.isLoopback()) {
            if (server.tls().mode() == TlsMode.DISABLE) {
                throw new UnusableDefinitionException(
                        "pg_dump " + tools.version() + " cannot be kept from sending the password in clear text to "
                                + server.host() + ".",
                        "Install client programs of version " + REFUSES_LOGINS + " or newer, or use TLS (ssl_mode); or"
                                + " say allow_cleartext: true where nobody can listen.");
            }
            environment.put("PGCHANNELBINDING", "require");
        }
    }

    /**
     * Whether a program answers whatever login the server asks for, and nobody but this host can ask: then our own client,
     * which refuses clear text, has to be let in first.
     */
    boolean needsOwnLoginFirst() {
        return tools.version().major() < REFUSES_LOGINS
                && !server.allowCleartext()
                && server.password() != null
                && server.isLoopback();
    }

    private void tls(Map<String, String> environment, TlsSettings tls) throws UnusableDefinitionException {
        environment.put("PGSSLMODE", tls.mode().toString());
        Path root = tls.rootCertificates();
        if (root != null) {
            environment.put("PGSSLROOTCERT", root.toString());
        } else if (tls.mode() == TlsMode.VERIFY_FULL && tools.version().major() >= REFUSES_LOGINS) {
            environment.put("PGSSLROOTCERT", "system");
        } else if (tls.mode() == TlsMode.VERIFY_FULL || tls.mode() == TlsMode.VERIFY_CA) {
            throw new UnusableDefinitionException(
                    "sslmode " + tls.mode() + " without root certificates does not go with pg_dump " + tools.version()
                            + ".",
                    "Name the authority's certificate in the target (ssl_root_cert).");
        }
        Path certificate = tls.clientCertificate();
        Path key = tls.clientKey();
        if (certificate != null && key != null) {
            environment.put("PGSSLCERT", certificate.toString());
            environment.put("PGSSLKEY", key.toString());
        }
    }
}
