package io.holdfast.scheduler.catalog;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.RetentionRules;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.panache.common.Sort;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the catalog knows of retention. Thread safe. */
@Singleton
public class RetentionReader {

    private static final Sort NEWEST = Sort.by("orderedAt").descending().and("runId");

    RetentionReader() {}

    public Optional<ListedRetention.Run> run(UUID id) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> Optional.ofNullable(CatalogRetention.<CatalogRetention>findById(id))
                        .map(ListedRetention.Run::of));
    }

    /** How a target stands in a repository. */
    public ListedRetention.Standing standing(String target, RepositoryId repository, @Nullable RetentionRules rules) {
        return QuarkusTransaction.joiningExisting().call(() -> {
            CatalogRetention looked = newest(target, repository, "completedAt is not null");
            CatalogRetention ran = newest(target, repository, "completedAt is not null and dryRun = false");
            CatalogRetention ended = newest(target, repository, "status <> REQUESTED and dryRun = false");
            return new ListedRetention.Standing(
                    target,
                    repository.value(),
                    rules,
                    looked == null ? null : ListedRetention.Run.of(looked),
                    ran == null ? null : ran.completedAt,
                    ended == null ? null : ListedRetention.Run.of(ended).failure());
        });
    }

    private static @Nullable CatalogRetention newest(String target, RepositoryId repository, String condition) {
        return CatalogRetention.<CatalogRetention>find(
                        "target = ?1 and repository = ?2 and " + condition, NEWEST, target, repository.value())
                .firstResult();
    }

    /** The holds that keep backups, and those that something is asked of; of one target, or of all. */
    public List<ListedRetention.Hold> holds(@Nullable String target) {
        Sort order = Sort.by("target").and("backupId").and("name");
        return QuarkusTransaction.joiningExisting()
                .call(() -> (target == null
                                ? CatalogHold.<CatalogHold>findAll(order)
                                : CatalogHold.<CatalogHold>find("target", order, target))
                        .list().stream()
                                .filter(hold -> hold.isHeld() || hold.isAsked())
                                .map(ListedRetention.Hold::of)
                                .toList());
    }

    public Optional<ListedRetention.Hold> hold(RepositoryId repository, BackupId backup, String name) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> Optional.ofNullable(
                                CatalogHold.<CatalogHold>findById(CatalogHold.idOf(repository, backup, name)))
                        .map(ListedRetention.Hold::of));
    }
}
