package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.PostgresVersion;
import io.holdfast.restore.physical.RestorePreview.Present;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Looks at what a restore would find and need, and changes nothing. */
record Preview(
        PhysicalRequest request,
        BackupReader backup,
        BackupContent.Physical content,
        Destination destination,
        RecoveryPlan plan,
        WalServing serving) {

    RestorePreview make() throws RepositoryException, RestoreException, IOException {
        Present present = present();
        long bytes = backup.manifest().sizes().bytes();
        WalNeeded own = content.wal();
        long wal = switch (plan) {
            case RecoveryPlan.ToBackupsEnd toEnd -> (long) own.segments().size() * own.segmentSize();
            case RecoveryPlan.Along along -> along.path().bytes();
        };
        long room = switch (plan) {
            case RecoveryPlan.ToBackupsEnd toEnd -> wal;
            case RecoveryPlan.Along along -> along.scratch(serving.room());
        };
        FreeSpace.require(backup, destination, room);
        Map<Long, String> tablespaces = new TreeMap<>();
        destination.tablespaces().forEach((oid, path) -> tablespaces.put(oid, path.toString()));
        return new RestorePreview(
                request.backup(),
                Moments.of(
                        request.recoverTo() == null
                                ? new RecoveryTarget.Immediate()
                                : request.recoverTo().target()),
                plan instanceof RecoveryPlan.Along along ? along.timeline() : own.timeline(),
                destination.dataDirectory().toString(),
                tablespaces,
                present,
                present == Present.SAME_CLUSTER ? bytesBelow(destination.dataDirectory()) : null,
                bytes,
                wal,
                Files.getFileStore(FreeSpace.existing(destination.dataDirectory()))
                        .getUsableSpace(),
                RestorePreview.seconds(bytes, wal));
    }

    private Present present() throws RestoreException, IOException {
        Path data = destination.dataDirectory();
        if (!Files.exists(data, LinkOption.NOFOLLOW_LINKS)) {
            return Present.NOTHING;
        }
        if (FileTree.isEmpty(data)) {
            return Present.EMPTY;
        }
        if (!request.delta()) {
            throw new RestoreException(
                    FailureCategory.DESTINATION,
                    data + " is not empty.",
                    "choose a directory that does not exist or is empty, or restore over the same cluster.");
        }
        ExistingCluster.require(
                destination, PostgresVersion.ofNumber(content.serverVersion()).major());
        return Present.SAME_CLUSTER;
    }

    private static long bytesBelow(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            long bytes = 0;
            for (Path each : (Iterable<Path>) all::iterator) {
                if (Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) {
                    bytes += Files.size(each);
                }
            }
            return bytes;
        }
    }
}
