package io.holdfast.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.PutOutcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryTest {
    private static final UUID ID = new UUID(1, 2);

    private final MemoryObjectStore store = new MemoryObjectStore();

    @Test
    void an_empty_store_is_no_repository() {
        assertThatThrownBy(() -> Repository.open(store))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("HINT:");
    }

    @Test
    void looking_for_a_repository_makes_none() throws Exception {
        assertThat(Repository.find(store)).isEmpty();
        assertThat(store.head(RepositoryMarker.KEY)).isEmpty();

        Repository.openOrInitialise(store, ID);

        assertThat(Repository.find(store)).map(Repository::id).contains(ID);
    }

    @Test
    void a_repository_keeps_the_identifier_it_got_first() throws Exception {
        assertThat(Repository.openOrInitialise(store, ID).id()).isEqualTo(ID);
        assertThat(Repository.openOrInitialise(store, new UUID(3, 4)).id()).isEqualTo(ID);
        assertThat(Repository.open(store).id()).isEqualTo(ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{\"format\":\"other\",\"version\":1}",
                "{\"format\":\"holdfast-repository\",\"version\":1,\"repository_id\":\"x\"}"
            })
    void a_damaged_marker_is_said(String marker) {
        store.putIfAbsent(RepositoryMarker.KEY, marker.getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> Repository.open(store)).isInstanceOf(RepositoryException.Damaged.class);
    }

    @Test
    void a_newer_format_is_refused() {
        store.putIfAbsent(
                RepositoryMarker.KEY,
                "{\"format\":\"holdfast-repository\",\"version\":2}".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> Repository.open(store))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void targets_and_places_are_found_in_the_store_alone() throws Exception {
        Repository repository = Repository.openOrInitialise(store, ID);
        for (String key : List.of("a/1/manifests/x", "a/1/wal/y", "a-b/logical/maps/z", "a/2/packs/p", "a b/1/x")) {
            assertThat(store.putIfAbsent(new ObjectKey(key), new byte[0])).isEqualTo(PutOutcome.CREATED);
        }

        assertThat(repository.targets()).containsExactly(new TargetName("a"), new TargetName("a-b"));
        assertThat(repository.places(new TargetName("a"))).containsExactly(new Place("1"), new Place("2"));
        assertThat(repository.places(new TargetName("none"))).isEmpty();
        assertThat(repository.at(new TargetName("a"), new Place("1")).listManifests())
                .containsExactly(new BackupId("x"));
    }

    @Test
    void the_system_identifier_is_unsigned() {
        assertThat(Place.ofSystemIdentifier(-1)).hasToString("18446744073709551615");
    }
}
