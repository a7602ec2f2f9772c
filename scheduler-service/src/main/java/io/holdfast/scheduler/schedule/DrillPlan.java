package io.holdfast.scheduler.schedule;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.request.DrillChecks;
import org.jspecify.annotations.Nullable;

/**
 * What is configured of one target's drills.
 *
 * @param times when; absent: not by the clock
 * @param afterFull also after each full backup
 * @param site where its restore-workers are
 * @param checks what each has to find
 */
public record DrillPlan(
        TargetId target,
        RepositoryId repository,
        @Nullable CronSchedule times,
        boolean afterFull,
        SiteName site,
        DrillChecks checks) {
    /** Where drills are where nothing is said. */
    public static final SiteName USUAL_SITE = new SiteName("local");

    /** Of a target of which nothing is configured. */
    public static DrillPlan usual(TargetId target, RepositoryId repository) {
        return new DrillPlan(target, repository, null, false, USUAL_SITE, DrillChecks.NONE);
    }
}
