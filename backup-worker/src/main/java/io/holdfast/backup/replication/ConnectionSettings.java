package io.holdfast.backup.replication;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is, who we are, and how long we wait.
 *
 * @param host name or address, checked against the certificate under {@code verify-full}; or, as with libpq, the absolute
 *     path of the folder where the server has its Unix domain socket, which is never encrypted
 * @param password null where none is needed
 * @param weakLogins ways to log in that are refused unless named here
 * @param connectTimeout for the address to answer, and each step until the login is done
 * @param readTimeout how long the server may be silent once it streams
 * @param checkpointTimeout how long it may be silent before a base backup's first byte, while it writes its checkpoint
 */
public record ConnectionSettings(
        String host,
        int port,
        String user,
        @Nullable Password password,
        TlsSettings tls,
        Set<WeakLogin> weakLogins,
        Duration connectTimeout,
        Duration readTimeout,
        Duration checkpointTimeout) {

    /** Ways to log in that give the password, or something as good, to whoever answers. */
    public enum WeakLogin {
        /** MD5 hashes: what the server stores is enough to log in. */
        MD5,
        /** The password itself; sent only to loopback, or over TLS to a server that proved who it is. */
        CLEARTEXT
    }

    public ConnectionSettings {
        if (host.isBlank() || user.isBlank()) {
            throw new IllegalArgumentException("host and user must not be empty");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
        }
        weakLogins = Set.copyOf(weakLogins);
    }

    /** Settings with the default waiting times and no weak logins. */
    public static ConnectionSettings of(
            String host, int port, String user, @Nullable Password password, TlsSettings tls) {
        return new ConnectionSettings(
                host,
                port,
                user,
                password,
                tls,
                Set.of(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofMinutes(30));
    }

    /** The same with other waiting times. */
    public ConnectionSettings withTimeouts(Duration connect, Duration read, Duration checkpoint) {
        return new ConnectionSettings(host, port, user, password, tls, weakLogins, connect, read, checkpoint);
    }

    /** The same with these weak logins allowed. */
    public ConnectionSettings allowing(Set<WeakLogin> logins) {
        return new ConnectionSettings(
                host, port, user, password, tls, logins, connectTimeout, readTimeout, checkpointTimeout);
    }

    /** Whether the host is a folder with a Unix domain socket. */
    public boolean isLocal() {
        return host.startsWith("/");
    }

    /** Host and port as a person writes them, or the socket's path. */
    public String address() {
        if (isLocal()) {
            return host + "/.s.PGSQL." + port;
        }
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
