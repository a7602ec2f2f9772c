package io.holdfast.restore.drill;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.events.drill.DrillCheck;
import io.holdfast.events.drill.DrillMeasures;
import io.holdfast.events.drill.DrillReason;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.restore.RestoreCompleted.RecoveredTo;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.window.RecoveryWindow;
import io.holdfast.repository.window.StoredWindow;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.PostgresInstallation;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.PostgresVersion;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.cluster.RunAs;
import io.holdfast.restore.drill.DrillCandidates.Candidate;
import io.holdfast.restore.drill.DrillResult.Trouble;
import io.holdfast.restore.physical.PhysicalRequest;
import io.holdfast.restore.physical.PhysicalRestore;
import io.holdfast.restore.physical.RestoreRoots;
import io.holdfast.restore.physical.RestoredCluster;
import io.holdfast.restore.sandbox.Sandbox;
import io.holdfast.restore.sandbox.SandboxLimits;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shows that a target can be brought back: restores one of its backups with the engine of every restore, in a sandbox, looks
 * at what came back, and removes it. Needs the repository and the host. Several may run at once, each in a call of its own.
 */
public final class Drill {
    private final PhysicalRestore engine;
    private final PostgresInstallations installations;
    private final Programs programs;
    private final @Nullable String runAsUser;
    private final Path folder;
    private final SandboxLimits limits;
    private final Duration programLimit;
    private final Clock clock;

    /**
     * @param engine restores; where it writes and what its servers run in is replaced by the sandbox
     * @param runAsUser as whom servers run where we are root; absent: {@code postgres}, else {@code nobody}
     * @param folder where sandboxes are made
     * @param programLimit how long {@code pg_amcheck}, {@code pg_checksums} and the smoke command may take, each
     */
    public Drill(
            PhysicalRestore engine,
            PostgresInstallations installations,
            Programs programs,
            @Nullable String runAsUser,
            Path folder,
            SandboxLimits limits,
            Duration programLimit,
            Clock clock) {
        this.engine = engine;
        this.installations = installations;
        this.programs = programs;
        this.runAsUser = runAsUser;
        this.folder = folder;
        this.limits = limits;
        this.programLimit = programLimit;
        this.clock = clock;
    }

    /**
     * Does the drill. Whatever is found, and whatever goes wrong, is in the result; nothing but its report is left.
     *
     * @throws InterruptedException when it was stopped
     */
    public DrillResult run(DrillOrder order, RestoreWatch watch) throws InterruptedException {
        DrillTimes times = new DrillTimes(watch, clock);
        DrillAttempt attempt = new DrillAttempt(order, times);
        try {
            attempt.run();
        } catch (RestoreException e) {
            attempt.failed(e);
        } catch (RepositoryException e) {
            attempt.failed(RepositoryFailures.of(e));
        }
        return attempt.reported();
    }

    /** One drill. For one thread. */
    private final class DrillAttempt {
        private final DrillOrder order;
        private final DrillTimes times;
        private final List<DrillCheck> checks = new ArrayList<>();
        private final List<CountedTable> counted = new ArrayList<>();
        private @Nullable Candidate chosen;
        private @Nullable RestoredCluster cluster;
        private @Nullable RecoveryTarget moment;
        private @Nullable Instant recoverableTo;
        private @Nullable Trouble trouble;

        DrillAttempt(DrillOrder order, DrillTimes times) {
            this.order = order;
            this.times = times;
        }

        void run() throws RestoreException, RepositoryException, InterruptedException {
            TargetName target = new TargetName(order.request().target().value());
            DrillCandidates candidates = DrillCandidates.of(order.repository(), target);
            checks.addAll(candidates.findings());
            Candidate candidate = candidates.choose(order.request());
            chosen = candidate;
            RecoveryWindow window = windowOf(candidate).read();
            moment = DrillMoment.choose(order.request(), candidate, window);
            recoverableTo = DrillMoment.newest(window, candidates);
            PostgresInstallation installation = installations.forServer(
                    PostgresVersion.ofNumber(candidate.content().serverVersion())
                            .major());
            RunAs runAs = RunAs.of(runAsUser, programs);
            try (Sandbox sandbox = Sandbox.open(folder, runAs, installation.parts(), limits)) {
                restore(candidate, sandbox, new SandboxPrograms(sandbox, installation, programLimit));
            }
            checks.addAll(RecordedRows.compare(order.repository(), candidate, reached(), counted));
        }

        private void restore(Candidate candidate, Sandbox sandbox, SandboxPrograms sandboxed)
                throws RestoreException, InterruptedException {
            Path data = sandbox.folder().resolve("data");
            DrillLook look = new DrillLook(order.request().checks(), sandboxed, times);
            try {
                cluster = engine.in(new RestoreRoots(List.of(sandbox.folder())), sandbox)
                        .run(request(candidate, data), times, look);
                times.end();
            } finally {
                checks.addAll(look.found());
                counted.addAll(look.counted());
            }
            checks.add(sandboxed.checksums(data));
        }

