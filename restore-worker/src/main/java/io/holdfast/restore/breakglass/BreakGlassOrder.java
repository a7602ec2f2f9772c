package io.holdfast.restore.breakglass;

import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.request.RecoveryTarget;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants from a repository.
 *
 * @param repository where it is, and with what it is opened
 * @param target whose backups; absent: what there is of all is listed
 * @param backup which; absent: the newest from which the moment can be reached
 * @param recoveryTarget how far it is recovered; absent: to the backup's end. Absent as is {@code backup}: what there is of
 *     the target is listed
 * @param directory where it goes, absolute
 * @param tablespaces where tablespaces go, by oid
 * @param force restore over the stopped cluster that lies there
 * @param start leave the server running
 * @param port to listen on; absent: a free one
 * @param acceptDamage restore what can be read
 * @param acceptUnencrypted restore what is not encrypted, though there are keys
 * @param role who will connect, if that role exists
 * @param installations of PostgreSQL; none: those of the host
 * @param runAs as whom the server runs where this is root; absent: {@code postgres}, else {@code nobody}
 * @param verifyFirst read the stored bytes that are needed before anything is touched
 * @param dryRun only say what would be done
 * @param safetyBackup with {@code force}: keep what lies there beside
 * @param patienceSeconds how long the repository may be away in between
 */
record BreakGlassOrder(
        RepositoryDefined repository,
        @Nullable String target,
        @Nullable String backup,
        @Nullable RecoveryTarget recoveryTarget,
        @Nullable String directory,
        @Nullable Map<String, String> tablespaces,
        boolean force,
        boolean start,
        @Nullable Integer port,
        boolean acceptDamage,
        boolean acceptUnencrypted,
        @Nullable String role,
        @Nullable List<Path> installations,
        @Nullable String runAs,
        boolean verifyFirst,
        boolean dryRun,
        boolean safetyBackup,
        long patienceSeconds) {}
