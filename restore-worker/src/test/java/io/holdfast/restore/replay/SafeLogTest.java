package io.holdfast.restore.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.restore.RestoreException;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeLogTest {
    private static final int SEGMENT = WrittenLog.SEGMENT;
    private static final Lsn EVERYTHING = new Lsn(Long.MAX_VALUE);
    private static final Pattern RECORD = Pattern.compile("rmgr: (\\S+) .*lsn: ([0-9A-F]+/[0-9A-F]+), prev");
    private static final Pattern CREATE = Pattern.compile("rmgr: Tablespace .*desc: CREATE \\d+ \"(.*)\"");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"/a,false", "/srv/fast,false", "/srv/fast,true", "LONG,false", "LONG,true"})
    void a_tablespace_of_the_log_is_made_in_the_data_directory_wherever_its_record_is_cut(
            String given, boolean atSegment) throws Exception {
        // given
        String path = given.equals("LONG") ? "/" + "long/".repeat(150) : given;
        for (int left = 8; left <= path.length() + 48; left += 8) {
            WrittenLog log = new WrittenLog(3);
            log.fill(left, atSegment);
            Lsn created = log.createTablespace(16_400, path);
            Lsn behind = log.record(10, 0, new byte[40]);
            List<byte[]> before = segments(log, atSegment ? 2 : 1);

            // when
            List<byte[]> after = new ArrayList<>();
            WalkedLog walked = WalkedLog.NOTHING;
            for (int i = 0; i < before.size(); i++) {
                Path file = Files.write(folder.resolve("segment"), before.get(i));
                walked = SafeLog.make(file, name(3 + i), SEGMENT, EVERYTHING, walked);
                after.add(Files.readAllBytes(file));
            }

            // then the server makes it in its own directory, since the record is right and its path empty
            byte[] was = WrittenLog.read(before, log.first(0), created);
            byte[] is = WrittenLog.read(after, log.first(0), created);
            int at = new String(was, StandardCharsets.ISO_8859_1).indexOf(path);
            assertThat(is[at]).as("%s bytes before the end", left).isZero();
            assertThat(differing(was, is)).allMatch(byteAt -> byteAt == at || byteAt >= 20 && byteAt < 24);
            assertThat(differing(joined(before), joined(after))).hasSizeLessThanOrEqualTo(5);
            assertThat(walked.last()).isEqualTo(behind);
            assertThat(walked.brokenAt()).isEmpty();
        }
    }

    @Test
    void what_is_a_tablespace_already_or_something_else_stays_as_it_is() throws Exception {
        WrittenLog log = new WrittenLog(3);
        log.createTablespace(16_400, "");
        log.record(5, 0x10, new byte[] {16, 64, 0, 0});
        log.record(4, 0, "/srv/fast and more".getBytes(StandardCharsets.US_ASCII));
        Path file = Files.write(folder.resolve("segment"), log.segment(0));

        SafeLog.make(file, name(3), SEGMENT, EVERYTHING, WalkedLog.NOTHING);

        assertThat(Files.readAllBytes(file)).isEqualTo(log.segment(0));
    }

    @Test
    void one_in_a_form_that_is_not_known_is_refused() throws Exception {
        // given a path that is not absolute, which no server writes
        WrittenLog log = new WrittenLog(3);
        log.createTablespace(16_400, "srv/fast/elsewhere");
        Path file = Files.write(folder.resolve("segment"), log.segment(0));

        RestoreException refused = catchThrowableOfType(
                RestoreException.class, () -> SafeLog.make(file, name(3), SEGMENT, EVERYTHING, WalkedLog.NOTHING));

        assertThat(refused.getMessage()).contains("creates a tablespace at 0/300028");
    }

    @Test
    void where_what_is_stored_ends_is_told_from_where_it_is_damaged() throws Exception {
        WrittenLog log = new WrittenLog(3);
        Lsn first = log.record(10, 0, new byte[3000]);
        Lsn second = log.record(10, 0, new byte[3000]);
        Lsn third = log.record(10, 0, new byte[30_000]);
        Lsn end = log.position();

        // a record that is cut off by the end
        byte[] cut = log.segment(0);
        Lsn within = third.plus(20_000);
        Arrays.fill(cut, (int) within.minus(log.first(0)), cut.length, (byte) 0);
        assertThat(walk(cut, within).last()).isEqualTo(second);
        assertThat(walk(cut, within).brokenAt()).isEmpty();
        // all of it
        assertThat(walk(log.segment(0), end).last()).isEqualTo(third);
        assertThat(walk(log.segment(0), end).brokenAt()).isEmpty();
        // zeros where a record was, and log behind them
        byte[] holed = log.segment(0);
        Arrays.fill(holed, (int) second.minus(log.first(0)), (int) third.minus(log.first(0)), (byte) 0);
        assertThat(walk(holed, end).last()).isEqualTo(first);
        assertThat(walk(holed, end).broken()).isEqualTo(second);
        // a length that does not fit what is on the next page
        byte[] wrong = log.segment(0);
        wrong[(int) third.minus(log.first(0))] ^= 64;
        assertThat(walk(wrong, end).broken()).isEqualTo(third);
    }

    /** Against PostgreSQL's own reader, over what a real server wrote, a crash and records longer than a segment included. */
    @Test
    void it_sees_the_records_that_pg_waldump_sees_and_that_still_reads_what_was_changed() throws Exception {
        Path waldump = Path.of("/usr/lib/postgresql/15/bin/pg_waldump");
        assumeTrue(Files.isExecutable(waldump), "skipped: " + waldump + " is not installed");
        Path original = Files.createDirectory(folder.resolve("original"));
        try (PostgresServer server = PostgresServer.of(15)
                .initdb("--wal-segsize=1")
                .setting("wal_keep_size", "1GB")
                .start()) {
            for (int i = 0; i < 12; i++) {
                Path place = server.newFolder("place" + i + "x".repeat(i * 15));
                server.execute(
                        "postgres",
                        "create tablespace place" + i + " location '" + place + "'",
                        "create table t" + i + " tablespace place" + i
                                + " as select g, repeat('x', g % 90) as load from generate_series(1, 4000) g");
                if (i == 5) {
                    server.kill();
                    server.start();
                }
                if (i == 8) {
                    server.execute(
                            "postgres",
                            "select pg_logical_emit_message(false, 'long', repeat('y', 3000000))",
                            "select pg_switch_wal()",
                            "drop table t0",
                            "drop tablespace place0");
                }
            }
            server.stop();
            copySegments(server.dataDirectory().resolve("pg_wal"), original);
        }
        Path safe = Files.createDirectory(folder.resolve("safe"));
        List<Path> segments = copySegments(original, safe);

        // when
        List<String> before = dump(waldump, original, segments);
        List<Lsn> starts = new ArrayList<>();
        for (String line : before) {
            Matcher record = RECORD.matcher(line);
            if (record.find()) {
                starts.add(Lsn.parse(record.group(2)));
            }
        }
        WalkedLog walked = WalkedLog.NOTHING;
        for (Path each : segments) {
            WalSegmentName name = new WalSegmentName(each.getFileName().toString());
            walked = SafeLog.make(each, name, SEGMENT, EVERYTHING, walked);
            Lsn end = new Lsn((name.segmentNumber(SEGMENT) + 1) * SEGMENT);
            // then the last whole record is that behind which the next one begins on the next segment's first free byte
            Lsn expected = lastWhole(starts, end);
            assertThat(walked.last()).as("last record of %s", name).isEqualTo(expected);
        }
        assertThat(walked.brokenAt()).isEmpty();
        List<String> after = dump(waldump, safe, segments);
        assertThat(after).hasSameSizeAs(before);
        int creations = 0;
        for (int i = 0; i < before.size(); i++) {
            Matcher was = CREATE.matcher(before.get(i));
            if (was.find()) {
                creations++;
                assertThat(was.group(1)).contains("/place");
                assertThat(after.get(i)).contains("desc: CREATE ").endsWith("\"\"");
            } else {
                assertThat(after.get(i)).isEqualTo(before.get(i));
            }
        }
        assertThat(creations).isEqualTo(12);
        assertThat(segments).hasSizeGreaterThan(8);
    }

    private static Lsn lastWhole(List<Lsn> starts, Lsn end) {
        Lsn last = starts.getFirst();
        for (int i = 0; i + 1 < starts.size(); i++) {
            if (starts.get(i + 1).compareTo(end.plus(40)) <= 0) {
                last = starts.get(i);
            }
        }
        return starts.getLast().compareTo(end) < 0 ? starts.getLast() : last;
    }

    private static List<Path> copySegments(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            List<Path> copies = new ArrayList<>();
            for (Path each : files.filter(file -> file.getFileName().toString().matches("[0-9A-F]{24}"))
                    .sorted()
                    .toList()) {
                if (isWritten(each)) {
                    copies.add(Files.copy(each, to.resolve(each.getFileName())));
                }
            }
            return copies;
        }
    }

    /** What a server has laid ready for later is an older segment under a new name, or empty. */
    private static boolean isWritten(Path segment) throws IOException {
        WalSegmentName name = new WalSegmentName(segment.getFileName().toString());
        byte[] bytes = Files.readAllBytes(segment);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(8)
                == name.segmentNumber(SEGMENT) * SEGMENT;
    }

    private static List<String> dump(Path waldump, Path from, List<Path> segments) throws Exception {
        Process process = new ProcessBuilder(
                        waldump.toString(),
                        "--path=" + from,
                        segments.getFirst().getFileName().toString(),
                        segments.getLast().getFileName().toString())
                .redirectErrorStream(true)
                .start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        process.waitFor();
        // It ends with a complaint where the log ends.
        return lines.stream().filter(line -> line.startsWith("rmgr: ")).toList();
    }

    private static WalkedLog walk(byte[] segment, Lsn until) throws IOException {
        return new RecordWalk(new Lsn(3L * SEGMENT), until, WalkedLog.NOTHING)
                .over(new java.io.ByteArrayInputStream(segment));
    }

    private static WalSegmentName name(long number) {
        return WalSegmentName.of(1, number, SEGMENT);
    }

    private static List<byte[]> segments(WrittenLog log, int count) {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(log.segment(i));
        }
        return all;
    }

    private static byte[] joined(List<byte[]> segments) {
        byte[] all = new byte[segments.size() * SEGMENT];
        for (int i = 0; i < segments.size(); i++) {
            System.arraycopy(segments.get(i), 0, all, i * SEGMENT, SEGMENT);
        }
        return all;
    }

    private static List<Integer> differing(byte[] before, byte[] after) {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < before.length; i++) {
            if (before[i] != after[i]) {
                found.add(i);
            }
        }
        return found;
    }
}
