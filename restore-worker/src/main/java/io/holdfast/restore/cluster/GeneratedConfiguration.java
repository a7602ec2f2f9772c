package io.holdfast.restore.cluster;

import io.holdfast.restore.cluster.ControlFile.Limits;
import java.nio.file.Path;

/**
 * The configuration of a restored server, made anew: what the original had may name directories, libraries, archives and
 * primaries that belong to production. Pure; see {@code docs/decisions/0031-configuration-is-generated.md}.
 *
 * @param limits what recovery needs
 * @param port on 127.0.0.1 and for the socket's name
 * @param socketDirectory a directory that only the server's user can enter
 * @param network whether it listens on 127.0.0.1 at all
 */
public record GeneratedConfiguration(Limits limits, int port, Path socketDirectory, boolean network) {

    /** {@code postgresql.conf}. */
    public String postgresqlConf() {
        return """
                # Made by Holdfast for a restored cluster. What the original had lies beside as *.found.
                listen_addresses = '%s'
                port = %d
                unix_socket_directories = %s
                unix_socket_permissions = 0700

                # Not below what the original had: recovery and prepared transactions need them.
                max_connections = %d
                max_worker_processes = %d
                max_wal_senders = %d
                max_prepared_transactions = %d
                max_locks_per_transaction = %d
                track_commit_timestamp = %s
                wal_level = replica

                # A tablespace that the log created lies as a folder in pg_tblspc, and not where the original has it.
                allow_in_place_tablespaces = on

                # Nothing of this cluster reaches out to production by itself.
                archive_mode = off
                primary_conninfo = ''
                shared_preload_libraries = ''
                max_logical_replication_workers = 0
                ssl = off

                # Statements may hold secrets; they stay out of the log.
                logging_collector = off
                log_destination = 'stderr'
                log_line_prefix = '%%m [%%p] '
                log_statement = 'none'
                log_min_error_statement = panic
                lc_messages = 'C'
                """.formatted(
                        network ? "127.0.0.1" : "",
                        port,
                        quoted(socketDirectory.toString()),
                        limits.maxConnections(),
                        limits.maxWorkerProcesses(),
                        limits.maxWalSenders(),
                        limits.maxPreparedTransactions(),
                        limits.maxLocksPerTransaction(),
                        limits.trackCommitTimestamp() ? "on" : "off");
    }

    /** {@code pg_hba.conf}. */
    public String hbaConf() {
        return """
                # The socket lies in a directory that only the server's own user (and root) can enter.
                local all all trust
                # Over the network roles come in with the passwords they have in this cluster; "md5" takes SCRAM
                # whenever the stored password is one.
                host  all all 127.0.0.1/32 md5
                """;
    }

    /** {@code pg_ident.conf}. */
    public String identConf() {
        return "# Empty: nobody is mapped.\n";
    }

    /** A setting's value in quotes, as {@code postgresql.conf} wants it. */
    static String quoted(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
