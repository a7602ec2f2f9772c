package io.holdfast.repository.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectStoreContract;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoredObject;
import io.holdfast.repository.store.remote.Waiting;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/** What holds in a bucket that keeps versions, although somebody else there may put and delete as he likes. */
abstract class S3VersionsContract extends ObjectStoreContract {
    static final ObjectKey KEY = new ObjectKey("a/b");

    private S3Bucket bucket;
    private S3ObjectStore store;

    /** The address of a bucket that keeps versions, with a prefix of its own. */
    abstract S3Location location(String prefix) throws Exception;

    abstract StoreAccess access();

    @BeforeEach
    void connect() throws Exception {
        S3Location location = location(UUID.randomUUID().toString());
        store = at(location, Clock.systemUTC());
        bucket = S3Bucket.connect(location, access(), around(Clock.systemUTC()));
    }

    @AfterEach
    void disconnect() {
        if (bucket != null) {
            store.close();
            bucket.client().close();
        }
    }

    /** The same store, where it is earlier or later. */
    S3ObjectStore at(S3Location location, Clock clock) {
        return S3ObjectStore.connect(location, access(), around(clock));
    }

    static S3Bucket.Surroundings around(Clock clock) {
        return new S3Bucket.Surroundings(clock, Waiting.real(), new SecureRandom());
    }

    @Override
    protected S3ObjectStore store() {
        return store;
    }

    /** Somebody else with the same rights. */
    S3Bucket other() {
        return bucket;
    }

    private void putOver(String content) {
        bucket.client()
                .putObject(
                        request -> request.bucket(bucket.bucket()).key(bucket.name(KEY)),
                        RequestBody.fromString(content));
    }

    private void hide() {
        bucket.client().deleteObject(request -> request.bucket(bucket.bucket()).key(bucket.name(KEY)));
    }

    private void requireUnchanged(ObjectStore seen) throws Exception {
        try (InputStream in = seen.open(KEY)) {
            assertThat(in.readAllBytes()).containsExactly(1, 2, 3);
        }
        try (InputStream in = seen.open(KEY, 1, 1)) {
            assertThat(in.readAllBytes()).containsExactly(2);
        }
        assertThat(seen.head(KEY)).contains(new StoredObject(KEY, 3));
        List<StoredObject> listed = new ArrayList<>();
        ObjectStore.Listing listing = seen.list("a/");
        while (listing.hasNext()) {
            listed.add(listing.next());
        }
        assertThat(listed).containsExactly(new StoredObject(KEY, 3));
    }

    @Test
    void what_somebody_puts_over_an_object_is_not_read() throws Exception {
        store.putIfAbsent(KEY, new byte[] {1, 2, 3});

        putOver("forged");
        putOver("forged again");

        try (S3ObjectStore fresh = at(bucket.location(), Clock.systemUTC())) {
            requireUnchanged(fresh);
            assertThat(fresh.putIfAbsent(KEY, new byte[] {9})).isEqualTo(PutOutcome.EXISTS);
        }
        requireUnchanged(store);
    }

    @Test
    void an_object_that_somebody_deleted_without_its_versions_is_there() throws Exception {
        store.putIfAbsent(KEY, new byte[] {1, 2, 3});

        hide();

        try (S3ObjectStore fresh = at(bucket.location(), Clock.systemUTC())) {
            requireUnchanged(fresh);
            assertThat(fresh.putIfAbsent(KEY, new byte[] {9})).isEqualTo(PutOutcome.EXISTS);
            requireUnchanged(fresh);
        }
    }

    @Test
    void an_object_of_several_parts_is_created_once() throws Exception {
        byte[] large = new byte[6_000_000];

        assertThat(upload(large)).isEqualTo(PutOutcome.CREATED);
        assertThat(upload(new byte[5_500_000])).isEqualTo(PutOutcome.EXISTS);

        assertThat(store.head(KEY)).contains(new StoredObject(KEY, 6_000_000));
        try (InputStream in = store.open(KEY)) {
            assertThat(in.readAllBytes()).isEqualTo(large);
        }
    }

    private PutOutcome upload(byte[] bytes) throws Exception {
        try (ObjectUpload upload = store.upload(KEY)) {
            upload.write(bytes, 0, bytes.length);
            return upload.commit();
        }
    }

    @Test
    void the_store_passes_examination() throws Exception {
        store.examine();
        store.examine();
        assertThat(store.list("", Optional.empty()).hasNext()).isFalse();
    }
}
