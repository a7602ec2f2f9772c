package io.holdfast.restore.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.restore.RestoreException;
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
            assertThat(file.path().getParent()).hasParent(directory);
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(file.path().getParent())))
                    .isEqualTo("rwx------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                    .isEqualTo("rw-------");
            assertThat(file.path()).hasContent("*:*:*:*:a\\:b\\\\c");
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void what_a_killed_worker_left_behind_goes_and_what_a_living_one_uses_stays() throws Exception {
        // given: a folder whose lock nobody holds, and one in use
        Path left = Files.createDirectories(work.resolve(PasswordFile.DIRECTORY).resolve("attempt-orphan"));
        Files.createFile(left.resolve(".lock"));
        Path orphan = Files.writeString(left.resolve("pgpass-orphan"), "*:*:*:*:secret");
        try (PasswordFile living = PasswordFile.of(PASSWORD, work)) {
            assertThat(orphan).doesNotExist();
            // when
            try (PasswordFile another = PasswordFile.of(PASSWORD, work)) {
                // then
                assertThat(living.path()).isNotEmptyFile().isNotEqualTo(another.path());
            }
        }
    }

    @Test
    void a_line_break_is_refused_since_the_file_cannot_say_it() {
        assertThatThrownBy(() -> PasswordFile.of(new Secret("s3cret\n*:*:*:*:other"), work))
                .isInstanceOf(RestoreException.class)
                .hasMessageContaining("line break")
                .hasMessageNotContaining("s3cret");
        assertThat(work.resolve(PasswordFile.DIRECTORY)).doesNotExist();
    }
}
