package io.holdfast.scheduler.catalog;

import io.holdfast.events.EventId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import io.quarkus.panache.common.Sort;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A run of the retention role as the log tells of it; facts and what follows from them, as with {@link CatalogBackup}. */
@Entity
@Table(name = "retention_run", schema = Catalog.SCHEMA)
public class CatalogRetention extends PanacheEntityBase {

    /** So many are remembered of a target in a repository: each may be long, and every day there is one. */
    private static final int REMEMBERED = 20;

    @Id
    UUID runId = new UUID(0, 0);

    String requestId = "";
    String target = "";
    String repository = "";
    boolean dryRun;

    @Enumerated(EnumType.STRING)
    RestoreStatus status = RestoreStatus.REQUESTED;

    Instant orderedAt = Instant.EPOCH;

    @Nullable
    Instant requestedAt;

    @Nullable
    String reason;

    @Nullable
    String requestedBy;

    @Nullable
    Instant completedAt;

    @Nullable
    String result;

    @Nullable
    Instant failedAt;

    @Nullable
    String failure;

    @Nullable
    Instant cancelledAt;

    @Nullable
    String cancelledBy;

    /** For Hibernate. */
    protected CatalogRetention() {}

    /** The row of a run, made when this is the first that is heard of it. */
    static CatalogRetention of(EventId request, TargetId target, RepositoryId repository, boolean dryRun) {
        CatalogRetention known = findById(request.asUuid());
        if (known != null) {
            return known;
        }
        CatalogRetention fresh = new CatalogRetention();
        fresh.runId = request.asUuid();
        fresh.requestId = request.value();
        fresh.target = target.value();
        fresh.repository = repository.value();
        fresh.dryRun = dryRun;
        fresh.persist();
        return fresh;
    }

    /** Works out what follows from the facts, and forgets runs that are too old to matter. */
    void settle() {
        status = completedAt != null
                ? dryRun ? RestoreStatus.PLANNED : RestoreStatus.COMPLETED
                : failedAt != null
                        ? RestoreStatus.FAILED
                        : cancelledAt != null ? RestoreStatus.CANCELLED : RestoreStatus.REQUESTED;
        orderedAt = Stream.of(completedAt, failedAt, cancelledAt, requestedAt)
                .flatMap(Stream::ofNullable)
                .findFirst()
                .orElse(Instant.EPOCH);
        if (status.settled()) {
            CatalogRetention.<CatalogRetention>find(
                            "target = ?1 and repository = ?2",
                            Sort.by("orderedAt").descending().and("runId"),
                            target,
                            repository)
                    .page(1, REMEMBERED)
                    .list()
                    .forEach(PanacheEntityBase::delete);
        }
    }
}
