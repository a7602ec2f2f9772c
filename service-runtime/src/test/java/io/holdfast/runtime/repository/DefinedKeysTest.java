package io.holdfast.runtime.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.key.GoldenKeys;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.write.WriterOptions;
import io.holdfast.runtime.secrets.Secrets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each service gets the keys that its work needs, and no others. */
class DefinedKeysTest {

    private static final BackupId ID = new BackupId("b1");

    private final Path folder;
    private final Map<String, String> everything = new HashMap<>();

    DefinedKeysTest(@TempDir Path folder) throws Exception {
        this.folder = folder;
        everything.put("INDEX", Base64.getEncoder().encodeToString(GoldenKeys.indexKey()));
        everything.put("PUBLIC", new String(GoldenKeys.publicKey(), StandardCharsets.US_ASCII));
        everything.put("SECRET", new String(GoldenKeys.secretKey(), StandardCharsets.US_ASCII));
        everything.put("PASSPHRASE", "some long passphrase");
    }

    private DefinedRepositories where(String... names) {
        Map<String, String> environment = new HashMap<>(everything);
        environment.keySet().retainAll(List.of(names));
        return new DefinedRepositories(new Secrets(environment::get));
    }

    private RepositoryDefined defined(@Nullable String passphrase, List<String> secretKeys) {
        return new RepositoryDefined(
                new RepositoryId("main"),
                1,
                folder.resolve("repository").toUri().toString(),
                null,
                null,
                null,
                new RepositoryDefined.Encryption(List.of("env:PUBLIC"), secretKeys, null, passphrase, "env:INDEX"));
    }

    private RepositoryDefined defined() {
        return defined(null, List.of("env:SECRET"));
    }

    private void write(DefinedRepositories worker, RepositoryDefined defined) throws Exception {
        try (Repository repository =
                Repository.openOrInitialise(worker.connect(defined), new UUID(1, 2), worker.keysToWrite(defined))) {
            SampleBackup.write(
                    repository.at(SampleBackup.TARGET, SampleBackup.CLUSTER),
                    "b1",
                    SampleBackup.files(),
                    SampleBackup.logical(),
                    WriterOptions.defaults(folder));
        }
    }

    private static BackupReader backup(Repository repository) throws RepositoryException {
        return repository.at(SampleBackup.TARGET, SampleBackup.CLUSTER).read(ID);
    }

    @Test
    void a_worker_writes_a_verifier_verifies_and_a_restorer_restores_each_with_its_own_part() throws Exception {
        write(where("INDEX", "PUBLIC"), defined());

        try (Repository repository = where("INDEX").openToVerify(defined())) {
            var report = backup(repository).verify(1, ReadProgress.NONE);
            assertThat(report.isGood()).isTrue();
            assertThat(report.bytesNotOpened()).isPositive();
        }
        try (Repository repository = where("SECRET").openToRestore(defined())) {
            backup(repository).restoreTo(folder.resolve("r"), RestoreOptions.defaults(), ReadProgress.NONE);
            assertThat(Files.readString(folder.resolve("r/PG_VERSION"))).isEqualTo("17\n");
        }
    }

    @Test
    void an_index_key_from_before_opens_what_it_sealed_while_it_is_listed() throws Exception {
        write(where("INDEX", "PUBLIC"), defined());
        everything.put("FRESH", Base64.getEncoder().encodeToString(new byte[32]));
        everything.put("SHORT", Base64.getEncoder().encodeToString(new byte[31]));

        try (Repository repository = where("FRESH", "INDEX").openToVerify(rotated("env:INDEX"))) {
            assertThat(backup(repository).verify(1, ReadProgress.NONE).isGood()).isTrue();
        }
        RepositoryDefined unlisted = rotated();
        try (Repository repository = where("FRESH", "INDEX").openToVerify(unlisted)) {
            assertThatThrownBy(() -> backup(repository)).isInstanceOf(RepositoryException.Denied.class);
        }
        assertThatThrownBy(() -> where("FRESH", "PUBLIC", "SHORT").keysToWrite(rotated("env:SHORT")))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("encryption.earlier_index_keys (env:SHORT) has 31 bytes");
    }

