package io.holdfast.scheduler.window;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.definition.WalArchiving;
import io.holdfast.scheduler.catalog.CatalogReader;
import io.holdfast.scheduler.catalog.DrillReader;
import io.holdfast.scheduler.catalog.Listed;
import io.holdfast.scheduler.catalog.ListedDrill;
import io.holdfast.scheduler.catalog.WalReader;
import io.holdfast.scheduler.catalog.WalReader.Fork;
import io.holdfast.scheduler.catalog.WalReader.Gap;
import io.holdfast.scheduler.catalog.WalReader.Interruption;
import io.holdfast.scheduler.catalog.WalReader.Piece;
import io.holdfast.scheduler.request.KnownTargets;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The windows of targets, worked out anew each time somebody asks. Thread safe. */
@Singleton
public class Windows {

    private static final int MOST_STRETCHES = 100;
    private static final String STREAM = "stream";
    private static final String ARCHIVE_COMMAND = "archive_command";

    private final KnownTargets targets;
    private final CatalogReader backups;
    private final WalReader log;
    private final DrillReader drills;
    private final Clock clock;

    Windows(KnownTargets targets, CatalogReader backups, WalReader log, DrillReader drills, Clock clock) {
        this.targets = targets;
        this.backups = backups;
        this.log = log;
        this.drills = drills;
        this.clock = clock;
    }

    /** One cluster of a target in one repository. */
    private record Cluster(String repository, String systemIdentifier) {}

    /** The windows of every target, in the order of their names. */
    public List<ListedWindow> all() {
        return targets.all().stream().flatMap(target -> of(target).stream()).toList();
    }

    /**
     * The windows of one target: for each of its repositories that of the cluster that was backed up there last, and after
     * them those of clusters that it was before.
     */
    public List<ListedWindow> of(String target) {
        return of(targets.require(target));
    }

    private List<ListedWindow> of(TargetDefined target) {
        return QuarkusTransaction.joiningExisting().call(() -> {
            String name = target.target().value();
            Map<Cluster, List<KnownBase>> bases = new LinkedHashMap<>();
            for (Listed.Backup backup : backups.restorable(name)) {
                String repository = backup.repository();
                String cluster = backup.systemIdentifier();
                Optional<KnownBase> base = KnownBase.of(backup);
                if (repository != null && cluster != null && base.isPresent()) {
                    bases.computeIfAbsent(new Cluster(repository, cluster), key -> new ArrayList<>())
                            .add(base.get());
                }
            }
            List<Piece> pieces = log.pieces(name);
            List<Gap> gaps = log.gaps(name);
            List<Fork> forks = log.forks(name);
            List<ListedDrill> passed = drills.passed(name);
            List<ListedWindow> current = new ArrayList<>();
            List<ListedWindow> before = new ArrayList<>();
            for (String repository : repositories(target, bases)) {
                List<ListedWindow> here = bases.entrySet().stream()
                        .filter(each -> each.getKey().repository().equals(repository))
                        .flatMap(each -> ClusterWindow.of(
                                each.getValue(),
                                pieces(pieces, each.getKey()),
                                gaps(gaps, each.getKey()),
                                forks(forks, each.getKey()))
                                .map(window -> listed(target, each.getKey(), window, each.getValue(), passed))
                                .stream())
                        .toList();
                current.add(here.isEmpty() ? nothing(target, repository) : here.getFirst());
                here.stream().skip(1).forEach(before::add);
            }
            current.addAll(before);
            return current;
        });
    }

    /** Those that are defined, and those that hold backups from when they were. */
    private static List<String> repositories(TargetDefined target, Map<Cluster, List<KnownBase>> bases) {
        List<String> names = new ArrayList<>(
                target.allRepositories().stream().map(RepositoryId::value).toList());
        bases.keySet().stream()
                .map(Cluster::repository)
                .filter(name -> !names.contains(name))
                .distinct()
                .sorted()
                .forEach(names::add);
        return names;
    }

