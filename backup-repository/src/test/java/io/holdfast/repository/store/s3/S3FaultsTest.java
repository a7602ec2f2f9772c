package io.holdfast.repository.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.store.remote.FaultyWay;
import io.holdfast.repository.store.remote.FaultyWay.Fault;
import io.holdfast.repository.store.remote.FaultyWay.Request;
import io.holdfast.repository.store.remote.Waiting;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** What happens on the way to a bucket, and what becomes of it. Time passes when somebody waits. */
class S3FaultsTest {
    private static final ObjectKey KEY = new ObjectKey("a/b");
    private static S3Server server;

    private final AtomicLong now = new AtomicLong();
    private final Queue<Duration> waits = new ConcurrentLinkedQueue<>();
    private final String prefix = UUID.randomUUID().toString();
    private FaultyWay way;
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
        way = new FaultyWay(server.endpoint());
        Waiting waiting = new Waiting(
                now::get,
                time -> {
                    waits.add(time);
                    now.addAndGet(time.toNanos());
                },
                new Random(1));
        store = S3ObjectStore.connect(
                S3Server.location(
                        way.endpoint(), prefix, "part_size=5M&versions=newest&silence_timeout=2s&give_up_after=1m"),
                S3Server.ACCESS,
                new S3Bucket.Surroundings(Clock.systemUTC(), waiting, new Random(2)));
    }

    @AfterEach
    void disconnect() throws Exception {
        store.close();
        way.close();
    }

    private static Fault.Answer error(int status, String code, String... headers) {
        return new Fault.Answer(
                status,
                List.of(headers),
                "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>told so</Message></Error>");
    }

    private static boolean isPut(Request request) {
        return request.is("PUT", "/a/b");
    }

    private static boolean isGet(Request request) {
        return request.is("GET", "/a/b");
    }

    private static boolean isCompletion(Request request) {
        return request.is("POST", "uploadId=");
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

    private byte[] read() throws Exception {
        try (InputStream in = store.open(KEY)) {
            return in.readAllBytes();
        }
    }

    @Test
    void a_store_that_asks_to_be_left_alone_is() throws Exception {
        way.on(S3FaultsTest::isPut, 2, error(503, "SlowDown", "Retry-After: 7"));

        assertThat(store.putIfAbsent(KEY, bytes(100))).isEqualTo(PutOutcome.CREATED);

        assertThat(waits)
                .filteredOn(wait -> wait.compareTo(Duration.ofSeconds(7)) >= 0)
                .hasSize(2);
        assertThat(read()).isEqualTo(bytes(100));
    }

    @Test
    void requests_follow_each_other_more_slowly_after_there_were_too_many() throws Exception {
        way.on(S3FaultsTest::isPut, 6, error(429, "TooManyRequests"));
        store.putIfAbsent(KEY, bytes(100));
        waits.clear();

        for (int i = 0; i < 5; i++) {
            store.putIfAbsent(new ObjectKey("other/" + i), bytes(10));
        }

        assertThat(waits).hasSizeGreaterThanOrEqualTo(5);
    }

    @Test
    void a_put_that_is_cut_is_put_again() throws Exception {
        way.on(S3FaultsTest::isPut, 2, new Fault.CutRequest());

        assertThat(store.putIfAbsent(KEY, bytes(300_000))).isEqualTo(PutOutcome.CREATED);
        assertThat(read()).isEqualTo(bytes(300_000));
    }

    @Test
    void a_put_whose_answer_is_lost_is_known_to_have_created_the_object() throws Exception {
        way.on(S3FaultsTest::isPut, 2, new Fault.LoseAnswer());

        assertThat(store.putIfAbsent(KEY, bytes(100))).isEqualTo(PutOutcome.CREATED);

        assertThat(way.requests()).filteredOn(S3FaultsTest::isPut).hasSize(3);
        assertThat(store.putIfAbsent(KEY, bytes(100))).isEqualTo(PutOutcome.EXISTS);
    }

    @Test
    void a_put_that_was_cut_while_somebody_else_created_the_object_came_too_late() throws Exception {
        way.on(S3FaultsTest::isPut, 1, new Fault.CutRequest());
        way.on(S3FaultsTest::isPut, 1, new Fault.Before(this::createdByAnother));

        assertThat(store.putIfAbsent(KEY, bytes(100))).isEqualTo(PutOutcome.EXISTS);
        assertThat(read()).isEqualTo(new byte[] {'x'});
    }

    private void createdByAnother() {
        server.client()
                .putObject(
                        request -> request.bucket(S3Server.BUCKET).key(prefix + "/" + KEY),
                        RequestBody.fromString("x"));
    }

    @Test
    void a_completion_whose_answer_is_lost_is_known_to_have_created_the_object() throws Exception {
        way.on(S3FaultsTest::isCompletion, 1, new Fault.LoseAnswer());

        assertThat(upload(bytes(6_000_000))).isEqualTo(PutOutcome.CREATED);
        assertThat(read()).isEqualTo(bytes(6_000_000));
    }

    @Test
    void a_completion_that_fails_inside_the_store_is_made_again() throws Exception {
        way.on(S3FaultsTest::isCompletion, 2, error(500, "InternalError"));
        // An error may also come after the store began to answer.
        way.on(S3FaultsTest::isCompletion, 1, error(200, "InternalError"));
        way.on(S3FaultsTest::isCompletion, 1, error(409, "ConditionalRequestConflict"));

        assertThat(upload(bytes(6_000_000))).isEqualTo(PutOutcome.CREATED);
        assertThat(read()).isEqualTo(bytes(6_000_000));
    }

    @Test
    void a_part_that_is_lost_is_stored_again() throws Exception {
        way.on(request -> request.is("PUT", "partNumber=1"), 2, new Fault.CutRequest());
        way.on(request -> request.is("PUT", "partNumber=2"), 1, new Fault.LoseAnswer());
        way.on(request -> request.is("PUT", "partNumber=3"), 1, error(500, "InternalError"));

        assertThat(upload(bytes(16_000_000))).isEqualTo(PutOutcome.CREATED);
        assertThat(read()).isEqualTo(bytes(16_000_000));
    }

    @Test
    void a_part_that_is_refused_ends_the_upload_and_leaves_nothing() throws Exception {
        way.on(request -> request.is("PUT", "partNumber=2"), 1, error(403, "AccessDenied"));

        assertThatThrownBy(() -> upload(bytes(16_000_000))).isInstanceOf(RepositoryException.Denied.class);

        assertThat(store.head(KEY)).isEmpty();
        assertThat(server.client()
                        .listMultipartUploads(request -> request.bucket(S3Server.BUCKET))
                        .uploads())
                .noneMatch(upload -> upload.key().equals(prefix + "/" + KEY));
    }

    @Test
    void a_read_that_is_cut_goes_on_where_it_was_with_the_same_object() throws Exception {
        byte[] bytes = bytes(2_000_000);
        store.putIfAbsent(KEY, bytes);
        way.on(S3FaultsTest::isGet, 1, new Fault.CutAnswer(700_000));
        way.on(S3FaultsTest::isGet, 1, new Fault.CutAnswer(1));
        way.on(S3FaultsTest::isGet, 1, error(500, "InternalError"));
        way.on(S3FaultsTest::isGet, 1, new Fault.CutRequest());

        assertThat(read()).isEqualTo(bytes);

        List<Request> gets = way.requests().stream().filter(S3FaultsTest::isGet).toList();
        assertThat(gets.get(1).header("Range")).isEqualTo("bytes=700000-1999999");
        assertThat(gets.get(1).header("If-Match")).isNotEmpty();
        assertThat(gets.getLast().header("Range")).isEqualTo("bytes=700001-1999999");
    }

    @Test
    void a_read_that_falls_silent_goes_on_by_another_connection() throws Exception {
        byte[] bytes = bytes(500_000);
        store.putIfAbsent(KEY, bytes);
        way.on(S3FaultsTest::isGet, 1, new Fault.FallSilent(100_000));

        try (InputStream in = store.open(KEY, 50_000, 300_000)) {
            assertThat(in.readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(bytes, 50_000, 350_000));
        }
    }

    @Test
    void a_list_that_is_cut_is_not_taken_for_a_short_one() throws Exception {
        store.putIfAbsent(KEY, bytes(10));
        // A sweep that sees no backups would remove all they need.
        way.on(request -> request.is("GET", "list-type=2"), 1, new Fault.CutAnswer(0));
        way.on(request -> request.is("GET", "list-type=2"), 1, new Fault.CutAnswer(200));

        assertThat(store.list("").next().key()).isEqualTo(KEY);
    }

    @Test
    void a_read_never_mixes_two_objects() throws Exception {
        store.putIfAbsent(KEY, bytes(500_000));
        way.on(S3FaultsTest::isGet, 1, new Fault.CutAnswer(100_000));
        way.on(S3FaultsTest::isGet, 1, new Fault.Before(this::createdByAnother));

        assertThatThrownBy(this::read)
                .isInstanceOf(RepositoryException.Damaged.class)
                .hasMessageContaining("another object");
    }

    @Test
    void bytes_that_changed_on_the_way_are_not_given_out_as_good() throws Exception {
        store.putIfAbsent(KEY, bytes(500_000));
        CRC32 sum = new CRC32();
        sum.update(bytes(500_000));
        String stored = Base64.getEncoder()
                .encodeToString(
                        ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
        way.on(S3FaultsTest::isGet, 1, new Fault.FlipAnswer(1234, "x-amz-checksum-crc32: " + stored));

        assertThatThrownBy(this::read)
                .isInstanceOf(RepositoryException.Damaged.class)
                .hasMessageContaining("checksum");
        assertThat(read()).isEqualTo(bytes(500_000));
    }

    @Test
    void a_store_that_never_answers_is_given_up_after_some_time() throws Exception {
        way.on(request -> true, 10_000, error(500, "InternalError"));

        assertThatThrownBy(() -> store.putIfAbsent(KEY, bytes(100)))
                .isInstanceOf(RepositoryException.Unavailable.class)
                .hasMessageContaining("500 InternalError")
                .hasMessageContaining("times in")
                .hasMessageContaining("HINT:");

        assertThat(Duration.ofNanos(now.get())).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
        assertThat(waits).hasSizeBetween(4, 40);
    }

    @Test
    void a_store_that_creates_an_object_twice_is_refused() throws Exception {
        way.on(request -> request.is("PUT", ".exclusive"), 2, new Fault.Answer(200, List.of("ETag: \"1\""), ""));

        assertThatThrownBy(() -> store.examine())
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("If-None-Match")
                .hasMessageContaining("HINT: use a store that has conditional writes");
    }

    @Test
    void a_store_that_creates_an_object_of_parts_twice_is_refused() throws Exception {
        way.on(
                S3FaultsTest::isCompletion,
                1,
                new Fault.Answer(
                        200,
                        List.of(),
                        "<CompleteMultipartUploadResult><ETag>\"1-1\"</ETag></CompleteMultipartUploadResult>"));

        assertThatThrownBy(() -> store.examine()).isInstanceOf(RepositoryException.Unusable.class);
    }

    @ParameterizedTest
    @CsvSource({
        "403, AccessDenied, '', Denied, let these credentials",
        "403, InvalidAccessKeyId, '', Denied, check the access key",
        "403, SignatureDoesNotMatch, '', Denied, check the access key",
        "400, ExpiredToken, '', Denied, whether they still hold",
        "403, RequestTimeTooSkewed, '', Denied, clock",
        "301, PermanentRedirect, x-amz-bucket-region: eu-central-1, Unusable, region=eu-central-1",
        "400, AuthorizationHeaderMalformed, x-amz-bucket-region: eu-west-3, Unusable, region=eu-west-3",
        "404, NoSuchBucket, '', Unusable, make the bucket",
        "403, QuotaExceeded, '', Full, raise the quota",
        "507, InsufficientStorage, '', Full, raise the quota",
        "400, InvalidStorageClass, '', Unusable, storage_class",
        "501, NotImplemented, '', Unusable, does not offer",
        "400, KMS.DisabledException, '', Denied, kms_key",
        "418, Teapot, '', Unusable, look the code up"
    })
    void an_error_is_told_by_what_can_be_done(int status, String code, String header, String kind, String hint) {
        String[] headers = header.isEmpty() ? new String[0] : new String[] {header};
        way.on(S3FaultsTest::isPut, 1, error(status, code, headers));

        assertThatThrownBy(() -> store.putIfAbsent(KEY, bytes(10)))
                .isInstanceOfSatisfying(RepositoryException.class, e -> {
                    assertThat(e.getClass().getSimpleName()).isEqualTo(kind);
                    assertThat(e.what()).contains(code, "Writing a/b in s3://" + S3Server.BUCKET);
                    assertThat(e.hint()).contains(hint);
                });
        assertThat(waits).isEmpty();
    }

    @Test
    void an_archived_object_is_told_from_one_that_is_forbidden() throws Exception {
        store.putIfAbsent(KEY, bytes(10));
        way.on(S3FaultsTest::isGet, 1, error(403, "InvalidObjectState"));

        assertThatThrownBy(this::read)
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("archive");
    }
}
