package io.holdfast.cli.e2e;

import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A primary and two standbys in a chain: the second server follows the first, the third the second, so that it never has
 * what the second lacks. Their log comes in segments of 1 MiB.
 */
final class TickServers implements AutoCloseable {
    static final int MAJOR = 18;

    /** Each promotion begins one. */
    static final int TIMELINES = 3;

    private static final String PASSWORD = Orders.PASSWORD;

    private final List<PostgresServer> servers;
    private final Path passwordFile;

    private TickServers(List<PostgresServer> servers, Path passwordFile) {
        this.servers = servers;
        this.passwordFile = passwordFile;
    }

    static TickServers start(Path folder) throws IOException, InterruptedException {
        Path passwordFile = Files.writeString(folder.resolve("password"), PASSWORD);
        PostgresServer first = server().start();
        first.execute(
                "postgres",
                "create role backup login replication password '" + PASSWORD + "'",
                "grant pg_read_all_data to backup",
                "create table tick (id bigint primary key, at timestamptz not null)");
        first.stop();
        Path second = copy(first.dataDirectory(), folder.resolve("second"));
        Path third = copy(first.dataDirectory(), folder.resolve("third"));
        first.start();
        PostgresServer following = following(first).startOn(second);
        PostgresServer last = following(following).startOn(third);
        return new TickServers(List.of(first, following, last), passwordFile);
    }

    private static PostgresServer.Builder server() {
        return PostgresServer.of(MAJOR)
                .initdb("--wal-segsize=1")
                .setting("password_encryption", "scram-sha-256")
                .setting("track_commit_timestamp", "on")
                .setting("autovacuum", "off")
                .setting("wal_keep_size", "64MB")
                .hba("host all backup 127.0.0.1/32 scram-sha-256")
                .hba("host replication backup 127.0.0.1/32 scram-sha-256");
    }

    private static PostgresServer.Builder following(PostgresServer other) {
        return server().setting("primary_conninfo", "host=127.0.0.1 user=postgres port=" + other.port());
    }

    private static Path copy(Path data, Path to) throws IOException, InterruptedException {
        Process copying = new ProcessBuilder("cp", "-a", data.toString(), to.toString())
                .inheritIO()
                .start();
        if (copying.waitFor() != 0) {
            throw new IOException(data + " was not copied");
        }
        Files.createFile(to.resolve("standby.signal"));
        return to;
    }

    /** 0 is the first primary; the others are promoted in this order. */
    PostgresServer get(int number) {
        return servers.get(number);
    }

    /** Returns once a standby has replayed what its primary has flushed by now. */
    static void awaitReplay(RunningHoldfast holdfast, PostgresServer primary, PostgresServer standby)
            throws IOException, InterruptedException {
        String flushed = primary.query("postgres", "select pg_current_wal_flush_lsn()");
        holdfast.until(
                "the standby to have replayed what there is",
                () -> standby.query("postgres", "select pg_last_wal_replay_lsn() >= '" + flushed + "'")
                        .equals("t"));
    }

    /** Makes a primary of a standby; returns when it is one. */
    static void promote(PostgresServer standby) {
        standby.query("postgres", "select pg_promote()");
    }

    /** As a target of a configuration, with all members. */
    String target(String name) {
        List<String> hosts = servers.stream()
                .map(each -> "\"127.0.0.1:" + each.port() + "\"")
                .toList();
        return "  " + name + ":\n    postgres: { hosts: [" + String.join(", ", hosts)
                + "], user: backup, password: \"file:" + passwordFile + "\" }\n    repository: main\n";
    }

    @Override
    public void close() {
        servers.reversed().forEach(PostgresServer::close);
    }
}
