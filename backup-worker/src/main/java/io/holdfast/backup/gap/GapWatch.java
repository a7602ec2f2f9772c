package io.holdfast.backup.gap;

import io.holdfast.backup.job.KnownRepositories;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.repository.RepositoryException;
import io.holdfast.runtime.definitions.Definitions;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Compares what is stored of each target's log with where its server is, for the targets whose log this process stores.
 * Each target is looked at by itself, so that a repository that does not answer holds up no other. Thread safe.
 */
@Singleton
public class GapWatch {
    private static final Logger LOG = Logger.getLogger(GapWatch.class);

    /** Whoever stores a target's log says its position, also of a server that is down; if he has not for so long, another one does. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(10);

    private final Map<String, Watched> targets = new ConcurrentHashMap<>();
    private final Set<TargetId> asking = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(
            1, Thread.ofPlatform().daemon().name("gap-watch").factory());
    private final Definitions definitions;
    private final KnownRepositories repositories;
    private final ArchivingTargets archiving;
    private final GapTable table;
    private final GapVoice voice;
    private final GapConfig config;
    private final Clock clock;

    GapWatch(
            Definitions definitions,
            KnownRepositories repositories,
            ArchivingTargets archiving,
            GapTable table,
            GapVoice voice,
            GapConfig config,
            Clock clock) {
        this.definitions = definitions;
        this.repositories = repositories;
        this.archiving = archiving;
        this.table = table;
        this.voice = voice;
        this.config = config;
        this.clock = clock;
    }

    /** Where a target's server is, and how that is known. */
    private record Heard(WalPosition position, Source source, long nanos) {
        Heard again() {
            return new Heard(position, source, System.nanoTime());
        }
    }

    /** How it is known where a server is. */
    enum Source {
        /** Somebody follows its log, and keeps times and tells how far it is archived. */
        FOLLOWED,
        /** The primary was asked. */
        PRIMARY,
        /** A standby was asked, whose position may be that of long ago. */
        STANDBY
    }

    /** One target. What it looks with belongs to the thread that looks. */
    private static final class Watched {
        volatile Heard heard;
        volatile @Nullable Thread looking;

        @Nullable
        PlaceWatch watch;

        @Nullable
        RepositoryDefined defined;

        Watched(Heard heard) {
            this.heard = heard;
        }
    }

    /** Takes note of where a server is. Cheap; meant to be called at least once a minute for each target. */
    public void observed(WalPosition position) {
        Heard heard = new Heard(position, Source.FOLLOWED, System.nanoTime());
        watched(heard).heard = heard;
    }

    private Watched watched(Heard heard) {
        return targets.computeIfAbsent(heard.position().target(), target -> new Watched(heard));
    }

    private void answered(ArchivingServer.Answer answer) {
        Source source = answer.isPrimary() ? Source.PRIMARY : Source.STANDBY;
        Heard heard = new Heard(answer.position(), source, System.nanoTime());
        Watched watched = watched(heard);
        // What was archived stays so, also if the last file is a history or the note about a backup.
        watched.heard = new Heard(answer.position().after(watched.heard.position()), source, heard.nanos());
    }

    /** Where a server does not answer, what it wrote before is watched all the same, also by a worker that never heard of it. */
    private void silent(TargetId target) throws InterruptedException {
        Watched watched = targets.get(target.value());
        if (watched != null) {
            watched.heard = watched.heard.again();
        } else {
            archiving
                    .lastTold(target)
                    .ifPresent(position -> watched(new Heard(position, Source.STANDBY, System.nanoTime())));
        }
    }

    void start(@Observes StartupEvent started) {
        long millis = config.interval().toMillis();
        executor.scheduleWithFixedDelay(this::lookAtAll, millis, millis, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent stopped) {
        executor.shutdownNow();
        for (Watched watched : targets.values()) {
            Thread looking = watched.looking;
            if (looking != null) {
                looking.interrupt();
            }
        }
    }

    private void lookAtAll() {
        try {
            archiving.all().forEach(this::ask);
            lookAtEach();
        } catch (RuntimeException e) {
            // An executor would silently never come back to what threw.
            LOG.error("the stored log cannot be looked at", e);
        }
    }

    /** In a thread of its own: a server that does not answer holds up nobody. */
    private void ask(TargetDefined target) {
        if (asking.add(target.target())) {
            Thread.ofVirtual().name("gap-watch-ask-" + target.target()).start(() -> {
                try {
                    switch (archiving.ask(target, config.interval())) {
                        case ArchivingTargets.Asked.Told told -> answered(told.answer());
                        case ArchivingTargets.Asked.Silent ignored -> silent(target.target());
                        case ArchivingTargets.Asked.NotNow ignored -> {}
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (RuntimeException e) {
                    LOG.errorf(e, "the server of %s cannot be asked where it is", target.target());
                } finally {
                    asking.remove(target.target());
                }
            });
        }
    }

    private void lookAtEach() {
        targets.forEach((target, watched) -> {
            Thread looking = watched.looking;
            if (looking == null || !looking.isAlive()) {
                if (System.nanoTime() - watched.heard.nanos() > FORGOTTEN.toNanos()) {
                    targets.remove(target, watched);
                    close(watched);
                } else {
                    watched.looking = Thread.ofPlatform()
                            .daemon()
                            .name("gap-watch-" + target)
                            .start(() -> look(watched));
                }
            }
        });
    }

    private void look(Watched watched) {
        Heard heard = watched.heard;
        WalPosition position = heard.position();
        try {
            Optional<PlaceWatch> watch = watch(watched, position);
            if (watch.isPresent()) {
                watch.get().look(position, heard.source());
            }
        } catch (RepositoryException e) {
            LOG.warnf("the stored log of %s cannot be looked at: %s", position.target(), e.getMessage());
            // What connects may have become stale with it, such as credentials.
            close(watched);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.errorf(e, "the stored log of %s cannot be looked at", position.target());
            close(watched);
        }
    }

    private Optional<PlaceWatch> watch(Watched watched, WalPosition position)
            throws RepositoryException, InterruptedException {
        Optional<RepositoryDefined> defined = definitions
                .target(new TargetId(position.target()))
                .flatMap(target -> definitions.repository(target.repository()));
        if (defined.isEmpty()) {
            close(watched);
            return Optional.empty();
        }
        WatchedPlace place = new WatchedPlace(
                new TargetId(position.target()), defined.get().repository(), position.systemIdentifier());
        PlaceWatch present = watched.watch;
        if (present != null && defined.get().equals(watched.defined) && present.isOf(place)) {
            return Optional.of(present);
        }
        close(watched);
        PlaceWatch opened = new PlaceWatch(place, repositories.open(defined.get()), table, voice, config, clock);
        watched.watch = opened;
        watched.defined = defined.get();
        return Optional.of(opened);
    }

    private static void close(Watched watched) {
        PlaceWatch watch = watched.watch;
        watched.watch = null;
        if (watch != null) {
            try {
                watch.close();
            } catch (RepositoryException e) {
                LOG.debugf("a repository could not be closed: %s", e.getMessage());
            }
        }
    }
}
