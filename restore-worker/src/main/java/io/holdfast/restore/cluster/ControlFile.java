package io.holdfast.restore.cluster;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster's {@code global/pg_control} says. Read directly, since {@code pg_controldata} is not part of every
 * installation; the layout's guess is proven by the file's own checksum and by the constants it holds for that purpose.
 *
 * @param systemIdentifier unsigned
 * @param inProduction whether it was last seen running (or was copied while it ran)
 * @param cleanlyStopped whether its last server stopped cleanly
 * @param timeline of the last checkpoint
 * @see <a href="https://github.com/postgres/postgres/blob/REL_17_STABLE/src/include/catalog/pg_control.h">pg_control.h</a>
 */
public record ControlFile(
        long systemIdentifier,
        int controlVersion,
        boolean inProduction,
        boolean cleanlyStopped,
        int timeline,
        Limits limits) {

    /** Where it lies below the data directory. */
    public static final String PATH = "global/pg_control";

    /** Limits that a recovering server must have at least as high as the server that wrote the WAL. */
    public record Limits(
            int maxConnections,
            int maxWorkerProcesses,
            int maxWalSenders,
            int maxPreparedTransactions,
            int maxLocksPerTransaction,
            boolean trackCommitTimestamp) {}

    private static final int VERSION_OF_13_TO_16 = 1300;
    private static final int VERSION_OF_17 = 1700;
    private static final int VERSION_OF_18 = 1800;
    private static final int SHUT_DOWN = 1;
    private static final int IN_PRODUCTION = 6;
    private static final double FLOAT_FORMAT = 1234567.0;
    private static final int MAX_ALIGN = 8;
    private static final int LONGEST = 1 << 16;

    /** Reads the control file of a data directory. */
    public static ControlFile of(Path dataDirectory) throws RestoreException {
        return at(dataDirectory, dataDirectory.resolve(PATH));
    }

    /** Reads a control file below a data directory, whatever its name. */
    public static ControlFile at(Path dataDirectory, Path file) throws RestoreException {
        try {
            return parse(ForeignFiles.read(dataDirectory, file, LONGEST), file.toString());
        } catch (IOException e) {
            throw unreadable(file.toString(), "it cannot be read: " + e, e);
        }
    }

    static ControlFile parse(byte[] bytes, String name) throws RestoreException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        if (bytes.length < 300) {
            throw unreadable(name, "it has only " + bytes.length + " bytes", null);
        }
        int version = in.getInt(8);
        int length = switch (version) {
            case VERSION_OF_13_TO_16, VERSION_OF_17 -> 288;
            case VERSION_OF_18 -> 292;
            default -> throw unreadable(name, "its version " + version + " is not known", null);
        };
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        if ((int) checksum.getValue() != in.getInt(length)) {
            throw unreadable(name, "its checksum does not agree with its content", null);
        }
        if (in.getInt(204) != MAX_ALIGN || in.getDouble(208) != FLOAT_FORMAT) {
            throw unreadable(name, "it was written on another kind of machine", null);
        }
        int state = in.getInt(16);
        return new ControlFile(
                in.getLong(0),
                version,
                state == IN_PRODUCTION,
                state == SHUT_DOWN,
                in.getInt(48),
                new Limits(
                        in.getInt(180),
                        in.getInt(184),
                        in.getInt(188),
                        in.getInt(192),
                        in.getInt(196),
                        in.get(200) != 0));
    }

    private static RestoreException unreadable(String name, String why, @Nullable Exception cause) {
        return new RestoreException(
                FailureCategory.RECOVERY_FAILED,
                name + " cannot be used: " + why + ".",
                "verify the backup; this version of Holdfast restores PostgreSQL 15 to 18 made on a machine like this.",
                cause);
    }
}
