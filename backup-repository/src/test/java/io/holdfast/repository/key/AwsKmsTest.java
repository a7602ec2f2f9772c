package io.holdfast.repository.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.StoreCredentials;
import io.holdfast.repository.write.WriterOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that are wrapped by a service which speaks the protocol of AWS KMS. */
class AwsKmsTest {
    private static final String ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private static final byte[] MESSAGE = "a key".getBytes(StandardCharsets.US_ASCII);
    private static final KeyContext CONTEXT = new KeyContext("repository", "orders", "1", new KeyId("1".repeat(32)));
    private static final String WORKER = "AKIAWORKER";
    private static final String RESTORER = "AKIARESTORER";
    private static final Map<FilePath, byte[]> FILES =
            Map.of(new FilePath("base/5/1"), "some bytes".getBytes(StandardCharsets.US_ASCII));

    private final AwsKmsServer server = new AwsKmsServer();
    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Path work;

    AwsKmsTest(@TempDir Path work) throws Exception {
        this.work = work;
        server.key(ARN);
        server.grant(WORKER, "Encrypt");
        server.grant(RESTORER, "Decrypt");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private AwsKmsKey key(String caller) throws RepositoryException {
        return AwsKmsKey.of(
                ARN,
                Optional.of(server.endpoint()),
                Optional.of(new StoreCredentials(caller, "a secret of " + caller)));
    }

    private RepositoryKeys.Builder workers() throws Exception {
        return RepositoryKeys.builder().indexKey(GoldenKeys.indexKey()).recipient(new AwsKmsRecipient(key(WORKER)));
    }

    private Repository open(RepositoryKeys keys) throws RepositoryException {
        return Repository.openOrInitialise(store, new UUID(3, 3), keys);
    }

    private void write(RepositoryKeys keys) throws Exception {
        SampleBackup.write(
                open(keys).at(SampleBackup.TARGET, SampleBackup.CLUSTER),
                "b1",
                FILES,
                SampleBackup.logical(),
                WriterOptions.defaults(work));
    }

    private String restored(RepositoryKeys keys) throws Exception {
        Path directory = work.resolve("restored-" + UUID.randomUUID());
        TargetPlace place = open(keys).at(SampleBackup.TARGET, SampleBackup.CLUSTER);
        place.read(new BackupId("b1")).restoreTo(directory, RestoreOptions.defaults(), ReadProgress.NONE);
        return Files.readString(directory.resolve("base/5/1"));
    }

    @Test
    void what_a_worker_writes_who_may_only_encrypt_a_restorer_reads_who_may_only_decrypt() throws Exception {
        write(workers().build());
        RepositoryKeys restorers =
                RepositoryKeys.builder().holder(new AwsKmsHolder(key(RESTORER))).build();

        assertThat(restored(restorers)).isEqualTo("some bytes");
        List<BackupKeys> checked = open(restorers).checkKeys(SampleBackup.TARGET, SampleBackup.CLUSTER);
        assertThat(checked).singleElement().satisfies(backup -> {
            assertThat(backup.isReadable()).isTrue();
            assertThat(backup.keys())
                    .allSatisfy(needed -> assertThat(needed.recipients())
                            .containsExactly(
                                    "the AWS KMS key eu-central-1-111122223333-1234abcd-12ab-34cd-56ef-1234567890ab"));
        });
        assertThatThrownBy(() -> restored(RepositoryKeys.builder()
                        .holder(new AwsKmsHolder(key(WORKER)))
                        .build()))
                .isInstanceOf(RepositoryException.Denied.class)
                .hasMessageContaining("AccessDeniedException")
                .hasMessageContaining("kms:Decrypt");
    }

    @Test
    void a_wrapped_key_opens_for_the_repository_target_place_and_key_that_it_was_made_for_and_nothing_else()
            throws Exception {
        AwsKmsHolder holder = new AwsKmsHolder(key(RESTORER));
        byte[] wrapped = new AwsKmsRecipient(key(WORKER)).wrap(MESSAGE, CONTEXT);

        assertThat(holder.unwrap(holder.key().id(), wrapped, CONTEXT))
                .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(MESSAGE));
        assertThat(holder.unwrap("aws-kms-another", wrapped, CONTEXT)).isEmpty();
        for (KeyContext other : List.of(
                new KeyContext("another", "orders", "1", CONTEXT.key()),
                new KeyContext("repository", "another", "1", CONTEXT.key()),
                new KeyContext("repository", "orders", "2", CONTEXT.key()),
                new KeyContext("repository", "orders", "1", new KeyId("2".repeat(32))))) {
            assertThatThrownBy(() -> holder.unwrap(holder.key().id(), wrapped, other))
                    .as("%s", other)
                    .isInstanceOf(RepositoryException.Damaged.class);
        }
    }

