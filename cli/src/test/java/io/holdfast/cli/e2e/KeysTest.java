package io.holdfast.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left after a disaster, a repository, its definition and a secret key, says what it is worth; nothing runs. */
class KeysTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path GOLDEN = Path.of("../backup-repository/src/test/resources/golden")
            .toAbsolutePath()
            .normalize();

    @TempDir
    Path folder;

    private Path configuration(String secretKey) throws Exception {
        return Files.writeString(folder.resolve("holdfast.yaml"), """
                repositories:
                  main:
                    url: "%s"
                    encryption:
                      openpgp_recipients: "file:%s/keys/recipient.public.asc"
                      openpgp_secret_keys: "%s"
                targets: {}
                """.formatted(
                        GOLDEN.resolve("format-1-sealed").toUri(), GOLDEN, secretKey));
    }

    @Test
    void a_check_proves_that_backups_open_or_exits_with_a_code_of_its_own() throws Exception {
        HoldfastScript script = new HoldfastScript(folder);
        String secretKey = "file:" + GOLDEN + "/keys/recipient.secret.asc";

        HoldfastScript.Ended good = script.run(
                LIMIT, "keys", "check", "--config", configuration(secretKey).toString(), "--json");
        assertThat(good.exitCode()).as(good.errors()).isZero();
        JsonNode backups = good.json().path("repositories").get(0).path("backups");
        assertThat(backups)
                .isNotEmpty()
                .allSatisfy(backup -> assertThat(backup.path("opened_by").get(0).asText())
                        .isEqualTo("openpgp_secret_keys " + secretKey));
        assertThat(good.errors()).isEmpty();

        HoldfastScript.Ended lost = script.run(
                LIMIT, "keys", "check", "--config", configuration("env:LOST").toString());
        assertThat(lost.exitCode()).isEqualTo(8);
        assertThat(String.join("\n", lost.output()))
                .contains("NOT HERE: the environment variable LOST is not set", "wrapped for the OpenPGP key");
    }

    @Test
    void a_configuration_that_is_wrong_is_told_with_its_place() throws Exception {
        Path wrong = Files.writeString(folder.resolve("holdfast.yaml"), "repositories: {}\ntarget: {}\n");

        HoldfastScript.Ended ended =
                new HoldfastScript(folder).run(LIMIT, "keys", "check", "--config", wrong.toString());

        assertThat(ended.exitCode()).isEqualTo(10);
        assertThat(ended.errors()).contains("holdfast.yaml:2:1:", "did you mean `targets`?");
    }
}
