package io.holdfast.restore.physical;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.restore.RestorePlanned.Leg;
import io.holdfast.events.restore.RestorePlanned.Plan;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.restore.EncryptedOnly;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.FreePort;
import io.holdfast.restore.cluster.PostgresVersion;
import io.holdfast.restore.replay.WalPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Looks at what a restore would find, need and refuse, in the order in which it would; changes nothing. What one look refuses
 * does not keep the others from being made. Used once.
 */
final class Preview {
    private static final int MOST_BACKUPS = 100;

    private final PhysicalRequest request;
    private final Host host;
    private final WalServing serving;
    private final List<Failure> refusals = new ArrayList<>();

    /** What belongs to the host that would restore. */
    interface Host {
        /** Where the backup's files would go. */
        Destination destination(BackupContent.Physical content) throws RestoreException, IOException;

        /** Makes sure that a server of a major version can be run. */
        void requireServer(int major) throws RestoreException, InterruptedException;

        /** What would fetch the files. */
        Fetch fetch(BackupReader backup, BackupContent.Physical content, Destination destination, RecoveryPlan plan);
    }

    Preview(PhysicalRequest request, Host host, WalServing serving) {
        this.request = request;
        this.host = host;
        this.serving = serving;
    }

    RestorePreview make() throws InterruptedException {
        try {
            return new RestorePreview(plan(), refusals);
        } catch (RestoreException e) {
            refusals.add(PhysicalRestore.stoppedOr(e).failure());
        } catch (RepositoryException e) {
            refusals.add(PhysicalRestore.stoppedOr(RepositoryFailures.of(e)).failure());
        } catch (IOException e) {
            refusals.add(PhysicalRestore.stoppedOr(cannotLook(e)).failure());
        }
        return new RestorePreview(null, refusals);
    }

    private Plan plan() throws RepositoryException, RestoreException, IOException, InterruptedException {
        BackupReader backup = request.place().read(request.backup());
        if (request.encryptedOnly()) {
            look(() -> EncryptedOnly.require(backup.manifest()));
        }
        BackupContent.Physical content = PhysicalRestore.physical(request, backup);
        int major = PostgresVersion.ofNumber(content.serverVersion()).major();
        look(() -> host.requireServer(major));
        Destination destination = host.destination(content);
        look(() -> requireWritable(destination));
        look(() -> FreePort.choose(request.port()));
        boolean goesOn = BrokenOff.isGoneOnWith(destination);
        boolean keeps = !goesOn && KeptAside.isWanted(request, destination);
        look(() -> requireRightPlace(destination, major, goesOn, keeps));
        RecoveryPlan plan = new RecoveryPlanner(content.wal(), request.backup()).plan(request.recoverTo());
        Fetch fetch = host.fetch(backup, content, destination, plan);
        look(() -> FreeSpace.require(backup, destination, fetch.walBytes() + plan.scratch(serving.room()), keeps));
        if (request.delta() && !goesOn) {
            look(fetch::requireAtHand);
        }
        return plan(backup, content.wal(), destination, plan);
    }

    private Plan plan(BackupReader backup, WalNeeded own, Destination destination, RecoveryPlan plan)
            throws IOException {
        long bytes = backup.manifest().sizes().bytes();
        long wal = switch (plan) {
            case RecoveryPlan.ToBackupsEnd toEnd -> (long) own.segments().size() * own.segmentSize();
            case RecoveryPlan.Along along -> along.path().bytes();
        };
        Map<String, String> tablespaces = new TreeMap<>();
        destination.tablespaces().forEach((oid, path) -> tablespaces.put(Long.toString(oid), path.toString()));
        return new Plan(
                Moments.of(
                        request.recoverTo() == null
                                ? new RecoveryTarget.Immediate()
                                : request.recoverTo().target()),
                legs(own, plan),
                sharesWith(backup),
                destination.dataDirectory().toString(),
                tablespaces.isEmpty() ? null : tablespaces,
                FoundThere.in(destination),
                bytes,
                wal,
                Files.getFileStore(FreeSpace.existing(destination.dataDirectory()))
                        .getUsableSpace(),
                RestorePreview.seconds(bytes, wal));
    }

    private static List<Leg> legs(WalNeeded own, RecoveryPlan plan) {
        if (!(plan instanceof RecoveryPlan.Along along)) {
            return List.of(new Leg(
                    own.timeline(), own.startLsn().toString(), own.stopLsn().toString()));
        }
        List<Leg> legs = new ArrayList<>();
        WalPath path = along.path();
        for (WalPath.Leg each : path.legs()) {
            if (each.last() < each.first()) {
                continue;
            }
            Lsn begin = legs.isEmpty() ? own.startLsn() : new Lsn(each.first() * path.segmentSize());
            Lsn end = new Lsn((each.last() + 1) * path.segmentSize());
            legs.add(new Leg(
                    each.timeline(), begin.toString(), (end.compareTo(path.end()) > 0 ? path.end() : end).toString()));
        }
        return legs;
    }

    private static List<String> sharesWith(BackupReader backup) {
        return backup.manifest().refersTo().stream()
                .map(attempt -> attempt.backup().value())
                .distinct()
                .limit(MOST_BACKUPS)
                .toList();
    }

    /** What an earlier attempt left is gone on with, as the restore would. */
    private void requireRightPlace(Destination destination, int major, boolean goesOn, boolean keeps)
            throws RestoreException, IOException {
        if (goesOn) {
            ExistingCluster.refuseAnother(destination);
        } else if (request.delta()) {
            ExistingCluster.require(destination, major);
        } else {
            ClaimedPlaces.requireFree(destination);
        }
        if (keeps) {
            KeptAside.require(destination.places(), major);
        }
    }

    private static void requireWritable(Destination destination) throws RestoreException {
        Path there = FreeSpace.existing(destination.dataDirectory());
        if (!Files.isWritable(there)) {
            throw new RestoreException(
                    FailureCategory.DESTINATION,
                    there + " cannot be written to.",
                    "let the restore-worker write there, or choose another directory.");
        }
    }

    /** One look of those that a restore makes. */
    @FunctionalInterface
    private interface Look {
        void take() throws RepositoryException, RestoreException, IOException, InterruptedException;
    }

    private void look(Look look) throws InterruptedException {
        try {
            look.take();
        } catch (RestoreException e) {
            refusals.add(PhysicalRestore.stoppedOr(e).failure());
        } catch (RepositoryException e) {
            refusals.add(PhysicalRestore.stoppedOr(RepositoryFailures.of(e)).failure());
        } catch (IOException e) {
            refusals.add(PhysicalRestore.stoppedOr(cannotLook(e)).failure());
        }
    }

    private RestoreException cannotLook(IOException e) {
        return new RestoreException(
                FailureCategory.DESTINATION,
                "looking at " + request.dataDirectory() + " failed: " + e,
                "see that the restore-worker may read there.",
                e);
    }
}
