package io.holdfast.backup.replication;

import io.holdfast.repository.wal.Lsn;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A running BASE_BACKUP: {@link #start}, then {@link #next} until it returns null, then {@link #stop}. Only a returned
 * {@link BackupStop} means that the server made the backup to its end: errors may come after the last byte.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html#PROTOCOL-REPLICATION-BASE-BACKUP">
 *     BASE_BACKUP</a>
 */
public final class BaseBackupStream {
    private static final int KIB = 1024;

    private final ReplicationConnection connection;
    private final BackupStart start;

    private BaseBackupStream(ReplicationConnection connection, BackupStart start) {
        this.connection = connection;
        this.start = start;
    }

    static BaseBackupStream begin(ReplicationConnection connection, BaseBackupCommand command)
            throws ReplicationException {
        ServerLink link = connection.link();
        connection.sendQuery(command.text());
        link.patience(link.settings().checkpointTimeout());
        Rows position = connection.resultSet();
        Rows tablespaces = connection.resultSet();
        FrameReader.Frame copy = link.next();
        if (copy.type() != 'H') {
            throw link.unexpected(copy, "the start of a base backup");
        }
        link.patience(link.settings().readTimeout());
        return new BaseBackupStream(connection, start(position, tablespaces));
    }

    private static BackupStart start(Rows position, Rows rows) throws ReplicationException {
        List<BackupStart.Tablespace> tablespaces = new ArrayList<>();
        long kib = 0;
        boolean sized = true;
        for (int row = 0; row < rows.size(); row++) {
            String oid = rows.textOrNull(row, 0);
            if (oid != null) {
                tablespaces.add(new BackupStart.Tablespace(Numbers.unsigned(oid), rows.text(row, 1)));
            }
            String size = rows.textOrNull(row, 2);
            sized &= size != null;
            kib += size == null ? 0 : Numbers.unsigned(size);
        }
        @Nullable Long bytes = sized ? Long.valueOf(kib * KIB) : null;
        return new BackupStart(lsn(position), Numbers.timeline(position.text(0, 1)), tablespaces, bytes);
    }

    private static Lsn lsn(Rows position) throws ReplicationException {
        return Numbers.lsn(position.text(0, 0));
    }

    public BackupStart start() {
        return start;
    }

    /**
     * The next piece of the stream.
     *
     * @return its bytes, valid until the next call; null at the end
     */
    public @Nullable ByteBuffer next() throws ReplicationException {
        FrameReader.Frame frame = connection.link().next();
        return switch (frame.type()) {
            case 'd' -> frame.body();
            case 'c' -> null;
            default -> throw connection.link().unexpected(frame, "a base backup");
        };
    }

    /** After the last piece: the server's word that all went well. */
    public BackupStop stop() throws ReplicationException {
        // The server writes the backup's end into the log first, on a slow disk that takes its time.
        connection.link().patience(connection.link().settings().checkpointTimeout());
        Rows position = connection.resultSet();
        BackupStop stop = new BackupStop(lsn(position), Numbers.timeline(position.text(0, 1)));
        connection.awaitReady();
        return stop;
    }
}
