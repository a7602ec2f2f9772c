package io.holdfast.events.drill;

import io.holdfast.events.DrillId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A restore-worker began. Said once for each attempt, counted from 1. */
public record DrillStarted(
        DrillId drillId,
        TargetId target,
        SiteName site,
        Instant startedAt,
        int attempt,
        String worker,
        @Nullable String reason,
        @Nullable String requestedBy)
        implements DrillEvent {}
