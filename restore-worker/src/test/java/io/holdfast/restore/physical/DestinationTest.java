package io.holdfast.restore.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.events.RestoreId;
import io.holdfast.repository.manifest.BackupContent.Tablespace;
import io.holdfast.restore.RestoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DestinationTest {
    private static final RestoreId RESTORE = RestoreId.of("00000000-0000-7000-8000-000000000001");
    private static final List<Tablespace> TWO =
            List.of(new Tablespace(16400, "/srv/a"), new Tablespace(16401, "/srv/b"));

    @TempDir
    Path root;

    @Test
    void tablespaces_go_beside_unless_they_are_mapped() throws Exception {
        Destination planned = plan(Map.of("16401", root + "/fast"));

        assertThat(planned.tablespaces())
                .isEqualTo(Map.of(
                        16400L, root.resolve("data.tablespaces/16400"),
                        16401L, root.resolve("fast")));
    }

    @Test
    void a_mapping_of_what_the_backup_does_not_have_is_refused() {
        assertThatThrownBy(() -> plan(Map.of("1", root + "/x")))
                .isInstanceOf(RestoreException.class)
                .hasMessageContaining("[16400, 16401]");
    }

    @Test
    void one_place_in_another_is_refused() {
        assertThatThrownBy(() -> plan(Map.of("16400", root + "/data/inside"))).isInstanceOf(RestoreException.class);
        assertThatThrownBy(() -> plan(Map.of("16400", root + "/same", "16401", root + "/same")))
                .isInstanceOf(RestoreException.class);
    }

    @Test
    void a_mapping_out_of_the_allowed_directories_is_refused() {
        assertThatThrownBy(() -> plan(Map.of("16400", "/srv/a"))).isInstanceOf(RestoreException.class);
    }

    private Destination plan(Map<String, String> mapping) throws RestoreException {
        return Destination.plan(RESTORE, new RestoreRoots(List.of(root)), root + "/data", TWO, mapping);
    }
}
