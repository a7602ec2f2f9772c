package io.holdfast.repository.encoding;

/**
 * The CRC-32C of bytes whose pieces were summed up apart. A CRC is the remainder of a division of polynomials over GF(2), so
 * that of a whole is the exclusive or of what each piece contributes, and a piece with n bytes behind it contributes its own
 * CRC times x<sup>8n</sup>, modulo the polynomial. The inversion of register and result, which CRC-32C has as well, cancels
 * out between neighbours.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3720#section-12.1">RFC 3720, section 12.1: the polynomial</a>
 * @see <a href="https://doi.org/10.1145/63030.63037">Sarwate, Computation of cyclic redundancy checks via table look-up:
 *     CRCs as remainders</a>
 */
public final class JoinedCrc32c {
    /** Without x<sup>32</sup>; as everywhere here the highest bit stands for x<sup>0</sup>. */
    private static final int POLYNOMIAL = 0x82F63B78;

    private static final int ONE = 1 << 31;
    private static final int X = ONE >>> 1;

    /** x to the power of 8, 16, 32 and so on: one for each bit of a number of bytes. */
    private static final int[] POWERS = powers();

    private JoinedCrc32c() {}

    private static int[] powers() {
        int power = X;
        for (int squared = 1; squared < Byte.SIZE; squared *= 2) {
            power = product(power, power);
        }
        int[] powers = new int[Long.SIZE - 1];
        for (int bit = 0; bit < powers.length; bit++) {
            powers[bit] = power;
            power = product(power, power);
        }
        return powers;
    }

    /**
     * What a piece contributes to the CRC of the whole, which is the exclusive or of all contributions.
     *
     * @param crc the piece's own
     * @param behind how many bytes of the whole come after it, from 0
     */
    public static int contribution(int crc, long behind) {
        int shifted = crc;
        for (long bits = behind; bits != 0; bits &= bits - 1) {
            shifted = product(POWERS[Long.numberOfTrailingZeros(bits)], shifted);
        }
        return shifted;
    }

    /** The CRC-32C of so many zeros. */
    public static int ofZeros(long count) {
        return ~contribution(-1, count);
    }

    private static int product(int one, int other) {
        int sum = 0;
        int shifted = other;
        for (int bit = ONE; bit != 0; bit >>>= 1) {
            if ((one & bit) != 0) {
                sum ^= shifted;
            }
            shifted = shifted >>> 1 ^ ((shifted & 1) == 0 ? 0 : POLYNOMIAL);
        }
        return sum;
    }
}
