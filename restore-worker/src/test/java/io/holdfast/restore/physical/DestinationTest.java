package io.holdfast.restore.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupContent.Tablespace;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.restore.RestoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DestinationTest {
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

    private Destination plan(Map<String, String> mapping) throws RestoreException, RepositoryException {
        BackupContent.Physical content = new BackupContent.Physical(
                "7", 170011, new WalNeeded(1, Lsn.ZERO, Lsn.parse("0/28"), 1 << 20), TWO, Optional.empty());
        PhysicalRequest request = new RequestBuilder(place(), root.resolve("data"))
                .tablespaces(mapping)
                .build();
        return Destination.plan(request, new RestoreRoots(List.of(root)), content);
    }

    private static TargetPlace place() throws RepositoryException {
        return Repository.openOrInitialise(new MemoryObjectStore(), new UUID(1, 2))
                .at(new TargetName("orders"), new Place("7"));
    }
}
