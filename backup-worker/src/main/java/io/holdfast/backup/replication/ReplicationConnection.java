package io.holdfast.backup.replication;

import io.holdfast.repository.wal.Lsn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A session with a walsender, and its commands as methods. One command at a time; commands belong to one thread,
 * {@link #close} and {@link #cancel} may be called from any. After a failure the connection is to be closed.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html">Streaming replication protocol</a>
 */
public final class ReplicationConnection implements AutoCloseable {
    /** BASE_BACKUP's options and framing are those of this version and later. */
    public static final int OLDEST_MAJOR = 15;

    private static final int PROTOCOL_3_0 = 3 << 16;
    private static final int UPLOADED_AT_ONCE = 32 << 10;
    private static final int CANCEL_REQUEST = 80877102;
    private static final Pattern VERSION = Pattern.compile("(\\d{1,3})(?:\\D.*)?");
    private static final Pattern SLOT_NAME = Pattern.compile("[a-z0-9_]{1,63}");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|kB|MB|GB)?");

    private final ServerLink link;
    private volatile int backendId;
    private volatile int backendSecret;

    private ReplicationConnection(ServerLink link) {
        this.link = link;
    }

    /**
     * Connects, encrypts, logs in.
     *
     * @param applicationName shown in pg_stat_replication
     */
    public static ReplicationConnection open(ConnectionSettings settings, String applicationName)
            throws ReplicationException {
        ServerLink link = ServerLink.open(settings);
        try {
            ReplicationConnection connection = new ReplicationConnection(link);
            link.logIn(startup(settings, applicationName));
            connection.awaitSession();
            connection.requireVersion();
            return connection;
        } catch (ReplicationException e) {
            link.close();
            throw e;
        }
    }

    private static byte[] startup(ConnectionSettings settings, String applicationName) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(ByteBuffer.allocate(4).putInt(PROTOCOL_3_0).array());
        for (String text : new String[] {
            "user",
            settings.user(),
            "replication",
            "true",
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

    private void awaitSession() throws ReplicationException {
        while (true) {
            FrameReader.Frame frame = link.next();
            switch (frame.type()) {
                case 'K' -> {
                    backendId = Fields.intValue(frame.body());
                    backendSecret = Fields.intValue(frame.body());
                }
                case 'Z' -> {
                    link.established();
                    return;
                }
                default -> throw link.unexpected(frame, "the start of a session");
            }
        }
    }

    private void requireVersion() throws ReplicationException {
        int major = serverMajor();
        if (major < OLDEST_MAJOR) {
            throw ReplicationException.of(
                    FailureCause.CONFIGURATION,
                    "PostgreSQL " + serverVersion() + " at " + link.settings().address() + " is too old.",
                    "Physical backups need PostgreSQL " + OLDEST_MAJOR + " or newer; use logical backups here.");
        }
    }

    /** The server's version as it writes it, such as {@code 17.11 (Debian 17.11-0+deb13u1)}. */
    public String serverVersion() {
        String version = link.parameter("server_version");
        return version == null ? "" : version;
    }

    /** The server's major version, such as 17. */
    public int serverMajor() throws ReplicationException {
        Matcher matcher = VERSION.matcher(serverVersion());
        if (!matcher.matches()) {
            throw ReplicationException.protocol("no version that can be read");
        }
        return Integer.parseInt(matcher.group(1));
    }

    /** Hears warnings and notices, on the reading thread. */
    public void onNotice(Consumer<ServerError> listener) {
        link.onNotice(listener);
    }

    /** Runs IDENTIFY_SYSTEM. */
    public SystemIdentity identifySystem() throws ReplicationException {
        Rows rows = command("IDENTIFY_SYSTEM");
        return new SystemIdentity(
                Numbers.unsigned(rows.text(0, 0)), Numbers.timeline(rows.text(0, 1)), Numbers.lsn(rows.text(0, 2)));
    }

    /** Runs SHOW for a setting of the server. */
    public String show(String setting) throws ReplicationException {
        return command("SHOW " + Quoting.identifier(setting)).text(0, 0);
    }

    /** The server's version as a number, such as 170011. */
    public int serverVersionNumber() throws ReplicationException {
        return showBytes("server_version_num");
    }

    /** Whether the server replays another one's log, as it last said. */
    public boolean isStandby() {
        return "on".equals(link.parameter("in_hot_standby"));
    }

    /** Size of the log's segments, in bytes: a power of two from 1 MiB to 1 GiB. */
    public int walSegmentSize() throws ReplicationException {
        int bytes = showBytes("wal_segment_size");
        if (Integer.bitCount(bytes) != 1 || bytes < 1 << 20) {
            throw ReplicationException.protocol("an impossible size of segments, " + bytes);
        }
        return bytes;
    }

    /** Runs SHOW for a setting that is a number, with its unit turned into bytes where it has one. */
    public int showBytes(String setting) throws ReplicationException {
        String text = show(setting);
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw ReplicationException.protocol("no number for " + setting);
        }
        long unit = switch (String.valueOf(matcher.group(2))) {
            case "kB" -> 1L << 10;
            case "MB" -> 1L << 20;
            case "GB" -> 1L << 30;
            default -> 1;
        };
        long bytes = Long.parseLong(matcher.group(1)) * unit;
        if (bytes > Integer.MAX_VALUE) {
            throw ReplicationException.protocol("an impossible number for " + setting + ", " + text);
        }
        return (int) bytes;
    }

    /**
     * Makes a slot that lives as long as this connection, and keeps the log from now on.
     *
     * @param name lower-case letters, digits and underscores, at most 63
     */
    public void createTemporarySlot(String name) throws ReplicationException {
        command("CREATE_REPLICATION_SLOT " + slot(name) + " TEMPORARY PHYSICAL (RESERVE_WAL true)");
    }

    /** Runs TIMELINE_HISTORY. The first timeline has none; asking for it is an error of the server. */
    public TimelineHistory timelineHistory(int timeline) throws ReplicationException {
        Rows rows = command("TIMELINE_HISTORY " + Integer.toUnsignedString(timeline));
        return new TimelineHistory(rows.text(0, 0), rows.bytes(0, 1));
    }

    /**
     * Runs UPLOAD_MANIFEST: an incremental BASE_BACKUP that follows is relative to the backup whose manifest this is.
     *
     * @param manifest read to its end, not closed
     */
    public void uploadManifest(InputStream manifest) throws IOException {
        sendQuery("UPLOAD_MANIFEST");
        FrameReader.Frame copy = link.next();
        if (copy.type() != 'G') {
            throw link.unexpected(copy, "the upload of a manifest");
        }
        for (byte[] some = manifest.readNBytes(UPLOADED_AT_ONCE);
                some.length > 0;
                some = manifest.readNBytes(UPLOADED_AT_ONCE)) {
            link.send('d', some);
        }
        link.send('c', new byte[0]);
        awaitReady();
    }

    /** Begins BASE_BACKUP; returns when the server has made its checkpoint. */
    public BaseBackupStream baseBackup(BaseBackupCommand command) throws ReplicationException {
        return BaseBackupStream.begin(this, command);
    }

    /**
     * Begins START_REPLICATION over a physical slot.
     *
     * @param from where to begin, at the start of a segment
     * @param clock tells the server our time with each status
     * @throws ReplicationException of cause TIMELINE_ENDED where the timeline ends before there
     */
    public WalStream startReplication(String slot, Lsn from, int timeline, InstantSource clock)
            throws ReplicationException {
        return startReplication(slot, from, timeline, clock, WalStream.LONGEST_INTERVAL);
    }

    /**
     * The same, and the server says at least once in so long how far it is, also when it has nothing to send.
     *
     * @param interval shortened where the reading timeout asks for it
     */
    public WalStream startReplication(String slot, Lsn from, int timeline, InstantSource clock, Duration interval)
            throws ReplicationException {
        return replicate("SLOT " + slot(slot) + " ", from, timeline, clock, interval);
    }

    /**
     * Begins START_REPLICATION without a slot, for log that the server may have: it keeps nothing for that.
     *
     * @param from where to begin, at the start of a segment
     */
    public WalStream readLog(Lsn from, int timeline, InstantSource clock) throws ReplicationException {
        return replicate("", from, timeline, clock, WalStream.LONGEST_INTERVAL);
    }

    private WalStream replicate(String slot, Lsn from, int timeline, InstantSource clock, Duration interval)
            throws ReplicationException {
        sendQuery("START_REPLICATION " + slot + "PHYSICAL " + from + " TIMELINE " + Integer.toUnsignedString(timeline));
        FrameReader.Frame frame = link.next();
        return switch (frame.type()) {
            case 'W' -> new WalStream(this, from, clock, interval);
            // Of a timeline that ended exactly there, the server tells the next one at once.
            case 'T' ->
                throw ReplicationException.of(
                        FailureCause.TIMELINE_ENDED,
                        "Timeline " + Integer.toUnsignedString(timeline) + " has ended at " + from + ".",
                        "The server was promoted; begin again on its new timeline.");
            default -> throw link.unexpected(frame, "the start of streaming");
        };
    }

    /** The slots of the server, over this connection. */
    public PhysicalSlots slots() {
        return new PhysicalSlots(this);
    }

    static String slot(String name) {
        if (!SLOT_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a slot's name has lower-case letters, digits and underscores, up to 63");
        }
        return Quoting.identifier(name);
    }

    /**
     * Asks the server over a connection of its own to stop the running command. It may come too late; the command then
     * ends as it would have.
     */
    public void cancel() throws ReplicationException {
        try (ServerLink other = ServerLink.open(link.settings())) {
            other.sendUntyped(ByteBuffer.allocate(12)
                    .putInt(CANCEL_REQUEST)
                    .putInt(backendId)
                    .putInt(backendSecret)
                    .array());
        }
    }

    /** Says goodbye, so that the server's log shows no broken connection, and ends the session. For an idle one. */
    public void quit() throws ReplicationException {
        try (link) {
            link.send('X', new byte[0]);
        }
    }

    /** Ends the session at once; a command that is running fails with cause CANCELLED. */
    @Override
    public void close() {
        link.close();
    }

    ServerLink link() {
        return link;
    }

    void sendQuery(String text) throws ReplicationException {
        link.send('Q', FrameWriter.text(text));
    }

    /** Sends a command that answers with one result set, and reads all of the answer. */
    Rows command(String text) throws ReplicationException {
        sendQuery(text);
        Rows rows = resultSet();
        awaitReady();
        return rows;
    }

    /** Reads one result set. The end of a command may be announced before it (the log stream's does). */
    Rows resultSet() throws ReplicationException {
        Rows rows = new Rows();
        while (true) {
            FrameReader.Frame frame = link.next();
            switch (frame.type()) {
                case 'T' -> {
                    // The columns are known from the command.
                }
                case 'D' -> rows.add(frame.body());
                case 'C' -> {
                    return rows;
                }
                default -> throw link.unexpected(frame, "a result");
            }
        }
    }

    void awaitReady() throws ReplicationException {
        FrameReader.Frame frame = link.next();
        while (frame.type() == 'C') {
            frame = link.next();
        }
        if (frame.type() != 'Z') {
            throw link.unexpected(frame, "the end of a command");
        }
    }
}
