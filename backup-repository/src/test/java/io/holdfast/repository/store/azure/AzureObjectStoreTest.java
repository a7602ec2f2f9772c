package io.holdfast.repository.store.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.util.BinaryData;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectStoreContract;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreCredentials;
import io.holdfast.repository.store.remote.FaultyWay;
import io.holdfast.repository.store.remote.FaultyWay.Fault;
import io.holdfast.repository.store.remote.FaultyWay.Request;
import io.holdfast.repository.store.remote.Waiting;
import io.holdfast.repository.write.WriterOptions;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store's contract, and what happens on the way to a container. Nobody waits for long between attempts. */
class AzureObjectStoreTest extends ObjectStoreContract {
    private static final ObjectKey KEY = new ObjectKey("a/b");
    private static Optional<Azurite> server = Optional.empty();

    private final Queue<Duration> waits = new ConcurrentLinkedQueue<>();
    private final String prefix = UUID.randomUUID().toString();
    private FaultyWay way;
    private AzureObjectStore store;

    @BeforeAll
    static void start() throws Exception {
        server = Azurite.start();
    }

    @AfterAll
    static void stop() throws Exception {
        if (server.isPresent()) {
            server.get().close();
        }
    }

    @BeforeEach
    void connect() throws Exception {
        Azurite.requireProgram();
        way = new FaultyWay(azurite().endpoint());
        store = AzureObjectStore.connect(
                Azurite.location(
                        URI.create(way.endpoint() + azurite().endpoint().getPath()),
                        prefix,
                        "part_size=1M&silence_timeout=2s&give_up_after=30s"),
                Azurite.ACCESS,
                new AzureContainer.Surroundings(
                        Clock.systemUTC(), new Waiting(System::nanoTime, waits::add, new Random(1)), new Random(2)));
    }

    @AfterEach
    void disconnect() throws Exception {
        if (store != null) {
            store.close();
            way.close();
        }
    }

    @Override
    protected ObjectStore store() {
        return store;
    }

    private static Azurite azurite() {
        return server.orElseThrow();
    }

    private static boolean isPut(Request request) {
        return request.is("PUT", "/a/b") || request.is("PUT", "a%2Fb");
    }

    private static boolean isGet(Request request) {
        return request.is("GET", "/a/b") || request.is("GET", "a%2Fb");
    }

