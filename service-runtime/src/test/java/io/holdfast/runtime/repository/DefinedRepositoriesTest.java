package io.holdfast.runtime.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.runtime.secrets.Secrets;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefinedRepositoriesTest {

    private final DefinedRepositories repositories =
            new DefinedRepositories(new Secrets(Map.of("KEY", "AKIA", "SECRET", "geheim")::get));

    @TempDir
    Path folder;

    @Test
    void a_repository_is_opened_where_its_definition_says() throws Exception {
        RepositoryDefined defined = new RepositoryDefined(
                new RepositoryId("main"), 1, folder.toUri().toString());
        Repository.openOrInitialise(repositories.connect(defined), new UUID(1, 2))
                .close();

        try (Repository opened = repositories.openToRestore(defined)) {
            assertThat(opened.id()).isEqualTo(new UUID(1, 2));
        }
    }

    @Test
    void whoever_removes_shows_credentials_of_his_own_and_none_means_nothing_is_removed() throws Exception {
        RepositoryDefined folderOnly = new RepositoryDefined(
                new RepositoryId("main"), 1, folder.toUri().toString());
        Repository.openOrInitialise(repositories.connect(folderOnly), new UUID(1, 2))
                .close();
        repositories.openToRetain(folderOnly).close();
        repositories.connectToRetain(folderOnly).close();
        RepositoryDefined workersOnly = defined("env:KEY", "env:SECRET", null);
        RepositoryDefined.Deletion elsewhere = new RepositoryDefined.Deletion("env:NOWHERE", "env:SECRET");

        assertThatThrownBy(() -> repositories.connectToRetain(workersOnly))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("names no credentials that may delete")
                .hasMessageContaining("HINT: give it `deletion:");
        assertThatThrownBy(() -> repositories.connectToRetain(new RepositoryDefined(
                        workersOnly.repository(),
                        1,
                        workersOnly.url(),
                        "env:KEY",
                        "env:SECRET",
                        null,
                        null,
                        elsewhere)))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("NOWHERE");
    }

    @Test
    void a_reference_that_leads_nowhere_is_the_configurations_fault_and_says_whose() {
        assertThatThrownBy(() -> repositories.connect(defined("env:KEY", "env:NOWHERE", null)))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("repository \"main\"")
                .hasMessageContaining("NOWHERE")
                .hasMessageContaining("HINT:")
                .hasMessageNotContaining("AKIA");
    }

    @Test
    void half_of_a_pair_of_keys_and_a_lock_of_an_unknown_mode_are_refused() {
        assertThatThrownBy(() -> repositories.connect(defined("env:KEY", null, null)))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("belong together");
        assertThatThrownBy(
                        () -> repositories.connect(defined(null, null, new RepositoryDefined.ObjectLock("forever", 3))))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("forever");
    }

    @Test
    void a_lock_is_asked_of_the_store_and_a_folder_refuses_it() {
        assertThatThrownBy(() -> repositories.connect(
                        defined("env:KEY", "env:SECRET", new RepositoryDefined.ObjectLock("compliance", 3))))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("lock")
                .hasMessageNotContaining("geheim");
    }

    private RepositoryDefined defined(
            @Nullable String accessKey, @Nullable String secretKey, RepositoryDefined.@Nullable ObjectLock lock) {
        return new RepositoryDefined(
                new RepositoryId("main"), 1, folder.toUri().toString(), accessKey, secretKey, lock, null);
    }
}
