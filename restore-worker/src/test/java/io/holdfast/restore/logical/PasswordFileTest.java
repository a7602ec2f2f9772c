package io.holdfast.restore.logical;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.runtime.secrets.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordFileTest {
    private static final Secret PASSWORD = new Secret("a:b\\c");

    @TempDir
    private Path work;

    @Test
    void only_its_own_user_can_read_it_and_nothing_remains() throws Exception {
        Path directory = work.resolve(PasswordFile.DIRECTORY);
        try (PasswordFile file = PasswordFile.of(PASSWORD, work)) {
            assertThat(file.path()).hasParent(directory);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .isEqualTo("rwx------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                    .isEqualTo("rw-------");
            assertThat(file.path()).hasContent("*:*:*:*:a\\:b\\\\c");
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void what_a_killed_worker_left_behind_goes_and_what_a_living_one_uses_stays() throws Exception {
        // given: a file whose lock nobody holds, and one in use
        Path directory = Files.createDirectory(work.resolve(PasswordFile.DIRECTORY));
        Path orphan = Files.writeString(directory.resolve("pgpass-orphan"), "*:*:*:*:secret");
        try (PasswordFile living = PasswordFile.of(PASSWORD, work)) {
            assertThat(orphan).doesNotExist();
            // when
            try (PasswordFile another = PasswordFile.of(PASSWORD, work)) {
                // then
                assertThat(living.path()).isNotEmptyFile().isNotEqualTo(another.path());
            }
        }
    }
}
