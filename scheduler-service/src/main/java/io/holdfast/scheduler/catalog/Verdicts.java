package io.holdfast.scheduler.catalog;

import io.holdfast.events.Failure;
import io.holdfast.events.verification.BackupVerified;
import io.holdfast.events.verification.VerificationCancelled;
import io.holdfast.events.verification.VerificationEvent;
import io.holdfast.events.verification.VerificationFailed;
import io.holdfast.events.verification.VerificationLevel;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What verifications of one backup said of it, by how deep they looked. The newest of each depth is kept, so that the order
 * in which they are heard of does not show.
 *
 * @param whole   by level, when nothing was found to be wrong
 * @param damaged by level, what was found to be wrong
 */
record Verdicts(Map<String, Instant> whole, Map<String, Damaged> damaged) {

    /** Damage, and when it was found. */
    record Damaged(Instant at, Failure failure) {}

    /** Those of a column; none where it is empty. */
    static Verdicts of(@Nullable String stored) {
        Verdicts known = StoredJson.read(stored, Verdicts.class);
        return known == null ? new Verdicts(Map.of(), Map.of()) : known;
    }

    /** With what one more verification said. One that failed without finding damage says nothing. */
    Verdicts with(VerificationEvent event) {
        Map<String, Instant> good = new TreeMap<>(whole);
        Map<String, Damaged> bad = new TreeMap<>(damaged);
        switch (event) {
            case BackupVerified verified ->
                good.merge(
                        verified.level().wireName(),
                        verified.finishedAt(),
                        (one, other) -> one.isAfter(other) ? one : other);
            case VerificationFailed failed -> {
                if (failed.damaged() > 0) {
                    // Whoever did not say how deep it looked may have looked as deep as there is.
                    VerificationLevel level = failed.level() == null ? VerificationLevel.STRUCTURE : failed.level();
                    bad.merge(
                            level.wireName(),
                            new Damaged(failed.failedAt(), failed.failure()),
                            (one, other) -> one.at().isAfter(other.at()) ? one : other);
                }
            }
            case VerificationCancelled cancelled -> {}
        }
        return new Verdicts(good, bad);
    }

    /** With a drill that brought it back whole. */
    Verdicts withRestored(Instant at) {
        Map<String, Instant> good = new TreeMap<>(whole);
        good.merge(VerificationLevel.RESTORED.wireName(), at, (one, other) -> one.isAfter(other) ? one : other);
        return new Verdicts(good, damaged);
    }

    /** The newest damage that no later verification took back which looked at least as deep. */
    Optional<Failure> standing() {
        return damaged.entrySet().stream()
                .filter(each -> !isTakenBack(VerificationLevel.of(each.getKey()), each.getValue()))
                .map(Map.Entry::getValue)
                .max(Comparator.comparing(Damaged::at))
                .map(Damaged::failure);
    }

    private boolean isTakenBack(VerificationLevel level, Damaged damage) {
        return whole.entrySet().stream()
                .anyMatch(each -> VerificationLevel.of(each.getKey()).compareTo(level) >= 0
                        && each.getValue().isAfter(damage.at()));
    }
}