        private PhysicalRequest request(Candidate candidate, Path data) {
            return new PhysicalRequest(
                    new RestoreId(order.drill().value()),
                    candidate.place(),
                    candidate.backup(),
                    data.toString(),
                    Map.of(),
                    false,
                    false,
                    null,
                    List.of(),
                    false,
                    order.encryptedOnly(),
                    null,
                    null,
                    moment == null ? null : new PhysicalRequest.RecoverTo(moment, windowOf(candidate)));
        }

        private StoredWindow windowOf(Candidate candidate) {
            return order.repository()
                    .window(candidate.place().target(), candidate.place().place());
        }

        private @Nullable RecoveredTo recoveredTo() {
            return cluster == null ? null : cluster.recoveredTo();
        }

        /** Where recovery ended, as reports tell it. */
        private @Nullable String reached() {
            RecoveredTo reached = recoveredTo();
            return reached == null ? null : Integer.toUnsignedString(reached.timeline()) + " " + reached.lsn();
        }

        void failed(RestoreException e) {
            times.end();
            // What the stored log does not lead to is refused before anything is fetched.
            boolean refused =
                    moment != null && times.phases().isEmpty() && e.failure().category() == FailureCategory.WAL_MISSING;
            trouble = new Trouble(
                    refused
                            ? DrillReason.UNREACHABLE_TARGET
                            : reason(e.failure().category()),
                    e.failure());
        }

        private DrillReason reason(FailureCategory category) {
            return switch (category) {
                case BACKUP_NOT_FOUND -> DrillReason.NO_BACKUP;
                case RECOVERY_FAILED -> DrillReason.RECOVERY;
                case REPOSITORY_UNAVAILABLE,
                        REPOSITORY_DAMAGED,
                        REPOSITORY_FULL,
                        REPOSITORY_READ_ONLY,
                        WAL_MISSING,
                        PERMISSION -> DrillReason.FETCH;
                case CONFIGURATION, DESTINATION, TOOL_VERSION, TOOL_FAILED -> DrillReason.HOST;
                case REFUSED -> DrillReason.REFUSED;
                case CHECK_FAILED -> DrillReason.CORRUPTED_STRUCTURE;
                case UNKNOWN_TARGET,
                        AUTHENTICATION,
                        TLS,
                        CONNECTION,
                        SERVER_INTERRUPTED,
                        SERVER_ERROR,
                        TIMEOUT,
                        INTERNAL -> DrillReason.OTHER;
            };
        }

        /** The result, its report stored where that can be. */
        DrillResult reported() {
            DrillResult result = result();
            Candidate candidate = chosen;
            return candidate == null
                    ? result
                    : result.withReport(new StoredReport(order, candidate, reached(), counted).put(result));
        }

        private DrillResult result() {
            return new DrillResult(
                    chosen == null ? null : chosen.backup(),
                    moment,
                    times.began(),
                    clock.instant(),
                    measures(),
                    checks,
                    trouble == null ? ofChecks() : trouble,
                    null);
        }

        private @Nullable Trouble ofChecks() {
            List<DrillCheck> failed = checks.stream().filter(DrillCheck::failed).toList();
            if (failed.isEmpty()) {
                return null;
            }
            DrillCheck first = failed.getFirst();
            String where = first.database() == null ? "" : " of database " + first.database();
            String more = failed.size() == 1 ? "" : " (and " + (failed.size() - 1) + " more)";
            return new Trouble(
                    first.reason() == null ? DrillReason.OTHER : first.reason(),
                    new Failure(
                            FailureCategory.CHECK_FAILED,
                            "\"" + first.name() + "\"" + where + ": " + first.detail() + more + ".",
                            "the drill's report has everything; see whether the data, this host or the expectation is wrong."));
        }

        /** By samples of the server's time, or by the last transaction that came back: those are up to a minute apart. */
        private @Nullable Instant newest() {
            Instant known = recoverableTo;
            RecoveredTo reached = recoveredTo();
            Instant last = reached == null ? null : reached.lastTransaction();
            return known == null || last != null && last.isAfter(known) ? last : known;
        }

        private DrillMeasures measures() {
            RestoredCluster back = cluster;
            Instant newest = newest();
            return new DrillMeasures(
                    times.phases(),
                    times.untilAnswered(),
                    back == null ? null : (Long) back.bytes(),
                    recoveredTo(),
                    newest,
                    newest == null ? null : (Double) Math.max(0, DrillTimes.seconds(newest, order.requestedAt())));
        }
    }
}
