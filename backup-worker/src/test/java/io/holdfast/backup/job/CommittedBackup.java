package io.holdfast.backup.job;

import io.holdfast.backup.base.Cancellation;
import io.holdfast.backup.base.PhysicalBackup;
import io.holdfast.backup.base.PhysicalBackupOptions;
import io.holdfast.backup.replication.ConnectionSettings;
import io.holdfast.backup.replication.TlsMode;
import io.holdfast.backup.replication.TlsSettings;
import io.holdfast.events.EventId;
import io.holdfast.events.TargetId;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.store.FileObjectStore;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.repository.write.WriterOptions;
import io.holdfast.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import java.util.UUID;

/** A backup that lies complete in the repository although no event says so, as after a crash at the worst moment. */
final class CommittedBackup {
    private CommittedBackup() {}

    static BackupManifest of(PostgresServer server, Path repository, TargetId target, EventId request, Path folder)
            throws Exception {
        Path work = Files.createDirectory(folder.resolve("work-of-the-dead"));
        try (Repository opened = Repository.openOrInitialise(FileObjectStore.at(repository), UUID.randomUUID())) {
            PhysicalBackup.Result result = new PhysicalBackup(InstantSource.system(), new Random())
                    .run(
                            ConnectionSettings.of(
                                    "127.0.0.1", server.port(), "postgres", null, TlsSettings.of(TlsMode.PREFER)),
                            identifier ->
                                    opened.at(new TargetName(target.value()), Place.ofSystemIdentifier(identifier)),
                            PhysicalBackupOptions.of(
                                    new BackupId(request.value()),
                                    new AttemptId("1-of-the-dead"),
                                    WriterOptions.defaults(work),
                                    work),
                            progress -> {},
                            new Cancellation());
            return ((CommitOutcome.Committed) result.outcome()).manifest();
        }
    }
}
