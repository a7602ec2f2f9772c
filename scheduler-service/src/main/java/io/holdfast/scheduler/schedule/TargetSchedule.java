package io.holdfast.scheduler.schedule;

import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;

/**
 * One kind of backup of one target, at its times. At most one exists for each target, kind and repository: a target of
 * several repositories has as many.
 *
 * @param repository where its backups go
 */
public record TargetSchedule(TargetId target, BackupKind kind, RepositoryId repository, CronSchedule times) {}
