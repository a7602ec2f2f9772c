package io.holdfast.repository.encoding;

import java.io.ByteArrayOutputStream;

/** Lays fields out one behind the other. */
public final class FieldWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** One byte. */
    public FieldWriter u8(int value) {
        out.write(value);
        return this;
    }

    /** Four bytes, big endian. */
    public FieldWriter u32(int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.write(value >>> shift);
        }
        return this;
    }

    /** Eight bytes, big endian. */
    public FieldWriter u64(long value) {
        return u32((int) (value >>> 32)).u32((int) value);
    }

    /** Unsigned, seven bits a byte, lowest first, the high bit set on all but the last (LEB128). */
    public FieldWriter varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    /** Signed, as a varint of {@code (v << 1) ^ (v >> 63)}. */
    public FieldWriter signedVarint(long value) {
        return varint((value << 1) ^ (value >> 63));
    }

    /** A varint of the length, then the bytes. */
    public FieldWriter bytes(byte[] value) {
        varint(value.length);
        return raw(value);
    }

    /** The bytes alone. */
    public FieldWriter raw(byte[] value) {
        out.write(value, 0, value.length);
        return this;
    }

    /** Bytes laid out so far. */
    public int length() {
        return out.size();
    }

    /** What was laid out; a copy. */
    public byte[] toByteArray() {
        return out.toByteArray();
    }
}
