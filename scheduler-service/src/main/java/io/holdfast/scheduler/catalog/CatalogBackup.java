package io.holdfast.scheduler.catalog;

import io.holdfast.events.BackupId;
import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
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

/**
 * A backup as the log tells of it. The columns are facts, each said by one event; the status follows from them alone,
 * so that the order in which events came does not show.
 */
@Entity
@Table(name = "backup", schema = Catalog.SCHEMA)
public class CatalogBackup extends PanacheEntityBase {

    @Id
    UUID backupId = new UUID(0, 0);

    String requestId = "";
    String target = "";

    @Nullable
    String kind;

    @Enumerated(EnumType.STRING)
    BackupStatus status = BackupStatus.REQUESTED;

    Instant orderedAt = Instant.EPOCH;

    @Nullable
    String reason;

    @Nullable
    String requestedBy;

    @Nullable
    Instant requestedAt;

    @Nullable
    Instant dueAt;

    @Nullable
    Instant missedAt;

    @Nullable
    UUID caughtUpBy;

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
    String cancelledBy;

    @Nullable
    String repository;

    /** Where the request wants it to go; the work says where it goes. */
    @Nullable
    String askedRepository;

    @Nullable
    String manifest;

    @Nullable
    Long bytes;

    @Nullable
    Long storedBytes;

    @Nullable
    Integer timeline;

    @Nullable
    String startLsn;

    @Nullable
    String stopLsn;

    @Nullable
    String systemIdentifier;

    @Nullable
    String serverVersion;

    @Nullable
    String databases;

    @Nullable
    String exceptions;

    @Nullable
    Boolean encrypted;

    @Nullable
    String failure;

    @Nullable
    Instant checkedAt;

    @Nullable
    Instant verificationStartedAt;

    @Nullable
    String verificationLevel;

    @Nullable
    Long verificationBytesRead;

    @Nullable
    Long verificationObjects;

    @Nullable
    String verificationFailure;

    @Nullable
    String verificationDamages;

    @Nullable
    Long verificationDamaged;

    @Nullable
    String verdicts;

    @Nullable
    Instant readingAskedAt;

    @Nullable
    Instant expiredAt;

    @Nullable
    String expiredBecause;

    @Nullable
    Instant keptAt;

    @Nullable
    Instant deletedAt;

    /** For Hibernate. */
    protected CatalogBackup() {}

    /** The row of a backup, made when this is the first that is heard of it. */
    static CatalogBackup of(BackupId id, TargetId target, EventId request) {
        CatalogBackup known = findById(id.value());
        if (known != null) {
            return known;
        }
        CatalogBackup fresh = new CatalogBackup();
        fresh.backupId = id.value();
        fresh.target = target.value();
        fresh.requestId = request.value();
        fresh.persist();
        return fresh;
    }

    /**
     * The row of a backup of which the work itself tells. A request may have used its id for another target, and have been
     * read first: partitions are in no order. Nothing that it said is of this backup.
     */
    static CatalogBackup ofWork(BackupId id, TargetId target, EventId request) {
        CatalogBackup backup = of(id, target, request);
        if (!backup.target.equals(target.value())) {
            backup.target = target.value();
            backup.requestId = request.value();
            backup.kind = null;
            backup.requestedAt = null;
            backup.dueAt = null;
            backup.askedRepository = null;
            backup.reason = null;
            backup.requestedBy = null;
        }
        return backup;
    }

    /** Works out what follows from the facts. */
    void settle() {
        status = derivedStatus();
        orderedAt = Stream.of(requestedAt, missedAt, startedAt, completedAt, failedAt, cancelledAt, checkedAt)
                .flatMap(Stream::ofNullable)
                .findFirst()
                .orElse(Instant.EPOCH);
    }

    private BackupStatus derivedStatus() {
        if (deletedAt != null) {
            return BackupStatus.DELETED;
        }
        if (expiredAt != null && (keptAt == null || keptAt.isBefore(expiredAt))) {
            return BackupStatus.EXPIRED;
        }
        if (completedAt != null) {
            if (damaged()) {
                return BackupStatus.FAILED;
            }
            return verificationLevel == null ? BackupStatus.COMPLETED : BackupStatus.VERIFIED;
        }
        if (failedAt != null) {
            return BackupStatus.FAILED;
        }
        if (cancelledAt != null) {
            return BackupStatus.CANCELLED;
        }
        if (missedAt != null) {
            return BackupStatus.MISSED;
        }
        return startedAt == null ? BackupStatus.REQUESTED : BackupStatus.RUNNING;
    }

    /** Whether a verification found damage, and none that looked as deep took it back since. */
    boolean damaged() {
        return damage().isPresent();
    }

    /** What is damaged, as the verification said that found it. */
    Optional<Failure> damage() {
        return Verdicts.of(verdicts).standing();
    }

    /** Whether there is something in the repository to restore from. */
    boolean exists() {
        return completedAt != null && !isGone();
    }

    /** Whether nobody should count on it any more. */
    boolean isGone() {
        return status == BackupStatus.EXPIRED || status == BackupStatus.DELETED;
    }

    Optional<Instant> finishedAt() {
        return Stream.of(completedAt, failedAt, cancelledAt)
                .flatMap(Stream::ofNullable)
                .findFirst();
    }
}
