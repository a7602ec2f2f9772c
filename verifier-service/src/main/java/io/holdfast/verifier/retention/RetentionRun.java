package io.holdfast.verifier.retention;

import io.holdfast.events.Event;
import io.holdfast.events.request.RetentionRequested;
import io.holdfast.events.retention.RetentionCompleted;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.retention.Circumstances;
import io.holdfast.repository.retention.Decision;
import io.holdfast.repository.retention.Decision.Verdict;
import io.holdfast.repository.retention.KnownBackup;
import io.holdfast.repository.retention.LogCut;
import io.holdfast.repository.retention.PlaceLook;
import io.holdfast.repository.retention.PlaceRetention;
import io.holdfast.repository.retention.Reason;
import io.holdfast.repository.retention.Reason.Rule;
import io.holdfast.repository.retention.RetentionPlan;
import io.holdfast.repository.retention.RetentionPolicy;
import io.holdfast.repository.retention.RetentionReport;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.window.TimelineAncestry;
import io.holdfast.runtime.database.Persistence;
import io.holdfast.runtime.jobs.JobRun;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One look at a target's backups in a repository, and what follows from it. May be ended anywhere: what was said and not
 * done, or done and not said, is found by the next run.
 */
final class RetentionRun {
    /** What runs removed in this time is usual. */
    private static final Duration LATELY = Duration.ofDays(35);

    private static final Duration OWNED_FOR = Duration.ofSeconds(2);

    /** Consent is for what was shown, not for ever. */
    private static final Duration CONSENT = Duration.ofDays(7);

    private final Scope scope;
    private final Repository repository;
    private final RetentionPolicy policy;
    private final RetentionTable table;
    private final Expiries expiries;
    private final Clock clock;
    private final Map<Place, PlaceRetention> retentions = new HashMap<>();
    private final List<PlaceLook> looks = new ArrayList<>();

    RetentionRun(
            Scope scope,
            Repository repository,
            RetentionPolicy policy,
            RetentionTable table,
            Expiries expiries,
            Clock clock) {
        this.scope = scope;
        this.repository = repository;
        this.policy = policy;
        this.table = table;
        this.expiries = expiries;
        this.clock = clock;
    }

    /** Says what would go, what stays, and why. Changes nothing. */
    RetentionCompleted dryRun(Proofs.Known proofs, Set<BackupId> approved)
            throws RepositoryException, InterruptedException {
        Instant startedAt = clock.instant();
        RetentionPlan plan = plan(proofs, approved, startedAt);
        return RunReport.of(scope, true, plan, List.of(), startedAt, clock.instant());
    }

    /** Says what waits for a restore or drill of the target to end. Changes nothing: what it reads must not go meanwhile. */
    RetentionCompleted postpone(Proofs.Known proofs) throws RepositoryException, InterruptedException {
        Instant startedAt = clock.instant();
        RetentionPlan plan = plan(proofs, Set.of(), startedAt)
                .postponed(
                        new Reason(Rule.IN_USE, "no rule keeps it, but a restore or drill of its target is under way"));
        return RunReport.of(scope, false, plan, List.of(), startedAt, clock.instant());
    }

    /**
     * Does it.
     *
     * @param deletable the repository's store, with the right to delete
     * @param patience how long an attempt at a backup may be under way
     */
    RetentionCompleted act(JobRun run, Proofs.Known proofs, DeletableStore deletable, Duration patience)
            throws RepositoryException, InterruptedException {
        Event<?> request = run.request();
        Instant startedAt = clock.instant();
        RetentionPlan plan = plan(proofs, Set.of(), startedAt);
        Set<String> present = looks.stream()
                .flatMap(look -> look.backups().stream())
                .map(backup -> backup.backup().value())
                .collect(Collectors.toSet());
        Set<String> ended = new HashSet<>(expired());
        ended.removeAll(present);
        expiries.deleted(scope, request, ended);
        run.requireOwnership();
        expiries.ask(scope, request, plan);
        expiries.expire(scope, request, plan);
        List<RetentionReport> done = new ArrayList<>();
        for (PlaceLook look : looks) {
            run.throwIfCancelled();
            run.requireOwnership();
            done.add(act(request, plan, look, whileWanted(run, deletable), patience, run::throwIfCancelled));
        }
        return RunReport.of(scope, false, plan, done, startedAt, clock.instant());
    }

