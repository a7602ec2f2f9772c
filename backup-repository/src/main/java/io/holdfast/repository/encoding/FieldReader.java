package io.holdfast.repository.encoding;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Takes fields apart that {@link FieldWriter} laid out. Never takes more memory than there are bytes. */
public final class FieldReader {
    private final byte[] bytes;
    private final ByteBuffer numbers;
    private int position;

    public FieldReader(byte[] bytes) {
        this.bytes = bytes;
        this.numbers = ByteBuffer.wrap(bytes);
    }

    /** One byte, unsigned. */
    public int u8() throws MalformedException {
        require(1);
        return bytes[position++] & 0xff;
    }

    /** Four bytes, big endian. */
    public int u32() throws MalformedException {
        require(Integer.BYTES);
        position += Integer.BYTES;
        return numbers.getInt(position - Integer.BYTES);
    }

    /** Eight bytes, big endian. */
    public long u64() throws MalformedException {
        require(Long.BYTES);
        position += Long.BYTES;
        return numbers.getLong(position - Long.BYTES);
    }

    /** An unsigned varint in its shortest form. */
    public long varint() throws MalformedException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = u8();
            value |= (long) (next & 0x7f) << shift;
            if ((next & 0x80) == 0) {
                boolean overlong = next == 0 && shift > 0;
                boolean tooLarge = shift == 63 && next > 1;
                if (overlong || tooLarge) {
                    break;
                }
                return value;
            }
        }
        throw new MalformedException("a number is not in its shortest form or too long");
    }

    /** A varint from 0 to {@code most}. */
    public int count(int most, String what) throws MalformedException {
        long value = varint();
        if (value < 0 || value > most) {
            throw new MalformedException(what + " is " + Long.toUnsignedString(value) + ", more than " + most);
        }
        return (int) value;
    }

    /** A varint that is a length or an offset: not negative. */
    public long size(String what) throws MalformedException {
        long value = varint();
        if (value < 0) {
            throw new MalformedException(what + " is too large: " + Long.toUnsignedString(value));
        }
        return value;
    }

    /** A signed varint. */
    public long signedVarint() throws MalformedException {
        long value = varint();
        return (value >>> 1) ^ -(value & 1);
    }

    /** A length as a varint, then so many bytes. */
    public byte[] bytes(int most, String what) throws MalformedException {
        return raw(count(most, "the length of " + what));
    }

    /** So many bytes. */
    public byte[] raw(int length) throws MalformedException {
        require(length);
        byte[] value = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return value;
    }

    /** Bytes not yet taken. */
    public int remaining() {
        return bytes.length - position;
    }

    /** Says that nothing may be left. */
    public void end() throws MalformedException {
        if (remaining() > 0) {
            throw new MalformedException(remaining() + " bytes too many");
        }
    }

    private void require(int length) throws MalformedException {
        if (length > remaining()) {
            throw new MalformedException("it ends too early: " + length + " bytes wanted, " + remaining() + " left");
        }
    }
}
