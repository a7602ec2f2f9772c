package io.holdfast.restore.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import io.holdfast.repository.write.WriterOptions;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Backups of dumps that the host's own pg_dump made. */
final class StoredDump {
    static final Path CLIENTS = Path.of("/usr/lib/postgresql/15");
    static final BackupId BACKUP = new BackupId("d1");

    private StoredDump() {}

    /** A backup with one database's dump. Skips the test where there is no pg_dump. */
    static TargetPlace of(PostgresServer source, String database, Path work) throws Exception {
        assumeTrue(
                Files.isExecutable(CLIENTS.resolve("bin/pg_dump")),
                "PostgreSQL 15's client programs are not installed at " + CLIENTS);
        TargetPlace place = Repository.openOrInitialise(new MemoryObjectStore(), new UUID(1, 2))
                .at(new TargetName("orders"), Place.LOGICAL);
        try (BackupWriter writer = place.beginBackup(BACKUP, new AttemptId("a1"), WriterOptions.defaults(work))) {
            FilePath globals = dumped(writer, source, "globals", "pg_dumpall", "--globals-only");
            FilePath dump = dumped(
                    writer, source, "dump", "pg_dump", "--format=custom", "--compress=0", "--dbname=" + database);
            writer.commit(BackupDetails.of(
                    BackupKind.LOGICAL,
                    Instant.EPOCH,
                    Instant.EPOCH,
                    new BackupContent.Logical(
                            150000,
                            "15.9",
                            List.of(new BackupContent.DumpedDatabase(database, dump)),
                            Optional.of(globals))));
        }
        return place;
    }

    /** Adds what a program writes. */
    static FilePath dumped(BackupWriter writer, PostgresServer source, String name, String program, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                CLIENTS.resolve("bin").resolve(program).toString(),
                "--host=127.0.0.1",
                "--port=" + source.port(),
                "--username=postgres"));
        for (String each : arguments) {
            command.add(each.startsWith("--dbname=") ? "--dbname=postgresql:///" + each.substring(9) : each);
        }
        FilePath path = new FilePath(name);
        FileSink sink = writer.beginFile(new FileHeader.Regular(path, 0600, Instant.EPOCH));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream out = process.getInputStream()) {
            byte[] bytes = out.readAllBytes();
            sink.write(bytes, 0, bytes.length);
        }
        sink.finish();
        assertThat(process.waitFor()).isZero();
        return path;
    }
}
