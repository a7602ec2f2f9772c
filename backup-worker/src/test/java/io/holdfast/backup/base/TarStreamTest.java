package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarStreamTest {

    @Property(tries = 200)
    void what_another_program_packed_comes_out_whatever_the_pieces(
            @ForAll @Size(max = 5) List<@IntRange(max = 20000) Integer> lengths, @ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<byte[]> contents = new ArrayList<>();
        for (int length : lengths) {
            byte[] content = new byte[length];
            random.nextBytes(content);
            contents.add(content);
        }
        byte[] archive = pack(contents);
        Collected collected = new Collected();
        TarStream stream = new TarStream(collected);
        int at = 0;
        while (at < archive.length) {
            int length = Math.min(archive.length - at, 1 + random.nextInt(40000));
            stream.take(ByteBuffer.wrap(archive, at, length));
            at += length;
        }
        stream.finish();
        assertThat(collected.contents).hasSameSizeAs(contents);
        for (int i = 0; i < contents.size(); i++) {
            assertThat(collected.contents.get(i).toByteArray()).isEqualTo(contents.get(i));
        }
    }

    @Property(tries = 200)
    void a_cut_archive_is_refused_at_its_end(@ForAll @IntRange(max = 3000) int length) throws IOException {
        byte[] archive = pack(List.of(new byte[1500]));
        TarStream stream = new TarStream(new Collected());
        stream.take(ByteBuffer.wrap(archive, 0, length));
        assertThatThrownBy(stream::finish).isInstanceOf(MalformedStreamException.class);
    }

    @Property(tries = 500)
    void a_changed_header_is_refused(
            @ForAll @IntRange(max = 511) int at, @ForAll @IntRange(min = 1, max = 255) int flip) throws IOException {
        byte[] archive = pack(List.of(new byte[10]));
        archive[at] ^= (byte) flip;
        TarStream stream = new TarStream(new Collected());
        try {
            stream.take(ByteBuffer.wrap(archive));
            // The checksum's own field may be written in more than one way, for the same sum.
            assertThat(at).isBetween(148, 155);
        } catch (MalformedStreamException e) {
            assertThat(e).hasMessageContaining("tar");
        }
    }

    @Property(tries = 1000)
    void garbage_is_refused_and_never_more(@ForAll @Size(min = 512, max = 2000) byte[] garbage) {
        assertThatThrownBy(() -> {
                    TarStream stream = new TarStream(new Collected());
                    stream.take(ByteBuffer.wrap(garbage));
                    stream.finish();
                })
                .isInstanceOf(MalformedStreamException.class);
    }

    @Test
    void sizes_beyond_eight_gibibytes_are_read() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long size = 9L << 30;
        byte[] header = new byte[512];
        TarArchiveEntry entry = new TarArchiveEntry("big");
        entry.setSize(size);
        entry.writeEntryHeader(header, ZipEncodingHelper.getZipEncoding("UTF-8"), true);
        out.writeBytes(header);
        TarEntry read = TarHeader.parse(out.toByteArray());
        assertThat(read)
                .isInstanceOfSatisfying(
                        TarEntry.File.class, file -> assertThat(file.size()).isEqualTo(size));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1969-12-31T23:59:59Z", "1901-01-01T00:00:00Z", "0001-01-01T00:00:00Z"})
    void times_before_1970_are_read_as_gnu_tar_and_as_postgresql_write_them(String text) throws IOException {
        Instant time = Instant.parse(text);
        byte[] header = header(time);

        assertThat(TarHeader.parse(header))
                .isInstanceOfSatisfying(
                        TarEntry.File.class, file -> assertThat(file.modified()).isEqualTo(time));
        assertThat(TarHeader.parse(withTime(header, Integer.MIN_VALUE, time.getEpochSecond())))
                .isInstanceOfSatisfying(
                        TarEntry.File.class, file -> assertThat(file.modified()).isEqualTo(time));
    }

    @Test
    void impossible_times_are_refused() throws IOException {
        byte[] header = header(Instant.EPOCH);

        for (byte[] impossible : List.of(
                withTime(header, -1, 1),
                withTime(header, Integer.MIN_VALUE, Long.MIN_VALUE),
                withTime(header, Integer.MIN_VALUE, Long.MAX_VALUE),
                withTime(header, Integer.MIN_VALUE + 1, 0))) {
            assertThatThrownBy(() -> TarHeader.parse(impossible))
                    .isInstanceOf(MalformedStreamException.class)
                    .hasMessageContaining("time");
        }
    }

    private static byte[] header(Instant time) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry("old");
        entry.setModTime(FileTime.from(time));
        byte[] header = new byte[512];
        entry.writeEntryHeader(header, ZipEncodingHelper.getZipEncoding("UTF-8"), true);
        return header;
    }

    private static byte[] withTime(byte[] header, int marker, long seconds) {
        byte[] changed = header.clone();
        ByteBuffer.wrap(changed, 136, 12).putInt(marker).putLong(seconds);
        Arrays.fill(changed, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte each : changed) {
            sum += each & 0xFF;
        }
        byte[] digits = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, changed, 148, 8);
        return changed;
    }

    private static byte[] pack(List<byte[]> contents) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, 512)) {
            for (int i = 0; i < contents.size(); i++) {
                TarArchiveEntry entry = new TarArchiveEntry("./base/" + i);
                entry.setSize(contents.get(i).length);
                tar.putArchiveEntry(entry);
                tar.write(contents.get(i));
                tar.closeArchiveEntry();
            }
        }
        return Arrays.copyOf(out.toByteArray(), out.size());
    }

    private static final class Collected implements TarStream.Entries {
        private final List<ByteArrayOutputStream> contents = new ArrayList<>();

        @Override
        public void begin(TarEntry entry) {
            contents.add(new ByteArrayOutputStream());
        }

        @Override
        public void content(ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            contents.getLast().writeBytes(copy);
        }

        @Override
        public void end() {}
    }
}
