package io.holdfast.backup.stream;

import io.holdfast.events.Event;
import io.holdfast.events.EventIds;
import io.holdfast.events.TargetId;
import io.holdfast.runtime.database.Persistence;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Sees to it that each target that is to be streamed has one stream among all workers: takes those that nobody holds, gives
 * up those that another one holds or nobody wants, and says what they have to tell. One thread does all of it; where the
 * database is away, streams go on, and are told of later.
 */
final class WalStreams {
    private static final Logger LOG = Logger.getLogger(WalStreams.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    /** Taken at once, so that several workers that start at the same time share them. */
    private static final int TAKEN_AT_ONCE = 4;

    private final Definitions definitions;
    private final StreamTable table;
    private final Outbox outbox;
    private final StreamSurroundings surroundings;
    private final Clock clock;
    private final Instance instance;
    private final EventIds ids;
    private final Farewells farewells;
    private final Map<TargetId, HeldStream> held = new HashMap<>();
    private volatile List<ClusterStream> running = List.of();
    private volatile Runnable afterTick = () -> {};
    private volatile boolean ending;
    private boolean databaseAway;

    WalStreams(
            Definitions definitions,
            StreamTable table,
            Outbox outbox,
            StreamSurroundings surroundings,
            Clock clock,
            Instance instance,
            EventIds ids) {
        this.definitions = definitions;
        this.table = table;
        this.outbox = outbox;
        this.surroundings = surroundings;
        this.clock = clock;
        this.instance = instance;
        this.ids = ids;
        this.farewells = new Farewells(definitions, table, surroundings);
    }

    /** The streams of this worker; from any thread. */
    Collection<ClusterStream> running() {
        return running;
    }

    /** Has something short done about every second, after the streams were looked after. */
    void onTick(Runnable action) {
        afterTick = action;
    }

    /** Works until {@link #stop}. */
    void run() {
        try {
            definitions.awaitCaughtUp();
            while (!ending) {
                tick();
                TimeUnit.NANOSECONDS.sleep(TICK.toNanos());
            }
        } catch (InterruptedException e) {
            LOG.debug("streams are looked after no longer", e);
        }
        // The database is needed once more.
        Thread.interrupted();
        end();
    }

    /** Makes {@link #run} end its streams and return. */
    void stop(Thread runner) {
        ending = true;
        runner.interrupt();
    }

    private void tick() {
        try {
            Set<TargetId> ours = Persistence.inTransaction(table::renew);
            Map<TargetId, StreamedTarget> wanted = wanted();
            giveUp(ours, wanted);
            tell();
            take(wanted);
            farewells.look(held.keySet());
            databaseAway = false;
        } catch (RuntimeException e) {
            if (!databaseAway) {
                LOG.warnf("streams go on without their database: %s", e);
            }
            databaseAway = true;
        }
        running = held.values().stream().map(HeldStream::stream).toList();
        // Also while a server or repository hangs, and says nothing by itself.
        running.forEach(stream -> surroundings.observer().observed(stream.streamed(), stream.state()));
        afterTick.run();
    }

    private Map<TargetId, StreamedTarget> wanted() {
        Map<TargetId, StreamedTarget> wanted = new HashMap<>();
        definitions.targets().stream()
                .filter(target -> target.streamsWal())
                .forEach(target -> definitions
                        .repository(target.repository())
                        .ifPresent(repository -> wanted.put(target.target(), new StreamedTarget(target, repository))));
        return wanted;
    }

    private void giveUp(Set<TargetId> ours, Map<TargetId, StreamedTarget> wanted) {
        for (Iterator<HeldStream> each = held.values().iterator(); each.hasNext(); ) {
            HeldStream one = each.next();
            ClusterStream stream = one.stream();
            TargetId target = stream.streamed().id();
            StreamedTarget now = wanted.get(target);
            if (!ours.contains(target)) {
                LOG.infof("the stream of %s belongs to another worker now", target);
                stream.stop();
                each.remove();
            } else if (now == null || !stream.streamed().isLike(now)) {
                stream.stop();
                releaseWhenEnded(one, each);
            } else if (stream.hasEnded()) {
                releaseWhenEnded(one, each);
            }
        }
    }

    private void releaseWhenEnded(HeldStream one, Iterator<HeldStream> each) {
        if (!one.stream().hasEnded()) {
            return;
        }
        TargetId target = one.stream().streamed().id();
        report(one);
        Persistence.inTransaction(() -> {
            table.release(target);
            return target;
        });
        each.remove();
    }

    private void tell() {
        held.values().forEach(this::report);
    }

    private void report(HeldStream one) {
        Optional<HeldStream.Report> due = one.due(surroundings.config().tellEvery());
        if (due.isEmpty()) {
            return;
        }
        HeldStream.Report report = due.get();
        TargetId target = one.stream().streamed().id();
        boolean ours = Persistence.inTransaction(() -> write(target, report));
        if (ours) {
            one.done(report);
        }
    }

    private boolean write(TargetId target, HeldStream.Report report) throws SQLException {
        if (!table.note(target, report.row())) {
            return false;
        }
        for (StreamState.News news : report.news()) {
            outbox.publish(Event.first(news.id(), instance.source(), clock.instant(), news.event()));
        }
        return true;
    }

    private void take(Map<TargetId, StreamedTarget> wanted) {
        int taken = 0;
        for (StreamedTarget target : wanted.values()) {
            if (held.containsKey(target.id())) {
                continue;
            }
            if (taken == TAKEN_AT_ONCE || held.size() >= surroundings.config().limit()) {
                return;
            }
            Optional<StreamTable.Row> row = Persistence.inTransaction(() -> {
                Optional<StreamTable.Row> acquired =
                        table.acquire(target.id(), surroundings.config().lease());
                if (acquired.isPresent()) {
                    table.remember(target.id(), SlotFarewell.written(target.target()));
                }
                return acquired;
            });
            if (row.isPresent()) {
                held.put(target.id(), begin(target, row.get()));
                taken++;
            }
        }
    }

    private HeldStream begin(StreamedTarget target, StreamTable.Row row) {
        LOG.infof("this worker receives the log of %s", target.id());
        StreamState state = new StreamState(
                target,
                row.continuity(),
                row.trouble(),
                row.refusal(),
                ids,
                clock,
                surroundings.config().tellAfter());
        return new HeldStream(ClusterStream.start(target, surroundings, state), row, ids);
    }

    /** Ends all streams in an orderly way, so that others take them over at once. */
    private void end() {
        held.values().forEach(each -> each.stream().stop());
        try {
            for (HeldStream each : held.values()) {
                each.stream().join();
                report(each);
                Persistence.inTransaction(() -> {
                    table.release(each.stream().streamed().id());
                    return each;
                });
            }
        } catch (InterruptedException | RuntimeException e) {
            LOG.debug("streams are given up without a word", e);
        }
    }
}
