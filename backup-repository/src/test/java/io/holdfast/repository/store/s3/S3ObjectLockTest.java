package io.holdfast.repository.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.retention.Generation;
import io.holdfast.repository.retention.PlaceLook;
import io.holdfast.repository.retention.PlaceRetention;
import io.holdfast.repository.retention.Proof;
import io.holdfast.repository.retention.RetentionPlan;
import io.holdfast.repository.retention.RetentionPolicy;
import io.holdfast.repository.retention.RetentionReport;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectLock;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreCredentials;
import io.holdfast.repository.write.WriterOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.ObjectLockRetention;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Against a server with Object Lock, told by environment variables: {@code HOLDFAST_TEST_S3_ENDPOINT}, {@code
 * HOLDFAST_TEST_S3_ACCESS_KEY}, {@code HOLDFAST_TEST_S3_SECRET_KEY}, and further parameters of the address in {@code
 * HOLDFAST_TEST_S3_PARAMETERS}. Makes buckets of its own there, which stay until their locks end.
 */
@Tag("long")
class S3ObjectLockTest extends S3VersionsContract {
    private static final Duration LENGTH = Duration.ofMinutes(10);
    private static final String BUCKET = "holdfast-" + UUID.randomUUID();

    @BeforeAll
    static void makeBucket() throws Exception {
        if (System.getenv("HOLDFAST_TEST_S3_ENDPOINT") == null) {
            return; // each test says so
        }
        S3Bucket bucket = S3Bucket.connect(location(BUCKET, ""), NOT_LOCKED, around(Clock.systemUTC()));
        bucket.client().createBucket(request -> request.bucket(BUCKET).objectLockEnabledForBucket(true));
        bucket.client().close();
    }

    private static final StoreAccess NOT_LOCKED = new StoreAccess(credentials(), Optional.empty());

    private static Optional<StoreCredentials> credentials() {
        String accessKey = System.getenv("HOLDFAST_TEST_S3_ACCESS_KEY");
        String secretKey = System.getenv("HOLDFAST_TEST_S3_SECRET_KEY");
        return accessKey == null || secretKey == null
                ? Optional.empty()
                : Optional.of(new StoreCredentials(accessKey, secretKey));
    }

    private static S3Location location(String bucket, String prefix) throws Exception {
        String further = System.getenv().getOrDefault("HOLDFAST_TEST_S3_PARAMETERS", "path_style=true");
        return S3Location.parse(URI.create("s3://" + bucket + "/" + prefix + "?part_size=5M&give_up_after=1m&endpoint="
                + System.getenv("HOLDFAST_TEST_S3_ENDPOINT") + "&" + further));
    }

    @Override
    S3Location location(String prefix) throws Exception {
        assumeTrue(
                System.getenv("HOLDFAST_TEST_S3_ENDPOINT") != null,
                "SKIPPED: HOLDFAST_TEST_S3_ENDPOINT names no server with Object Lock");
        return location(BUCKET, prefix);
    }

    @Override
    StoreAccess access() {
        return new StoreAccess(credentials(), Optional.of(new ObjectLock(ObjectLock.Mode.COMPLIANCE, LENGTH)));
    }

    private ObjectVersion onlyVersion() {
        return other().client()
                .listObjectVersions(request -> request.bucket(BUCKET).prefix(other().name(KEY)))
                .versions()
                .getFirst();
    }

    private ObjectLockRetention retention() {
        return other().client()
                .getObjectRetention(request -> request.bucket(BUCKET)
                        .key(other().name(KEY))
                        .versionId(onlyVersion().versionId()))
                .retention();
    }

    @Test
    void an_object_is_locked_from_its_creation_on() throws Exception {
        Instant before = Instant.now();
        store().putIfAbsent(KEY, new byte[] {1});

        assertThat(retention().mode()).isEqualTo(ObjectLockRetentionMode.COMPLIANCE);
        assertThat(retention().retainUntilDate())
                .isBetween(
                        before.plus(LENGTH).minusSeconds(2),
                        Instant.now().plus(LENGTH).plusSeconds(2));
        assertThatThrownBy(() -> other().client()
                        .deleteObject(request -> request.bucket(BUCKET)
                                .key(other().name(KEY))
                                .versionId(onlyVersion().versionId())))
                .isInstanceOf(S3Exception.class);
        try (S3Deletions deletions = S3Deletions.connect(other().location(), access())) {
            assertThatThrownBy(() -> deletions.delete(KEY))
                    .isInstanceOf(RepositoryException.Denied.class)
                    .hasMessageContaining("lock");
        }
        assertThat(store().head(KEY)).isPresent();
    }

    @Test
    void an_object_of_several_parts_is_locked_too() throws Exception {
        store().putIfAbsent(KEY, new byte[11_000_000]);

        assertThat(retention().mode()).isEqualTo(ObjectLockRetentionMode.COMPLIANCE);
    }

    @Test
    void a_lock_is_extended_and_never_shortened() throws Exception {
        store().putIfAbsent(KEY, new byte[] {1});
        Instant first = retention().retainUntilDate();
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(5));

        try (S3ObjectStore then = at(other().location(), later)) {
            then.extendLock(KEY);
        }
        Instant extended = retention().retainUntilDate();
        store().extendLock(KEY);

