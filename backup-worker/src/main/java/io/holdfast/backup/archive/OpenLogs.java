package io.holdfast.backup.archive;

import io.holdfast.events.TargetId;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The logs that files go to, open until their definition changes or they fail, and closed once the last file is through.
 * Opening one holds up whoever wants the same target's, and nobody else. Thread safe.
 */
final class OpenLogs implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(OpenLogs.class);

    private final Opening opening;
    private final Map<TargetId, Slot> slots = new ConcurrentHashMap<>();

    OpenLogs(Opening opening) {
        this.opening = opening;
    }

    /** Opens repositories, and what is kept in one of a target's log. */
    interface Opening {
        /** Connects; may take as long as the repository does not answer. */
        Repository repository(RepositoryDefined defined) throws IOException, InterruptedException;

        /** The log of a target in it. */
        ArchivedLog log(TargetId target, Repository repository) throws IOException;
    }

    private static final class Slot {
        private final ReentrantLock opening = new ReentrantLock();
        private volatile @Nullable Opened opened;
    }

    private static final class Opened {
        private final RepositoryDefined defined;
        private final Repository repository;
        private final ArchivedLog log;
        private int users;
        private boolean retired;
        private boolean closed;

        Opened(RepositoryDefined defined, Repository repository, ArchivedLog log) {
            this.defined = defined;
            this.repository = repository;
            this.log = log;
        }

        synchronized boolean enter() {
            if (retired) {
                return false;
            }
            users++;
            return true;
        }

        void leave() {
            closeIf(() -> users--);
        }

        void retire() {
            closeIf(() -> retired = true);
        }

        private void closeIf(Runnable change) {
            synchronized (this) {
                change.run();
                if (!retired || users > 0 || closed) {
                    return;
                }
                closed = true;
            }
            try {
                repository.close();
            } catch (RepositoryException e) {
                LOG.debugf("a repository could not be closed: %s", e.getMessage());
            }
        }
    }

    /** A log while one file goes to it; closed by whoever got it. */
    static final class Use implements AutoCloseable {
        private final Opened opened;

        private Use(Opened opened) {
            this.opened = opened;
        }

        ArchivedLog log() {
            return opened.log;
        }

        /** It failed: what connects to it may have become stale, such as credentials. The next file opens it anew. */
        void failed() {
            opened.retire();
        }

        @Override
        public void close() {
            opened.leave();
        }
    }

    /** The log of a target in its repository. */
    Use use(TargetId target, RepositoryDefined defined) throws IOException, InterruptedException {
        Slot slot = slots.computeIfAbsent(target, key -> new Slot());
        Opened present = slot.opened;
        if (present != null && present.defined.equals(defined) && present.enter()) {
            return new Use(present);
        }
        slot.opening.lockInterruptibly();
        try {
            present = slot.opened;
            if (present != null && present.defined.equals(defined) && present.enter()) {
                return new Use(present);
            }
            if (present != null) {
                slot.opened = null;
                present.retire();
            }
            Opened opened = open(target, defined);
            opened.enter();
            slot.opened = opened;
            return new Use(opened);
        } finally {
            slot.opening.unlock();
        }
    }

    private Opened open(TargetId target, RepositoryDefined defined) throws IOException, InterruptedException {
        Repository repository = opening.repository(defined);
        try {
            return new Opened(defined, repository, opening.log(target, repository));
        } catch (IOException | RuntimeException e) {
            try {
                repository.close();
            } catch (RepositoryException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    @Override
    public void close() {
        for (Slot slot : slots.values()) {
            Opened opened = slot.opened;
            if (opened != null) {
                opened.retire();
            }
        }
        slots.clear();
    }
}
