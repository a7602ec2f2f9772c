package io.holdfast.restore.physical;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.verification.Damage;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.verify.VerificationDepth;
import io.holdfast.repository.verify.VerificationReport;
import io.holdfast.repository.verify.VerifyOptions;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.replay.WalPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a restore is going to read out of the repository: the backup's bytes, and all the log on its way. Reads them and
 * compares each with its digest, before anything is given up for them.
 *
 * @param wal of the backup's place
 */
record NeededBytes(BackupReader backup, WalNeeded own, WalArchive wal, RecoveryPlan plan, int threads) {
    private static final String UNCHANGED = " Nothing was changed.";

    /**
     * Reads everything.
     *
     * @throws RestoreException {@code repository_damaged} or {@code wal_missing}, with what is damaged
     */
    void verify(RestoreWatch watch) throws RepositoryException, RestoreException, IOException, InterruptedException {
        long log = plan instanceof RecoveryPlan.Along along ? along.path().bytes() : 0;
        long total = backup.manifest().sizes().bytes() + log;
        VerificationReport report = backup.verify(
                VerifyOptions.of(VerificationDepth.BYTES, threads),
                (files, bytes) -> watch.progress(RestorePhase.VERIFY, bytes, total));
        watch.goOn();
        refuse(report);
        if (plan instanceof RecoveryPlan.Along along) {
            verify(along.path(), total - log, total, watch);
        }
    }

    private void refuse(VerificationReport report) throws RestoreException {
        if (!report.damages().isEmpty()) {
            List<Damage> damages = RepositoryFailures.damages(report.damages());
            throw new RestoreException(
                    new Failure(
                            FailureCategory.REPOSITORY_DAMAGED,
                            "backup " + backup.manifest().backup() + " is damaged: "
                                    + damages.getFirst().object() + ": "
                                    + damages.getFirst().what()
                                    + (damages.size() > 1 ? ", and " + (damages.size() - 1) + " more" : "") + ".",
                            "restore another backup; what is there may be the best that is left." + UNCHANGED),
                    damages,
                    null);
        }
        if (!report.missingWal().isEmpty()) {
            throw missing(report.missingWal().getFirst().toString(), null);
        }
    }

    /** The segments of the path are opened as recovery opens them: what does not open or has a wrong digest ends it. */
    private void verify(WalPath path, long before, long total, RestoreWatch watch)
            throws RepositoryException, RestoreException, IOException, InterruptedException {
        for (WalPath.Leg leg : path.legs()) {
            // The first timeline has no history, and the backup's own came with its verification.
            if (leg.timeline() != own.timeline() && wal.history(leg.timeline()).isEmpty()) {
                throw missing("%08X.history".formatted(leg.timeline()), null);
            }
        }
        for (long i = 0; i < path.count(); i++) {
            watch.goOn();
            WalSegmentName segment = path.segment(i);
            try (InputStream in = path.endsIn(segment) ? wal.openUntil(segment, path.end()) : wal.open(segment)) {
                in.transferTo(OutputStream.nullOutputStream());
            } catch (RepositoryException.NotFound e) {
                throw missing(segment.toString(), e);
            } catch (RepositoryException e) {
                RestoreException failed = RepositoryFailures.of(e);
                throw new RestoreException(
                        new Failure(
                                failed.failure().category(),
                                failed.failure().message(),
                                failed.failure().hint() + UNCHANGED),
                        failed.damages(),
                        e);
            }
            watch.progress(RestorePhase.VERIFY, before + (i + 1) * path.segmentSize(), total);
        }
    }

    private static RestoreException missing(String file, @Nullable Exception cause) {
        return new RestoreException(
                FailureCategory.WAL_MISSING,
                file + ", which recovery needs, is not in the repository.",
                "recover to a moment before it, or restore another backup." + UNCHANGED,
                cause);
    }
}
