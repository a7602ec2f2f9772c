package io.holdfast.restore.physical;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.runtime.postgres.InstallationFolders;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A restore in a process of its own that stops in the middle and waits to be killed. */
final class HeldRestore {
    private HeldRestore() {}

    /** Arguments: repository (URL), target, backup, destination, work folder, home of PostgreSQL, bytes, delta or not. */
    public static void main(String[] arguments) throws Exception {
        Path destination = Path.of(arguments[3]);
        long limit = Long.parseLong(arguments[6]);
        Programs programs = new Programs();
        RestoreWatch watch = new RestoreWatch() {
            @Override
            public void progress(RestorePhase phase, long done, @Nullable Long total) {
                if (done >= limit || phase != RestorePhase.FETCH) {
                    System.out.println("held");
                    hold();
                }
            }

            @Override
            public boolean stopRequested() {
                return false;
            }
        };
        try (Repository repository =
                Repository.open(StoreAddress.parse(arguments[0]).connect(StoreAccess.NONE))) {
            TargetName target = new TargetName(arguments[1]);
            TargetPlace place = repository.at(target, repository.places(target).getFirst());
            RequestBuilder request = new RequestBuilder(place, destination);
            if (!place.listManifests().contains(new BackupId(arguments[2]))) {
                throw new IllegalArgumentException("no backup " + arguments[2]);
            }
            new PhysicalRestore(
                            new RestoreRoots(List.of(destination.getParent())),
                            new PostgresInstallations(
                                    new InstallationFolders(List.of(Path.of(arguments[5]))), programs),
                            programs,
                            "nobody",
                            Path.of(arguments[4]),
                            Duration.ZERO,
                            Clock.systemUTC())
                    .run((arguments[7].equals("delta") ? request.delta() : request).build(), watch);
        }
    }

    private static void hold() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
