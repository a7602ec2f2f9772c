package io.holdfast.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSecretsTest {
    @TempDir
    Path folder;

    @Test
    void secrets_are_made_once_and_readable_by_their_owner_alone() throws IOException {
        Path place = folder.resolve("secrets");

        LocalSecrets first = LocalSecrets.ensure(place, new SecureRandom());
        LocalSecrets second = LocalSecrets.ensure(place, new SecureRandom());

        assertThat(first.token()).hasSizeGreaterThan(20).isEqualTo(second.token());
        assertThat(List.of(first.token(), first.databasePassword(), first.superuserPassword()))
                .doesNotHaveDuplicates();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place)))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(place)) {
            assertThat(files.filter(file -> !file.toString().endsWith("public.pem")))
                    .hasSize(4)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void a_making_that_was_cut_short_begins_anew() throws IOException {
        Path halfDone = Files.createDirectory(folder.resolve("secrets.new"));
        Files.writeString(halfDone.resolve("api-token"), "half");

        LocalSecrets secrets = LocalSecrets.ensure(folder.resolve("secrets"), new SecureRandom());

        assertThat(secrets.token()).isNotEqualTo("half");
        assertThat(halfDone).doesNotExist();
    }

    @Test
    void connection_details_do_not_print_the_token() {
        assertThat(new ConnectionDetails("http://127.0.0.1:1", "127.0.0.1:2", "hush").toString())
                .doesNotContain("hush");
    }
}