    @Test
    void keys_of_aws_kms_are_recipients_and_ways_to_restore_and_their_credentials_are_looked_for_here()
            throws Exception {
        String arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        everything.put("ID", "AKIA");
        everything.put("KEY", "hunter2");

        assertThat(where("INDEX", "ID", "KEY").keysToWrite(kms(arn)).toString()).contains("recipients: 1");
        assertThat(where("ID", "KEY").keysGiven(kms(arn))).singleElement().satisfies(given -> {
            assertThat(given.name()).isEqualTo("aws_kms " + arn);
            assertThat(given.keys()).isPresent();
        });
        assertThat(where("ID").keysGiven(kms(arn)))
                .singleElement()
                .satisfies(given -> assertThat(given.problem()).contains("KEY is not set"));
        assertThatThrownBy(() -> where("INDEX", "ID", "KEY").keysToWrite(kms("alias/backup")))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("is not the ARN of a key");
    }

    private RepositoryDefined kms(String arn) {
        RepositoryDefined.AwsKms kms = new RepositoryDefined.AwsKms(List.of(arn), null, "env:ID", "env:KEY");
        RepositoryDefined.Encryption encryption =
                new RepositoryDefined.Encryption(List.of(), List.of(), null, null, "env:INDEX", null, kms);
        return new RepositoryDefined(new RepositoryId("main"), 3, defined().url(), null, null, null, encryption);
    }

    private RepositoryDefined rotated(String... earlier) {
        RepositoryDefined.Encryption encryption = new RepositoryDefined.Encryption(
                List.of("env:PUBLIC"), List.of(), null, null, "env:FRESH", List.of(earlier), null);
        return new RepositoryDefined(new RepositoryId("main"), 2, defined().url(), null, null, null, encryption);
    }

    @Test
    void a_verifier_never_asks_for_what_opens_pages() throws Exception {
        write(where("INDEX", "PUBLIC"), defined());

        try (Repository repository = where("INDEX", "SECRET").openToVerify(defined())) {
            assertThatThrownBy(() -> backup(repository)
                            .restoreTo(folder.resolve("r"), RestoreOptions.defaults(), ReadProgress.NONE))
                    .isInstanceOf(RepositoryException.Denied.class);
        }
    }

    @Test
    void one_of_several_ways_to_open_is_enough_and_none_says_what_is_missing() throws Exception {
        RepositoryDefined both = defined("env:PASSPHRASE", List.of("env:ESCROW", "env:SECRET"));
        write(where("INDEX", "PUBLIC", "PASSPHRASE"), both);

        for (String only : List.of("PASSPHRASE", "SECRET")) {
            try (Repository repository = where(only).openToRestore(both)) {
                assertThat(backup(repository).verify(1, ReadProgress.NONE).bytesNotOpened())
                        .as(only)
                        .isZero();
            }
        }
        assertThatThrownBy(() -> where("INDEX").openToRestore(both))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("ESCROW");
    }

    @Test
    void what_a_worker_lacks_or_has_wrong_is_said_without_showing_it() {
        assertThatThrownBy(() -> where("PUBLIC").keysToWrite(defined()))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("INDEX");
        assertThatThrownBy(() -> where("INDEX").keysToWrite(defined()))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("PUBLIC");
        for (String wrong : List.of("c2hvcnQ=", "not*base64")) {
            everything.put("INDEX", wrong);
            assertThatThrownBy(() -> where("INDEX", "PUBLIC").keysToWrite(defined()))
                    .isInstanceOf(RepositoryException.Unusable.class)
                    .hasMessageContaining("index_key")
                    .hasMessageNotContaining(wrong);
        }
        everything.put("INDEX", Base64.getEncoder().encodeToString(new byte[32]));
        everything.put("PUBLIC", "-----BEGIN PGP PUBLIC KEY BLOCK-----");
        assertThatThrownBy(() -> where("INDEX", "PUBLIC").keysToWrite(defined()))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("repository \"main\"")
                .hasMessageContaining("gpg --export --armor");
    }
}
