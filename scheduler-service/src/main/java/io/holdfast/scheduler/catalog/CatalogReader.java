package io.holdfast.scheduler.catalog;

import io.holdfast.events.BackupId;
import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.RestoreId;
import io.holdfast.events.progress.JobProgressed;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.events.restore.RestoreCompleted.Comparison;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.events.restore.RestoreCompleted.RecoveredTo;
import io.holdfast.events.restore.RestorePlanned.Plan;
import io.holdfast.events.verification.Damage;
import io.holdfast.scheduler.catalog.Listed.Progress;
import io.holdfast.scheduler.catalog.Listed.Verification;
import io.quarkus.hibernate.orm.panache.PanacheQuery;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.panache.common.Sort;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Answers questions from the catalog, with what runs just now beside it. Each answer is of one moment. Thread safe. */
@Singleton
public class CatalogReader {

    private final LiveView live;

    CatalogReader(LiveView live) {
        this.live = live;
    }

    /** Narrows a list; absent: everything. */
    public record Filter(
            @Nullable String target,
            @Nullable BackupStatus status,
            @Nullable String kind,
            @Nullable String repository,
            int limit) {}

    /** The newest backups first. */
    public List<Listed.Backup> backups(Filter filter) {
        StringBuilder where = new StringBuilder("1 = 1");
        Map<String, Object> parameters = new HashMap<>();
        if (filter.target() != null) {
            where.append(" and target = :target");
            parameters.put("target", filter.target());
        }
        if (filter.status() != null) {
            where.append(" and status = :status");
            parameters.put("status", filter.status());
        }
        if (filter.kind() != null) {
            where.append(" and kind = :kind");
            parameters.put("kind", filter.kind());
        }
        if (filter.repository() != null) {
            where.append(" and coalesce(repository, askedRepository) = :repository");
            parameters.put("repository", filter.repository());
        }
        return QuarkusTransaction.joiningExisting().call(() -> {
            PanacheQuery<CatalogBackup> query = CatalogBackup.find(
                    where.toString(), Sort.by("orderedAt").descending().and("backupId"), parameters);
            return query.page(0, filter.limit()).list().stream()
                    .map(this::listed)
                    .toList();
        });
    }