    @Test
    void requests_that_were_too_many_are_made_again() throws Exception {
        server.fail(400, "ThrottlingException");
        server.fail(500, "KMSInternalException");

        byte[] wrapped = new AwsKmsRecipient(key(WORKER)).wrap(MESSAGE, CONTEXT);

        assertThat(server.requests()).isEqualTo(3);
        assertThat(key(RESTORER).unwrap(wrapped, CONTEXT)).isEqualTo(MESSAGE);
    }

    @ParameterizedTest
    @CsvSource({
        "AccessDeniedException, Denied",
        "ExpiredTokenException, Denied",
        "DisabledException, Denied",
        "KMSInvalidStateException, Denied",
        "NotFoundException, Unusable",
        "InvalidKeyUsageException, Unusable",
        "InvalidCiphertextException, Damaged",
        "IncorrectKeyException, Damaged"
    })
    void a_failure_says_what_it_means_at_once_and_shows_nothing_of_the_caller(String code, String kind)
            throws Exception {
        server.fail(400, code);

        assertThatThrownBy(() -> key(WORKER).wrap(MESSAGE, CONTEXT))
                .isInstanceOfSatisfying(
                        RepositoryException.class,
                        e -> assertThat(e.getClass().getSimpleName()).isEqualTo(kind))
                .hasMessageContaining(code)
                .hasMessageContaining(ARN)
                .hasMessageContaining("request-1")
                .hasMessageNotContaining("quote the caller")
                .hasMessageNotContaining(WORKER);
        assertThat(server.requests()).isEqualTo(1);
    }

    @Test
    void a_service_that_does_not_answer_is_given_up_after_a_time() throws Exception {
        AwsKmsKey key = key(WORKER).givingUpAfter(Duration.ofSeconds(1), System::nanoTime);
        server.close();

        assertThatThrownBy(() -> key.wrap(MESSAGE, CONTEXT)).isInstanceOf(RepositoryException.Unavailable.class);
    }

    @Test
    void who_is_denied_by_the_service_opens_with_another_key() throws Exception {
        write(workers().recipient(GoldenKeys.passphrase()).build());

        RepositoryKeys both = RepositoryKeys.builder()
                .holder(new AwsKmsHolder(key("AKIANOBODY")))
                .holder(new AwsKmsHolder(key(RESTORER)))
                .build();
        assertThat(restored(both)).isEqualTo("some bytes");
    }

    @Test
    void the_service_is_not_asked_where_something_at_hand_opens() throws Exception {
        write(workers().recipient(GoldenKeys.passphrase()).build());
        int before = server.requests();

        RepositoryKeys both = RepositoryKeys.builder()
                .holder(new AwsKmsHolder(key(RESTORER)))
                .holder(GoldenKeys.passphrase())
                .build();

        assertThat(restored(both)).isEqualTo("some bytes");
        assertThat(server.requests()).isEqualTo(before);
    }

