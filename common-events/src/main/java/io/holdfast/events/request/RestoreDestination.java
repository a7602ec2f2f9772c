package io.holdfast.events.request;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
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
     */
    record Directory(
            String path,
            boolean keepRunning,
            @Nullable Integer port,
            @Nullable Map<String, String> tablespaces,
            @Nullable Boolean delta)
            implements RestoreDestination {

        public Directory {
            tablespaces = tablespaces == null ? null : Map.copyOf(tablespaces);
        }
    }

    /**
     * A new database of a running server, for a logical backup.
     *
     * @param host           the server
     * @param port           its port
     * @param user           who restores
     * @param password       reference to the password, never the password itself
     * @param database       the name of the database to create; must not exist, or be empty
     * @param sourceDatabase which of the backup's databases; may be absent where there is only one
     * @param sslMode        libpq's sslmode
     */
    record Database(
            String host,
            int port,
            String user,
            @Nullable String password,
            String database,
            @Nullable String sourceDatabase,
            @Nullable String sslMode)
            implements RestoreDestination {}
}
