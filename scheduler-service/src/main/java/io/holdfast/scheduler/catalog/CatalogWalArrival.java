package io.holdfast.scheduler.catalog;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Whether a target's log arrives in a repository. Only the newest of each sort of news is kept. */
@Entity
@Table(name = "wal_arrival", schema = Catalog.SCHEMA)
public class CatalogWalArrival extends PanacheEntityBase {

    @Id
    UUID arrivalId = new UUID(0, 0);

    String target = "";
    String repository = "";

    @Nullable
    Instant interruptedSince;

    @Nullable
    String interruption;

    /** Since when it had stood still, when it last went on. */
    @Nullable
    Instant resumedSince;

    /** For Hibernate. */
    protected CatalogWalArrival() {}

    /** The row of a target's log in a repository, made when this is the first that is heard of it. */
    static CatalogWalArrival of(String target, String repository) {
        UUID id = UUID.nameUUIDFromBytes((target + "/" + repository).getBytes(StandardCharsets.UTF_8));
        CatalogWalArrival known = findById(id);
        if (known != null) {
            return known;
        }
        CatalogWalArrival fresh = new CatalogWalArrival();
        fresh.arrivalId = id;
        fresh.target = target;
        fresh.repository = repository;
        fresh.persist();
        return fresh;
    }

    boolean standsStill() {
        return interruptedSince != null && (resumedSince == null || resumedSince.isBefore(interruptedSince));
    }
}
