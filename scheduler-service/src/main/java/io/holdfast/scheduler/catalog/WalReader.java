package io.holdfast.scheduler.catalog;

import io.holdfast.events.Failure;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.panache.common.Sort;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the catalog knows of targets' logs. Thread safe. */
@Singleton
public class WalReader {

    WalReader() {}

    /**
     * An unbroken piece of log that is stored.
     *
     * @param until what was committed until then lies before {@code to}
     */
    public record Piece(
            String repository,
            String systemIdentifier,
            int timeline,
            LogPosition from,
            LogPosition to,
            Instant until) {}

    /**
     * A piece of log that is missing, or was.
     *
     * @param to absent where another cluster came
     * @param reason {@code missing}, {@code damaged}, {@code foreign} or {@code lost}
     * @param healedAt absent: nobody said that it is healed
     * @param healedBy the backup behind it; absent though healed: the log arrived after all
     */
    public record Gap(
            String repository,
            String systemIdentifier,
            int timeline,
            LogPosition from,
            @Nullable LogPosition to,
            @Nullable String reason,
            @Nullable String detail,
            @Nullable Instant recoverableUntil,
            @Nullable Instant detectedAt,
            @Nullable Instant healedAt,
            @Nullable String healedBy) {

        /** Whether the server itself had given that log up. */
        public boolean isLoss() {
            return WalFacts.LOST.equals(reason);
        }

        /** Whether nothing of it is missing any more. */
        public boolean arrivedAfterAll() {
            return healedAt != null && healedBy == null;
        }
    }

    /**
     * Where a timeline left the one before it.
     *
     * @param parent the one before
     * @param at     the first position of its own
     */
    public record Fork(String repository, String systemIdentifier, int timeline, int parent, LogPosition at) {}

    /** Where timelines of a target's clusters left those before them, as far as was said. */
    public List<Fork> forks(String target) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> CatalogWalFork.<CatalogWalFork>find("target", Sort.by("timeline"), target).list().stream()
                        .map(row -> new Fork(
                                row.repository,
                                row.systemIdentifier,
                                row.timeline,
                                row.parent,
                                new LogPosition(row.lsn)))
                        .toList());
    }

    /** That a log does not arrive, since when, and why. */
    public record Interruption(Instant since, @Nullable Failure failure) {}

    /** The pieces of a target's log, oldest first. */
    public List<Piece> pieces(String target) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> CatalogWalRange.<CatalogWalRange>find("target", Sort.by("fromLsn"), target).list().stream()
                        .map(row -> new Piece(
                                row.repository,
                                row.systemIdentifier,
                                row.timeline,
                                new LogPosition(row.fromLsn),
                                new LogPosition(row.toLsn),
                                row.archivedUntil))
                        .toList());
    }

    /** What is missing of a target's log, or was, oldest first. */
    public List<Gap> gaps(String target) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> CatalogWalGap.<CatalogWalGap>find("target", Sort.by("fromLsn"), target).list().stream()
                        .map(row -> new Gap(
                                row.repository,
                                row.systemIdentifier,
                                row.timeline,
                                new LogPosition(row.fromLsn),
                                row.toLsn == null ? null : new LogPosition(row.toLsn),
                                row.reason,
                                row.detail,
                                row.recoverableUntil,
                                row.detectedAt,
                                row.healedAt,
                                text(row.healedBy)))
                        .toList());
    }

    /** Why a target's log does not arrive in a repository; empty where it does, as far as is known. */
    public Optional<Interruption> interruption(String target, String repository) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> CatalogWalArrival.<CatalogWalArrival>find(
                                "target = ?1 and repository = ?2", target, repository)
                        .firstResultOptional()
                        .filter(CatalogWalArrival::standsStill)
                        .map(row -> new Interruption(
                                row.interruptedSince == null ? Instant.EPOCH : row.interruptedSince,
                                StoredJson.read(row.interruption, Failure.class))));
    }

    private static @Nullable String text(@Nullable UUID id) {
        return id == null ? null : id.toString();
    }
}
