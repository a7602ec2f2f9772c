package io.holdfast.repository.encoding;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The 64 bytes that every binary object begins with. See docs/repository-format.md. */
public final class ObjectHeader {
    /** Bytes of a header. */
    public static final int LENGTH = 64;

    /** The version of the format that this code writes. */
    public static final int VERSION = 1;

    /** Where the salt begins. */
    public static final int AT_SALT = 32;

    /** Bytes of a salt. */
    public static final int SALT_LENGTH = LENGTH - AT_SALT;

    private static final byte[] MAGIC = "HOLDFAST".getBytes(StandardCharsets.US_ASCII);
    private static final int AT_TYPE = 8;
    private static final int AT_VERSION = 9;
    private static final int AT_FLAGS = 10;
    private static final int AT_KEY = 16;

    private final byte[] bytes;

    private ObjectHeader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** What an object is. */
    public enum Type {
        PACK('P'),
        MAP('M'),
        INDEX('I'),
        MANIFEST('B'),
        WAL_SEGMENT('W'),
        WAL_INCREMENT('w'),
        TIMELINE_HISTORY('H'),
        WAL_TIMES('T');

        private final byte code;

        Type(char code) {
            this.code = (byte) code;
        }
    }

    /** The header of an object that is not sealed. */
    public static ObjectHeader plain(Type type) {
        return new ObjectHeader(of(type));
    }

    /** The bytes of the header of an object that is not sealed. */
    public static byte[] of(Type type) {
        byte[] header = Arrays.copyOf(MAGIC, LENGTH);
        header[AT_TYPE] = type.code;
        header[AT_VERSION] = VERSION;
        return header;
    }

    /**
     * The header of an object that is sealed.
     *
     * @param key 16 bytes that name the key, not all zeros
     * @param salt 32 random bytes
     */
    public static ObjectHeader sealed(Type type, byte[] key, byte[] salt) {
        if (key.length != AT_SALT - AT_KEY || salt.length != SALT_LENGTH || isZero(key, 0, key.length)) {
            throw new IllegalArgumentException("Not a key's name and a salt");
        }
        byte[] header = of(type);
        System.arraycopy(key, 0, header, AT_KEY, key.length);
        System.arraycopy(salt, 0, header, AT_SALT, salt.length);
        return new ObjectHeader(header);
    }

    /**
     * Reads the header of an object.
     *
     * @param bytes the object's beginning
     * @throws MalformedException if it is cut short, of another type, of an unknown version, or has anything in its
     *     reserved bytes
     */
    public static ObjectHeader read(Type type, byte[] bytes) throws MalformedException {
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
        ObjectHeader header = new ObjectHeader(Arrays.copyOf(bytes, LENGTH));
        if (!isZero(bytes, AT_FLAGS, AT_KEY) || (!header.isSealed() && !isZero(bytes, AT_SALT, LENGTH))) {
            throw new MalformedException("reserved bytes of its header are not zero");
        }
        return header;
    }

    /**
     * Checks the header of an object that must not be sealed.
     *
     * @param bytes the object's beginning
     * @throws MalformedException as {@link #read} does, and if it is sealed
     */
    public static void require(Type type, byte[] bytes) throws MalformedException {
        if (read(type, bytes).isSealed()) {
            throw new MalformedException("it names a key, and nothing here is sealed");
        }
    }

    /** Whether the body is sealed. */
    public boolean isSealed() {
        return !isZero(bytes, AT_KEY, AT_SALT);
    }

    /** The 16 bytes that name the key; zeros if it is not sealed. */
    public byte[] key() {
        return Arrays.copyOfRange(bytes, AT_KEY, AT_SALT);
    }

    /** The 32 bytes of salt; zeros if it is not sealed. */
    public byte[] salt() {
        return Arrays.copyOfRange(bytes, AT_SALT, LENGTH);
    }

    /** The header as it is stored. */
    public byte[] bytes() {
        return bytes.clone();
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
