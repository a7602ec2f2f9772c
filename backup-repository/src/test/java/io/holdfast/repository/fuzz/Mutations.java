package io.holdfast.repository.fuzz;

import java.util.Arrays;
import java.util.Random;

/** Makes inputs out of others, the same ones for the same seed. Not safe for use by several threads. */
public final class Mutations {
    private static final int MOST_AT_ONCE = 4;
    private static final byte[] EDGES = {0, 1, 2, 3, 4, 0x7f, (byte) 0x80, (byte) 0x81, (byte) 0xfe, (byte) 0xff};

    private final Random random;

    public Mutations(long seed) {
        random = new Random(seed);
    }

    /** Something like the input. */
    public byte[] of(byte[] input) {
        byte[] result = input.clone();
        for (int left = 1 + random.nextInt(MOST_AT_ONCE); left > 0; left--) {
            result = once(result);
        }
        return result;
    }

    private byte[] once(byte[] input) {
        if (input.length == 0) {
            return bytes(1 + random.nextInt(64));
        }
        int at = random.nextInt(input.length);
        int length = 1 + random.nextInt(Math.min(16, input.length - at));
        return switch (random.nextInt(6)) {
            case 0 -> changed(input, at, (byte) (input[at] ^ 1 << random.nextInt(8)));
            case 1 -> changed(input, at, EDGES[random.nextInt(EDGES.length)]);
            case 2 -> spliced(input, at, length, bytes(length));
            case 3 -> spliced(input, at, length, new byte[0]);
            case 4 -> spliced(input, at, 0, Arrays.copyOfRange(input, at, at + length));
            default -> Arrays.copyOf(input, at);
        };
    }

    private static byte[] changed(byte[] input, int at, byte value) {
        byte[] result = input.clone();
        result[at] = value;
        return result;
    }

    private static byte[] spliced(byte[] input, int at, int length, byte[] instead) {
        byte[] result = new byte[input.length - length + instead.length];
        System.arraycopy(input, 0, result, 0, at);
        System.arraycopy(instead, 0, result, at, instead.length);
        System.arraycopy(input, at + length, result, at + instead.length, input.length - at - length);
        return result;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
