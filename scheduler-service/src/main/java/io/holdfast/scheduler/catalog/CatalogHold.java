package io.holdfast.scheduler.catalog;

import io.holdfast.events.BackupId;
import io.holdfast.events.EventId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A hold as the log tells of it. Holds themselves lie in the repositories. */
@Entity
@Table(name = "hold", schema = Catalog.SCHEMA)
public class CatalogHold extends PanacheEntityBase {

    @Id
    UUID holdId = new UUID(0, 0);

    String target = "";
    String repository = "";
    UUID backupId = new UUID(0, 0);
    String name = "";

    @Nullable
    String reason;

    @Nullable
    String heldBy;

    @Nullable
    Instant heldAt;

    @Nullable
    Instant releasedAt;

    @Nullable
    String releasedBy;

    @Nullable
    String asked;

    @Nullable
    Instant askedAt;

    @Nullable
    String answered;

    @Nullable
    Instant answeredAt;

    @Nullable
    String failure;

    /** For Hibernate. */
    protected CatalogHold() {}

    /** What identifies a hold. */
    static UUID idOf(RepositoryId repository, BackupId backup, String name) {
        return EventId.derived("hold", repository.value(), backup.toString(), name)
                .asUuid();
    }

    /** The row of a hold, made when this is the first that is heard of it. */
    static CatalogHold of(TargetId target, RepositoryId repository, BackupId backup, String name) {
        UUID id = idOf(repository, backup, name);
        CatalogHold known = findById(id);
        if (known != null) {
            return known;
        }
        CatalogHold fresh = new CatalogHold();
        fresh.holdId = id;
        fresh.target = target.value();
        fresh.repository = repository.value();
        fresh.backupId = backup.value();
        fresh.name = name;
        fresh.persist();
        return fresh;
    }

    /** Notes an answer, unless a newer one is known; says whether this is the newest. */
    boolean answer(EventId request, Instant at) {
        if (answeredAt != null && at.isBefore(answeredAt)) {
            return false;
        }
        answered = request.value();
        answeredAt = at;
        failure = null;
        return true;
    }

    /** Whether it keeps its backup, as far as was said. */
    boolean isHeld() {
        return heldAt != null && (releasedAt == null || releasedAt.isBefore(heldAt));
    }

    /** Whether something was asked that nobody has answered yet. */
    boolean isAsked() {
        return asked != null
                && !asked.equals(answered)
                && (answeredAt == null || askedAt == null || !askedAt.isBefore(answeredAt));
    }
}
