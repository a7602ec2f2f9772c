package io.holdfast.repository.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectStoreContract;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreCredentials;
import java.io.InputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** The store's contract, with objects of one part and of many, in a bucket without versions. */
class S3ObjectStoreTest extends ObjectStoreContract {
    private static final ObjectKey KEY = new ObjectKey("a/b");

    private static S3Server server;

    private S3ObjectStore store;

    @BeforeAll
    static void start() throws Exception {
        server = S3Server.start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        S3Location location =
                S3Server.location(server.endpoint(), UUID.randomUUID().toString(), "part_size=5M&give_up_after=20s");
        store = S3ObjectStore.connect(location, S3Server.ACCESS);
    }

    @AfterEach
    void disconnect() {
        store.close();
    }

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Test
    void a_store_that_creates_exclusively_passes_examination_again_and_again() throws Exception {
        store.examine();
        store.examine();

        assertThat(store.list("").hasNext()).isFalse();
        assertThat(store.head(KEY)).isEmpty();
    }

    @Test
    void an_object_of_several_parts_appears_whole_and_once() throws Exception {
        byte[] bytes = bytes(12_000_000);

        assertThat(upload(bytes)).isEqualTo(PutOutcome.CREATED);
        assertThat(upload(bytes(11_000_000))).isEqualTo(PutOutcome.EXISTS);

        try (InputStream in = store.open(KEY)) {
            assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
        try (InputStream in = store.open(KEY, 4_999_999, 5_500_000)) {
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 4_999_999, 10_499_999));
        }
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void an_upload_given_up_after_some_parts_leaves_nothing() throws Exception {
        byte[] bytes = bytes(12_000_000);
        try (ObjectUpload upload = store.upload(KEY)) {
            upload.write(bytes, 0, bytes.length);
            assertThat(unfinished()).hasSize(1);
        }
        assertThat(unfinished()).isEmpty();
        assertThat(store.head(KEY)).isEmpty();
    }

    @Test
    void a_missing_bucket_is_told_from_a_missing_object() throws Exception {
        S3Location elsewhere =
                S3Location.parse(URI.create("s3://no-such-bucket?path_style=true&endpoint=" + server.endpoint()));
        try (S3ObjectStore none = S3ObjectStore.connect(elsewhere, S3Server.ACCESS)) {
            assertThatThrownBy(() -> none.head(KEY)).isInstanceOf(RepositoryException.Unusable.class);
            assertThatThrownBy(() -> none.putIfAbsent(KEY, new byte[1]))
                    .isInstanceOf(RepositoryException.Unusable.class)
                    .hasMessageContaining("NoSuchBucket")
                    .hasMessageContaining("HINT: make the bucket no-such-bucket first");
        }
    }

    @Test
    void wrong_credentials_are_denied_without_being_told() throws Exception {
        S3Location location = S3Server.location(server.endpoint(), "x", "give_up_after=20s");
        for (String who : List.of("test-access", "nobody-known")) {
            StoreAccess wrong =
                    new StoreAccess(Optional.of(new StoreCredentials(who, "not-the-secret")), Optional.empty());
            try (S3ObjectStore denied = S3ObjectStore.connect(location, wrong)) {
                assertThatThrownBy(() -> denied.putIfAbsent(KEY, new byte[1]))
                        .isInstanceOf(RepositoryException.Denied.class)
                        .hasMessageContaining("HINT: check the access key")
                        .hasMessageNotContaining(who)
                        .hasMessageNotContaining("not-the-secret");
                assertThatThrownBy(() -> denied.head(KEY)).isInstanceOf(RepositoryException.Denied.class);
            }
        }
    }

    @Test
    void whoever_may_delete_does_and_says_whether_there_was_something() throws Exception {
        S3Location location =
                S3Server.location(server.endpoint(), UUID.randomUUID().toString(), "give_up_after=20s");
        try (S3ObjectStore writer = S3ObjectStore.connect(location, S3Server.ACCESS);
                S3Deletions deletions = S3Deletions.connect(location, S3Server.ACCESS)) {
            writer.putIfAbsent(KEY, new byte[1]);

            assertThat(deletions.delete(KEY)).isTrue();
            assertThat(deletions.delete(KEY)).isFalse();
            assertThat(writer.head(KEY)).isEmpty();
        }
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private PutOutcome upload(byte[] bytes) throws Exception {
        try (ObjectUpload upload = store.upload(KEY)) {
            upload.write(bytes, 0, bytes.length);
            return upload.commit();
        }
    }

    private List<MultipartUpload> unfinished() {
        return server.client()
                .listMultipartUploads(request -> request.bucket(S3Server.BUCKET))
                .uploads();
    }
}
