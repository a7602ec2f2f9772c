package io.holdfast.repository.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Against the CRC-32C of the Java platform. */
class JoinedCrc32cTest {
    @Property(tries = 300)
    void pieces_in_any_number_contribute_what_makes_the_crc_of_the_whole(@ForAll List<byte[]> pieces) {
        CRC32C whole = new CRC32C();
        pieces.forEach(whole::update);
        long behind = pieces.stream().mapToLong(piece -> piece.length).sum();
        int joined = 0;
        for (byte[] piece : pieces) {
            behind -= piece.length;
            joined ^= JoinedCrc32c.contribution(crc(piece), behind);
        }
        assertThat(joined).isEqualTo((int) whole.getValue());
    }

    @Property(tries = 100)
    void zeros_have_the_crc_of_zeros(@ForAll @IntRange(max = 1 << 20) int count) {
        assertThat(JoinedCrc32c.ofZeros(count)).isEqualTo(crc(new byte[count]));
    }

    @Property(tries = 300)
    void bytes_behind_add_up(
            @ForAll int crc,
            @ForAll @LongRange(max = 1L << 61) long first,
            @ForAll @LongRange(max = 1L << 61) long second) {
        assertThat(JoinedCrc32c.contribution(JoinedCrc32c.contribution(crc, first), second))
                .isEqualTo(JoinedCrc32c.contribution(crc, first + second));
    }

    @Test
    void a_piece_with_more_than_four_gigabytes_behind_it_counts_as_the_platform_counts() {
        byte[] piece = {1, 2, 3};
        byte[] zeros = new byte[1 << 20];
        CRC32C whole = new CRC32C();
        whole.update(piece);
        for (int i = 0; i < 5 << 10; i++) {
            whole.update(zeros);
        }
        long behind = 5L << 30;
        assertThat(JoinedCrc32c.contribution(crc(piece), behind) ^ JoinedCrc32c.ofZeros(behind))
                .isEqualTo((int) whole.getValue());
    }

    /** RFC 3720, appendix B.4. */
    @Test
    void the_published_examples_come_out() {
        assertThat(JoinedCrc32c.ofZeros(32)).isEqualTo(0x8A9136AA);
        assertThat(JoinedCrc32c.ofZeros(0)).isZero();
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
