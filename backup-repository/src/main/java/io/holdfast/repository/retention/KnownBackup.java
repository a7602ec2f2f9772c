package io.holdfast.repository.retention;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.window.WindowBase;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What decides about a backup.
 *
 * @param startedAt by the clock of whoever made it, as is the next
 * @param wal what it needs of the log; nothing if it is not of a cluster's files
 * @param holds why it is held, for people
 * @param lockedUntil when the store lets it go
 * @param isBuiltOn whether an attempt is under way that uses what it refers to
 */
public record KnownBackup(
        BackupId backup,
        Place place,
        Instant startedAt,
        Instant finishedAt,
        Optional<WalNeeded> wal,
        Proof proof,
        List<String> holds,
        Optional<Instant> lockedUntil,
        boolean isBuiltOn) {
    /** The older one first; identifiers decide between two of the same time. */
    static final Comparator<KnownBackup> BY_TIME = Comparator.comparing(KnownBackup::startedAt)
            .thenComparing(it -> it.backup().value());

    public KnownBackup {
        holds = List.copyOf(holds);
    }

    /** What a manifest says, of a backup that is neither held nor locked nor built on. */
    public static KnownBackup of(BackupManifest manifest, Proof proof) {
        return new KnownBackup(
                manifest.backup(),
                manifest.place(),
                manifest.details().startedAt(),
                manifest.details().finishedAt(),
                WindowBase.of(manifest).map(WindowBase::wal),
                proof,
                List.of(),
                Optional.empty(),
                false);
    }

    /**
     * When it was complete at the latest: by the clock of whoever verified it, if somebody has. Its maker may say that it is
     * older than it is, and log from before would be taken for not needed.
     */
    Instant surelyAt() {
        return proof instanceof Proof.Verified(Instant since) && since.isAfter(finishedAt) ? since : finishedAt;
    }

    /** Enough to tell those of a place apart, and all else is slow. */
    @Override
    public int hashCode() {
        return backup.hashCode();
    }

    boolean isVerified() {
        return proof instanceof Proof.Verified;
    }
}