    private RetentionPlan plan(Proofs.Known proofs, Set<BackupId> also, Instant now)
            throws RepositoryException, InterruptedException {
        TargetName target = new TargetName(scope.target().value());
        for (Place place : repository.places(target)) {
            PlaceRetention retention = repository.retention(target, place);
            retentions.put(place, retention);
            looks.add(retention.look(backup -> proofs.of(place, backup)));
        }
        Map<Place, List<TimelineAncestry>> timelines = new HashMap<>();
        looks.forEach(look -> timelines.put(look.place(), look.timelines()));
        List<KnownBackup> all = looks.stream()
                .map(PlaceLook::backups)
                .flatMap(Collection::stream)
                .toList();
        Set<BackupId> approved = new HashSet<>(also);
        int usual = Persistence.untilDone("what is known of earlier runs of " + scope, () -> {
            table.approved(scope, now.minus(CONSENT)).forEach(each -> approved.add(new BackupId(each)));
            return table.usual(scope, now.minus(LATELY));
        });
        return RetentionPlan.of(all, policy, new Circumstances(timelines, usual, approved), now);
    }

    /** Deletes nothing any more once the run is cancelled, or another process has taken it over. */
    private static DeletableStore whileWanted(JobRun run, DeletableStore deletable) {
        return new DeletableStore() {
            private long asked = System.nanoTime();

            @Override
            public boolean delete(ObjectKey key) throws RepositoryException {
                run.throwIfCancelled();
                // A process that was stopped for a while may have lost its run without having heard of it.
                if (System.nanoTime() - asked > OWNED_FOR.toNanos()) {
                    run.requireOwnership();
                    asked = System.nanoTime();
                }
                return deletable.delete(key);
            }

            @Override
            public void close() throws RepositoryException {
                deletable.close();
            }
        };
    }

    private RetentionReport act(
            Event<?> request,
            RetentionPlan plan,
            PlaceLook look,
            DeletableStore deletable,
            Duration patience,
            Runnable wanted)
            throws RepositoryException, InterruptedException {
        Place place = look.place();
        PlaceRetention retention = Objects.requireNonNull(retentions.get(place));
        Optional<LogCut> earlier =
                Persistence.untilDone("what is known of the log of " + scope, () -> table.cut(scope, place));
        RetentionReport report = retention.act(plan, look, earlier, deletable, patience, clock, wanted);
        Persistence.untilDone("what was done for " + scope, () -> {
            Instant now = clock.instant();
            table.keepCut(scope, place, report.next());
            table.noteRun(scope, request.id(), now, report.deleted().size(), now.minus(LATELY.multipliedBy(2)));
            return place;
        });
        expiries.deleted(scope, request, removed(report, place));
        sayKept(request, plan, look, report);
        return report;
    }

    /** Those whose manifest is gone; the store may not have let go of each. */
    private Set<String> removed(RetentionReport report, Place place) {
        PlaceLayout layout = new PlaceLayout(new TargetName(scope.target().value()), place);
        Set<ObjectKey> there = new HashSet<>(report.sweep().denied());
        there.addAll(report.sweep().locked());
        return report.sweep().removed().stream()
                .filter(backup -> !there.contains(layout.manifest(backup)))
                .map(BackupId::value)
                .collect(Collectors.toSet());
    }

    private void sayKept(Event<?> request, RetentionPlan plan, PlaceLook look, RetentionReport report)
            throws InterruptedException {
        for (Decision decision : plan.decisions()) {
            BackupId backup = decision.backup().backup();
            if (!decision.backup().place().equals(look.place())) {
                continue;
            }
            if (decision.verdict() == Verdict.REMOVE) {
                if (report.held().contains(backup)) {
                    expiries.kept(scope, request, decision, "somebody holds it since", false);
                }
            } else if (report.broughtBack().contains(backup)) {
                expiries.kept(scope, request, decision, RunReport.words(decision), true);
            } else if (!look.deleted().contains(backup)) {
                expiries.kept(scope, request, decision, RunReport.words(decision), false);
            }
        }
    }

    private Set<String> expired() throws InterruptedException {
        return Persistence.untilDone("what expired of " + scope, () -> table.expired(scope));
    }

    /** Those that a request agrees to. */
    static Set<BackupId> approvedBy(RetentionRequested request) {
        return request.approved() == null
                ? Set.of()
                : request.approved().stream()
                        .map(backup -> new BackupId(backup.toString()))
                        .collect(Collectors.toSet());
    }
}
