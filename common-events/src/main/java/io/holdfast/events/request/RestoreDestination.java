package io.holdfast.events.request;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a restore goes. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RestoreDestination.Directory.class, name = "directory"),
    @JsonSubTypes.Type(value = RestoreDestination.Database.class, name = "database")
})
public sealed interface RestoreDestination {

    /**
     * A directory on the site's host, for a physical backup.
     *
     * @param path        absolute; must not exist or be empty, unless {@code delta}
     * @param keepRunning leave the restored server running after the checks
     * @param port        the port it listens on, on loopback; absent: any free one
     * @param tablespaces where each tablespace goes, by its oid; absent: beside the data directory
     * @param delta       restore over the stopped cluster that lies there, of the same system identifier: fetch what differs,
     *                    remove what the backup does not have; absent: no
     * @param standby     leave it running as a standby that follows the log in the repository until it is promoted; the
     *                    moment to recover to is {@code latest} then; absent: no
     * @param safetyBackup with {@code delta}: what lies there is moved aside whole before anything is written, to the same
     *                    path with {@code .before-} and the restore's id behind it, and back if the restore fails; absent: no
     */
    record Directory(
            String path,
            boolean keepRunning,
            @Nullable Integer port,
            @Nullable Map<String, String> tablespaces,
            @Nullable Boolean delta,
            @Nullable Boolean standby,
            @Nullable Boolean safetyBackup)
            implements RestoreDestination {

        /** Nothing is kept. */
        public Directory(
                String path,
                boolean keepRunning,
                @Nullable Integer port,
                @Nullable Map<String, String> tablespaces,
                @Nullable Boolean delta,
                @Nullable Boolean standby) {
            this(path, keepRunning, port, tablespaces, delta, standby, null);
        }

        /** No standby, and nothing is kept. */
        public Directory(
                String path,
                boolean keepRunning,
                @Nullable Integer port,
                @Nullable Map<String, String> tablespaces,
                @Nullable Boolean delta) {
            this(path, keepRunning, port, tablespaces, delta, null);
        }

        public Directory {
            tablespaces = tablespaces == null ? null : Map.copyOf(tablespaces);
        }
    }

    /**
     * A database of a running server, for a logical backup, or for a part of a physical one: a cluster that is recovered
     * somewhere else to take one of its databases, or schemas or tables of it, from there.
     *
     * @param host           the server
     * @param port           its port
     * @param user           who restores
     * @param password       reference to the password, never the password itself
     * @param database       the name of the database to create; must not exist, or be empty, unless schemas or tables are named
     * @param sourceDatabase which of the backup's databases; of a logical backup it may be absent where there is only one
     * @param sslMode        libpq's sslmode
     * @param schemas        only these schemas, by their names; nothing in them may exist already
     * @param tables         only these tables, with all that belongs to them; none may exist already
     * @param jobs           logical: how many connections load at the same time, where the worker may spool the dump; absent: one
     */
    record Database(
            String host,
            int port,
            String user,
            @Nullable String password,
            String database,
            @Nullable String sourceDatabase,
            @Nullable String sslMode,
            @Nullable List<String> schemas,
            @Nullable List<Table> tables,
            @Nullable Integer jobs)
            implements RestoreDestination {

        /** All of a dump, over one connection. */
        public Database(
                String host,
                int port,
                String user,
                @Nullable String password,
                String database,
                @Nullable String sourceDatabase,
                @Nullable String sslMode) {
            this(host, port, user, password, database, sourceDatabase, sslMode, null, null, null);
        }

        public Database {
            schemas = schemas == null ? null : List.copyOf(schemas);
            tables = tables == null ? null : List.copyOf(tables);
        }
    }

    /**
     * A table, view, materialized view or sequence.
     *
     * @param schema the name of its schema
     * @param name   its name
     */
    record Table(String schema, String name) {}
}
