package io.holdfast.repository.manifest;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.holdfast.repository.index.FilePath;
import java.util.List;
import java.util.Optional;

/** What is in a backup, as its restorer needs to know. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = BackupContent.Physical.class, name = "physical"),
    @JsonSubTypes.Type(value = BackupContent.Logical.class, name = "logical")
})
public sealed interface BackupContent {
    /**
     * The files of a PostgreSQL cluster.
     *
     * @param systemIdentifier decimal, unsigned
     * @param serverVersion as {@code server_version_num}, such as 170011
     * @param wal what has to be replayed before the files are consistent
     * @param tablespaces outside the data directory; their files are at {@code pg_tblspc/<oid>/}
     * @param postgresManifest the attachment that holds PostgreSQL's own {@code backup_manifest}, verbatim
     */
    record Physical(
            String systemIdentifier,
            int serverVersion,
            WalNeeded wal,
            List<Tablespace> tablespaces,
            Optional<FilePath> postgresManifest)
            implements BackupContent {
        public Physical {
            tablespaces = List.copyOf(tablespaces);
        }
    }

    /**
     * Dumps.
     *
     * @param serverVersion as {@code server_version_num}
     * @param dumpVersion version text of the dumping program, such as {@code 17.11}
     * @param databases one custom-format dump each
     * @param globals the file with roles and other globals, if dumped
     */
    record Logical(int serverVersion, String dumpVersion, List<DumpedDatabase> databases, Optional<FilePath> globals)
            implements BackupContent {
        public Logical {
            databases = List.copyOf(databases);
        }
    }

    /**
     * A tablespace.
     *
     * @param oid unsigned 32 bits
     * @param location the absolute path on the server
     */
    record Tablespace(long oid, String location) {}

    /**
     * A dumped database.
     *
     * @param name as in PostgreSQL, any characters
     * @param file where the dump is in the backup
     */
    record DumpedDatabase(String name, FilePath file) {}
}
