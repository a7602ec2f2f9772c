package io.holdfast.events.drill;

import io.holdfast.events.DrillId;
import io.holdfast.events.EventData;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;

/** What happened to one drill. */
public sealed interface DrillEvent extends EventData permits DrillStarted, DrillCompleted, DrillFailed, DrillCancelled {

    DrillId drillId();

    TargetId target();

    SiteName site();

    @Override
    default String subject() {
        return target().value();
    }
}
