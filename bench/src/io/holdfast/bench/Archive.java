package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * pgBackRest with an archive, run by the server's user as its {@code archive_command} is: encrypted, zstd 3, two processes.
 */
final class Archive {
    /** The first version that stores changed blocks of files instead of whole ones. */
    private static final int BLOCK_INCREMENTAL = 246;

    private final String program;
    private final Path folder;
    private final Path logs;
    private final Cluster cluster;
    private final int version;

    /** @param folder of its own, made anew for each archive */
    Archive(Path folder, Path logs, Cluster cluster) throws InterruptedException {
        String named = System.getenv("PGBACKREST");
        this.program = named == null ? "pgbackrest" : named;
        this.folder = folder;
        this.logs = logs;
        this.cluster = cluster;
        this.version = PgBackRest.version(program, logs);
    }

    void requireInstalled() throws IOException {
        if (version == 0) {
            throw new IOException("pgBackRest is not installed (apt-get install pgbackrest, or name it by PGBACKREST)");
        }
    }

    String version() {
        return version / 100 + "." + version % 100;
    }

    /** An empty archive; {@code async}: log is pushed and fetched ahead by a process beside the server. */
    void begin(boolean async) throws IOException, InterruptedException {
        cluster.ownFolder(folder);
        for (String each : List.of("repository", "log", "lock", "spool")) {
            cluster.ownFolder(folder.resolve(each));
        }
        List<String> lines = new ArrayList<>(List.of(
                "[global]",
                "repo1-path=" + folder.resolve("repository"),
                "repo1-cipher-type=aes-256-cbc",
                "repo1-cipher-pass=not-a-secret-only-a-benchmark",
                "repo1-bundle=y",
                "compress-type=zst",
                "compress-level=3",
                "process-max=2",
                "start-fast=y",
                "log-level-console=warn",
                "log-level-file=off",
                "log-path=" + folder.resolve("log"),
                "lock-path=" + folder.resolve("lock"),
                "spool-path=" + folder.resolve("spool"),
                "archive-async=" + (async ? "y" : "n")));
        if (version >= BLOCK_INCREMENTAL) {
            lines.add("repo1-block=y");
        }
        lines.addAll(List.of(
                "[bench]",
                "pg1-path=" + cluster.data(),
                "pg1-port=" + cluster.port(),
                "pg1-socket-path=" + cluster.data(),
                "pg1-user=postgres"));
        Files.write(configuration(), lines);
        command("stanza-create").run(logs);
    }

    Path configuration() {
        return folder.resolve("pgbackrest.conf");
    }

    Path repository() {
        return folder.resolve("repository");
    }

    /** What was fetched ahead lies here. */
    Path spool() {
        return folder.resolve("spool");
    }

    /** What {@code archive_command} is. */
    String pushing() {
        return program + " --config=" + configuration() + " --stanza=bench archive-push %p";
    }

    Command backup() {
        return command("--type=full", "backup");
    }

    /** The files of the newest backup; the log is fetched by the server that is started on them. */
    Command restore(Path destination) {
        return command("--pg1-path=" + destination, "restore");
    }

    private Command command(String... arguments) {
        List<String> words = new ArrayList<>(List.of(program, "--config=" + configuration(), "--stanza=bench"));
        words.addAll(List.of(arguments));
        return cluster.asUser(words.toArray(String[]::new));
    }
}
