package io.holdfast.backup.source;

import io.holdfast.backup.replication.ConnectionSettings;
import io.holdfast.backup.replication.ConnectionSettings.WeakLogin;
import io.holdfast.backup.replication.Password;
import io.holdfast.backup.replication.TlsMode;
import io.holdfast.backup.replication.TlsSettings;
import io.holdfast.events.definition.PostgresServer;
import io.holdfast.runtime.secrets.Secret;
import io.holdfast.runtime.secrets.Secrets;
import io.holdfast.runtime.work.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server that is backed up, with its secrets resolved. Lives as long as one attempt: certificates given by
 * {@code env:} references lie as files in its work folder.
 *
 * @param password null where none is configured
 * @param database where catalog queries go
 * @param allowCleartext whether weak logins are allowed
 */
public record SourceServer(
        String host,
        int port,
        String user,
        @Nullable Secret password,
        String database,
        TlsSettings tls,
        boolean allowCleartext) {
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(?:\\.\\d{1,3}){3}|::1");

    /**
     * Resolves what a definition refers to.
     *
     * @param folder where certificates are written that come from the environment
     * @throws io.holdfast.runtime.secrets.SecretException if a reference leads nowhere
     * @throws UnusableDefinitionException if the definition cannot be meant so, such as a key without its certificate
     */
    public static SourceServer of(PostgresServer definition, Secrets secrets, WorkFolder folder) throws IOException {
        String password = definition.password();
        return new SourceServer(
                definition.host(),
                definition.port(),
                definition.user(),
                password == null ? null : secrets.resolve(password),
                definition.database(),
                tls(definition, secrets, folder),
                definition.allowCleartext());
    }

    /** The same at another address: another member of its cluster. */
    SourceServer at(String otherHost, int otherPort) {
        return new SourceServer(otherHost, otherPort, user, password, database, tls, allowCleartext);
    }

    private static TlsSettings tls(PostgresServer definition, Secrets secrets, WorkFolder folder) throws IOException {
        try {
            return new TlsSettings(
                    TlsMode.of(definition.sslMode()),
                    file("root", definition.sslRootCert(), secrets, folder),
                    file("certificate", definition.sslCert(), secrets, folder),
                    file("key", definition.sslKey(), secrets, folder));
        } catch (IllegalArgumentException e) {
            throw new UnusableDefinitionException(
                    "The target's TLS settings cannot be used: " + e.getMessage() + ".",
                    "Check ssl_mode, ssl_root_cert, ssl_cert and ssl_key of the target.",
                    e);
        }
    }

    // Copied even where it is a file already: libpq refuses a key that others can read, and one rule is simpler than
    // two.
    private static @Nullable Path file(String name, @Nullable String reference, Secrets secrets, WorkFolder folder)
            throws IOException {
        return reference == null
                ? null
                : folder.newSecretFile(name, secrets.resolve(reference).reveal());
    }

    /** Whether the host is this one by its name, address or socket: nobody on the network can answer in its place. */
    public boolean isLoopback() {
        return host.startsWith("/") || LOOPBACK.matcher(host).matches();
    }

    /** How our own client connects. */
    public ConnectionSettings connection() {
        ConnectionSettings settings =
                ConnectionSettings.of(host, port, user, password == null ? null : Password.of(password.reveal()), tls);
        return allowCleartext ? settings.allowing(Set.of(WeakLogin.MD5, WeakLogin.CLEARTEXT)) : settings;
    }
}
