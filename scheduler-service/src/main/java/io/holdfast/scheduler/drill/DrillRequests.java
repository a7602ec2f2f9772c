package io.holdfast.scheduler.drill;

import io.holdfast.events.BackupId;
import io.holdfast.events.DrillId;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.EventIds;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.request.DrillPick;
import io.holdfast.events.request.DrillRequested;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.scheduler.catalog.DrillReader;
import io.holdfast.scheduler.catalog.ListedDrill;
import io.holdfast.scheduler.catalog.Projection;
import io.holdfast.scheduler.request.BackupRequests;
import io.holdfast.scheduler.request.IdempotencyKey;
import io.holdfast.scheduler.request.KnownTargets;
import io.holdfast.scheduler.request.RequestRefusedException;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import io.holdfast.scheduler.request.SignedRequests;
import io.holdfast.scheduler.schedule.DrillPlan;
import io.holdfast.scheduler.schedule.DrillPlans;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks for drills, signed and with an expiry. Thread safe. */
@Singleton
public class DrillRequests {

    private static final String SCHEDULE = "schedule";

    private final BackupRequests backups;
    private final KnownTargets targets;
    private final DrillPlans plans;
    private final DrillReader catalog;
    private final Projection projection;
    private final Outbox outbox;
    private final SignedRequests signing;
    private final EventCodec codec;
    private final EventIds ids;
    private final Instance instance;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    DrillRequests(
            BackupRequests backups,
            KnownTargets targets,
            DrillPlans plans,
            DrillReader catalog,
            Projection projection,
            Outbox outbox,
            SignedRequests signing,
            EventCodec codec,
            EventIds ids,
            Instance instance,
            Clock clock) {
        this.backups = backups;
        this.targets = targets;
        this.plans = plans;
        this.catalog = catalog;
        this.projection = projection;
        this.outbox = outbox;
        this.signing = signing;
        this.codec = codec;
        this.ids = ids;
        this.instance = instance;
        this.clock = clock;
    }

    /**
     * Asks for a drill.
     *
     * @param idempotencyKey the caller's own name for this request; with one that was used before nothing new is asked for
     */
    public ListedDrill order(DrillOrder order, @Nullable String idempotencyKey) {
        if (order.target() == null) {
            throw invalid("target is missing", "send { \"target\": \"orders\" }");
        }
        TargetDefined defined = targets.require(order.target());
        TargetId target = defined.target();
        if (!plans.areKnown()) {
            // Without the checks that are configured a drill would pass though nothing of them was looked at.
            throw new RequestRefusedException(
                    Why.UNAVAILABLE,
                    "the configuration is not in effect, so what drills have to look at is not known",
                    "try again in a moment; GET /api/backup/health says what is wrong with it");
        }
        DrillPlan plan = plans.of(target).orElseGet(() -> DrillPlan.usual(target, defined.repository()));
        DrillRequested data = new DrillRequested(
                target,
                plan.repository(),
                order.site() == null ? plan.site() : read("site", order.site(), SiteName::new),
                order.backupId() == null ? null : read("backup_id", order.backupId(), BackupId::of),
                moment(order),
                order.pick() == null ? DrillPick.NEWEST : read("pick", order.pick(), DrillPick::of),
                order.seed() == null ? seed() : order.seed(),
                plan.checks(),
                order.acceptUnencrypted(),
                order.reason(),
                order.requestedBy() == null ? SignedRequests.REQUESTED_BY : order.requestedBy(),
                null);
        EventId request = IdempotencyKey.toEventId(idempotencyKey, "drill", ids);
        return QuarkusTransaction.requiringNew().call(() -> {
            backups.lock(request);
            Optional<ListedDrill> known = catalog.drill(DrillId.of(request));
            if (known.isPresent()) {
                if (!known.get().target().equals(target.value())) {
                    throw new RequestRefusedException(
                            Why.CONFLICT,
                            "this Idempotency-Key was used for another drill",
                            "use a new key for a new request");
                }
                return known.get();
            }
            say(request, data);
            return catalog.drill(DrillId.of(request)).orElseThrow();
        });
    }

    /** Asks for a drill that is due; in the caller's transaction. */
    void scheduled(DrillPlan plan, @Nullable String backup, String reason, @Nullable Instant dueAt) {
        say(
                ids.next(),
                new DrillRequested(
                        plan.target(),
                        plan.repository(),
                        plan.site(),
                        backup == null ? null : BackupId.of(backup),
                        null,
                        DrillPick.RANDOM,
                        seed(),
                        plan.checks(),
                        null,
                        reason,
                        SCHEDULE,
                        dueAt));
    }

    /** Asks that a drill stops; too late is not an error. */
    public ListedDrill cancel(DrillId id, @Nullable String reason, @Nullable String requestedBy) {
        ListedDrill drill = require(id);
        signing.cancel(drill.target(), catalog.requestOf(id).orElseThrow(), reason, requestedBy);
        return drill;
    }

    /**
     * The drill of this id.
     *
     * @throws RequestRefusedException when there is none
     */
    public ListedDrill require(DrillId id) {
        return catalog.drill(id)
                .orElseThrow(() -> new RequestRefusedException(
                        Why.NOT_FOUND, "there is no such drill", "GET /api/backup/test/restore names them"));
    }

    private void say(EventId request, DrillRequested data) {
        Event<DrillRequested> event = Event.first(request, instance.source(), clock.instant(), data);
        outbox.publish(signing.sign(codec.encode(event)));
        projection.apply(event);
    }

    /** The names of all targets, in order. */
    public List<String> targets() {
        return targets.all().stream()
                .map(defined -> defined.target().value())
                .sorted()
                .toList();
    }

    private static @Nullable RecoveryTarget moment(DrillOrder order) {
        long said = java.util.stream.Stream.of(
                        Boolean.TRUE.equals(order.latest()) ? "" : null, order.toTime(), order.toLsn())
                .filter(java.util.Objects::nonNull)
                .count();
        if (said > 1) {
            throw invalid("more than one moment is named", "give one of latest, to_time and to_lsn");
        }
        if (order.toTime() != null) {
            return new RecoveryTarget.Time(read("to_time", order.toTime(), RecoveryTarget.Time::parse), null, null);
        }
        if (order.toLsn() != null) {
            return read("to_lsn", order.toLsn(), lsn -> new RecoveryTarget.Position(lsn, null, null));
        }
        return Boolean.TRUE.equals(order.latest()) ? new RecoveryTarget.Latest(null) : null;
    }

    private long seed() {
        // JSON of others may hold no more than 53 bits.
        return random.nextLong(1L << 53);
    }

    private static <T> T read(String field, String text, Function<String, T> reader) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw invalid(field + ": " + e.getMessage(), "see GET /q/openapi");
        }
    }

    private static RequestRefusedException invalid(String what, String hint) {
        return new RequestRefusedException(Why.INVALID, what, hint);
    }
}
