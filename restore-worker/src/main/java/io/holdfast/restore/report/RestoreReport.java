package io.holdfast.restore.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.restore.RestoreCompleted;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.events.restore.RestoreCompleted.Comparison;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.events.restore.RestoreCompleted.RecoveredTo;
import io.holdfast.events.verification.Damage;
import io.holdfast.events.wire.EventCodec;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The report of a restore that is done, as it is written to a file; {@code docs/restoring.md} tells of it. Names are those of
 * the completed event, which says the same.
 *
 * @param format version of this form, 1
 * @param site absent: it was done without a control plane
 * @param recoveryTarget the moment that was asked for; absent: the backup's end
 * @param hooks what the programs around it gave; absent: there were none
 * @param keptAside where what lay there before is kept; absent: nothing is
 * @param missing with damage accepted: what could not be restored; absent: everything was
 * @param warnings what somebody should know before relying on it; absent: nothing
 */
public record RestoreReport(
        int format,
        String restoreId,
        String target,
        String backupId,
        @Nullable String site,
        @Nullable String reason,
        @Nullable String requestedBy,
        @Nullable RecoveryTarget recoveryTarget,
        @Nullable RecoveredTo recoveredTo,
        @Nullable String directory,
        @Nullable String connection,
        boolean running,
        long bytes,
        Instant startedAt,
        Instant finishedAt,
        List<Phase> phases,
        List<CheckResult> checks,
        @Nullable List<CheckResult> hooks,
        @Nullable Comparison comparison,
        @Nullable List<String> keptAside,
        @Nullable List<Damage> missing,
        @Nullable List<String> warnings) {
    /** The form that is written now. */
    public static final int FORMAT = 1;

    private static final ObjectMapper JSON = EventCodec.newJsonMapper().enable(SerializationFeature.INDENT_OUTPUT);

    public RestoreReport {
        phases = List.copyOf(phases);
        checks = List.copyOf(checks);
    }

    /** The report of what a request led to. */
    public static RestoreReport of(RestoreRequested request, RestoreCompleted done) {
        List<CheckResult> hooks =
                done.checks().stream().filter(Warnings::isHook).toList();
        return new RestoreReport(
                FORMAT,
                done.restoreId().toString(),
                done.target().value(),
                done.backupId().toString(),
                done.site().value(),
                request.reason(),
                request.requestedBy(),
                done.recoveryTarget(),
                done.recoveredTo(),
                done.directory(),
                done.connection(),
                done.running(),
                done.bytes(),
                done.startedAt(),
                done.finishedAt(),
                done.phases(),
                done.checks().stream().filter(each -> !Warnings.isHook(each)).toList(),
                hooks.isEmpty() ? null : hooks,
                done.comparison(),
                done.keptAside(),
                done.missing(),
                done.warnings());
    }

    /** As a tree of JSON. */
    public ObjectNode tree() {
        return JSON.valueToTree(this);
    }

    byte[] write() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report that cannot be written", e);
        }
    }
}
