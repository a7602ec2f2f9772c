package io.holdfast.backup.replication;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ordinary session with a database, for the few catalog queries that a logical backup begins with. It logs in and
 * trusts by the same rules as {@link ReplicationConnection}. For one thread; {@link #close} may be called from any.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SIMPLE-QUERY">Simple query</a>
 */
public final class SqlSession implements AutoCloseable {
    private static final int PROTOCOL_3_0 = 3 << 16;

    private final ServerLink link;

    private SqlSession(ServerLink link) {
        this.link = link;
    }

    /**
     * Connects, encrypts, logs in.
     *
     * @param applicationName shown in pg_stat_activity
     */
    public static SqlSession open(ConnectionSettings settings, String database, String applicationName)
            throws ReplicationException {
        ServerLink link = ServerLink.open(settings);
        try {
            link.logIn(startup(settings, database, applicationName));
            SqlSession session = new SqlSession(link);
            session.awaitReady();
            link.established();
            return session;
        } catch (ReplicationException e) {
            link.close();
            throw e;
        }
    }

    private static byte[] startup(ConnectionSettings settings, String database, String applicationName) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(ByteBuffer.allocate(4).putInt(PROTOCOL_3_0).array());
        for (String text : new String[] {
            "user",
            settings.user(),
            "database",
            database,
            "application_name",
            applicationName,
            "client_encoding",
            "UTF8"
        }) {
            message.writeBytes(FrameWriter.text(text));
        }
        message.write(0);
        return message.toByteArray();
    }

    /**
     * Runs one query and reads all of its answer, which is to be small.
     *
     * @param sql a constant text; there are no parameters
     * @return the rows, each with the texts of its columns, null for null
     */
    public List<List<@Nullable String>> query(String sql) throws ReplicationException {
        link.send('Q', FrameWriter.text(sql));
        Rows rows = new Rows();
        int columns = 0;
        while (true) {
            FrameReader.Frame frame = link.next();
            switch (frame.type()) {
                case 'T' -> columns = Fields.shortValue(frame.body());
                case 'D' -> rows.add(frame.body());
                case 'C' -> {
                    awaitReady();
                    return texts(rows, columns);
                }
                default -> throw link.unexpected(frame, "a result");
            }
        }
    }

    private static List<List<@Nullable String>> texts(Rows rows, int columns) throws ReplicationException {
        List<List<@Nullable String>> texts = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            List<@Nullable String> cells = new ArrayList<>();
            for (int column = 0; column < columns; column++) {
                cells.add(rows.textOrNull(row, column));
            }
            texts.add(cells);
        }
        return texts;
    }

    /** Reads until the server waits for the next command; the key for cancelling is passed over. */
    private void awaitReady() throws ReplicationException {
        FrameReader.Frame frame = link.next();
        while (frame.type() == 'K') {
            frame = link.next();
        }
        if (frame.type() != 'Z') {
            throw link.unexpected(frame, "the end of a command");
        }
    }

    /** Ends the session at once. */
    @Override
    public void close() {
        link.close();
    }
}
