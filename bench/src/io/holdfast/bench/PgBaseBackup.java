package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** pg_basebackup into compressed archives; by its own defaults, into plain files. */
final class PgBaseBackup implements Tool {
    private static final int FIRST_WITH_INCREMENTAL = 17;

    private final String program;
    private final int server;
    private final int version;
    private final Path work;
    private final Cluster cluster;
    private boolean plain;
    private int backups;
    private String lastFull = "";

    PgBaseBackup(int server, Path work, Cluster cluster) throws IOException, InterruptedException {
        String named = System.getenv("PG_BASEBACKUP");
        Path installed = Path.of("/usr/lib/postgresql/" + server + "/bin/pg_basebackup");
        this.program =
                named != null ? named : Files.isExecutable(installed) ? installed.toString() : "pg_basebackup";
        this.server = server;
        this.work = work;
        this.cluster = cluster;
        this.version = version();
    }

    private int version() throws InterruptedException {
        try {
            String said = Command.of(program, "--version").run(work.resolve("log"));
            return Integer.parseInt(said.replaceFirst("(?s)^\\D*(\\d+).*$", "$1"));
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public String name() {
        return "pg_basebackup";
    }

    @Override
    public Optional<String> leavesOut(Case each) {
        if (version < server) {
            return Optional.of(
                    "no pg_basebackup of version " + server + " or newer is installed (PG_BASEBACKUP can name one)");
        }
        return switch (each) {
            case Case.Incremental incremental when server < FIRST_WITH_INCREMENTAL ->
                Optional.of("PostgreSQL itself makes incremental backups from version 17 on");
            case Case.Restore restore -> Optional.empty();
            case Case.DeltaRestore delta -> Optional.of("pg_basebackup has nothing of the kind");
            case Case.Verify verify -> Optional.of("pg_verifybackup reads compressed archives from version 18 on only");
            case Case.Full full -> Optional.empty();
            case Case.Incremental incremental -> Optional.empty();
        };
    }

    @Override
    public void begin(Case.Full kind) throws IOException, InterruptedException {
        plain = kind.compression() == Case.Compression.DEFAULTS;
        Folders.fresh(repository());
    }

    @Override
    public Command warmUp() {
        return Command.of(program, "--version");
    }

    @Override
    public Work full() {
        lastFull = "full-" + ++backups;
        return backup(lastFull);
    }

    @Override
    public Work incremental() {
        return backup(
                "incremental-" + ++backups,
                "--incremental=" + repository().resolve(lastFull).resolve("backup_manifest"));
    }

    private Command backup(String name, String... more) {
        List<String> words = new ArrayList<>(List.of(
                program,
                "--host=" + cluster.data(),
                "--port=" + cluster.port(),
                "--username=postgres",
                "--checkpoint=fast",
                "--pgdata=" + repository().resolve(name)));
        if (!plain) {
            words.addAll(List.of("--format=tar", "--compress=client-zstd:level=3,workers=2"));
        }
        words.addAll(List.of(more));
        return Command.of(words.toArray(String[]::new));
    }

    @Override
    public Work restore(Path destination) {
        return Command.of(
                "bash",
                "-o",
                "pipefail",
                "-c",
                "zstd -dcq \"$1/base.tar.zst\" | tar -x -C \"$2\" && tar -xf \"$1/pg_wal.tar\" -C \"$2/pg_wal\""
                        + " && sync -f \"$2\"",
                "extract",
                repository().resolve(lastFull).toString(),
                destination.toString());
    }

    @Override
    public Work deltaRestore(Path destination) {
        throw new IllegalStateException("left out");
    }

    @Override
    public Work verify(Case.Depth depth) {
        throw new IllegalStateException("left out");
    }

    @Override
    public Path repository() {
        return work.resolve("pg_basebackup");
    }
}
