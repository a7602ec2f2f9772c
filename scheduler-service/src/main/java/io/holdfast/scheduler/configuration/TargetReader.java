package io.holdfast.scheduler.configuration;

import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.LogicalDumps;
import io.holdfast.events.definition.PostgresServer;
import io.holdfast.events.definition.RetentionRules;
import io.holdfast.events.definition.WalArchiving;
import io.holdfast.scheduler.schedule.CronSchedule;
import io.holdfast.scheduler.schedule.DrillPlan;
import io.holdfast.scheduler.schedule.TargetSchedule;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;

/** Reads one entry of {@code targets}. */
final class TargetReader {

    static final List<String> KEYS =
            List.of("postgres", "repository", "repositories", "logical", "wal", "schedule", "drill", "retention");
    static final List<String> WAL_KEYS = List.of("stream", "archive_token");
    private static final List<String> SCHEDULE_KEYS = List.of("full", "incremental", "logical", "time_zone");
    private static final String CRON_HINT =
            "write minute, hour, day of month, month and day of week, such as \"0 2 * * *\" for two o'clock every night";

    private TargetReader() {}

    /** @param id absent when the name itself is wrong; the rest is judged all the same */
    static @Nullable ConfiguredTarget read(
            @Nullable TargetId id,
            Section target,
            Set<RepositoryId> known,
            Map<RepositoryId, RetentionRules> ofRepositories) {
        Section postgres = target.requiredSection(
                "postgres", PostgresReader.KEYS, "write `postgres: { host: …, user: …, password: \"env:…\" }`");
        PostgresServer server = postgres == null ? null : PostgresReader.read(postgres);
        List<RepositoryId> repositories = TargetRepositories.read(target, known);
        Section logical = target.section("logical", LogicalReader.KEYS);
        LogicalDumps dumps = logical == null ? null : LogicalReader.read(logical);
        Section wal = target.section("wal", WAL_KEYS);
        WalArchiving archiving = wal == null
                ? new WalArchiving(true)
                : new WalArchiving(wal.flag("stream", true), wal.secretReference("archive_token"));
        Section schedule = target.section("schedule", SCHEDULE_KEYS);
        // Where the repositories are wrong, times are judged as if the target went to all that there are.
        List<RepositoryId> places = repositories == null ? List.copyOf(known) : repositories;
        List<TargetSchedule> schedules = schedule == null ? List.of() : schedules(id, schedule, places);
        List<RetentionRules> retention = TargetRetention.read(target, places, ofRepositories, schedules);
        Section drill = target.section("drill", DrillReader.KEYS);
        DrillPlan plan = drill == null
                ? null
                : DrillReader.read(id, repositories == null ? null : repositories.getFirst(), drill);
        return id == null || server == null || repositories == null
                ? null
                : new ConfiguredTarget(id, server, repositories, dumps, archiving, schedules, plan, retention);
    }

    private static List<TargetSchedule> schedules(
            @Nullable TargetId target, Section schedule, List<RepositoryId> repositories) {
        ZoneId zone = schedule.read(
                "time_zone",
                schedule.text("time_zone"),
                TargetReader::zone,
                "use a name of the IANA time zone database, such as UTC or Europe/Zurich");
        ZoneId effective = zone == null ? ZoneOffset.UTC : zone;
        List<TargetSchedule> schedules = new ArrayList<>();
        for (BackupKind kind : BackupKind.values()) {
            times(schedule, kind.wireName(), effective, repositories).forEach((repository, times) -> {
                if (target != null) {
                    schedules.add(new TargetSchedule(target, kind, repository, times));
                }
            });
        }
        return schedules;
    }

    /** One time is that of every repository; else each that is named has its own, and the others have none. */
    private static Map<RepositoryId, CronSchedule> times(
            Section schedule, String key, ZoneId zone, List<RepositoryId> repositories) {
        Map<RepositoryId, CronSchedule> times = new LinkedHashMap<>();
        if (schedule.where(key) instanceof MappingNode && schedule.values().containsKey(key)) {
            Section each = schedule.section(
                    key, repositories.stream().map(RepositoryId::value).toList());
            if (each == null || each.values().isEmpty()) {
                schedule.problems()
                        .add(
                                schedule.where(key),
                                schedule.path(key) + " names nothing",
                                "leave it out, or " + CRON_HINT);
                return times;
            }
            for (RepositoryId repository : repositories) {
                CronSchedule own = time(each, repository.value(), zone);
                if (own != null) {
                    times.put(repository, own);
                }
            }
            return times;
        }
        CronSchedule all = time(schedule, key, zone);
        if (all != null) {
            repositories.forEach(repository -> times.put(repository, all));
        }
        return times;
    }

    private static @Nullable CronSchedule time(Section section, String key, ZoneId zone) {
        return section.read(key, section.text(key), expression -> CronSchedule.of(expression, zone), CRON_HINT);
    }

    static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("does not know the time zone `" + Section.shortened(name) + "`", e);
        }
    }
}
