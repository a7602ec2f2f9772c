package io.holdfast.scheduler.request;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.EventIds;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.request.RequestData;
import io.holdfast.events.request.VerificationRequested;
import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.scheduler.catalog.CatalogReader;
import io.holdfast.scheduler.catalog.Listed;
import io.holdfast.scheduler.catalog.Projection;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Asks for backups. What was asked for is in the catalog when the answer is given, and on its way to Kafka. Thread safe.
 */
@Singleton
public class BackupRequests {

    private static final String REQUESTED_BY = "api";

    private final DataSource database;
    private final Outbox outbox;
    private final Projection projection;
    private final CatalogReader catalog;
    private final KnownTargets targets;
    private final EventIds ids;
    private final Instance instance;
    private final Clock clock;

    BackupRequests(
            DataSource database,
            Outbox outbox,
            Projection projection,
            CatalogReader catalog,
            KnownTargets targets,
            EventIds ids,
            Instance instance,
            Clock clock) {
        this.database = database;
        this.outbox = outbox;
        this.projection = projection;
        this.catalog = catalog;
        this.targets = targets;
        this.ids = ids;
        this.instance = instance;
        this.clock = clock;
    }

    /**
     * A backup that is wanted.
     *
     * @param repository  one of the target's repositories; absent: the first of them
     * @param requestedBy who asks, for people; absent: the API
     */
    public record Wanted(
            String target,
            BackupKind kind,
            @Nullable String repository,
            @Nullable String reason,
            @Nullable String requestedBy) {

        private Wanted in(RepositoryId other) {
            return new Wanted(target, kind, other.value(), reason, requestedBy);
        }
    }

    /**
     * Asks for a backup.
     *
     * @param key the caller's own name for this request; with one that was used before nothing new is asked for
     * @throws RequestRefusedException when there is no such target, it does not go to the repository, or the key was used
     *     for something else
     */
    public Listed.Backup create(Wanted wanted, @Nullable String key) {
        return create(wanted, IdempotencyKey.toEventId(key, "backup", ids));
    }

    /** Asks for a backup in each of the target's repositories, in their order; whatever repository was named. */
    public List<Listed.Backup> createInEach(Wanted wanted, @Nullable String key) {
        return targets.require(wanted.target()).allRepositories().stream()
                .map(repository ->
                        create(wanted.in(repository), IdempotencyKey.toEventId(key, "backup in " + repository, ids)))
                .toList();
    }

    private Listed.Backup create(Wanted wanted, EventId request) {
        TargetDefined target = targets.require(wanted.target());
        RepositoryId repository =
                wanted.repository() == null ? null : KnownTargets.requireRepository(target, wanted.repository());
        return QuarkusTransaction.requiringNew().call(() -> {
            lock(request);
            BackupId backup = BackupId.of(request);
            Optional<Listed.Backup> known = catalog.backup(backup);
            if (known.isPresent()) {
                return sameRequest(known.get(), wanted);
            }
            Event<BackupRequested> event = Event.first(
                    request,
                    instance.source(),
                    clock.instant(),
                    new BackupRequested(
                            target.target(),
                            wanted.kind(),
                            wanted.reason(),
                            wanted.requestedBy() == null ? REQUESTED_BY : wanted.requestedBy(),
                            null,
                            repository));
            outbox.publish(event);
            projection.apply(event);
            return catalog.backup(backup).orElseThrow();
        });
    }

    private static Listed.Backup sameRequest(Listed.Backup known, Wanted wanted) {
        if (!known.target().equals(wanted.target())
                || !wanted.kind().wireName().equals(known.kind())
                || wanted.repository() != null && !wanted.repository().equals(known.repository())) {
            throw new RequestRefusedException(
                    Why.CONFLICT,
                    "this Idempotency-Key was used for another backup",
                    "use a new key for a new request");
        }
        return known;
    }

    /** Asks that the work for a backup stops; too late is not an error. */
    public Listed.Backup cancel(BackupId id, @Nullable String reason, @Nullable String requestedBy) {
        Listed.Backup backup = require(id);
        EventId request = catalog.requestOf(id).orElseThrow();
        publish(new CancellationRequested(
                new TargetId(backup.target()), request, reason, requestedBy == null ? REQUESTED_BY : requestedBy));
        return backup;
    }

    /** Asks that a backup is read back now, up to a level or as the verifier is configured. */
    public Listed.Backup verify(BackupId id, @Nullable VerificationLevel level, @Nullable String requestedBy) {
        Listed.Backup backup = require(id);
        String repository = backup.repository();
        String manifest = backup.manifest();
        if (repository == null || manifest == null) {
            throw new RequestRefusedException(
                    Why.CONFLICT,
                    "the backup is " + backup.status().wireName() + ", there is nothing to verify",
                    "wait until it is completed, or choose another one");
        }
        publish(new VerificationRequested(
                new TargetId(backup.target()),
                id,
                new RepositoryId(repository),
                manifest,
                level,
                requestedBy == null ? REQUESTED_BY : requestedBy));
        return backup;
    }

    /**
     * The backup of this id.
     *
     * @throws RequestRefusedException when there is none
     */
    public Listed.Backup require(BackupId id) {
        return catalog.backup(id)
                .orElseThrow(() -> new RequestRefusedException(
                        Why.NOT_FOUND, "there is no such backup", "GET /api/backup/list names them"));
    }

    private void publish(RequestData data) {
        QuarkusTransaction.requiringNew()
                .run(() -> outbox.publish(Event.first(ids.next(), instance.source(), clock.instant(), data)));
    }

    /** Lets two requests of one id wait for each other, until the transaction ends. */
    public void lock(EventId request) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement lock = connection.prepareStatement(
                        "select pg_advisory_xact_lock(hashtextextended('holdfast/request/' || ?, 0))")) {
            lock.setString(1, request.value());
            lock.execute();
        }
    }
}
