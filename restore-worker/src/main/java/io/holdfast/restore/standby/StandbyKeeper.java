package io.holdfast.restore.standby;

import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.cluster.RunAs;
import io.holdfast.restore.physical.WalServing;
import io.holdfast.restore.replay.StandbyFeed;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answers one standby until it is none any more; through repositories that are away, and restores that stand in between. */
final class StandbyKeeper implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StandbyKeeper.class.getName());
    private static final long LOOK_MILLIS = 500;
    private static final long PAUSE_MILLIS = 5000;

    private final Standby standby;
    private final Path data;
    private final Path note;
    private final StandbyLogs logs;
    private final WalServing serving;
    private final Clock clock;
    private final @Nullable String runAsUser;
    private final Consumer<StandbyKeeper> over;
    private final Thread thread;
    private volatile Instant upToDate;
    private volatile StandbyServer.@Nullable Position position;
    private volatile @Nullable String trouble;
    private volatile boolean closed;

    /** @param over told when it is a standby no more */
    StandbyKeeper(
            Standby standby,
            Path note,
            StandbyLogs logs,
            WalServing serving,
            @Nullable String runAsUser,
            Clock clock,
            Consumer<StandbyKeeper> over) {
        this.standby = standby;
        this.data = Path.of(standby.dataDirectory());
        this.note = note;
        this.logs = logs;
        this.serving = serving;
        this.clock = clock;
        this.runAsUser = runAsUser;
        this.over = over;
        this.upToDate = clock.instant();
        this.thread = Thread.ofPlatform().name("standby-keeper").daemon().unstarted(this::keep);
    }

    private enum Now {
        STANDBY,
        /** A restore works there, or the disk is away: nobody knows yet. */
        UNCERTAIN,
        OVER
    }

    void start() {
        thread.start();
    }

    Followed state() {
        StandbyServer.Position last = position;
        return new Followed(
                standby,
                upToDate,
                last == null ? null : last.lsn(),
                last == null ? null : last.lastTransaction(),
                trouble);
    }

    private void keep() {
        try {
            while (!closed) {
                switch (now()) {
                    case OVER -> {
                        end();
                        return;
                    }
                    case UNCERTAIN -> {
                        told("its directory is not there, or a restore works on it");
                        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                    }
                    case STANDBY -> answer();
                }
            }
        } catch (InterruptedException toEnd) {
            Thread.currentThread().interrupt();
        }
    }

    private Now now() {
        Path beside = data.resolveSibling("." + data.getFileName() + ".holdfast-restore");
        if (Files.exists(beside, LinkOption.NOFOLLOW_LINKS)
                || !Files.exists(data.resolve("PG_VERSION"), LinkOption.NOFOLLOW_LINKS)) {
            return Now.UNCERTAIN;
        }
        return Files.exists(data.resolve("standby.signal"), LinkOption.NOFOLLOW_LINKS) ? Now.STANDBY : Now.OVER;
    }

    /** While it is one. Whatever stands in the way is tried again. */
    private void answer() throws InterruptedException {
        try (FileChannel channel = FileChannel.open(
                        note.resolveSibling(note.getFileName() + ".lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock lock = locked(channel)) {
            if (lock == null) {
                told("another worker answers it");
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                return;
            }
            follow();
        } catch (RestoreException e) {
            told(e.failure().message());
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (IOException e) {
            told(String.valueOf(e.getMessage()));
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    private void follow() throws IOException, RestoreException, InterruptedException {
        try (StandbyLogs.Opened log = logs.open(standby);
                StandbyFeed feed = serving.feed(data, RunAs.of(runAsUser, new Programs()), log.wal(), clock);
                StandbyWatch watch = new StandbyWatch(data)) {
            told(null);
            while (!closed && feed.isAlive() && now() == Now.STANDBY) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                Optional<Instant> seen = feed.upToDate();
                if (seen.isPresent()) {
                    upToDate = seen.get();
                }
                position = watch.last().orElse(null);
                told(feed.trouble().orElse(null));
            }
        } finally {
            position = null;
        }
    }

    private static @Nullable FileLock locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException inThisProcess) {
            return null;
        }
    }

    private void told(@Nullable String what) {
        String before = trouble;
        trouble = what;
        if (what != null && !what.equals(before)) {
            LOG.log(System.Logger.Level.WARNING, "The standby in " + data + " is not answered: " + what);
        }
    }

    /** Promoted, or something else was restored there: what it was answered through goes. */
    private void end() {
        try {
            WalServing.remove(data);
            Files.deleteIfExists(note);
            Files.deleteIfExists(note.resolveSibling(note.getFileName() + ".lock"));
            over.accept(this);
            LOG.log(System.Logger.Level.INFO, "What is in " + data + " is no standby any more, and is not answered.");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "What a standby in " + data + " was answered through stays there.", e);
        }
    }

    /** Ends answering; the standby waits. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        boolean interrupted = Thread.interrupted();
        try {
            thread.join();
        } catch (InterruptedException again) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
