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
import io.holdfast.testing.Measured;
import io.holdfast.testing.MeasuredKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A fetch of a backup into a directory as the service makes it, WAL included, up to where the server would be started;
 * without broker. {@code bench/compare} runs it.
 */
final class MeasuredRestore {
    private MeasuredRestore() {}

    /**
     * Arguments: repository (URL), target, backup, destination, an existing work folder, {@code fresh} or {@code delta};
     * then, as wished, {@code encrypted}.
     */
    public static void main(String[] arguments) throws Exception {
        Measured.main(arguments, MeasuredRestore::once);
    }

    private static void once(List<String> arguments) throws IOException, RestoreException {
        Path destination = Path.of(arguments.get(3));
        try (Repository repository = Repository.open(
                StoreAddress.parse(arguments.get(0)).connect(StoreAccess.NONE), MeasuredKeys.of(arguments))) {
            TargetName target = new TargetName(arguments.get(1));
            TargetPlace place = repository.at(target, repository.places(target).getFirst());
            BackupReader backup = place.read(new BackupId(arguments.get(2)));
            if (!(backup.manifest().details().content() instanceof BackupContent.Physical physical)) {
                throw new IOException("not a physical backup");
            }
            backup.restoreTo(
                    destination, Fetch.options().withCompared(arguments.get(5).equals("delta")), (files, bytes) -> {});
            WalFetch.into(
                    destination.resolve("pg_wal"), place.wal(Path.of(arguments.get(4))), physical.wal(), bytes -> {});
        }
    }
}
