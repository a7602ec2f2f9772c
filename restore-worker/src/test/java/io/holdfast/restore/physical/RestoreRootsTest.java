package io.holdfast.restore.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.restore.RestoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreRootsTest {
    @TempDir
    Path folder;

    private Path root = Path.of("/");
    private RestoreRoots roots = new RestoreRoots(List.of());

    @BeforeEach
    void one_root() throws Exception {
        folder = folder.toRealPath();
        root = Files.createDirectory(folder.resolve("allowed"));
        roots = new RestoreRoots(List.of(root));
    }

    @Test
    void a_path_below_is_admitted_whether_it_exists_or_not() throws Exception {
        Path there = Files.createDirectory(root.resolve("there"));

        assertThat(roots.admit(there.toString())).isEqualTo(there);
        assertThat(roots.admit(root + "/new/er")).isEqualTo(root.resolve("new/er"));
    }

    @Test
    void the_root_itself_its_parent_and_its_namesakes_are_refused() {
        assertRefused(root.toString());
        assertRefused(folder.toString());
        assertRefused(root + "-else/x");
        assertRefused("/");
        assertRefused("");
    }

    @Test
    void ways_out_are_refused() {
        assertRefused(root + "/../allowed/x");
        assertRefused(root + "/x/..");
        assertRefused("allowed/x");
        assertRefused(root + "/x\nmade /etc");
    }

    @Test
    void links_are_refused_wherever_they_lead() throws Exception {
        Files.createSymbolicLink(root.resolve("out"), folder);
        Files.createSymbolicLink(root.resolve("in"), Files.createDirectory(root.resolve("real")));
        Files.createSymbolicLink(root.resolve("nowhere"), folder.resolve("missing"));

        assertRefused(root + "/out/x");
        assertRefused(root + "/in");
        assertRefused(root + "/nowhere");
    }

    @Test
    void a_root_that_is_a_link_means_where_it_leads() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), root);

        assertThat(new RestoreRoots(List.of(link)).admit(link + "/x")).isEqualTo(root.resolve("x"));
    }

    @Test
    void without_a_root_everything_is_refused_with_the_setting_named() {
        assertThatThrownBy(() -> new RestoreRoots(List.of()).admit(root + "/x"))
                .isInstanceOf(RestoreException.class)
                .hasMessageContaining("HINT")
                .hasMessageContaining("HOLDFAST_RESTORE_DIRECTORIES");
    }

    private void assertRefused(String path) {
        assertThatThrownBy(() -> roots.admit(path)).isInstanceOf(RestoreException.class);
    }
}
