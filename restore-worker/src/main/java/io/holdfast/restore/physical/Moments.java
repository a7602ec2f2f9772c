package io.holdfast.restore.physical;

import io.holdfast.events.request.RecoveryTarget;

/** Recovery targets in words. */
final class Moments {
    private Moments() {}

    static String of(RecoveryTarget target) {
        return switch (target) {
            case RecoveryTarget.Latest latest -> "the end of what is stored";
            case RecoveryTarget.Immediate immediate -> "the backup's end";
            case RecoveryTarget.Time time -> time.time().toString();
            case RecoveryTarget.Position position -> position.lsn();
            case RecoveryTarget.Transaction transaction -> "transaction " + transaction.xid();
            case RecoveryTarget.Named named -> "the restore point \"" + named.name() + "\"";
        };
    }
}
