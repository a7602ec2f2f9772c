package io.holdfast.scheduler.catalog;

import io.holdfast.events.DrillId;
import io.holdfast.events.EventId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.drill.DrillMeasures;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.scheduler.catalog.ListedDrill.Standing;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.panache.common.Sort;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the catalog knows of drills. Thread safe. */
@Singleton
public class DrillReader {

    private static final int MOST_PASSED = 100;

    private final CatalogReader backups;

    DrillReader(CatalogReader backups) {
        this.backups = backups;
    }

    /** The newest first. */
    public List<ListedDrill> drills(@Nullable String target, int limit) {
        Sort newest = Sort.by("orderedAt").descending().and("drillId");
        return QuarkusTransaction.joiningExisting()
                .call(() -> (target == null
                                ? CatalogDrill.<CatalogDrill>findAll(newest)
                                : CatalogDrill.<CatalogDrill>find("target", newest, target))
                        .page(0, limit).list().stream().map(ListedDrill::of).toList());
    }

    /** The newest of a target that passed, at most 100. */
    public List<ListedDrill> passed(String target) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> CatalogDrill.<CatalogDrill>find(
                                "target = ?1 and status = ?2",
                                Sort.by("completedAt").descending(),
                                target,
                                RestoreStatus.COMPLETED)
                        .page(0, MOST_PASSED)
                        .list()
                        .stream()
                        .map(ListedDrill::of)
                        .toList());
    }

    public Optional<ListedDrill> drill(DrillId id) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> Optional.ofNullable(CatalogDrill.<CatalogDrill>findById(id.value()))
                        .map(ListedDrill::of));
    }

    /** The event id of a drill's request. */
    public Optional<EventId> requestOf(DrillId id) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> Optional.ofNullable(CatalogDrill.<CatalogDrill>findById(id.value()))
                        .map(drill -> new EventId(drill.requestId)));
    }

    /** How a target stands by its last drills. */
    public Standing standing(String target) {
        return QuarkusTransaction.joiningExisting().call(() -> {
            CatalogDrill passed = last(target, RestoreStatus.COMPLETED, "completedAt");
            CatalogDrill failed = last(target, RestoreStatus.FAILED, "failedAt");
            return new Standing(
                    target,
                    passed == null ? null : passed.completedAt,
                    failed == null ? null : failed.failedAt,
                    failed == null ? null : failed.failedFor,
                    passed == null ? null : passed.rtoSeconds,
                    passed == null ? null : passed.rpoSeconds,
                    passed == null ? null : estimate(target, passed));
        });
    }

    private static @Nullable CatalogDrill last(String target, RestoreStatus status, String when) {
        return CatalogDrill.<CatalogDrill>find(
                        "target = ?1 and status = ?2", Sort.by(when).descending(), target, status)
                .firstResult();
    }

    /** Those in the repository that the drill restored from: in others may lie other backups. */
    private List<Listed.Backup> sameRepository(String target, CatalogDrill passed) {
        CatalogBackup backup = passed.backupId == null ? null : CatalogBackup.findById(passed.backupId);
        return backup == null || backup.repository == null
                ? backups.restorable(target)
                : backups.restorable(target, new RepositoryId(backup.repository));
    }

    private @Nullable Double estimate(String target, CatalogDrill passed) {
        DrillMeasures measures = StoredJson.read(passed.measures, DrillMeasures.class);
        if (measures == null || measures.rtoSeconds() == null) {
            return null;
        }
        double fetch = measures.phases().stream()
                .filter(phase -> phase.name().equals("fetch"))
                .mapToDouble(Phase::seconds)
                .sum();
        List<Listed.Backup> newest = sameRepository(target, passed);
        Long now = newest.isEmpty() ? null : newest.getFirst().bytes();
        Long then = measures.bytes();
        double growth = now == null || then == null || then == 0 ? 1 : (double) now / then;
        return measures.rtoSeconds() - fetch + fetch * growth;
    }
}
