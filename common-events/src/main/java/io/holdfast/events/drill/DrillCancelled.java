package io.holdfast.events.drill;

import io.holdfast.events.DrillId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A drill was stopped because somebody asked. */
public record DrillCancelled(
        DrillId drillId,
        TargetId target,
        SiteName site,
        Instant cancelledAt,
        @Nullable String cancelledBy,
        @Nullable String reason)
        implements DrillEvent {}
