package io.holdfast.verifier.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.wal.WalSegmentWriter;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WAL of a server that crashed while a record went over the end of a segment, and lost the next segment. */
// The one server of each test sets the fields.
@SuppressWarnings("NullAway.Init")
@Timeout(300)
class CutOffRecordTest {
    private static final int SEGMENT = 1 << 20;

    @TempDir
    private Path work;

    private Lsn start;
    private Lsn stop;
    /** The segment in which the rest of the record should be. */
    private long cutOff;

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_record_that_a_crash_cut_off_is_no_damage(int major) throws Exception {
        try (PostgresServer server = crashed(major)) {
            Wal wal = wal(server);

            long records = wal.follow(Path.of("nothing"), -1);

            assertThat(records).isGreaterThan(3);
        }
    }

    @Test
    void a_record_that_is_cut_off_and_not_replaced_is_damage() throws Exception {
        try (PostgresServer server = crashed(17)) {
            Wal wal = wal(server);

            // The first of the segment's bytes behind the long header is the replacing record; its data begins at 26.
            assertThatThrownBy(() -> wal.follow(wal.replacing(), 40 + 26))
                    .isInstanceOf(WalPages.BadWalException.class)
                    .hasMessageContaining("checksum");
            // Without its flag, the page should go on with the record that was cut off.
            assertThatThrownBy(() -> wal.follow(wal.replacing(), 2))
                    .isInstanceOf(WalPages.BadWalException.class)
                    .hasMessageContaining("goes on with 0 bytes");
        }
    }

    private PostgresServer crashed(int major) throws IOException {
        PostgresServer server = PostgresServer.of(major)
                .initdb("--wal-segsize=1")
                .setting("wal_level", "logical")
                .setting("wal_keep_size", "64MB")
                .setting("autovacuum", "off")
                .start();
        server.execute("postgres", "checkpoint", "create table marker (id int)");
        start = Lsn.parse(server.query("postgres", "select pg_current_wal_lsn()"));
        server.execute("postgres", "insert into marker values (1)");
        Lsn before = Lsn.parse(server.query("postgres", "select pg_current_wal_insert_lsn()"));
        server.query("postgres", "select pg_logical_emit_message(false, 'big', repeat('x', " + 2 * SEGMENT + "))");
        server.execute("postgres", "select pg_switch_wal()");
        server.kill();
        cutOff = before.segmentNumber(SEGMENT) + 1;
        for (long lost = cutOff; lost < cutOff + 8; lost++) {
            Files.deleteIfExists(segment(server, lost));
        }
        server.start();
        server.execute("postgres", "insert into marker values (2)");
        stop = Lsn.parse(server.query("postgres", "select pg_current_wal_insert_lsn()"));
        server.execute("postgres", "select pg_switch_wal()");
        return server;
    }

    private static Path segment(PostgresServer server, long number) {
        return server.dataDirectory()
                .resolve("pg_wal")
                .resolve(WalSegmentName.of(1, number, SEGMENT).value());
    }

    private Wal wal(PostgresServer server) {
        return new Wal(
                server,
                server.query("postgres", "select system_identifier from pg_control_system()"),
                new WalNeeded(1, start, stop, SEGMENT));
    }

    private final class Wal {
        private final PostgresServer server;
        private final String systemIdentifier;
        private final WalNeeded needed;

        Wal(PostgresServer server, String systemIdentifier, WalNeeded needed) {
            this.server = server;
            this.systemIdentifier = systemIdentifier;
            this.needed = needed;
        }

        Path replacing() {
            return segment(server, cutOff);
        }

        /** Follows the WAL, a byte of one segment changed. */
        long follow(Path changed, int at) throws Exception {
            TargetPlace place = Repository.openOrInitialise(new MemoryObjectStore(), UUID.randomUUID())
                    .at(new TargetName("orders"), new Place(systemIdentifier));
            for (WalSegmentName name : needed.segments()) {
                long number = name.segmentNumber(SEGMENT);
                byte[] bytes = Files.readAllBytes(segment(server, number));
                if (segment(server, number).equals(changed)) {
                    bytes[at] ^= 8;
                }
                try (WalSegmentWriter writer = place.wal(work).begin(1, number, SEGMENT)) {
                    writer.write(0, bytes, 0, bytes.length);
                    writer.finish();
                }
            }
            try (WalPages pages = new WalPages(
                    segment -> place.wal(work).openUntil(segment, needed.stopLsn()),
                    needed,
                    systemIdentifier,
                    server.major() * 10_000)) {
                return new WalRecords(pages).follow(needed.startLsn(), needed.stopLsn(), (phase, done, total) -> {});
            }
        }
    }
}
