package io.holdfast.scheduler.catalog;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A piece of log that is missing in a repository, as the log of events tells of it. */
@Entity
@Table(name = "wal_gap", schema = Catalog.SCHEMA)
public class CatalogWalGap extends PanacheEntityBase {

    /** Made of the id of the event that said it. */
    @Id
    UUID gapId = new UUID(0, 0);

    String target = "";
    String repository = "";
    String systemIdentifier = "";
    int timeline;
    long fromLsn;

    /** Absent where another cluster came. */
    @Nullable
    Long toLsn;

    @Nullable
    String reason;

    @Nullable
    String detail;

    @Nullable
    Instant recoverableUntil;

    @Nullable
    Instant detectedAt;

    @Nullable
    Instant healedAt;

    @Nullable
    UUID healedBy;

    /** For Hibernate. */
    protected CatalogWalGap() {}

    /** The row of a gap, made when this is the first that is heard of it. */
    static CatalogWalGap of(UUID id, String target, String repository, String systemIdentifier) {
        CatalogWalGap known = findById(id);
        if (known != null) {
            return known;
        }
        CatalogWalGap fresh = new CatalogWalGap();
        fresh.gapId = id;
        fresh.target = target;
        fresh.repository = repository;
        fresh.systemIdentifier = systemIdentifier;
        fresh.persist();
        return fresh;
    }
}
