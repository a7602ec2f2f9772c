package io.holdfast.scheduler.restore;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreDestination.Table;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.scheduler.catalog.Listed;
import io.holdfast.scheduler.configuration.SecretReferences;
import io.holdfast.scheduler.request.RequestRefusedException;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** From what somebody orders to the request that is signed. Pure. */
final class RestorePlan {

    private static final int MOST_CHECKS = 50;
    private static final int LONGEST_SQL = 10_000;
    private static final int LONGEST_PATH = 4096;
    private static final int LONGEST_NAME = 256;
    private static final int MOST_NAMES = 200;
    private static final int MOST_JOBS = 16;

    /** So that an event stays below 256 KiB, and one that repeats what was expected too. Bytes, as JSON. */
    private static final long LONGEST_CHECKS = 128 * 1024;

    private static final String LOCAL = "local";

    private RestorePlan() {}

    /**
     * The request for this order.
     *
     * @param damaged whether a verification of the backup found damage that none as deep took back since
     * @throws RequestRefusedException when the order makes no sense, or the backup cannot be restored
     */
    static RestoreRequested of(RestoreOrder order, Listed.Backup backup, boolean damaged, String requestedBy) {
        boolean acceptDamage = Boolean.TRUE.equals(order.acceptDamage());
        String repository = backup.repository();
        String manifest = backup.manifest();
        checkTexts(order);
        if (repository == null || manifest == null) {
            throw new RequestRefusedException(
                    Why.CONFLICT,
                    "the backup is " + backup.status().wireName() + ", there is nothing to restore",
                    "choose one that is completed or verified; GET /api/backup/list?status=verified names some");
        }
        if (damaged && !acceptDamage) {
            throw new RequestRefusedException(
                    Why.CONFLICT,
                    "the backup is damaged: a verification found that, and none as deep has passed since",
                    "choose another one, or set accept_damage to restore what can be read of it");
        }
        BackupKind kind = BackupKind.of(backup.kind() == null ? "full" : backup.kind());
        Precautions.require(order, backup, kind);
        return new RestoreRequested(
                new TargetId(backup.target()),
                BackupId.of(backup.backupId()),
                kind,
                new RepositoryId(repository),
                manifest,
                site(order.site()),
                switch (kind) {
                    case FULL, INCREMENTAL -> order.intoDatabase() == null ? directory(order) : ofCluster(order);
                    case LOGICAL -> database(order);
                },
                checks(order.checks()),
                acceptDamage,
                order.reason(),
                requestedBy,
                Boolean.TRUE.equals(order.acceptUnencrypted()) ? true : null,
                moment(order, kind),
                Boolean.TRUE.equals(order.dryRun()) ? true : null,
                Boolean.TRUE.equals(order.verifyFirst()) ? true : null,
                OrderedHooks.of(order));
    }

    private static @Nullable RecoveryTarget moment(RestoreOrder order, BackupKind kind) {
        RecoveryTarget moment = OrderedMoment.of(order);
        if (moment != null && kind == BackupKind.LOGICAL) {
            throw invalid(
                    "a logical backup is of one moment, and cannot be recovered to another one",
                    "leave the moment out, or choose a full or incremental backup");
        }
        return moment;
    }

    private static SiteName site(@Nullable String site) {
        try {
            return new SiteName(site == null ? LOCAL : site);
        } catch (IllegalArgumentException e) {
            throw invalid("site is not a site's name", "use the name that its restore-workers declare, such as local");
        }
    }

