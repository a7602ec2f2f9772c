package io.holdfast.repository.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.remote.FaultyWay;
import java.io.InputStream;
import java.time.Clock;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;

class S3VersionsTest extends S3VersionsContract {
    private static S3Server server;

    @BeforeAll
    static void start() throws Exception {
        server = S3Server.start();
        server.client()
                .putBucketVersioning(request -> request.bucket(S3Server.BUCKET)
                        .versioningConfiguration(versions -> versions.status(BucketVersioningStatus.ENABLED)));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Override
    S3Location location(String prefix) throws Exception {
        return S3Server.location(server.endpoint(), prefix, "part_size=5M&give_up_after=20s");
    }

    @Override
    StoreAccess access() {
        return S3Server.ACCESS;
    }

    @Test
    void an_answer_about_versions_that_was_cut_is_not_taken_for_none() throws Exception {
        String prefix = UUID.randomUUID().toString();
        try (FaultyWay way = new FaultyWay(server.endpoint());
                S3ObjectStore store = S3ObjectStore.connect(
                        S3Server.location(way.endpoint(), prefix, "give_up_after=20s"),
                        access(),
                        around(Clock.systemUTC()))) {
            way.on(request -> request.is("GET", "?versioning"), 1, new FaultyWay.Fault.CutAnswer(0));
            server.client()
                    .putObject(
                            request -> request.bucket(S3Server.BUCKET).key(prefix + "/" + KEY),
                            RequestBody.fromString("first"));
            server.client()
                    .putObject(
                            request -> request.bucket(S3Server.BUCKET).key(prefix + "/" + KEY),
                            RequestBody.fromString("later"));

            try (InputStream in = store.open(KEY)) {
                assertThat(in.readAllBytes()).asString().isEqualTo("first");
            }
        }
    }

    @Test
    void deleting_removes_all_versions() throws Exception {
        S3Location location = location(UUID.randomUUID().toString());
        try (S3ObjectStore store = S3ObjectStore.connect(location, access());
                S3Deletions deletions = S3Deletions.connect(location, access())) {
            store.putIfAbsent(KEY, new byte[] {1});
            server.client()
                    .deleteObject(request -> request.bucket(S3Server.BUCKET).key(location.prefix() + "/" + KEY));

            assertThat(deletions.delete(KEY)).isTrue();
            assertThat(deletions.delete(KEY)).isFalse();
            assertThat(server.client()
                            .listObjectVersions(
                                    request -> request.bucket(S3Server.BUCKET).prefix(location.prefix()))
                            .versions())
                    .isEmpty();
        }
    }
}
