package io.holdfast.backup.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameReaderTest {

    @Test
    void a_length_beyond_all_sense_is_refused_before_anything_is_allocated() {
        for (int length : new int[] {Integer.MAX_VALUE, -1, Integer.MIN_VALUE, 3, FrameReader.LONGEST + 5}) {
            byte[] message =
                    ByteBuffer.allocate(5).put((byte) 'd').putInt(length).array();
            assertThatThrownBy(() -> reader(message).next())
                    .isInstanceOfSatisfying(
                            ReplicationException.class,
                            e -> assertThat(e.failure()).isEqualTo(FailureCause.PROTOCOL_VIOLATION));
        }
    }

    @Test
    void a_message_that_is_cut_short_is_the_end_of_the_connection() {
        byte[] message = ByteBuffer.allocate(7).put((byte) 'd').putInt(100).array();
        assertThatThrownBy(() -> reader(message).next()).isInstanceOf(EOFException.class);
    }

    @Property(tries = 300)
    void any_message_comes_out_as_it_went_in(@ForAll @Size(max = 5000) byte[] body) throws IOException {
        byte[] message = ByteBuffer.allocate(5 + body.length)
                .put((byte) 'd')
                .putInt(4 + body.length)
                .put(body)
                .array();
        FrameReader.Frame frame = reader(message).next();
        assertThat(frame.type()).isEqualTo('d');
        assertThat(Fields.rest(frame.body())).isEqualTo(body);
    }

    @Property(tries = 50)
    void messages_of_all_lengths_come_one_after_the_other(
            @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 300_000) Integer> lengths) throws IOException {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        List<byte[]> bodies = new ArrayList<>();
        Random random = new Random(lengths.hashCode());
        for (int length : lengths) {
            byte[] body = new byte[length];
            random.nextBytes(body);
            bodies.add(body);
            sent.writeBytes(
                    ByteBuffer.allocate(5).put((byte) 'd').putInt(4 + length).array());
            sent.writeBytes(body);
        }
        FrameReader reader = reader(sent.toByteArray());
        for (byte[] body : bodies) {
            assertThat(Fields.rest(reader.next().body())).isEqualTo(body);
        }
        assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
    }

    @Property(tries = 1000)
    void garbage_is_refused_and_never_more(@ForAll @Size(max = 300) byte[] garbage) throws IOException {
        FrameReader reader = reader(garbage);
        assertThatThrownBy(() -> {
                    while (true) {
                        reader.next();
                    }
                })
                .isInstanceOfAny(EOFException.class, ReplicationException.class);
    }

    @Property(tries = 1000)
    void garbage_in_error_reports_and_rows_is_refused(@ForAll @Size(max = 100) byte[] garbage) throws IOException {
        try {
            ServerError.parse(ByteBuffer.wrap(garbage));
        } catch (ReplicationException e) {
            assertThat(e.failure()).isEqualTo(FailureCause.PROTOCOL_VIOLATION);
        }
        try {
            Rows rows = new Rows();
            rows.add(ByteBuffer.wrap(garbage));
            assertThat(rows.size()).isEqualTo(1);
        } catch (ReplicationException e) {
            assertThat(e.failure()).isEqualTo(FailureCause.PROTOCOL_VIOLATION);
        }
    }

    private static FrameReader reader(byte[] bytes) {
        return new FrameReader(new ByteArrayInputStream(bytes));
    }
}
