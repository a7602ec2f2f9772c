package io.holdfast.restore.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.runtime.repository.DefinedRepositories;
import io.holdfast.runtime.secrets.Secrets;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys of the encrypted repository of this format's first version, as its definition names them. */
class KeysProgramTest {
    private static final Path GOLDEN = Path.of("../backup-repository/src/test/resources/golden");
    private static final ObjectMapper JSON = EventCodec.newJsonMapper();

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void copy() throws Exception {
        environment.put("PUBLIC", Files.readString(GOLDEN.resolve("keys/recipient.public.asc")));
        environment.put("SECRET", Files.readString(GOLDEN.resolve("keys/recipient.secret.asc")));
        environment.put("PASSPHRASE", "golden passphrase");
        environment.put("WRONG", "another passphrase");
        copy("format-1-sealed");
    }

    private void copy(String repository) throws Exception {
        Path from = GOLDEN.resolve(repository);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to =
                        folder.resolve(repository).resolve(from.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
    }

    private JsonNode run(String repository, RepositoryDefined.@Nullable Encryption encryption, String... arguments)
            throws Exception {
        RepositoryDefined defined = new RepositoryDefined(
                new RepositoryId("main"),
                1,
                folder.resolve(repository).toUri().toString(),
                null,
                null,
                null,
                encryption);
        KeysProgram program = new KeysProgram(new DefinedRepositories(new Secrets(environment::get)));
        return JSON.readTree(
                program.answer(List.of(arguments), new ByteArrayInputStream(JSON.writeValueAsBytes(defined))));
    }

    private JsonNode check(List<String> secretKeys, @Nullable String passphrase) throws Exception {
        return run(
                "format-1-sealed",
                new RepositoryDefined.Encryption(List.of("env:PUBLIC"), secretKeys, null, passphrase, "env:INDEX"),
                "check");
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    @Test
    void each_key_that_opens_a_backup_is_named_and_for_whom_it_is_wrapped() throws Exception {
        JsonNode found = check(List.of("env:SECRET", "env:MISSING"), "env:PASSPHRASE");

        assertThat(found.path("problem").asText()).isEmpty();
        assertThat(found.path("given").get(1).path("problem").asText()).contains("MISSING is not set");
        assertThat(found.path("backups")).isNotEmpty().allSatisfy(backup -> {
            assertThat(backup.path("encrypted").asBoolean()).isTrue();
            assertThat(backup.path("opens").asBoolean()).isTrue();
            assertThat(texts(backup.path("opened_by")))
                    .containsExactly("openpgp_secret_keys env:SECRET", "passphrase env:PASSPHRASE");
            assertThat(backup.path("keys")).hasSizeGreaterThan(1).allSatisfy(key -> {
                assertThat(key.path("opens").asBoolean()).isTrue();
                assertThat(texts(key.path("recipients")))
                        .anyMatch(recipient -> recipient.startsWith("the OpenPGP key "))
                        .contains("a passphrase");
            });
        });
        assertThat(found.toString()).doesNotContain("golden passphrase", "PRIVATE KEY");
    }

    @Test
    void a_wrong_key_opens_nothing_and_one_that_is_missing_says_so() throws Exception {
        JsonNode wrong = check(List.of(), "env:WRONG");

        assertThat(wrong.path("backups")).isNotEmpty().allSatisfy(backup -> {
            assertThat(backup.path("opens").asBoolean()).isFalse();
            assertThat(backup.path("opened_by")).isEmpty();
            assertThat(backup.path("keys").get(0).path("use").asText()).isEqualTo("index");
        });
        JsonNode missing = check(List.of("env:MISSING"), null);
        assertThat(missing.path("problem").asText()).contains("MISSING is not set");
        assertThat(missing.path("backups"))
                .isNotEmpty()
                .noneMatch(backup -> backup.path("opens").asBoolean());
    }

    @Test
    void backups_without_encryption_are_told_as_that() throws Exception {
        copy("format-1");

        JsonNode found = run("format-1", null, "check");

        assertThat(found.path("backups")).isNotEmpty().allSatisfy(backup -> {
            assertThat(backup.path("encrypted").asBoolean()).isFalse();
            assertThat(backup.path("opens").asBoolean()).isTrue();
        });
    }

    @Test
    void a_new_recipient_reads_what_was_wrapped_for_the_one_before_who_is_removed_then() throws Exception {
        environment.put("FRESH", "a passphrase that is new");
        // Here the passphrase is what comes, and the OpenPGP key is what goes.
        RepositoryDefined.Encryption changed =
                new RepositoryDefined.Encryption(List.of(), List.of("env:SECRET"), null, "env:FRESH", "env:INDEX");
        String old = recipients().stream()
                .filter(name -> name.startsWith("openpgp-"))
                .findFirst()
                .orElseThrow();

        JsonNode wrapped = run("format-1-sealed", changed, "rewrap");
        JsonNode again = run("format-1-sealed", changed, "rewrap");
        assertThat(wrapped.path("added").asInt())
                .isPositive()
                .isEqualTo(wrapped.path("keys").asInt());
        assertThat(again.path("added").asInt()).isZero();
        JsonNode removed = run("format-1-sealed", changed, "rewrap", old);
        assertThat(removed.path("removed").asInt()).isPositive();
        assertThat(removed.path("kept")).isEmpty();

        assertThat(recipients()).containsExactly("passphrase");
        JsonNode found = check(List.of("env:SECRET"), "env:FRESH");
        assertThat(found.path("backups"))
                .isNotEmpty()
                .allSatisfy(
                        backup -> assertThat(texts(backup.path("opened_by"))).containsExactly("passphrase env:FRESH"));
    }

    @Test
    void a_repository_that_is_not_there_is_a_failure_with_a_hint() throws Exception {
        JsonNode answer = run("nowhere", null, "check");

        assertThat(answer.path("category").asText()).isEqualTo("configuration");
        assertThat(answer.path("hint").asText()).isNotEmpty();
    }

    private List<String> recipients() throws Exception {
        try (Stream<Path> files = Files.walk(folder.resolve("format-1-sealed"))) {
            return files.filter(file -> file.toString().contains("/keys/"))
                    .filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .map(name -> name.substring(0, name.indexOf('.')))
                    .distinct()
                    .sorted()
                    .toList();
        }
    }
}
