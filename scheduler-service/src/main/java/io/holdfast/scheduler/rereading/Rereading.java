package io.holdfast.scheduler.rereading;

import io.holdfast.events.Event;
import io.holdfast.events.EventIds;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.request.VerificationRequested;
import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.scheduler.SchedulerConfig;
import io.holdfast.scheduler.catalog.Projection;
import io.holdfast.scheduler.catalog.StaleReadings;
import io.holdfast.scheduler.request.KnownTargets;
import io.holdfast.scheduler.schedule.EverySecond;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Asks that stored backups are read back again: each within a period, what was read longest ago first, and at once all that
 * shares a place with one that was found damaged, since they share packs. Only a few at a time in each repository, so that
 * new backups need not wait. Any number of instances may work on one database. Thread safe.
 */
@Singleton
public class Rereading {
    /** At a time, in one repository: one is read while the next waits. */
    static final int MOST_AT_ONCE = 2;

    /** A reading that nobody answered for is given up after that, and one that could not be made is tried again. */
    static final Duration AGAIN_AFTER = Duration.ofHours(12);

    private static final Logger LOG = Logger.getLogger(Rereading.class);
    private static final String ASKED_BY = "rereading";
    private static final int SECONDS_BETWEEN = 10;

    private final KnownTargets targets;
    private final StaleReadings stale;
    private final Outbox outbox;
    private final Projection projection;
    private final EventIds ids;
    private final Instance instance;
    private final Clock clock;
    private final Duration within;
    private int seconds;

    Rereading(
            KnownTargets targets,
            StaleReadings stale,
            Outbox outbox,
            Projection projection,
            EventIds ids,
            Instance instance,
            Clock clock,
            SchedulerConfig config) {
        this.targets = targets;
        this.stale = stale;
        this.outbox = outbox;
        this.projection = projection;
        this.ids = ids;
        this.instance = instance;
        this.clock = clock;
        this.within = config.rereadWithin();
    }

    void start(@Observes StartupEvent started, EverySecond everySecond) {
        everySecond.call("asking for backups to be read again", this::everyTenth);
    }

    private void everyTenth() {
        if (seconds++ % SECONDS_BETWEEN == 0) {
            ask();
        }
    }

    /** Asks for as many as may be read now; returns how many these were. */
    public int ask() {
        return targets.all().stream()
                .flatMap(target -> target.allRepositories().stream())
                .distinct()
                .mapToInt(this::askIn)
                .sum();
    }

    int askIn(RepositoryId repository) {
        return QuarkusTransaction.requiringNew().call(() -> {
            Instant now = clock.instant();
            List<StaleReadings.Stale> chosen =
                    stale.lock(repository, now, now.minus(within), now.minus(AGAIN_AFTER), MOST_AT_ONCE);
            for (StaleReadings.Stale each : chosen) {
                Event<VerificationRequested> event = Event.first(
                        ids.next(),
                        instance.source(),
                        now,
                        new VerificationRequested(
                                each.target(),
                                each.backup(),
                                repository,
                                each.manifest(),
                                VerificationLevel.BYTES,
                                ASKED_BY));
                outbox.publish(event);
                projection.apply(event);
                LOG.infof("backup %s of %s is to be read again in %s", each.backup(), each.target(), repository);
            }
            return chosen.size();
        });
    }
}
