package io.holdfast.backup.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.events.EventIds;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.runtime.repository.DefinedRepositories;
import io.holdfast.runtime.secrets.Secrets;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With the service's real database and with folders that come and go as mounted disks do. */
@QuarkusTest
@TestProfile(BackupWorkerProfile.class)
@Timeout(60)
class KnownRepositoriesTest {
    @Inject
    DataSource database;

    @TempDir
    private Path disks;

    private final RepositoryId name = new RepositoryId("r-" + UUID.randomUUID());
    private Path mount;
    private KnownRepositories known;

    @BeforeEach
    void start() {
        mount = disks.resolve("mount");
        known = worker();
    }

    @Test
    void a_repository_is_made_once_and_found_again() throws Exception {
        UUID made = open(known, name, mount);

        assertThat(open(known, name, mount)).isEqualTo(made);
        assertThat(open(worker(), name, mount)).isEqualTo(made);
    }

    @Test
    void one_that_is_gone_is_not_made_again() throws Exception {
        UUID made = open(known, name, mount);
        Path away = Files.move(mount, disks.resolve("away"));
        Files.createDirectory(mount);

        assertThatThrownBy(() -> open(worker(), name, mount))
                .isInstanceOf(RepositoryException.Unavailable.class)
                .hasMessageContainingAll(made.toString(), "HINT: ", "mounted", "holdfast.yaml");

        assertThat(mount).isEmptyDirectory();
        Files.delete(mount);
        Files.move(away, mount);
        assertThat(open(known, name, mount)).isEqualTo(made);
    }

    @Test
    void another_one_in_its_place_is_refused() throws Exception {
        UUID made = open(known, name, mount);
        UUID other = open(known, new RepositoryId("o-" + UUID.randomUUID()), disks.resolve("other"));
        Files.move(mount, disks.resolve("away"));
        Files.move(disks.resolve("other"), mount);

        assertThatThrownBy(() -> open(known, name, mount))
                .isInstanceOf(RepositoryException.Unavailable.class)
                .hasMessageContainingAll(made.toString(), other.toString(), "HINT: ", "mounted");
    }

    @Test
    void one_replaced_on_purpose_is_made_under_another_name_or_address() throws Exception {
        UUID made = open(known, name, mount);
        Files.move(mount, disks.resolve("away"));

        UUID renamed = open(known, new RepositoryId("n-" + UUID.randomUUID()), mount);
        UUID elsewhere = open(known, name, disks.resolve("elsewhere"));

        assertThat(renamed).isNotEqualTo(made);
        assertThat(elsewhere).isNotEqualTo(made).isNotEqualTo(renamed);
    }

    @Test
    void of_two_workers_that_see_different_disks_at_once_one_is_refused() {
        // given: another worker makes and remembers the repository while this one is about to, on a disk that this
        // one does not have
        AtomicReference<@Nullable UUID> other = new AtomicReference<>();
        RandomGenerator meanwhile = () -> {
            if (other.get() == null) {
                other.set(madeElsewhere());
            }
            return 1;
        };
        KnownRepositories slower = worker(meanwhile);

        // when, then
        assertThatThrownBy(() -> open(slower, name, mount))
                .isInstanceOf(RepositoryException.Unavailable.class)
                .satisfies(e -> assertThat(e).hasMessageContaining(String.valueOf(other.get())));
    }

    private UUID madeElsewhere() {
        try {
            UUID made = open(known, name, mount);
            Files.move(mount, disks.resolve("of-the-other"));
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private KnownRepositories worker() {
        return worker(new SecureRandom());
    }

    private KnownRepositories worker(RandomGenerator random) {
        Clock clock = Clock.systemUTC();
        return new KnownRepositories(
                new DefinedRepositories(new Secrets()), database, new EventIds(clock, random), clock);
    }

    private static UUID open(KnownRepositories known, RepositoryId name, Path folder)
            throws RepositoryException, InterruptedException {
        String url = "file://" + folder.toAbsolutePath();
        try (Repository opened = known.open(new RepositoryDefined(name, 1, url))) {
            return opened.id();
        }
    }
}
