package io.holdfast.repository.encoding;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The 64 bytes that every binary object begins with. The key's slot and the reserved bytes are zeros: nothing is sealed
 * in this version of the format, and a reader refuses what it does not know.
 */
public final class ObjectHeader {
    /** Bytes of a header. */
    public static final int LENGTH = 64;

    /** The version of the format that this code writes. */
    public static final int VERSION = 1;

    private static final byte[] MAGIC = "HOLDFAST".getBytes(StandardCharsets.US_ASCII);
    private static final int AT_TYPE = 8;
    private static final int AT_VERSION = 9;
    private static final int AT_FLAGS = 10;
    private static final int AT_KEY = 16;
    private static final int KEY_LENGTH = 16;

    /** What an object is. */
    public enum Type {
        PACK('P'),
        MAP('M'),
        INDEX('I'),
        WAL_SEGMENT('W'),
        WAL_INCREMENT('w'),
        TIMELINE_HISTORY('H');

        private final byte code;

        Type(char code) {
            this.code = (byte) code;
        }
    }

    private ObjectHeader() {}

    /** The header of an object that is not sealed. */
    public static byte[] of(Type type) {
        byte[] header = Arrays.copyOf(MAGIC, LENGTH);
        header[AT_TYPE] = type.code;
        header[AT_VERSION] = VERSION;
        return header;
    }

    /**
     * Checks the header of an object.
     *
     * @param bytes the object's beginning
     * @throws MalformedException if it is cut short, of another type, of an unknown version, sealed, or has anything in
     *     its reserved bytes
     */
    public static void require(Type type, byte[] bytes) throws MalformedException {
        if (bytes.length < LENGTH) {
            throw new MalformedException("it ends within its header, after " + bytes.length + " bytes");
        }
        if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new MalformedException("it does not begin with HOLDFAST");
        }
        if (bytes[AT_TYPE] != type.code) {
            throw new MalformedException("its type is " + (bytes[AT_TYPE] & 0xff) + ", not " + type);
        }
        if (bytes[AT_VERSION] != VERSION) {
            throw new MalformedException("its version is " + (bytes[AT_VERSION] & 0xff) + ", not " + VERSION);
        }
        if (!isZero(bytes, AT_KEY, AT_KEY + KEY_LENGTH)) {
            throw new MalformedException("it names a key, and sealed objects are not known to this version");
        }
        if (!isZero(bytes, AT_FLAGS, AT_KEY) || !isZero(bytes, AT_KEY + KEY_LENGTH, LENGTH)) {
            throw new MalformedException("reserved bytes of its header are not zero");
        }
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
