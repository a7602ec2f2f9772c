package io.holdfast.scheduler.catalog;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Where a timeline of a cluster left the one before it, as the log of events tells of it. */
@Entity
@Table(name = "wal_fork", schema = Catalog.SCHEMA)
public class CatalogWalFork extends PanacheEntityBase {

    /** Made of what it is about. */
    @Id
    UUID forkId = new UUID(0, 0);

    String target = "";
    String repository = "";
    String systemIdentifier = "";
    int timeline;
    int parent;
    long lsn;

    /** For Hibernate. */
    protected CatalogWalFork() {}

    /** The row of a timeline, made when this is the first that is heard of it. */
    static CatalogWalFork of(String target, String repository, String systemIdentifier, int timeline) {
        UUID id = UUID.nameUUIDFromBytes(
                String.join("/", target, repository, systemIdentifier, Integer.toUnsignedString(timeline))
                        .getBytes(StandardCharsets.UTF_8));
        CatalogWalFork known = findById(id);
        if (known != null) {
            return known;
        }
        CatalogWalFork fresh = new CatalogWalFork();
        fresh.forkId = id;
        fresh.target = target;
        fresh.repository = repository;
        fresh.systemIdentifier = systemIdentifier;
        fresh.timeline = timeline;
        fresh.persist();
        return fresh;
    }
}
