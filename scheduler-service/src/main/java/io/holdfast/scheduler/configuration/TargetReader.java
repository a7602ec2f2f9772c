package io.holdfast.scheduler.configuration;

import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.LogicalDumps;
import io.holdfast.events.definition.PostgresServer;
import io.holdfast.events.definition.WalArchiving;
import io.holdfast.scheduler.schedule.CronSchedule;
import io.holdfast.scheduler.schedule.TargetSchedule;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one entry of {@code targets}. */
final class TargetReader {

    static final List<String> KEYS = List.of("postgres", "repository", "logical", "wal", "schedule");
    static final List<String> WAL_KEYS = List.of("stream");
    private static final List<String> SCHEDULE_KEYS = List.of("full", "incremental", "logical", "time_zone");
    private static final String CRON_HINT =
            "write minute, hour, day of month, month and day of week, such as \"0 2 * * *\" for two o'clock every night";

    private TargetReader() {}

    /** @param id absent when the name itself is wrong; the rest is judged all the same */
    static @Nullable ConfiguredTarget read(@Nullable TargetId id, Section target, Set<RepositoryId> known) {
        Section postgres = target.requiredSection(
                "postgres", PostgresReader.KEYS, "write `postgres: { host: …, user: …, password: \"env:…\" }`");
        PostgresServer server = postgres == null ? null : PostgresReader.read(postgres);
        RepositoryId repository = repository(target, known);
        Section logical = target.section("logical", LogicalReader.KEYS);
        LogicalDumps dumps = logical == null ? null : LogicalReader.read(logical);
        Section wal = target.section("wal", WAL_KEYS);
        WalArchiving archiving = new WalArchiving(wal == null || wal.flag("stream", true));
        Section schedule = target.section("schedule", SCHEDULE_KEYS);
        List<TargetSchedule> schedules = schedule == null ? List.of() : schedules(id, schedule);
        return id == null || server == null || repository == null
                ? null
                : new ConfiguredTarget(id, server, repository, dumps, archiving, schedules);
    }

    private static @Nullable RepositoryId repository(Section target, Set<RepositoryId> known) {
        List<String> names = known.stream().map(RepositoryId::value).sorted().toList();
        String all = names.isEmpty() ? "define one under `repositories`" : "known: " + String.join(", ", names);
        String name = target.requiredText("repository", all);
        if (name == null) {
            return null;
        }
        if (!names.contains(name)) {
            target.problems()
                    .add(
                            target.where("repository"),
                            "there is no repository `" + Section.shortened(name) + "`",
                            NearestName.of(name, names)
                                    .map(nearest -> "did you mean `" + nearest + "`? " + all)
                                    .orElse(all));
            return null;
        }
        return new RepositoryId(name);
    }

    private static List<TargetSchedule> schedules(@Nullable TargetId target, Section schedule) {
        ZoneId zone = schedule.read(
                "time_zone",
                schedule.text("time_zone"),
                TargetReader::zone,
                "use a name of the IANA time zone database, such as UTC or Europe/Zurich");
        ZoneId effective = zone == null ? ZoneOffset.UTC : zone;
        List<TargetSchedule> schedules = new ArrayList<>();
        for (BackupKind kind : BackupKind.values()) {
            String key = kind.wireName();
            CronSchedule times = schedule.read(
                    key, schedule.text(key), expression -> CronSchedule.of(expression, effective), CRON_HINT);
            if (times != null && target != null) {
                schedules.add(new TargetSchedule(target, kind, times));
            }
        }
        return schedules;
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("does not know the time zone `" + Section.shortened(name) + "`", e);
        }
    }
}
