package io.holdfast.backup.replication;

import io.holdfast.repository.wal.Lsn;
import java.util.Optional;

/**
 * Physical slots that outlive their connection. Names have lower-case letters, digits and underscores, at most 63. For the
 * thread that gives the connection's commands.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html">Streaming replication protocol</a>
 */
public final class PhysicalSlots {
    private final ReplicationConnection connection;

    PhysicalSlots(ReplicationConnection connection) {
        this.connection = connection;
    }

    /**
     * What a slot keeps.
     *
     * @param restart the first byte that is kept for it; empty where nothing is: it was invalidated, or never reserved any
     * @param timeline the server's timeline at that position; 0 where there is none
     */
    public record Kept(Optional<Lsn> restart, int timeline) {}

    /** Runs READ_REPLICATION_SLOT; empty where there is no such slot. */
    public Optional<Kept> read(String name) throws ReplicationException {
        Rows rows = connection.command("READ_REPLICATION_SLOT " + ReplicationConnection.slot(name));
        if (rows.size() == 0 || rows.textOrNull(0, 0) == null) {
            return Optional.empty();
        }
        String restart = rows.textOrNull(0, 1);
        String timeline = rows.textOrNull(0, 2);
        return Optional.of(
                restart == null || timeline == null
                        ? new Kept(Optional.empty(), 0)
                        : new Kept(Optional.of(Numbers.lsn(restart)), Numbers.timeline(timeline)));
    }

    /** Makes a slot that keeps the log from the last checkpoint on. */
    public void create(String name) throws ReplicationException {
        connection.command(
                "CREATE_REPLICATION_SLOT " + ReplicationConnection.slot(name) + " PHYSICAL (RESERVE_WAL true)");
    }

    /** Removes a slot that nobody holds. */
    public void drop(String name) throws ReplicationException {
        connection.command("DROP_REPLICATION_SLOT " + ReplicationConnection.slot(name));
    }
}
