package io.holdfast.restore.request;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.RestoreId;
import io.holdfast.events.TargetId;
import io.holdfast.events.progress.FollowedStandby;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.physical.RestoredCluster;
import io.holdfast.restore.physical.WalServing;
import io.holdfast.restore.replay.StandbyWal;
import io.holdfast.restore.standby.Followed;
import io.holdfast.restore.standby.Standby;
import io.holdfast.restore.standby.Standbys;
import io.holdfast.runtime.progress.StandbyNews;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Keeps this host's standbys answered from the worker's start to its end, and tells how far behind each is. */
@Singleton
public class StandbyEngine implements StandbyNews {
    private static final Logger LOG = Logger.getLogger(StandbyEngine.class);

    private static final int LONGEST_TROUBLE = 500;

    private final Standbys standbys;
    private final MeterRegistry metrics;
    private final Clock clock;

    StandbyEngine(
            RestoreSettings settings, RestoreWork work, DefinedStandbyLogs logs, MeterRegistry metrics, Clock clock) {
        this.metrics = metrics;
        this.clock = clock;
        this.standbys = new Standbys(
                work.directory().resolve("standbys"),
                logs,
                WalServing.usual().withRoom(settings.restoreWalAhead().asLongValue()),
                settings.runAs().orElse(null),
                clock);
    }

    /** Those of this host. */
    Standbys standbys() {
        return standbys;
    }

    /**
     * The log that a restore follows afterwards; nothing where it is to become no standby.
     *
     * @param target the moment of the request
     */
    @Nullable
    StandbyWal wal(StoredBackup backup, RestoreDestination.Directory to, @Nullable RecoveryTarget target)
            throws RestoreException {
        if (!Boolean.TRUE.equals(to.standby())) {
            return null;
        }
        if (!(target instanceof RecoveryTarget.Latest) || !to.keepRunning()) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION,
                    "a standby is asked for, but not all that is stored, or not that it is left running.",
                    "ask for it with the moment latest, and keep_running.");
        }
        return DefinedStandbyLogs.of(
                backup.repository(), backup.target(), backup.at(), segmentSize(backup), backup.encryptedOnly());
    }

    /** Answers a standby from now on, also after this worker. Does nothing where the restore made none. */
    void follow(RestoreRequested request, RestoreId restore, StoredBackup backup, RestoredCluster cluster)
            throws RestoreException {
        if (!(request.destination() instanceof RestoreDestination.Directory to) || !Boolean.TRUE.equals(to.standby())) {
            return;
        }
        try {
            standbys.follow(new Standby(
                    restore.toString(),
                    cluster.dataDirectory().toString(),
                    backup.target().value(),
                    request.repository().value(),
                    backup.at().value(),
                    segmentSize(backup),
                    backup.encryptedOnly()));
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION,
                    "that the standby is to be answered cannot be noted down: " + e.getMessage() + ".",
                    "let the restore-worker write to its work directory.",
                    e);
        }
    }

    private static int segmentSize(StoredBackup backup) throws RestoreException {
        try {
            if (backup.place().read(backup.id()).manifest().details().content()
                    instanceof BackupContent.Physical content) {
                return content.wal().segmentSize();
            }
        } catch (RepositoryException e) {
            throw RepositoryFailures.of(e);
        }
        throw new RestoreException(
                FailureCategory.CONFIGURATION,
                "backup " + backup.id() + " holds dumps, of which no standby can be made.",
                "choose a full or incremental backup.");
    }

    void start(@Observes StartupEvent started) {
        MultiGauge behind = MultiGauge.builder("holdfast.standby.behind")
                .baseUnit("seconds")
                .description("How long ago a standby last had all of the log that was stored")
                .register(metrics);
        MultiGauge stands = MultiGauge.builder("holdfast.standby.stands")
                .description("1: a standby is not answered")
                .register(metrics);
        standbys.onChange(() -> {
            behind.register(rows(this::behind), true);
            stands.register(rows(each -> each.trouble() == null ? 0 : 1), true);
        });
        try {
            standbys.resume();
        } catch (IOException e) {
            LOG.error(
                    "which standbys are to be answered cannot be read; they wait until the worker is started again", e);
        }
    }

    private double behind(Followed standby) {
        return Math.max(0, clock.millis() - standby.upToDate().toEpochMilli()) / 1000.0;
    }

    @Override
    public List<FollowedStandby> standbyNews() {
        return standbys.followed().stream().map(StandbyEngine::news).toList();
    }

    private static FollowedStandby news(Followed each) {
        String trouble = each.trouble();
        return new FollowedStandby(
                new TargetId(each.standby().target()),
                new RepositoryId(each.standby().repository()),
                each.standby().dataDirectory(),
                each.lsn(),
                each.lastTransaction(),
                each.upToDate(),
                trouble == null || trouble.length() <= LONGEST_TROUBLE
                        ? trouble
                        : trouble.substring(0, LONGEST_TROUBLE) + "…");
    }

    private List<MultiGauge.Row<?>> rows(ToDoubleFunction<Followed> value) {
        return standbys.followed().stream()
                .<MultiGauge.Row<?>>map(each -> MultiGauge.Row.of(
                        Tags.of(
                                "target",
                                each.standby().target(),
                                "directory",
                                each.standby().dataDirectory()),
                        () -> standbys.of(each.standby())
                                .map(value::applyAsDouble)
                                .orElse(Double.NaN)))
                .toList();
    }

    void stop(@Observes ShutdownEvent stopped) {
        standbys.close();
    }
}
