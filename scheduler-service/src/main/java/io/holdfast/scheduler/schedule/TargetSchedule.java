package io.holdfast.scheduler.schedule;

import io.holdfast.events.BackupKind;
import io.holdfast.events.TargetId;

/** One kind of backup of one target, at its times. At most one exists for each target and kind. */
public record TargetSchedule(TargetId target, BackupKind kind, CronSchedule times) {}