    private static RestoreDestination directory(RestoreOrder order) {
        if (Stream.of(order.sourceDatabase(), order.password(), order.schemas(), order.tables(), order.jobs())
                .anyMatch(Objects::nonNull)) {
            throw invalid(
                    "source_database, password, schemas, tables and jobs belong to a database to restore into",
                    "give `into_database` in place of `directory`, or leave them out");
        }
        String directory = order.directory();
        if (directory == null) {
            throw invalid(
                    "directory is missing",
                    "give an absolute path on the site's host, of a fresh directory, or of a cluster's with `delta`;"
                            + " or `into_database`, for a part of the cluster");
        }
        Integer port = order.port();
        if (port != null && (port < 1 || port > 65_535)) {
            throw invalid("port is not between 1 and 65535", "leave it out for any free one");
        }
        Map<String, String> tablespaces = order.tablespaces();
        if (tablespaces != null) {
            tablespaces.forEach((oid, path) -> {
                if (!oid.matches("[0-9]{1,10}")) {
                    throw invalid("tablespaces is not keyed by oid", "write { \"16385\": \"/absolute/path\" }");
                }
                checkPath("tablespaces." + oid, path);
            });
        }
        checkPath("directory", directory);
        return new RestoreDestination.Directory(
                directory,
                Boolean.TRUE.equals(order.start()) || Boolean.TRUE.equals(order.standby()),
                port,
                tablespaces,
                Boolean.TRUE.equals(order.delta()) ? true : null,
                Boolean.TRUE.equals(order.standby()) ? true : null,
                Boolean.TRUE.equals(order.safetyBackup()) ? true : null);
    }

    // What Jackson reads may be null where the type says it is not.
    private static void checkPath(String field, @Nullable String text) {
        if (text == null || !isPlainPath(text)) {
            throw invalid(field + " is not an absolute path without `..`", "write it out, such as /srv/restored");
        }
    }

