package io.holdfast.scheduler.catalog;

import io.holdfast.events.BackupId;
import io.holdfast.events.EventId;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A restore as the log tells of it; facts and what follows from them, as with {@link CatalogBackup}. */
@Entity
@Table(name = "restore", schema = Catalog.SCHEMA)
public class CatalogRestore extends PanacheEntityBase {

    @Id
    UUID restoreId = new UUID(0, 0);

    String requestId = "";
    UUID backupId = new UUID(0, 0);
    String target = "";
    String site = "";

    @Enumerated(EnumType.STRING)
    RestoreStatus status = RestoreStatus.REQUESTED;

    Instant orderedAt = Instant.EPOCH;

    @Nullable
    String kind;

    @Nullable
    String destination;

    @Nullable
    String reason;

    @Nullable
    String requestedBy;

    @Nullable
    Instant requestedAt;

    @Nullable
    Instant startedAt;

    int attempts;

    @Nullable
    String worker;

    @Nullable
    Instant completedAt;

    @Nullable
    Instant failedAt;

    @Nullable
    Instant cancelledAt;

    @Nullable
    Boolean dryRun;

    @Nullable
    Instant plannedAt;

    @Nullable
    String plan;

    @Nullable
    String refusals;

    @Nullable
    String cancelledBy;

    @Nullable
    String directory;

    @Nullable
    String connection;

    @Nullable
    Boolean running;

    @Nullable
    Long bytes;

    @Nullable
    String phases;

    @Nullable
    String checks;

    @Nullable
    String missing;

    @Nullable
    String comparison;

    @Nullable
    String recoveryTarget;

    @Nullable
    String recoveredTo;

    @Nullable
    String keptAside;

    @Nullable
    String warnings;

    @Nullable
    String report;

    @Nullable
    String failure;

    @Nullable
    String damages;

    /** For Hibernate. */
    protected CatalogRestore() {}

    /** The row of a restore, made when this is the first that is heard of it. */
    static CatalogRestore of(RestoreId id, BackupId backup, TargetId target, SiteName site, EventId request) {
        CatalogRestore known = findById(id.value());
        if (known != null) {
            return known;
        }
        CatalogRestore fresh = new CatalogRestore();
        fresh.restoreId = id.value();
        fresh.backupId = backup.value();
        fresh.target = target.value();
        fresh.site = site.value();
        fresh.requestId = request.value();
        fresh.persist();
        return fresh;
    }

    /** Works out what follows from the facts. */
    void settle() {
        status = derivedStatus();
        orderedAt = Stream.of(requestedAt, startedAt, completedAt, failedAt, cancelledAt, plannedAt)
                .flatMap(Stream::ofNullable)
                .findFirst()
                .orElse(Instant.EPOCH);
    }

    private RestoreStatus derivedStatus() {
        if (completedAt != null) {
            return RestoreStatus.COMPLETED;
        }
        if (failedAt != null) {
            return RestoreStatus.FAILED;
        }
        if (cancelledAt != null) {
            return RestoreStatus.CANCELLED;
        }
        if (plannedAt != null) {
            return RestoreStatus.PLANNED;
        }
        return startedAt == null ? RestoreStatus.REQUESTED : RestoreStatus.RUNNING;
    }

    Optional<Instant> finishedAt() {
        return Stream.of(completedAt, failedAt, cancelledAt, plannedAt)
                .flatMap(Stream::ofNullable)
                .findFirst();
    }
}
