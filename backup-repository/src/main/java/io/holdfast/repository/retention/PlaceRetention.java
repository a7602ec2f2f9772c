package io.holdfast.repository.retention;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.manifest.KnownManifests;
import io.holdfast.repository.manifest.ManifestObject;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.retention.Decision.Verdict;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoredNames;
import io.holdfast.repository.sweep.Hold;
import io.holdfast.repository.sweep.Holds;
import io.holdfast.repository.sweep.Intents;
import io.holdfast.repository.sweep.Removal;
import io.holdfast.repository.sweep.SweepReport;
import io.holdfast.repository.sweep.Sweeper;
import io.holdfast.repository.sweep.Tombstones;
import io.holdfast.repository.window.StoredWindow;
import io.holdfast.repository.window.TimelineAncestry;
import io.holdfast.repository.window.WalTimes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retention in one place of a target: looks at what a plan depends on, and does what a plan says. Looking needs no right to
 * delete. Keep it: manifests that were read once are not read again. Safe for use by several threads.
 */
public final class PlaceRetention {
    private static final Logger LOG = LoggerFactory.getLogger(PlaceRetention.class);
    private static final Pattern TIMELINE = Pattern.compile("[0-9A-F]{8}");

    private final ObjectStore store;
    private final PlaceLayout layout;
    private final PlaceKeys keys;
    private final KnownManifests manifests;

    private PlaceRetention(ObjectStore store, PlaceLayout layout, PlaceKeys keys) {
        this.store = store;
        this.layout = layout;
        this.keys = keys;
        this.manifests = new KnownManifests(new Manifests(store, layout, keys));
    }

    /** Retention in a place. */
    public static PlaceRetention of(ObjectStore store, PlaceLayout layout, PlaceKeys keys) {
        return new PlaceRetention(store, layout, keys);
    }

    /** Which backups are held here. */
    public Holds holds() {
        return new Holds(store, layout);
    }

    /**
     * Looks.
     *
     * @param proofs what is known of a backup's soundness
     * @throws RepositoryException.Damaged if a manifest is: what it needs is not known, so there is no planning
     */
    public PlaceLook look(Function<BackupId, Proof> proofs) throws RepositoryException {
        // Backups before attempts: one that is not among them had not begun before those were complete, or is found
        // now.
        List<BackupManifest> found = new ArrayList<>();
        Set<BackupId> ended = new HashSet<>();
        for (BackupId backup : manifests.list()) {
            try {
                if (manifests.get(backup) instanceof ManifestObject.Committed(BackupManifest manifest)) {
                    found.add(manifest);
                }
            } catch (RepositoryException.NotFound e) {
                LOG.debug("The backup {} was removed meanwhile", backup);
            }
            ended.add(backup);
        }
        List<Intents.Intent> begun = new Intents(store, layout).list();
        Set<BackupId> deleted = new Tombstones(store, layout).list();
        ended.addAll(deleted);
        List<Intents.Intent> open = begun.stream()
                .filter(intent -> !ended.contains(intent.attempt().backup()))
                .toList();
        Set<BackupId> builtOn =
                open.stream().flatMap(intent -> intent.parent().stream()).collect(Collectors.toSet());
        Map<BackupId, List<String>> held = holds().list().stream()
                .collect(Collectors.groupingBy(Hold::backup, Collectors.mapping(Hold::reason, Collectors.toList())));
        List<KnownBackup> backups = new ArrayList<>();
        for (BackupManifest manifest : found) {
            KnownBackup known = KnownBackup.of(manifest, proofs.apply(manifest.backup()));
            backups.add(new KnownBackup(
                    known.backup(),
                    known.place(),
                    known.startedAt(),
                    known.finishedAt(),
                    known.wal(),
                    known.proof(),
                    held.getOrDefault(known.backup(), List.of()),
                    store.lockedUntil(layout.manifest(known.backup())),
                    builtOn.contains(known.backup())));
        }
        Set<AttemptReference> underWay =
                open.stream().map(Intents.Intent::attempt).collect(Collectors.toSet());
        Set<BackupId> present = found.stream().map(BackupManifest::backup).collect(Collectors.toSet());
        present.retainAll(deleted);
        return new PlaceLook(layout.place(), backups, timelines(), present, underWay);
    }

    private List<TimelineAncestry> timelines() throws RepositoryException {
        List<TimelineAncestry> known = new ArrayList<>();
        for (String name : StoredNames.below(store, layout.wal())) {
            // The first has no history.
            if (TIMELINE.matcher(name).matches() && !name.equals("00000001")) {
                StoredWindow.of(store, layout, keys)
                        .ancestry(Integer.parseUnsignedInt(name, 16))
                        .ifPresent(known::add);
            }
        }
        return known;
    }

    /**
     * Does what a plan says of this place. May be ended anywhere; the next run goes on.
     *
     * @param look what the plan was made of
     * @param earlier what the last run gave, if it is still known
     * @param deletable this store, with the right to delete
     * @param patience how long an attempt may be under way; see {@link Sweeper}
     */
    public RetentionReport act(
            RetentionPlan plan,
            PlaceLook look,
            Optional<LogCut> earlier,
            DeletableStore deletable,
            Duration patience,
            Clock clock)
            throws RepositoryException {
        return act(plan, look, earlier, deletable, patience, clock, () -> {});
    }

    /**
     * The same, for who may be told to stop.
     *
     * @param wanted asked before each tombstone; throws when nothing more is to be done
     */
    public RetentionReport act(
            RetentionPlan plan,
            PlaceLook look,
            Optional<LogCut> earlier,
            DeletableStore deletable,
            Duration patience,
            Clock clock,
            Runnable wanted)
            throws RepositoryException {
        WalTimes times = WalTimes.of(store, layout, keys);
        Sweeper sweeper = new Sweeper(store, deletable, layout, keys, manifests, times::superseded, patience, clock);
        Set<BackupId> going = new HashSet<>();
        List<BackupId> deleted = new ArrayList<>();
        List<BackupId> held = new ArrayList<>();
        List<BackupId> broughtBack = new ArrayList<>();
        for (Decision decision : plan.decisions()) {
            if (!decision.backup().place().equals(layout.place())) {
                continue;
            }
            wanted.run();
            BackupId backup = decision.backup().backup();
            boolean hasTombstone = look.deleted().contains(backup);
            if (decision.verdict() != Verdict.REMOVE) {
                if (hasTombstone && sweeper.isShut(backup)) {
                    going.add(backup);
                } else if (hasTombstone && sweeper.bringBack(backup)) {
                    broughtBack.add(backup);
                }
            } else if (hasTombstone) {
                going.add(backup);
            } else {
                try {
                    sweeper.delete(backup);
                    going.add(backup);
                    deleted.add(backup);
                } catch (RepositoryException.Conflict e) {
                    held.add(backup);
                }
            }
        }
        // Nobody else needs it so badly: whoever writes times looks at none, and those who read look at few.
        times.merge();
        SweepReport swept = sweeper.sweep(going::contains);
        Removal removal = new Removal(store, deletable, clock.instant());
        LogNeed need = plan.log().getOrDefault(layout.place(), LogNeed.ALL);
        LogCut next = new LogSweep(store, layout, removal).sweep(earlier, need, look.underWay());
        return new RetentionReport(
                deleted, held, broughtBack, swept, removal.count(), removal.denied(), removal.locked(), next);
    }
}