    private static Fault.Answer error(int status, String code, String... headers) {
        List<String> all = new java.util.ArrayList<>(List.of(headers));
        all.add("x-ms-error-code: " + code);
        return new Fault.Answer(
                status, all, "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>told</Message></Error>");
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
    void the_store_passes_examination_again_and_again() throws Exception {
        store.examine();
        store.examine();
        assertThat(store.list("").hasNext()).isFalse();
    }

    @Test
    void an_object_of_several_blocks_appears_whole_and_once() throws Exception {
        assertThat(upload(bytes(5_000_000))).isEqualTo(PutOutcome.CREATED);
        assertThat(upload(bytes(3_000_000))).isEqualTo(PutOutcome.EXISTS);
        assertThat(read()).isEqualTo(bytes(5_000_000));
    }

    @Test
    void two_uploads_of_one_object_do_not_mix_their_blocks() throws Exception {
        byte[] first = bytes(3_000_000);
        byte[] second = bytes(2_900_000);
        try (ObjectUpload one = store.upload(KEY);
                ObjectUpload other = store.upload(KEY)) {
            one.write(first, 0, first.length);
            other.write(second, 0, second.length);

            assertThat(one.commit()).isEqualTo(PutOutcome.CREATED);
            assertThat(other.commit()).isEqualTo(PutOutcome.EXISTS);
        }
        assertThat(read()).isEqualTo(first);
    }

    @Test
    void a_creation_whose_answer_is_lost_is_known_to_have_created_the_object() throws Exception {
        way.on(AzureObjectStoreTest::isPut, 1, new Fault.LoseAnswer());
        assertThat(store.putIfAbsent(KEY, bytes(100))).isEqualTo(PutOutcome.CREATED);
        assertThat(store.putIfAbsent(KEY, bytes(100))).isEqualTo(PutOutcome.EXISTS);
    }

    @Test
    void a_commit_of_blocks_whose_answer_is_lost_is_known_to_have_created_the_object() throws Exception {
        way.on(request -> request.line().contains("comp=blocklist"), 1, new Fault.LoseAnswer());
        assertThat(upload(bytes(3_000_000))).isEqualTo(PutOutcome.CREATED);
        assertThat(read()).isEqualTo(bytes(3_000_000));
    }

    @Test
    void a_busy_store_is_left_alone_for_as_long_as_it_asks() throws Exception {
        way.on(AzureObjectStoreTest::isPut, 2, error(503, "ServerBusy", "Retry-After: 7"));
        assertThat(store.putIfAbsent(KEY, bytes(100))).isEqualTo(PutOutcome.CREATED);
        assertThat(waits)
                .filteredOn(wait -> wait.compareTo(Duration.ofSeconds(7)) >= 0)
                .hasSize(2);
    }

    @Test
    void what_is_cut_or_silent_goes_on() throws Exception {
        byte[] bytes = bytes(6_000_000);
        way.on(request -> request.line().contains("comp=block&"), 2, new Fault.CutRequest());
        assertThat(upload(bytes)).isEqualTo(PutOutcome.CREATED);
        for (Fault fault :
                List.of(new Fault.CutAnswer(700_000), error(500, "InternalError"), new Fault.FallSilent(100_000))) {
            way.on(AzureObjectStoreTest::isGet, 1, fault);
            assertThat(read()).isEqualTo(bytes);
        }
    }

    @Test
    void a_read_never_mixes_two_objects() throws Exception {
        store.putIfAbsent(KEY, bytes(9_000_000));
        InputStream in = store.open(KEY);
        in.readNBytes(1000);
        azurite().container().getBlobClient(prefix + "/" + KEY).upload(BinaryData.fromBytes(new byte[9_000_000]), true);

        assertThatThrownBy(in::readAllBytes)
                .isInstanceOf(RepositoryException.Damaged.class)
                .hasMessageContaining("another object");
        in.close();
    }

    @Test
    void errors_are_told_by_what_can_be_done() throws Exception {
        for (Map.Entry<Fault.Answer, Class<? extends RepositoryException>> each : Map.of(
                        error(403, "AuthorizationPermissionMismatch"), RepositoryException.Denied.class,
                        error(403, "AuthenticationFailed"), RepositoryException.Denied.class,
                        error(404, "ContainerNotFound"), RepositoryException.Unusable.class,
                        error(400, "InvalidBlobTier"), RepositoryException.Unusable.class,
                        error(418, "Teapot"), RepositoryException.Unusable.class)
                .entrySet()) {
            way.on(AzureObjectStoreTest::isPut, 1, each.getKey());
            assertThatThrownBy(() -> store.putIfAbsent(KEY, bytes(10)))
                    .as(each.getKey().body())
                    .isInstanceOf(each.getValue())
                    .hasMessageContaining("Writing a/b in azblob://backups")
                    .hasMessageContaining("HINT:");
        }
    }

    @Test
    void wrong_credentials_are_denied_without_being_told() throws Exception {
        StoreAccess wrong = new StoreAccess(
                Optional.of(new StoreCredentials("devstoreaccount1", "bm90IHRoZSBrZXk=")), Optional.empty());
        AzureLocation location = Azurite.location(azurite().endpoint(), prefix, "tier=Cool");
        try (AzureObjectStore denied = AzureObjectStore.connect(location, wrong)) {
            assertThatThrownBy(() -> denied.putIfAbsent(KEY, new byte[1]))
                    .isInstanceOf(RepositoryException.Denied.class)
                    .hasMessageContaining("account's name and key")
                    .hasMessageNotContaining("bm90IHRoZSBrZXk=");
        }
        assertThatThrownBy(() -> AzureObjectStore.connect(location, StoreAccess.NONE))
                .isInstanceOf(RepositoryException.Unusable.class);
    }

    @Test
    void whoever_may_delete_does_and_says_whether_there_was_something() throws Exception {
        AzureLocation location = Azurite.location(azurite().endpoint(), prefix, "tier=Cool");
        store.putIfAbsent(KEY, new byte[1]);
        try (AzureDeletions deletions = AzureDeletions.connect(location, Azurite.ACCESS)) {
            assertThat(deletions.delete(KEY)).isTrue();
            assertThat(deletions.delete(KEY)).isFalse();
        }
        assertThat(store.head(KEY)).isEmpty();
    }

    @Test
    void a_backup_is_written_verified_and_restored(@TempDir Path scratch) throws Exception {
        TargetPlace place = SampleBackup.place(store);
        SampleBackup.writeWal(place, scratch);
        SampleBackup.write(
                place,
                "b1",
                SampleBackup.files(),
                SampleBackup.physical(),
                WriterOptions.defaults(scratch).withPackBytes(3 << 20));
        BackupReader backup = place.read(new BackupId("b1"));

        assertThat(backup.verify(2, ReadProgress.NONE).isGood()).isTrue();
        backup.restoreTo(scratch.resolve("restored"), RestoreOptions.defaults(), ReadProgress.NONE);
        for (Map.Entry<FilePath, byte[]> file : SampleBackup.files().entrySet()) {
            assertThat(Files.readAllBytes(
                            scratch.resolve("restored").resolve(file.getKey().value())))
                    .isEqualTo(file.getValue());
        }
    }
}
