package io.holdfast.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationFoldersTest {
    @TempDir
    private Path place;

    @Test
    void a_star_stands_for_every_folder_there_at_that_moment() throws IOException {
        // given
        Path fifteen = Files.createDirectories(place.resolve("debian/15"));
        Path own = Files.createDirectories(place.resolve("own"));
        Files.createFile(place.resolve("debian/readme"));
        InstallationFolders folders = new InstallationFolders(List.of(own, place.resolve("debian/*")));
        assertThat(folders.present()).containsExactly(own, fifteen);

        // when
        Path seventeen = Files.createDirectories(place.resolve("debian/17"));

        // then
        assertThat(folders.present()).containsExactly(own, fifteen, seventeen);
    }

    @Test
    void what_is_not_there_is_left_out() throws IOException {
        assertThat(new InstallationFolders(List.of(place.resolve("gone"), place.resolve("gone/*"))).present())
                .isEmpty();
    }

    @Test
    void where_none_is_named_it_is_the_usual_place() {
        assertThat(InstallationFolders.of(List.of()).named()).containsExactly(Path.of("/usr/lib/postgresql/*"));
    }
}
