package io.holdfast.events.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a PostgreSQL server. Secrets are references, {@code env:NAME} or {@code file:/path}, resolved only by
 * the worker that connects.
 *
 * @param host              host name or address, or the absolute path of the folder with its Unix domain socket
 * @param port              its port
 * @param user              a role with REPLICATION; for logical dumps one that may read everything
 * @param password          reference to its password; absent where the server asks for none
 * @param database          the database that catalog queries go to
 * @param sslMode           libpq's sslmode: disable, prefer, require, verify-ca, verify-full
 * @param sslRootCert       reference to the certificates that the server's must lead to, PEM
 * @param sslCert           reference to the client's certificate, PEM
 * @param sslKey            reference to the client's private key, PEM (PKCS #8)
 * @param allowCleartext    whether a password may be sent in the clear when the server asks for that
 * @param maxRateKbps       upper limit of reading, in KiB per second; absent: none
 * @param hosts             the members of the cluster as {@code host:port}, where it has several; {@code host} and
 *                          {@code port} are the first. Whichever is the primary is the source. Absent: that one alone
 */
public record PostgresServer(
        String host,
        int port,
        String user,
        @Nullable String password,
        String database,
        String sslMode,
        @Nullable String sslRootCert,
        @Nullable String sslCert,
        @Nullable String sslKey,
        boolean allowCleartext,
        @Nullable Integer maxRateKbps,
        @Nullable List<String> hosts) {

    public PostgresServer {
        hosts = hosts == null ? null : List.copyOf(hosts);
    }

    /** A server alone. */
    public PostgresServer(
            String host,
            int port,
            String user,
            @Nullable String password,
            String database,
            String sslMode,
            @Nullable String sslRootCert,
            @Nullable String sslCert,
            @Nullable String sslKey,
            boolean allowCleartext,
            @Nullable Integer maxRateKbps) {
        this(
                host,
                port,
                user,
                password,
                database,
                sslMode,
                sslRootCert,
                sslCert,
                sslKey,
                allowCleartext,
                maxRateKbps,
                null);
    }
}
