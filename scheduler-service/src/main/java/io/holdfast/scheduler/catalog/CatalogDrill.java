package io.holdfast.scheduler.catalog;

import io.holdfast.events.DrillId;
import io.holdfast.events.EventId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A drill as the log tells of it; facts and what follows from them, as with {@link CatalogBackup}. */
@Entity
@Table(name = "drill", schema = Catalog.SCHEMA)
public class CatalogDrill extends PanacheEntityBase {

    @Id
    UUID drillId = new UUID(0, 0);

    String requestId = "";
    String target = "";
    String site = "";

    @Enumerated(EnumType.STRING)
    RestoreStatus status = RestoreStatus.REQUESTED;

    Instant orderedAt = Instant.EPOCH;

    @Nullable
    Instant requestedAt;

    @Nullable
    Instant dueAt;

    @Nullable
    String reason;

    @Nullable
    String requestedBy;

    @Nullable
    Instant startedAt;

    int attempts;

    @Nullable
    Instant completedAt;

    @Nullable
    Instant failedAt;

    @Nullable
    Instant cancelledAt;

    @Nullable
    UUID backupId;

    @Nullable
    Long seed;

    @Nullable
    String moment;

    @Nullable
    String failedFor;

    @Nullable
    String failure;

    @Nullable
    String measures;

    @Nullable
    Double rtoSeconds;

    @Nullable
    Double rpoSeconds;

    @Nullable
    String checks;

    @Nullable
    String report;

    /** For Hibernate. */
    protected CatalogDrill() {}

    /** The row of a drill, made when this is the first that is heard of it. */
    static CatalogDrill of(DrillId id, TargetId target, SiteName site, EventId request) {
        CatalogDrill known = findById(id.value());
        if (known != null) {
            return known;
        }
        CatalogDrill fresh = new CatalogDrill();
        fresh.drillId = id.value();
        fresh.target = target.value();
        fresh.site = site.value();
        fresh.requestId = request.value();
        fresh.persist();
        return fresh;
    }

    /** Works out what follows from the facts. */
    void settle() {
        status = completedAt != null
                ? RestoreStatus.COMPLETED
                : failedAt != null
                        ? RestoreStatus.FAILED
                        : cancelledAt != null
                                ? RestoreStatus.CANCELLED
                                : startedAt == null ? RestoreStatus.REQUESTED : RestoreStatus.RUNNING;
        orderedAt = Stream.of(requestedAt, startedAt, completedAt, failedAt, cancelledAt)
                .flatMap(Stream::ofNullable)
                .findFirst()
                .orElse(Instant.EPOCH);
    }

    @Nullable
    Instant finishedAt() {
        return completedAt != null ? completedAt : failedAt != null ? failedAt : cancelledAt;
    }
}