    @Test
    void a_key_that_the_service_has_lost_is_said_of_what_needs_it_and_the_rest_is_checked_and_wrapped()
            throws Exception {
        // given: one backup for a key that is gone since, and another for a passphrase
        write(workers().build());
        SampleBackup.write(
                open(RepositoryKeys.builder()
                                .indexKey(GoldenKeys.indexKey())
                                .recipient(GoldenKeys.passphrase())
                                .build())
                        .at(SampleBackup.TARGET, SampleBackup.CLUSTER),
                "b2",
                FILES,
                SampleBackup.logical(),
                WriterOptions.defaults(work));
        server.delete(ARN);
        RepositoryKeys.Builder both =
                RepositoryKeys.builder().holder(new AwsKmsHolder(key(RESTORER))).holder(GoldenKeys.passphrase());

        // when
        List<BackupKeys> checked = open(both.build()).checkKeys(SampleBackup.TARGET, SampleBackup.CLUSTER);
        List<BackupKeys> alone = open(RepositoryKeys.builder()
                        .holder(new AwsKmsHolder(key(RESTORER)))
                        .build())
                .checkKeys(SampleBackup.TARGET, SampleBackup.CLUSTER);
        StoredKeys.Rewrapped wrapped = open(both.recipient(new Passphrase("another".toCharArray()))
                        .build())
                .rewrapKeys(SampleBackup.TARGET, SampleBackup.CLUSTER);

        // then
        assertThat(checked).extracting(BackupKeys::isReadable).containsExactly(false, true);
        assertThat(checked.getFirst().keys())
                .anySatisfy(key -> assertThat(key.detail()).contains("NotFoundException"));
        assertThat(alone).extracting(BackupKeys::isReadable).containsExactly(false, false);
        assertThat(wrapped.closed()).hasSize(1);
        assertThat(wrapped.added()).isEqualTo(2);
    }

    @Test
    void a_service_that_did_not_answer_is_not_asked_for_every_key() throws Exception {
        AtomicLong now = new AtomicLong();
        AwsKmsKey key = key(RESTORER).givingUpAfter(Duration.ofSeconds(1), now::get);
        byte[] wrapped = key(WORKER).wrap(MESSAGE, CONTEXT);
        for (int attempt = 0; attempt < 8; attempt++) {
            server.fail(503, "ServiceUnavailable");
        }
        assertThatThrownBy(() -> key.unwrap(wrapped, CONTEXT)).isInstanceOf(RepositoryException.Unavailable.class);
        int before = server.requests();

        assertThatThrownBy(() -> key.unwrap(wrapped, CONTEXT))
                .isInstanceOf(RepositoryException.Unavailable.class)
                .hasMessageContaining("was not tried");
        assertThat(server.requests()).isEqualTo(before);

        now.addAndGet(Duration.ofSeconds(1).toNanos());
        server.answerAgain();
        assertThat(key.unwrap(wrapped, CONTEXT)).isEqualTo(MESSAGE);
    }

    @Test
    void wrapping_for_a_new_key_of_the_service_opens_what_was_written_before() throws Exception {
        write(RepositoryKeys.builder()
                .indexKey(GoldenKeys.indexKey())
                .recipient(GoldenKeys.passphrase())
                .build());

        StoredKeys.Rewrapped done = open(RepositoryKeys.builder()
                        .holder(GoldenKeys.passphrase())
                        .recipient(new AwsKmsRecipient(key(WORKER)))
                        .build())
                .rewrapKeys(SampleBackup.TARGET, SampleBackup.CLUSTER);

        assertThat(done.added()).isEqualTo(2);
        assertThat(restored(RepositoryKeys.builder()
                        .holder(new AwsKmsHolder(key(RESTORER)))
                        .build()))
                .isEqualTo("some bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alias/backup",
                "arn:aws:kms:eu-central-1:111122223333:alias/backup",
                "1234abcd-12ab-34cd-56ef-1234567890ab",
                "arn:aws:s3:::bucket"
            })
    void what_is_not_a_key_itself_is_refused(String arn) {
        assertThatThrownBy(() -> AwsKmsKey.of(arn, Optional.empty(), Optional.empty()))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("HINT: write it like arn:aws:kms:");
    }

    @Test
    void names_of_recipients_fit_into_names_of_objects_and_show_no_credentials() throws Exception {
        AwsKmsKey longest = AwsKmsKey.of(
                "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab",
                Optional.empty(),
                Optional.of(new StoreCredentials("AKIA", "hunter2")));

        assertThat(longest.id()).matches("[a-z0-9-]{1,100}");
        assertThat(new AwsKmsHolder(longest) + " " + new AwsKmsRecipient(longest))
                .contains("mrk-1234")
                .doesNotContain("AKIA", "hunter2");
    }
}
