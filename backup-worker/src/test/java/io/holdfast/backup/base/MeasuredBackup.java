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
import io.holdfast.repository.key.KeyContext;
import io.holdfast.repository.key.KeyRecipient;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.seal.SealingKey;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.repository.write.WriterOptions;
import io.holdfast.testing.ConfigurationDefaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.UUID;

/**
 * One backup as the worker makes it, with the worker's own configuration and its defaults, in a process of its own and
 * without broker. {@code bench/compare} runs it.
 */
final class MeasuredBackup {
    private MeasuredBackup() {}

    /**
     * Arguments: repository (URL), target, backup, host, port, user, an existing work folder; then, as wished,
     * {@code incremental} and {@code encrypted}.
     */
    public static void main(String[] arguments) throws IOException {
        BackupConfig config = ConfigurationDefaults.of(BackupConfig.class);
        long begun = System.nanoTime();
        Path work = Path.of(arguments[6]);
        WriterOptions writer = new WriterOptions(
                Files.createDirectories(work.resolve("index")),
                config.threads(),
                config.zstdLevel(),
                config.memory().asLongValue(),
                config.packSize().asLongValue());
        ConnectionSettings server = ConnectionSettings.of(
                arguments[3], Integer.parseInt(arguments[4]), arguments[5], null, TlsSettings.of(TlsMode.DISABLE));
        List<String> wishes = List.of(arguments).subList(7, arguments.length);
        PhysicalBackupOptions options = PhysicalBackupOptions.of(
                        new BackupId(arguments[2]),
                        new AttemptId("1"),
                        writer,
                        Files.createDirectories(work.resolve("wal")))
                .withIncremental(wishes.contains("incremental"));
        RepositoryKeys keys = wishes.contains("encrypted") ? keys() : RepositoryKeys.none();
        try (Repository repository = Repository.openOrInitialise(
                StoreAddress.parse(arguments[0]).connect(StoreAccess.NONE), UUID.randomUUID(), keys)) {
            PhysicalBackup.Result result = new PhysicalBackup(Clock.systemUTC(), new SecureRandom())
                    .run(
                            server,
                            identifier ->
                                    repository.at(new TargetName(arguments[1]), Place.ofSystemIdentifier(identifier)),
                            options,
                            progress -> {},
                            new Cancellation());
            if (!(result.outcome() instanceof CommitOutcome.Committed)) {
                throw new IOException("not committed: " + result.outcome());
            }
        }
        System.out.println("work_millis=" + (System.nanoTime() - begun) / 1_000_000);
    }

    /** What a worker has. How a key is wrapped, once for each backup, does not matter here. */
    private static RepositoryKeys keys() {
        byte[] secret = new byte[SealingKey.LENGTH];
        new SecureRandom().nextBytes(secret);
        return RepositoryKeys.builder()
                .indexKey(secret)
                .recipient(new KeyRecipient() {
                    @Override
                    public String id() {
                        return "nobody";
                    }

                    @Override
                    public String describe() {
                        return "nobody";
                    }

                    @Override
                    public byte[] wrap(byte[] message, KeyContext context) {
                        return new byte[message.length];
                    }
                })
                .build();
    }
}
