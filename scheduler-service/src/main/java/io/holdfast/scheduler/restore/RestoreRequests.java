package io.holdfast.scheduler.restore;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.EventIds;
import io.holdfast.events.RestoreId;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.scheduler.catalog.CatalogReader;
import io.holdfast.scheduler.catalog.Listed;
import io.holdfast.scheduler.catalog.Projection;
import io.holdfast.scheduler.request.BackupRequests;
import io.holdfast.scheduler.request.IdempotencyKey;
import io.holdfast.scheduler.request.KnownTargets;
import io.holdfast.scheduler.request.RequestRefusedException;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import io.holdfast.scheduler.request.SignedRequests;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks for restores, signed and with an expiry. Thread safe. */
@Singleton
public class RestoreRequests {

    /** Bytes; the headers and the signature need room too. */
    private static final int LARGEST = EventCodec.MAX_BYTES - 32 * 1024;

    private final BackupRequests backups;
    private final CatalogReader catalog;
    private final KnownTargets targets;
    private final KnownSites sites;
    private final Projection projection;
    private final Outbox outbox;
    private final SignedRequests signing;
    private final EventCodec codec;
    private final EventIds ids;
    private final Instance instance;
    private final Clock clock;

    RestoreRequests(
            BackupRequests backups,
            CatalogReader catalog,
            KnownTargets targets,
            KnownSites sites,
            Projection projection,
            Outbox outbox,
            SignedRequests signing,
            EventCodec codec,
            EventIds ids,
            Instance instance,
            Clock clock) {
        this.backups = backups;
        this.catalog = catalog;
        this.targets = targets;
        this.sites = sites;
        this.projection = projection;
        this.outbox = outbox;
        this.signing = signing;
        this.codec = codec;
        this.ids = ids;
        this.instance = instance;
        this.clock = clock;
    }

    /**
     * Asks for a restore.
     *
     * @param idempotencyKey the caller's own name for this request; with one that was used before nothing new is asked for
     * @throws RequestRefusedException when the order makes no sense, or the backup cannot be restored
     */
    public Listed.Restore order(RestoreOrder order, @Nullable String idempotencyKey) {
        Listed.Backup backup = backup(order);
        String requestedBy = order.requestedBy() == null ? SignedRequests.REQUESTED_BY : order.requestedBy();
        RestoreRequested data =
                RestorePlan.of(order, backup, catalog.damaged(BackupId.of(backup.backupId())), requestedBy);
        EventId request = IdempotencyKey.toEventId(idempotencyKey, "restore", ids);
        RestoreId restore = RestoreId.of(request);
        Event<RestoreRequested> event = Event.first(request, instance.source(), clock.instant(), data);
        WireEvent signed = sign(event);
        return QuarkusTransaction.requiringNew().call(() -> {
            backups.lock(request);
            Optional<Listed.Restore> known = catalog.restore(restore);
            if (known.isPresent()) {
                return sameRequest(known.get(), data, order.backupId() == null);
            }
            sites.require(data.site());
            outbox.publish(signed);
            projection.apply(event);
            return catalog.restore(restore).orElseThrow();
        });
    }

    /** @param chosen whether the backup was chosen here: by now it may be another one */
    private static Listed.Restore sameRequest(Listed.Restore known, RestoreRequested data, boolean chosen) {
        if (!known.target().equals(data.target().value())
                || !chosen && !known.backupId().equals(data.backupId().toString())
                || !Objects.equals(data.recoveryTarget(), known.recoveryTarget())
                || data.changesNothing() != Boolean.TRUE.equals(known.dryRun())
                || !data.destination().equals(known.destination())) {
            throw new RequestRefusedException(
                    Why.CONFLICT,
                    "this Idempotency-Key was used for another restore",
                    "use a new key for a new request");
        }
        return known;
    }

    /** Asks that a restore stops; too late is not an error. */
    public Listed.Restore cancel(RestoreId id, @Nullable String reason, @Nullable String requestedBy) {
        Listed.Restore restore = require(id);
        signing.cancel(restore.target(), catalog.requestOf(id).orElseThrow(), reason, requestedBy);
        return restore;
    }

    /**
     * The restore of this id.
     *
     * @throws RequestRefusedException when there is none
     */
    public Listed.Restore require(RestoreId id) {
        return catalog.restore(id)
                .orElseThrow(() -> new RequestRefusedException(
                        Why.NOT_FOUND, "there is no such restore", "GET /api/backup/restore names them"));
    }

    private WireEvent sign(Event<?> event) {
        WireEvent encoded = codec.encode(event);
        if (encoded.data().length > LARGEST) {
            throw new RequestRefusedException(
                    Why.INVALID, "the order is larger than " + LARGEST / 1024 + " KiB", "leave some of it out");
        }
        return signing.sign(encoded);
    }

    private Listed.Backup backup(RestoreOrder order) {
        String target = order.target();
        if (order.backupId() != null) {
            Listed.Backup named = backups.require(backupId(order.backupId()));
            if (target != null && !target.equals(named.target())) {
                throw new RequestRefusedException(
                        Why.INVALID,
                        "the backup is of " + named.target() + ", not of " + target,
                        "leave one of them out");
            }
            return named;
        }
        RecoveryTarget moment = OrderedMoment.of(order);
        if (target == null || moment == null) {
            throw new RequestRefusedException(
                    Why.INVALID,
                    "backup_id is missing or not an id",
                    "GET /api/backup/list names them; or give target and a moment: latest, to_time, to_lsn");
        }
        return ChosenBackup.of(target, moment, withLog(target));
    }

    /** Those in the repository that the target's log goes to, which is its first: others lead no further than their own end. */
    private List<Listed.Backup> withLog(String target) {
        List<Listed.Backup> there = targets.all().stream()
                .filter(defined -> defined.target().value().equals(target))
                .findFirst()
                .map(defined -> catalog.restorable(target, defined.repository()))
                .orElse(List.of());
        return there.isEmpty() ? catalog.restorable(target) : there;
    }

    private static BackupId backupId(String text) {
        try {
            return BackupId.of(text);
        } catch (IllegalArgumentException e) {
            throw new RequestRefusedException(
                    Why.INVALID, "backup_id is missing or not an id", "GET /api/backup/list names them");
        }
    }
}
