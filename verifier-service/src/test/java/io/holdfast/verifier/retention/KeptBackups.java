package io.holdfast.verifier.retention;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.store.FileObjectStore;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.write.WriterOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A target with backups of several days, in a repository in a folder. */
final class KeptBackups {
    private static final Place PLACE = SampleBackup.CLUSTER;

    final Scope scope =
            new Scope(new TargetId("orders-" + UUID.randomUUID()), new RepositoryId("r-" + UUID.randomUUID()));
    final Repository repository;
    final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    private final Path work;
    private final Proofs proofs;

    KeptBackups(Path folder, Path work, Proofs proofs) throws RepositoryException {
        this.repository = Repository.openOrInitialise(FileObjectStore.at(folder), UUID.randomUUID());
        this.work = work;
        this.proofs = proofs;
    }

    /** Makes one that was begun so many days ago, and found whole a minute later. */
    BackupId verified(int daysAgo) throws Exception {
        BackupId backup = unverified(daysAgo);
        proofs.whole(
                new Proofs.Read(scope.target(), scope.repository(), PLACE, backup),
                VerificationLevel.STRUCTURE,
                now.minus(Duration.ofDays(daysAgo)).plusSeconds(60));
        return backup;
    }

    /** Makes one that nobody has read back. */
    BackupId unverified(int daysAgo) throws Exception {
        BackupId backup = BackupId.of(UUID.randomUUID().toString());
        Instant time = now.minus(Duration.ofDays(daysAgo));
        Lsn start = new Lsn((1000L - daysAgo) * SampleBackup.SEGMENT_SIZE);
        SampleBackup.write(
                place(),
                backup.toString(),
                Map.of(new FilePath("base/5/1"), backup.toString().getBytes(StandardCharsets.US_ASCII)),
                BackupDetails.of(
                        BackupKind.FULL,
                        time,
                        time,
                        new BackupContent.Physical(
                                PLACE.value(),
                                170011,
                                new WalNeeded(1, start, start.plus(100), SampleBackup.SEGMENT_SIZE),
                                List.of(),
                                Optional.empty())),
                WriterOptions.defaults(work));
        return backup;
    }

    TargetPlace place() {
        return repository.at(new TargetName(scope.target().value()), PLACE);
    }

    /** What is listed. */
    List<BackupId> listed() throws RepositoryException {
        List<BackupId> listed = new ArrayList<>();
        for (io.holdfast.repository.BackupId backup : place().listManifests()) {
            listed.add(BackupId.of(backup.value()));
        }
        return listed;
    }
}
