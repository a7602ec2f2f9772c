package io.holdfast.backup.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.events.definition.PostgresServer;
import io.holdfast.runtime.secrets.Secrets;
import io.holdfast.runtime.work.WorkFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkFolderTest {
    private static final Secrets NO_SECRETS = new Secrets(name -> null);

    @TempDir
    private Path parent;

    @Test
    void only_the_services_own_user_can_look_in_and_nothing_remains() throws Exception {
        Path file;
        try (WorkFolder folder = WorkFolder.below(parent)) {
            file = folder.newSecretFile("pass", "secret");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
                    .isEqualTo("rwx------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            Files.writeString(folder.newFolder("spool").resolve("segment"), "bytes");
        }
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void what_a_killed_worker_left_behind_goes_and_what_a_living_one_uses_stays() throws Exception {
        // given: a folder whose lock nobody holds
        Path orphan = Files.createDirectory(parent.resolve("attempt-orphan"));
        Files.createFile(orphan.resolve(".lock"));
        Files.writeString(orphan.resolve("pass"), "secret");
        try (WorkFolder living = WorkFolder.below(parent)) {
            // when
            try (WorkFolder another = WorkFolder.below(parent)) {
                // then
                assertThat(orphan).doesNotExist();
                assertThat(living.path()).isDirectory().isNotEqualTo(another.path());
            }
        }
    }

    @Test
    void looking_for_orphans_does_not_give_up_the_locks_of_this_process() throws Exception {
        try (WorkFolder living = WorkFolder.below(parent)) {
            String inode = ":" + Files.getAttribute(living.path().resolve(".lock"), "unix:ino") + " ";
            assertThat(Files.readAllLines(Path.of("/proc/locks"))).anyMatch(lock -> lock.contains(inode));

            WorkFolder.below(parent).close();

            assertThat(Files.readAllLines(Path.of("/proc/locks"))).anyMatch(lock -> lock.contains(inode));
        }
    }

    @Test
    void a_folder_that_could_not_be_removed_has_no_owner_any_more() throws Exception {
        // given: what is to be removed is not where it was
        WorkFolder folder = WorkFolder.below(parent);
        Path moved = Files.move(folder.path(), parent.resolve("attempt-moved"));

        // when
        folder.close();

        // then the next attempt removes it
        WorkFolder.below(parent).close();
        assertThat(moved).doesNotExist();
    }

    @Test
    void a_definition_that_cannot_be_meant_so_is_refused_with_a_hint() throws Exception {
        try (WorkFolder folder = WorkFolder.below(parent)) {
            assertThatThrownBy(() -> SourceServer.of(server("sometimes", null), NO_SECRETS, folder))
                    .isInstanceOf(UnusableDefinitionException.class)
                    .hasMessageContaining("sometimes")
                    .hasMessageContaining("HINT: ");
            assertThatThrownBy(() -> SourceServer.of(server("require", "env:CERT"), new Secrets(name -> "PEM"), folder))
                    .isInstanceOf(UnusableDefinitionException.class)
                    .hasMessageContaining("key");
        }
    }

    private static PostgresServer server(String sslMode, @Nullable String certificate) {
        return new PostgresServer(
                "127.0.0.1", 5432, "backup", null, "postgres", sslMode, null, certificate, null, false, null);
    }
}
