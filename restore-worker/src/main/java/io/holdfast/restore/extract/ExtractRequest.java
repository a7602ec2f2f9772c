package io.holdfast.restore.extract;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.TargetPlace;
import io.holdfast.restore.logical.LoadOrder;
import io.holdfast.restore.physical.PhysicalRequest;
import org.jspecify.annotations.Nullable;

/**
 * What to take out of which cluster, as it was when, and where to bring it.
 *
 * @param place where the physical backup lies
 * @param sourceDatabase which of the cluster's databases
 * @param recoverTo the moment; absent: the backup's end
 * @param acceptDamage go on with what can be read of the backup
 * @param encryptedOnly refuse a backup that is not encrypted
 */
public record ExtractRequest(
        LoadOrder order,
        TargetPlace place,
        BackupId backup,
        String sourceDatabase,
        PhysicalRequest.@Nullable RecoverTo recoverTo,
        boolean acceptDamage,
        boolean encryptedOnly) {}
