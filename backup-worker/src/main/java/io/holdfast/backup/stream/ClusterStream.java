package io.holdfast.backup.stream;

import io.holdfast.backup.replication.ReplicationConnection;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.source.SourceCluster;
import io.holdfast.events.Failure;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.runtime.secrets.SecretException;
import io.holdfast.runtime.work.WorkFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Receives the log of one target for as long as it is wanted: begun again after each failure, with pauses that grow. Runs
 * in a thread of its own; all methods may be called from any.
 */
final class ClusterStream {
    private static final System.Logger LOG = System.getLogger(ClusterStream.class.getName());
    private static final String APPLICATION = "holdfast_wal";
    private static final Duration SLOT_PAUSE = Duration.ofSeconds(1);
    /** Longer than the server's word comes apart, so that what has arrived is stored before the end. */
    private static final Duration GOODBYE = Duration.ofSeconds(5);

    private final StreamedTarget streamed;
    private final StreamSurroundings surroundings;
    private final StreamState state;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private final StandstillWatch watch;
    private volatile @Nullable ReplicationConnection connection;
    private volatile @Nullable ReplicationException endedFor;
    private @Nullable Repository repository;
    private @Nullable String lastPrimary;
    private boolean advised;

    private ClusterStream(StreamedTarget streamed, StreamSurroundings surroundings, StreamState state) {
        this.streamed = streamed;
        this.surroundings = surroundings;
        this.state = state;
        // A platform thread, since an increment is compressed in it.
        this.thread = Thread.ofPlatform().daemon().name("wal-" + streamed.id()).unstarted(this::run);
        this.watch = new StandstillWatch(streamed, surroundings, state, this::endSession);
    }

    /** Begins. */
    static ClusterStream start(StreamedTarget streamed, StreamSurroundings surroundings, StreamState state) {
        ClusterStream stream = new ClusterStream(streamed, surroundings, state);
        stream.thread.start();
        stream.watch.start();
        return stream;
    }

    StreamedTarget streamed() {
        return streamed;
    }

    StreamState state() {
        return state;
    }

    private void run() {
        Duration pause = surroundings.config().reconnectDelay();
        try {
            while (!isStopping()) {
                long began = System.nanoTime();
                try {
                    session();
                } catch (IOException | SecretException e) {
                    if (isStopping()) {
                        LOG.log(System.Logger.Level.DEBUG, "The stream was ended", e);
                        break;
                    }
                    note(e);
                    boolean lasted = System.nanoTime() - began
                            > surroundings.config().reconnectDelayLimit().toNanos();
                    pause = lasted ? surroundings.config().reconnectDelay() : pause;
                    await(StreamFailures.slotIsInUse(e) ? SLOT_PAUSE : jittered(pause));
                    pause = longer(pause);
                }
            }
        } catch (InterruptedException e) {
            LOG.log(System.Logger.Level.DEBUG, "The stream was interrupted", e);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "The stream of " + streamed.id() + " ended by a defect", e);
            state.failed(StreamFailures.of(e instanceof RuntimeException fault ? fault : new IllegalStateException(e)));
            if (e instanceof Error error) {
                throw error;
            }
        } finally {
            watch.close();
            closeRepository();
        }
    }

    /** Whether it ended, for whatever reason. */
    boolean hasEnded() {
        return !thread.isAlive();
    }

    private void session() throws IOException, InterruptedException {
        endedFor = null;
        try (WorkFolder folder = WorkFolder.below(surroundings.workDirectory())) {
            SourceCluster cluster = surroundings.servers().of(streamed.target().postgres(), folder);
            SourceCluster.Member primary = cluster.openPrimary(APPLICATION, lastPrimary);
            String address = SourceCluster.address(primary.server());
            lastPrimary = address;
            try (ReplicationConnection opened = primary.connection()) {
                connection = opened;
                if (isStopping()) {
                    return;
                }
                long limit = surroundings.config().slotLimit().asLongValue();
                StreamSession session = StreamSession.open(streamed, surroundings, state, opened, address);
                if (!advised) {
                    advised = true;
                    session.preflight().advise(streamed.id().value());
                }
                StandbySlots standbys =
                        StandbySlots.watch(cluster, primary.server(), streamed, state, limit, opened::close);
                StandbyTimes times = StandbyTimes.watch(primary.server(), opened.isStandby(), streamed, state);
                try {
                    session.run(repository(), folder.newFolder("wal"), this::isStopping);
                } finally {
                    standbys.close();
                    times.close();
                }
            } finally {
                connection = null;
            }
        } catch (ReplicationException e) {
            ReplicationException why = endedFor;
            throw why == null ? e : why;
        } catch (RepositoryException e) {
            // Opened anew next time: it may be another disk by then.
            closeRepository();
            throw e;
        }
    }

    /** Ends the session from another thread: the next one sees to what is wrong. */
    private void endSession(ReplicationException why) {
        ReplicationConnection left = connection;
        if (left != null) {
            endedFor = why;
            left.close();
        }
    }

    private Repository repository() throws RepositoryException, InterruptedException {
        Repository opened = repository;
        if (opened == null) {
            opened = surroundings.repositories().open(streamed.repository());
            repository = opened;
        }
        return opened;
    }

    private void closeRepository() {
        Repository opened = repository;
        repository = null;
        if (opened != null) {
            try {
                opened.close();
            } catch (RepositoryException e) {
                LOG.log(System.Logger.Level.DEBUG, "A repository could not be closed", e);
            }
        }
    }

    private void note(Exception e) {
        Failure failure = StreamFailures.of(e);
        Trouble before = state.trouble();
        state.failed(failure);
        boolean known = before.failure() != null && before.failure().message().equals(failure.message());
        LOG.log(
                known ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                "The log of {0} is not received: {1} HINT: {2}",
                streamed.id(),
                failure.message(),
                failure.hint());
        surroundings.observer().observed(streamed, state);
    }

    private Duration jittered(Duration pause) {
        return pause.plusNanos(surroundings.random().nextLong(pause.toNanos() / 2 + 1));
    }

    private Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        Duration limit = surroundings.config().reconnectDelayLimit();
        return twice.compareTo(limit) < 0 ? twice : limit;
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private void await(Duration pause) throws InterruptedException {
        if (stopping.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
            LOG.log(System.Logger.Level.DEBUG, "The stream is stopped while it waits");
        }
    }

    /** Asks it to end: what has arrived is made durable first, as far as that goes within seconds. Returns at once. */
    void stop() {
        if (isStopping()) {
            return;
        }
        watch.close();
        stopping.countDown();
        Thread.ofVirtual().name("wal-stop-" + streamed.id()).start(this::force);
    }

    private void force() {
        try {
            if (!thread.join(GOODBYE)) {
                ReplicationConnection left = connection;
                if (left != null) {
                    left.close();
                }
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it as a killed process would: nothing is stored or confirmed any more. */
    void abandon() {
        watch.close();
        stopping.countDown();
        ReplicationConnection left = connection;
        if (left != null) {
            left.close();
        }
        thread.interrupt();
    }

    /** Waits for the end. */
    void join() throws InterruptedException {
        thread.join();
    }
}
