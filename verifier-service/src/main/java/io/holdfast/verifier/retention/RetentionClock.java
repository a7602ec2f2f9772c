package io.holdfast.verifier.retention;

import io.holdfast.events.Event;
import io.holdfast.events.EventIds;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.request.RetentionRequested;
import io.holdfast.runtime.database.Persistence;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.jobs.Jobs;
import io.holdfast.verifier.retention.RetentionConfig.Role;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Lets runs begin when they are due. The role has a clock of its own: what is to stay is said in signed definitions, so no
 * request is needed, and nobody has to be there to ask.
 */
@Singleton
public class RetentionClock {

    private static final Logger LOG = Logger.getLogger(RetentionClock.class);

    private final Definitions definitions;
    private final Jobs jobs;
    private final RetentionTable table;
    private final EventIds ids;
    private final Instance instance;
    private final RetentionConfig config;
    private final Clock clock;
    private @Nullable Thread thread;

    RetentionClock(
            Definitions definitions,
            Jobs jobs,
            RetentionTable table,
            EventIds ids,
            Instance instance,
            RetentionConfig config,
            Clock clock) {
        this.definitions = definitions;
        this.jobs = jobs;
        this.table = table;
        this.ids = ids;
        this.instance = instance;
        this.config = config;
        this.clock = clock;
    }

    void start(@Observes StartupEvent started) {
        if (config.role() == Role.ON) {
            thread = Thread.ofVirtual().name("retention-clock").start(this::run);
        }
    }

    void stop(@Observes ShutdownEvent stopped) {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    private void run() {
        try {
            definitions.awaitCaughtUp();
            while (true) {
                try {
                    tick();
                } catch (RuntimeException e) {
                    LOG.warnf("it could not be looked which runs are due, next try in %s: %s", config.polling(), e);
                }
                TimeUnit.NANOSECONDS.sleep(config.polling().toNanos());
            }
        } catch (InterruptedException e) {
            LOG.debug("told to end", e);
        }
    }

    /** Lets those begin that are due now. */
    void tick() {
        for (TargetDefined target : definitions.targets()) {
            for (RepositoryId repository : target.allRepositories()) {
                if (target.retentionIn(repository).isPresent()) {
                    Persistence.inTransaction(() -> submitIfDue(new Scope(target.target(), repository)));
                }
            }
        }
    }

    private boolean submitIfDue(Scope scope) throws SQLException {
        Instant now = clock.instant();
        if (!table.take(scope, now, now.minus(config.every()))) {
            return false;
        }
        RetentionRequested request =
                new RetentionRequested(scope.target(), scope.repository(), false, null, "scheduled", "schedule");
        return jobs.submit(
                RetentionJob.KIND, Event.first(ids.next(), instance.source(), now, request), scope.leaseKey());
    }
}
