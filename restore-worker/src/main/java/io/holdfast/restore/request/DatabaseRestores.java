package io.holdfast.restore.request;

import io.holdfast.events.BackupKind;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.extract.ClusterExtract;
import io.holdfast.restore.extract.ExtractRequest;
import io.holdfast.restore.extract.ExtractedPart;
import io.holdfast.restore.logical.LoadOrder;
import io.holdfast.restore.logical.LoadedDatabase;
import io.holdfast.restore.logical.LogicalRequest;
import io.holdfast.restore.logical.LogicalRestore;
import io.holdfast.restore.logical.Selection;
import io.holdfast.restore.physical.PhysicalRequest;
import jakarta.inject.Singleton;
import java.util.List;

/** Restores into the database of a running server: from a stored dump, or out of a cluster that is recovered for it. */
@Singleton
class DatabaseRestores {
    private final LogicalRestore logical;
    private final ClusterExtract extract;
    private final ServerSecrets secrets;

    DatabaseRestores(LogicalRestore logical, ClusterExtract extract, ServerSecrets secrets) {
        this.logical = logical;
        this.extract = extract;
        this.secrets = secrets;
    }

    ExtractedPart run(
            RestoreId restore,
            RestoreRequested request,
            StoredBackup backup,
            RestoreDestination.Database to,
            RestoreWatch watch)
            throws RestoreException, InterruptedException {
        LoadOrder order = new LoadOrder(
                restore,
                secrets.resolve(to),
                Selection.of(to.schemas(), to.tables()),
                to.jobs() == null ? 1 : to.jobs(),
                request.checks());
        return request.kind() == BackupKind.LOGICAL
                ? ofDump(order, request, backup, to, watch)
                : extract.run(ofCluster(order, request, backup, to), watch);
    }

    private ExtractedPart ofDump(
            LoadOrder order,
            RestoreRequested request,
            StoredBackup backup,
            RestoreDestination.Database to,
            RestoreWatch watch)
            throws RestoreException, InterruptedException {
        LoadedDatabase loaded = logical.run(
                new LogicalRequest(
                        order.restore(),
                        backup.place(),
                        backup.id(),
                        order.to(),
                        to.sourceDatabase(),
                        order.selection(),
                        order.jobs(),
                        request.checks(),
                        backup.encryptedOnly()),
                watch);
        return new ExtractedPart(loaded, loaded.phases(), null, List.of());
    }

    private static ExtractRequest ofCluster(
            LoadOrder order, RestoreRequested request, StoredBackup backup, RestoreDestination.Database to)
            throws RestoreException {
        String database = to.sourceDatabase();
        if (database == null) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION,
                    "the request names none of the cluster's databases.",
                    "name one as source_database (--source-database).");
        }
        RecoveryTarget target = request.recoveryTarget();
        return new ExtractRequest(
                order,
                backup.place(),
                backup.id(),
                database,
                target == null ? null : new PhysicalRequest.RecoverTo(target, backup.window()),
                request.acceptDamage(),
                backup.encryptedOnly());
    }
}
