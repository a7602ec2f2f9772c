package io.holdfast.restore.drill;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.holdfast.events.Failure;
import io.holdfast.events.drill.DrillCheck;
import io.holdfast.events.drill.DrillMeasures;
import io.holdfast.events.drill.DrillReason;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.wire.EventCodec;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The report of a drill, as it is stored; {@code docs/repository-format.md} tells of it.
 *
 * @param format version of this form, 1
 * @param passed whether the target was brought back as it has to be
 * @param point where recovery ended, {@code 1 0/3000060}; absent: at the backup's end
 * @param rows what was counted
 */
record DrillReport(
        int format,
        String drill,
        String target,
        String repository,
        String site,
        String backup,
        @Nullable RecoveryTarget moment,
        long seed,
        Instant requestedAt,
        Instant startedAt,
        Instant finishedAt,
        boolean passed,
        @Nullable DrillReason reason,
        @Nullable Failure failure,
        DrillMeasures measures,
        @Nullable String point,
        List<DrillCheck> checks,
        List<CountedTable> rows) {

    private static final ObjectMapper JSON = EventCodec.newJsonMapper().enable(SerializationFeature.INDENT_OUTPUT);

    DrillReport {
        checks = List.copyOf(checks);
        rows = List.copyOf(rows);
    }

    byte[] write() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report that cannot be written", e);
        }
    }

    static DrillReport read(byte[] json) throws JsonProcessingException {
        try {
            return JSON.readValue(json, DrillReport.class);
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory cannot be read", e);
        }
    }

    /** Whether it is of a drill that came to this point. */
    boolean isOf(@Nullable String reached) {
        return !rows.isEmpty() && Objects.equals(point, reached);
    }
}
