package io.holdfast.events.restore;

import io.holdfast.events.BackupId;
import io.holdfast.events.Failure;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a restore would do, found out by the restore-worker that would do it; nothing was changed. How things stand may be
 * otherwise when it is done.
 *
 * @param plan     what would be done; absent where the first of the refusals leaves nothing to plan
 * @param refusals why it would be refused, as far as that shows before it is begun; none: it would be begun
 */
public record RestorePlanned(
        RestoreId restoreId,
        BackupId backupId,
        TargetId target,
        SiteName site,
        Instant plannedAt,
        @Nullable Plan plan,
        List<Failure> refusals)
        implements RestoreEvent {

    public RestorePlanned {
        refusals = List.copyOf(refusals);
    }

    /**
     * What a restore would do.
     *
     * @param recoverTo        how far it would recover, in words
     * @param path             the timelines that would be replayed, in order
     * @param sharesWith       ids of earlier backups, parts of which would be read; at most 100 are listed
     * @param directory        the data directory
     * @param tablespaces      where each would go, by oid
     * @param found            what lies in the data directory
     * @param bytes            of the files; where a cluster lies there, what is the same is not fetched
     * @param walBytes         of the log that would be fetched and replayed, at most
     * @param freeBytes        that the data directory's disk has left
     * @param estimatedSeconds how long files and log would take at the speed that is assumed where nothing was measured
     */
    public record Plan(
            String recoverTo,
            List<Leg> path,
            @Nullable List<String> sharesWith,
            String directory,
            @Nullable Map<String, String> tablespaces,
            Found found,
            long bytes,
            long walBytes,
            long freeBytes,
            double estimatedSeconds) {

        public Plan {
            path = List.copyOf(path);
            sharesWith = sharesWith == null ? null : List.copyOf(sharesWith);
            tablespaces = tablespaces == null ? null : Map.copyOf(tablespaces);
        }
    }

    /**
     * A piece of the log.
     *
     * @param fromLsn where replay on this timeline begins
     * @param toLsn   where it ends, at most
     */
    public record Leg(int timeline, String fromLsn, String toLsn) {}

    /**
     * What lies where a restore would go.
     *
     * @param what             {@code nothing}, {@code empty} (a directory without anything in it), {@code cluster} (a data
     *                         directory of PostgreSQL), {@code unfinished} (what a restore left that was broken off) or
     *                         {@code other}
     * @param systemIdentifier of the cluster, decimal; absent where its control file does not tell
     * @param major            the major version of the cluster
     * @param running          of a cluster: whether a server or anybody else works in it, as far as the worker can see
     * @param bytes            of the files that lie there
     */
    public record Found(
            String what,
            @Nullable String systemIdentifier,
            @Nullable String major,
            @Nullable Boolean running,
            @Nullable Long bytes) {}
}
