package io.holdfast.restore.physical;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.restore.RestoreException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * One fetch of a backup into a directory as the service makes it, WAL included, up to where the server would be started;
 * in a process of its own and without broker. {@code bench/compare} runs it.
 */
final class MeasuredRestore {
    private MeasuredRestore() {}

    /** Arguments: repository (URL), target, backup, destination, an existing work folder, {@code fresh} or {@code delta}. */
    public static void main(String[] arguments) throws IOException, RestoreException {
        long begun = System.nanoTime();
        Path destination = Path.of(arguments[3]);
        try (Repository repository =
                Repository.open(StoreAddress.parse(arguments[0]).connect(StoreAccess.NONE))) {
            TargetName target = new TargetName(arguments[1]);
            TargetPlace place = repository.at(target, repository.places(target).getFirst());
            BackupReader backup = place.read(new BackupId(arguments[2]));
            if (!(backup.manifest().details().content() instanceof BackupContent.Physical physical)) {
                throw new IOException("not a physical backup");
            }
            backup.restoreTo(
                    destination, Fetch.options().withCompared(arguments[5].equals("delta")), (files, bytes) -> {});
            WalFetch.into(destination.resolve("pg_wal"), place.wal(Path.of(arguments[4])), physical.wal(), bytes -> {});
        }
        System.out.println("work_millis=" + (System.nanoTime() - begun) / 1_000_000);
    }
}
