package io.holdfast.events.definition;

import io.holdfast.events.RepositoryId;
import org.jspecify.annotations.Nullable;

/**
 * What is promised to stay of a target's backups in a repository. A backup stays if any rule keeps it; what is absent is no
 * rule. Without any rule everything stays.
 *
 * @param repository      where
 * @param timeZone        whose days, weeks, months and years count, by its IANA name; absent: UTC
 * @param hourly          of so many hours that have a backup, one is kept
 * @param daily           the same of days
 * @param weekly          the same of weeks
 * @param monthly         the same of months
 * @param yearly          the same of years
 * @param count           so many of the newest
 * @param spacingSeconds  backups made closer together share a place of {@code count}; absent: an hour
 * @param ageSeconds      what was younger than this when the newest was made
 * @param windowSeconds   what is needed to reach every moment since so long before the newest
 * @param perRun          at most so many are removed at once; absent: 100
 * @param freely          more than this, and more than twice what is usual, waits until somebody agrees; absent: 3
 * @param youngestSeconds what is younger stays; absent: a day
 */
public record RetentionRules(
        RepositoryId repository,
        @Nullable String timeZone,
        @Nullable Integer hourly,
        @Nullable Integer daily,
        @Nullable Integer weekly,
        @Nullable Integer monthly,
        @Nullable Integer yearly,
        @Nullable Integer count,
        @Nullable Long spacingSeconds,
        @Nullable Long ageSeconds,
        @Nullable Long windowSeconds,
        @Nullable Integer perRun,
        @Nullable Integer freely,
        @Nullable Long youngestSeconds) {}
