package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * pgBackRest with two processes and a repository in a directory. Archiving of WAL is off: backups do not wait for it and
 * do not store it, which is in its favour.
 */
final class PgBackRest implements Tool {
    /** The first version that stores changed blocks of files instead of whole ones. */
    private static final int BLOCK_INCREMENTAL = 246;

    /** The first version that asks before it runs as root. */
    private static final int REFUSES_ROOT = 259;

    private final String program;
    private final Path work;
    private final Cluster cluster;
    private final int version;

    PgBackRest(Path work, Cluster cluster) throws IOException, InterruptedException {
        String named = System.getenv("PGBACKREST");
        this.program = named == null ? "pgbackrest" : named;
        this.work = work;
        this.cluster = cluster;
        this.version = version(program, work.resolve("log"));
    }

    /** As one number; 0 where it is not installed. */
    static int version(String program, Path logs) throws InterruptedException {
        try {
            String[] numbers = Command.of(program, "version")
                    .run(logs)
                    .replaceAll("[^0-9.]", "")
                    .split("\\.");
            return Integer.parseInt(numbers[0]) * 100 + Integer.parseInt(numbers[1]);
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public String name() {
        return "pgbackrest";
    }

    /** How the results call it. */
    String version() {
        return version / 100 + "." + version % 100;
    }

    @Override
    public Optional<String> leavesOut(Case each) {
        return version == 0
                ? Optional.of("pgBackRest is not installed (apt-get install pgbackrest, or name it by PGBACKREST)")
                : Optional.empty();
    }

    @Override
    public void begin(Case.Full kind) throws IOException, InterruptedException {
        Folders.fresh(repository());
        List<String> lines = new ArrayList<>(List.of(
                "[global]",
                "repo1-path=" + repository(),
                "process-max=2",
                "start-fast=y",
                "log-level-console=warn",
                "log-level-file=off",
                "log-path=" + work.resolve("log"),
                "lock-path=" + work.resolve("scratch"),
                "spool-path=" + work.resolve("scratch")));
        if (version >= REFUSES_ROOT) {
            lines.add("allow-root=y");
        }
        if (kind.compression() == Case.Compression.SAME) {
            lines.addAll(List.of("compress-type=zst", "compress-level=3", "repo1-bundle=y"));
            if (version >= BLOCK_INCREMENTAL) {
                lines.add("repo1-block=y");
            }
        }
        if (kind.encrypted()) {
            lines.addAll(List.of("repo1-cipher-type=aes-256-cbc", "repo1-cipher-pass=not-a-secret-only-a-benchmark"));
        }
        lines.addAll(List.of(
                "[bench]",
                "pg1-path=" + cluster.data(),
                "pg1-port=" + cluster.port(),
                "pg1-socket-path=" + cluster.data(),
                "pg1-user=postgres"));
        Files.write(configuration(), lines);
        pgbackrest("--no-online", "stanza-create").run(work.resolve("log"));
    }

    @Override
    public Command warmUp() {
        return Command.of(program, "version");
    }

    @Override
    public Work full() {
        return pgbackrest("--type=full", "--no-archive-check", "backup");
    }

    @Override
    public Work incremental() {
        return pgbackrest("--type=diff", "--no-archive-check", "backup");
    }

    @Override
    public Work restore(Path destination) {
        return pgbackrest("--pg1-path=" + destination, "--type=none", "restore");
    }

    @Override
    public Work deltaRestore(Path destination) {
        return pgbackrest("--pg1-path=" + destination, "--type=none", "--delta", "restore");
    }

    /** There is one depth, which depends on the version: see the README. */
    @Override
    public Work verify(Case.Depth depth) {
        return pgbackrest("verify");
    }

    @Override
    public Path repository() {
        return work.resolve("pgbackrest");
    }

    private Path configuration() {
        return work.resolve("pgbackrest.conf");
    }

    private Command pgbackrest(String... arguments) {
        List<String> words =
                new ArrayList<>(List.of(program, "--config=" + configuration(), "--stanza=bench"));
        words.addAll(List.of(arguments));
        return Command.of(words.toArray(String[]::new));
    }
}