        assertThat(extended).isAfter(first.plus(Duration.ofMinutes(4)));
        assertThat(retention().retainUntilDate()).isEqualTo(extended);
        assertThatThrownBy(() -> store().extendLock(KEY.resolve("missing")))
                .isInstanceOf(RepositoryException.NotFound.class);
    }

    @Test
    void a_bucket_without_locks_is_refused() throws Exception {
        String plain = "holdfast-" + UUID.randomUUID();
        other().client().createBucket(request -> request.bucket(plain));
        try (S3ObjectStore store = at(location(plain, ""), Clock.systemUTC())) {
            assertThatThrownBy(store::examine)
                    .isInstanceOf(RepositoryException.Unusable.class)
                    .hasMessageContaining("no Object Lock");
        } finally {
            other().client().deleteBucket(request -> request.bucket(plain));
        }
    }

    @Test
    void a_backup_is_written_verified_and_restored(@TempDir Path scratch) throws Exception {
        TargetPlace place = SampleBackup.place(store());
        SampleBackup.writeWal(place, scratch);
        SampleBackup.write(
                place,
                "b1",
                SampleBackup.files(),
                SampleBackup.physical(),
                WriterOptions.defaults(scratch).withPackBytes(6 << 20));
        BackupReader backup = place.read(new BackupId("b1"));

        assertThat(backup.verify(2, ReadProgress.NONE).isGood()).isTrue();
        backup.restoreTo(scratch.resolve("restored"), RestoreOptions.defaults(), ReadProgress.NONE);
        for (Map.Entry<FilePath, byte[]> file : SampleBackup.files().entrySet()) {
            assertThat(Files.readAllBytes(
                            scratch.resolve("restored").resolve(file.getKey().value())))
                    .isEqualTo(file.getValue());
        }
    }

    @Test
    void what_is_locked_is_not_tried_and_goes_when_its_lock_has_ended(@TempDir Path scratch) throws Exception {
        StoreAccess brief = new StoreAccess(
                credentials(), Optional.of(new ObjectLock(ObjectLock.Mode.COMPLIANCE, Duration.ofSeconds(20))));
        S3Location location = location("retention-" + UUID.randomUUID());
        RetentionPolicy oneDay = new RetentionPolicy(
                ZoneOffset.UTC,
                Map.of(Generation.DAILY, 1),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                RetentionPolicy.Limits.DEFAULTS);
        List<ObjectKey> tried = new ArrayList<>();
        try (S3ObjectStore store = S3ObjectStore.connect(location, brief);
                S3Deletions deletions = S3Deletions.connect(location, brief)) {
            DeletableStore watched = new DeletableStore() {
                @Override
                public boolean delete(ObjectKey key) throws RepositoryException {
                    tried.add(key);
                    return deletions.delete(key);
                }

                @Override
                public void close() {}
            };
            Repository repository = Repository.openOrInitialise(store, UUID.randomUUID());
            TargetPlace place = repository.at(SampleBackup.TARGET, Place.LOGICAL);
            backup(place, "old", 5, scratch);
            backup(place, "new", 2, scratch);
            PlaceRetention retention = repository.retention(SampleBackup.TARGET, Place.LOGICAL);

            PlaceLook early = retention.look(S3ObjectLockTest::whole);
            RetentionPlan locked = RetentionPlan.of(early.backups(), oneDay, Instant.now());
            retention.act(locked, early, Optional.empty(), watched, Duration.ofDays(1), Clock.systemUTC());

            assertThat(locked.describe()).contains("it is locked until");
            assertThat(locked.removed()).isEmpty();
            // Of which there are none: whether there are is not asked first.
            assertThat(tried).allMatch(key -> key.value().contains("/sightings/"));
            assertThat(place.listManifests()).hasSize(2);

            Instant end = early.backups().stream()
                    .flatMap(each -> each.lockedUntil().stream())
                    .max(Instant::compareTo)
                    .orElseThrow();
            while (Instant.now().isBefore(end.plusSeconds(2))) {
                Thread.sleep(200);
            }
            PlaceLook late = retention.look(S3ObjectLockTest::whole);
            RetentionPlan due = RetentionPlan.of(late.backups(), oneDay, Instant.now());
            RetentionReport report =
                    retention.act(due, late, Optional.empty(), watched, Duration.ofDays(1), Clock.systemUTC());

            assertThat(report.sweep().removed()).containsExactly(new BackupId("old"));
            assertThat(report.sweep().denied()).isEmpty();
            assertThat(place.listManifests()).containsExactly(new BackupId("new"));
            assertThat(place.read(new BackupId("new"))
                            .verify(1, ReadProgress.NONE)
                            .isGood())
                    .isTrue();
        }
    }

    private static Proof whole(BackupId backup) {
        return new Proof.Verified(
                Instant.now().minus(Duration.ofDays(backup.value().equals("old") ? 5 : 2)));
    }

    private static void backup(TargetPlace place, String name, int daysAgo, Path scratch) throws Exception {
        Instant time = Instant.now().minus(Duration.ofDays(daysAgo)).minusSeconds(60);
        SampleBackup.write(
                place,
                name,
                Map.of(new FilePath("base/5/1"), new byte[] {(byte) daysAgo}),
                BackupDetails.of(
                        BackupKind.LOGICAL,
                        time,
                        time,
                        new BackupContent.Logical(170011, "17.11", List.of(), Optional.empty())),
                WriterOptions.defaults(scratch));
    }
}
