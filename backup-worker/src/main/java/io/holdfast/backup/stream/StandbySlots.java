package io.holdfast.backup.stream;

import io.holdfast.backup.job.Failures;
import io.holdfast.backup.replication.ReplicationConnection;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.SqlSession;
import io.holdfast.backup.replication.SystemIdentity;
import io.holdfast.backup.source.SourceCluster;
import io.holdfast.backup.source.SourceServer;
import io.holdfast.events.FailureCategory;
import io.holdfast.repository.wal.Lsn;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps a slot of the same name on the standbys of a cluster, no further than the repository is: whichever is promoted has
 * what the repository lacks. Looks out for one that was promoted while the primary of before still answers. In a thread of
 * its own.
 */
final class StandbySlots implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StandbySlots.class.getName());
    private static final String APPLICATION = "holdfast_slots";
    private static final Duration EVERY = Duration.ofSeconds(5);

    private final SourceCluster cluster;
    private final SourceServer primary;
    private final StreamedTarget streamed;
    private final StreamState state;
    private final long ownLimit;
    private final Runnable onNewerPrimary;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Map<String, String> told = new HashMap<>();

    private StandbySlots(
            SourceCluster cluster,
            SourceServer primary,
            StreamedTarget streamed,
            StreamState state,
            long ownLimit,
            Runnable onNewerPrimary) {
        this.cluster = cluster;
        this.primary = primary;
        this.streamed = streamed;
        this.state = state;
        this.ownLimit = ownLimit;
        this.onNewerPrimary = onNewerPrimary;
    }

    /**
     * Begins; a server alone has no standbys that are known.
     *
     * @param ownLimit how much a standby without a limit of its own may keep, bytes
     */
    static StandbySlots watch(
            SourceCluster cluster,
            SourceServer primary,
            StreamedTarget streamed,
            StreamState state,
            long ownLimit,
            Runnable onNewerPrimary) {
        StandbySlots slots = new StandbySlots(cluster, primary, streamed, state, ownLimit, onNewerPrimary);
        if (cluster.members().size() > 1) {
            Thread.ofVirtual().name("wal-standbys-" + streamed.id()).start(slots::run);
        }
        return slots;
    }

    private void run() {
        try {
            do {
                cluster.members().stream()
                        .filter(member -> !member.equals(primary))
                        .forEach(this::look);
            } while (!ended.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(SourceServer member) {
        String address = SourceCluster.address(member);
        try {
            look(member, address);
            if (told.remove(address) != null) {
                LOG.log(System.Logger.Level.INFO, "The slot on {0} is kept again", address);
            }
        } catch (ReplicationException e) {
            if (!e.summary().equals(told.put(address, e.summary()))) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "No slot of {0} is kept on {1}: a promotion of it may lose continuity. {2}",
                        streamed.id(),
                        address,
                        e.summary() + " HINT: " + e.hint());
            }
        }
    }

    private void look(SourceServer member, String address) throws ReplicationException {
        Continuity known = state.continuity().orElse(null);
        if (known == null) {
            return;
        }
        try (ReplicationConnection connection = ReplicationConnection.open(member.connection(), APPLICATION)) {
            SystemIdentity identity = connection.identifySystem();
            if (identity.systemIdentifier() != known.systemIdentifier()) {
                LOG.log(System.Logger.Level.DEBUG, "{0} belongs to another cluster", address);
            } else if (!connection.isStandby()) {
                if (Integer.compareUnsigned(identity.timeline(), known.timeline()) > 0) {
                    LOG.log(System.Logger.Level.INFO, "{0} was promoted and is followed now", address);
                    onNewerPrimary.run();
                }
            } else {
                keep(connection, address, identity.position());
                advance(member, known);
            }
        }
    }

    /** As on the primary, no server's disk is filled for the repository's sake. */
    private void keep(ReplicationConnection connection, String address, Lsn position) throws ReplicationException {
        KeptLog.Limit limit = new KeptLog.Limit(Preflight.limit(connection), ownLimit);
        KeptLog.of(connection, streamed.slot(), position, limit)
                .invalidated()
                .ifPresent(why -> state.tell(Failures.failure(
                        FailureCategory.WAL_MISSING,
                        "The standby " + address + " of " + streamed.id()
                                + " no longer keeps what the repository lacks: " + why
                                + ". A promotion of it now would lose continuity.",
                        "Find out why the repository does not take the log, and whether the role may log in to "
                                + "database on the standby, without which its slot cannot be moved on.")));
    }

    /** Never further than what is durable, nor back. */
    private void advance(SourceServer member, Continuity known) throws ReplicationException {
        try (SqlSession session = SqlSession.open(member.connection(), member.database(), APPLICATION)) {
            session.query("select pg_replication_slot_advance(slot_name, least(pg_lsn '" + known.durable()
                    + "', pg_last_wal_replay_lsn())) from pg_replication_slots where slot_name = '" + streamed.slot()
                    + "' and not active and restart_lsn < least(pg_lsn '" + known.durable()
                    + "', pg_last_wal_replay_lsn())");
        }
    }

    @Override
    public void close() {
        ended.countDown();
    }
}
