package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.key.GoldenKeys;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.repository.verify.VerificationReport;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.testing.PostgresServer;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryBackupTest {
    private static final TargetName TARGET = new TargetName("orders");

    private Path folder;
    private Repository repository;

    @BeforeEach
    void openRepository() throws Exception {
        folder = TestFolders.open();
        Path stored = Files.createDirectory(folder.resolve("repository"));
        repository = Repository.openOrInitialise(
                StoreAddress.parse(stored.toUri().toString()).connect(StoreAccess.NONE), new UUID(1, 2));
    }

    @AfterEach
    void removeFolder() throws Exception {
        repository.close();
        TestFolders.remove(folder);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_backup_in_a_repository_is_restored_and_queried(int major) throws Exception {
        try (PostgresServer server = PostgresServer.of(major).start()) {
            // given
            String space = server.newFolder("space").toString();
            server.execute(
                    "postgres",
                    "create tablespace space location '" + space + "'",
                    "create table here as select i as id, repeat('x', 100) as note from generate_series(1, 30000) i",
                    "create table there tablespace space as select generate_series(1, 3000) as id");

            // when
            PhysicalBackup.Result result = backUp(server, "a1");

            // then
            assertThat(result.outcome()).isInstanceOf(CommitOutcome.Committed.class);
            TargetPlace place = place(result.server().identity().systemIdentifier());
            BackupReader reader = place.read(new BackupId("b1"));
            BackupContent.Physical content =
                    (BackupContent.Physical) reader.manifest().details().content();
            FilePath link =
                    new FilePath("pg_tblspc/" + content.tablespaces().getFirst().oid());
            Path data = folder.resolve("restored");
            reader.restoreTo(
                    data,
                    RestoreOptions.defaults().withRedirects(Map.of(link, folder.resolve("restored-space"))),
                    (done, total) -> {});
            Files.delete(data.resolve("tablespace_map"));
            placeWal(place.wal(folder.resolve("work")), content, data);
            try (PostgresServer restored = PostgresServer.of(major).startOn(data)) {
                assertThat(restored.query("postgres", "select count(*) from here"))
                        .isEqualTo("30000");
                assertThat(restored.query("postgres", "select count(*) from there"))
                        .isEqualTo("3000");
            }
        }
    }

    @Test
    void an_encrypted_backup_is_verified_without_data_keys_and_restored_with_the_secret_key_alone() throws Exception {
        try (PostgresServer server = PostgresServer.of(18).start()) {
            // given
            repository.close();
            StoreAddress stored =
                    StoreAddress.parse(folder.resolve("repository").toUri().toString());
            repository = Repository.open(stored.connect(StoreAccess.NONE), GoldenKeys.workers());
            server.execute(
                    "postgres",
                    "create table here as select i as id, 'a secret' as note from generate_series(1, 3000) i");

            // when
            PhysicalBackup.Result result = backUp(server, "a1");

            // then
            Place place = Place.ofSystemIdentifier(result.server().identity().systemIdentifier());
            BackupId backup = new BackupId("b1");
            try (Repository verifier = Repository.open(stored.connect(StoreAccess.NONE), GoldenKeys.verifiers())) {
                VerificationReport report =
                        verifier.at(TARGET, place).read(backup).verify(1, (done, total) -> {});
                assertThat(report.isGood()).isTrue();
                assertThat(report.bytesNotOpened()).isPositive();
            }
            Path data = folder.resolve("restored");
            try (Repository restorer = Repository.open(stored.connect(StoreAccess.NONE), GoldenKeys.restorers())) {
                BackupReader reader = restorer.at(TARGET, place).read(backup);
                reader.restoreTo(data, RestoreOptions.defaults(), (done, total) -> {});
                placeWal(
                        restorer.at(TARGET, place).wal(folder.resolve("work")).sealedOnly(),
                        (BackupContent.Physical) reader.manifest().details().content(),
                        data);
            }
            try (PostgresServer restored = PostgresServer.of(18).startOn(data)) {
                assertThat(restored.query("postgres", "select count(*) from here where note = 'a secret'"))
                        .isEqualTo("3000");
            }
        }
    }

    @Test
    void a_second_attempt_at_the_same_backup_finds_the_first_one() throws Exception {
        try (PostgresServer server = PostgresServer.of(18).start()) {
            backUp(server, "a1");
            PhysicalBackup.Result second = backUp(server, "a2");
            assertThat(second.outcome()).isInstanceOf(CommitOutcome.AlreadyCommitted.class);
        }
    }

    @Test
    void the_first_backup_of_a_cluster_can_be_given_up_until_its_manifest_is_made() throws Exception {
        try (PostgresServer server = PostgresServer.of(18).start()) {
            // given: nobody could have given it up earlier, for nobody knew the place
            assertThat(repository.places(TARGET)).isEmpty();
            List<Place> known = new ArrayList<>();

            // when
            PhysicalBackup.Result result = backUp(server, "a1", () -> {
                try {
                    known.addAll(repository.places(TARGET));
                    repository
                            .at(TARGET, known.getFirst())
                            .giveUp(new BackupId("b1"), new AttemptId("0-other"), "failed elsewhere");
                } catch (RepositoryException e) {
                    throw new UncheckedIOException(e);
                }
            });

            // then
            long identifier = result.server().identity().systemIdentifier();
            assertThat(known).containsExactly(Place.ofSystemIdentifier(identifier));
            assertThat(result.outcome()).isEqualTo(new CommitOutcome.Fenced("failed elsewhere"));
            assertThat(place(identifier).manifest(new BackupId("b1"))).isEmpty();
        }
    }

    private PhysicalBackup.Result backUp(PostgresServer server, String attempt) throws Exception {
        return backUp(server, attempt, () -> {});
    }

    private PhysicalBackup.Result backUp(PostgresServer server, String attempt, Runnable beforeCommit)
            throws Exception {
        return BackupFixture.physicalBackup()
                .run(
                        BackupFixture.settings(server),
                        this::place,
                        BackupFixture.options(folder.resolve("work"), attempt).withBeforeCommit(beforeCommit),
                        progress -> {},
                        new Cancellation());
    }

    private TargetPlace place(long systemIdentifier) {
        return repository.at(TARGET, Place.ofSystemIdentifier(systemIdentifier));
    }

    private static void placeWal(WalArchive archive, BackupContent.Physical content, Path data) throws Exception {
        for (WalSegmentName segment : content.wal().segments()) {
            try (InputStream in = archive.open(segment)) {
                Files.copy(in, data.resolve("pg_wal").resolve(segment.value()));
            }
        }
    }
}
