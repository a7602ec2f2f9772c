package io.holdfast.scheduler.restore;

import io.holdfast.events.BackupKind;
import io.holdfast.scheduler.catalog.Listed;
import io.holdfast.scheduler.request.RequestRefusedException;
import io.holdfast.scheduler.request.RequestRefusedException.Why;

/** What an order has to have, or may have, so that nothing is overwritten by mistake. Pure. */
final class Precautions {

    private Precautions() {}

    /**
     * Makes sure that whoever restores over what is there has said whose backup that is, and that only those look before
     * they leap who can.
     *
     * @throws RequestRefusedException where not
     */
    static void require(RestoreOrder order, Listed.Backup backup, BackupKind kind) {
        boolean dryRun = Boolean.TRUE.equals(order.dryRun());
        boolean intoDatabase = kind == BackupKind.LOGICAL || order.intoDatabase() != null;
        if (intoDatabase && (dryRun || Boolean.TRUE.equals(order.verifyFirst()))) {
            throw invalid(
                    "dry_run and verify_first are for full and incremental backups that go into a directory",
                    "leave them out; POST /api/backup/verify/" + backup.backupId() + " reads a backup back");
        }
        if (Boolean.TRUE.equals(order.verifyFirst()) && Boolean.TRUE.equals(order.acceptDamage())) {
            throw invalid(
                    "verify_first and accept_damage contradict each other",
                    "leave one out: the first stops at any damage, the other restores what can be read");
        }
        if (Boolean.TRUE.equals(order.safetyBackup()) && (intoDatabase || !Boolean.TRUE.equals(order.delta()))) {
            throw invalid(
                    "safety_backup is for restores over what is there, and nothing else is ever overwritten",
                    "leave it out; POST /api/backup/create backs a running server up before it is added to");
        }
        String confirmed = order.confirm();
        if (confirmed != null && !confirmed.equals(backup.target())) {
            throw invalid(
                    "confirm names another target than the backup's",
                    "the backup is of " + backup.target() + "; nothing was asked for");
        }
        if (!intoDatabase && Boolean.TRUE.equals(order.delta()) && !dryRun && confirmed == null) {
            throw invalid(
                    "a restore over what is there has to be confirmed",
                    "send \"confirm\": \"" + backup.target()
                            + "\" once you are sure; with \"dry_run\": true first, to see"
                            + " what would be overwritten");
        }
    }

    private static RequestRefusedException invalid(String what, String hint) {
        return new RequestRefusedException(Why.INVALID, what, hint);
    }
}