    private static List<Piece> pieces(List<Piece> all, Cluster cluster) {
        return all.stream()
                .filter(each -> each.repository().equals(cluster.repository())
                        && each.systemIdentifier().equals(cluster.systemIdentifier()))
                .toList();
    }

    private static List<Gap> gaps(List<Gap> all, Cluster cluster) {
        return all.stream()
                .filter(each -> each.repository().equals(cluster.repository())
                        && each.systemIdentifier().equals(cluster.systemIdentifier()))
                .toList();
    }

    private static List<Fork> forks(List<Fork> all, Cluster cluster) {
        return all.stream()
                .filter(each -> each.repository().equals(cluster.repository())
                        && each.systemIdentifier().equals(cluster.systemIdentifier()))
                .toList();
    }

    private ListedWindow nothing(TargetDefined target, String repository) {
        Optional<Interruption> interruption = log.interruption(target.target().value(), repository);
        return new ListedWindow(
                target.target().value(),
                repository,
                null,
                null,
                archivedBy(target, repository),
                null,
                null,
                null,
                null,
                null,
                interruption.map(Interruption::since).orElse(null),
                interruption.map(Interruption::failure).orElse(null),
                List.of(),
                List.of(),
                null);
    }

    private ListedWindow listed(
            TargetDefined target,
            Cluster cluster,
            ClusterWindow window,
            List<KnownBase> bases,
            List<ListedDrill> passed) {
        String name = target.target().value();
        Optional<Interruption> interruption = log.interruption(name, cluster.repository());
        List<ClusterWindow.Stretch> stretches = window.stretches();
        Piece archived = window.archived();
        ClusterWindow.Point end =
                stretches.isEmpty() ? null : stretches.getLast().to();
        return new ListedWindow(
                name,
                cluster.repository(),
                cluster.systemIdentifier(),
                window.timeline(),
                archivedBy(target, cluster.repository()),
                stretches.isEmpty()
                        ? null
                        : ListedWindow.Moment.of(stretches.getFirst().from()),
                end == null ? null : ListedWindow.Moment.of(end),
                end == null ? null : secondsSince(end.time()),
                archived == null ? null : archived.until(),
                archived == null ? null : archived.to().toString(),
                interruption.map(Interruption::since).orElse(null),
                interruption.map(Interruption::failure).orElse(null),
                window.holes().stream().map(ListedWindow.Hole::of).toList(),
                stretches.stream()
                        .skip(Math.max(0, stretches.size() - MOST_STRETCHES))
                        .map(ListedWindow.Stretch::of)
                        .toList(),
                drill(passed, bases));
    }

    private double secondsSince(Instant moment) {
        return Math.max(0, Duration.between(moment, clock.instant()).toMillis() / 1000.0);
    }

    /** The log goes to a target's first repository alone. */
    private static List<String> archivedBy(TargetDefined target, String repository) {
        List<String> ways = new ArrayList<>();
        WalArchiving wal = target.wal();
        if (wal != null && target.repository().value().equals(repository)) {
            if (wal.stream()) {
                ways.add(STREAM);
            }
            if (wal.archiveToken() != null) {
                ways.add(ARCHIVE_COMMAND);
            }
        }
        return ways;
    }

    private static ListedWindow.@Nullable Drill drill(List<ListedDrill> passed, List<KnownBase> bases) {
        return passed.stream()
                .filter(drill -> bases.stream().anyMatch(base -> base.backup().equals(drill.backupId())))
                .max(Comparator.comparing(drill -> Objects.requireNonNullElse(drill.finishedAt(), Instant.MIN)))
                .map(drill -> new ListedWindow.Drill(
                        drill.drillId(),
                        String.valueOf(drill.backupId()),
                        drill.finishedAt(),
                        drill.measures() == null ? null : drill.measures().rtoSeconds(),
                        drill.measures() == null ? null : drill.measures().rpoSeconds(),
                        drill.report()))
                .orElse(null);
    }
}