    /** The physical backups of a target that can be restored and are not known to be damaged, the newest first. */
    public List<Listed.Backup> restorable(String target) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> CatalogBackup.<CatalogBackup>find(
                                "target = ?1 and kind in ('full', 'incremental') and status in (COMPLETED, VERIFIED)",
                                Sort.by("completedAt").descending().and("backupId"),
                                target)
                        .list()
                        .stream()
                        .map(this::listed)
                        .toList());
    }

    /** The same, of those in one repository. */
    public List<Listed.Backup> restorable(String target, RepositoryId repository) {
        return restorable(target).stream()
                .filter(backup -> repository.value().equals(backup.repository()))
                .toList();
    }

    public Optional<Listed.Backup> backup(BackupId id) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> Optional.ofNullable(CatalogBackup.<CatalogBackup>findById(id.value()))
                        .map(this::listed));
    }

    /** The event id of the request that a backup came from. */
    public Optional<EventId> requestOf(BackupId id) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> Optional.ofNullable(CatalogBackup.<CatalogBackup>findById(id.value()))
                        .map(backup -> new EventId(backup.requestId)));
    }

    /** Whether a verification of a backup found damage that none as deep took back since. */
    public boolean damaged(BackupId id) {
        return QuarkusTransaction.joiningExisting().call(() -> {
            CatalogBackup backup = CatalogBackup.findById(id.value());
            return backup != null && backup.damaged();
        });
    }

    /** Whether there is, as far as is known, something in the repository to restore a backup from. */
    public boolean exists(BackupId id) {
        return QuarkusTransaction.joiningExisting().call(() -> {
            CatalogBackup backup = CatalogBackup.findById(id.value());
            return backup != null && backup.exists();
        });
    }

    /** The newest restores first. */
    public List<Listed.Restore> restores(int limit) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> CatalogRestore.<CatalogRestore>findAll(
                                Sort.by("orderedAt").descending().and("restoreId"))
                        .page(0, limit)
                        .list()
                        .stream()
                        .map(this::listed)
                        .toList());
    }

    public Optional<Listed.Restore> restore(RestoreId id) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> Optional.ofNullable(CatalogRestore.<CatalogRestore>findById(id.value()))
                        .map(this::listed));
    }

    /** The event id of a restore's request. */
    public Optional<EventId> requestOf(RestoreId id) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> Optional.ofNullable(CatalogRestore.<CatalogRestore>findById(id.value()))
                        .map(restore -> new EventId(restore.requestId)));
    }

    /** When each target was last backed up with success, to each repository. */
    public Map<String, Map<String, Instant>> lastSuccesses() {
        return QuarkusTransaction.joiningExisting().call(() -> {
            Map<String, Map<String, Instant>> last = new TreeMap<>();
            List<Object[]> rows = CatalogBackup.getEntityManager()
                    .createQuery(
                            "select b.target, b.repository, max(b.completedAt) from CatalogBackup b"
                                    + " where b.status in (COMPLETED, VERIFIED) group by b.target, b.repository",
                            Object[].class)
                    .getResultList();
            rows.forEach(row -> last.computeIfAbsent((String) row[0], target -> new TreeMap<>())
                    .put((String) row[1], (Instant) row[2]));
            return last;
        });
    }

    private Listed.Backup listed(CatalogBackup row) {
        Failure failure = StoredJson.read(row.failure, Failure.class);
        Verification verification = verification(row);
        if (failure == null) {
            failure = row.damage().orElse(null);
        }
        return new Listed.Backup(
                row.backupId.toString(),
                row.target,
                row.kind,
                row.status,
                row.requestedAt,
                row.dueAt,
                row.startedAt,
                row.finishedAt().orElse(null),
                row.bytes,
                row.storedBytes,
                row.repository == null ? row.askedRepository : row.repository,
                row.isGone() ? null : row.manifest,
                row.reason,
                row.requestedBy,
                row.attempts == 0 ? null : row.attempts,
                row.worker,
                row.timeline,
                row.startLsn,
                row.stopLsn,
                row.systemIdentifier,
                row.serverVersion,
                StoredJson.readList(row.databases, String.class),
                StoredJson.readList(row.exceptions, String.class),
                row.encrypted,
                row.cancelledBy,
                text(row.caughtUpBy),
                row.status == BackupStatus.FAILED ? failure : null,
                verification,
                row.isGone() ? row.expiredAt : null,
                row.isGone() ? row.expiredBecause : null,
                row.deletedAt,
                live.progress(new EventId(row.requestId))
                        .filter(progress -> running(row, progress))
                        .map(Progress::of)
                        .orElse(null));
    }

    /** Whether work that was told of just now has not ended since. */
    private static boolean running(CatalogBackup row, JobProgressed progress) {
        return switch (progress.work()) {
            case BACKUP -> row.finishedAt().isEmpty();
            case VERIFICATION -> row.checkedAt == null || progress.at().isAfter(row.checkedAt);
            case RESTORE -> false;
        };
    }

    private static @Nullable Verification verification(CatalogBackup row) {
        if (row.checkedAt == null) {
            return null;
        }
        return new Verification(
                row.verificationFailure == null ? "verified" : "failed",
                row.verificationLevel,
                row.verificationStartedAt,
                row.checkedAt,
                row.verificationStartedAt == null
                        ? null
                        : Duration.between(row.verificationStartedAt, row.checkedAt)
                                        .toMillis()
                                / 1000.0,
                row.verificationBytesRead,
                row.verificationObjects,
                StoredJson.read(row.verificationFailure, Failure.class),
                StoredJson.readList(row.verificationDamages, Damage.class),
                row.verificationDamaged,
                Verdicts.of(row.verdicts).whole());
    }

    private Listed.Restore listed(CatalogRestore row) {
        Plan plan = StoredJson.read(row.plan, Plan.class);
        return new Listed.Restore(
                row.restoreId.toString(),
                row.backupId.toString(),
                row.target,
                row.site,
                row.kind,
                row.status,
                row.requestedAt,
                row.startedAt,
                row.finishedAt().orElse(null),
                StoredJson.read(row.destination, RestoreDestination.class),
                row.directory,
                row.connection,
                row.running,
                row.bytes,
                StoredJson.readList(row.phases, Phase.class),
                StoredJson.readList(row.checks, CheckResult.class),
                StoredJson.readList(row.missing, Damage.class),
                StoredJson.read(row.comparison, Comparison.class),
                StoredJson.read(row.recoveryTarget, RecoveryTarget.class),
                StoredJson.read(row.recoveredTo, RecoveredTo.class),
                StoredJson.readList(row.keptAside, String.class),
                StoredJson.readList(row.warnings, String.class),
                row.report,
                row.reason,
                row.requestedBy,
                row.attempts == 0 ? null : row.attempts,
                row.worker,
                row.cancelledBy,
                row.status == RestoreStatus.FAILED ? StoredJson.read(row.failure, Failure.class) : null,
                StoredJson.readList(row.damages, Damage.class),
                row.dryRun,
                plan,
                StoredJson.readList(row.refusals, Failure.class),
                plan == null ? null : RestoreEstimate.of(row.target, plan),
                row.status.settled() ? null : progress(row.requestId));
    }

    private @Nullable Progress progress(String request) {
        return live.progress(new EventId(request)).map(Progress::of).orElse(null);
    }

    private static @Nullable String text(@Nullable UUID id) {
        return id == null ? null : id.toString();
    }
}