    private static boolean isPlainPath(String text) {
        try {
            Path path = Path.of(text);
            return path.isAbsolute()
                    && path.normalize().equals(path)
                    && path.getNameCount() > 0
                    && text.length() <= LONGEST_PATH
                    && text.chars().noneMatch(Character::isISOControl);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** A part of a cluster, which is recovered for it in a sandbox. */
    private static RestoreDestination ofCluster(RestoreOrder order) {
        if (absent(order.sourceDatabase())) {
            throw invalid("source_database is missing", "name the database of the cluster that is wanted or holds it");
        }
        if (order.jobs() != null) {
            throw invalid(
                    "jobs has no meaning for a physical backup: what is wanted of it is loaded while it is dumped",
                    "leave it out");
        }
        return database(order);
    }

    private static RestoreDestination database(RestoreOrder order) {
        boolean asForDirectory = order.directory() != null
                || order.start() != null
                || order.port() != null
                || order.tablespaces() != null
                || order.standby() != null
                || order.delta() != null;
        if (asForDirectory) {
            throw invalid(
                    "directory, start, port, tablespaces, delta and standby do not go with what is restored into a database",
                    "give `into_database` without them; a directory is for a physical backup, full or incremental");
        }
        String hint = "write postgresql://user@host:5432/database, and the password as `password`: \"env:NAME\"";
        String url = order.intoDatabase();
        if (url == null) {
            throw invalid("into_database is missing", hint);
        }
        DatabaseUrl database;
        try {
            database = DatabaseUrl.parse(url);
        } catch (IllegalArgumentException e) {
            throw invalid("into_database " + e.getMessage(), hint);
        }
        String password = order.password();
        if (password != null && !SecretReferences.valid(password)) {
            throw invalid("password is not a reference to a secret", "write env:NAME or file:/absolute/path");
        }
        Integer jobs = order.jobs();
        if (jobs != null && (jobs < 1 || jobs > MOST_JOBS)) {
            throw invalid("jobs is not between 1 and " + MOST_JOBS, "leave it out for one connection");
        }
        return new RestoreDestination.Database(
                database.host(),
                database.port(),
                database.user(),
                password,
                database.database(),
                order.sourceDatabase(),
                database.sslMode(),
                schemas(order.schemas()),
                tables(order.tables()),
                jobs);
    }

    private static @Nullable List<String> schemas(@Nullable List<String> schemas) {
        if (schemas == null) {
            return null;
        }
        // What Jackson reads may be null where the type says it is not.
        for (@Nullable String schema : schemas) {
            if (absent(schema) || schema.length() > LONGEST_NAME) {
                throw invalid("schemas has an entry that is no name", "write the schemas' names as they are");
            }
        }
        requireFew(schemas);
        return schemas;
    }

    private static @Nullable List<Table> tables(@Nullable List<String> tables) {
        if (tables == null) {
            return null;
        }
        requireFew(tables);
        return tables.stream().map(RestorePlan::table).toList();
    }

    private static Table table(@Nullable String text) {
        try {
            return TableName.parse(text == null ? "" : text);
        } catch (IllegalArgumentException e) {
            throw invalid(
                    "tables has an entry that " + e.getMessage(),
                    "write schema.table, with double quotes around a name that has a dot or a double quote:"
                            + " shop.orders, \"odd.schema\".\"a \"\"b\"\"\"");
        }
    }

    private static void requireFew(List<String> names) {
        if (names.isEmpty() || names.size() > MOST_NAMES) {
            throw invalid(
                    "schemas or tables are none or more than " + MOST_NAMES,
                    "leave out what is meant as a whole; name schemas instead of many tables");
        }
    }

    private static List<SqlCheck> checks(@Nullable List<SqlCheck> checks) {
        if (checks == null) {
            return List.of();
        }
        // What Jackson reads may lack what the record calls required.
        for (@Nullable SqlCheck check : checks) {
            if (check == null
                    || absent(check.name())
                    || absent(check.sql())
                    || check.sql().length() > LONGEST_SQL) {
                throw invalid("a check lacks its name or sql, or is too long", "write { \"name\": …, \"sql\": … }");
            }
        }
        if (texts(checks).mapToLong(RestorePlan::jsonLength).sum() > LONGEST_CHECKS) {
            throw invalid("the checks are longer than 128 KiB in all", "leave some out, or put them into functions");
        }
        if (checks.size() > MOST_CHECKS) {
            throw invalid("there are more than " + MOST_CHECKS + " checks", "join some into one statement");
        }
        return checks;
    }

    /** Halves of characters cannot be sent to anybody. */
    private static void checkTexts(RestoreOrder order) {
        Stream<String> paths = Stream.ofNullable(order.tablespaces()).flatMap(map -> map.values().stream());
        Stream<String> others = Stream.of(
                        order.site(),
                        order.toName(),
                        order.directory(),
                        order.intoDatabase(),
                        order.password(),
                        order.sourceDatabase(),
                        order.confirm(),
                        order.reason(),
                        order.requestedBy())
                .flatMap(Stream::ofNullable);
        Stream<String> names = Stream.of(order.schemas(), order.tables())
                .filter(Objects::nonNull)
                .flatMap(List::stream);
        Stream<String> checks = Stream.ofNullable(order.checks()).flatMap(RestorePlan::texts);
        Stream.of(paths, others, names, checks)
                .flatMap(texts -> texts)
                .filter(Objects::nonNull)
                .filter(text -> !StandardCharsets.UTF_8.newEncoder().canEncode(text))
                .findAny()
                .ifPresent(text -> {
                    throw invalid("a text holds half of a character", "send well-formed UTF-8");
                });
    }

    private static Stream<String> texts(List<SqlCheck> checks) {
        return checks.stream()
                .filter(Objects::nonNull)
                .flatMap(check -> Stream.of(check.name(), check.database(), check.sql(), check.expected())
                        .flatMap(Stream::ofNullable));
    }

    /** Bytes as JSON, with what has to be escaped. */
    private static long jsonLength(String text) {
        return text.codePoints()
                .map(point -> {
                    if (point < ' ') {
                        return "\\u0000".length();
                    }
                    if (point == '"' || point == '\\') {
                        return 2;
                    }
                    return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
                })
                .asLongStream()
                .sum();
    }

    private static boolean absent(@Nullable String text) {
        return text == null || text.isBlank();
    }

    private static RequestRefusedException invalid(String what, String hint) {
        return new RequestRefusedException(Why.INVALID, what, hint);
    }
}
