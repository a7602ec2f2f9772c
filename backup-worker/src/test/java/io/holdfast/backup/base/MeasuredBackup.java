package io.holdfast.backup.base;

import io.holdfast.backup.job.BackupConfig;
import io.holdfast.backup.replication.ConnectionSettings;
import io.holdfast.backup.replication.TlsMode;
import io.holdfast.backup.replication.TlsSettings;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.repository.write.WriterOptions;
import io.holdfast.testing.ConfigurationDefaults;
import io.holdfast.testing.Measured;
import io.holdfast.testing.MeasuredKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.UUID;

/**
 * A backup as the worker makes it, with the worker's own configuration and its defaults, without broker. {@code bench/compare} runs it.
 */
final class MeasuredBackup {
    private MeasuredBackup() {}

    /**
     * Arguments: repository (URL), target, backup, host, port, user, an existing work folder; then, as wished,
     * {@code incremental} and {@code encrypted}.
     */
    public static void main(String[] arguments) throws Exception {
        Measured.main(arguments, MeasuredBackup::once);
    }

    private static void once(List<String> arguments) throws IOException {
        BackupConfig config = ConfigurationDefaults.of(BackupConfig.class);
        Path work = Path.of(arguments.get(6));
        WriterOptions writer = new WriterOptions(
                Files.createDirectories(work.resolve("index")),
                config.threads(),
                config.zstdLevel(),
                config.memory().asLongValue(),
                config.packSize().asLongValue());
        ConnectionSettings server = ConnectionSettings.of(
                arguments.get(3),
                Integer.parseInt(arguments.get(4)),
                arguments.get(5),
                null,
                TlsSettings.of(TlsMode.DISABLE));
        List<String> wishes = arguments.subList(7, arguments.size());
        PhysicalBackupOptions options = PhysicalBackupOptions.of(
                        new BackupId(arguments.get(2)),
                        new AttemptId("1"),
                        writer,
                        Files.createDirectories(work.resolve("wal")))
                .withIncremental(wishes.contains("incremental"));
        try (Repository repository = Repository.openOrInitialise(
                StoreAddress.parse(arguments.get(0)).connect(StoreAccess.NONE),
                UUID.randomUUID(),
                MeasuredKeys.of(wishes))) {
            PhysicalBackup.Result result = new PhysicalBackup(Clock.systemUTC(), new SecureRandom())
                    .run(
                            server,
                            identifier -> repository.at(
                                    new TargetName(arguments.get(1)), Place.ofSystemIdentifier(identifier)),
                            options,
                            progress -> {},
                            new Cancellation());
            if (!(result.outcome() instanceof CommitOutcome.Committed)) {
                throw new IOException("not committed: " + result.outcome());
            }
        }
    }
}
