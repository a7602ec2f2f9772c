package io.holdfast.scheduler.catalog;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** An unbroken piece of log that is durable in a repository, as the log of events tells of it. */
@Entity
@Table(name = "wal_range", schema = Catalog.SCHEMA)
public class CatalogWalRange extends PanacheEntityBase {

    /** Made of the event that began it; says nothing. */
    @Id
    UUID rangeId = new UUID(0, 0);

    String target = "";
    String repository = "";
    String systemIdentifier = "";
    int timeline;
    long fromLsn;
    long toLsn;

    /** What was committed until then lies before {@code toLsn}. */
    Instant archivedUntil = Instant.EPOCH;

    /** For Hibernate. */
    protected CatalogWalRange() {}

    /** A piece of its own, not stored yet. */
    static CatalogWalRange of(UUID id, String target, String repository, String systemIdentifier, int timeline) {
        CatalogWalRange fresh = new CatalogWalRange();
        fresh.rangeId = id;
        fresh.target = target;
        fresh.repository = repository;
        fresh.systemIdentifier = systemIdentifier;
        fresh.timeline = timeline;
        return fresh;
    }

    /** Whether nothing lies between the two. */
    boolean touches(long from, long to) {
        return fromLsn <= to && from <= toLsn;
    }

    /** Becomes one with a piece that it touches. */
    void join(long from, long to, Instant until) {
        if (to > toLsn || to == toLsn && until.isAfter(archivedUntil)) {
            archivedUntil = until;
        }
        fromLsn = Math.min(fromLsn, from);
        toLsn = Math.max(toLsn, to);
    }
}
