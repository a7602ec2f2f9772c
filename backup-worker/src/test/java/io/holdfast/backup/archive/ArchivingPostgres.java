package io.holdfast.backup.archive;

import io.holdfast.backup.job.ControlPlane;
import io.holdfast.events.TargetId;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A server that archives through {@code holdfast-archive}. */
public record ArchivingPostgres(PostgresServer postgres, Path folder) implements AutoCloseable {
    private static final Path SCRIPT = Path.of("../deploy/archive/holdfast-archive");

    /** With segments of 1 MiB, which archives nothing yet. */
    public static ArchivingPostgres start(int major) {
        return start(PostgresServer.of(major).initdb("--wal-segsize=1"));
    }

    /** With segments of 16 MiB. */
    public static ArchivingPostgres startWithWholeSegments(int major) {
        return start(PostgresServer.of(major).setting("max_wal_size", "8GB"));
    }

    private static ArchivingPostgres start(PostgresServer.Builder builder) {
        PostgresServer server = builder.setting("archive_mode", "on")
                .setting("archive_command", "false")
                .setting("wal_keep_size", "64MB")
                .start();
        Path folder = server.newFolder("archive");
        try {
            Path script = Files.copy(SCRIPT, folder.resolve("holdfast-archive"), StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ArchivingPostgres(server, folder);
    }

    /** From now on it archives to a worker. */
    public void archiveTo(URI worker, TargetId target, String token) throws IOException {
        Files.writeString(folder.resolve("token"), token + "\n");
        Files.writeString(
                folder.resolve("archive.conf"),
                "url=http://127.0.0.1:" + worker.getPort() + "\ntarget=" + target + "\ntoken=file:"
                        + folder.resolve("token") + "\n");
        postgres.execute(
                "postgres",
                "alter system set archive_command = '" + folder.resolve("holdfast-archive") + " --config "
                        + folder.resolve("archive.conf") + " %p %f'",
                "select pg_reload_conf()");
    }

    /**
     * Fills segments, and begins another.
     *
     * @return the name of the last one that is full
     */
    public String fill(int segments) {
        String last = "";
        for (int i = 0; i < segments; i++) {
            postgres.execute(
                    "postgres", "create table if not exists filler (text text)", "insert into filler values ('x')");
            last = postgres.query("postgres", "select pg_walfile_name(pg_current_wal_lsn())");
            postgres.execute("postgres", "select pg_switch_wal()");
        }
        return last;
    }

    /** Waits until the server says that a segment, and so all before it, is archived. */
    public void awaitArchived(String segment) {
        ControlPlane.await(() -> postgres.query(
                        "postgres", "select coalesce(last_archived_wal, '') >= '" + segment + "' from pg_stat_archiver")
                .equals("t"));
    }

    /** Archives so many segments that wait, which are full of what compresses about as data does. */
    ArchiveCommandTest.Measured measure(URI worker, TargetId target, String token, int segments) throws Exception {
        postgres.execute("postgres", "create table filler (id bigint, text text)");
        while (waiting() < segments) {
            postgres.execute(
                    "postgres",
                    "insert into filler select i, md5(i::text) || repeat('some text ', 8) from generate_series(1, 200000) i");
        }
        long began = System.nanoTime();
        archiveTo(worker, target, token);
        while (archived() < segments) {
            Thread.sleep(20);
        }
        return new ArchiveCommandTest.Measured(segments, (System.nanoTime() - began) / 1e9);
    }

    private int waiting() {
        return Integer.parseInt(
                postgres.query("postgres", "select count(*) from pg_ls_archive_statusdir() where name like '%.ready'"));
    }

    private int archived() {
        return Integer.parseInt(postgres.query("postgres", "select archived_count from pg_stat_archiver"));
    }

    @Override
    public void close() {
        postgres.close();
    }
}
