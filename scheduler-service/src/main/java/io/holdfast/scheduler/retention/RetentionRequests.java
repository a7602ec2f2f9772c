package io.holdfast.scheduler.retention;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.EventIds;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.request.HoldRequested;
import io.holdfast.events.request.RetentionRequest;
import io.holdfast.events.request.RetentionRequested;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.scheduler.catalog.CatalogReader;
import io.holdfast.scheduler.catalog.Listed;
import io.holdfast.scheduler.catalog.ListedRetention;
import io.holdfast.scheduler.catalog.Projection;
import io.holdfast.scheduler.catalog.RetentionReader;
import io.holdfast.scheduler.request.KnownTargets;
import io.holdfast.scheduler.request.RequestRefusedException;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import io.holdfast.scheduler.request.SignedRequests;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Asks the retention role for runs and holds, signed and with an expiry. Thread safe. */
@Singleton
public class RetentionRequests {

    /** A request is at most 64 KiB long. */
    private static final int MOST_APPROVED = 1000;

    private final KnownTargets targets;
    private final CatalogReader backups;
    private final RetentionReader catalog;
    private final Projection projection;
    private final Outbox outbox;
    private final SignedRequests signing;
    private final EventCodec codec;
    private final EventIds ids;
    private final Instance instance;
    private final Clock clock;

    RetentionRequests(
            KnownTargets targets,
            CatalogReader backups,
            RetentionReader catalog,
            Projection projection,
            Outbox outbox,
            SignedRequests signing,
            EventCodec codec,
            EventIds ids,
            Instance instance,
            Clock clock) {
        this.targets = targets;
        this.backups = backups;
        this.catalog = catalog;
        this.projection = projection;
        this.outbox = outbox;
        this.signing = signing;
        this.codec = codec;
        this.ids = ids;
        this.instance = instance;
        this.clock = clock;
    }

    /** Asks for a run in each repository that is meant. */
    public List<ListedRetention.Run> order(RetentionOrder order) {
        if (order.target() == null) {
            throw invalid("target is missing", "send { \"target\": \"orders\" }");
        }
        TargetDefined target = targets.require(order.target());
        List<RepositoryId> repositories = order.repository() == null
                ? target.allRepositories()
                : List.of(KnownTargets.requireRepository(target, order.repository()));
        List<BackupId> approved = approved(order);
        return repositories.stream()
                .map(repository -> new RetentionRequested(
                        target.target(),
                        repository,
                        Boolean.TRUE.equals(order.dryRun()),
                        approved.isEmpty() ? null : approved,
                        order.reason(),
                        by(order.requestedBy())))
                .map(request -> require(say(request).asUuid()))
                .toList();
    }

    private static List<BackupId> approved(RetentionOrder order) {
        List<String> named = Objects.requireNonNullElse(order.approved(), List.of());
        if (named.size() > MOST_APPROVED) {
            throw invalid("approved names more than " + MOST_APPROVED + " backups", "agree to some of them at a time");
        }
        try {
            return named.stream().map(BackupId::of).toList();
        } catch (IllegalArgumentException | NullPointerException e) {
            throw invalid("one of approved is not the id of a backup", "GET /api/backup/retention names them");
        }
    }

    /**
     * The run of this id.
     *
     * @throws RequestRefusedException when there is none
     */
    public ListedRetention.Run require(UUID id) {
        return catalog.run(id)
                .orElseThrow(() -> new RequestRefusedException(
                        Why.NOT_FOUND,
                        "there is no such run, or it is too long ago",
                        "GET /api/backup/retention names the newest of each target"));
    }

    /** How each target, or one, stands in each of its repositories. */
    public List<ListedRetention.Standing> standings(@Nullable String target) {
        List<TargetDefined> wanted = target == null ? targets.all() : List.of(targets.require(target));
        return wanted.stream()
                .flatMap(defined -> defined.allRepositories().stream()
                        .map(repository -> catalog.standing(
                                defined.target().value(),
                                repository,
                                defined.retentionIn(repository).orElse(null))))
                .toList();
    }

    /** Asks that a backup is held, or that a hold is released. */
    public ListedRetention.Hold hold(HoldOrder order, boolean release) {
        if (order.backupId() == null) {
            throw invalid("backup_id is missing", "GET /api/backup/list names them");
        }
        if (!release && (order.reason() == null || order.reason().isBlank())) {
            throw invalid("reason is missing", "say why the backup has to stay: who releases it will want to know");
        }
        Listed.Backup backup = backup(order.backupId());
        String repository = backup.repository();
        if (repository == null || (!release && backup.manifest() == null)) {
            throw new RequestRefusedException(
                    Why.CONFLICT,
                    "the backup is " + backup.status().wireName() + ", there is nothing to hold",
                    "choose one that is completed or verified");
        }
        HoldRequested request = request(order, backup, new RepositoryId(repository), release);
        say(request);
        return require(request.repository(), request.backupId(), request.hold());
    }

    private static HoldRequested request(
            HoldOrder order, Listed.Backup backup, RepositoryId repository, boolean release) {
        try {
            return new HoldRequested(
                    new TargetId(backup.target()),
                    repository,
                    BackupId.of(backup.backupId()),
                    Objects.requireNonNullElse(order.name(), HoldOrder.USUAL),
                    release,
                    order.reason(),
                    by(order.requestedBy()));
        } catch (IllegalArgumentException e) {
            throw invalid("name: " + e.getMessage(), "leave it out for `" + HoldOrder.USUAL + "`");
        }
    }

    /**
     * The hold of this name.
     *
     * @throws RequestRefusedException when there is none
     */
    public ListedRetention.Hold require(String backupId, String name) {
        Listed.Backup backup = backup(backupId);
        return require(
                new RepositoryId(Objects.requireNonNullElse(backup.repository(), "none")),
                BackupId.of(backup.backupId()),
                name);
    }

    private ListedRetention.Hold require(RepositoryId repository, BackupId backup, String name) {
        return catalog.hold(repository, backup, name)
                .orElseThrow(() -> new RequestRefusedException(
                        Why.NOT_FOUND, "there is no such hold", "GET /api/backup/hold names them"));
    }

    private Listed.Backup backup(String id) {
        RequestRefusedException none = new RequestRefusedException(
                Why.NOT_FOUND, "there is no such backup", "GET /api/backup/list names them");
        try {
            return backups.backup(BackupId.of(id)).orElseThrow(() -> none);
        } catch (IllegalArgumentException e) {
            throw none;
        }
    }

    private EventId say(RetentionRequest request) {
        Event<RetentionRequest> event = Event.first(ids.next(), instance.source(), clock.instant(), request);
        QuarkusTransaction.requiringNew().run(() -> {
            outbox.publish(signing.sign(codec.encode(event)));
            projection.apply(event);
        });
        return event.id();
    }

    private static String by(@Nullable String requestedBy) {
        return requestedBy == null ? SignedRequests.REQUESTED_BY : requestedBy;
    }

    private static RequestRefusedException invalid(String what, String hint) {
        return new RequestRefusedException(Why.INVALID, what, hint);
    }
}
