package io.holdfast.backup.base;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads a header block of a ustar archive as PostgreSQL writes it: names of at most 99 bytes, files, directories and
 * symbolic links, no extended headers; sizes beyond 8 GiB in base 256.
 *
 * @see <a href="https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html">POSIX pax, ustar interchange format</a>
 */
final class TarHeader {
    static final int BLOCK = 512;

    private static final int CHECKSUM_AT = 148;
    private static final int CHECKSUM_LENGTH = 8;
    private static final int PERMISSIONS = 07777;

    private static final System.Logger LOG = System.getLogger(TarHeader.class.getName());

    private TarHeader() {}

    /**
     * Reads one block.
     *
     * @return the entry, or null for a block of zeros, which ends an archive
     * @throws MalformedStreamException where it is no header of a kind that PostgreSQL writes
     */
    static @Nullable TarEntry parse(byte[] block) throws MalformedStreamException {
        long sum = 0;
        boolean empty = true;
        for (int i = 0; i < BLOCK; i++) {
            boolean inChecksum = i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_LENGTH;
            sum += inChecksum ? ' ' : block[i] & 0xFF;
            empty &= block[i] == 0;
        }
        if (empty) {
            return null;
        }
        if (number(block, CHECKSUM_AT, CHECKSUM_LENGTH) != sum) {
            throw new MalformedStreamException("a tar header with a wrong checksum");
        }
        String name = text(block, 0, 100);
        String prefix = text(block, 345, 155);
        String path = prefix.isEmpty() ? name : prefix + "/" + name;
        int mode = (int) number(block, 100, 8) & PERMISSIONS;
        Instant modified = time(block, 136);
        char type = (char) block[156];
        return switch (type) {
            case '0', '\0' -> new TarEntry.File(path, number(block, 124, 12), mode, modified);
            case '5' -> new TarEntry.Directory(path, mode, modified);
            case '2' -> new TarEntry.SymbolicLink(path, text(block, 157, 100), modified);
            default -> throw new MalformedStreamException("a tar entry of type 0x%02x".formatted((int) type));
        };
    }

    private static String text(byte[] block, int offset, int length) throws MalformedStreamException {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(block, offset, end - offset))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedStreamException("a file whose name is not UTF-8");
        }
    }

    /**
     * Seconds of the epoch in 12 bytes: octal digits, or base 256. Before 1970, GNU tar fills all 12 bytes with the
     * number's sign; PostgreSQL writes 64 bits of it behind a first byte of 0x80.
     */
    private static Instant time(byte[] block, int offset) throws MalformedStreamException {
        try {
            if ((block[offset] & 0x80) == 0) {
                return Instant.ofEpochSecond(number(block, offset, 12));
            }
            ByteBuffer field = ByteBuffer.wrap(block, offset, 12);
            int marker = field.getInt();
            long seconds = field.getLong();
            if (marker == Integer.MIN_VALUE || (marker == -1 && seconds < 0)) {
                return Instant.ofEpochSecond(seconds);
            }
        } catch (DateTimeException e) {
            // Said below.
            LOG.log(System.Logger.Level.DEBUG, "A time in a tar header is too far away.", e);
        }
        throw new MalformedStreamException("an impossible time in a tar header");
    }

    /** Octal digits, or base 256 where the first bit is set. Never negative. */
    private static long number(byte[] block, int offset, int length) throws MalformedStreamException {
        long value = 0;
        if ((block[offset] & 0x80) != 0) {
            for (int i = offset; i < offset + length; i++) {
                int digit = i == offset ? block[i] & 0x7F : block[i] & 0xFF;
                if (value > Long.MAX_VALUE >> 8) {
                    throw new MalformedStreamException("an impossible number in a tar header");
                }
                value = value << 8 | digit;
            }
            return value;
        }
        boolean ended = false;
        for (int i = offset; i < offset + length; i++) {
            int digit = block[i];
            if (digit == 0 || digit == ' ') {
                ended |= value > 0 || digit == 0;
            } else if (ended || digit < '0' || digit > '7') {
                throw new MalformedStreamException("no octal number where one belongs in a tar header");
            } else {
                value = value * 8 + (digit - '0');
            }
        }
        return value;
    }
}
