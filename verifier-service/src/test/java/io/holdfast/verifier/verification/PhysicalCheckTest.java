package io.holdfast.verifier.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.MeteredStore;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.wal.WalSegmentWriter;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PhysicalCheckTest {

    private static final TargetName TARGET = new TargetName("orders");
    private static final BackupId BACKUP = new BackupId("b1");

    private static ClusterCopy cluster;

    @TempDir
    Path work;

    @BeforeAll
    static void copyACluster() throws SQLException, IOException {
        cluster = copyOf(17);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_good_backup_of_each_major_version_is_good_in_its_structure(int major)
            throws SQLException, IOException, InterruptedException {
        Findings findings = checked(major == 17 ? cluster : copyOf(major));

        assertThat(findings.damages()).isEmpty();
        assertThat(findings.notes()).isEmpty();
        assertThat(findings.level()).isEqualTo(VerificationLevel.STRUCTURE);
        assertThat(findings.bytesRead()).isPositive();
        assertThat(findings.objects()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void a_file_with_another_byte_than_postgresql_sent_is_named() throws IOException, InterruptedException {
        FilePath path = someFile();
        byte[] other = cluster.file(path);
        other[other.length / 2] ^= 1;

        assertFound(checked(cluster.withFile(path, other)), path.value(), "CRC32C");
    }

    @Test
    void asked_for_no_more_than_the_bytes_it_looks_at_nothing_else_and_says_so()
            throws IOException, InterruptedException {
        FilePath path = someFile();
        byte[] other = cluster.file(path);
        other[other.length / 2] ^= 1;
        ClusterCopy copy = cluster.withFile(path, other);
        TargetPlace place = place(new MemoryObjectStore(), copy);
        copy.store(place, BACKUP, work);

        Findings findings = new BackupCheck(new SmallConfig())
                .check(
                        place,
                        new PlaceLayout(TARGET, copy.place()),
                        BACKUP,
                        VerificationLevel.BYTES,
                        (phase, done, total) -> {});

        assertThat(findings.damages()).isEmpty();
        assertThat(findings.level()).isEqualTo(VerificationLevel.BYTES);
        assertThat(findings.bytesRead())
                .isEqualTo(place.read(BACKUP).manifest().sizes().storedBytes());
        assertThat(findings.objects()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void a_file_that_is_too_short_is_named() throws IOException, InterruptedException {
        FilePath path = someFile();

        assertFound(checked(cluster.withFile(path, new byte[8192])), path.value(), "8192 bytes");
    }

    @Test
    void a_file_that_is_missing_is_named() throws IOException, InterruptedException {
        FilePath path = someFile();

        assertFound(checked(cluster.withoutFile(path)), path.value(), "not in the backup");
    }

    @Test
    void a_file_that_postgresql_did_not_send_is_named() throws IOException, InterruptedException {
        FilePath path = new FilePath("base/1/99999");

        assertFound(checked(cluster.withFile(path, new byte[] {1})), path.value(), "did not list");
    }

    @Test
    void of_a_file_that_came_as_changes_only_the_name_is_compared_and_that_is_said()
            throws IOException, InterruptedException {
        FilePath path = someFile();
        ClusterCopy incremental = cluster.withChangesOnly(path);

        Findings findings = checked(incremental);
        assertThat(findings.damages()).isEmpty();
        assertThat(findings.notes())
                .singleElement()
                .asString()
                .contains("of 2 files PostgreSQL sent only what had changed");

        assertFound(checked(incremental.withoutFile(path)), "INCREMENTAL.", "not in the backup");
        FilePath other = incremental.files().keySet().stream()
                .filter(file -> !file.equals(path) && file.value().startsWith("base/"))
                .findFirst()
                .orElseThrow();
        assertFound(checked(incremental.withFile(other, new byte[] {1})), other.value(), "1 bytes");
    }

    @Test
    void wal_is_followed_record_by_record() throws IOException {
        MemoryObjectStore store = new MemoryObjectStore();
        TargetPlace place = place(store, cluster);
        cluster.store(place, BACKUP, work);
        try (WalPages pages = new WalPages(
                segment -> place.wal(work).openUntil(segment, cluster.needed().stopLsn()),
                cluster.needed(),
                cluster.systemIdentifier(),
                cluster.serverVersion())) {
            long records = new WalRecords(pages)
                    .follow(cluster.needed().startLsn(), cluster.needed().stopLsn(), (phase, done, total) -> {});

            assertThat(records).isGreaterThan(400);
        }
    }

    @Test
    void wal_is_fetched_once_for_its_bytes_and_its_records() throws IOException, InterruptedException {
        MeteredStore store = new MeteredStore(new MemoryObjectStore());
        TargetPlace place = place(store, cluster);
        cluster.store(place, BACKUP, work);
        store.walReads();

        Findings findings = checked(place, cluster);

        assertThat(findings.damages()).isEmpty();
        assertThat(findings.level()).isEqualTo(VerificationLevel.STRUCTURE);
        assertThat(store.walReads())
                .isEqualTo(cluster.needed().segments().size())
                .isGreaterThan(1);
    }

    @Test
    void a_standbys_backup_stays_good_once_later_wal_is_stored() throws IOException, InterruptedException {
        // given: what a quiet standby had of its last segment, and then a segment of its next backup
        WalNeeded needed = cluster.needed();
        WalSegmentName last = needed.segments().getLast();
        byte[] lastBytes = cluster.segment(last);
        TargetPlace place = place(new MemoryObjectStore(), cluster);
        cluster.withoutSegment(last).store(place, BACKUP, work);
        long number = last.segmentNumber(needed.segmentSize());
        try (WalSegmentWriter part = place.wal(work).begin(1, number, needed.segmentSize())) {
            part.write(0, lastBytes, 0, needed.stopLsn().plus(-1).segmentOffset(needed.segmentSize()) + 1);
            part.saveIncrement();
        }
        try (WalSegmentWriter next = place.wal(work).begin(1, number + 1, needed.segmentSize())) {
            next.write(0, new byte[needed.segmentSize()], 0, needed.segmentSize());
            next.finish();
        }

        // when
        Findings findings = new BackupCheck(new SmallConfig())
                .check(
                        place,
                        new PlaceLayout(TARGET, cluster.place()),
                        BACKUP,
                        VerificationLevel.STRUCTURE,
                        (phase, done, total) -> {});

        // then
        assertThat(findings.damages()).isEmpty();
        assertThat(findings.level()).isEqualTo(VerificationLevel.STRUCTURE);
    }

    @Test
    void a_flipped_byte_within_a_wal_record_is_found_where_it_is() throws IOException, InterruptedException {
        WalSegmentName second = List.copyOf(cluster.wal().keySet()).get(1);
        byte[] other = cluster.segment(second);
        other[100_000] ^= 1;

        Findings findings = checked(cluster.withSegment(second, other));

        assertThat(findings.failure())
                .hasValueSatisfying(failure -> assertThat(failure.category()).isEqualTo(FailureCategory.CHECK_FAILED));
        assertThat(findings.damages()).singleElement().satisfies(damage -> {
            assertThat(damage.object()).endsWith(second.value());
            assertThat(damage.what()).contains("record");
        });
    }

    @Test
    void wal_of_another_cluster_is_found() throws SQLException, IOException, InterruptedException {
        WalSegmentName first = cluster.wal().keySet().iterator().next();
        byte[] other = cluster.segment(first);
        other[24] ^= 1;

        Findings findings = checked(cluster.withSegment(first, other));

        assertThat(findings.damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.what()).contains("another cluster"));
    }

    @Test
    void wal_that_stops_in_the_middle_is_found() throws IOException, InterruptedException {
        Map.Entry<WalSegmentName, byte[]> second =
                List.copyOf(cluster.wal().entrySet()).get(1);
        byte[] other = second.getValue().clone();
        Arrays.fill(other, 512 * 1024, other.length, (byte) 0);

        Findings findings = checked(cluster.withSegment(second.getKey(), other));

        assertThat(findings.damages())
                .singleElement()
                .satisfies(damage ->
                        assertThat(damage.object()).endsWith(second.getKey().value()));
    }

    private static void assertFound(Findings findings, String file, String what) {
        assertThat(findings.failure())
                .hasValueSatisfying(failure -> assertThat(failure.category()).isEqualTo(FailureCategory.CHECK_FAILED));
        assertThat(findings.damages()).singleElement().satisfies(damage -> {
            assertThat(damage.file()).contains(file);
            assertThat(damage.what()).contains(what);
        });
    }

    private Findings checked(ClusterCopy copy) throws IOException, InterruptedException {
        TargetPlace place = place(new MemoryObjectStore(), copy);
        copy.store(place, BACKUP, work);
        return checked(place, copy);
    }

    private static Findings checked(TargetPlace place, ClusterCopy copy) throws IOException, InterruptedException {
        return new BackupCheck(new SmallConfig())
                .check(
                        place,
                        new PlaceLayout(TARGET, copy.place()),
                        BACKUP,
                        VerificationLevel.STRUCTURE,
                        (phase, done, total) -> {});
    }

    private static TargetPlace place(ObjectStore store, ClusterCopy copy) throws IOException {
        return Repository.openOrInitialise(store, UUID.randomUUID()).at(TARGET, copy.place());
    }

    private static FilePath someFile() {
        return cluster.files().entrySet().stream()
                .filter(file -> file.getValue().length > 3 * 8192)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private static ClusterCopy copyOf(int major) throws SQLException, IOException {
        try (PostgresServer server = PostgresServer.of(major)
                .initdb("--wal-segsize=1")
                .setting("wal_level", "replica")
                .setting("max_wal_senders", "2")
                .setting("wal_keep_size", "64MB")
                .start()) {
            return ClusterCopy.of(server);
        }
    }
}
